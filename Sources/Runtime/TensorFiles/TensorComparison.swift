import TesseraModuleFormat

/// The comparison of two tensors: `|actual - expected| <= atol + rtol * |expected|`, as NumPy has it; NaN equals NaN.
public struct TensorComparison: Sendable {
  /// The number of elements that differ by more than the tolerance.
  public private(set) var mismatchCount = 0
  /// The elements compared.
  public private(set) var count = 0
  /// The largest difference.
  public private(set) var maximumError = 0.0
  /// The first element that differs, in words.
  public private(set) var firstMismatch: String?
  /// The difference of the types, in words.
  public private(set) var typeMismatch: String?

  /// `true` iff the tensors are equal within the tolerance.
  public var isMatch: Bool { mismatchCount == 0 && typeMismatch == nil }

  /// Compares; without tolerances those of the element type hold, and integers must be equal.
  public init(actual: Tensor, expected: Tensor, atol: Double? = nil, rtol: Double? = nil) {
    guard actual.elementType == expected.elementType, actual.shape == expected.shape else {
      typeMismatch = "expected \(expected.typeText), got \(actual.typeText)"
      return
    }
    let type = actual.elementType
    if type == .string {
      compareStrings(actual, expected)
      return
    }
    let (defaultAbsolute, defaultRelative) = TensorComparison.tolerance(type)
    let absolute = atol ?? defaultAbsolute
    let relative = rtol ?? defaultRelative
    count = actual.count
    let size = type.byteCount
    actual.withUnsafeBytes { a in
      expected.withUnsafeBytes { e in
        guard let a = a.baseAddress, let e = e.baseAddress else { return }
        for index in 0..<count {
          let (x, y) = (type.read(a + index * size), type.read(e + index * size))
          if isNear(x.double, y.double, absolute, relative) && isNear(x.imaginary, y.imaginary, absolute, relative)
            && (!type.isInteger || atol != nil || x == y)
          {
            continue
          }
          mismatchCount += 1
          if firstMismatch == nil {
            firstMismatch =
              "element \(place(index, actual.shape)) is \(type.text(a + index * size)), expected \(type.text(e + index * size))"
          }
        }
      }
    }
  }

  /// Compares strings, which must be equal.
  private mutating func compareStrings(_ actual: Tensor, _ expected: Tensor) {
    count = actual.count
    guard let a = try? actual.texts(), let b = try? expected.texts() else {
      typeMismatch = "an element is the number of no string"
      return
    }
    for (index, pair) in zip(a, b).enumerated() where pair.0 != pair.1 {
      mismatchCount += 1
      if firstMismatch == nil { firstMismatch = "element \(place(index, actual.shape)) is \(quoted(pair.0)), expected \(quoted(pair.1))" }
    }
  }

  /// The tolerances of a type: f32's are IREE's; those of shorter floats are a few units in the last place at 1.
  private static func tolerance(_ type: ElementType) -> (Double, Double) {
    switch type {
    case .f32, .complex64: (1e-4, 1e-5)
    case .f64, .complex128: (1e-8, 1e-8)
    case .f16: (1e-3, 1e-3)
    case .bf16: (1e-2, 1e-2)
    default: type.isSmallFloat ? (1e-1, 1e-1) : (0, 0)
    }
  }

  /// `true` iff two numbers are near; notes the difference.
  private mutating func isNear(_ a: Double, _ e: Double, _ absolute: Double, _ relative: Double) -> Bool {
    if a == e || (a.isNaN && e.isNaN) { return true }
    let difference = (a - e).magnitude
    if !difference.isNaN { maximumError = max(maximumError, difference) } else { maximumError = .infinity }
    return difference <= absolute + relative * e.magnitude && e.isFinite
  }

  /// Returns the indices of an element, such as `[1, 2]`.
  private func place(_ index: Int, _ shape: [Int]) -> String {
    var rest = index
    var indices: [Int] = []
    for extent in shape.reversed() {
      indices.append(rest % max(extent, 1))
      rest /= max(extent, 1)
    }
    return "[" + indices.reversed().map { "\($0)" }.joined(separator: ", ") + "]"
  }
}
