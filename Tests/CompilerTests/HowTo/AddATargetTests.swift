import TesseraDiagnostics
import TesseraDialects
import TesseraFiles
import TesseraKernels
import TesseraMLIR
import TesseraModuleFormat
import TesseraRuntime
import Testing

@testable import TesseraCompiler

/// `docs/HowTo/AddATarget.md`, followed: `TallyTarget` is added from outside. `PlainTarget` shows that what targets answer is about speed alone.
@Suite struct AddATargetTests {
  private static func compile(_ text: String, for target: any Target) throws -> Compilation {
    let folder = try TemporaryFolder()
    var options = CompileOptions()
    options.target = target
    return try ToolsDispatchFileTests.compile(try folder.write(Array(text.utf8), to: "model.mlir"), options)
  }

  /// Attention of 4 heads, with what is usual around it, and a dynamic number of rows.
  private static let attention = """
    func.func @main(%q: tensor<?x16xf32>, %k: tensor<24x16xf32>, %v: tensor<24x16xf32>, %bias: tensor<24xf32>) -> (tensor<?x16xf32>, tensor<24x?xf32>) {
      %c0 = arith.constant 0 : index
      %zero = arith.constant 0.0 : f32
      %n = tensor.dim %q, %c0 : tensor<?x16xf32>
      %kt = tensor.empty() : tensor<16x24xf32>
      %t = linalg.transpose ins(%k : tensor<24x16xf32>) outs(%kt : tensor<16x24xf32>) permutation = [1, 0]
      %e = tensor.empty(%n) : tensor<?x24xf32>
      %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x24xf32>) -> tensor<?x24xf32>
      %s = linalg.matmul ins(%q, %t : tensor<?x16xf32>, tensor<16x24xf32>) outs(%f : tensor<?x24xf32>) -> tensor<?x24xf32>
      %b = linalg.broadcast ins(%bias : tensor<24xf32>) outs(%e : tensor<?x24xf32>) dimensions = [0]
      %a = linalg.add ins(%s, %b : tensor<?x24xf32>, tensor<?x24xf32>) outs(%e : tensor<?x24xf32>) -> tensor<?x24xf32>
      %p = linalg.softmax dimension(1) ins(%a : tensor<?x24xf32>) outs(%e : tensor<?x24xf32>) -> tensor<?x24xf32>
      %oe = tensor.empty(%n) : tensor<?x16xf32>
      %of = linalg.fill ins(%zero : f32) outs(%oe : tensor<?x16xf32>) -> tensor<?x16xf32>
      %o = linalg.matmul ins(%p, %v : tensor<?x24xf32>, tensor<24x16xf32>) outs(%of : tensor<?x16xf32>) -> tensor<?x16xf32>
      %te = tensor.empty(%n) : tensor<24x?xf32>
      %pt = linalg.transpose ins(%p : tensor<?x24xf32>) outs(%te : tensor<24x?xf32>) permutation = [1, 0]
      return %o, %pt : tensor<?x16xf32>, tensor<24x?xf32>
    }
    """

  /// The target is named in the list of its own only, and everything of the module says so.
  @Test func codeOfATarget() throws {
    let compilation = try Self.compile(Self.attention, for: TallyTarget(named: "any"))
    let module = try TesseraRuntime.Module(bytes: compilation.moduleBytes()).description
    #expect(module.devices == [DeviceDescription(kind: "tally")])
    let variant = try #require(module.executables.first?.variants.first)
    #expect(variant.target == "tally" && variant.cpu == "any" && variant.requiredFeatures.isEmpty)
    let lines = String(decoding: variant.image, as: UTF8.self).split(separator: "\n")
    #expect(lines.count == module.executables[0].entries.count)
    #expect(zip(lines, module.executables[0].entries).allSatisfy { $0.hasPrefix($1.symbol + ": ") })
    // Its machine fuses nothing: more dispatches than ours makes.
    let ours = try Self.compile(Self.attention, for: Targets.host)
    #expect(lines.count > ours.code.symbols.count)
  }

  /// A device that is not the target's refuses the module.
  @Test func runsOnItsDeviceOnly() throws {
    let compilation = try Self.compile(Self.attention, for: TallyTarget(named: "any"))
    let error = #expect(throws: RuntimeError.self) { try ToolsDispatchFileTests.call(compilation, []) }
    #expect(error?.message.contains("tally") == true)
  }

  @Test func unknownNames() {
    let kind = #expect(throws: Diagnostic.self) { try Targets.parse("abacus=small") }
    #expect(kind?.message == "unknown target 'abacus=small'")
    let machine = #expect(throws: Diagnostic.self) { try TallyTarget(named: "every") }
    #expect(machine?.message == "unknown machine 'every' in target 'tally=every'")
  }

  private static func results(_ text: String, for target: any Target, _ inputs: [Tensor]) throws -> [[Float]] {
    try ToolsDispatchFileTests.call(try compile(text, for: target), inputs).map(ToolsDispatchFileTests.floats)
  }

  private static func expectSame(_ text: String, _ inputs: [Tensor], sourceLocation: SourceLocation = #_sourceLocation) throws {
    let plain = try #require(PlainTarget.host)
    let (one, other) = (try results(text, for: plain, inputs), try results(text, for: Targets.host, inputs))
    #expect(one.map(\.count) == other.map(\.count), sourceLocation: sourceLocation)
    for (x, y) in zip(one.joined(), other.joined()) {
      guard abs(x - y) > 1e-5 + 1e-5 * abs(y) else { continue }
      Issue.record("\(x) instead of \(y)", sourceLocation: sourceLocation)
      return
    }
  }

  private static func wave(_ shape: [Int], _ step: Int) throws -> Tensor {
    try ToolsDispatchFileTests.tensor(shape) { Float(($0 * step) % 29) / 29 - 0.5 }
  }

  /// Where nothing pays the code is plain, and right.
  @Test(arguments: [0, 1, 7]) func plainAttention(rows: Int) throws {
    try Self.expectSame(
      Self.attention, [Self.wave([rows, 16], 7), Self.wave([24, 16], 5), Self.wave([24, 16], 11), Self.wave([24], 3)])
  }

  /// Five least elements of rows, and all of them in order.
  private static let rows = """
    #element = affine_map<(row, i) -> (row, i)>
    #key = affine_map<(row, i, k) -> (row, i)>
    #found = affine_map<(row, i, k) -> (row, k)>
    func.func @main(%x: tensor<?x200xf32>) -> (tensor<?x5xf32>, tensor<?x200xf32>) {
      %zero = arith.constant 0 : index
      %n = tensor.dim %x, %zero : tensor<?x200xf32>
      %thousand = arith.constant 1.0e+03 : f32
      %0 = tensor.empty(%n) : tensor<?x200xi32>
      %keys = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
        ins(%x : tensor<?x200xf32>) outs(%0 : tensor<?x200xi32>) {
      ^bb0(%a: f32, %o: i32):
        %scaled = arith.mulf %a, %thousand : f32
        %key = arith.fptosi %scaled : f32 to i32
        linalg.yield %key : i32
      } -> tensor<?x200xi32>
      %1 = tensor.empty(%n) : tensor<?x5xi64>
      %few = "rows.select"(%keys, %1) {
        indexing_maps = [#key, #found],
        iterator_types = [#linalg.iterator_type<parallel>, #linalg.iterator_type<reduction>, #linalg.iterator_type<reduction>],
        operandSegmentSizes = array<i32: 1, 1>} : (tensor<?x200xi32>, tensor<?x5xi64>) -> tensor<?x5xi64>
      %2 = tensor.empty(%n) : tensor<?x200xi64>
      %all = "rows.sort"(%keys, %2) {
        indexing_maps = [#element, #element], iterator_types = [#linalg.iterator_type<parallel>, #linalg.iterator_type<reduction>],
        operandSegmentSizes = array<i32: 1, 1>} : (tensor<?x200xi32>, tensor<?x200xi64>) -> tensor<?x200xi64>
      %3 = tensor.empty(%n) : tensor<?x5xf32>
      %4 = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
        ins(%few : tensor<?x5xi64>) outs(%3 : tensor<?x5xf32>) {
      ^bb0(%a: i64, %o: f32):
        %f = arith.sitofp %a : i64 to f32
        linalg.yield %f : f32
      } -> tensor<?x5xf32>
      %5 = tensor.empty(%n) : tensor<?x200xf32>
      %6 = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
        ins(%all : tensor<?x200xi64>) outs(%5 : tensor<?x200xf32>) {
      ^bb0(%a: i64, %o: f32):
        %f = arith.sitofp %a : i64 to f32
        linalg.yield %f : f32
      } -> tensor<?x200xf32>
      return %4, %6 : tensor<?x5xf32>, tensor<?x200xf32>
    }
    """

  /// A target that selects nothing sorts, in the memory that it asks for; both find the same positions as an ordinary sort.
  @Test(arguments: [1, 3]) func plainRows(count: Int) throws {
    let x = try Self.wave([count, 200], 7)
    try Self.expectSame(Self.rows, [x])
    let plain = try Self.compile(Self.rows, for: try #require(PlainTarget.host))
    #expect(!plain.module.operation.descendants.contains { $0.name == SelectOp.name })
    let found = try ToolsDispatchFileTests.call(plain, [x]).map(ToolsDispatchFileTests.floats)
    let keys = ToolsDispatchFileTests.floats(x).map { Int($0 * 1000) }
    for row in 0..<count {
      let own = keys[row * 200..<(row + 1) * 200].enumerated().sorted { ($0.element, $0.offset) < ($1.element, $1.offset) }
        .map { Float($0.offset) }
      #expect(Array(found[0][row * 5..<(row + 1) * 5]) == Array(own[..<5]))
      #expect(Array(found[1][row * 200..<(row + 1) * 200]) == own)
    }
  }

  /// Images with their channels first, a convolution that we would filter minimally, borders, groups, a pool.
  @Test(arguments: [1, 2]) func plainImages(count: Int) throws {
    let text = NetworkText.module(input: [0, 3, 12, 10]) { net, x in
      let first = net.convolution(net.pad(x, 1), features: 32, kernel: 3)
      let second = net.convolution(net.pad(first, 1), features: 32, kernel: 3)
      return net.depthwise(net.grouped(second, groups: 4, features: 16, kernel: 2), kernel: 3, stride: 2)
    }.replacing("@network", with: "@main").replacing("attributes {llvm.emit_c_interface}", with: "")
    try Self.expectSame(text, [Self.wave([count, 3, 12, 10], 7)])
  }
}
