import Encodings

extension CPUEncodingResolver {
  /// `true` iff the contraction multiplies bytes and adds the products up in 32 bits.
  static func isOfBytes(_ encoding: ContractionEncoding) -> Bool { encoding.elements.map(\.bitWidth) == [8, 8, 32] }

  /// The dimension of an operand of a contraction of bytes along which neighbours are packed by fours: that of the innermost reduction.
  static func packedAxis(_ encoding: ContractionEncoding) -> Int? {
    encoding.own.indices.filter { encoding.loops[encoding.own[$0]].kind == .reduction }.max { encoding.own[$0] < encoding.own[$1] }
  }

  /// `true` iff packing an operand of bytes at run time pays: the instruction for products of bytes wants it, for a few rows at least.
  static func isWorthPackingBytes(_ encoding: ContractionEncoding) -> Bool {
    var rows = 1
    for loop in encoding.loops where loop.kind == .row { rows *= loop.size ?? 64 }
    return rows >= 4 && encoding.own.allSatisfy { encoding.loops[$0].size != nil }
  }
}
