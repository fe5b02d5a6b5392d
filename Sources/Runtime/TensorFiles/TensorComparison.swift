import TesseraModuleFormat

/// The comparison of two tensors: `|actual - expected| <= atol + rtol * |expected|`, as NumPy has it; NaN equals NaN.
public struct TensorComparison: Sendable {
  /// The number of elements that differ by more than the tolerance.
  public private(set) var mismatchCount = 0
  /// The elements compared.
  public private(set) var count = 0
  /// The largest difference, and the largest one as a part of the expected element where that is not 0; `nil` where all elements are equal.
  public private(set) var largestError: ElementError?
  public private(set) var largestRelativeError: ElementError?
  /// The largest difference; 0 where all elements are equal.
  public var maximumError: Double { largestError?.size ?? 0 }
  /// The first element that differs, in words.
  public private(set) var firstMismatch: String?
  /// The difference of the types, in words.
  public private(set) var typeMismatch: String?

  /// A difference of one element.
  public struct ElementError: Sendable, Equatable {
    /// The difference, or its part of the expected element.
    public let size: Double
    /// The indices of the element, such as `[1, 2]`.
    public let place: String
    /// The elements as text.
    public let actual: String
    public let expected: String
  }

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
    var largest = ErrorPlaces()
    actual.withUnsafeBytes { a in
      expected.withUnsafeBytes { e in
        guard let a = a.baseAddress, let e = e.baseAddress else { return }
        for index in 0..<count {
          let (x, y) = (type.read(a + index * size), type.read(e + index * size))
          if largest.isNear(x.double, y.double, absolute, relative, index)
            && largest.isNear(x.imaginary, y.imaginary, absolute, relative, index)
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
        func error(_ found: (size: Double, index: Int)) -> ElementError {
          let (a, e) = (a + found.index * size, e + found.index * size)
          return ElementError(size: found.size, place: place(found.index, actual.shape), actual: type.text(a), expected: type.text(e))
        }
        largestError = largest.absolute.map(error)
        largestRelativeError = largest.relative.map(error)
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

/// The largest differences so far, with the numbers of their elements.
private struct ErrorPlaces {
  var absolute: (size: Double, index: Int)?
  var relative: (size: Double, index: Int)?

  /// `true` iff two numbers are near; notes the difference.
  mutating func isNear(_ a: Double, _ e: Double, _ absolute: Double, _ relative: Double, _ index: Int) -> Bool {
    if a == e || (a.isNaN && e.isNaN) { return true }
    let difference = (a - e).magnitude
    let size = difference.isNaN ? .infinity : difference
    if size > self.absolute?.size ?? 0 { self.absolute = (size, index) }
    if e != 0, !e.isInfinite, size / e.magnitude > self.relative?.size ?? 0 { self.relative = (size / e.magnitude, index) }
    return difference <= absolute + relative * e.magnitude && e.isFinite
  }
}

extension Tensor {
  /// The largest magnitude of an element that is a finite number; 0 where there is none.
  public var largestMagnitude: Double {
    guard elementType != .string else { return 0 }
    return withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return 0 }
      var largest = 0.0
      for index in 0..<count {
        let value = elementType.read(base + index * elementType.byteCount)
        if value.double.isFinite { largest = max(largest, value.double.magnitude) }
        if value.imaginary.isFinite { largest = max(largest, value.imaginary.magnitude) }
      }
      return largest
    }
  }
}
