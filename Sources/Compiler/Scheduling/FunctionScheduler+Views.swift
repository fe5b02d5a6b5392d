import TesseraDiagnostics
import TesseraMLIR
import TesseraModuleFormat

/// Host operations that give another view of a tensor, or read a part of it on the host.
extension FunctionScheduler {
  /// Lowers a tensor without content: memory that is not written.
  func lowerEmpty(_ operation: Operation) throws(Diagnostic) {
    let type = operation.result(0).type
    var sizes = operation.operands.makeIterator()
    var shape: [IntegerOperand] = []
    for size in type.shape { shape.append(size == Type.dynamic ? try scalar(sizes.next()!, in: operation) : .immediate(Int64(size))) }
    let element = try elementType(type.element)
    tensors[operation.result(0)] = TensorValue(
      storage: addStorage(byteCount(shape, element)), shape: shape, elementType: element)
  }

  func lowerDimension(_ operation: Operation) throws(Diagnostic) {
    let shape = try tensor(operation.operand(0), in: operation).shape
    let number = try scalar(operation.operand(1), in: operation)
    guard case .immediate(let axis) = number else {
      let isThere = code.compare(.ult, number, .immediate(Int64(shape.count)))
      let message = tables.string("'tensor.dim' asks for dimension {0} of a tensor of \(shape.count)")
      code.append(.check(isThere, message: message, values: [number]))
      scalars[operation.result(0)] = shape.indices.reversed().reduce(0) { rest, axis in
        code.select(code.compare(.eq, number, .immediate(Int64(axis))), shape[axis], rest)
      }
      return
    }
    guard shape.indices.contains(Int(axis)) else { throw .schedulingBug(operation, "asks for an axis that is not there") }
    scalars[operation.result(0)] = shape[Int(axis)]
  }

  /// Reshapes and casts: the same bytes with another shape.
  func lowerView(_ operation: Operation) throws(Diagnostic) {
    let source = try tensor(operation.operand(0), in: operation)
    let type = operation.result(0).type
    var view = source
    switch operation.name {
    case "tensor.cast":
      guard type.isTensor, type.rank == source.shape.count else { throw .unsupportedHostOperation(operation, "the rank changes") }
      view.shape = zip(type.shape, source.shape).map { $0 == Type.dynamic ? $1 : .immediate(Int64($0)) }
    case "tensor.bitcast":
      view.register = nil
      view.elementType = try elementType(type.element)
    case "tensor.expand_shape":
      view.register = nil
      var sizes = operation.operands.dropFirst().makeIterator()
      view.shape = []
      for size in operation.attribute("static_output_shape")?.denseIntegers ?? type.shape {
        view.shape.append(size == Type.dynamic ? try scalar(sizes.next()!, in: operation) : .immediate(Int64(size)))
      }
    case "tensor.collapse_shape":
      view.register = nil
      let groups = (operation.attribute("reassociation")?.arrayValue ?? []).map { ($0.arrayValue ?? []).compactMap(\.integerValue) }
      view.shape = zip(groups, type.shape).map { group, size in
        size == Type.dynamic ? code.product(group.map { source.shape[$0] }) : .immediate(Int64(size))
      }
    default:
      guard type.isTensor, type.hasStaticShape else { throw .unsupportedHostOperation(operation, "the new shape is not static") }
      view.register = nil
      view.shape = type.shape.map { .immediate(Int64($0)) }
    }
    tensors[operation.result(0)] = view
  }

  /// An element that the host reads: where a command of the segment writes the tensor, a new segment begins, which waits for it.
  func lowerExtract(_ operation: Operation) throws(Diagnostic) {
    let source = try tensor(operation.operand(0), in: operation)
    var index: IntegerOperand = 0
    for (operand, size) in zip(operation.operands.dropFirst(), source.shape) {
      index = code.integer(.add, code.integer(.mul, index, size), try scalar(operand, in: operation))
    }
    let offset = code.integer(.mul, index, .immediate(Int64(source.elementType.byteCount)))
    if isWrittenInSegment(source.storage) { endSegment() }
    let register = code.integerRegister()
    current.segment.loads.append(source.storage)
    code.append(
      .load(DeferredLoad(register: register, storage: source.storage, byteOffset: offset, elementType: source.elementType)))
    scalars[operation.result(0)] = .register(register)
  }

  /// `arith.select` between two whole tensors: a choice of reference.
  func lowerTensorSelect(_ operation: Operation) throws(Diagnostic) {
    let condition = try scalar(operation.operand(0), in: operation)
    let then = try tensor(operation.operand(1), in: operation)
    let otherwise = try tensor(operation.operand(2), in: operation)
    guard then.elementType == otherwise.elementType, then.shape.count == otherwise.shape.count else {
      throw .schedulingBug(operation, "selects between tensors of two types")
    }
    if case .immediate(let value) = condition {
      tensors[operation.result(0)] = value != 0 ? then : otherwise
      return
    }
    let shape = zip(then.shape, otherwise.shape).map { code.select(condition, $0, $1) }
    let register = code.referenceRegister()
    var storage = PlannedBuffer(byteCount: byteCount(shape, then.elementType), place: .whole(register))
    storage.aliases = [then.storage, otherwise.storage]
    storages.append(storage)
    current.segment.choices.append(
      ReferenceChoice(register: register, condition: condition, then: then, otherwise: otherwise))
    tensors[operation.result(0)] = TensorValue(
      storage: storages.count - 1, shape: shape, elementType: then.elementType, register: register)
  }
}
