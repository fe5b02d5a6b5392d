import TesseraConstants

/// An attribute of an operation, in the names and forms of VHLO's newest version.
indirect enum ProgramAttribute {
  case integer(Int)
  case number(Double)
  case flag(Bool)
  case text(String)
  case symbol(String)
  /// A value of an enumeration: `GT`, `IRFFT`.
  case word(String)
  case list([ProgramAttribute])
  case integers([Int])
  case dictionary([String: ProgramAttribute])
  case dense(DenseConstant)
  case type(ProgramType)
  case unit
  /// What no operation here reads.
  case other

  var integer: Int? {
    switch self {
    case .integer(let value): value
    case .flag(let value): value ? 1 : 0
    default: nil
    }
  }

  var flag: Bool? {
    switch self {
    case .flag(let value): value
    case .integer(let value): value != 0
    case .unit: true
    default: nil
    }
  }

  var text: String? {
    switch self {
    case .text(let text), .symbol(let text), .word(let text): text
    default: nil
    }
  }

  var list: [ProgramAttribute]? { if case .list(let list) = self { list } else { nil } }
  var dictionary: [String: ProgramAttribute]? { if case .dictionary(let entries) = self { entries } else { nil } }

  /// The integers of a list, an array or a constant.
  var integers: [Int]? {
    switch self {
    case .integers(let values): return values
    case .list(let list):
      let values = list.compactMap(\.integer)
      return values.count == list.count ? values : nil
    case .dense(let constant): return constant.integers
    default: return nil
    }
  }
}

/// Elements of a constant: as many as its type has, or one that stands for all.
struct DenseConstant {
  var type: TensorType
  /// Little-endian elements in row-major order, a byte for each that is smaller.
  var bytes: ConstantBytes
  var isSplat: Bool

  /// The elements, if they are integers or booleans and few.
  var integers: [Int]? {
    guard let element = type.element.plain, element.isInteger || element == .bool, let count = type.count, count <= Self.listLimit else {
      return nil
    }
    return bytes.withBytes { bytes in
      (0..<count).map { element.integer(in: bytes, at: isSplat ? 0 : $0) }
    }
  }

  /// More numbers than this are no list of sizes or dimensions.
  private static let listLimit = 1 << 12
}
