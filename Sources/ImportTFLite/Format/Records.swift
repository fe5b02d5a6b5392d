import TesseraDiagnostics
import TesseraFlatBuffers
import TesseraGraphs

// What a model file holds, read once.

/// The kind of an operator: a builtin one, or a custom one by its name.
struct OperatorCode {
  /// The name as the schema has it, or that of a custom operator; a number for those newer than the schema.
  let name: String
  let isCustom: Bool
  let version: Int

  init(_ table: FlatTable) throws(Diagnostic) {
    // The older field has 8 bits, and the newer one is not in older files: the larger of both counts.
    let number = Int(max(Int32(try table.number(0, default: Int8(0))), try table.number(3, default: Int32(0))))
    version = Int(try table.number(2, default: Int32(1)))
    isCustom = BuiltinOperator.names.indices.contains(number) && BuiltinOperator.names[number] == "CUSTOM"
    if isCustom {
      name = try table.string(1) ?? ""
    } else {
      name = BuiltinOperator.names.indices.contains(number) ? BuiltinOperator.names[number] : "operator \(number)"
    }
  }
}

/// How the elements of a tensor stand for real numbers: `(element - zero) * scale`.
struct QuantizationRecord {
  /// One number, or one for each element of `dimension`.
  let scales: [Float]
  /// As many, or none, which are zeros.
  let zeros: [Int]
  let dimension: Int

  /// `nil` if the tensor has no scales.
  init?(_ table: FlatTable) throws(Diagnostic) {
    scales = try table.floats(2) ?? []
    zeros = (try table.numbers(3, of: Int64.self) ?? []).map(Int.init)
    dimension = Int(try table.number(6, default: Int32(0)))
    if scales.isEmpty { return nil }
  }
}

/// One tensor of a subgraph.
struct TensorRecord {
  let name: String
  /// The sizes that it had where the file was written.
  let shape: [Int]
  /// The sizes, with -1 for those that differ between calls; `nil` if none does.
  let signature: [Int]?
  let type: TensorType
  let buffer: Int
  let quantization: QuantizationRecord?
  let isVariable: Bool
  let sparsity: SparsityRecord?

  init(_ table: FlatTable) throws(Diagnostic) {
    name = try table.string(3) ?? ""
    shape = (try table.numbers(0, of: Int32.self) ?? []).map(Int.init)
    signature = try table.numbers(7, of: Int32.self)?.map(Int.init)
    type = TensorType(number: Int(try table.number(1, default: Int8(0))))
    buffer = Int(try table.number(2, default: UInt32(0)))
    quantization = try table.table(4).flatMap { (table) throws(Diagnostic) in try QuantizationRecord(table) }
    isVariable = try table.flag(5)
    sparsity = try table.table(6).map { (table) throws(Diagnostic) in try SparsityRecord(table) }
  }
}

/// One operator of a subgraph.
struct OperatorRecord {
  let code: OperatorCode
  /// Numbers of tensors; -1 where an optional one is left out.
  let inputs: [Int]
  let outputs: [Int]
  let intermediates: [Int]
  /// The options of a builtin operator, and the table of the schema that they are.
  let options: (table: FlatTable, schema: OptionTable?)?
  /// The bytes of the file that are the options of a custom operator.
  let customOptions: Range<Int>

  init(_ table: FlatTable, _ codes: [OperatorCode], _ file: ModelFile) throws(Diagnostic) {
    let index = Int(try table.number(0, default: UInt32(0)))
    guard codes.indices.contains(index) else { throw .damagedModel(file, "an operator has the kind \(index) of \(codes.count)") }
    code = codes[index]
    inputs = (try table.numbers(1, of: Int32.self) ?? []).map(Int.init)
    outputs = (try table.numbers(2, of: Int32.self) ?? []).map(Int.init)
    intermediates = (try table.numbers(8, of: Int32.self) ?? []).map(Int.init)
    if let (kind, table) = try table.union(12) {
      options = (table, OptionTable.numbered(kind, isSecond: true))
    } else if let (kind, table) = try table.union(4) {
      options = (table, OptionTable.numbered(kind, isSecond: false))
    } else {
      options = nil
    }
    let offset = try table.number(9, default: UInt64(0))
    if offset > 1 {
      customOptions = try file.range(offset, try table.number(10, default: UInt64(0)))
    } else {
      customOptions = try table.range(5) ?? 0..<0
    }
  }
}

/// One subgraph.
struct SubgraphRecord {
  let name: String
  let tensors: [TensorRecord]
  let inputs: [Int]
  let outputs: [Int]
  let operators: [OperatorRecord]

  init(_ table: FlatTable, _ codes: [OperatorCode], _ file: ModelFile) throws(Diagnostic) {
    name = try table.string(4) ?? ""
    var tensors: [TensorRecord] = []
    for table in try table.tables(0) { tensors.append(try TensorRecord(table)) }
    var operators: [OperatorRecord] = []
    for table in try table.tables(3) { operators.append(try OperatorRecord(table, codes, file)) }
    inputs = (try table.numbers(1, of: Int32.self) ?? []).map(Int.init)
    outputs = (try table.numbers(2, of: Int32.self) ?? []).map(Int.init)
    (self.tensors, self.operators) = (tensors, operators)
    let operands = operators.flatMap { $0.inputs.filter { $0 != -1 } + $0.outputs + $0.intermediates.filter { $0 != -1 } }
    if let wrong = (inputs + outputs + operands).first(where: { !tensors.indices.contains($0) }) {
      throw .damagedModel(file, "the tensor \(wrong) of \(tensors.count) is named")
    }
  }
}

extension SubgraphRecord {
  /// The name of operator `number`: that of its first result, since operators have none.
  func label(_ number: Int) -> String {
    let record = operators[number]
    guard let output = record.outputs.first, !tensors[output].name.isEmpty else { return "\(record.code.name)_\(number)" }
    return tensors[output].name
  }
}

/// A function that users call by name: the names of a subgraph's inputs and outputs.
struct SignatureRecord {
  let key: String
  let subgraph: Int
  /// Names by the numbers of tensors.
  let inputs: [(name: String, tensor: Int)]
  let outputs: [(name: String, tensor: Int)]

  init(_ table: FlatTable) throws(Diagnostic) {
    func names(_ field: Int) throws(Diagnostic) -> [(name: String, tensor: Int)] {
      var list: [(name: String, tensor: Int)] = []
      for entry in try table.tables(field) { list.append((try entry.string(0) ?? "", Int(try entry.number(1, default: UInt32(0))))) }
      return list
    }
    (inputs, outputs) = (try names(0), try names(1))
    key = try table.string(2) ?? ""
    subgraph = Int(try table.number(4, default: UInt32(0)))
  }
}
