import TesseraModuleFormat

extension Machine {
  /// Computes on floats.
  @inline(never) func floats<T: LaneFloat>(_ step: UnsafePointer<Step>, _: T.Type) {
    switch step.pointee.opcode {
    case .add: map(step) { (x: T, y: T) in x + y }
    case .subtract: map(step) { (x: T, y: T) in x - y }
    case .multiply: map(step) { (x: T, y: T) in x * y }
    case .divide: map(step) { (x: T, y: T) in x / y }
    case .multiplyAdd where step.pointee.variant == 0: map(step) { (x: T, y: T, z: T) in x * y + z }
    case .multiplyAdd: map(step) { (x: T, y: T, z: T) in z.addingProduct(x, y) }
    case .minimum: mapLong(step) { (x: T, y: T) in T.minimum(x, y, or: x.bits | y.bits) }
    case .maximum: mapLong(step) { (x: T, y: T) in T.maximum(x, y, or: x.bits & y.bits) }
    case .minNumber: map(step) { (x: T, y: T) in T.lesser(x, y) }
    case .maxNumber: map(step) { (x: T, y: T) in T.greater(x, y) }
    case .negate: map(step) { (x: T) in T(bits: x.bits ^ T.signMask) }
    case .absolute: map(step) { (x: T) in x.absolute }
    case .copySign: map(step) { (x: T, y: T) in x.withSign(of: y) }
    case .squareRoot: map(step) { (x: T) in x.squareRoot() }
    case .floor: map(step) { (x: T) in x.lowered }
    case .ceil: map(step) { (x: T) in -(-x).lowered }
    case .truncate: map(step) { (x: T) in x.truncated }
    case .roundEven: map(step) { (x: T) in x.roundedToEven }
    case .round:
      map(step) { (x: T) in
        let whole = x.truncated, rest = (x - whole).absolute
        let further = (whole.absolute + 1).withSign(of: x)
        return rest >= 0.5 ? further : whole
      }
    case .remainder: map(step) { (x: T, y: T) in T.remainder(x, y) }
    case .power: map(step) { (x: T, y: T) in T.power(x, y) }
    case .arcTangent2: map(step) { (x: T, y: T) in T.arcTangent2(x, y) }
    case .function:
      let function = unsafeBitCast(step.pointee.variant, to: PortableFunction.self)
      map(step) { (x: T) in x.computed(function) }
    default: break
    }
  }

  /// Compares floats: 1 or 0 for each lane.
  @inline(never) func compareFloats(_ step: UnsafePointer<Step>) {
    if step.pointee.size == 4 { compareFloats(step, Float.self) } else { compareFloats(step, Double.self) }
  }

  @inline(__always) private func compareFloats<T: LaneFloat>(_ step: UnsafePointer<Step>, _: T.Type) {
    // By way of an integer as wide as the operands, which vector instructions have.
    @inline(__always) func compare(_ holds: (T, T) -> Bool) {
      map(step) { (x: T, y: T) -> UInt8 in
        let wide: T.Bits = holds(x, y) ? 1 : 0
        return UInt8(truncatingIfNeeded: wide)
      }
    }
    switch unsafeBitCast(step.pointee.variant, to: PortableFloatPredicate.self) {
    case .never: compare { _, _ in false }
    case .equal: compare { $0 == $1 }
    case .less, .greater: compare { $0 < $1 }
    case .lessOrEqual, .greaterOrEqual: compare { $0 <= $1 }
    case .notEqual: compare { ($0 < $1) != ($1 < $0) }
    case .ordered: compare { ($0 == $0) == ($1 == $1) && $0 == $0 }
    case .equalOrUnordered: compare { ($0 < $1) == ($1 < $0) }
    case .lessOrUnordered, .greaterOrUnordered: compare { !($1 <= $0) }
    case .lessOrEqualOrUnordered, .greaterOrEqualOrUnordered: compare { !($1 < $0) }
    case .notEqualOrUnordered: compare { $0 != $1 }
    case .unordered: compare { $0 != $0 || $1 != $1 }
    case .always: compare { _, _ in true }
    }
  }
}
