import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension StableHLONode {
  /// The same bits as elements of another type; of other width, they add or drop the last dimension.
  func bitcastConvert() throws(Diagnostic) -> GraphTensor {
    let x = try operand(0), target = try resultElement(), from = x.elementType
    if let part = from.complexPart, from != target {
      guard from == .complex128, target == .complex64 || target == .f64 || target == .f32 else { throw unfit(target) }
      return try parts(of: x, part, target)
    }
    guard !target.isComplex || from == target else { throw unfit(target) }
    if from.bitCount == target.bitCount {
      guard let operation = ElementOperation.all["bitcast_convert"] else { return x }
      return try elementwise(operation, "bitcast_convert")
    }
    return from.bitCount < target.bitCount ? try joined(x, target) : split(x, target)
  }

  private func unfit(_ target: ElementType) -> Diagnostic {
    .operandTypes(self, expected: "elements whose bits can be those of \(target.stableHLOName)")
  }

  /// The unsigned integer type of so many bits, in which bits are moved.
  private func bits(_ count: Int) -> ElementType { count > 32 ? .u64 : count > 16 ? .u32 : count > 8 ? .u16 : .u8 }

  private func reinterpreted(_ b: Builder, _ value: Value, _ type: ElementType) -> Value {
    let target = type.type(b.context)
    if value.type.bitWidth == 1, target.bitWidth != 1 { return b.value("arith.extui", [value], type: target) }
    if target.bitWidth == 1, value.type.bitWidth != 1 { return b.value("arith.trunci", [value], type: target) }
    return value.type == target ? value : b.value("arith.bitcast", [value], type: target)
  }

  /// Elements of the last dimension as parts of one, the first in the low bits.
  private func joined(_ x: GraphTensor, _ target: ElementType) throws(Diagnostic) -> GraphTensor {
    let width = x.elementType.bitCount, count = target.bitCount / width, wide = bits(target.bitCount)
    guard let last = x.shape.last, last.known == count else {
      throw .operandTypes(self, expected: "a last dimension of \(count)")
    }
    let shape = Array(x.shape.dropLast()), source = graph.value(x), narrow = bits(width)
    return graph.generate(shape, target) { b, position in
      let s = Scalars(b, wide)
      func number(_ value: Int) -> Value { b.constant(.integer(value, s.irType)) }
      var sum = number(0)
      for i in 0..<count {
        let element = reinterpreted(b, b.element(source, position + [b.index(i)]), narrow)
        var part = s.convert(element, from: narrow)
        if width < 8 { part = b.binary("arith.andi", part, number(1 << width - 1)) }
        sum = b.binary("arith.ori", sum, b.binary("arith.shli", part, number(i * width)))
      }
      return reinterpreted(b, sum, target)
    }
  }

  /// The parts of each element, in a new last dimension.
  private func split(_ x: GraphTensor, _ target: ElementType) -> GraphTensor {
    let width = target.bitCount, count = x.elementType.bitCount / width, wide = bits(x.elementType.bitCount)
    let source = graph.value(x), narrow = bits(width)
    return graph.generate(x.shape + [IndexExpression(count)], target) { b, position in
      let s = Scalars(b, wide)
      let element = reinterpreted(b, b.element(source, position.dropLast()), wide)
      let place = b.i64(position[position.count - 1])
      let amount = b.times(s.convert(place, from: .i64), b.constant(.integer(width, s.irType)))
      let shifted = b.binary("arith.shrui", element, amount)
      let part = Scalars(b, narrow).convert(shifted, from: wide)
      let own = width < 8 ? b.binary("arith.andi", part, b.constant(.integer(1 << width - 1, .i8(b.context)))) : part
      return reinterpreted(b, own, target)
    }
  }
}

extension StableHLONode {
  /// The bits of complex numbers as pairs of their parts, or of halves of them.
  private func parts(of x: GraphTensor, _ part: ElementType, _ target: ElementType) throws(Diagnostic) -> GraphTensor {
    let source = graph.value(x), element = target.complexPart ?? target
    let shape = x.shape + [IndexExpression(target == .f32 ? 4 : 2)]
    /// Word `number` (of the width of `element`) of a number.
    func word(_ b: Builder, _ value: Value, _ number: Value) -> Value {
      let type = part.type(b.context), wordsPerPart = part.byteCount / element.byteCount
      let isImaginary = b.compare(.greaterOrEqual, number, b.index(wordsPerPart))
      let own = b.select(isImaginary, b.value("complex.im", [value], type: type), b.value("complex.re", [value], type: type))
      if wordsPerPart == 1 { return own }
      let bits = b.value("arith.bitcast", [own], type: .i64(b.context))
      let isHigh = b.compare(.equal, b.binary("arith.remui", number, b.index(2)), b.index(1))
      let shifted = b.binary("arith.shrui", bits, b.select(isHigh, b.constant64(32), b.constant64(0)))
      return b.value("arith.bitcast", [b.value("arith.trunci", [shifted], type: .i32(b.context))], type: element.type(b.context))
    }
    return graph.generate(shape, target) { b, position in
      let value = b.element(source, position.dropLast()), place = position[position.count - 1]
      guard target.isComplex else { return word(b, value, place) }
      let first = b.times(place, b.index(2))
      return b.value("complex.create", [word(b, value, first), word(b, value, b.plus(first, b.index(1)))], type: target.type(b.context))
    }
  }
}
