import Constants
import Diagnostics
import MLIR
import ModuleFormat

/// One node under import, as the lowering of its operator sees it.
struct Node {
  let importer: GraphImporter
  let walker: GraphWalker
  let proto: NodeProto
  /// The version of the operator set of the node's domain.
  let opset: Int
  /// The node's name, or `<op_type>_<index>`.
  let label: String
  /// The inputs in order; `nil` where an optional one is left out.
  let inputs: [Tensor?]

  var context: Context { importer.context }
  var indices: IndexTable { importer.indices }
  /// How many results the model uses or names.
  var outputCount: Int { proto.outputs.count }
  /// `true` iff output `i` has a name.
  func hasOutput(_ i: Int) -> Bool { i < proto.outputs.count && !proto.outputs[i].isEmpty }

  // MARK: inputs

  /// Input `i`, which the operator needs.
  func input(_ i: Int) throws(Diagnostic) -> Tensor {
    guard let tensor = optionalInput(i) else { throw .missingInput(self, i) }
    return tensor
  }

  /// Input `i`, or `nil` if it is left out.
  func optionalInput(_ i: Int) -> Tensor? { i < inputs.count ? inputs[i] : nil }

  /// Input `i` of a rank within `ranks`.
  func input(_ i: Int, ranks: ClosedRange<Int>) throws(Diagnostic) -> Tensor {
    let tensor = try input(i)
    guard ranks.contains(tensor.rank) else { throw .wrongRank(self, tensor, expected: ranks) }
    return tensor
  }

  /// The elements of integer input `i` on the host: known, computed from shapes, or read back from a tensor of at most rank 1.
  func hostInput(_ i: Int) throws(Diagnostic) -> [IndexExpression] { try hostElements(try input(i)) }

  /// The elements of `tensor` on the host.
  func hostElements(_ tensor: Tensor) throws(Diagnostic) -> [IndexExpression] {
    if let host = tensor.host { return host }
    if isOpenList(tensor) { throw .openList(self, tensor) }
    guard tensor.elementType.isInteger, tensor.rank <= 1, let count = tensor.knownCount, count <= Tensor.hostElementLimit else {
      throw .notAShape(self, tensor)
    }
    let value = importer.value(tensor)
    return (0..<count).map { i in
      let position = tensor.rank == 0 ? [] : [importer.builder.index(i)]
      let element = importer.builder.element(value, position)
      return indices.opaque(importer.builder.value("arith.index_cast", [element], type: .index(context)))
    }
  }

  /// The elements of integer input `i`, which must be constant.
  func knownIntegers(_ i: Int) throws(Diagnostic) -> [Int] {
    let tensor = try input(i)
    if tensor.knownCount == 0 { return [] }
    guard let known = tensor.host?.known else { throw .mustBeConstant(self, tensor) }
    return known
  }

  /// `true` iff input `i` is there, and its elements are not known now.
  func isComputed(_ i: Int) -> Bool {
    guard let tensor = optionalInput(i) else { return false }
    return tensor.host?.known == nil && tensor.knownCount != 0
  }

  /// The elements of input `i`, which must be constant.
  func knownNumbers(_ i: Int) throws(Diagnostic) -> [Double] {
    let tensor = try input(i)
    guard let known = tensor.knownNumbers else { throw .mustBeConstant(self, tensor) }
    return known
  }

  /// Throws unless all of `tensors` have one element type.
  func requireSameType(_ tensors: [Tensor]) throws(Diagnostic) {
    guard let first = tensors.first, let other = tensors.first(where: { $0.elementType != first.elementType }) else { return }
    throw .differentTypes(self, first, other)
  }

  /// Throws unless the element type of `tensor` is of a class.
  func require(_ tensor: Tensor, _ operands: OperandClass) throws(Diagnostic) {
    guard operands.contains(tensor.elementType) else { throw .wrongType(self, tensor, expected: operands.rawValue) }
  }

  /// Throws unless `tensor` has the shape; what cannot be told now, the run checks.
  func requireShape(_ tensor: Tensor, _ shape: [IndexExpression]) throws(Diagnostic) {
    guard tensor.rank == shape.count else { throw .wrongRank(self, tensor, expected: shape.count...shape.count) }
    let what = tensor.name.isEmpty ? "the sizes of an operand" : "the sizes of '\(tensor.name)'"
    for (own, wanted) in zip(tensor.shape, shape) where importer.unify(own, wanted, what) == nil {
      let sizes = shape.map { $0.known.map(String.init) ?? "?" }.joined(separator: ", ")
      throw .wrongShape(self, tensor, "the shape [\(sizes)]")
    }
  }

  /// `tensor` of integers, each of which the kernel that reads it checks to be at least `low` and below `high`; what is known is checked now.
  func checked(
    _ tensor: Tensor, _ failure: KernelFailure, from low: IndexExpression, below high: IndexExpression
  ) throws(Diagnostic) -> Tensor {
    try require(tensor, .integer)
    if let known = tensor.host?.known, let low = low.known, let high = high.known {
      guard let wrong = known.first(where: { $0 < low || $0 >= high }) else { return tensor }
      throw .elementOutOfRange(self, tensor, wrong, from: low, below: high)
    }
    let bounds = (importer.index(low), importer.index(high)), all: [Int?] = tensor.shape.indices.map { $0 }
    let type = tensor.elementType
    return importer.map([Operand(tensor, all)], shape: tensor.shape, .i64) { b, e in
      let wide = Scalars(b, .i64).convert(e[0], from: type), index = b.asIndex(wide)
      // As unsigned numbers 2^63 and more are negative here, and out of range as they should be.
      let isInside = b.and(b.compare(.lessOrEqual, bounds.0, index), b.compare(.less, index, bounds.1))
      b.require(isInside, failure.name)
      return b.select(isInside, wide, b.i64(bounds.0))
    }
  }

  /// `size / divisor` without a rest; what cannot be told now, the run checks. `nil` if there is a rest.
  func exactQuotient(_ size: IndexExpression, by divisor: Int, _ what: String) -> IndexExpression? {
    if let quotient = size.divided(by: IndexExpression(divisor)) { return quotient }
    if size.known != nil { return nil }
    let quotient = indices.floorDivide(size, IndexExpression(divisor))
    importer.require(
      importer.compare(.equal, importer.index(quotient * divisor), importer.index(size)), "\(what) must be a multiple of \(divisor)")
    return quotient
  }

  /// The element count of `tensor` checked against what fits into memory is the caller's; this checks an axis: -rank ..< rank, as 0 ..< rank.
  func axis(_ axis: Int, rank: Int) throws(Diagnostic) -> Int {
    guard axis >= -rank, axis < rank else { throw .axisOutOfRange(self, axis, rank: rank) }
    return axis < 0 ? axis + rank : axis
  }

  /// Axes checked and sorted, without repetition.
  func axes(_ axes: [Int], rank: Int) throws(Diagnostic) -> [Int] {
    var list: [Int] = []
    for item in axes {
      let axis = try axis(item, rank: rank)
      guard !list.contains(axis) else { throw .invalidAttribute(self, "axes", "\(axes)", expected: "each axis once") }
      list.append(axis)
    }
    return list.sorted()
  }

  // MARK: attributes

  private func attribute(_ name: String) -> AttributeProto? { proto.attributes.first { $0.name == name } }

  func integer(_ name: String, default value: Int) -> Int { attribute(name)?.integer.map(Int.init) ?? value }
  func integer(_ name: String) -> Int? { attribute(name)?.integer.map(Int.init) }
  func flag(_ name: String) -> Bool { integer(name, default: 0) != 0 }
  func float(_ name: String, default value: Double) -> Double { attribute(name)?.float.map(Double.init) ?? value }
  func string(_ name: String, default value: String) -> String { attribute(name)?.string ?? value }
  func integers(_ name: String) -> [Int]? { attribute(name)?.integers.map(Int.init) }
  func floats(_ name: String) -> [Float]? { attribute(name)?.floats.map(Float.init(bitPattern:)) }
  func strings(_ name: String) -> [String]? { attribute(name)?.strings }
  func tensor(_ name: String) -> TensorProto? { attribute(name)?.tensor.first }
  func sparseTensor(_ name: String) -> SparseTensorProto? { attribute(name)?.sparse.first }
  func graph(_ name: String) -> GraphProto? { attribute(name)?.graph.first }
  /// `true` iff the attribute is given.
  func hasAttribute(_ name: String) -> Bool { attribute(name) != nil }

  /// The integers of attribute `name` as a list of `count` numbers within `bounds`, all `value` if it is not given.
  func integers(_ name: String, count: Int, default value: Int, in bounds: ClosedRange<Int>) throws(Diagnostic) -> [Int] {
    guard let list = integers(name), !list.isEmpty else { return Array(repeating: value, count: count) }
    guard list.count == count, list.allSatisfy(bounds.contains) else {
      throw .invalidAttribute(self, name, "\(list)", expected: "\(count) numbers from \(bounds.lowerBound) to \(bounds.upperBound)")
    }
    return list
  }

  // MARK: results

  /// A tensor kept on the host, if it is small and integer; else `nil`.
  func hostTensor(_ type: ElementType, _ shape: [IndexExpression], _ elements: () -> [IndexExpression]?) -> Tensor? {
    guard type.isInteger || type == .bool, let count = shape.product.known, count <= Tensor.hostElementLimit, count >= 0 else { return nil }
    guard let host = elements() else { return nil }
    return Tensor(type, shape, host: host)
  }
}
