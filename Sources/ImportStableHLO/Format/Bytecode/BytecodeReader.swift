import TesseraDiagnostics
import TesseraFiles

/// Reads a portable artifact: MLIR bytecode in dialect vhlo, of any version.
final class BytecodeReader {
  private static let depthLimit = 200

  private let file: BytecodeFile
  private let values: BytecodeValues
  private let source: FileBytes
  private var valueCount = 0
  private var depth = 0

  /// Reads the artifact at `range` of `source`, or the whole file.
  init(_ source: FileBytes, _ range: Range<Int>? = nil) throws(Diagnostic) {
    self.source = source
    file = try BytecodeFile(source.bytes, range ?? 0..<source.bytes.count, path: source.path)
    values = BytecodeValues(file, source)
  }

  /// The values by the numbers that they have in the file. A region has a range of them, behind that of the region around it, and they are
  /// forgotten at its end.
  private struct Scope {
    var numbers: [Int?] = []
    /// The number of the next value of the region at hand.
    var next = 0
  }

  func read() throws(Diagnostic) -> Program {
    if file.dialects.contains("stablehlo") { throw .unversionedBytecode(file.path) }
    var cursor = ByteCursor(file.bytes, file.body, path: file.path)
    var scope = Scope()
    let region = try block(&cursor, &scope)
    var program = Program(file: source)
    for operation in region.operations { try add(operation, to: &program) }
    return program
  }

  private func add(_ operation: ProgramOperation, to program: inout Program) throws(Diagnostic) {
    switch operation.name {
    case "builtin.module":
      if let name = operation.attributes["sym_name"]?.text { program.name = name }
      program.attributes.merge(operation.attributes) { $1 }
      for inner in operation.regions.first?.operations ?? [] { try add(inner, to: &program) }
    case "func.func": program.functions.append(try function(operation))
    case "sdy.mesh": break
    default: throw .unreadableBytecode(file.path, "the operation '\(operation.name)' stands outside of functions")
    }
  }

  private func function(_ operation: ProgramOperation) throws(Diagnostic) -> ProgramFunction {
    guard let name = operation.attributes["sym_name"]?.text, case .type(.tuple(let signature))? = operation.attributes["function_type"],
      signature.count == 2, case .tuple(let results) = signature[1]
    else { throw .unreadableBytecode(file.path, "a function has no name or type") }
    var body = operation.regions.first
    let attributes = operation.attributes["arg_attrs"]?.list ?? []
    for i in body?.arguments.indices ?? 0..<0 where i < attributes.count {
      if let entries = attributes[i].dictionary { body?.arguments[i].attributes = entries }
    }
    if body?.operations.isEmpty == true { body = nil }
    return ProgramFunction(
      name: name, isPublic: !["private", "nested"].contains(operation.attributes["sym_visibility"]?.text), resultTypes: results,
      resultAttributes: (operation.attributes["res_attrs"]?.list ?? []).map { $0.dictionary ?? [:] }, body: body)
  }

  // MARK: regions

  private func nested<Result>(_ body: () throws(Diagnostic) -> Result) throws(Diagnostic) -> Result {
    guard depth < Self.depthLimit else { throw .unreadableBytecode(file.path, "regions nest too deep") }
    depth += 1
    defer { depth -= 1 }
    return try body()
  }

  private func define(_ scope: inout Scope) throws(Diagnostic) -> Int {
    guard scope.next < scope.numbers.count else { throw .unreadableBytecode(file.path, "a region has more values than it says") }
    scope.numbers[scope.next] = valueCount
    scope.next += 1
    valueCount += 1
    return valueCount - 1
  }

  private func region(_ cursor: inout ByteCursor, _ scope: inout Scope) throws(Diagnostic) -> ProgramRegion {
    try nested { () throws(Diagnostic) in
      let count = try cursor.count()
      if count == 0 { return ProgramRegion() }
      guard count == 1 else { throw .severalBlocks(file.path, "operation \(valueCount)") }
      // A value has a type, which takes a byte.
      let values = try cursor.count(), outer = scope
      scope.next = outer.numbers.count
      scope.numbers += Array(repeating: nil, count: values)
      let region = try block(&cursor, &scope)
      scope.numbers.removeLast(values)
      scope.next = outer.next
      return region
    }
  }

  private func block(_ cursor: inout ByteCursor, _ scope: inout Scope) throws(Diagnostic) -> ProgramRegion {
    let code = try cursor.integer()
    var region = ProgramRegion()
    if code & 1 == 1 {
      let count = try cursor.count()
      for _ in 0..<count {
        let type = try cursor.integer()
        let hasLocation = file.version < 4 || type & 1 == 1
        let label = hasLocation ? values.label(try cursor.integer()) : nil
        let program = try values.type(file.version < 4 ? type : type >> 1)
        region.arguments.append(ProgramArgument(value: try define(&scope), type: program, label: label))
      }
      if file.version >= 3, try cursor.byte() != 0 { try skipUseOrders(&cursor, count) }
    }
    guard code >> 1 <= cursor.range.count else { throw cursor.failure("a block has too many operations") }
    for _ in 0..<code >> 1 { region.operations.append(try operation(&cursor, &scope)) }
    return region
  }

  /// Passes over the orders in which values were used.
  private func skipUseOrders(_ cursor: inout ByteCursor, _ valueCount: Int) throws(Diagnostic) {
    let count = valueCount == 1 ? 1 : try cursor.count()
    for _ in 0..<count {
      if valueCount != 1 { _ = try cursor.integer() }
      let code = try cursor.integer()
      guard code >> 1 <= cursor.range.count else { throw cursor.failure("a value has too many uses") }
      for _ in 0..<code >> 1 { _ = try cursor.integer() }
    }
  }

  // MARK: operations

  /// What an operation has.
  private enum Part {
    static let attributes: UInt8 = 0x01, results: UInt8 = 0x02, operands: UInt8 = 0x04, successors: UInt8 = 0x08, regions: UInt8 = 0x10
    static let useOrders: UInt8 = 0x20, properties: UInt8 = 0x40
  }

  private func operation(_ cursor: inout ByteCursor, _ scope: inout Scope) throws(Diagnostic) -> ProgramOperation {
    let number = try cursor.integer()
    guard file.operations.indices.contains(number) else { throw cursor.failure("there is no operation \(number)") }
    let (name, isRegistered) = file.operations[number]
    let parts = try cursor.byte()
    let operation = ProgramOperation(Self.name(name), place: cursor.position)
    operation.label = values.label(try cursor.integer())
    if parts & Part.attributes != 0, case .dictionary(let entries) = try values.attribute(try cursor.integer()) {
      operation.attributes = entries
    }
    if parts & Part.properties != 0 { try readProperties(name, isRegistered, try cursor.integer(), operation) }
    if name.hasPrefix("vhlo."), VHLOTable.attributes(of: String(name.dropFirst(5))) == nil { throw .newerOperation(file, name) }
    if parts & Part.results != 0 {
      operation.resultTypes = try values.types(&cursor)
    }
    for _ in operation.resultTypes { operation.results.append(try define(&scope)) }
    if parts & Part.operands != 0 {
      for index in try cursor.list({ cursor throws(Diagnostic) in try cursor.integer() }) {
        guard scope.numbers.indices.contains(index), let value = scope.numbers[index] else {
          throw cursor.failure("a value is used that is not defined")
        }
        operation.operands.append(value)
      }
    }
    if parts & Part.successors != 0 { throw .severalBlocks(file.path, "the operation '\(name)'") }
    if parts & Part.useOrders != 0 { try skipUseOrders(&cursor, operation.results.count) }
    if parts & Part.regions != 0 { try readRegions(&cursor, &scope, operation) }
    return operation
  }

  /// Regions with values of their own stand in a section, so that they could be read later.
  private func readRegions(_ cursor: inout ByteCursor, _ scope: inout Scope, _ operation: ProgramOperation) throws(Diagnostic) {
    let code = try cursor.integer()
    let isIsolated = code & 1 == 1
    guard code >> 1 <= cursor.range.count else { throw cursor.failure("an operation has too many regions") }
    var own = Scope()
    if isIsolated, file.version >= 2 {
      let (_, range) = try BytecodeFile.section(&cursor, file.start)
      var inner = ByteCursor(file.bytes, range, path: file.path)
      for _ in 0..<code >> 1 { operation.regions.append(try region(&inner, &own)) }
    } else {
      for _ in 0..<code >> 1 {
        operation.regions.append(isIsolated ? try region(&cursor, &own) : try region(&cursor, &scope))
      }
    }
  }

  /// Properties of VHLO are the attributes in the order of their names.
  private func readProperties(_ name: String, _ isRegistered: Bool, _ index: Int, _ operation: ProgramOperation) throws(Diagnostic) {
    guard file.properties.indices.contains(index) else { throw .unreadableBytecode(file.path, "there are no properties \(index)") }
    var cursor = ByteCursor(file.bytes, file.properties[index], path: file.path)
    guard isRegistered, name.hasPrefix("vhlo.") else {
      if !isRegistered, case .dictionary(let entries) = try values.attribute(try cursor.integer()) {
        operation.attributes.merge(entries) { $1 }
      }
      return
    }
    guard let keys = VHLOTable.attributes(of: String(name.dropFirst(5))) else { throw .newerOperation(file, name) }
    for key in keys { operation.attributes[key] = try values.attribute(try cursor.integer()) }
    guard cursor.isAtEnd else { throw .newerOperation(file, name) }
  }

  /// The name of StableHLO for one of VHLO: `vhlo.add_v1` is `stablehlo.add`.
  private static func name(_ name: String) -> String {
    guard name.hasPrefix("vhlo.") else { return name }
    var short = name.dropFirst(5)
    if let mark = short.lastIndex(of: "_"), short[mark...].hasPrefix("_v"), short[mark...].dropFirst(2).allSatisfy(\.isNumber) {
      short = short[..<mark]
    }
    switch short {
    case "func": return "func.func"
    case "call": return "func.call"
    default: return "stablehlo.\(short)"
    }
  }
}

extension Diagnostic {
  static func newerBytecode(_ path: String, _ version: Int, _ newest: Int) -> Diagnostic {
    Diagnostic(.unsupported, "'\(path)' is bytecode of version \(version): the newest that is read is \(newest)")
  }

  static func newerOperation(_ file: BytecodeFile, _ name: String) -> Diagnostic {
    Diagnostic(
      .unsupported, "'\(file.path)' has the operation '\(name)' in a form that is not known",
      notes: ["it was written by \(file.producer)", "the newest version of VHLO that is known is \(VHLOTable.version)"],
      help: "write it for an older version: jax.export does with jax_export_calling_convention_version, stablehlo-translate with --target")
  }

  static func unversionedBytecode(_ path: String) -> Diagnostic {
    Diagnostic(
      .unsupported, "'\(path)' is bytecode of StableHLO as one build of its library writes it, which no other one reads",
      help: "write text (as_text()), or a portable artifact (jax.export, or 'stablehlo-translate --serialize')")
  }
}
