import TesseraCompiler
import TesseraMLIR
import Testing

/// Checks that `phases` keep what `text` computes, over a batch of 2; returns the module behind them.
@discardableResult
func checkNumerics(_ text: String, shape: [Int], _ phases: (Module) -> Void) throws -> Module {
  let context = Context()
  let module = try Module(parsing: text, context)
  let count = shape.reduce(1, *)
  let input = (0..<count).map { Float(($0 * 7919) % 1013) / 1013 - 0.5 }
  let before = try runWithUpstreamPasses(module, input, shape: shape)
  phases(module)
  #expect(module.operation.verify(), "\(context.takeErrorText(fallback: ""))")
  let after = try runWithUpstreamPasses(module, input, shape: shape)
  #expect(before.count == after.count && zip(before, after).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($0)) })
  #expect(before.contains { $0 != 0 })
  return module
}

@Suite struct ChannelsLastTests {
  /// The maps of the only generic with this many loops.
  private func maps(_ module: Module, loops: Int) -> [String] {
    let found = module.operation.descendants.first {
      $0.name == "linalg.generic" && $0.attribute("iterator_types")!.arrayValue!.count == loops
    }
    return found?.attribute("indexing_maps")?.arrayValue?.map { "\($0.affineMapValue!)" } ?? []
  }

  @Test func convolution() throws {
    let text = NetworkText.module(input: [0, 3, 11, 9]) { net, x in net.convolution(x, features: 5, kernel: 3, stride: 2, dilation: 2) }
    let module = try checkNumerics(text, shape: [2, 3, 11, 9]) { useChannelsLast($0, for: PlainTarget.host!) }
    #expect(
      maps(module, loops: 7) == [
        "(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1 * 2 + d4 * 2, d2 * 2 + d5 * 2, d6)",
        "(d0, d1, d2, d3, d4, d5, d6) -> (d4, d5, d6, d3)", "(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2, d3)",
      ])
    #expect(transpositionsAtRunTime(module).count == 2)
  }

  @Test func depthwise() throws {
    let text = NetworkText.module(input: [0, 4, 8, 8]) { net, x in net.depthwise(x, kernel: 3, stride: 2) }
    let module = try checkNumerics(text, shape: [2, 4, 8, 8]) { useChannelsLast($0, for: PlainTarget.host!) }
    #expect(
      maps(module, loops: 6) == [
        "(d0, d1, d2, d3, d4, d5) -> (d0, d1 * 2 + d4, d2 * 2 + d5, d3)", "(d0, d1, d2, d3, d4, d5) -> (d4, d5, d3)",
        "(d0, d1, d2, d3, d4, d5) -> (d0, d1, d2, d3)",
      ])
  }

  @Test func grouped() throws {
    let text = NetworkText.module(input: [0, 4, 6, 6]) { net, x in net.grouped(x, groups: 2, features: 6, kernel: 3) }
    let module = try checkNumerics(text, shape: [2, 4, 6, 6]) { useChannelsLast($0, for: PlainTarget.host!) }
    #expect(
      maps(module, loops: 8) == [
        "(d0, d1, d2, d3, d4, d5, d6, d7) -> (d0, d1 + d5, d2 + d6, d3, d7)", "(d0, d1, d2, d3, d4, d5, d6, d7) -> (d5, d6, d3, d7, d4)",
        "(d0, d1, d2, d3, d4, d5, d6, d7) -> (d0, d1, d2, d3, d4)",
      ])
  }

  @Test func pooling() throws {
    let text = NetworkText.module(input: [0, 4, 9, 9]) { net, x in net.maxPool(x, kernel: 3, stride: 2) }
    let module = try checkNumerics(text, shape: [2, 4, 9, 9]) { useChannelsLast($0, for: PlainTarget.host!) }
    #expect(
      maps(module, loops: 6) == [
        "(d0, d1, d2, d3, d4, d5) -> (d0, d1 * 2 + d4, d2 * 2 + d5, d3)", "(d0, d1, d2, d3, d4, d5) -> (d4, d5)",
        "(d0, d1, d2, d3, d4, d5) -> (d0, d1, d2, d3)",
      ])
  }

  /// The padding reads the transposed input: 3 x 8 x 8 elements are transposed, not 3 x 10 x 10.
  @Test func paddingMovesAlong() throws {
    let text = NetworkText.module(input: [0, 3, 8, 8]) { net, x in
      let padded = net.pad(x, 1)
      return net.convolution(padded, features: 4, kernel: 3)
    }
    let module = try checkNumerics(text, shape: [2, 3, 8, 8]) { useChannelsLast($0, for: PlainTarget.host!) }
    #expect(transpositionsAtRunTime(module).elements == 64 * (3 * 8 * 8 + 4 * 8 * 8))
  }

  /// What is channels-last already, and what is no convolution, stays as it is.
  @Test func othersStay() throws {
    let text = NetworkText.module(input: [0, 6]) { net, x in net.dense(x, 4) }
    let context = Context()
    let module = try Module(parsing: text, context)
    let before = module.operation.text()
    useChannelsLast(module, for: PlainTarget.host!)
    #expect(module.operation.text() == before)

    let twice = try Module(
      parsing: NetworkText.module(input: [0, 3, 8, 8]) { net, x in net.convolution(x, features: 4, kernel: 3) }, context)
    useChannelsLast(twice, for: PlainTarget.host!)
    let once = twice.operation.text()
    useChannelsLast(twice, for: PlainTarget.host!)
    #expect(twice.operation.text() == once)
  }

  @Test func dynamicPositions() throws {
    let text = """
      func.func @network(%x: tensor<?x3x?x?xf32>) -> tensor<?x4x?x?xf32> attributes {llvm.emit_c_interface} {
        %c0 = arith.constant 0 : index
        %c2 = arith.constant 2 : index
        %c3 = arith.constant 3 : index
        %zero = arith.constant 0.0 : f32
        %n = tensor.dim %x, %c0 : tensor<?x3x?x?xf32>
        %h = tensor.dim %x, %c2 : tensor<?x3x?x?xf32>
        %w = tensor.dim %x, %c3 : tensor<?x3x?x?xf32>
        %oh = arith.subi %h, %c2 : index
        %ow = arith.subi %w, %c2 : index
        %k = arith.constant dense<0.25> : tensor<4x3x3x3xf32>
        %e = tensor.empty(%n, %oh, %ow) : tensor<?x4x?x?xf32>
        \(NetworkText.fill("%f", "%zero", .init(name: "%e", shape: [0, 4, 0, 0])))
        %y = linalg.generic {indexing_maps = [affine_map<(n, f, y, x, c, i, j) -> (n, c, y + i, x + j)>, affine_map<(n, f, y, x, c, i, j) -> (f, c, i, j)>,
            affine_map<(n, f, y, x, c, i, j) -> (n, f, y, x)>],
            iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
            ins(%x, %k : tensor<?x3x?x?xf32>, tensor<4x3x3x3xf32>) outs(%f : tensor<?x4x?x?xf32>) {
          ^bb0(%a: f32, %b: f32, %c: f32):
            %m = arith.mulf %a, %b : f32
            %s = arith.addf %m, %c : f32
            linalg.yield %s : f32
          } -> tensor<?x4x?x?xf32>
        return %y : tensor<?x4x?x?xf32>
      }
      """
    let module = try checkNumerics(text, shape: [2, 3, 7, 6]) {
      useChannelsLast($0, for: PlainTarget.host!)
      propagateTranspositions($0)
    }
    #expect(transpositionsAtRunTime(module).count == 2)
  }
}
