import TesseraGraphs
import TesseraMLIR

/// Arithmetic on floats and complex numbers alike, in the body of a structured operation.
struct Field {
  let b: Builder
  let type: ElementType

  init(_ b: Builder, _ type: ElementType) { (self.b, self.type) = (b, type) }

  private func two(_ float: String, _ complex: String, _ x: Value, _ y: Value) -> Value {
    b.binary(type.isComplex ? "complex.\(complex)" : "arith.\(float)", x, y)
  }

  func add(_ x: Value, _ y: Value) -> Value { two("addf", "add", x, y) }
  func subtract(_ x: Value, _ y: Value) -> Value { two("subf", "sub", x, y) }
  func multiply(_ x: Value, _ y: Value) -> Value { two("mulf", "mul", x, y) }
  func divide(_ x: Value, _ y: Value) -> Value { two("divf", "div", x, y) }
  func squareRoot(_ x: Value) -> Value { b.value(type.isComplex ? "complex.sqrt" : "math.sqrt", [x], type: x.type) }
  func conjugate(_ x: Value) -> Value { type.isComplex ? b.value("complex.conj", [x], type: x.type) : x }
  func negate(_ x: Value) -> Value { b.value(type.isComplex ? "complex.neg" : "arith.negf", [x], type: x.type) }
  func constant(_ number: Double) -> Value { b.number(number, type) }
  func magnitude(_ x: Value) -> Value {
    type.isComplex ? b.value("complex.abs", [x], type: x.type.complexElement) : b.value("math.absf", [x], type: x.type)
  }
  func real(_ x: Value) -> Value {
    guard let part = type.complexPart else { return x }
    return b.value("complex.create", [x, Scalars(b, part).constant(0)], type: type.type(b.context))
  }
  func realPart(_ x: Value) -> Value { type.isComplex ? b.value("complex.re", [x], type: x.type.complexElement) : x }
  func select(_ condition: Value, _ x: Value, _ y: Value) -> Value { b.select(condition, x, y) }
}
