import TesseraDiagnostics
import TesseraMLIR

extension GraphBuilder {
  /// Reduces `axes` of `x` away: `combine(accumulator, body(element))`, in the type `type`.
  package func reduceAxes(
    _ x: GraphTensor, _ axes: [Int], _ type: ElementType, initial: Double, combine: (Scalars, Value, Value) -> Value,
    body: (Scalars, Value) -> Value = { $1 }
  ) -> GraphTensor {
    let kept = x.shape.indices.filter { !axes.contains($0) }
    return reduce(
      [Operand(x, x.shape.indices.map { $0 })], loops: x.rank, output: kept, shape: kept.map { x.shape[$0] }, type, initial: initial
    ) { builder, elements, accumulator in
      let scalars = Scalars(builder, type)
      return combine(scalars, accumulator, body(scalars, scalars.convert(elements[0], from: x.elementType)))
    }
  }

  /// An elementwise operation over the shape of `x`, with operands that run over the kept dimensions only.
  package func mapRows(
    _ x: GraphTensor, _ others: [GraphTensor], without axes: [Int], _ type: ElementType, body: (Scalars, [Value]) -> Value
  ) -> GraphTensor {
    let all: [Int?] = x.shape.indices.map { $0 }
    let kept = x.shape.indices.filter { !axes.contains($0) }
    let operands = [Operand(x, all)] + others.map { Operand($0, kept) }
    return map(operands, shape: x.shape, type) { builder, elements in
      let scalars = Scalars(builder, type)
      let types = [x.elementType] + others.map(\.elementType)
      return body(scalars, zip(elements, types).map { scalars.convert($0, from: $1) })
    }
  }

  /// The product of sizes as a float scalar: a constant, or computed on the host.
  package func floatCount(_ sizes: [IndexExpression], _ type: ElementType) -> GraphTensor {
    let product = sizes.product
    if let known = product.known { return constantScalar(Double(known), type) }
    let number = builder.value("arith.index_cast", [index(product)], type: .i64(context))
    let float = builder.value("arith.sitofp", [number], type: type.type(context))
    let tensor = builder.value("tensor.from_elements", [float], type: .tensor([], type.type(context)))
    return GraphTensor(type, [], value: tensor)
  }

  /// A constant scalar tensor of a float type.
  package func constantScalar(_ number: Double, _ type: ElementType) -> GraphTensor {
    let value = builder.constant(.splat(.tensor([], type.type(context)), .float(number, type.type(context))))
    return GraphTensor(type, [], value: value)
  }

  /// The mean over `axes`, in the type `type`.
  package func mean(_ x: GraphTensor, _ axes: [Int], _ type: ElementType, body: (Scalars, Value) -> Value = { $1 }) -> GraphTensor {
    divide(reduceAxes(x, axes, type, initial: 0, combine: { $0.add($1, $2) }, body: body), by: axes.map { x.shape[$0] }, type)
  }

  /// `sum`, whose elements have the type `type`, divided by the product of `sizes`.
  func divide(_ sum: GraphTensor, by sizes: [IndexExpression], _ type: ElementType) -> GraphTensor {
    let all: [Int?] = sum.shape.indices.map { $0 }
    if type.isFloat, let known = sizes.product.known {
      return map([Operand(sum, all)], shape: sum.shape, type) {
        Scalars($0, type).divide($1[0], $0.scalar(Double(known), type.type($0.context)))
      }
    }
    let count = type.isFloat ? floatCount(sizes, type) : GraphTensor(type, [], host: [sizes.product])
    return map([Operand(sum, all), Operand(count, [])], shape: sum.shape, type) { Scalars($0, type).divide($1[0], $1[1]) }
  }
}

extension Site {
  /// `x` with `body` applied to each element, in the type `type`.
  package func mapElements(_ x: GraphTensor, _ type: ElementType, _ body: (Scalars, Value) -> Value) -> GraphTensor {
    graph.map([Operand(x, x.shape.indices.map { $0 })], shape: x.shape, type) { builder, e in
      let s = Scalars(builder, type)
      return body(s, s.convert(e[0], from: x.elementType))
    }
  }
}

extension GraphBuilder {
  /// log(sum(exp(x))) over `axes`, as max + log(sum(exp(x - max))), so that it does not overflow; in the accumulator of the type.
  package func logarithmOfSumOfExponentials(_ x: GraphTensor, _ axes: [Int]) -> GraphTensor {
    let type = x.elementType.accumulator
    let raw = reduceAxes(x, axes, type, initial: -.infinity, combine: { $0.maximum($1, $2) })
    let all: [Int?] = raw.shape.indices.map { $0 }
    // An infinite maximum must not be subtracted from itself.
    let peak = map([Operand(raw, all)], shape: raw.shape, type) { builder, e in
      let s = Scalars(builder, type)
      return s.select(s.compare(.equal, s.call("math.absf", e[0]), s.constant(.infinity)), s.constant(0), e[0])
    }
    let powers = mapRows(x, [peak], without: axes, type) { $0.builder.approximateExponential($0.subtract($1[0], $1[1])) }
    let sum = reduceAxes(powers, axes, type, initial: 0, combine: { $0.add($1, $2) })
    return map([Operand(sum, all), Operand(peak, all)], shape: sum.shape, type) { builder, e in
      let s = Scalars(builder, type)
      return s.add(s.call("math.log", e[0]), e[1])
    }
  }
}
