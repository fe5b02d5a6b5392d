import TesseraKernels
import TesseraMLIR
internal import TesseraVectorKernels

/// The machine as the LLVM dialect has it: memory by pointers, and a workgroup's place in a structure that the kernel is given.
struct LLVMMachine: KernelMachine {
  let traits: MachineTraits
  /// The address of the number of this workgroup and the count of all, two i32.
  let place: Value

  init(_ unit: VectorUnit, place: Value) {
    self.place = place
    traits = MachineTraits(
      hasFMA: unit.hasFMA, isStrict: unit.isStrict, checksAccesses: unit.checksAccesses, maskedLoadByteCount: unit.maskedLoadByteCount,
      exponents: unit.scalesExponents ? AVX512Exponents() : nil, byteProducts: CPUByteProducts(unit.byteProducts))
  }

  var addressType: Type { place.type }

  // MARK: memory

  func address(_ base: Value, _ offset: Value, of element: Type, _ b: Builder) -> Value {
    let type = offset.type.isVector ? Type.vector(offset.type.shape, addressType) : addressType
    return b.value(
      "llvm.getelementptr", [base, offset], type: type,
      attributes: [("elem_type", .type(element)), ("rawConstantIndices", .denseI32([Int(Int32.min)], b.context))])
  }

  func load(_ type: Type, from address: Value, mask: (lanes: Value, other: Value)?, alignment: Int?, _ b: Builder) -> Value {
    if let mask {
      return b.value("llvm.intr.masked.load", [address, mask.lanes, mask.other], type: type, attributes: Self.masked(alignment!, b))
    }
    return b.value("llvm.load", [address], type: type, attributes: Self.whole(alignment, b))
  }

  func store(_ value: Value, at address: Value, mask: Value?, alignment: Int?, _ b: Builder) {
    if let mask {
      b.create("llvm.intr.masked.store", [value, address, mask], attributes: Self.masked(alignment!, b))
    } else {
      b.create("llvm.store", [value, address], attributes: Self.whole(alignment, b))
    }
  }

  func gather(_ type: Type, from addresses: Value, mask: Value, other: Value, alignment: Int, _ b: Builder) -> Value {
    b.value("llvm.intr.masked.gather", [addresses, mask, other], type: type, attributes: Self.masked(alignment, b))
  }

  func scatter(_ value: Value, at addresses: Value, mask: Value, alignment: Int, _ b: Builder) {
    b.create("llvm.intr.masked.scatter", [value, addresses, mask], attributes: Self.masked(alignment, b))
  }

  func temporary(_ count: Int, _ element: Type, alignment: Int?, _ b: Builder) -> Value {
    b.value(
      "llvm.alloca", [b.scalar(Double(count), .i64(b.context))], type: addressType,
      attributes: [("elem_type", .type(element))] + Self.whole(alignment, b))
  }

  func select(_ condition: Value, _ first: Value, _ second: Value, _ b: Builder) -> Value {
    b.value("llvm.select", [condition, first, second], type: addressType)
  }

  func number(of address: Value, _ b: Builder) -> Value { b.value("llvm.ptrtoint", [address], type: .i64(b.context)) }

  func prefetch(_ address: Value, into level: CacheLevel, _ b: Builder) {
    let i32 = Type.i32(b.context)
    // LLVM numbers the locality of what will be read.
    let hint = level == .first ? 3 : 2
    b.create(
      "llvm.intr.prefetch", [address], attributes: [("rw", .integer(0, i32)), ("hint", .integer(hint, i32)), ("cache", .integer(1, i32))])
  }

  /// Accesses under masks have their alignment as an i32, others as an i64.
  private static func masked(_ alignment: Int, _ b: Builder) -> [(String, Attribute)] {
    [("alignment", .integer(alignment, .i32(b.context)))]
  }
  private static func whole(_ alignment: Int?, _ b: Builder) -> [(String, Attribute)] {
    alignment.map { [("alignment", .i64($0, b.context))] } ?? []
  }

  // MARK: bits

  func bits(of vector: Value, as type: Type, _ b: Builder) -> Value { b.value("llvm.bitcast", [vector], type: type) }

  // MARK: work

  func workgroup(_ b: Builder) -> (number: Value, count: Value) {
    let i32 = Type.i32(b.context)
    func index(_ address: Value) -> Value {
      b.value("arith.index_castui", [load(i32, from: address, mask: nil, alignment: nil, b)], type: .index(b.context))
    }
    return (index(place), index(address(place, b.constant64(1), of: i32, b)))
  }
}
