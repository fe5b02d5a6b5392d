import TesseraModuleFormat

/// Elements of a row that are computed at a time: the compiler makes vector instructions of sixteen equal computations.
typealias Lanes<Element: SIMDScalar> = SIMD16<Element>

/// Registers, and the loops over lanes.
///
/// A loop computes the sixteen lanes of a part before it writes them, so that the result may be one of the operands. Lanes beyond those of the
/// instruction are computed too; a row has room for them.
extension Machine {
  /// A 64-bit scalar.
  subscript(_ place: Int32) -> Int {
    @inline(__always) get { (frame + Int(place)).assumingMemoryBound(to: Int.self).pointee }
    @inline(__always) nonmutating set { (frame + Int(place)).assumingMemoryBound(to: Int.self).pointee = newValue }
  }

  /// The low byte of a scalar.
  @inline(__always) func byte(_ place: Int32) -> UInt8 { frame.load(fromByteOffset: Int(place), as: UInt8.self) }

  /// The elements at a place.
  @inline(__always) func elements<Element>(_ place: Int32, _: Element.Type) -> UnsafeMutablePointer<Element> {
    (frame + Int(place)).assumingMemoryBound(to: Element.self)
  }

  /// Computes each element of the result from one. Widening goes from the last part to the first, so that the result may be the operand.
  @inline(__always) func map<A: SIMDScalar, R: SIMDScalar>(_ step: UnsafePointer<Step>, _ compute: (A) -> R) {
    if step.pointee.blocks == 0 {
      elements(step.pointee.d, R.self).pointee = compute(elements(step.pointee.a, A.self).pointee)
      return
    }
    let a = elements(step.pointee.a, Lanes<A>.self), d = elements(step.pointee.d, Lanes<R>.self)
    let count = Int(step.pointee.blocks), isWidening = MemoryLayout<R>.size > MemoryLayout<A>.size
    var turn = 0
    while turn < count {
      let block = isWidening ? count &- 1 &- turn : turn
      let x = a[block]
      var result = Lanes<R>(repeating: compute(x[0]))
      for lane in 1..<16 { result[lane] = compute(x[lane]) }
      d[block] = result
      turn &+= 1
    }
  }

  /// Computes each element of the result from two. Requires: those of the result are no larger.
  @inline(__always) func map<A: SIMDScalar, R: SIMDScalar>(_ step: UnsafePointer<Step>, _ compute: (A, A) -> R) {
    if step.pointee.blocks == 0 {
      elements(step.pointee.d, R.self).pointee = compute(elements(step.pointee.a, A.self).pointee, elements(step.pointee.b, A.self).pointee)
      return
    }
    let a = elements(step.pointee.a, Lanes<A>.self), b = elements(step.pointee.b, Lanes<A>.self),
      d = elements(step.pointee.d, Lanes<R>.self)
    let count = Int(step.pointee.blocks)
    var block = 0
    while block < count {
      let x = a[block], y = b[block]
      var result = Lanes<R>(repeating: compute(x[0], y[0]))
      for lane in 1..<16 { result[lane] = compute(x[lane], y[lane]) }
      d[block] = result
      block &+= 1
    }
  }

  /// Computes each element of the result from three.
  @inline(__always) func map<A: SIMDScalar>(_ step: UnsafePointer<Step>, _ compute: (A, A, A) -> A) {
    if step.pointee.blocks == 0 {
      elements(step.pointee.d, A.self).pointee = compute(
        elements(step.pointee.a, A.self).pointee, elements(step.pointee.b, A.self).pointee, elements(step.pointee.c, A.self).pointee)
      return
    }
    let a = elements(step.pointee.a, Lanes<A>.self), b = elements(step.pointee.b, Lanes<A>.self)
    let c = elements(step.pointee.c, Lanes<A>.self), d = elements(step.pointee.d, Lanes<A>.self)
    let count = Int(step.pointee.blocks)
    var block = 0
    while block < count {
      let x = a[block], y = b[block], z = c[block]
      var result = Lanes<A>(repeating: compute(x[0], y[0], z[0]))
      for lane in 1..<16 { result[lane] = compute(x[lane], y[lane], z[lane]) }
      d[block] = result
      block &+= 1
    }
  }

  /// The same as `map`, with each lane written out: the compiler would keep a loop over lanes of a longer computation, without vector instructions.
  @inline(__always) func mapLong<A: SIMDScalar, R: SIMDScalar>(_ step: UnsafePointer<Step>, _ compute: (A, A) -> R) {
    if step.pointee.blocks == 0 {
      elements(step.pointee.d, R.self).pointee = compute(elements(step.pointee.a, A.self).pointee, elements(step.pointee.b, A.self).pointee)
      return
    }
    let a = elements(step.pointee.a, Lanes<A>.self), b = elements(step.pointee.b, Lanes<A>.self),
      d = elements(step.pointee.d, Lanes<R>.self)
    let count = Int(step.pointee.blocks)
    var block = 0
    while block < count {
      let x = a[block], y = b[block]
      d[block] = Lanes<R>(
        compute(x[0], y[0]), compute(x[1], y[1]), compute(x[2], y[2]), compute(x[3], y[3]),
        compute(x[4], y[4]), compute(x[5], y[5]), compute(x[6], y[6]), compute(x[7], y[7]),
        compute(x[8], y[8]), compute(x[9], y[9]), compute(x[10], y[10]), compute(x[11], y[11]),
        compute(x[12], y[12]), compute(x[13], y[13]), compute(x[14], y[14]), compute(x[15], y[15]))
      block &+= 1
    }
  }

  /// Copies a register.
  @inline(__always) func move(_ step: UnsafePointer<Step>) {
    if step.pointee.blocks == 0 {
      self[step.pointee.d] = self[step.pointee.a]
      return
    }
    let a = elements(step.pointee.a, Lanes<UInt8>.self), d = elements(step.pointee.d, Lanes<UInt8>.self)
    let count = Int(step.pointee.blocks) &* Int(step.pointee.size)
    var block = 0
    while block < count {
      d[block] = a[block]
      block &+= 1
    }
  }

  /// Puts a scalar, or the bits of a constant, into all lanes.
  @inline(__always) func broadcast(_ step: UnsafePointer<Step>) {
    let bits = step.pointee.opcode == .broadcast ? self[step.pointee.a] : step.pointee.immediate
    fill(step.pointee.d, blocks: Int(step.pointee.blocks), size: step.pointee.size, bits)
  }

  /// Puts the low bits into all lanes of a row.
  @inline(__always) func fill(_ place: Int32, blocks: Int, size: UInt8, _ bits: Int) {
    switch size {
    case 1: fill(place, blocks, UInt8(truncatingIfNeeded: bits))
    case 2: fill(place, blocks, UInt16(truncatingIfNeeded: bits))
    case 4: fill(place, blocks, UInt32(truncatingIfNeeded: bits))
    default: fill(place, blocks, UInt64(truncatingIfNeeded: bits))
    }
  }

  @inline(__always) private func fill<Element: SIMDScalar>(_ place: Int32, _ blocks: Int, _ element: Element) {
    let d = elements(place, Lanes<Element>.self), all = Lanes<Element>(repeating: element)
    var block = 0
    while block < blocks {
      d[block] = all
      block &+= 1
    }
  }
}
