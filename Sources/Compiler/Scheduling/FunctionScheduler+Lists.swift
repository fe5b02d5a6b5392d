import TesseraDiagnostics
import TesseraDialects
import TesseraMLIR
import TesseraModuleFormat

/// Operations on lists. Each ends the segment: what becomes an element is in its place by then, with memory of its own.
extension FunctionScheduler {
  /// Returns the register of a list.
  private func list(_ value: Value, in operation: Operation) throws(Diagnostic) -> Int {
    guard let register = lists[value] else { throw .schedulingBug(operation, "uses a value that is not a list of the host program") }
    return register
  }

  /// Returns a value that becomes an element, or leaves the block.
  func referenceValue(_ value: Value, in operation: Operation) throws(Diagnostic) -> ReferenceValue {
    value.type.isList ? .list(try list(value, in: operation)) : .tensor(try tensor(value, in: operation))
  }

  /// Returns the element type called `name` of tensors of the IR type `type`.
  func elementType(named name: String, _ type: Type) throws(Diagnostic) -> ElementType {
    let stored = try elementType(type.element)
    guard let element = ElementType(name: name), element.byteCount == stored.byteCount else { throw .unsupportedType(type, in: self.name) }
    return element
  }

  /// Returns a value that becomes an element, with the element type called `name`.
  private func element(_ value: Value, _ name: String, in operation: Operation) throws(Diagnostic) -> ReferenceValue {
    guard case .tensor(var tensor) = try referenceValue(value, in: operation) else { return try referenceValue(value, in: operation) }
    tensor.elementType = try elementType(named: name, value.type)
    // A reference that is there may be of another sign.
    tensor.register = nil
    return .tensor(tensor)
  }

  /// Lowers an operation on a list.
  func lower(_ list: ListOp) throws(Diagnostic) {
    let operation = list.operation
    let result = operation.result(0), operands = operation.operands
    let site: ListSite
    switch list.kind {
    case .make:
      let register = code.referenceRegister()
      lists[result] = register
      var elements: [ReferenceValue] = []
      for (operand, name) in zip(operands, list.elementTypes) { elements.append(try element(operand, name, in: operation)) }
      site = .make(to: register, elements)
    case .insert:
      let register = code.referenceRegister()
      lists[result] = register
      site = .insert(
        to: register, list: try self.list(operands[0], in: operation), position: try scalar(operands[1], in: operation),
        try element(operands[2], list.elementTypes[0], in: operation))
    case .erase:
      let register = code.referenceRegister()
      lists[result] = register
      site = .plain(
        .listErase(to: register, list: try self.list(operands[0], in: operation), position: try scalar(operands[1], in: operation)))
    case .count:
      let register = code.integerRegister()
      scalars[result] = .register(register)
      site = .plain(.listCount(to: register, list: try self.list(operands[0], in: operation)))
    case .join:
      let register = code.referenceRegister(), (axis, isNew) = list.joint
      var shape = result.type.shape.map { IntegerOperand.immediate($0 == Type.dynamic ? -1 : Int64($0)) }
      if isNew { shape.remove(at: axis) } else { shape[axis] = -1 }
      end(
        .join(
          .listJoin(
            to: register, list: try self.list(operands[0], in: operation), axis: axis, isNew: isNew ? 1 : 0,
            elementType: try elementType(named: list.elementTypes[0], result.type), shape: shape)))
      tensors[result] = try received(in: register, result.type)
      return
    case .element:
      let register = code.referenceRegister()
      if result.type.isList { lists[result] = register }
      site = .plain(
        .listElement(to: register, list: try self.list(operands[0], in: operation), position: try scalar(operands[1], in: operation)))
      end(site)
      if result.type.isTensor { try receiveElement(result, register, list.elementTypes[0]) }
      return
    }
    end(site)
  }

  /// Ends the segment with an operation on a list.
  private func end(_ site: ListSite) {
    for tensor in site.tensors { escape(tensor.storage) }
    current.segment.list = site
    endSegment()
  }

  /// Checks the type of an element, and makes it known as a tensor.
  private func receiveElement(_ result: Value, _ register: Int, _ name: String) throws(Diagnostic) {
    let element = try elementType(named: name, result.type)
    let shape = result.type.shape.map { IntegerOperand.immediate($0 == Type.dynamic ? -1 : Int64($0)) }
    code.append(.checkTensor(register, elementType: element, shape: shape))
    tensors[result] = try received(in: register, result.type)
  }

  /// `arith.select` between two lists.
  func lowerListSelect(_ operation: Operation) throws(Diagnostic) {
    let register = code.referenceRegister()
    lists[operation.result(0)] = register
    end(
      .choose(
        to: register, condition: try scalar(operation.operand(0), in: operation), then: try list(operation.operand(1), in: operation),
        otherwise: try list(operation.operand(2), in: operation)))
  }

  /// Writes the operation on a list that ends a segment.
  func emit(_ site: ListSite) {
    switch site {
    case .make(let to, let elements): code.append(.list(to: to, elements: elements.map(reference)))
    case .insert(let to, let list, let position, let element):
      code.append(.listInsert(to: to, list: list, position: position, element: reference(element)))
    case .plain(let instruction): code.append(instruction)
    case .join(let instruction):
      code.append(instruction)
      // It completes the pending commands.
      current.pendingDevices = []
    case .choose(let to, let condition, let then, let otherwise): emitChoice(to: to, condition, then: then, otherwise: otherwise)
    }
  }
}
