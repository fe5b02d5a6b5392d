import TesseraLibC
import TesseraModuleFormat

/// Memory: each access is checked, once for a whole row.
extension Machine {
  /// Returns where bytes of a region are; `nil` where there are none. Requires: `byteCount` is not negative.
  @inline(__always) func find(_ address: Int, _ byteCount: Int, writes: Bool = false) -> UnsafeMutableRawPointer? {
    let region = Int(truncatingIfNeeded: UInt(bitPattern: address) &>> UInt(PortableRegion.shift))
    let offset = address & (1 &<< PortableRegion.shift &- 1)
    guard region < regionCount else { return nil }
    let memory = regions + region
    // Sizes are below 2^47, so that the difference is a number.
    guard offset <= memory.pointee.byteCount &- byteCount, !writes || memory.pointee.isWritable else { return nil }
    return memory.pointee.base.map { $0 + offset }
  }

  /// Notes an access that is not allowed, in the record of failures; returns `false`.
  @inline(never) mutating func fail(_ address: Int, writes: Bool = false) -> Bool {
    let region = Int(truncatingIfNeeded: UInt(bitPattern: address) &>> UInt(PortableRegion.shift))
    let offset = address & (1 &<< PortableRegion.shift &- 1)
    let isBinding = region >= PortableRegion.firstBinding && region < regionCount
    let operand = isBinding ? region &- PortableRegion.firstBinding : KernelFailure.unnumberedOperand
    record[0] = Int64(offset)
    record[1] = region < regionCount && (!writes || regions[region].isWritable) ? Int64(regions[region].byteCount) : 0
    status = KernelFailure.firstAccess &+ Int32(operand)
    return false
  }

  /// The address of a load or store.
  @inline(__always) private func address(_ step: UnsafePointer<Step>) -> Int {
    let base = self[step.pointee.a] &+ step.pointee.immediate
    return step.pointee.variant & PortableAccess.indexed == 0 ? base : base &+ self[step.pointee.b] &* Int(step.pointee.size)
  }

  /// Loads a scalar or a row.
  @inline(__always) mutating func load(_ step: UnsafePointer<Step>) -> Bool {
    let address = address(step), size = Int(step.pointee.size)
    if step.pointee.blocks == 0 {
      guard let source = find(address, size) else { return fail(address) }
      loadScalar(step.pointee.d, source, size)
      return true
    }
    let byteCount = Int(step.pointee.lanes) &* size
    guard let source = find(address, byteCount) else {
      return step.pointee.variant & PortableAccess.masked == 0 ? fail(address) : loadLanes(step, address)
    }
    if step.pointee.variant & PortableAccess.masked == 0 {
      (frame + Int(step.pointee.d)).copyMemory(from: source, byteCount: byteCount)
    } else {
      // Lanes that the mask lacks may be read, since all lie inside; those of the register stay.
      (frame + Int(spareRow)).copyMemory(from: source, byteCount: byteCount)
      blend(step)
    }
    return true
  }

  @inline(__always) private func loadScalar(_ place: Int32, _ source: UnsafeMutableRawPointer, _ size: Int) {
    switch size {
    case 1: elements(place, UInt8.self).pointee = source.load(as: UInt8.self)
    case 2: elements(place, UInt16.self).pointee = source.loadUnaligned(as: UInt16.self)
    case 4: elements(place, UInt32.self).pointee = source.loadUnaligned(as: UInt32.self)
    default: elements(place, UInt64.self).pointee = source.loadUnaligned(as: UInt64.self)
    }
  }

  /// Puts the lanes of the spare row that the mask has into the register.
  @inline(never) private func blend(_ step: UnsafePointer<Step>) {
    switch step.pointee.size {
    case 1: choose(step.pointee.c, spareRow, step.pointee.d, into: step.pointee.d, step, UInt8.self)
    case 2: choose(step.pointee.c, spareRow, step.pointee.d, into: step.pointee.d, step, UInt16.self)
    case 4: choose(step.pointee.c, spareRow, step.pointee.d, into: step.pointee.d, step, UInt32.self)
    default: choose(step.pointee.c, spareRow, step.pointee.d, into: step.pointee.d, step, UInt64.self)
    }
  }

  /// Loads the lanes of a row that the mask has, one by one.
  @inline(never) private mutating func loadLanes(_ step: UnsafePointer<Step>, _ address: Int) -> Bool {
    let size = Int(step.pointee.size), mask = elements(step.pointee.c, WholeRow<UInt8>.self).pointee
    for lane in 0..<Int(step.pointee.lanes) where mask[lane] != 0 {
      let place = address &+ lane &* size
      guard let source = find(place, size) else { return fail(place) }
      (frame + Int(step.pointee.d) + lane &* size).copyMemory(from: source, byteCount: size)
    }
    return true
  }

  /// Loads an element into all lanes.
  @inline(__always) mutating func loadSplat(_ step: UnsafePointer<Step>) -> Bool {
    let address = address(step), size = Int(step.pointee.size)
    guard let source = find(address, size) else { return fail(address) }
    var bits = 0
    withUnsafeMutableBytes(of: &bits) { $0.baseAddress?.copyMemory(from: source, byteCount: size) }
    fill(step.pointee.d, blocks: Int(step.pointee.blocks), size: step.pointee.size, bits)
    return true
  }

  /// Stores a scalar or a row.
  @inline(__always) mutating func store(_ step: UnsafePointer<Step>) -> Bool {
    let address = address(step), size = Int(step.pointee.size)
    if step.pointee.variant & PortableAccess.masked != 0 { return storeLanes(step, address) }
    let byteCount = step.pointee.blocks == 0 ? size : Int(step.pointee.lanes) &* size
    guard let target = find(address, byteCount, writes: true) else { return fail(address, writes: true) }
    target.copyMemory(from: frame + Int(step.pointee.d), byteCount: byteCount)
    return true
  }

  /// Stores the lanes of a row that the mask has, one by one unless it has all.
  @inline(never) private mutating func storeLanes(_ step: UnsafePointer<Step>, _ address: Int) -> Bool {
    let size = Int(step.pointee.size), mask = elements(step.pointee.c, UInt8.self), source = frame + Int(step.pointee.d)
    // Most masks have the first lanes.
    var count = 0
    while count < Int(step.pointee.lanes), mask[count] != 0 { count &+= 1 }
    if count > 0 {
      guard let target = find(address, count &* size, writes: true) else { return fail(address, writes: true) }
      target.copyMemory(from: source, byteCount: count &* size)
    }
    for lane in count..<Int(step.pointee.lanes) where mask[lane] != 0 {
      let place = address &+ lane &* size
      guard let target = find(place, size, writes: true) else { return fail(place, writes: true) }
      target.copyMemory(from: source + lane &* size, byteCount: size)
    }
    return true
  }

  /// Copies bytes.
  @inline(never) mutating func copy(_ step: UnsafePointer<Step>) -> Bool {
    let to = self[step.pointee.a], from = self[step.pointee.b], byteCount = self[step.pointee.c]
    if byteCount <= 0 { return true }
    guard byteCount < 1 << PortableRegion.shift, let source = find(from, byteCount) else { return fail(from) }
    guard let target = find(to, byteCount, writes: true) else { return fail(to, writes: true) }
    memmove(target, source, byteCount)
    return spend(byteCount / 64)
  }
}

// MARK: an address for each lane

extension Machine {
  /// Loads an element from each of a row of addresses.
  @inline(never) mutating func gather(_ step: UnsafePointer<Step>) -> Bool {
    switch step.pointee.size {
    case 1: gather(step, UInt8.self)
    case 2: gather(step, UInt16.self)
    case 4: gather(step, UInt32.self)
    default: gather(step, UInt64.self)
    }
  }

  @inline(__always) private mutating func gather<T: BitwiseCopyable>(_ step: UnsafePointer<Step>, _: T.Type) -> Bool {
    let base = self[step.pointee.a], offsets = elements(step.pointee.b, Int.self), d = elements(step.pointee.d, T.self)
    let mask = laneMask(step), scale = step.pointee.immediate
    for lane in 0..<Int(step.pointee.lanes) where mask[lane] != 0 {
      let place = base &+ offsets[lane] &* scale
      guard let source = find(place, MemoryLayout<T>.size) else { return fail(place) }
      d[lane] = source.loadUnaligned(as: T.self)
    }
    return true
  }

  /// Stores an element at each of a row of addresses, in the order of the lanes.
  @inline(never) mutating func scatter(_ step: UnsafePointer<Step>) -> Bool {
    switch step.pointee.size {
    case 1: scatter(step, UInt8.self)
    case 2: scatter(step, UInt16.self)
    case 4: scatter(step, UInt32.self)
    default: scatter(step, UInt64.self)
    }
  }

  @inline(__always) private mutating func scatter<T: BitwiseCopyable>(_ step: UnsafePointer<Step>, _: T.Type) -> Bool {
    let base = self[step.pointee.a], offsets = elements(step.pointee.b, Int.self), d = elements(step.pointee.d, T.self)
    let mask = laneMask(step), scale = step.pointee.immediate
    for lane in 0..<Int(step.pointee.lanes) where mask[lane] != 0 {
      let place = base &+ offsets[lane] &* scale
      guard let target = find(place, MemoryLayout<T>.size, writes: true) else { return fail(place, writes: true) }
      target.storeBytes(of: d[lane], as: T.self)
    }
    return true
  }

  /// The mask of an instruction, or one of all lanes.
  @inline(__always) private func laneMask(_ step: UnsafePointer<Step>) -> WholeRow<UInt8> {
    step.pointee.variant & PortableAccess.masked == 0
      ? WholeRow<UInt8>(repeating: 1) : elements(step.pointee.c, WholeRow<UInt8>.self).pointee
  }
}

/// The elements of a whole row.
typealias WholeRow<Element: SIMDScalar> = SIMD64<Element>
