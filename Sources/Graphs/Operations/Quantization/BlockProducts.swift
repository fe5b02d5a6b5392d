import TesseraMLIR

/// A matrix whose rows stand as blocks of unsigned numbers of 2, 4 or 8 bits, each block with a scale: `(number - zero point) * scale`.
package struct BlockedMatrix {
  /// Bytes, rows x blocks x bytes of a block; the first number of a byte has the low bits.
  package var bytes: GraphTensor
  package var bits: Int
  /// Floats, rows x blocks.
  package var scales: GraphTensor
  /// Zero points of any type, rows x blocks; `nil` where they are the middle number.
  package var zeros: GraphTensor?

  package init(bytes: GraphTensor, bits: Int, scales: GraphTensor, zeros: GraphTensor?) {
    (self.bytes, self.bits, self.scales, self.zeros) = (bytes, bits, scales, zeros)
  }

  /// The numbers of a byte.
  package var each: Int { 8 / bits }
  /// The number that stands for 0 where no zero point does.
  package var middle: Double { Double(1 << (bits - 1)) }
}

extension Site {
  /// The products of the rows of `x`, whose length is that of the blocks together, and the rows of `matrix`: rows of `x` x rows of `matrix`, in the
  /// accumulator of their type.
  ///
  /// Numbers are taken out of their bytes in registers, where they are read: a product of few rows takes as long as its bytes take from memory. So that
  /// neighbours in a vector of bytes meet neighbours of `x`, the elements of `x` are parted by their places in a byte first.
  package func contract(_ x: GraphTensor, with matrix: BlockedMatrix) -> GraphTensor {
    let type = x.elementType, wide = type.accumulator, each = matrix.each
    let blocks = matrix.bytes.shape[1], width = matrix.bytes.shape[2], rows = x.shape[0], columns = matrix.bytes.shape[0]
    let parts = (0..<each).map { part in
      let taken = slice(x, [.zero, IndexExpression(part)], [1, each], [rows, blocks * width])
      return graph.reshape(taken, to: [rows, blocks, width])
    }
    let ofBlocks: [Int?] = [1, 2]
    let operands =
      parts.map { Operand($0, [0, 2, 3]) } + [Operand(matrix.bytes, [1, 2, 3]), Operand(matrix.scales, ofBlocks)]
      + (matrix.zeros.map { [Operand($0, ofBlocks)] } ?? [])
    return graph.reduce(operands, loops: 4, output: [0, 1], shape: [rows, columns], wide, initial: 0) { b, e, accumulator in
      let s = Scalars(b, wide)
      let scale = s.convert(e[each + 1], from: matrix.scales.elementType)
      let zero = matrix.zeros.map { s.convert(e[each + 2], from: $0.elementType) } ?? s.constant(matrix.middle)
      return (0..<each).reduce(accumulator) { sum, part in
        let number = s.convert(b.packedNumber(part, of: e[each], bits: matrix.bits), from: .i32)
        let weight = s.multiply(s.subtract(number, zero), scale)
        return s.add(sum, s.multiply(s.convert(e[part], from: type), weight))
      }
    }
  }
}
