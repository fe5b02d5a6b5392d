import TesseraFiles
import TesseraRuntime
import Testing

@testable import TesseraCompiler

/// `--check-accesses` in kernels that work on rows as wholes: each is told that a tensor is smaller than it is, and touches what is beyond.
@Suite struct CheckedRowAccessTests {
  /// A kernel that is called with one size too small.
  struct Fault: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// The type of the input, and the numbers that the dispatch passes; the last one is wrong unless it is `right`.
    let input: (type: String, shape: [Int])
    let sizes: [Int]
    let right: Int
    /// The results of the kernel; their unknown sizes are `dims` of the numbers, and those of the input `inputDims`.
    let results: [String]
    let inputDims: String
    let dims: String
    /// The body, with the input `%x` and the numbers `%0`, `%1` ...
    let body: String
    /// What the error says of the operand, the byte and the size.
    let problem: String
  }

  private static let rows = "#linalg.iterator_type<parallel>", inside = "#linalg.iterator_type<reduction>"

  private static func sort(_ keys: String, _ order: String, _ memory: String) -> String {
    """
    %r:2 = "rows.sort"(%x, %a, %b) {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>,
      affine_map<(d0, d1, d2) -> (d0, d2)>], iterator_types = [\(rows), \(inside), \(inside)], operandSegmentSizes = array<i32: 1, 2>}
      : (tensor<\(keys)xi32>, tensor<\(order)xi64>, tensor<\(memory)xi64>) -> (tensor<\(order)xi64>, tensor<\(memory)xi64>)
    return %r#0, %r#1 : tensor<\(order)xi64>, tensor<\(memory)xi64>
    """
  }

  static let faults = [
    // The second row begins a word too early, and ends one too late.
    Fault(
      testDescription: "sort", input: ("i32", [2, 3000]), sizes: [2, 3000, 5999], right: 6000, results: ["?x?xi64", "?x?xi64"],
      inputDims: "0, 1", dims: "0, 1, 0, 2",
      body: "%a = tensor.empty(%0, %1) : tensor<?x?xi64>\n%b = tensor.empty(%0, %2) : tensor<?x?xi64>\n" + sort("?x?", "?x?", "?x?"),
      problem: "operand 2: byte 95984 of 95984"),
    Fault(
      testDescription: "sort by counting", input: ("i32", [4, 60]), sizes: [4, 3], right: 4, results: ["?x60xi64", "?x120xi64"],
      inputDims: "0", dims: "1, 0",
      body: "%a = tensor.empty(%1) : tensor<?x60xi64>\n%b = tensor.empty(%0) : tensor<?x120xi64>\n" + sort("?x60", "?x60", "?x120"),
      problem: "operand 1: byte 1776 of 1440"),
    Fault(
      testDescription: "selection", input: ("i32", [4, 500]), sizes: [4, 3], right: 4, results: ["?x5xi64"], inputDims: "0", dims: "1",
      body: """
        %a = tensor.empty(%1) : tensor<?x5xi64>
        %r = "rows.select"(%x, %a) {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d0, d2)>],
          iterator_types = [\(rows), \(inside), \(inside)], operandSegmentSizes = array<i32: 1, 1>}
          : (tensor<?x500xi32>, tensor<?x5xi64>) -> tensor<?x5xi64>
        return %r : tensor<?x5xi64>
        """, problem: "operand 1: byte 120 of 120"),
    Fault(
      testDescription: "rows of a scatter", input: ("i32", [1, 9, 8]), sizes: [9, 8], right: 9, results: ["1x?x8xi32"], inputDims: "1",
      dims: "0",
      body: """
        %a = tensor.empty(%0) : tensor<1x?x8xi32>
        %places = arith.constant dense<0> : tensor<1x3xi64>
        %updates = arith.constant dense<1> : tensor<1x3x8xi32>
        %r = "rows.scatter"(%x, %places, %updates, %a) ({
        ^bb0(%old: i32, %new: i32):
          "rows.yield"(%new) : (i32) -> ()
        }) {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2)>,
          affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>],
          iterator_types = [\(rows), \(rows), \(inside), \(rows)], operandSegmentSizes = array<i32: 3, 1>}
          : (tensor<1x?x8xi32>, tensor<1x3xi64>, tensor<1x3x8xi32>, tensor<1x?x8xi32>) -> tensor<1x?x8xi32>
        return %r : tensor<1x?x8xi32>
        """, problem: "operand 0: byte 256 of 256"),
    Fault(
      testDescription: "recurrence", input: ("f32", [2, 5, 4]), sizes: [5, 4], right: 5, results: ["2x?x4xf32", "?x4xf32"], inputDims: "0",
      dims: "1, 0",
      body: """
        %a = tensor.empty(%1) : tensor<2x?x4xf32>
        %b = tensor.empty(%0) : tensor<?x4xf32>
        %h0 = tensor.empty(%0) : tensor<?x4xf32>
        %w = arith.constant dense<1.0> : tensor<4x4xf32>
        %r:2 = "rows.recur"(%x, %w, %h0, %a, %b) ({
        ^bb0(%s: f32, %i: f32, %h: f32):
          %sum = arith.addf %s, %i : f32
          "rows.yield"(%sum) : (f32) -> ()
        }) {form = array<i64: 1, 0, 1, 0, 0>, indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d3)>,
          affine_map<(d0, d1, d2, d3, d4) -> (d2, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d1, d2)>,
          affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3, d4) -> (d1, d2)>],
          iterator_types = [\(inside), \(rows), \(inside), \(inside), \(inside)], operandSegmentSizes = array<i32: 3, 2>}
          : (tensor<2x?x4xf32>, tensor<4x4xf32>, tensor<?x4xf32>, tensor<2x?x4xf32>, tensor<?x4xf32>) -> (tensor<2x?x4xf32>, tensor<?x4xf32>)
        return %r#0, %r#1 : tensor<2x?x4xf32>, tensor<?x4xf32>
        """, problem: "operand 1: byte 128 of 128"),
  ]

  /// A program that calls the kernel with the numbers `sizes`.
  private static func model(_ fault: Fault, sizes: [Int]) -> String {
    let numbers = sizes.indices.map { "%\($0)" }, types = sizes.map { _ in "index" }
    let unknown = fault.inputDims.split(separator: ",").count
    let input =
      "tensor<"
      + fault.input.shape.map { unknown == 2 ? "?" : $0 == fault.input.shape[fault.input.shape.count - 2] ? "?" : "\($0)" }
      .joined(separator: "x") + "x\(fault.input.type)>"
    let results = fault.results.map { "tensor<\($0)>" }.joined(separator: ", ")
    let names = fault.results.indices.map { fault.results.count == 1 ? "%r" : "%r#\($0)" }.joined(separator: ", ")
    let constants = sizes.enumerated().map { "  %\($0) = arith.constant \($1) : index" }.joined(separator: "\n")
    return """
      func.func @main(%x: \(input)) -> (\(results)) {
      \(constants)
        %r\(fault.results.count == 1 ? "" : ":\(fault.results.count)") = "flow.dispatch"(\((numbers + ["%x"]).joined(separator: ", ")))
          {executable = @kernel, flow.result_dims = array<i64: \(fault.dims)>} : (\((types + [input]).joined(separator: ", "))) -> (\(results))
        return \(names) : \(results)
      }
      func.func private @kernel(\(numbers.map { "\($0): index" }.joined(separator: ", ")), %x: \(input)) -> (\(results)) attributes
        {flow.executable, flow.operand_dims = array<i64: \(fault.inputDims)>, flow.result_dims = array<i64: \(fault.dims)>} {
        \(fault.body)
      }
      """
  }

  private static func call(_ fault: Fault, sizes: [Int]) throws -> Int {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(model(fault, sizes: sizes).utf8), to: "model.mlir")
    var options = CompileOptions()
    options.checksAccesses = true
    let module = try ToolsDispatchFileTests.compile(path, options)
    let count = fault.input.shape.reduce(1, *)
    let x =
      fault.input.type == "f32"
      ? try Tensor(shape: fault.input.shape, [Float](repeating: 1, count: count))
      : try Tensor(shape: fault.input.shape, (0..<count).map { Int32($0 * 7919 % 1009) })
    return try ToolsDispatchFileTests.call(module, [x]).count
  }

  @Test(arguments: faults) func whatFitsIsComputed(fault: Fault) throws {
    #expect(try Self.call(fault, sizes: fault.sizes.dropLast() + [fault.right]) == fault.results.count)
  }

  @Test(arguments: faults) func whatIsBeyondEndsTheCall(fault: Fault) throws {
    let error = try #require(throws: RuntimeError.self) { try Self.call(fault, sizes: fault.sizes) }
    #expect(error.code == .internalError)
    #expect(error.message.hasSuffix("touched memory beyond \(fault.problem)"))
  }
}
