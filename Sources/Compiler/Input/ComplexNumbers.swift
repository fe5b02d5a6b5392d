import TesseraDialects
import TesseraMLIR

/// Rewrites what upstream's way from `complex` to floats leaves: constants, which no kernel may get as arguments, and casts to integers; and what
/// upstream's folds compute otherwise than the operations do: sums, products with one, and functions of their inverse.
///
/// Before: %c = complex.constant [1.0 : f32, 2.0 : f32] : complex<f32>
/// After:  %c = complex.create %one, %two : complex<f32>
struct ComplexNumbers {
  private static let inverses = ["complex.log": "complex.exp", "complex.exp": "complex.log"]

  let module: Module
  private var context: Context { module.context }

  init(_ module: Module) { self.module = module }

  /// `true` iff kernels do not know the operation, which works on complex numbers.
  static func isUnknown(_ name: String) -> Bool {
    name.hasPrefix("complex.")
      && !["complex.add", "complex.sub", "complex.mul", "complex.div", "complex.create", "complex.re", "complex.im"].contains(name)
  }

  /// Rewrites all of them. Requires: no canonicalization has seen them.
  func run() {
    for op in module.operation.descendants where op.name.hasPrefix("complex.") {
      let b = Builder(context, before: op)
      if let inverse = Self.inverses[op.name], op.operand(0).definingOperation?.name == inverse {
        // Until both are computed by floats: log(exp(z)) is not z where the angle is large.
        HiddenOp.hide(operand: 0, of: op, context)
      }
      guard let made = rewritten(op, b) else { continue }
      op.result(0).replaceAllUses(with: made)
      op.erase()
    }
  }

  private func rewritten(_ op: Operation, _ b: Builder) -> Value? {
    switch op.name {
    case "complex.constant": constant(op, b)
    case "complex.bitcast": cast(op, b)
    case "complex.add": byParts(op, "arith.addf", b)
    case "complex.sub": byParts(op, "arith.subf", b)
    default: nil
    }
  }

  /// Real and imaginary parts, each for itself.
  private func byParts(_ op: Operation, _ name: String, _ b: Builder) -> Value? {
    guard op.result(0).type.isComplex else { return nil }
    let parts = ["complex.re", "complex.im"].map { part in
      b.binary(
        name, b.value(part, [op.operand(0)], type: op.result(0).type.complexElement),
        b.value(part, [op.operand(1)], type: op.result(0).type.complexElement))
    }
    return b.value("complex.create", parts, type: op.result(0).type)
  }

  private func constant(_ op: Operation, _ b: Builder) -> Value? {
    guard let parts = op.attribute("value")?.arrayValue, parts.count == 2 else { return nil }
    return b.value("complex.create", parts.map { b.constant($0) }, type: op.result(0).type)
  }

  /// A cast from or to an integer of all bits, whose low half is the real part.
  private func cast(_ op: Operation, _ b: Builder) -> Value? {
    let source = op.operand(0), result = op.result(0).type
    if source.type == result { return source }
    let number = source.type.isComplex ? source.type : result
    guard number.isComplex, let bits = number.complexElement.bitWidth, bits <= 32 else { return nil }
    let half = Type.integer(bits, context), whole = Type.integer(2 * bits, context)
    let shift = b.scalar(Double(bits), whole)
    if source.type.isComplex {
      let parts = ["complex.re", "complex.im"].map { name in
        let part = b.value("arith.bitcast", [b.value(name, [source], type: number.complexElement)], type: half)
        return b.value("arith.extui", [part], type: whole)
      }
      let joined = b.binary("arith.ori", parts[0], b.binary("arith.shli", parts[1], shift))
      return result == whole ? joined : b.value("arith.bitcast", [joined], type: result)
    }
    let integer = source.type == whole ? source : b.value("arith.bitcast", [source], type: whole)
    let parts = [integer, b.binary("arith.shrui", integer, shift)].map {
      b.value("arith.bitcast", [b.value("arith.trunci", [$0], type: half)], type: number.complexElement)
    }
    return b.value("complex.create", parts, type: result)
  }
}
