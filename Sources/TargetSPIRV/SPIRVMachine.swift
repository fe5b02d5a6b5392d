internal import TesseraKernels
internal import TesseraMLIR

/// The machine as kernels in SPIR-V have it: memory by 64-bit addresses, and an invocation in place of a workgroup.
///
/// Loads and stores are operations of SPIR-V; what the entry point alone knows stands in the IR until it is made:
///
///     %address = "invocation.temporary"() {offset = 64 : i64} : () -> i64
///     %number, %count = "invocation.place"() : () -> (index, index)
final class SPIRVMachine: KernelMachine {
  /// The names of the operations, and the attribute of `temporary`.
  enum Name { static let temporary = "invocation.temporary", place = "invocation.place", offset = "offset" }

  let traits: MachineTraits
  let addressType: Type
  /// The bytes of temporary memory that an invocation has so far.
  private(set) var temporaryByteCount = 0

  init(_ traits: MachineTraits, _ context: Context) {
    self.traits = traits
    addressType = .i64(context)
  }

  // MARK: memory

  func address(_ base: Value, _ offset: Value, of element: Type, _ b: Builder) -> Value {
    let size = element.storedByteCount
    return b.plus(base, size == 1 ? offset : b.times(offset, b.constant64(size)))
  }

  func load(_ type: Type, from address: Value, mask: (lanes: Value, other: Value)?, alignment: Int?, _ b: Builder) -> Value {
    b.loadElement(type, at: address)
  }

  func store(_ value: Value, at address: Value, mask: Value?, alignment: Int?, _ b: Builder) { b.storeElement(value, at: address) }

  func gather(_ type: Type, from addresses: Value, mask: Value, other: Value, alignment: Int, _ b: Builder) -> Value {
    b.value("invocation.gather", [addresses, mask, other], type: type)
  }

  func scatter(_ value: Value, at addresses: Value, mask: Value, alignment: Int, _ b: Builder) {
    b.create("invocation.scatter", [value, addresses, mask])
  }

  func temporary(_ count: Int, _ element: Type, alignment: Int?, _ b: Builder) -> Value {
    let offset = (temporaryByteCount + 63) / 64 * 64
    temporaryByteCount = offset + count * element.storedByteCount
    return b.value(Name.temporary, type: addressType, attributes: [(Name.offset, .i64(offset, b.context))])
  }

  func select(_ condition: Value, _ first: Value, _ second: Value, _ b: Builder) -> Value { b.select(condition, first, second) }

  func number(of address: Value, _ b: Builder) -> Value { address }

  /// A GPU hides the time of loads by running other invocations.
  func prefetch(_ address: Value, into level: CacheLevel, _ b: Builder) {}

  // MARK: bits

  func bits(of vector: Value, as type: Type, _ b: Builder) -> Value { b.value("invocation.bits", [vector], type: type) }

  // MARK: work

  func workgroup(_ b: Builder) -> (number: Value, count: Value) {
    let place = b.create(Name.place, results: [.index(b.context), .index(b.context)])
    return (place.result(0), place.result(1))
  }
}

/// Memory in SPIR-V.
extension Builder {
  /// The pointer to an element at an address.
  func pointer(_ address: Value, to type: Type) -> Value {
    value("spirv.ConvertUToPtr", [address], type: Type("!spirv.ptr<\(type), PhysicalStorageBuffer>", context)!)
  }

  /// Loads a scalar.
  func loadElement(_ type: Type, at address: Value) -> Value {
    value("spirv.Load", [pointer(address, to: type)], type: type, attributes: aligned(type))
  }

  /// Stores a scalar.
  func storeElement(_ value: Value, at address: Value) {
    create("spirv.Store", [pointer(address, to: value.type), value], attributes: aligned(value.type))
  }

  private func aligned(_ type: Type) -> [(String, Attribute)] {
    [("memory_access", Attribute("#spirv.memory_access<Aligned>", context)!), ("alignment", .integer(type.storedByteCount, .i32(context)))]
  }
}
