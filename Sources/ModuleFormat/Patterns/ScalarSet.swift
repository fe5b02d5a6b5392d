/// Characters that one step of a pattern takes.
struct ScalarSet: Hashable, Sendable {
  /// A part of a set: characters in ranges or of general categories, or all others.
  struct Item: Hashable, Sendable {
    /// The ranges of scalar values.
    var ranges: [ClosedRange<UInt32>] = []
    /// The general categories, by their numbers in `categories`.
    var categories: Set<Int> = []
    /// `true` iff all other characters are meant.
    var isNegated = false
  }

  /// The parts: a character that is in one of them is in the set.
  var items: [Item] = []
  /// `true` iff the characters that are in no part are meant.
  var isNegated = false
  /// `true` iff upper and lower case are the same.
  var ignoresCase = false

  /// The set of one character.
  init(_ scalar: UInt32, ignoresCase: Bool) {
    items = [Item(ranges: [scalar...scalar])]
    self.ignoresCase = ignoresCase
  }

  /// A set of parts.
  init(_ items: [Item], isNegated: Bool = false, ignoresCase: Bool = false) {
    self.items = items
    self.isNegated = isNegated
    self.ignoresCase = ignoresCase
  }

  /// The most ranges to look at for one character: the cost of a match.
  var size: Int { items.reduce(1) { $0 + $1.ranges.count + $1.categories.count } }

  /// `true` iff the character is in the set.
  func contains(_ scalar: Unicode.Scalar) -> Bool {
    items.contains { item in
      var isIn = Self.contains(item, scalar.value) || (!item.categories.isEmpty && Self.hasCategory(item, scalar))
      if !isIn && ignoresCase { isIn = Self.otherCases(scalar.value).contains { Self.contains(item, $0) } }
      return isIn != item.isNegated
    } != isNegated
  }

  private static func contains(_ item: Item, _ value: UInt32) -> Bool { item.ranges.contains { $0.contains(value) } }

  private static func hasCategory(_ item: Item, _ scalar: Unicode.Scalar) -> Bool {
    let category = scalar.properties.generalCategory
    return item.categories.contains { categories[$0].category == category }
  }

  /// The characters that differ from one in case only, among those whose other case is an ASCII letter.
  private static func otherCases(_ value: UInt32) -> [UInt32] {
    switch value {
    case 0x41...0x5A, 0x61...0x7A: [value ^ 0x20]
    case 0x17F: [0x53, 0x73]  // the long s
    case 0x212A: [0x4B, 0x6B]  // the sign of the kelvin
    default: []
    }
  }

  /// The general categories of Unicode by their short names.
  static let categories: [(name: String, category: Unicode.GeneralCategory)] = [
    ("Lu", .uppercaseLetter), ("Ll", .lowercaseLetter), ("Lt", .titlecaseLetter), ("Lm", .modifierLetter), ("Lo", .otherLetter),
    ("Mn", .nonspacingMark), ("Mc", .spacingMark), ("Me", .enclosingMark), ("Nd", .decimalNumber), ("Nl", .letterNumber),
    ("No", .otherNumber), ("Pc", .connectorPunctuation), ("Pd", .dashPunctuation), ("Ps", .openPunctuation), ("Pe", .closePunctuation),
    ("Pi", .initialPunctuation), ("Pf", .finalPunctuation), ("Po", .otherPunctuation), ("Sm", .mathSymbol), ("Sc", .currencySymbol),
    ("Sk", .modifierSymbol), ("So", .otherSymbol), ("Zs", .spaceSeparator), ("Zl", .lineSeparator), ("Zp", .paragraphSeparator),
    ("Cc", .control), ("Cf", .format), ("Co", .privateUse), ("Cs", .surrogate),
  ]

  /// The part for a class that patterns name: `d`, `s`, `w`, or the name between `[:` and `:]`.
  static func named(_ name: String) -> Item? {
    let digits: ClosedRange<UInt32> = 0x30...0x39, upper: ClosedRange<UInt32> = 0x41...0x5A, lower: ClosedRange<UInt32> = 0x61...0x7A
    switch name {
    case "d", "digit": return Item(ranges: [digits])
    case "s": return Item(ranges: [0x09...0x0A, 0x0C...0x0D, 0x20...0x20])
    case "space": return Item(ranges: [0x09...0x0D, 0x20...0x20])
    case "w", "word": return Item(ranges: [digits, upper, lower, 0x5F...0x5F])
    case "alnum": return Item(ranges: [digits, upper, lower])
    case "alpha": return Item(ranges: [upper, lower])
    case "ascii": return Item(ranges: [0...0x7F])
    case "blank": return Item(ranges: [0x09...0x09, 0x20...0x20])
    case "cntrl": return Item(ranges: [0...0x1F, 0x7F...0x7F])
    case "graph": return Item(ranges: [0x21...0x7E])
    case "lower": return Item(ranges: [lower])
    case "print": return Item(ranges: [0x20...0x7E])
    case "punct": return Item(ranges: [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E])
    case "upper": return Item(ranges: [upper])
    case "xdigit": return Item(ranges: [digits, 0x41...0x46, 0x61...0x66])
    default: return nil
    }
  }

  /// The part for a general category, such as `L` or `Lu`; `Any` is all characters.
  static func category(_ name: String) -> Item? {
    if name == "Any" { return Item(ranges: [0...0x10FFFF]) }
    let numbers = categories.indices.filter { categories[$0].name == name || (name.utf8.count == 1 && categories[$0].name.hasPrefix(name)) }
    return numbers.isEmpty ? nil : Item(categories: Set(numbers))
  }
}
