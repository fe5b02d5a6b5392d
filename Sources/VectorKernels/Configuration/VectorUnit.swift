/// What the choice of packings and configurations needs to know of a machine with vectors.
public struct VectorUnit: Sendable, Equatable {
  /// Bytes in a vector register.
  public var vectorByteCount: Int
  /// Vector registers.
  public var registerCount: Int
  /// Registers for addresses and counters.
  public var addressRegisterCount = 16
  public var hasFMA: Bool
  /// `true` iff sums and products of floats are computed in the order that the program says.
  public var isStrict = false
  /// `true` iff kernels check each access to memory, for tests of the compiler.
  public var checksAccesses = false
  /// Multiplies floats by powers of two in one instruction (AVX-512).
  public var scalesExponents: Bool
  /// Bytes of the second-level cache of a core.
  public var l2ByteCount = 1 << 20
  /// How bytes are multiplied.
  public var byteProducts = ByteProductForm.none

  /// The least elements, in bytes, that are loaded under a mask in one instruction; `nil` where none are.
  public var maskedLoadByteCount: Int? { vectorByteCount >= 64 ? 1 : vectorByteCount >= 32 ? 4 : nil }

  /// The most lanes of a vector, which spare memory and configurations are made for.
  static let laneLimit = 64

  /// The lanes of a vector of elements of so many bytes.
  func lanes(ofByteCount count: Int) -> Int { max(1, min(vectorByteCount / count, Self.laneLimit)) }

  public init(vectorByteCount: Int, registerCount: Int, hasFMA: Bool, scalesExponents: Bool = false) {
    self.scalesExponents = scalesExponents
    self.vectorByteCount = vectorByteCount
    self.registerCount = registerCount
    self.hasFMA = hasFMA
  }
}
