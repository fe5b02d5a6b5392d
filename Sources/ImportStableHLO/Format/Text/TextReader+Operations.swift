import TesseraDiagnostics

extension TextReader {
  /// One operation, with the results that it defines.
  func operation() throws(Diagnostic) -> ProgramOperation {
    try nested { () throws(Diagnostic) in
      let names = try resultNames()
      cursor.skipSpace()
      let place = cursor.position
      let operation: ProgramOperation
      if cursor.isHere("\"") {
        operation = ProgramOperation(try cursor.string(), place: place)
        try readGeneric(operation)
      } else {
        operation = ProgramOperation(Self.fullName(try cursor.word()), place: place)
        try readPretty(operation)
      }
      try flattenAttributes(of: operation)
      if let label = try locationLabel() { operation.label = label }
      try defineResults(names, of: operation)
      return operation
    }
  }

  /// Names of operations whose dialect the text leaves out.
  private static func fullName(_ name: String) -> String {
    ["call", "return", "func", "module"].contains(name) ? (name == "module" ? "builtin." : "func.") + name : name
  }

  /// `%0, %1:2 =`
  private func resultNames() throws(Diagnostic) -> [(name: String, count: Int?)] {
    guard cursor.sees("%") else { return [] }
    var names: [(name: String, count: Int?)] = []
    repeat {
      try cursor.need("%")
      let name = try cursor.suffixName()
      var count: Int?
      if cursor.isHere(":") {
        cursor.position += 1
        count = try cursor.integer()
      }
      names.append((name, count))
    } while cursor.take(",")
    try cursor.need("=")
    return names
  }

  private func defineResults(_ names: [(name: String, count: Int?)], of operation: ProgramOperation) throws(Diagnostic) {
    for (name, count) in names {
      guard let count else {
        operation.results.append(define(name))
        continue
      }
      guard count >= 0, count <= operation.resultTypes.count else { break }
      for i in 0..<count { operation.results.append(define("\(name)#\(i)")) }
    }
    if names.isEmpty { operation.results = operation.resultTypes.map { _ in newValue() } }
    guard operation.results.count == operation.resultTypes.count else {
      throw .unreadableText(
        file.path, line: cursor.line, "'\(operation.name)' has \(operation.results.count) results and \(operation.resultTypes.count) types")
    }
  }

  /// `(operands) [successors] <{properties}> ({regions}) {attributes} : (types) -> types`
  private func readGeneric(_ operation: ProgramOperation) throws(Diagnostic) {
    try cursor.need("(")
    operation.operands = try operands()
    try cursor.need(")")
    if cursor.sees("[") { throw .severalBlocks(file.path, "line \(cursor.line)") }
    if cursor.take("<") {
      operation.attributes = try dictionary()
      try cursor.need(">")
    }
    if cursor.take("(") {
      repeat { operation.regions.append(try region(isolated: operation.name == "func.func")) } while cursor.take(",")
      try cursor.need(")")
    }
    if cursor.sees("{") { operation.attributes.merge(try dictionary()) { first, _ in first } }
    try cursor.need(":")
    operation.resultTypes = try functionType().results
    if operation.name == "func.func" || operation.name == "builtin.module" { operation.resultTypes = [] }
  }

  /// `{ ^bb0(%a: type): operations }`
  func region(isolated: Bool = false) throws(Diagnostic) -> ProgramRegion {
    try scoped(isolated: isolated) { () throws(Diagnostic) in
      try cursor.need("{")
      var region = ProgramRegion()
      if cursor.take("^") {
        _ = try cursor.suffixName()
        if cursor.take("(") {
          while !cursor.take(")") {
            region.arguments.append(try argument())
            if !cursor.take(",") {
              try cursor.need(")")
              break
            }
          }
        }
        try cursor.need(":")
      }
      try readOperations(into: &region)
      return region
    }
  }

  /// `%name: type {attributes} loc(...)`
  func argument() throws(Diagnostic) -> ProgramArgument {
    try cursor.need("%")
    let name = try cursor.suffixName()
    try cursor.need(":")
    let type = try type()
    let attributes = cursor.sees("{") ? try dictionary() : [:]
    let label = try locationLabel() ?? nil
    return ProgramArgument(value: define(name), type: type, label: label, attributes: attributes)
  }

  /// Operations up to a closing brace.
  func readOperations(into region: inout ProgramRegion) throws(Diagnostic) {
    while !cursor.take("}") {
      if cursor.sees("^") { throw .severalBlocks(file.path, "line \(cursor.line)") }
      if cursor.isAtEnd { throw cursor.failure("'}'") }
      region.operations.append(try operation())
    }
  }

  // MARK: functions

  /// The function that `func.func` is, in either form.
  func function(_ operation: ProgramOperation) throws(Diagnostic) -> ProgramFunction {
    guard let name = operation.attributes["sym_name"]?.text else {
      throw .unreadableText(file.path, line: cursor.line, "a function has no name")
    }
    var body = operation.regions.first
    let attributes = operation.attributes["arg_attrs"]?.list ?? []
    for i in body?.arguments.indices ?? 0..<0 where i < attributes.count {
      if let entries = attributes[i].dictionary { body?.arguments[i].attributes = entries }
    }
    if body?.operations.isEmpty == true, body?.arguments.isEmpty == true { body = nil }
    return ProgramFunction(
      name: name, isPublic: !["private", "nested"].contains(operation.attributes["sym_visibility"]?.text),
      resultTypes: functionResults(operation),
      resultAttributes: (operation.attributes["res_attrs"]?.list ?? []).map { $0.dictionary ?? [:] }, body: body)
  }

  private func functionResults(_ operation: ProgramOperation) -> [ProgramType] {
    let types = operation.attributes["result_types"]?.list ?? operation.attributes["function_type"]?.list?.last?.list
    return (types ?? []).compactMap { if case .type(let type) = $0 { type } else { nil } }
  }

  /// `func.func public @name(%a: type) -> (type {attributes}) attributes {...} { ... }`
  func readFunction(_ operation: ProgramOperation) throws(Diagnostic) {
    while let word = cursor.nextWord() {
      _ = try cursor.word()
      operation.attributes["sym_visibility"] = .text(word)
    }
    operation.attributes["sym_name"] = .text(try symbol())
    try cursor.need("(")
    try scoped(isolated: true) { () throws(Diagnostic) in
      var region = ProgramRegion()
      while !cursor.take(")") {
        if cursor.sees("%") {
          region.arguments.append(try argument())
        } else {
          let type = try type()
          region.arguments.append(ProgramArgument(value: newValue(), type: type, attributes: cursor.sees("{") ? try dictionary() : [:]))
        }
        if !cursor.take(",") {
          try cursor.need(")")
          break
        }
      }
      if cursor.take("->") {
        let results = try types()
        operation.attributes["result_types"] = .list(results.map { .type($0.type) })
        operation.attributes["res_attrs"] = .list(results.map { .dictionary($0.attributes) })
      }
      if cursor.take("attributes") { operation.attributes.merge(try dictionary()) { first, _ in first } }
      if cursor.take("{") {
        try readOperations(into: &region)
        operation.regions = [region]
      }
    }
  }
}
