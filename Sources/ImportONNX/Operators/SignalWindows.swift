import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

// Windows and filters for spectra. They are computed in f64, at compile time where their sizes are known.

extension Node {
  /// The element type that `output_datatype` names.
  fileprivate func outputType() throws(Diagnostic) -> ElementType {
    let number = Int64(integer("output_datatype", default: 1))
    guard let type = ElementType(numeric: number), type != .bool else {
      throw .unsupportedAttribute(self, "output_datatype", ElementType.onnxName(number), supported: "floats, integers")
    }
    return type
  }

  /// The one number of input `i` as an operand without loops.
  fileprivate func numberOperand(_ i: Int) throws(Diagnostic) -> Operand {
    let tensor = try input(i)
    guard tensor.knownCount == 1 else { throw .wrongShape(self, tensor, "one number") }
    return Operand(graph.reshape(tensor, to: []), [])
  }

  /// The one integer of input `i`, which is a size.
  fileprivate func sizeInput(_ i: Int) throws(Diagnostic) -> IndexExpression {
    let elements = try hostInput(i, count: 1)
    guard elements.count == 1, (elements[0].known ?? 0) >= 0 else { throw .notAShape(self, try input(i)) }
    return elements[0]
  }
}

/// `HannWindow`, `HammingWindow`, `BlackmanWindow`: a sum of cosines, with these factors for 0, 1, 2 ... periods.
func cosineWindow(_ factors: [Double]) -> Lowering {
  { node throws(Diagnostic) in
    let size = try node.sizeInput(0), type = try node.outputType()
    let period = node.integer("periodic", default: 1) != 0 ? size : size - 1
    let operand = Operand(node.graph.floatCount([period], .f64), [])
    return [
      node.graph.map([operand], shape: [size], type) { b, e in
        let s = Scalars(b, .f64)
        let place = s.convert(b.i64(b.position(0)), from: .i64)
        let terms = factors.enumerated().map { periods, factor -> Value in
          if periods == 0 { return s.constant(factor) }
          let angle = s.divide(s.multiply(place, s.constant(2 * .pi * Double(periods))), e[0])
          return s.multiply(s.call("math.cos", angle), s.constant(factor))
        }
        return Scalars(b, type).convert(terms.dropFirst().reduce(terms[0], s.add), from: .f64)
      }
    ]
  }
}

/// `MelWeightMatrix`: triangles over the bins of a spectrum, at equal distances of the mel scale.
let lowerMelWeightMatrix: Lowering = { node throws(Diagnostic) in
  let count = try node.sizeInput(0), length = try node.sizeInput(1), type = try node.outputType()
  let shape = [node.indices.floorDivide(length, IndexExpression(2)) + 1, count]
  var operands: [Operand] = []
  for i in 0..<5 { operands.append(try node.numberOperand(i)) }
  return [
    node.graph.map(operands, shape: shape, type) { b, e in
      let s = Scalars(b, .f64)
      let numbers = zip(e, operands).map { s.convert($0, from: $1.tensor.elementType) }
      let perDecade = s.constant(2595)
      func mel(_ hertz: Value) -> Value {
        s.divide(s.multiply(perDecade, s.call("math.log1p", s.divide(hertz, s.constant(700)))), s.constant(Double.log10))
      }
      let low = mel(numbers[3]), high = mel(numbers[4])
      let step = s.divide(s.subtract(high, low), s.add(numbers[0], s.constant(2)))
      let row = s.convert(b.i64(b.position(0)), from: .i64), column = s.convert(b.i64(b.position(1)), from: .i64)
      /// The bin of the spectrum at point `i` of the triangle.
      func bin(_ i: Double) -> Value {
        let place = s.add(s.multiply(s.add(column, s.constant(i)), step), low)
        let hertz = s.multiply(s.constant(700), s.call("math.expm1", s.multiply(s.divide(place, perDecade), s.constant(Double.log10))))
        return s.call("math.floor", s.divide(s.multiply(s.add(numbers[1], s.constant(1)), hertz), numbers[2]))
      }
      let start = bin(0), peak = bin(1), end = bin(2)
      let zero = s.constant(0), one = s.constant(1)
      let isPeak = s.compare(.equal, row, peak)
      let rises = b.and(s.compare(.greaterOrEqual, row, start), s.compare(.less, row, peak))
      let falls = b.and(s.compare(.greater, row, peak), s.compare(.less, row, end))
      let rising = s.divide(s.subtract(row, start), s.subtract(peak, start))
      let falling = s.divide(s.subtract(end, row), s.subtract(end, peak))
      let value = s.select(isPeak, one, s.select(rises, rising, s.select(falls, falling, zero)))
      return Scalars(b, type).convert(value, from: .f64)
    }
  ]
}

extension Double {
  /// The natural logarithm of 10.
  fileprivate static let log10 = 2.302585092994046
}
