import TesseraModuleFormat

extension Machine {
  /// Computes on integers of a width, signed or not.
  @inline(never) func integers<T: FixedWidthInteger & SignedInteger & SIMDScalar>(_ step: UnsafePointer<Step>, _: T.Type) {
    typealias U = T.Magnitude
    @inline(__always) func unsigned(_ x: T) -> U { U(truncatingIfNeeded: x) }
    @inline(__always) func signed(_ x: U) -> T { T(truncatingIfNeeded: x) }
    switch step.pointee.opcode {
    case .add: map(step) { (x: T, y: T) in x &+ y }
    case .subtract: map(step) { (x: T, y: T) in x &- y }
    case .multiply: map(step) { (x: T, y: T) in x &* y }
    case .and: map(step) { (x: T, y: T) in x & y }
    case .or: map(step) { (x: T, y: T) in x | y }
    case .exclusiveOr: map(step) { (x: T, y: T) in x ^ y }
    case .shiftLeft: map(step) { (x: T, y: T) in x &<< y }
    case .shiftRight: map(step) { (x: T, y: T) in signed(unsigned(x) &>> unsigned(y)) }
    case .shiftRightSigned: map(step) { (x: T, y: T) in x &>> y }
    case .minSigned: map(step) { (x: T, y: T) in x < y ? x : y }
    case .maxSigned: map(step) { (x: T, y: T) in x > y ? x : y }
    case .minUnsigned: map(step) { (x: T, y: T) in unsigned(x) < unsigned(y) ? x : y }
    case .maxUnsigned: map(step) { (x: T, y: T) in unsigned(x) > unsigned(y) ? x : y }
    case .divideSigned: map(step) { (x: T, y: T) in y == 0 ? 0 : x.dividedReportingOverflow(by: y).partialValue }
    case .divideUnsigned: map(step) { (x: T, y: T) in y == 0 ? 0 : signed(unsigned(x) / unsigned(y)) }
    case .remainderSigned: map(step) { (x: T, y: T) in y == 0 || y == -1 ? 0 : x % y }
    case .remainderUnsigned: map(step) { (x: T, y: T) in y == 0 ? 0 : signed(unsigned(x) % unsigned(y)) }
    case .absolute: map(step) { (x: T) in x < 0 ? 0 &- x : x }
    case .countLeadingZeros: map(step) { (x: T) in T(truncatingIfNeeded: x.leadingZeroBitCount) }
    case .countTrailingZeros: map(step) { (x: T) in T(truncatingIfNeeded: x.trailingZeroBitCount) }
    case .countOnes: map(step) { (x: T) in T(truncatingIfNeeded: x.nonzeroBitCount) }
    default: break
    }
  }

  /// Compares integers: 1 or 0 for each lane.
  @inline(never) func compareIntegers(_ step: UnsafePointer<Step>) {
    switch step.pointee.size {
    case 1: compareIntegers(step, Int8.self)
    case 2: compareIntegers(step, Int16.self)
    case 4: compareIntegers(step, Int32.self)
    default: compareIntegers(step, Int64.self)
    }
  }

  @inline(__always) private func compareIntegers<T: FixedWidthInteger & SignedInteger & SIMDScalar>(
    _ step: UnsafePointer<Step>, _: T.Type
  ) {
    typealias U = T.Magnitude
    @inline(__always) func unsigned(_ x: T) -> U { U(truncatingIfNeeded: x) }
    // By way of an integer as wide as the operands, which vector instructions have.
    @inline(__always) func compare(_ holds: (T, T) -> Bool) {
      map(step) { (x: T, y: T) -> UInt8 in
        let wide: T = holds(x, y) ? 1 : 0
        return UInt8(truncatingIfNeeded: wide)
      }
    }
    switch step.pointee.integerPredicate {
    case .equal: compare { $0 == $1 }
    case .notEqual: compare { $0 != $1 }
    case .less: compare { $0 < $1 }
    case .lessOrEqual: compare { $0 <= $1 }
    case .lessUnsigned: compare { unsigned($0) < unsigned($1) }
    default: compare { unsigned($0) <= unsigned($1) }
    }
  }

  /// `true` iff the relation of a branch holds.
  @inline(__always) func holds(_ step: UnsafePointer<Step>) -> Bool {
    if step.pointee.size == 8 { return holds(self[step.pointee.a], self[step.pointee.b], step.pointee.integerPredicate) }
    let bits = 64 &- 8 &* Int(step.pointee.size)
    // The low bits moved to the top compare as they do, signed or not.
    return holds(self[step.pointee.a] &<< bits, self[step.pointee.b] &<< bits, step.pointee.integerPredicate)
  }

  @inline(__always) private func holds(_ x: Int, _ y: Int, _ predicate: PortableIntegerPredicate) -> Bool {
    switch predicate {
    case .equal: x == y
    case .notEqual: x != y
    case .less: x < y
    case .lessOrEqual: x <= y
    case .lessUnsigned: UInt(bitPattern: x) < UInt(bitPattern: y)
    default: UInt(bitPattern: x) <= UInt(bitPattern: y)
    }
  }

  /// Adds the step to the counter of a loop; `true` iff there is another turn.
  @inline(__always) func goesOn(_ step: UnsafePointer<Step>) -> Bool {
    let bits = 64 &- 8 &* Int(step.pointee.size)
    let counter = self[step.pointee.d] &+ self[step.pointee.b]
    self[step.pointee.d] = counter
    return counter &<< bits < self[step.pointee.a] &<< bits
  }

  /// Goes on at the target of a branch; `false` where the workgroup ends instead. Backward branches cost the steps that they repeat.
  @inline(__always) mutating func jump(_ step: inout UnsafePointer<Step>) -> Bool {
    let distance = step.pointee.immediate
    step += distance
    return distance > 0 || spend(1 &- distance)
  }

  /// Counts steps; `false` where the workgroup ends.
  @inline(__always) mutating func spend(_ steps: Int) -> Bool {
    fuel &-= steps
    return fuel >= 0 || refuel()
  }

  /// Looks at the interruption and at the steps that are left.
  @inline(never) private mutating func refuel() -> Bool {
    reserve &+= fuel
    guard reserve > 0, !interruption._withUnsafeGuaranteedRef({ $0.isRequested }) else {
      status = KernelFailure.steps.rawValue
      return false
    }
    fuel = min(reserve, Self.turn)
    reserve &-= fuel
    return true
  }
}

extension Step {
  /// The relation, which was verified.
  @inline(__always) var integerPredicate: PortableIntegerPredicate { unsafeBitCast(variant, to: PortableIntegerPredicate.self) }
}
