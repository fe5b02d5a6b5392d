import TesseraLibC

/// Constants by their bytes, to find those that a model has twice.
///
/// A few words of each are compared before all: weights that differ, differ there, so that large ones need not be read.
public struct EqualConstants {
  /// The type and size of a constant, and a hash of some of its words.
  private struct Key: Hashable {
    let type: String
    let byteCount: Int
    let sample: Int
  }

  private var entries: [Key: [(symbol: String, bytes: ConstantBytes)]] = [:]
  /// The words that are compared first.
  private static let sampleCount = 64
  /// With so many of one sample, others are not looked at: they are mostly zeros.
  private static let limit = 4

  public init() {}

  private func key(_ constant: ConstantBytes, _ type: String) -> Key {
    constant.withBytes { bytes in
      var hasher = Hasher()
      let step = max(1, bytes.count / Self.sampleCount)
      for place in stride(from: 0, to: bytes.count, by: step) {
        hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: bytes[place..<min(place + 8, bytes.count)]))
      }
      return Key(type: type, byteCount: bytes.count, sample: hasher.finalize())
    }
  }

  /// Returns the symbol of the constant of the type with the same bytes, if there is one.
  public func symbol(ofEqual constant: ConstantBytes, type: String) -> String? {
    entries[key(constant, type)]?.first { entry in
      entry.bytes.withBytes { known in constant.withBytes { known.isEqual(to: $0) } }
    }?.symbol
  }

  /// Adds the constant `symbol`.
  public mutating func add(_ symbol: String, _ constant: ConstantBytes, type: String) {
    let key = key(constant, type)
    if entries[key, default: []].count < Self.limit { entries[key, default: []].append((symbol, constant)) }
  }
}

extension UnsafeRawBufferPointer {
  /// `true` iff `other`, of the same length, has the same bytes.
  fileprivate func isEqual(to other: UnsafeRawBufferPointer) -> Bool {
    guard let own = baseAddress, let theirs = other.baseAddress else { return true }
    return memcmp(own, theirs, count) == 0
  }
}
