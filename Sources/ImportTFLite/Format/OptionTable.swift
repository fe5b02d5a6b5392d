import TesseraDiagnostics
import TesseraFlatBuffers

/// The fields of one operator's options, as the schema names them.
struct OptionTable: Sendable {
  /// A field: its number, its type as `OptionTables` writes it, and its default.
  struct Field: Sendable {
    let number: Int
    let type: String
    let value: Double
  }

  /// The name of the table in the schema.
  let name: String
  let fields: [String: Field]

  private init(_ entry: (table: String, fields: String)) {
    name = entry.table
    var fields: [String: Field] = [:]
    for text in entry.fields.split(separator: ",") {
      let words = text.split(separator: " ").map(String.init)
      fields[words[1]] = Field(number: Int(words[0]) ?? 0, type: words[2], value: words.count > 3 ? Double(words[3]) ?? 0 : 0)
    }
    self.fields = fields
  }

  /// The tables of the two unions, by their numbers.
  private static let first = OptionTables.first.map(OptionTable.init), second = OptionTables.second.map(OptionTable.init)
  private static let byName = Dictionary(uniqueKeysWithValues: (first.dropFirst() + second.dropFirst()).map { ($0.name, $0) })

  /// The table of this name.
  static func named(_ name: String) -> OptionTable? { byName[name] }

  /// The table of this number in the union `BuiltinOptions`, or in `BuiltinOptions2`.
  static func numbered(_ number: Int, isSecond: Bool) -> OptionTable? {
    let tables = isSecond ? second : first
    return tables.indices.contains(number) ? tables[number] : nil
  }
}

/// The options of one operator: fields of a table of the file, or all defaults.
struct OperatorOptions {
  private let table: FlatTable?
  /// The fields that there are.
  private let schema: OptionTable?

  init(_ table: FlatTable?, _ schema: OptionTable?) { (self.table, self.schema) = (table, schema) }

  private func field(_ name: String, _ types: Set<String>) -> OptionTable.Field {
    guard let field = schema?.fields[name], types.contains(field.type) else {
      fatalError("compiler bug: the options '\(schema?.name ?? "none")' have no field '\(name)' of \(types.sorted())")
    }
    return field
  }

  func integer(_ name: String) throws(Diagnostic) -> Int {
    let field = field(name, ["i8", "u8", "i32", "u32", "i64"]), value = Int(field.value)
    guard let table else { return value }
    switch field.type {
    case "i8": return Int(try table.number(field.number, default: Int8(value)))
    case "u8": return Int(try table.number(field.number, default: UInt8(value)))
    case "i32": return Int(try table.number(field.number, default: Int32(value)))
    case "u32": return Int(try table.number(field.number, default: UInt32(value)))
    default: return Int(try table.number(field.number, default: Int64(value)))
    }
  }

  func flag(_ name: String) throws(Diagnostic) -> Bool {
    let field = field(name, ["bool"])
    return try table?.flag(field.number, default: field.value != 0) ?? (field.value != 0)
  }

  func float(_ name: String) throws(Diagnostic) -> Double {
    let field = field(name, ["f32"])
    return Double(try table?.float(field.number, default: Float(field.value)) ?? Float(field.value))
  }

  /// A list of integers; `nil` if it is not there.
  func integers(_ name: String) throws(Diagnostic) -> [Int]? {
    let field = field(name, ["[i32]", "[i64]"])
    if field.type == "[i64]" { return try table?.numbers(field.number, of: Int64.self)?.map(Int.init) }
    return try table?.numbers(field.number, of: Int32.self)?.map(Int.init)
  }

  /// A list of floats; `nil` if it is not there.
  func floats(_ name: String) throws(Diagnostic) -> [Float]? { try table?.floats(field(name, ["[f32]"]).number) }

  /// A text; `nil` if it is not there.
  func text(_ name: String) throws(Diagnostic) -> String? { try table?.string(field(name, ["text"]).number) }
}
