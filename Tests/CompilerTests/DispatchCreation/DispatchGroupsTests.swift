import TesseraConstants
import TesseraMLIR
import TesseraModuleFormat
import TesseraTargetCPU
import Testing

@testable import TesseraCompiler

/// What is fused into one dispatch, and that packing constants leaves nothing for the run.
@Suite struct DispatchGroupsTests {
  private typealias F = KernelFixtures

  private func compilation(_ text: String, through phase: String) throws -> Compilation {
    let context = Context()
    var options = CompileOptions()
    options.target = try CPUTarget(named: "x86-64-v4")
    let compilation = Compilation(
      context: context, options: options, module: try TesseraMLIR.Module(parsing: text, context), constants: ConstantStore())
    try compilation.run(through: phase)
    return compilation
  }

  /// The dispatches of a program.
  private func dispatches(_ text: String) throws -> [[String]] {
    let compilation = try compilation(text, through: "dispatch-creation")
    defer { withExtendedLifetime(compilation) {} }
    // Not the operations themselves, which go with the compilation.
    return compilation.module.operation.descendants.filter { $0.name == "flow.dispatch" }.map(\.location.sourceNames)
  }

  private static func fill(_ name: String, _ type: String, _ number: String = "0.0") -> String {
    "%c\(name.dropFirst()) = arith.constant \(number) : f32\n%e\(name.dropFirst()) = tensor.empty() : \(type)\n"
      + "\(name) = linalg.fill ins(%c\(name.dropFirst()) : f32) outs(%e\(name.dropFirst()) : \(type)) -> \(type)\n"
  }

  /// A program, and how many dispatches it should be.
  struct Program: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var text: String
    var count: Int
  }

  private static let square = "tensor<64x64xf32>", row = "tensor<64xf32>"
  private static let rows = ["d0, d1", "d0"]

  private static func function(_ arguments: String, _ body: String, _ result: String, _ type: String) -> String {
    "func.func @f(\(arguments)) -> \(type) {\n%e = tensor.empty() : \(type.hasPrefix("(") ? square : type)\n\(body)\nreturn \(result) : \(type.hasPrefix("(") ? String(type.dropFirst().dropLast()) : type)\n}"
  }

  /// The products `%p0`, `%p1`, ... of `%x`, and their sums `%r0`, `%r1`, ... with biases, as far as there are some.
  private static func products(_ factors: [String], biases: [String]) -> String {
    let products = factors.enumerated().map { i, factor in
      F.product("%p\(i)", ("%x", square), (factor, square), type: square, maps: ["d0, d2", "d2, d1", "d0, d1"], kinds: "ppr")
    }
    let sums = biases.enumerated().map { i, bias in
      F.elementwise("%r\(i)", [("%p\(i)", square, "d0, d1"), (bias, row, "d1")], "arith.addf", type: square, rank: 2)
    }
    return (products + sums).joined()
  }

  private static let programs: [Program] = [
    Program(
      testDescription: "product, bias, gelu, residual",
      text: function(
        "%x: \(square), %w: \(square), %b: \(row), %q: \(square)",
        fill("%i", square)
          + F.product("%p", ("%x", square), ("%w", square), type: square, maps: ["d0, d2", "d2, d1", "d0, d1"], kinds: "ppr")
          + F.elementwise("%v", [("%p", square, "d0, d1"), ("%b", row, "d1")], "arith.addf", type: square, rank: 2)
          + F.elementwise("%g", [("%v", square, "d0, d1")], "math.erf", type: square, rank: 2)
          + F.elementwise("%h", [("%v", square, "d0, d1"), ("%g", square, "d0, d1")], "arith.mulf", type: square, rank: 2)
          + F.elementwise("%r", [("%h", square, "d0, d1"), ("%q", square, "d0, d1")], "arith.addf", type: square, rank: 2), "%r", square),
      count: 1),
    Program(
      testDescription: "softmax",
      text: function(
        "%x: \(square)",
        fill("%k", row, "0xFF800000") + fill("%i", row)
          + F.generic(
            "%m", [("%x", square)], into: ("%k", row), maps: rows, kinds: "pr",
            body: "%r = arith.maximumf %a0, %a1 : f32\n linalg.yield %r : f32",
            elements: ["f32", "f32"])
          + F.elementwise("%c", [("%x", square, "d0, d1"), ("%m", row, "d0")], "arith.subf", type: square, rank: 2)
          + F.elementwise("%p", [("%c", square, "d0, d1")], "math.exp", type: square, rank: 2)
          + F.reduction("%s", ("%p", square), "arith.addf", type: row, maps: rows, kinds: "pr")
          + F.elementwise("%q", [("%p", square, "d0, d1"), ("%s", row, "d0")], "arith.divf", type: square, rank: 2), "%q", square),
      count: 1),
    Program(
      testDescription: "layer normalization",
      text: function(
        "%x: \(square), %g: \(row), %b: \(row)",
        fill("%i", row) + "%er = tensor.empty() : \(row)\n"
          + F.reduction("%s", ("%x", square), "arith.addf", type: row, maps: rows, kinds: "pr")
          + F.generic(
            "%m", [("%s", row)], into: ("%er", row), maps: ["d0", "d0"], kinds: "p",
            body: "%n = arith.constant 64.0 : f32\n %r = arith.divf %a0, %n : f32\n linalg.yield %r : f32", elements: ["f32", "f32"])
          + F.elementwise("%c", [("%x", square, "d0, d1"), ("%m", row, "d0")], "arith.subf", type: square, rank: 2)
          + F.elementwise("%c2", [("%c", square, "d0, d1"), ("%c", square, "d0, d1")], "arith.mulf", type: square, rank: 2)
          + F.reduction("%v", ("%c2", square), "arith.addf", type: row, maps: rows, kinds: "pr")
          + F.generic(
            "%f", [("%v", row)], into: ("%er", row), maps: ["d0", "d0"], kinds: "p",
            body: "%r = math.rsqrt %a0 : f32\n linalg.yield %r : f32", elements: ["f32", "f32"])
          + F.elementwise("%y", [("%c", square, "d0, d1"), ("%f", row, "d0")], "arith.mulf", type: square, rank: 2)
          + F.elementwise("%z", [("%y", square, "d0, d1"), ("%g", row, "d1")], "arith.mulf", type: square, rank: 2)
          + F.elementwise("%r", [("%z", square, "d0, d1"), ("%b", row, "d1")], "arith.addf", type: square, rank: 2), "%r", square),
      count: 1),
    Program(
      testDescription: "convolution, bias, relu",
      text: function(
        "%x: tensor<1x10x10x8xf32>, %w: tensor<3x3x8x32xf32>, %b: tensor<32xf32>",
        fill("%i", "tensor<1x8x8x32xf32>")
          + F.product(
            "%p", ("%x", "tensor<1x10x10x8xf32>"), ("%w", "tensor<3x3x8x32xf32>"), type: "tensor<1x8x8x32xf32>",
            maps: ["d0, d1 + d4, d2 + d5, d6", "d4, d5, d6, d3", "d0, d1, d2, d3"], kinds: "pppprrr")
          + F.elementwise(
            "%v", [("%p", "tensor<1x8x8x32xf32>", "d0, d1, d2, d3"), ("%b", "tensor<32xf32>", "d3")], "arith.addf",
            type: "tensor<1x8x8x32xf32>",
            rank: 4)
          + F.generic(
            "%r", [("%v", "tensor<1x8x8x32xf32>")], into: ("%e", "tensor<1x8x8x32xf32>"), maps: ["d0, d1, d2, d3", "d0, d1, d2, d3"],
            kinds: "pppp",
            body: "%z = arith.constant 0.0 : f32\n %r = arith.maximumf %a0, %z : f32\n linalg.yield %r : f32", elements: ["f32", "f32"]),
        "%r", "tensor<1x8x8x32xf32>"),
      count: 1),
    Program(
      testDescription: "two products",
      text: function(
        "%x: \(square), %w: \(square)",
        fill("%i", square)
          + F.product("%p", ("%x", square), ("%w", square), type: square, maps: ["d0, d2", "d2, d1", "d0, d1"], kinds: "ppr")
          + F.product("%q", ("%p", square), ("%w", square), type: square, maps: ["d0, d2", "d2, d1", "d0, d1"], kinds: "ppr"), "%q", square),
      count: 2),
    Program(
      testDescription: "three products of one tensor, with biases",
      text: function(
        "%x: \(square), %u: \(square), %v: \(square), %w: \(square), %b: \(row), %c: \(row), %d: \(row)",
        fill("%i", square) + products(["%u", "%v", "%w"], biases: ["%b", "%c", "%d"]), "%r0, %r1, %r2", "(\(square), \(square), \(square))"),
      count: 1),
    Program(
      testDescription: "products of one tensor, one of which has no bias",
      text: function(
        "%x: \(square), %u: \(square), %v: \(square), %b: \(row)",
        fill("%i", square) + products(["%u", "%v"], biases: ["%b"]), "%r0, %p1", "(\(square), \(square))"), count: 2),
    // A kernel writes the same of each.
    Program(
      testDescription: "products of one tensor, one of which is a result besides",
      text: function(
        "%x: \(square), %u: \(square), %v: \(square), %b: \(row), %c: \(row)",
        fill("%i", square) + products(["%u", "%v"], biases: ["%b", "%c"]), "%r0, %r1, %p1", "(\(square), \(square), \(square))"), count: 2),
    Program(
      testDescription: "products of one tensor, and of the first",
      text: function(
        "%x: \(square), %u: \(square), %v: \(square)",
        fill("%i", square) + products(["%u"], biases: [])
          + F.product("%q", ("%p0", square), ("%u", square), type: square, maps: ["d0, d2", "d2, d1", "d0, d1"], kinds: "ppr")
          + F.product("%r", ("%x", square), ("%v", square), type: square, maps: ["d0, d2", "d2, d1", "d0, d1"], kinds: "ppr"),
        "%q, %r", "(\(square), \(square))"), count: 3),
    // The sum needs the product of what it is added to: were the first and the last one dispatch, it would need itself.
    Program(
      testDescription: "diamond",
      text: function(
        "%x: \(square), %w: \(square)",
        fill("%i", square) + F.elementwise("%a", [("%x", square, "d0, d1")], "math.exp", type: square, rank: 2)
          + F.product("%p", ("%a", square), ("%w", square), type: square, maps: ["d0, d2", "d2, d1", "d0, d1"], kinds: "ppr")
          + F.elementwise("%r", [("%a", square, "d0, d1"), ("%p", square, "d0, d1")], "arith.addf", type: square, rank: 2), "%r", square),
      count: 2),
    Program(
      testDescription: "two diamonds",
      text: function(
        "%x: \(square), %w: \(square)",
        fill("%i", square) + F.elementwise("%a", [("%x", square, "d0, d1")], "math.exp", type: square, rank: 2)
          + F.product("%p", ("%a", square), ("%w", square), type: square, maps: ["d0, d2", "d2, d1", "d0, d1"], kinds: "ppr")
          + F.product("%q", ("%p", square), ("%a", square), type: square, maps: ["d0, d2", "d2, d1", "d0, d1"], kinds: "ppr")
          + F.elementwise("%d", [("%a", square, "d0, d1"), ("%p", square, "d0, d1")], "arith.addf", type: square, rank: 2)
          + F.elementwise("%s", [("%d", square, "d0, d1"), ("%q", square, "d0, d1")], "arith.addf", type: square, rank: 2), "%s", square),
      count: 3),
  ]

  @Test(arguments: programs) func fuses(_ program: Program) throws {
    let found = try dispatches(program.text)
    #expect(found.count == program.count, "\(found.map { $0.description })")
  }

  /// The groups of random graphs of operations can be put in an order.
  @Test(arguments: 0..<40) func groupsAreNoCircle(_ seed: Int) throws {
    var random = SeededGenerator(state: UInt64(seed &* 7919 &+ 1))
    var body = Self.fill("%i", Self.square) + Self.fill("%ir", Self.row)
    var squares = ["%x", "%w"], vectors = ["%b"]
    for k in 0..<Int.random(in: 4...16, using: &random) {
      func any(_ list: [String]) -> String { list.randomElement(using: &random)! }
      let name = "%v\(k)"
      switch Int.random(in: 0..<5, using: &random) {
      case 0:
        body += F.product(
          name, (any(squares), Self.square), (any(squares), Self.square), type: Self.square, maps: ["d0, d2", "d2, d1", "d0, d1"],
          kinds: "ppr")
        squares.append(name)
      case 1:
        body += F.generic(
          name, [(any(squares), Self.square)], into: ("%ir", Self.row), maps: Bool.random(using: &random) ? Self.rows : ["d1, d0", "d0"],
          kinds: "pr",
          body: "%r = arith.addf %a0, %a1 : f32\n linalg.yield %r : f32", elements: ["f32", "f32"])
        vectors.append(name)
      case 2:
        body += F.elementwise(
          name, [(any(squares), Self.square, "d0, d1"), (any(vectors), Self.row, "d0")], "arith.mulf", type: Self.square, rank: 2)
        squares.append(name)
      case 3:
        body += F.elementwise(name, [(any(squares), Self.square, "d1, d0")], "math.absf", type: Self.square, rank: 2)
        squares.append(name)
      default:
        body += F.elementwise(
          name, [(any(squares), Self.square, "d0, d1"), (any(squares), Self.square, "d0, d1")], "arith.addf", type: Self.square, rank: 2)
        squares.append(name)
      }
    }
    let results = Array(Set(squares.suffix(3) + vectors.suffix(1))).sorted()
    let types = results.map { squares.contains($0) ? Self.square : Self.row }.joined(separator: ", ")
    let text = Self.function("%x: \(Self.square), %w: \(Self.square), %b: \(Self.row)", body, results.joined(separator: ", "), "(\(types))")
    // The verifier sees a dispatch that comes before what it reads.
    #expect(throws: Never.self) { try dispatches(text) }
  }

  /// A dispatch is named after what it computes: a border that it writes for a convolution is no part of that, one that an operator of its own
  /// asked for is.
  @Test(arguments: [("conv", [["act"], ["conv"]]), ("pad", [["act", "pad"], ["conv"]])])
  func namesBorders(padding: String, expected: [[String]]) throws {
    let inner = "tensor<14x14x64xf32>", outer = "tensor<16x16x64xf32>"
    func elementwise(_ name: String, _ operand: String, _ type: String, _ location: String) -> String {
      let generic = F.generic(
        name, [(operand, type)], into: ("%e\(name.dropFirst())", type), maps: ["d0, d1, d2", "d0, d1, d2"], kinds: "ppp",
        body: "%r = math.absf %a0 : f32\n linalg.yield %r : f32", elements: ["f32", "f32"])
      return "%e\(name.dropFirst()) = tensor.empty() : \(type)\n\(generic.dropLast()) loc(\"\(location)\")\n"
    }
    let text =
      "func.func @f(%x: \(inner)) -> \(outer) {\n%zero = arith.constant 0.0 : f32\n"
      + elementwise("%y", "%x", inner, "act")
      + "%p = tensor.pad %y low[1, 1, 0] high[1, 1, 0] {\n^bb0(%i: index, %j: index, %k: index):\ntensor.yield %zero : f32\n}"
      + " : \(inner) to \(outer) loc(\"\(padding)\")\n" + elementwise("%q", "%p", outer, "conv") + "return %q : \(outer)\n}"
    #expect(try dispatches(text) == expected)
  }

  // MARK: constants

  /// `dense` with the numbers 0, 1, 2, ... as f32.
  private static func numbers(_ count: Int) -> String {
    let bytes = (0..<count).flatMap { withUnsafeBytes(of: Float($0).bitPattern.littleEndian, Array.init) }
    let digits = Array("0123456789ABCDEF")
    return "dense<\"0x" + String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }) + "\">"
  }

  @Test(arguments: [(64, 5, 32, false), (40, 3, 48, false), (40, 3, 48, true), (33, 7, 48, false), (128, 2, 32, true), (7, 3, 0, false)])
  func packsConstants(columns: Int, depth: Int, tile: Int, isTransposed: Bool) throws {
    let weight = isTransposed ? "tensor<\(columns)x\(depth)xf32>" : "tensor<\(depth)x\(columns)xf32>"
    let type = "tensor<64x\(columns)xf32>"
    let text = Self.function(
      "%x: tensor<64x\(depth)xf32>",
      "%w = arith.constant \(Self.numbers(columns * depth)) : \(weight)\n" + Self.fill("%i", type)
        + F.product(
          "%p", ("%x", "tensor<64x\(depth)xf32>"), ("%w", weight), type: type,
          maps: ["d0, d2", isTransposed ? "d1, d2" : "d2, d1", "d0, d1"], kinds: "ppr"), "%p", type)
    let compilation = try compilation(text, through: "dispatch-creation")
    let found = compilation.module.operation.descendants.filter { $0.name == "flow.dispatch" }
    #expect(found.count == 1)
    guard tile > 0 else { return }
    // The weight arrives packed: [columns / tile, depth, tile], zero beyond the last column.
    let load = try #require(compilation.module.operation.descendants.first { $0.name == "ml_program.global_load_const" })
    let panels = (columns + tile - 1) / tile
    #expect(load.result(0).type.shape == [panels, depth, tile])
    let symbol = try #require(load.attribute("global")?.symbolName)
    let bytes = try #require(compilation.constants[symbol])
    let values = try bytes.withBytes { Array($0.bindMemory(to: Float.self)) }
    var expected: [Float] = []
    for panel in 0..<panels {
      for k in 0..<depth {
        for column in panel * tile..<(panel + 1) * tile {
          expected.append(column >= columns ? 0 : Float(isTransposed ? column * depth + k : k * columns + column))
        }
      }
    }
    #expect(values == expected)
  }

  @Test func evaluatesComputationsOnConstants() throws {
    let text = Self.function(
      "%x: tensor<4xf32>",
      "%w = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>\n"
        + F.elementwise("%s", [("%w", "tensor<4xf32>", "d0"), ("%w", "tensor<4xf32>", "d0")], "arith.mulf", type: "tensor<4xf32>", rank: 1)
        + F.elementwise("%r", [("%x", "tensor<4xf32>", "d0"), ("%s", "tensor<4xf32>", "d0")], "arith.addf", type: "tensor<4xf32>", rank: 1),
      "%r", "tensor<4xf32>")
    let compilation = try compilation(text, through: "specialization")
    #expect(compilation.module.operation.descendants.count { $0.name == "linalg.generic" } == 1)
    let load = try #require(compilation.module.operation.descendants.first { $0.name == "ml_program.global_load_const" })
    let symbol = try #require(load.attribute("global")?.symbolName)
    let bytes = try #require(compilation.constants[symbol])
    #expect(try bytes.withBytes { Array($0.bindMemory(to: Float.self)) } == [1, 4, 9, 16])
  }
}
