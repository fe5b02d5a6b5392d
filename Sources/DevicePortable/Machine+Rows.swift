import TesseraModuleFormat

/// What moves lanes: choices, rearrangement, and all lanes combined.
extension Machine {
  /// Chooses each lane by a condition; scalars likewise.
  @inline(__always) func select(_ step: UnsafePointer<Step>) {
    if step.pointee.blocks == 0 {
      self[step.pointee.d] = byte(step.pointee.a) != 0 ? self[step.pointee.b] : self[step.pointee.c]
      return
    }
    selectRows(step)
  }

  @inline(never) private func selectRows(_ step: UnsafePointer<Step>) {
    switch step.pointee.size {
    case 1: choose(step.pointee.a, step.pointee.b, step.pointee.c, into: step.pointee.d, step, UInt8.self)
    case 2: choose(step.pointee.a, step.pointee.b, step.pointee.c, into: step.pointee.d, step, UInt16.self)
    case 4: choose(step.pointee.a, step.pointee.b, step.pointee.c, into: step.pointee.d, step, UInt32.self)
    default: choose(step.pointee.a, step.pointee.b, step.pointee.c, into: step.pointee.d, step, UInt64.self)
    }
  }

  /// Puts lanes of `first` where the mask has them, else of `second`. From the last part to the first, since the result may be the mask.
  @inline(__always) func choose<T: SIMDScalar & FixedWidthInteger>(
    _ mask: Int32, _ first: Int32, _ second: Int32, into result: Int32, _ step: UnsafePointer<Step>, _: T.Type
  ) {
    let masks = elements(mask, Lanes<UInt8>.self), d = elements(result, Lanes<T>.self)
    let a = elements(first, Lanes<T>.self), b = elements(second, Lanes<T>.self)
    var block = Int(step.pointee.blocks)
    while block > 0 {
      block &-= 1
      let m = masks[block], x = a[block], y = b[block]
      var chosen = y
      for lane in 0..<16 {
        let isFirst = m[lane] != 0
        chosen[lane] = isFirst ? x[lane] : y[lane]
      }
      d[block] = chosen
    }
  }

  /// What makes and takes apart rows.
  @inline(never) func whole(_ step: UnsafePointer<Step>) {
    let size = Int(step.pointee.size)
    switch step.pointee.opcode {
    case .workgroup: self[step.pointee.d] = step.pointee.variant == 0 ? workgroup.number : workgroup.count
    case .laneNumbers:
      switch size {
      case 1: number(step, Int8.self)
      case 2: number(step, Int16.self)
      case 4: number(step, Int32.self)
      default: number(step, Int64.self)
      }
    case .prefixMask:
      let count = self[step.pointee.a], d = elements(step.pointee.d, UInt8.self)
      for lane in 0..<16 &* Int(step.pointee.blocks) { d[lane] = lane < count ? 1 : 0 }
    case .extract: copyLane(to: step.pointee.d, 0, from: step.pointee.a, Int(step.pointee.variant), size)
    case .extractAt: copyLane(to: step.pointee.d, 0, from: step.pointee.a, self[step.pointee.b] & 63, size)
    case .insert: copyLane(to: step.pointee.d, Int(step.pointee.variant), from: step.pointee.a, 0, size)
    case .insertAt: copyLane(to: step.pointee.d, self[step.pointee.b] & 63, from: step.pointee.a, 0, size)
    case .shuffle: shuffle(step)
    default: break
    }
  }

  @inline(__always) private func number<T: FixedWidthInteger & SIMDScalar>(_ step: UnsafePointer<Step>, _: T.Type) {
    let d = elements(step.pointee.d, T.self)
    for lane in 0..<16 &* Int(step.pointee.blocks) { d[lane] = T(truncatingIfNeeded: lane) }
  }

  @inline(__always) private func copyLane(to d: Int32, _ target: Int, from a: Int32, _ source: Int, _ size: Int) {
    (frame + Int(d) + target &* size).copyMemory(from: frame + Int(a) + source &* size, byteCount: size)
  }

  private func shuffle(_ step: UnsafePointer<Step>) {
    switch step.pointee.size {
    case 1: shuffle(step, UInt8.self)
    case 2: shuffle(step, UInt16.self)
    case 4: shuffle(step, UInt32.self)
    default: shuffle(step, UInt64.self)
    }
  }

  @inline(__always) private func shuffle<T: BitwiseCopyable>(_ step: UnsafePointer<Step>, _: T.Type) {
    let a = elements(step.pointee.a, T.self), b = elements(step.pointee.b, T.self)
    let spare = elements(spareRow, T.self), count = Int(step.pointee.lanes)
    guard let lanes = pool(step) else { return }
    for lane in 0..<count {
      let source = Int(lanes[lane] & 127)
      spare[lane] = source < 64 ? a[source] : b[source &- 64]
    }
    (frame + Int(step.pointee.d)).copyMemory(from: spare, byteCount: count &* MemoryLayout<T>.size)
  }

  /// The bytes of the pool that an instruction names, which was verified.
  @inline(__always) private func pool(_ step: UnsafePointer<Step>) -> UnsafeMutablePointer<UInt8>? {
    regions[PortableRegion.pool].base.map { ($0 + 8 &* step.pointee.immediate).assumingMemoryBound(to: UInt8.self) }
  }
}

// MARK: reductions

extension Machine {
  /// Combines all lanes.
  @inline(never) func reduce(_ step: UnsafePointer<Step>) {
    switch step.pointee.type {
    case .i1, .i8: reduceIntegers(step, Int8.self)
    case .i16, .f16, .bf16: reduceIntegers(step, Int16.self)
    case .i32: reduceIntegers(step, Int32.self)
    case .i64: reduceIntegers(step, Int64.self)
    case .f32: reduceFloats(step, Float.self)
    case .f64: reduceFloats(step, Double.self)
    }
  }

  @inline(__always) private func fold<T>(_ step: UnsafePointer<Step>, _ combine: (T, T) -> T) {
    let a = elements(step.pointee.a, T.self)
    var result = a[0]
    for lane in 1..<max(1, Int(step.pointee.lanes)) { result = combine(result, a[lane]) }
    elements(step.pointee.d, T.self).pointee = result
  }

  private func reduceIntegers<T: FixedWidthInteger & SignedInteger>(_ step: UnsafePointer<Step>, _: T.Type) {
    typealias U = T.Magnitude
    @inline(__always) func unsigned(_ x: T) -> U { U(truncatingIfNeeded: x) }
    switch unsafeBitCast(step.pointee.variant, to: PortableReduction.self) {
    case .add: fold(step) { (x: T, y: T) in x &+ y }
    case .multiply: fold(step) { (x: T, y: T) in x &* y }
    case .and: fold(step) { (x: T, y: T) in x & y }
    case .or: fold(step) { (x: T, y: T) in x | y }
    case .exclusiveOr: fold(step) { (x: T, y: T) in x ^ y }
    case .minSigned: fold(step) { (x: T, y: T) in min(x, y) }
    case .maxSigned: fold(step) { (x: T, y: T) in max(x, y) }
    case .minUnsigned: fold(step) { (x: T, y: T) in unsigned(x) < unsigned(y) ? x : y }
    case .maxUnsigned: fold(step) { (x: T, y: T) in unsigned(x) > unsigned(y) ? x : y }
    case .minimum, .maximum, .minNumber, .maxNumber: break
    }
  }

  private func reduceFloats<T: LaneFloat>(_ step: UnsafePointer<Step>, _: T.Type) {
    switch unsafeBitCast(step.pointee.variant, to: PortableReduction.self) {
    case .add: fold(step) { (x: T, y: T) in x + y }
    case .multiply: fold(step) { (x: T, y: T) in x * y }
    case .minimum: fold(step) { (x: T, y: T) in T.minimum(x, y, or: x.bits | y.bits) }
    case .maximum: fold(step) { (x: T, y: T) in T.maximum(x, y, or: x.bits & y.bits) }
    case .minNumber: fold(step) { (x: T, y: T) in T.lesser(x, y) }
    case .maxNumber: fold(step) { (x: T, y: T) in T.greater(x, y) }
    case .and, .or, .exclusiveOr, .minSigned, .maxSigned, .minUnsigned, .maxUnsigned: break
    }
  }
}
