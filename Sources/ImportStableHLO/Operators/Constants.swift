import TesseraConstants
import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension StableHLONode {
  func constant() throws(Diagnostic) -> GraphTensor {
    guard case .dense(let constant)? = source.attributes["value"] else {
      if let scalar = source.attributes["value"] { return try scalarConstant(scalar) }
      throw .invalidAttribute(self, "value", "no elements", expected: "a constant")
    }
    guard let element = constant.type.element.storage else { throw .unsupportedTypes(self, [constant.type.description]) }
    let shape = constant.type.sizes.map { IndexExpression($0 ?? 0) }
    if element.isComplex, constant.isSplat || constant.type.count == 1 {
      // A constant of one complex number is none of dialect arith.
      return graph.generate(shape, element) { b, _ in b.scalarConstant(constant.bytes, element) }
    }
    guard constant.isSplat else { return tensor(element, shape, constant.bytes) }
    let scalar = tensor(element, [], constant.bytes)
    return expand(scalar, to: shape)
  }

  /// A number of the result's type.
  private func scalarConstant(_ value: ProgramAttribute) throws(Diagnostic) -> GraphTensor {
    let element = try resultElement()
    var bytes = DenseBytes(element)
    switch value {
    case .integer(let number) where !element.isAnyFloat && !element.isComplex: _ = bytes.append(integer: number)
    case .integer(let number): bytes.append(Double(number))
    case .number(let number): bytes.append(number)
    case .flag(let flag): bytes.append(bits: flag ? 1 : 0)
    default: throw .invalidAttribute(self, "value", "no number", expected: "a constant")
    }
    return tensor(element, [], .owned(bytes.bytes))
  }

  /// Small tensors of integers and booleans are kept on the host, where shape arithmetic folds.
  private func tensor(_ element: ElementType, _ shape: [IndexExpression], _ bytes: ConstantBytes) -> GraphTensor {
    let isInteger = element.isInteger || element == .bool
    let host =
      isInteger
      ? hostTensor(element, shape) {
        let count = shape.product.known ?? 0
        return bytes.withBytes { raw in (0..<count).map { IndexExpression(element.integer(in: raw, at: $0)) } }
      } : nil
    return host ?? GraphTensor(name: label, element, shape, constant: bytes)
  }

  /// The number `value` in the shape of the operand.
  func constantLike() throws(Diagnostic) -> GraphTensor {
    guard let value = source.attributes["value"] else { throw .invalidAttribute(self, "value", "nothing", expected: "a number") }
    return expand(try scalarConstant(value), to: try operand(0).shape)
  }

  /// The position along a dimension, as a number.
  func iota() throws(Diagnostic) -> GraphTensor {
    let sizes = try resultSizes()
    guard !sizes.contains(nil) else { throw .unsupportedForm(self, "has a result of unknown size") }
    return try iota(sizes.map { IndexExpression($0 ?? 0) })
  }

  func iota(_ shape: [IndexExpression]) throws(Diagnostic) -> GraphTensor {
    let element = try resultElement()
    let axis = try dimension("iota_dimension", rank: shape.count)
    guard element != .bool else { throw .unsupportedForm(self, "gives booleans") }
    if element.isInteger {
      let host = hostTensor(element, shape) {
        guard let sizes = shape.known else { return nil }
        let places = HostIndex.all(sizes).map { IndexExpression($0[axis]).wrapped(to: element) }
        return places.compactMap { $0 }.count == places.count ? places.compactMap { $0 } : nil
      }
      if let host { return host }
    }
    return graph.generate(shape, element) { b, position in
      let number = b.i64(position[axis])
      guard let part = element.complexPart else { return Scalars(b, element).convert(number, from: .i64) }
      let s = Scalars(b, part)
      return b.value("complex.create", [s.convert(number, from: .i64), s.constant(0)], type: element.type(b.context))
    }
  }
}
