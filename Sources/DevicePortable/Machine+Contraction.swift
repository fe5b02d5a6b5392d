import TesseraModuleFormat

/// `contract`: the products and sums of a register tile, with its memory checked once.
extension Machine {
  /// The operands of a contraction, and where they are.
  private struct Contraction {
    /// The rows of sums, and the lanes of each.
    let rows: Int
    let lanes: Int
    /// The number of products of each sum.
    let count: Int
    /// The first elements, and the bytes to the next ones.
    let a: UnsafeMutableRawPointer
    let b: UnsafeMutableRawPointer
    let rowStep: Int
    let aStep: Int
    let bStep: Int
  }

  @inline(never) mutating func contract(_ step: UnsafePointer<Step>) -> Bool {
    let a = ContractedType.allCases[step.pointee.immediate & 255], b = ContractedType.allCases[step.pointee.immediate &>> 8]
    let steps = elements(step.pointee.c, Int.self), rows = Int(step.pointee.variant), lanes = Int(step.pointee.lanes)
    let count = steps[0]
    if count <= 0 { return true }
    guard let aPointer = find(self[step.pointee.a], a.byteCount, rows, by: steps[1], count, by: steps[2]) else {
      return fail(self[step.pointee.a])
    }
    guard let bPointer = find(self[step.pointee.b], lanes &* b.byteCount, 1, by: 0, count, by: steps[3]) else {
      return fail(self[step.pointee.b])
    }
    // In parts, so that the interruption is looked at between them. A part's products leave no trace of where it ends: sums are in order.
    var done = 0
    while done < count {
      let part = min(count &- done, Self.turn)
      guard spend(part &* rows) else { return false }
      contract(
        step, a, b,
        Contraction(
          rows: rows, lanes: lanes, count: part, a: aPointer + done &* steps[2], b: bPointer + done &* steps[3], rowStep: steps[1],
          aStep: steps[2], bStep: steps[3]))
      done &+= part
    }
    return true
  }

  /// Contracts by the types of the operands.
  private func contract(_ step: UnsafePointer<Step>, _ a: ContractedType, _ b: ContractedType, _ whole: Contraction) {
    switch (a, b) {
    case (.f32, .f32): contractFloats(step, whole)
    case (.f64, .f64): contract(step, whole, { (x: Double) in x }, { (x: Double) in x }) { $0 + $1 * $2 }
    case (.f32, .f16): contract(step, whole, { (x: Float) in x }, HalfFloat.widened) { $0 + $1 * $2 }
    case (.f32, _): contract(step, whole, { (x: Float) in x }, HalfFloat.widenedBrain) { $0 + $1 * $2 }
    case (.f16, .f32): contract(step, whole, HalfFloat.widened, { (x: Float) in x }) { $0 + $1 * $2 }
    case (.f16, .f16): contract(step, whole, HalfFloat.widened, HalfFloat.widened) { $0 + $1 * $2 }
    case (.f16, _): contract(step, whole, HalfFloat.widened, HalfFloat.widenedBrain) { $0 + $1 * $2 }
    case (.bf16, .f32): contract(step, whole, HalfFloat.widenedBrain, { (x: Float) in x }) { $0 + $1 * $2 }
    case (.bf16, .f16): contract(step, whole, HalfFloat.widenedBrain, HalfFloat.widened) { $0 + $1 * $2 }
    case (.bf16, _): contract(step, whole, HalfFloat.widenedBrain, HalfFloat.widenedBrain) { $0 + $1 * $2 }
    case (.s8, _): contractIntegers(step, whole, b) { (x: Int8) in Int32(x) }
    case (.u8, _): contractIntegers(step, whole, b) { (x: UInt8) in Int32(x) }
    case (.s16, _): contractIntegers(step, whole, b) { (x: Int16) in Int32(x) }
    default: contractIntegers(step, whole, b) { (x: Int32) in x }
    }
  }

  /// Returns where bytes are, if all those that the steps lead to from there lie in the same region; `nil` else. Requires: counts are at least 1.
  private func find(
    _ address: Int, _ byteCount: Int, _ firstCount: Int, by first: Int, _ secondCount: Int, by second: Int
  ) -> UnsafeMutableRawPointer? {
    let (one, isLarge) = first.multipliedReportingOverflow(by: firstCount &- 1)
    let (two, isLarger) = second.multipliedReportingOverflow(by: secondCount &- 1)
    let limit = 1 << PortableRegion.shift
    guard !isLarge, !isLarger, one > -limit, one < limit, two > -limit, two < limit else { return nil }
    let low = min(one, 0) &+ min(two, 0), high = max(one, 0) &+ max(two, 0)
    return find(address &+ low, high &- low &+ byteCount).map { $0 - low }
  }

  /// Contracts floats: four rows of eight lanes at a time, whose sums stay in vector registers.
  private func contractFloats(_ step: UnsafePointer<Step>, _ c: Contraction) {
    let sums = elements(step.pointee.d, Float.self), stride = PortableInstruction.rowByteCount / 4
    var lane = 0
    while lane < c.lanes {
      let isWhole = lane &+ 8 <= c.lanes
      var row = 0
      while row < c.rows {
        let place = sums + (row &* stride &+ lane), a = c.a + row &* c.rowStep, b = c.b + 4 &* lane
        if isWhole, row &+ 4 <= c.rows {
          contractTile(place, stride, a, b, c)
          row &+= 4
        } else {
          contractStrip(place, a, b, isWhole ? 8 : c.lanes &- lane, c)
          row &+= 1
        }
      }
      lane &+= 8
    }
  }

  /// Contracts four rows of eight lanes.
  @inline(__always) private func contractTile(
    _ sums: UnsafeMutablePointer<Float>, _ stride: Int, _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ c: Contraction
  ) {
    @inline(__always) func vector(_ place: Int) -> SIMD4<Float> {
      UnsafeRawPointer(sums + place).loadUnaligned(as: SIMD4<Float>.self)
    }
    @inline(__always) func put(_ place: Int, _ vector: SIMD4<Float>) {
      UnsafeMutableRawPointer(sums + place).storeBytes(of: vector, as: SIMD4<Float>.self)
    }
    var (x0, y0) = (vector(0), vector(4)), (x1, y1) = (vector(stride), vector(stride &+ 4))
    var (x2, y2) = (vector(2 &* stride), vector(2 &* stride &+ 4)), (x3, y3) = (vector(3 &* stride), vector(3 &* stride &+ 4))
    var a = a, b = b, left = c.count
    while left > 0 {
      let x = b.loadUnaligned(as: SIMD4<Float>.self), y = b.loadUnaligned(fromByteOffset: 16, as: SIMD4<Float>.self)
      let a0 = SIMD4<Float>(repeating: a.loadUnaligned(as: Float.self))
      (x0, y0) = (x0 + a0 * x, y0 + a0 * y)
      let a1 = SIMD4<Float>(repeating: a.loadUnaligned(fromByteOffset: c.rowStep, as: Float.self))
      (x1, y1) = (x1 + a1 * x, y1 + a1 * y)
      let a2 = SIMD4<Float>(repeating: a.loadUnaligned(fromByteOffset: 2 &* c.rowStep, as: Float.self))
      (x2, y2) = (x2 + a2 * x, y2 + a2 * y)
      let a3 = SIMD4<Float>(repeating: a.loadUnaligned(fromByteOffset: 3 &* c.rowStep, as: Float.self))
      (x3, y3) = (x3 + a3 * x, y3 + a3 * y)
      a += c.aStep
      b += c.bStep
      left &-= 1
    }
    put(0, x0)
    put(4, y0)
    put(stride, x1)
    put(stride &+ 4, y1)
    put(2 &* stride, x2)
    put(2 &* stride &+ 4, y2)
    put(3 &* stride, x3)
    put(3 &* stride &+ 4, y3)
  }

  /// Contracts a row of at most eight lanes.
  @inline(__always) private func contractStrip(
    _ sums: UnsafeMutablePointer<Float>, _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ lanes: Int, _ c: Contraction
  ) {
    var a = a, b = b, left = c.count
    if lanes == 8 {
      var x = UnsafeRawPointer(sums).loadUnaligned(as: SIMD4<Float>.self),
        y = UnsafeRawPointer(sums + 4).loadUnaligned(as: SIMD4<Float>.self)
      while left > 0 {
        let factor = SIMD4<Float>(repeating: a.loadUnaligned(as: Float.self))
        x += factor * b.loadUnaligned(as: SIMD4<Float>.self)
        y += factor * b.loadUnaligned(fromByteOffset: 16, as: SIMD4<Float>.self)
        a += c.aStep
        b += c.bStep
        left &-= 1
      }
      UnsafeMutableRawPointer(sums).storeBytes(of: x, as: SIMD4<Float>.self)
      UnsafeMutableRawPointer(sums + 4).storeBytes(of: y, as: SIMD4<Float>.self)
      return
    }
    while left > 0 {
      let factor = a.loadUnaligned(as: Float.self)
      for lane in 0..<lanes { sums[lane] += factor * b.loadUnaligned(fromByteOffset: 4 &* lane, as: Float.self) }
      a += c.aStep
      b += c.bStep
      left &-= 1
    }
  }

  /// Contracts any types: a row of `b` is widened once for all rows of sums.
  @inline(__always) private func contract<A: BitwiseCopyable, B: BitwiseCopyable, Sum: SIMDScalar>(
    _ step: UnsafePointer<Step>, _ c: Contraction, _ widenA: (A) -> Sum, _ widenB: (B) -> Sum, _ add: (Sum, Sum, Sum) -> Sum
  ) {
    let sums = elements(step.pointee.d, Lanes<Sum>.self), stride = PortableInstruction.rowByteCount / MemoryLayout<Lanes<Sum>>.size
    let spare = elements(spareRow, Sum.self), wide = elements(spareRow, Lanes<Sum>.self), blocks = Int(step.pointee.blocks)
    var a = c.a, b = c.b, left = c.count
    while left > 0 {
      for lane in 0..<c.lanes {
        spare[lane] = widenB(b.loadUnaligned(fromByteOffset: lane &* MemoryLayout<B>.size, as: B.self))
      }
      for row in 0..<c.rows {
        let factor = widenA(a.loadUnaligned(fromByteOffset: row &* c.rowStep, as: A.self))
        for block in 0..<blocks {
          let place = sums + (row &* stride &+ block), x = place.pointee, y = wide[block]
          var result = Lanes<Sum>(repeating: add(x[0], factor, y[0]))
          for lane in 1..<16 { result[lane] = add(x[lane], factor, y[lane]) }
          place.pointee = result
        }
      }
      a += c.aStep
      b += c.bStep
      left &-= 1
    }
  }

  /// Contracts integers, by the type of `b`.
  @inline(__always) private func contractIntegers<A: BitwiseCopyable>(
    _ step: UnsafePointer<Step>, _ c: Contraction, _ b: ContractedType, _ widen: (A) -> Int32
  ) {
    switch b {
    case .s8: contract(step, c, widen, { (x: Int8) in Int32(x) }) { $0 &+ $1 &* $2 }
    case .u8: contract(step, c, widen, { (x: UInt8) in Int32(x) }) { $0 &+ $1 &* $2 }
    case .s16: contract(step, c, widen, { (x: Int16) in Int32(x) }) { $0 &+ $1 &* $2 }
    default: contract(step, c, widen, { (x: Int32) in x }) { $0 &+ $1 &* $2 }
    }
  }
}
