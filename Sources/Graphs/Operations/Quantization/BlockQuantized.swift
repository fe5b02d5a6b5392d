import TesseraMLIR

/// What a constant matrix of floats was dequantized from, with a scale for each block of neighbours along one axis:
/// `(source - zero) * scale`.
package struct BlockQuantized {
  /// Integers of 4 or 8 bits, a matrix.
  package let source: GraphTensor
  /// Floats, one for each block.
  package let scales: GraphTensor
  /// Zero points of the source's type, one for each block; `nil` is zero.
  package let zeros: GraphTensor?
  /// The axis of the blocks.
  package let axis: Int
  /// The elements of a block.
  package let size: Int

  package init(source: GraphTensor, scales: GraphTensor, zeros: GraphTensor?, axis: Int, size: Int) {
    (self.source, self.scales, self.zeros, self.axis, self.size) = (source, scales, zeros, axis, size)
  }
}

extension Site {
  /// The matrix that `weights` was dequantized from, with the sums of a product along `depthAxis`, in the form that products take apart in
  /// registers; `nil` where it was not, or has other blocks. It is made of constants, and so when the module is.
  package func blockedMatrix(_ weights: GraphTensor, depthAxis: Int) -> BlockedMatrix? {
    guard let origin = weights.blockQuantized, origin.axis == depthAxis, let depth = origin.source.shape[depthAxis].known, depth > 0 else {
      return nil
    }
    let type = origin.source.elementType, each = type.packing, bits = 8 / each
    guard origin.size % each == 0, origin.size >= 8 else { return nil }
    let columns = origin.source.shape[1 - depthAxis], blocks = IndexExpression((depth + origin.size - 1) / origin.size)
    // Numbers are unsigned in their bytes.
    let lowest = Double(-type.integerBounds.least)
    let source = graph.value(origin.source)
    let bytes = graph.map([], shape: [columns, blocks, IndexExpression(origin.size / each)], .u8) { b, _ in
      let s = Scalars(b, .i32), start = b.plus(b.times(b.position(1), b.index(origin.size)), b.times(b.position(2), b.index(each)))
      let numbers = (0..<each).map { part in
        let place = b.plus(start, b.index(part))
        // What is behind the last row meets zeros.
        let row = b.select(b.compare(.less, place, b.index(depth)), place, b.index(depth - 1))
        let number = s.convert(b.element(source, depthAxis == 0 ? [row, b.position(0)] : [b.position(0), row]), from: type)
        return b.binary("arith.shli", s.add(number, s.constant(lowest)), s.constant(Double(part * bits)))
      }
      return Scalars(b, .u8).convert(numbers.dropFirst().reduce(numbers[0]) { b.binary("arith.ori", $0, $1) }, from: .i32)
    }
    let table: [Int?] = depthAxis == 0 ? [1, 0] : [0, 1], shape = [columns, blocks]
    let scales = graph.map([Operand(origin.scales, table)], shape: shape, origin.scales.elementType) { $1[0] }
    var zeros: GraphTensor?
    if let given = origin.zeros {
      zeros = graph.map([Operand(given, table)], shape: shape, .f32) { b, e in
        let s = Scalars(b, .f32)
        return s.add(s.convert(e[0], from: type), s.constant(lowest))
      }
    } else if lowest == 0 {
      zeros = graph.map([], shape: shape, .f32) { b, _ in Scalars(b, .f32).constant(0) }
    }
    return BlockedMatrix(bytes: bytes, bits: bits, scales: scales, zeros: zeros)
  }

  /// The products of `a`, whose last size is `depth`, and the rows of `matrix`, in the type of `a`.
  package func product(_ a: GraphTensor, with matrix: BlockedMatrix, depth: IndexExpression) -> GraphTensor {
    let outer = Array(a.shape.dropLast()), type = a.elementType
    let all = matrix.bytes.shape[1] * matrix.bytes.shape[2] * matrix.each
    let x = graph.reshape(a, to: [outer.product, depth])
    let whole =
      all == depth ? x : graph.pad(x, begins: [.zero, .zero], shape: [x.shape[0], all]) { $0.scalar(0, type.type($0.context)) }
    return graph.reshape(graph.convert(contract(whole, with: matrix), to: type), to: outer + [matrix.bytes.shape[0]])
  }
}
