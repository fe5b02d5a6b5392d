import TesseraGraphs

/// The type of a value of a StableHLO program.
indirect enum ProgramType: Equatable {
  case tensor(TensorType)
  /// What orders effects: nothing here.
  case token
  case tuple([ProgramType])
  /// A type that programs on tensors do not have, as its text.
  case other(String)

  /// The tensor type, if it is one.
  var tensor: TensorType? { if case .tensor(let type) = self { type } else { nil } }

  /// The type as users write it.
  var description: String {
    switch self {
    case .tensor(let type): type.description
    case .token: "!stablehlo.token"
    case .tuple(let types): "tuple<\(types.map(\.description).joined(separator: ", "))>"
    case .other(let text): text
    }
  }
}

/// The type of a tensor: sizes, `nil` where only the run knows them, and elements.
struct TensorType: Equatable {
  var sizes: [Int?]
  var element: ProgramElement

  /// The number of elements, if it is known and possible.
  var count: Int? {
    var product = 1
    for size in sizes {
      guard let size else { return nil }
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      if overflow { return nil }
      product = next
    }
    return product
  }

  /// `true` iff memory could hold it, were its dimensions of no elements of one.
  var isPossible: Bool {
    var product = 1
    for size in sizes {
      product = product.multipliedSaturated(by: max(size ?? 1, 1))
      if product > 1 << 44 { return false }
    }
    return true
  }

  var description: String { "tensor<\(sizes.map { ($0.map(String.init) ?? "?") + "x" }.joined())\(element.description)>" }
}

/// The type of the elements of a tensor.
enum ProgramElement: Equatable {
  case plain(ElementType)
  /// Integers that stand for floats.
  case quantized(QuantizedElement)
  /// A type that is not supported, as its text.
  case other(String)

  var plain: ElementType? { if case .plain(let type) = self { type } else { nil } }

  var description: String {
    switch self {
    case .plain(let type): type.stableHLOName
    case .quantized(let type): type.text
    case .other(let text): text
    }
  }
}

/// `!quant.uniform<i8:f32:1, {0.1:2, 0.2:3}>`: integers of `storage` that stand for `(number - zeroPoint) * scale`.
struct QuantizedElement: Equatable {
  var storage: ElementType
  var expressed: ElementType
  /// The dimension that has a scale for each element; `nil` if there is one scale.
  var axis: Int?
  var scales: [Double]
  var zeroPoints: [Int]
  /// The least and the greatest number that is stored.
  var least: Int
  var greatest: Int
  /// As users write it.
  var text: String
}

extension ElementType {
  /// The spelling of MLIR.
  var stableHLOName: String {
    switch self {
    case .bool: "i1"
    case .u2, .u4, .u8, .u16, .u32, .u64: "ui\(name.dropFirst())"
    case .complex64: "complex<f32>"
    case .complex128: "complex<f64>"
    default: name
    }
  }

  /// Creates the type with MLIR's name `name`.
  init?(stableHLO name: some StringProtocol) {
    guard let type = Self.byName[String(name)] else { return nil }
    self = type
  }

  private static let byName: [String: ElementType] = {
    var names: [String: ElementType] = [:]
    for type in allCases where type != .string { names[type.stableHLOName] = type }
    for (signed, type) in [("si8", ElementType.i8), ("si16", .i16), ("si32", .i32), ("si64", .i64), ("si4", .i4), ("si2", .i2)] {
      names[signed] = type
    }
    return names
  }()
}
