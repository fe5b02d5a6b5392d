internal import TesseraKernels
internal import TesseraMLIR

/// The operations of the portable machine in the IR of a kernel: memory by addresses that are numbers, which the machine checks.
///
///     %v = "portable.load"(%address) : (i64) -> vector<64xf32>
///     %m = "portable.load"(%address, %mask, %other) : (i64, vector<64xi1>, vector<64xf32>) -> vector<64xf32>
///     "portable.store"(%v, %address, %mask)
///     %a = "portable.addresses"(%base, %offsets) {size = 4}
///     %g = "portable.gather"(%a, %mask, %other)
///     "portable.scatter"(%v, %a, %mask)
///     %number, %count = "portable.workgroup"()
///     %n = "portable.bits"(%mask) : (vector<64xi1>) -> i64
final class PortableMachine: KernelMachine {
  /// The names of the operations.
  enum Name {
    static let load = "portable.load", store = "portable.store", gather = "portable.gather", scatter = "portable.scatter"
    static let addresses = "portable.addresses", temporary = "portable.temporary"
    static let workgroup = "portable.workgroup", bits = "portable.bits"
    /// The attribute of `addresses` and `temporary`: bytes of an element, and where memory begins.
    static let size = "size", offset = "offset"
  }

  let traits: MachineTraits
  let addressType: Type
  /// The bytes of temporary memory that the kernel has so far.
  private(set) var temporaryByteCount = 0

  init(_ traits: MachineTraits, _ context: Context) {
    self.traits = traits
    addressType = .i64(context)
  }

  // MARK: memory

  func address(_ base: Value, _ offset: Value, of element: Type, _ b: Builder) -> Value {
    let size = Self.byteCount(element)
    if offset.type.isVector {
      return b.value(
        Name.addresses, [base, offset], type: .vector(offset.type.shape, addressType), attributes: [(Name.size, .i64(size, b.context))])
    }
    return b.plus(base, size == 1 ? offset : b.times(offset, b.constant64(size)))
  }

  /// The bytes of an element; i128 is two words.
  private static func byteCount(_ element: Type) -> Int { element.bitWidth == 128 ? 16 : element.storedByteCount }

  func load(_ type: Type, from address: Value, mask: (lanes: Value, other: Value)?, alignment: Int?, _ b: Builder) -> Value {
    b.value(Name.load, [address] + (mask.map { [$0.lanes, $0.other] } ?? []), type: type)
  }

  func store(_ value: Value, at address: Value, mask: Value?, alignment: Int?, _ b: Builder) {
    b.create(Name.store, [value, address] + (mask.map { [$0] } ?? []))
  }

  func gather(_ type: Type, from addresses: Value, mask: Value, other: Value, alignment: Int, _ b: Builder) -> Value {
    b.value(Name.gather, [addresses, mask, other], type: type)
  }

  func scatter(_ value: Value, at addresses: Value, mask: Value, alignment: Int, _ b: Builder) {
    b.create(Name.scatter, [value, addresses, mask])
  }

  func temporary(_ count: Int, _ element: Type, alignment: Int?, _ b: Builder) -> Value {
    let offset = (temporaryByteCount + 63) / 64 * 64
    temporaryByteCount = offset + count * Self.byteCount(element)
    return b.value(Name.temporary, type: addressType, attributes: [(Name.offset, .i64(offset, b.context))])
  }

  func select(_ condition: Value, _ first: Value, _ second: Value, _ b: Builder) -> Value { b.select(condition, first, second) }

  func number(of address: Value, _ b: Builder) -> Value { address }

  /// The machine has no caches of its own.
  func prefetch(_ address: Value, into level: CacheLevel, _ b: Builder) {}

  // MARK: bits

  func bits(of vector: Value, as type: Type, _ b: Builder) -> Value { b.value(Name.bits, [vector], type: type) }

  // MARK: work

  func workgroup(_ b: Builder) -> (number: Value, count: Value) {
    let place = b.create(Name.workgroup, results: [.index(b.context), .index(b.context)])
    return (place.result(0), place.result(1))
  }
}
