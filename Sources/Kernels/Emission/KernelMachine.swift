package import TesseraMLIR

/// The operations of a target's own dialect that kernels need: memory by address, and a workgroup's place among all.
///
/// All else that a kernel is made of is `arith`, `math`, `vector` and `scf`, the same for every target. A mask has a lane for each element of the
/// vector; only the elements of its lanes are touched.
package protocol KernelMachine {
  /// What code may assume of the machine.
  var traits: MachineTraits { get }
  /// The type of an address.
  var addressType: Type { get }

  // MARK: memory

  /// The address `offset` elements behind `base`; a vector of addresses for a vector of offsets (i64).
  func address(_ base: Value, _ offset: Value, of element: Type, _ b: Builder) -> Value
  /// Loads a scalar or a vector of neighbours. Lanes that the mask lacks get those of `mask.other`. `alignment` in bytes; `nil` is the type's own.
  func load(_ type: Type, from address: Value, mask: (lanes: Value, other: Value)?, alignment: Int?, _ b: Builder) -> Value
  /// Stores a scalar or a vector of neighbours.
  func store(_ value: Value, at address: Value, mask: Value?, alignment: Int?, _ b: Builder)
  /// Loads an element from each of a vector of addresses, `other` where the mask has none.
  func gather(_ type: Type, from addresses: Value, mask: Value, other: Value, alignment: Int, _ b: Builder) -> Value
  /// Stores an element at each of a vector of addresses, in the order of the lanes.
  func scatter(_ value: Value, at addresses: Value, mask: Value, alignment: Int, _ b: Builder)
  /// The address of memory for `count` elements that this workgroup alone uses, and only while it runs.
  func temporary(_ count: Int, _ element: Type, alignment: Int?, _ b: Builder) -> Value
  /// One of two addresses.
  func select(_ condition: Value, _ first: Value, _ second: Value, _ b: Builder) -> Value
  /// An address as a number of bytes (i64).
  func number(of address: Value, _ b: Builder) -> Value
  /// Fetches what is at an address into a cache, where the machine has some. Nothing happens where no memory is.
  func prefetch(_ address: Value, into level: CacheLevel, _ b: Builder)

  // MARK: bits

  /// The bits of a vector as a number of `type`, those of lane 0 lowest.
  func bits(of vector: Value, as type: Type, _ b: Builder) -> Value

  // MARK: work

  /// The number of this workgroup and how many there are, as indices.
  func workgroup(_ b: Builder) -> (number: Value, count: Value)
}

/// The cache into which something is fetched that will be read.
package enum CacheLevel { case first, second }

/// What code may assume of a machine beyond what every machine computes.
package struct MachineTraits {
  /// `true` iff there is a fused multiply-add.
  package var hasFMA: Bool
  /// `true` iff a product that is only added to something becomes a multiply-add, which rounds once or twice as the machine likes.
  package var fusesProducts: Bool
  /// `true` iff floats are computed exactly as the program says, without approximations.
  package var isStrict: Bool
  /// `true` iff each access to memory is checked, for tests of the compiler.
  package var checksAccesses: Bool
  /// The least elements, in bytes, that are loaded under a mask in one instruction; `nil` where none are.
  package var maskedLoadByteCount: Int?
  /// The bits of an index.
  package var indexBits: Int
  /// Instructions for exponents of floats.
  package var exponents: (any ExponentInstructions)?
  /// Instructions for products of bytes.
  package var byteProducts: (any ByteProductInstructions)?

  package init(
    hasFMA: Bool, fusesProducts: Bool? = nil, isStrict: Bool = false, checksAccesses: Bool = false, maskedLoadByteCount: Int? = nil,
    indexBits: Int = 64,
    exponents: (any ExponentInstructions)? = nil, byteProducts: (any ByteProductInstructions)? = nil
  ) {
    (self.hasFMA, self.fusesProducts) = (hasFMA, fusesProducts ?? hasFMA)
    (self.isStrict, self.checksAccesses) = (isStrict, checksAccesses)
    (self.maskedLoadByteCount, self.indexBits) = (maskedLoadByteCount, indexBits)
    (self.exponents, self.byteProducts) = (exponents, byteProducts)
  }
}

/// Instructions by which a machine multiplies bytes, or 16-bit numbers, and adds their products up in lanes of 32 bits.
package protocol ByteProductInstructions: Sendable {
  /// `sum` plus, in each lane, the products of the narrow numbers of `first` and `second` there. Where the instruction wants factors of different
  /// signs, `first` has the unsigned ones; where it wants equal ones, `areSigned` says which.
  func add(_ first: Value, _ second: Value, areSigned: Bool, to sum: Value, _ b: Builder) -> Value
}
