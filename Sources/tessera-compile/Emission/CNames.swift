import TesseraModuleFormat

/// Names, types and texts of C.
enum CNames {
  private static let reserved: Set<String> = [
    "auto", "bool", "break", "case", "catch", "char", "class", "const", "continue", "default", "delete", "do", "double", "else", "enum",
    "extern",
    "false", "float", "for", "friend", "goto", "if", "inline", "int", "long", "namespace", "new", "operator", "private", "protected",
    "public",
    "register", "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "template", "this", "throw", "true", "try",
    "typedef", "typename", "union", "unsigned", "using", "virtual", "void", "volatile", "while",
  ]

  /// Returns a name of C like `name`: other characters are `_`.
  static func identifier(_ name: String) -> String {
    var result = String(
      String.UnicodeScalarView(
        name.unicodeScalars.map { scalar in
          scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)) ? scalar : "_"
        }))
    if result.first?.isLetter != true { result = "m" + result }
    return reserved.contains(result) ? result + "_" : result
  }

  /// Returns a name that is not in use, and notes it.
  static func unique(_ name: String, _ used: inout Set<String>) -> String {
    var result = name
    var number = 2
    while !used.insert(result).inserted {
      result = "\(name)_\(number)"
      number += 1
    }
    return result
  }

  /// Returns a literal of C.
  static func string(_ text: String) -> String {
    let escaped = text.utf8.map { byte -> String in
      let isPlain = (32..<127).contains(byte) && byte != 34 && byte != 92 && byte != 63
      let octal = String(byte, radix: 8)
      return isPlain ? String(UnicodeScalar(byte)) : "\\" + String(repeating: "0", count: 3 - octal.count) + octal
    }
    return "\"\(escaped.joined())\""
  }

  /// Returns a text that ends no comment, on one line.
  static func comment(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "/" || $0.value < 32 || $0 == "\\" ? "_" : $0 }))
  }

  /// Returns the type of C for elements, and how many make one; `nil` for strings. Numbers that C has not are as many bits.
  static func type(of element: ElementType) -> (name: String, count: Int)? {
    switch element {
    case .string: nil
    case .i8, .i4, .i2: ("int8_t", 1)
    case .i16: ("int16_t", 1)
    case .i32: ("int32_t", 1)
    case .i64: ("int64_t", 1)
    case .f32: ("float", 1)
    case .f64: ("double", 1)
    case .complex64: ("float", 2)
    case .complex128: ("double", 2)
    default: ("uint\(8 * element.byteCount)_t", 1)
    }
  }
}
