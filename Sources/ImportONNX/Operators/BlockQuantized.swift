import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

// Weights of com.microsoft that have a scale, and perhaps a zero point, for each block of a few numbers.

extension Node {
  /// The numbers of `bits` bits that stand packed in bytes of the last dimension of `x`, the low ones first, in i32.
  fileprivate func unpacked(_ x: GraphTensor, _ bits: Int) -> GraphTensor {
    let each = 8 / bits, shape = x.shape + [IndexExpression(each)], type = x.elementType
    let parts = graph.map([Operand(x, x.shape.indices.map { $0 })], shape: shape, .i32) { b, e in
      let byte = Scalars(b, .i32).convert(e[0], from: type)
      if each == 1 { return byte }
      let part = b.value("arith.index_cast", [b.times(b.position(shape.count - 1), b.index(bits))], type: .i32(b.context))
      return b.and(b.binary("arith.shrui", byte, part), b.scalar(Double(1 << bits - 1), .i32(b.context)))
    }
    return graph.reshape(parts, to: x.shape.dropLast() + [x.shape[x.rank - 1] * each])
  }

  /// `x` with the first `count` elements of its last dimension.
  fileprivate func head(_ x: GraphTensor, _ count: IndexExpression) -> GraphTensor {
    x.shape[x.rank - 1] == count ? x : columns(x, .zero, count)
  }

  /// The attribute `bits`, which must be one of those that bytes hold whole.
  fileprivate func packedBits(_ value: Int) throws(Diagnostic) -> Int {
    let bits = integer("bits", default: value)
    guard [2, 4, 8].contains(bits) else { throw .unsupportedAttribute(self, "bits", "\(bits)", supported: "2, 4, 8") }
    return bits
  }

  /// The attribute `block_size`, a power of two from 16 on.
  fileprivate func blockSize(_ value: Int) throws(Diagnostic) -> Int {
    let size = integer("block_size", default: value)
    guard size >= 16, size <= Windows.limit, size & (size - 1) == 0 else {
      throw .invalidAttribute(self, "block_size", "\(size)", expected: "a power of two, at least 16")
    }
    return size
  }
}

/// `MatMulNBits`: A times the matrix whose columns stand in B as blocks of packed numbers, plus a bias. `accuracy_level` allows less than is computed.
let lowerMatMulNBits: Lowering = { node throws(Diagnostic) in
  let graph = node.graph
  let a = try node.input(0, ranks: 1...GraphTensor.rankLimit), packed = try node.input(1), scales = try node.input(2)
  try node.require(a, .float)
  try node.requireSameType([a, scales] + [node.optionalInput(5)].compactMap { $0 })
  if node.flag("weight_prepacked") { throw .unsupportedForm(node, "has weights that are packed for another machine") }
  let bits = try node.packedBits(4), size = try node.blockSize(0)
  let depth = node.integer("K", default: 0), columns = node.integer("N", default: 0)
  guard (1...1 << 32).contains(depth), (1...1 << 32).contains(columns) else {
    throw .invalidAttribute(node, "K, N", "\(depth), \(columns)", expected: "sizes of at least 1")
  }
  guard packed.elementType == .u8 else { throw .wrongType(node, packed, expected: "u8") }
  let blocks = IndexExpression((depth + size - 1) / size), rows = IndexExpression(columns)
  try node.requireShape(packed, [rows, blocks, IndexExpression(size * bits / 8)])
  func table(_ x: GraphTensor, _ width: IndexExpression) throws(Diagnostic) -> GraphTensor {
    if x.rank != 1 { try node.requireShape(x, [rows, width]) } else { try node.requireShape(x, [rows * width]) }
    return graph.reshape(x, to: [rows, width])
  }
  let scale = try table(scales, blocks)
  var zero: GraphTensor?
  if let zeros = node.optionalInput(3) {
    if zeros.elementType == .u8 {
      let bytes = IndexExpression((((depth + size - 1) / size) * bits + 7) / 8)
      zero = node.head(node.unpacked(try table(zeros, bytes), bits), blocks)
    } else {
      try node.requireSameType([a, zeros])
      zero = try table(zeros, blocks)
    }
  }
  guard graph.unify(a.shape[a.rank - 1], IndexExpression(depth), "the last size of '\(a.name)' and K") != nil else {
    throw .shapesDisagree(node, a, packed, "the last size must be K = \(depth)")
  }
  let type = a.elementType
  let weights = BlockedMatrix(bytes: packed, bits: bits, scales: scale, zeros: zero)
  var product: GraphTensor
  if let groups = node.optionalInput(4) {
    let outer = Array(a.shape.dropLast()), x = graph.reshape(a, to: [outer.product, IndexExpression(depth)])
    let matrix = try node.regrouped(weights, groups, depth)
    let sums = graph.contractWide(Operand(x, [0, 2]), Operand(matrix, [1, 2]), loops: 3, output: [0, 1], shape: [x.shape[0], rows])
    product = graph.reshape(graph.convert(sums, to: type), to: outer + [rows])
  } else {
    product = node.product(a, with: weights, depth: IndexExpression(depth))
  }
  if let bias = node.optionalInput(5) {
    try node.requireShape(bias, [rows])
    product = graph.map(
      [Operand(product, product.shape.indices.map { $0 }), Operand(bias, [product.rank - 1])], shape: product.shape, type
    ) {
      Scalars($0, type).add($1[0], $1[1])
    }
  }
  return [product]
}

extension Node {
  /// The numbers of `weights`, rows x `depth`, where each place along the rows names the group of its scale.
  fileprivate func regrouped(_ weights: BlockedMatrix, _ given: GraphTensor, _ depth: Int) throws(Diagnostic) -> GraphTensor {
    let rows = weights.bytes.shape[0], all = weights.bytes.shape[1] * weights.bytes.shape[2] * weights.each
    guard given.rank == 1 else { throw .wrongRank(self, given, expected: 1...1) }
    let groups = given.knownCount == nil ? settled(given, axis: 0, to: depth) ?? given : given
    guard groups.shape[0] == IndexExpression(depth) || groups.shape[0] == all else {
      throw .wrongShape(self, groups, "one group for each of the \(depth) rows")
    }
    try require(groups, .integer)
    // ONNX Runtime does not take the zero points of the groups then, and the standard says nothing.
    if weights.zeros != nil { throw .unsupportedForm(self, "has groups of rows and zero points") }
    let numbers = head(graph.reshape(unpacked(weights.bytes, weights.bits), to: [rows, all]), groups.shape[0])
    let type = weights.scales.elementType, wide = type.accumulator, loops: [Int?] = [0, 1]
    let matrix = graph.map(
      [Operand(numbers, loops), Operand(taking(groups, of: weights.scales), loops)], shape: numbers.shape, type
    ) { b, e in
      let s = Scalars(b, wide)
      let value = s.multiply(s.subtract(s.convert(e[0], from: .i32), s.constant(weights.middle)), s.convert(e[1], from: type))
      return Scalars(b, type).convert(value, from: wide)
    }
    return head(matrix, IndexExpression(depth))
  }

  /// The columns of `x` that `places` names, which kernels check.
  fileprivate func taking(_ places: GraphTensor, of x: GraphTensor) -> GraphTensor {
    let source = graph.value(x), type = places.elementType
    return graph.map([Operand(places, [1])], shape: [x.shape[0], places.shape[0]], x.elementType) { b, e in
      b.element(source, [b.position(0), b.asIndex(Scalars(b, .i64).convert(e[0], from: type))])
    }
  }
}

/// `GatherBlockQuantized`: Gather of numbers with a scale for each block; indices that are out of range give an error, as those of Gather do.
let lowerGatherBlockQuantized: Lowering = { node throws(Diagnostic) in
  let graph = node.graph
  let data = try node.input(0, ranks: 1...GraphTensor.rankLimit), places = try node.input(1), scales = try node.input(2)
  try node.require(scales, .float)
  let size = try node.blockSize(128)
  let axis = try node.axis(node.integer("gather_axis", default: 0), rank: data.rank)
  let blockAxis = try node.axis(node.integer("quantize_axis", default: 1), rank: data.rank)
  guard axis != blockAxis else { throw .unsupportedForm(node, "gathers along the axis of the blocks") }
  var numbers = data, zeros = node.optionalInput(3)
  if let zeros { try node.requireSameType([data, zeros]) }
  var middle = 0.0
  switch data.elementType {
  case .u8:
    let bits = try node.packedBits(4)
    middle = Double(1 << (bits - 1))
    guard axis == 0 else { throw .invalidAttribute(node, "gather_axis", "\(axis)", expected: "0") }
    numbers = bits == 8 ? data : node.unpacked(data, bits)
    if bits < 8, let packed = zeros { zeros = node.head(node.unpacked(packed, bits), scales.shape.last ?? .one) }
  case .i4, .u4: break
  default: throw .wrongType(node, data, expected: "i4, u4 or u8")
  }
  var shape = numbers.shape
  shape[blockAxis] = node.indices.ceilDivide(shape[blockAxis], by: size)
  try node.requireShape(scales, shape)
  if let zeros { try node.requireShape(zeros, shape) }
  // Each of the operands is gathered first: the table itself is never as large as its numbers.
  func gathered(_ x: GraphTensor) throws(Diagnostic) -> GraphTensor { try node.gather(x, places, axis: axis) }
  let taken = try gathered(numbers), scale = try gathered(scales), zero = try zeros.map { x throws(Diagnostic) in try gathered(x) }
  let along = blockAxis < axis ? blockAxis : blockAxis + places.rank - 1
  let type = scales.elementType, wide = type.accumulator
  let tables = [graph.value(scale)] + (zero.map { [graph.value($0)] } ?? [])
  let result = graph.map([Operand(taken, taken.shape.indices.map { $0 })], shape: taken.shape, type) { b, e in
    let s = Scalars(b, wide)
    var place = taken.shape.indices.map { b.position($0) }
    place[along] = b.binary("arith.divui", place[along], b.index(size))
    let read = tables.map { b.element($0, place) }
    let origin = zero.map { s.convert(read[1], from: $0.elementType) } ?? s.constant(middle)
    let value = s.multiply(s.subtract(s.convert(e[0], from: taken.elementType), origin), s.convert(read[0], from: type))
    return Scalars(b, type).convert(value, from: wide)
  }
  return [result]
}
