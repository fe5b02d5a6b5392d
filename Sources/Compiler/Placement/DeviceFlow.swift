import TesseraDialects
import TesseraLoopNests
import TesseraMLIR

/// The device that has each value of a host function, by what the values are made from: only transfers change it.
///
/// Arguments, what branches hand on, and what the host makes (lists, strings, results of calls) are on the first device. Weights, fills, and what is
/// computed from them alone are wherever they are read. So no pass needs to keep a mark of ours on an operation, but on those that read nothing.
struct DeviceFlow {
  /// The device of each value, as an index; `nil` for a value that is wherever it is read.
  private var known: [Value: Int?] = [:]
  private let numbers: [String: Int]

  /// Creates the answers for a program of devices with `names`.
  init(_ names: [String]) { numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) }) }

  /// Views: the same bytes in another shape, or with another purpose.
  static let views: Set<String> = [
    "tensor.expand_shape", "tensor.collapse_shape", "tensor.cast", "tensor.bitcast", "tensor.reshape", SetEncodingOp.name,
    UnsetEncodingOp.name,
  ]
  /// Values without bytes on any device, or with bytes on all.
  private static let everywhere: Set<String> = [
    "arith.constant", "ml_program.global_load_const", "ml_program.global_load", "tensor.empty",
  ]

  /// The device of a value; `nil` where it is wherever it is read. Values in order: those that others are made from come first.
  mutating func device(of value: Value) -> Int? {
    if let found = known[value] { return found }
    let answer = value.definingOperation.map { device(of: $0) } ?? 0
    known[value] = .some(answer)
    return answer
  }

  /// The device on which an operation runs, or that has its results; `nil` as for values.
  mutating func device(of op: Operation) -> Int? {
    let name = op.name
    if let transfer = TransferOp(op) { return numbers[transfer.device] }
    if Self.views.contains(name) { return device(of: op.operand(0)) }
    if Self.everywhere.contains(name) { return nil }
    guard op.isStructured || name == DispatchOp.name || name == "arith.select" else { return 0 }
    if let placed = op.attribute(DeviceAttribute.placed)?.stringValue { return numbers[placed] }
    for value in Self.reads(op) { if let found = device(of: value) { return found } }
    return nil
  }

  /// The tensors that an operation reads, those in its body included.
  static func reads(_ op: Operation) -> [Value] {
    let captures = StructuredOp(op)?.captures ?? []
    return (op.operands + captures).filter(\.type.isTensor)
  }
}

extension Operation {
  /// The structured operation that this is, or whose body has it.
  var structuredAround: Operation? {
    var current: Operation? = self
    while let op = current {
      if op.isStructured { return op }
      current = op.parent
    }
    return nil
  }
}
