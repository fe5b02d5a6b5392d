import TesseraDiagnostics

extension TextReader {
  /// What stands behind the name of an operation that is not in quotes.
  func readPretty(_ operation: ProgramOperation) throws(Diagnostic) {
    switch operation.name {
    case "builtin.module":
      if cursor.sees("@") { operation.attributes["sym_name"] = .text(try symbol()) }
      if cursor.take("attributes") { operation.attributes.merge(try dictionary()) { $1 } }
      operation.regions = [try region(isolated: true)]
    case "func.func": try readFunction(operation)
    case "stablehlo.reduce": try readReduce(operation)
    case "stablehlo.while": try readWhile(operation)
    case "sdy.mesh":
      operation.attributes["sym_name"] = .text(try symbol())
      try cursor.need("=")
      _ = try cursor.balanced()
      if cursor.sees("{") { _ = try dictionary() }
    default:
      try readClauses(operation)
      if cursor.take(":") { try readSignature(operation) }
    }
  }

  /// Operands, clauses (`dims = [0, 1]`), words, attributes: all up to the colon before the types.
  private func readClauses(_ operation: ProgramOperation) throws(Diagnostic) {
    var words: [String] = []
    while true {
      cursor.skipSpace()
      switch cursor.current {
      case UInt8(ascii: ","), UInt8(ascii: "("), UInt8(ascii: ")"): cursor.position += 1
      case UInt8(ascii: "%"): operation.operands.append(try operand())
      case UInt8(ascii: "\""): operation.attributes["name"] = .text(try cursor.string())
      case UInt8(ascii: "@"): operation.attributes["symbol"] = .symbol(try symbol())
      case UInt8(ascii: "{"): operation.attributes.merge(try dictionary()) { first, _ in first }
      case UInt8(ascii: "["):
        if operation.name == "stablehlo.slice" { try readRanges(operation) } else { operation.attributes["list"] = .list(try list()) }
      case UInt8(ascii: "<"):  // the parameters of a sharding, say
        _ = try cursor.balanced()
      case UInt8(ascii: "#"): _ = try attribute()
      default:
        guard cursor.seesWord(), !cursor.sees("loc(") else {
          operation.attributes["words"] = .list(words.map { .word($0) })
          return
        }
        let start = cursor.position
        let word = try cursor.word()
        if cursor.take("=") {
          operation.attributes[word] = try clauseValue(word)
        } else if word.hasPrefix("dense") || word == "true" || word == "false" {
          cursor.position = start
          let value = try attribute()
          operation.attributes["value"] = value
          // The constant's type is that of the operation.
          if case .dense(let constant) = value {
            operation.attributes["words"] = .list([])
            operation.resultTypes = [.tensor(constant.type)]
            if operation.name.hasPrefix("check.") { operation.resultTypes = [] }
            return
          }
        } else {
          words.append(word)
        }
      }
    }
  }

  /// The value of a clause: a list, two lists, a number, a word, a dictionary, or what stands in angle brackets.
  private func clauseValue(_ key: String) throws(Diagnostic) -> ProgramAttribute {
    cursor.skipSpace()
    switch cursor.current {
    case UInt8(ascii: "[") where key == "dim_numbers": return .dictionary(try convolutionDimensions(until: cursor.bytes.count))
    case UInt8(ascii: "["):
      let first = try list()
      guard cursor.sees("x"), key.hasSuffix("_dims") else { return .list(first) }
      try cursor.need("x")
      return .list([.list(first), .list(try list())])
    case UInt8(ascii: "{") where key == "window":
      cursor.position += 1
      var entries: [String: ProgramAttribute] = [:]
      while !cursor.take("}") {
        let name = try cursor.word()
        try cursor.need("=")
        entries[name] = .list(try list())
        if !cursor.take(",") {
          try cursor.need("}")
          break
        }
      }
      return .dictionary(entries)
    case UInt8(ascii: "<"):
      _ = try cursor.balanced()
      return .other
    default:
      if cursor.seesNumber() {  // without its type: what follows is that of the operation
        let text = cursor.text(try numberRange())
        return Int(text).map(ProgramAttribute.integer) ?? Double(text).map(ProgramAttribute.number) ?? .other
      }
      return try attribute()
    }
  }

  /// `[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]`, up to `end`, or behind it if that is the end of an attribute; or `raw` entries.
  func convolutionDimensions(until end: Int) throws(Diagnostic) -> [String: ProgramAttribute] {
    if cursor.take("raw") {
      defer { cursor.position = end }
      return try entries(until: ">")
    }
    var entries: [String: ProgramAttribute] = [:]
    func read(_ letters: [String: String], _ spatialKey: String) throws(Diagnostic) {
      try cursor.need("[")
      var spatial: [(number: Int, place: Int)] = []
      var place = 0
      while !cursor.take("]") {
        if cursor.seesNumber() {
          spatial.append((try cursor.integer(), place))
        } else if cursor.take("?") {
        } else {
          let letter = try cursor.word()
          guard let key = letters[letter] else { throw cursor.failure("dimensions of a convolution") }
          entries[key] = .integer(place)
        }
        place += 1
        if !cursor.take(",") {
          try cursor.need("]")
          break
        }
      }
      entries[spatialKey] = .integers(spatial.sorted { $0.number < $1.number }.map(\.place))
    }
    try read(["b": "input_batch_dimension", "f": "input_feature_dimension"], "input_spatial_dimensions")
    try cursor.need("x")
    try read(["i": "kernel_input_feature_dimension", "o": "kernel_output_feature_dimension"], "kernel_spatial_dimensions")
    try cursor.need("->")
    try read(["b": "output_batch_dimension", "f": "output_feature_dimension"], "output_spatial_dimensions")
    return entries
  }

  /// `[0:4:2, 1:3]`
  private func readRanges(_ operation: ProgramOperation) throws(Diagnostic) {
    try cursor.need("[")
    var starts: [Int] = [], limits: [Int] = [], strides: [Int] = []
    while !cursor.take("]") {
      starts.append(try cursor.integer())
      try cursor.need(":")
      limits.append(try cursor.integer())
      strides.append(cursor.take(":") ? try cursor.integer() : 1)
      if !cursor.take(",") {
        try cursor.need("]")
        break
      }
    }
    operation.attributes["start_indices"] = .integers(starts)
    operation.attributes["limit_indices"] = .integers(limits)
    operation.attributes["strides"] = .integers(strides)
  }

  /// A function type, or types from which those of the results follow.
  private func readSignature(_ operation: ProgramOperation) throws(Diagnostic) {
    if cursor.sees("(") {
      operation.resultTypes = try functionType().results
      return
    }
    var types = [try type()]
    while cursor.take(",") { types.append(try type()) }
    if cursor.take("->") {
      operation.resultTypes = try self.types().map(\.type)
      return
    }
    switch operation.name {
    case "stablehlo.return", "func.return", "sdy.return": operation.resultTypes = []
    case "stablehlo.optimization_barrier": operation.resultTypes = types
    case _ where operation.name.hasPrefix("check."): operation.resultTypes = []
    default: operation.resultTypes = types.suffix(1)
    }
  }

  // MARK: operations with regions

  /// `(%x init: %a), (%y init: %b) applies stablehlo.add across dimensions = [1] : types`, or with a `reducer(...)` behind the types.
  private func readReduce(_ operation: ProgramOperation) throws(Diagnostic) {
    var inputs: [Int] = [], initial: [Int] = []
    repeat {
      try cursor.need("(")
      inputs.append(try operand())
      try cursor.need("init")
      try cursor.need(":")
      initial.append(try operand())
      try cursor.need(")")
    } while cursor.take(",")
    operation.operands = inputs + initial
    let applied = cursor.take("applies") ? try cursor.word() : nil
    try cursor.need("across")
    try cursor.need("dimensions")
    try cursor.need("=")
    operation.attributes["dimensions"] = .list(try list())
    if cursor.sees("{") { operation.attributes.merge(try dictionary()) { first, _ in first } }
    try cursor.need(":")
    try readSignature(operation)
    if let applied {
      operation.regions = [try appliedRegion(applied, operation)]
      return
    }
    if let label = try locationLabel() { operation.label = label }
    try cursor.need("reducer")
    let region = try scoped { () throws(Diagnostic) in
      var region = ProgramRegion()
      var firsts: [ProgramArgument] = [], seconds: [ProgramArgument] = []
      while cursor.take("(") {
        firsts.append(try argument())
        try cursor.need(",")
        seconds.append(try argument())
        try cursor.need(")")
      }
      region.arguments = firsts + seconds
      _ = try location()
      try cursor.need("{")
      try readOperations(into: &region)
      return region
    }
    operation.regions = [region]
  }

  /// The region of one operation that `applies` stands for.
  private func appliedRegion(_ name: String, _ operation: ProgramOperation) throws(Diagnostic) -> ProgramRegion {
    guard operation.resultTypes.count == 1, case .tensor(let type) = operation.resultTypes[0] else {
      throw cursor.failure("a reduction of one tensor before this")
    }
    let scalar = ProgramType.tensor(TensorType(sizes: [], element: type.element))
    let arguments = [newValue(), newValue()]
    let combination = ProgramOperation(name, operands: arguments, place: operation.place)
    combination.results = [newValue()]
    combination.resultTypes = [scalar]
    let end = ProgramOperation("stablehlo.return", operands: combination.results, place: operation.place)
    return ProgramRegion(arguments: arguments.map { ProgramArgument(value: $0, type: scalar) }, operations: [combination, end])
  }

  /// `(%a = %0, %b = %1) : types attributes {...} cond { ... } do { ... }`
  private func readWhile(_ operation: ProgramOperation) throws(Diagnostic) {
    try cursor.need("(")
    var names: [String] = []
    while !cursor.take(")") {
      try cursor.need("%")
      names.append(try cursor.suffixName())
      try cursor.need("=")
      operation.operands.append(try operand())
      if !cursor.take(",") {
        try cursor.need(")")
        break
      }
    }
    if cursor.take(":") {
      operation.resultTypes.append(try type())
      while cursor.take(",") { operation.resultTypes.append(try type()) }
    }
    guard operation.resultTypes.count == names.count else { throw cursor.failure("\(names.count) types before this") }
    if let label = try locationLabel() { operation.label = label }
    if cursor.take("attributes") { operation.attributes = try dictionary() }
    for isCondition in [true, false] {
      if isCondition { try cursor.need("cond") } else { try cursor.need("do") }
      let region = try scoped { () throws(Diagnostic) in
        var region = ProgramRegion()
        for (name, type) in zip(names, operation.resultTypes) {
          region.arguments.append(ProgramArgument(value: define(name), type: type))
        }
        try cursor.need("{")
        try readOperations(into: &region)
        return region
      }
      operation.regions.append(region)
    }
  }
}
