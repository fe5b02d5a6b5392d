internal import TesseraKernels
internal import TesseraLoopNests

/// How much scratch memory a sequence of nests needs.
enum SequenceScratch {
  /// What a carried value may take beyond its elements: the rest of a cache line, and one more, so that values do not lie at the same distance in
  /// all rows.
  static let spare = 127

  /// The bytes from a carried value of `byteCount` bytes to the next one: whole cache lines. Never more than `byteCount + spare`, which is what
  /// `KernelSource.scratch` makes room for, at run time too; so all values lie inside of that room.
  static func distance(_ byteCount: Int) -> Int { (byteCount + spare) / 64 * 64 }

  /// The bytes of the elements of a carried value for one tile: for each iteration of a dimension of its writer, if its size is not known.
  static func byteCount(of value: NestSequence.Carried, _ sequence: NestSequence, tile: [Int]) -> (byteCount: Int, dimension: Int?) {
    // `KernelSource` refuses values with several such dimensions.
    let (count, dimension) = sequence.elementCount(of: value, tile: tile)!
    return (count * value.value.type.element.storedByteCount, dimension)
  }

  /// The bytes of all carried values for one tile; sizes that are not known are taken for usual ones.
  static func usualByteCount(_ sequence: NestSequence, tile: [Int]) -> Int {
    sequence.carried.reduce(0) { sum, value in
      let (byteCount, dimension) = byteCount(of: value, sequence, tile: tile)
      return sum + byteCount * (dimension == nil ? 1 : UnknownSize.row)
    }
  }
}
