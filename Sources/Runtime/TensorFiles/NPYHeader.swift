/// The header of a `.npy` file: a Python dictionary as text.
struct NPYHeader {
  /// Why text is no header.
  struct Problem: Error {
    /// A clause for the user.
    let reason: String
  }

  /// The element type, such as `<f4`.
  private(set) var descriptor = ""
  /// `true` iff the first index runs fastest.
  private(set) var isFortranOrder = false
  /// The extents.
  private(set) var shape: [Int] = []

  /// Parses `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.
  init(_ text: String) throws(Problem) {
    var rest = Array(text.unicodeScalars)[...]
    func skipSpace() { rest = rest.drop { $0 == " " || $0 == "\n" || $0 == "\t" || $0 == "\r" } }
    func take(_ scalar: Unicode.Scalar) -> Bool {
      skipSpace()
      guard rest.first == scalar else { return false }
      rest.removeFirst()
      return true
    }
    func string() throws(Problem) -> String {
      skipSpace()
      guard let quote = rest.popFirst(), quote == "'" || quote == "\"", let end = rest.firstIndex(of: quote) else {
        throw Problem(reason: "its header is malformed, or its elements are structures, which are not supported")
      }
      var result = String.UnicodeScalarView()
      result.append(contentsOf: rest[..<end])
      rest = rest[(end + 1)...]
      return String(result)
    }
    func word() -> String {
      skipSpace()
      var result = String.UnicodeScalarView()
      while let next = rest.first, next.properties.isAlphabetic || ("0"..."9").contains(next) || next == "-" {
        result.append(next)
        rest.removeFirst()
      }
      return String(result)
    }
    var seen: Set<String> = []
    guard take("{") else { throw Problem(reason: "its header is malformed") }
    while !take("}") {
      let key = try string()
      guard take(":") else { throw Problem(reason: "its header is malformed after '\(key)'") }
      seen.insert(key)
      switch key {
      case "descr": descriptor = try string()
      case "fortran_order":
        switch word() {
        case "True": isFortranOrder = true
        case "False": isFortranOrder = false
        default: throw Problem(reason: "its 'fortran_order' is neither True nor False")
        }
      case "shape":
        guard take("(") else { throw Problem(reason: "its shape is malformed") }
        while !take(")") {
          var digits = word()
          if digits.hasSuffix("L") { digits.removeLast() }
          guard let extent = Int(digits), extent >= 0, shape.count < 64 else { throw Problem(reason: "its shape is malformed") }
          shape.append(extent)
          if !take(","), rest.first != ")" { throw Problem(reason: "its shape is malformed") }
        }
      default: throw Problem(reason: "its header has the unknown key '\(key)'")
      }
      _ = take(",")
    }
    for key in ["descr", "fortran_order", "shape"] where !seen.contains(key) { throw Problem(reason: "its header lacks '\(key)'") }
  }
}
