import TesseraLoopNests
import TesseraMLIR

/// Small functions in MLIR for tests of loop nests, kernels and dispatches.
enum KernelFixtures {
  /// An affine map of so many loops, like `(d0, d1) -> (d1)`.
  static func map(_ loops: Int, _ results: String) -> String {
    "affine_map<(\((0..<loops).map { "d\($0)" }.joined(separator: ", "))) -> (\(results))>"
  }

  /// A `linalg.generic` of one result on operands with types, as text. `kinds` is like "ppr".
  static func generic(
    _ name: String, _ inputs: [(name: String, type: String)], into output: (name: String, type: String), maps: [String], kinds: String,
    body: String, elements: [String]
  ) -> String {
    let maps = maps.map { map(kinds.count, $0) }.joined(separator: ", ")
    let iterators = kinds.map { $0 == "p" ? "\"parallel\"" : "\"reduction\"" }.joined(separator: ", ")
    let ins =
      inputs.isEmpty
      ? "" : "ins(\(inputs.map(\.name).joined(separator: ", ")) : \(inputs.map(\.type).joined(separator: ", "))) "
    let arguments = elements.enumerated().map { "%a\($0): \($1)" }.joined(separator: ", ")
    return """
      \(name) = linalg.generic {indexing_maps = [\(maps)], iterator_types = [\(iterators)]} \(ins)outs(\(output.name) : \(output.type)) {
      ^bb0(\(arguments)):
        \(body)
      } -> \(output.type)

      """
  }

  /// An elementwise operation on f32: `name = operation(inputs)`, each read by its map.
  static func elementwise(
    _ name: String, _ inputs: [(name: String, type: String, map: String)], _ operation: String, type: String, rank: Int
  )
    -> String
  {
    let identity = (0..<rank).map { "d\($0)" }.joined(separator: ", ")
    let operands = inputs.indices.map { "%a\($0)" }.joined(separator: ", ")
    return generic(
      name, inputs.map { ($0.name, $0.type) }, into: ("%e", type), maps: inputs.map(\.map) + [identity],
      kinds: String(repeating: "p", count: rank),
      body: "%r = \(operation) \(operands) : f32\n linalg.yield %r : f32", elements: Array(repeating: "f32", count: inputs.count + 1))
  }

  /// A reduction on f32 into `%i` by an operation of `arith`.
  static func reduction(
    _ name: String, _ input: (name: String, type: String), _ operation: String, type: String, maps: [String], kinds: String
  )
    -> String
  {
    generic(
      name, [input], into: ("%i", type), maps: maps, kinds: kinds, body: "%r = \(operation) %a0, %a1 : f32\n linalg.yield %r : f32",
      elements: ["f32", "f32"])
  }

  /// A matrix product on f32 that accumulates into `%i`.
  static func product(
    _ name: String, _ lhs: (name: String, type: String), _ rhs: (name: String, type: String), type: String, maps: [String], kinds: String
  )
    -> String
  {
    generic(
      name, [lhs, rhs], into: ("%i", type), maps: maps, kinds: kinds,
      body: "%m = arith.mulf %a0, %a1 : f32\n %r = arith.addf %a2, %m : f32\n linalg.yield %r : f32", elements: ["f32", "f32", "f32"])
  }

  /// Parses a function with these arguments and body; returns the module, which owns the operations, and its structured operations.
  static func parse(_ context: Context, arguments: String, _ body: String) throws -> (module: Module, ops: [StructuredOp]) {
    let module = try Module(parsing: "func.func @f(\(arguments)) {\n\(body)\nreturn\n}", context)
    return (module, module.functions[0].body()!.operations.compactMap(StructuredOp.init))
  }
}
