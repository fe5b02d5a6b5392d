import TesseraDiagnostics
import TesseraGraphs

extension TextReader {
  /// One type.
  func type() throws(Diagnostic) -> ProgramType {
    try nested { () throws(Diagnostic) in
      cursor.skipSpace()
      let start = cursor.position
      if cursor.take("!") { return try dialectType(start) }
      if cursor.sees("(") {
        _ = try functionType()
        return .other(cursor.text(start..<cursor.position))
      }
      let word = try cursor.word()
      switch word {
      case "tensor":
        try cursor.need("<")
        return try tensor()
      case "tuple":
        try cursor.need("<")
        var types: [ProgramType] = []
        while !cursor.take(">") {
          types.append(try type())
          if !cursor.take(",") {
            try cursor.need(">")
            break
          }
        }
        let tuple = ProgramType.tuple(types)
        guard tuple.leafCount <= 1 << 16 else { throw cursor.failure("a tuple of fewer parts before this") }
        return tuple
      default:
        if cursor.isHere("<") { _ = try cursor.balanced() }
        return .other(cursor.text(start..<cursor.position))
      }
    }
  }

  /// A type with a sign before it, which has been taken: an alias, a token, or of another dialect.
  private func dialectType(_ start: Int) throws(Diagnostic) -> ProgramType {
    let word = try cursor.word()
    if word == "stablehlo.token" || word == "mhlo.token" { return .token }
    if !word.contains(".") {
      if let type = try aliased("!" + word, { () throws(Diagnostic) in try type() }) { return type }
    }
    if cursor.isHere("<") { _ = try cursor.balanced() }
    return .other(cursor.text(start..<cursor.position))
  }

  /// `(types) -> types`
  func functionType() throws(Diagnostic) -> (inputs: [ProgramType], results: [ProgramType]) {
    let inputs = try types().map(\.type)
    try cursor.need("->")
    return (inputs, try types().map(\.type))
  }

  /// A list of types in brackets, with attributes, or one type.
  func types() throws(Diagnostic) -> [(type: ProgramType, attributes: [String: ProgramAttribute])] {
    guard cursor.take("(") else { return [(try type(), [:])] }
    var list: [(type: ProgramType, attributes: [String: ProgramAttribute])] = []
    while !cursor.take(")") {
      let type = try type()
      list.append((type, cursor.sees("{") ? try dictionary() : [:]))
      _ = try location()
      if !cursor.take(",") {
        try cursor.need(")")
        break
      }
    }
    return list
  }

  /// What stands behind `tensor<`.
  private func tensor() throws(Diagnostic) -> ProgramType {
    var sizes: [Int?] = []
    if cursor.sees("*") {
      throw .unreadableText(file.path, line: cursor.line, "a tensor has no rank: expected tensors of a known rank")
    }
    while true {
      cursor.skipSpace()
      if cursor.isHere("?") {
        cursor.position += 1
        sizes.append(nil)
      } else if TextCursor.isDigit(cursor.current) {
        sizes.append(try cursor.integer())
      } else {
        break
      }
      try cursor.need("x")
      guard sizes.count <= GraphTensor.rankLimit else {
        throw .unreadableText(file.path, line: cursor.line, "a tensor has more than \(GraphTensor.rankLimit) dimensions")
      }
    }
    let element = try readElement()
    if cursor.take(",") {
      // Bounds of sizes that only the run knows: they bind nothing here.
      _ = try attribute()
    }
    try cursor.need(">")
    let type = TensorType(sizes: sizes, element: element)
    guard type.isPossible else {
      throw .unreadableText(file.path, line: cursor.line, "the type \(type.description) has more elements than any memory holds")
    }
    return .tensor(type)
  }

  /// The type of the elements of a tensor.
  private func readElement() throws(Diagnostic) -> ProgramElement {
    cursor.skipSpace()
    let start = cursor.position
    if cursor.take("!") {
      let word = try cursor.word()
      if !word.contains(".") {
        if let element = try aliased("!" + word, { () throws(Diagnostic) in try readElement() }) { return element }
      }
      guard cursor.isHere("<") else { return .other(cursor.text(start..<cursor.position)) }
      let body = try cursor.balanced()
      let text = cursor.text(start..<cursor.position)
      guard word == "quant.uniform" else { return .other(text) }
      let end = cursor.position
      cursor.position = body.lowerBound + 1
      let element = try quantized(text)
      cursor.position = end
      return element
    }
    let word = try cursor.word()
    if word == "complex" {
      try cursor.need("<")
      let part = try cursor.word()
      try cursor.need(">")
      return ElementType(stableHLO: "complex<\(part)>").map(ProgramElement.plain) ?? .other("complex<\(part)>")
    }
    return ElementType(stableHLO: word).map(ProgramElement.plain) ?? .other(word)
  }

  /// What stands in `!quant.uniform<...>`.
  private func quantized(_ text: String) throws(Diagnostic) -> ProgramElement {
    guard let storage = ElementType(stableHLO: try cursor.word()), storage != .bool, !storage.isFloat, !storage.isComplex else {
      return .other(text)
    }
    var (least, greatest) = storage.integerBounds
    if cursor.take("<") {
      least = try cursor.integer()
      try cursor.need(":")
      greatest = try cursor.integer()
      try cursor.need(">")
    }
    try cursor.need(":")
    guard let expressed = ElementType(stableHLO: try cursor.word()), expressed.isFloat else { return .other(text) }
    var axis: Int?
    if cursor.take(":") { axis = try cursor.integer() }
    guard cursor.take(",") else { return .other(text) }
    var scales: [Double] = [], zeroPoints: [Int] = []
    func parameter() throws(Diagnostic) {
      scales.append(try number())
      zeroPoints.append(cursor.take(":") ? try cursor.integer() : 0)
    }
    if axis != nil {
      try cursor.need("{")
      while !cursor.take("}") {
        try parameter()
        if !cursor.take(",") {
          try cursor.need("}")
          break
        }
      }
    } else {
      try parameter()
    }
    return .quantized(
      QuantizedElement(
        storage: storage, expressed: expressed, axis: axis, scales: scales, zeroPoints: zeroPoints, least: least, greatest: greatest,
        text: text))
  }
}
