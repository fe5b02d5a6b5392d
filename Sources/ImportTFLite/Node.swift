import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// One operator under import, as its lowering sees it.
struct Node: OperandSite {
  let graph: GraphBuilder
  let walker: GraphWalker
  let record: OperatorRecord
  let row: OperatorRow
  /// The name of the first result, by which users know the operator.
  let label: String
  /// The inputs in order; `nil` where an optional one is left out.
  var inputs: [GraphTensor?]
  let options: OperatorOptions

  var operation: String { row.name }
  var version: Int { record.code.version }

  // MARK: inputs

  /// The one element of integer input `i`, which must be constant.
  func knownInteger(_ i: Int) throws(Diagnostic) -> Int {
    let list = try knownIntegers(i)
    guard list.count == 1 else { throw .wrongShape(self, try input(i), "one element") }
    return list[0]
  }

  // MARK: what the file says of operands

  /// What the file says of input `i`, which is there.
  func inputRecord(_ i: Int) -> TensorRecord { walker.tensors[record.inputs[i]] }
  /// `true` iff input `i` is of complex numbers, which stand as pairs along a last dimension.
  func isComplex(_ i: Int) -> Bool { inputRecord(i).type == .complex }
  /// What the file says of output `i`; `nil` if there is no such output.
  func outputRecord(_ i: Int) -> TensorRecord? { i < record.outputs.count ? walker.tensors[record.outputs[i]] : nil }

  /// The element type of output `i`, as the file says.
  func outputType(_ i: Int) throws(Diagnostic) -> ElementType {
    guard let tensor = outputRecord(i) else { throw .missingOutput(self, i) }
    guard let type = tensor.type.element else { throw .unsupportedTensor(tensor) }
    return type
  }

  /// The same for an output that must be of integers.
  func integerType(_ i: Int) throws(Diagnostic) -> ElementType {
    let type = try outputType(i)
    guard type == .i32 || type == .i64 else {
      throw diagnostic(.invalidInput, "gives '\(outputRecord(i)?.name ?? "")' as \(type.name): expected i32 or i64")
    }
    return type
  }

  // MARK: options

  func integer(_ name: String) throws(Diagnostic) -> Int { try options.integer(name) }
  func flag(_ name: String) throws(Diagnostic) -> Bool { try options.flag(name) }
  func float(_ name: String) throws(Diagnostic) -> Double { try options.float(name) }
  func integers(_ name: String) throws(Diagnostic) -> [Int]? { try options.integers(name) }

  /// A positive integer that windows are made of.
  func windowOption(_ name: String) throws(Diagnostic) -> Int {
    let value = try integer(name)
    guard value >= 1, value <= Windows.limit else { throw .invalidAttribute(self, name, "\(value)", expected: "1 to \(Windows.limit)") }
    return value
  }

  /// How much is put around the input: as much as keeps its size, an odd element at the end, or nothing.
  func padding(_ spatial: Int) throws(Diagnostic) -> WindowPadding {
    switch try integer("padding") {
    case 0: return .same(isUpper: true)
    case 1: return .none(spatial)
    case let other: throw .invalidAttribute(self, "padding", "\(other)", expected: "0 (SAME) or 1 (VALID)")
    }
  }
}
