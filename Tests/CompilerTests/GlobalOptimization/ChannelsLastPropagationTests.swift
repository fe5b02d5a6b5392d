import TesseraCompiler
import TesseraMLIR
import Testing

/// Both layout phases, in their order.
private func layoutPhases(_ module: Module) {
  useChannelsLast(module, for: PlainTarget.host!)
  propagateTranspositions(module)
}

@Suite struct ChannelsLastPropagationTests {
  /// A residual network with padding, depthwise and grouped convolutions, pooling, a concatenation, and a classifier: only its input is transposed.
  @Test func residualNetwork() throws {
    let text = NetworkText.module(input: [0, 3, 16, 16]) { net, x in
      var y = net.biasRelu(net.convolution(net.pad(x, 1), features: 8, kernel: 3, stride: 2))
      y = net.maxPool(net.pad(y, 1), kernel: 3, stride: 2)
      let branch = net.biasRelu(net.convolution(y, features: 8, kernel: 1))
      let deep = net.biasRelu(net.depthwise(net.pad(branch, 1), kernel: 3))
      y = net.biasRelu(net.add(y, net.convolution(deep, features: 8, kernel: 1)))
      y = net.concatenate(y, branch)
      y = net.biasRelu(net.convolution(y, features: 6, kernel: 1))
      return net.dense(net.globalAverage(y), 5)
    }
    let module = try checkNumerics(text, shape: [2, 3, 16, 16], layoutPhases)
    let left = transpositionsAtRunTime(module)
    #expect(left.count == 1 && left.elements == 64 * 3 * 16 * 16)
  }

  /// As in a U-Net: the output has the input's layout, so two transpositions remain.
  @Test func imageToImage() throws {
    let text = NetworkText.module(input: [0, 3, 8, 8]) { net, x in
      let first = net.biasRelu(net.convolution(net.pad(x, 1), features: 4, kernel: 3))
      let second = net.biasRelu(net.convolution(net.pad(first, 1), features: 4, kernel: 3))
      let small = net.biasRelu(net.convolution(net.maxPool(second, kernel: 2, stride: 2), features: 5, kernel: 1))
      let joined = net.concatenate(net.concatenate(first, second), net.biasRelu(net.upsample(small, features: 3, by: 2)))
      return net.biasRelu(net.convolution(net.pad(joined, 1), features: 2, kernel: 3))
    }
    let module = try checkNumerics(text, shape: [2, 3, 8, 8], layoutPhases)
    let left = transpositionsAtRunTime(module)
    #expect(left.count == 2 && left.elements == 64 * (3 + 2) * 8 * 8)
  }

  /// Groups split and join channels by reshapes, which follow the layout.
  @Test func groupedInside() throws {
    let text = NetworkText.module(input: [0, 4, 8, 8]) { net, x in
      let y = net.grouped(net.biasRelu(net.convolution(x, features: 8, kernel: 3)), groups: 4, features: 8, kernel: 3)
      return net.convolution(net.biasRelu(y), features: 3, kernel: 1)
    }
    let module = try checkNumerics(text, shape: [2, 4, 8, 8], layoutPhases)
    #expect(transpositionsAtRunTime(module).count == 2)
  }

  /// Group normalization joins channels and positions in one dimension; it is taken apart again.
  @Test func groupNormalization() throws {
    let text = NetworkText.module(input: [0, 3, 6, 5]) { net, x in
      let y = net.centredByGroup(net.biasRelu(net.convolution(x, features: 8, kernel: 1)), groups: 4)
      return net.dense(net.globalAverage(net.convolution(net.biasRelu(y), features: 3, kernel: 3)), 2)
    }
    let module = try checkNumerics(text, shape: [2, 3, 6, 5], layoutPhases)
    #expect(transpositionsAtRunTime(module).count == 1)
  }

  @Test func inversePairsCancelAndOthersMerge() throws {
    let cancel = NetworkText.module(input: [0, 3, 4, 5]) { net, x in
      net.biasRelu(net.transpose(net.transpose(x, [0, 2, 3, 1]), [0, 3, 1, 2]))
    }
    #expect(transpositionsAtRunTime(try checkNumerics(cancel, shape: [2, 3, 4, 5], propagateTranspositions)).count == 0)
    let merge = NetworkText.module(input: [0, 3, 4, 5]) { net, x in
      net.biasRelu(net.transpose(net.transpose(x, [0, 2, 3, 1]), [0, 2, 1, 3]))
    }
    #expect(transpositionsAtRunTime(try checkNumerics(merge, shape: [2, 3, 4, 5], propagateTranspositions)).count == 1)
  }

  /// Only dimensions of size 1 move: no data does.
  @Test func unitTranspositionIsReshape() throws {
    let text = NetworkText.module(input: [0, 3, 1, 1]) { net, x in net.transpose(x, [0, 2, 3, 1]) }
    let module = try checkNumerics(text, shape: [2, 3, 1, 1], propagateTranspositions)
    #expect(!module.operation.descendants.contains { $0.name == "linalg.generic" })
    #expect(module.operation.descendants.contains { $0.name == "tensor.expand_shape" })
  }

  /// A transposition whose move would gain nothing stays where it is.
  @Test func equalCostChangesNothing() throws {
    let text = NetworkText.module(input: [0, 3, 4, 5]) { net, x in net.biasRelu(net.transpose(x, [0, 2, 3, 1])) }
    let module = try Module(parsing: text, Context())
    let before = module.operation.text()
    propagateTranspositions(module)
    #expect(module.operation.text() == before)
  }

  /// A reduction behind a transposition makes the tensor smaller, so the transposition moves behind it.
  @Test func movesBehindReduction() throws {
    let text = NetworkText.module(input: [0, 3, 4, 5]) { net, x in
      let y = net.transpose(x, [0, 3, 2, 1])
      return net.generic(
        [y], net.filled([0, 5, 4]), dims: "n, c, y, x", maps: ["n, c, y, x", "n, c, y"], reductions: 1,
        "%s = arith.addf %a, %b : f32\n    linalg.yield %s : f32")
    }
    let module = try checkNumerics(text, shape: [2, 3, 4, 5], propagateTranspositions)
    #expect(transpositionsAtRunTime(module).elements == 64 * 20)
  }
}
