import TesseraConstants
import TesseraMLIR

/// Builds one function of the IR from a graph: the state that the lowerings of all operators share.
package final class GraphBuilder {
  package let context: Context
  /// The globals of the module.
  package let globals: GlobalTable
  /// Where globals go: before the function.
  private let outside: Builder
  /// The end of the block under construction, with the location of the node under import.
  package var builder: Builder
  package let indices = IndexTable()
  /// Remarks for the user.
  package var notes: [String] = []
  /// Tensors whose values were made in the region at hand.
  package var tensorsOfRegion: [GraphTensor] = []
  private let entry: Block
  /// The bytes of the globals.
  package var constants: ConstantStore { globals.constants }

  /// Creates a builder that appends to the entry block of `function`, in whose module `globals` stand.
  package init(context: Context, globals: GlobalTable, function: Operation) {
    self.context = context
    self.globals = globals
    outside = Builder(context, before: function)
    entry = function.body() ?? function.regions[0].appendBlock([], function.location)
    builder = Builder(context, at: entry, location: function.location)
  }

  /// `true` iff what is made now stands in a branch or loop of the function.
  package var isInRegion: Bool { builder.block != entry }

  // MARK: tensors in the IR

  /// The tensor of `tensor` in the IR, made now if it is not there yet.
  package func value(_ tensor: GraphTensor) -> Value {
    if let value = tensor.value { return value }
    let value: Value
    switch tensor.form {
    case .host(let elements): value = makeTensor(tensor, of: elements)
    case .constant(let bytes): value = makeConstant(tensor, bytes)
    case .computed, .sequence, .list: fatalError("compiler bug: the tensor '\(tensor.name)' has no elements")
    }
    tensor.value = value
    if isInRegion { tensorsOfRegion.append(tensor) }
    return value
  }

  private func makeTensor(_ tensor: GraphTensor, of host: [IndexExpression]) -> Value {
    let element = tensor.elementType.type(context)
    if let known = host.known, let literal = Self.literal(known, tensor) {
      if let dense = Attribute("dense<\(literal)> : \(tensor.type(context))", context) { return builder.constant(dense) }
    }
    let elements = host.map { expression -> Value in
      let index = indices.value(expression, builder)
      if tensor.elementType == .bool { return builder.compare(.notEqual, index, builder.index(0)) }
      return builder.value("arith.index_cast", [index], type: element)
    }
    return builder.value("tensor.from_elements", elements, type: tensor.type(context))
  }

  /// The text of known elements, nested as MLIR wants it.
  private static func literal(_ known: [Int], _ tensor: GraphTensor) -> String? {
    guard let shape = tensor.shape.known else { return nil }
    if known.isEmpty { return "" }
    func nested(_ axis: Int, _ slice: ArraySlice<Int>) -> String {
      if axis == shape.count {
        let number = slice.first ?? 0
        return tensor.elementType == .bool ? (number != 0 ? "true" : "false") : "\(number)"
      }
      let step = slice.count / max(shape[axis], 1)
      let parts = (0..<shape[axis]).map { nested(axis + 1, slice.dropFirst($0 * step).prefix(step)) }
      return "[\(parts.joined(separator: ", "))]"
    }
    return nested(0, known[...])
  }

  private func makeConstant(_ tensor: GraphTensor, _ bytes: ConstantBytes) -> Value {
    let type = tensor.type(context)
    if tensor.knownCount == 1, tensor.elementType != .bool {
      if let dense = bytes.withBytes({ Attribute.dense(type, bytes: $0) }) { return builder.constant(dense) }
    }
    let symbol = global(for: tensor, bytes)
    return builder.loadGlobal(symbol, type)
  }

  /// The name of a global with the type of `tensor` and these bytes.
  package func global(for tensor: GraphTensor, _ bytes: ConstantBytes) -> String {
    let type = tensor.type(context)
    if let symbol = globals.symbol(of: bytes, type) { return symbol }
    let symbol = globals.add(tensor.name.isEmpty ? "constant" : tensor.name, bytes, type)
    outside.global(symbol, type)
    return symbol
  }

  // MARK: shapes

  /// The index value of `expression`.
  package func index(_ expression: IndexExpression) -> Value { indices.value(expression, builder) }

  /// An empty tensor to write into. Sizes that only the run knows are checked to be possible.
  package func empty(_ type: ElementType, _ shape: [IndexExpression]) -> Value {
    for (axis, size) in shape.enumerated() { requirePossible(size, axis) }
    let irType = Type.tensor(shape.map { $0.known ?? Type.dynamic }, type.type(context))
    return builder.empty(irType, shape.filter { $0.known == nil }.map(index))
  }

  /// Stops the call at run time unless `size` can be the size of dimension `axis` of a tensor.
  private func requirePossible(_ size: IndexExpression, _ axis: Int) {
    if size.known != nil || !indices.isNewSize(size) { return }
    let what = "the size of dimension \(axis) of its result is impossible"
    if !indices.isNeverNegative(size) { requireHere(compare(.greaterOrEqual, index(size), builder.index(0)), what) }
    if indices.isGivenByData(size) { requireHere(compare(.lessOrEqual, index(size), builder.index(Type.elementLimit)), what) }
  }

  /// Stops the call at run time unless `size` is at least 1: something is made of `what`, and of nothing it cannot be.
  package func requireElements(_ size: IndexExpression, _ what: String) {
    if size.known.map({ $0 >= 1 }) ?? false { return }
    requireHere(compare(.greaterOrEqual, index(size), builder.index(1)), "\(what) must have an element")
  }

  /// Stops the call at run time with a message that says `what` of the node under import unless `condition` (an i1) holds.
  package func requireHere(_ condition: Value, _ what: String) {
    require(condition, "operator '\(builder.location.sourceNames.joined(separator: ", "))': \(what)")
  }

  /// Stops the call at run time with `message` unless `condition` (an i1) holds.
  package func require(_ condition: Value, _ message: String) { builder.require(condition, message) }

  /// Compares two index values or integers.
  package func compare(_ order: Builder.Order, _ a: Value, _ b: Value) -> Value { builder.compare(order, a, b) }

  /// The reshaped tensor: same elements, same order, same count.
  package func reshape(_ tensor: GraphTensor, to shape: [IndexExpression]) -> GraphTensor {
    if tensor.shape == shape { return tensor }
    // Bytes of a constant stand under sizes that are known only.
    if shape.known != nil, tensor.host != nil || (tensor.constant != nil && tensor.value == nil) {
      return GraphTensor(name: tensor.name, tensor.elementType, shape, tensor.form)
    }
    let origin = tensor.origin ?? tensor
    let result = GraphTensor(
      name: tensor.name, tensor.elementType, shape, value: origin.shape == shape ? value(origin) : reshaped(origin, to: shape))
    result.origin = origin
    return result
  }
}

extension GraphBuilder {
  /// Checks first thing in the function what the import took the sizes of inputs to be.
  package func requireAssumedSizes() {
    guard let first = builder.block.operations.first else { return }
    indices.checkAssumptions(Builder(context, at: builder.block, before: first, location: builder.location))
  }
}
