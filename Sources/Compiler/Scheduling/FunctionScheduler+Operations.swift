import TesseraDiagnostics
import TesseraDialects
import TesseraKernels
import TesseraMLIR
import TesseraModuleFormat

/// Host operations on tensors, calls and checks. `FunctionScheduler+Scalars.swift` has arithmetic.
extension FunctionScheduler {
  /// Lowers one operation that is no terminator.
  func lower(_ operation: Operation) throws(Diagnostic) {
    switch operation.name {
    case DispatchOp.name: try lowerDispatch(operation)
    case TransferOp.name: try lower(TransferOp(operation)!)
    case "func.call": try lowerCall(operation)
    case "cf.assert": try lowerAssert(operation)
    case "arith.constant": try lowerConstant(operation)
    case "ml_program.global_load_const", "ml_program.global_load": try lowerGlobal(operation)
    case "tensor.empty": try lowerEmpty(operation)
    case "tensor.dim": try lowerDimension(operation)
    case "tensor.expand_shape", "tensor.collapse_shape", "tensor.cast", "tensor.reshape", "tensor.bitcast": try lowerView(operation)
    case "tensor.extract": try lowerExtract(operation)
    case "tensor.from_elements": try lowerElements(operation)
    case "arith.select" where operation.result(0).type.isTensor: try lowerTensorSelect(operation)
    case "arith.select" where operation.result(0).type.isList: try lowerListSelect(operation)
    default:
      if let list = ListOp(operation) {
        try lower(list)
      } else if let string = StringOp(operation) {
        try lower(string)
      } else {
        try lowerScalar(operation)
      }
    }
  }

  /// Returns the integer operand of a scalar value.
  func scalar(_ value: Value, in operation: Operation) throws(Diagnostic) -> IntegerOperand {
    guard let operand = scalars[value] else { throw .schedulingBug(operation, "uses a value that is not a scalar of the host program") }
    return operand
  }

  /// Returns the tensor of a value.
  func tensor(_ value: Value, in operation: Operation) throws(Diagnostic) -> TensorValue {
    guard let tensor = tensors[value] else { throw .schedulingBug(operation, "uses a value that is not a tensor of the host program") }
    return tensor
  }

  // MARK: commands

  private func lowerDispatch(_ operation: Operation) throws(Diagnostic) {
    guard let dispatch = DispatchOp(operation), !dispatch.executable.isEmpty else { throw .schedulingBug(operation, "names no executable") }
    let symbol = dispatch.executable
    guard let kernel = tables.kernelInfo[symbol] else { throw .schedulingBug(operation, "names '\(symbol)', which has no kernel") }
    let operands = operation.operands
    let scalarOperands = operands.filter { !$0.type.isTensor }
    var values: [IntegerOperand] = []
    for operand in scalarOperands { values.append(try scalar(operand, in: operation)) }
    var constants: [IntegerOperand] = []
    for (value, operand) in zip(values, scalarOperands) { constants.append(try kernelConstant(value, operand.type, in: operation)) }
    let device = tables.device(of: symbol)
    let tensorOperands = try operands.filter(\.type.isTensor).map { operand throws(Diagnostic) in try tensor(operand, in: operation) }
    let reads = try tensorOperands.map { tensor throws(Diagnostic) in try storage(of: tensor, on: device, in: operation) }
    guard kernel.constantCount == constants.count, kernel.bindingCount == reads.count + operation.resultCount else {
      throw .schedulingBug(
        operation,
        "passes \(constants.count) scalars and \(reads.count + operation.resultCount) tensors to '\(symbol)', which takes \(kernel.constantCount) and \(kernel.bindingCount)"
      )
    }
    let workgroups = try kernel.grid.map { term throws(Diagnostic) -> IntegerOperand in
      switch term.extent {
      case .fixed(let extent): .immediate(Int64((extent + term.tile - 1) / max(term.tile, 1)))
      case .scalar(let number) where values.indices.contains(number):
        code.integer(.ceilDivS, values[number], .immediate(Int64(max(term.tile, 1))))
      case .scalar: throw .schedulingBug(operation, "has a grid over a scalar that is not there")
      }
    }
    let tiles = code.product(workgroups)
    let sizes = tables.executables[symbol].map(DynamicSizes.init(resultsOf:)) ?? dispatch.resultSizes
    var writes: [Int] = []
    for result in operation.results {
      var shape: [IntegerOperand] = []
      for size in sizes.sizes(result.number) {
        switch size {
        case .fixed(let number): shape.append(.immediate(Int64(number)))
        case .scalar(let number) where values.indices.contains(number): shape.append(values[number])
        default:
          throw .schedulingBug(operation, "has a result with a dynamic size that 'flow.result_dims' of '\(symbol)' does not name")
        }
      }
      if !result.type.hasStaticShape { tables.counts.dynamicValues += 1 }
      let element = try elementType(result.type.element)
      let storage = addStorage(byteCount(shape, element), device: device)
      writes.append(storage)
      tensors[result] = TensorValue(storage: storage, shape: shape, elementType: element)
    }
    let inPlace = kernel.inPlace.map { result, operand in
      let made = operation.resultCount > result ? tensors[operation.result(result)] : nil
      let read = tensorOperands.indices.contains(operand) ? tensorOperands[operand] : nil
      return (result, operand, made.map { $0.shape == read?.shape && $0.elementType == read?.elementType } ?? false)
    }
    let site = tables.site(kernel, device: device, sourceOperators: operation.location.namesInModules)
    current.commands.append(
      HostCommand(
        kind: .dispatch(site: site, workgroups: kernel.fillsBorder ? code.integer(.maxS, tiles, 1) : tiles, constants: constants),
        reads: reads, writes: writes, inPlace: inPlace, device: device, segment: current.segmentNumber))
  }

  /// Adds a copy of `tensor` in memory of its own, and returns it.
  func copy(_ tensor: TensorValue) -> TensorValue {
    let device = storages[tensor.storage].device
    let storage = addStorage(byteCount(tensor.shape, tensor.elementType), device: device)
    current.commands.append(
      HostCommand(kind: .copy, reads: [tensor.storage], writes: [storage], device: device, segment: current.segmentNumber))
    return TensorValue(storage: storage, shape: tensor.shape, elementType: tensor.elementType)
  }

  // MARK: calls and checks

  private func lowerCall(_ operation: Operation) throws(Diagnostic) {
    guard let symbol = operation.attribute("callee")?.symbolName, let callee = tables.functions[symbol] else {
      throw .unsupportedHostOperation(operation, "the function has no body")
    }
    if (operation.operands + operation.results).contains(where: \.type.isList) {
      throw .unsupportedHostOperation(operation, "a function that takes or gives lists is called")
    }
    let hasScalars = (operation.operands + operation.results).contains { !$0.type.isTensor }
    if callee.isExported && hasScalars { throw .unsupportedHostOperation(operation, "a public function with scalars is called") }
    var call = CallSite(function: callee.number, integers: [], tensors: [], integerResults: [], referenceResults: [])
    for operand in operation.operands {
      if operand.type.isTensor {
        call.tensors.append(try tensor(operand, in: operation))
      } else {
        call.integers.append(try scalar(operand, in: operation))
      }
    }
    for result in operation.results {
      if result.type.isTensor {
        call.referenceResults.append(code.referenceRegister())
      } else {
        let register = code.integerRegister()
        call.integerResults.append(register)
        scalars[result] = .register(register)
      }
    }
    current.segment.call = call
    endSegment()
    var registers = call.referenceResults.makeIterator()
    for result in operation.results where result.type.isTensor {
      let value = try received(in: registers.next()!, result.type)
      // The function may return what it was given.
      storages[value.storage].aliases = call.tensors.map(\.storage)
      tensors[result] = value
    }
  }

  private func lowerAssert(_ operation: Operation) throws(Diagnostic) {
    let condition = try scalar(operation.operand(0), in: operation)
    if case .immediate(let value) = condition, value != 0 { return }
    var message = operation.attribute("msg")?.stringValue ?? "assertion failed"
    var values: [IntegerOperand] = []
    // Where two numbers are compared, the user wants to see both. The expected one is written first, unless canonicalization moved it: a constant.
    if let comparison = operation.operand(0).definingOperation, comparison.name == "arith.cmpi",
      let order = comparison.attribute("predicate")?.integerValue.flatMap(Builder.Order.init), let text = order.failure,
      let first = scalars[comparison.operand(0)], let second = scalars[comparison.operand(1)]
    {
      let isExpectedFirst = if case .immediate = second { false } else { order == .equal }
      values = isExpectedFirst ? [second, first] : [first, second]
      message += ": \(text)"
    }
    code.append(.check(condition, message: tables.string(message), values: values))
  }

  // MARK: constants

  private func lowerConstant(_ operation: Operation) throws(Diagnostic) {
    guard let value = operation.attribute("value") else { throw .schedulingBug(operation, "has no value") }
    let result = operation.result(0)
    guard result.type.isTensor else {
      if let number = value.floatValue {
        scalars[result] = .immediate(Int64(bitPattern: number.bitPattern))
      } else if let number = value.integerValue {
        // i1 is 0 or 1 here, and -1 in MLIR.
        scalars[result] = .immediate(Int64(result.type.bitWidth == 1 ? number & 1 : number))
      } else {
        throw .unsupportedHostOperation(operation, "a constant of type '\(result.type)'")
      }
      return
    }
    let element = try elementType(result.type.element)
    guard let bytes = value.elementBytes(result.type) else { throw .unsupportedHostOperation(operation, "a constant that is not dense") }
    define(result, constant: tables.constant(bytes), element)
  }

  private func lowerGlobal(_ operation: Operation) throws(Diagnostic) {
    guard let symbol = operation.attribute("global")?.symbolName, let number = tables.global(symbol) else {
      throw .schedulingBug(operation, "reads a global without bytes in the constant store")
    }
    let result = operation.result(0)
    guard result.type.isTensor, result.type.hasStaticShape else {
      throw .unsupportedHostOperation(operation, "a global of type '\(result.type)'")
    }
    define(result, constant: number, try elementType(result.type.element))
  }

  private func define(_ result: Value, constant: Int, _ element: ElementType) {
    tensors[result] = TensorValue(
      storage: constantStorage(constant), shape: result.type.shape.map { .immediate(Int64($0)) }, elementType: element)
  }

  private func lowerElements(_ operation: Operation) throws(Diagnostic) {
    let result = operation.result(0)
    let element = try elementType(result.type.element)
    var values: [IntegerOperand] = []
    for operand in operation.operands { values.append(try scalar(operand, in: operation)) }
    tensors[result] = try upload(values, element, result.type, in: operation)
  }

  /// Makes a tensor of scalars that the host computes: a constant if all are known, else memory that the host writes.
  func upload(
    _ values: [IntegerOperand], _ element: ElementType, _ type: Type, in operation: Operation
  ) throws(Diagnostic) -> TensorValue {
    let shape = (type.isTensor ? type.shape : []).map { IntegerOperand.immediate(Int64($0)) }
    if let bytes = element.bytes(of: values) {
      return TensorValue(storage: constantStorage(tables.constant(bytes)), shape: shape, elementType: element)
    }
    let size = IntegerOperand.immediate(Int64(values.count * element.byteCount))
    let register = code.referenceRegister()
    code.append(.allocate(to: register, byteCount: size))
    for (i, value) in values.enumerated() {
      code.append(.store(value, buffer: register, byteOffset: .immediate(Int64(i * element.byteCount)), elementType: element))
    }
    var storage = PlannedBuffer(byteCount: size, place: .whole(register))
    storage.isOwned = true
    storages.append(storage)
    return TensorValue(storage: storages.count - 1, shape: shape, elementType: element)
  }
}

extension Builder.Order {
  /// The message for a comparison of {0} and {1} that does not hold.
  fileprivate var failure: String? {
    switch self {
    case .equal: "{0} instead of {1}"
    case .less: "{0} is not below {1}"
    case .lessOrEqual: "{0} is above {1}"
    case .greater: "{0} is not above {1}"
    case .greaterOrEqual: "{0} is below {1}"
    default: nil
    }
  }
}

extension ElementType {
  /// Returns the bytes of elements, or `nil` if one is not known or the type has no simple form. Floats are `f64` bits, as in registers.
  func bytes(of values: [IntegerOperand]) -> [UInt8]? {
    var bytes: [UInt8] = []
    for value in values {
      guard case .immediate(let number) = value else { return nil }
      let bits: UInt64
      switch self {
      case .f32: bits = UInt64(Float(Double(bitPattern: UInt64(bitPattern: number))).bitPattern)
      case .f64: bits = UInt64(bitPattern: number)
      case let type where type.isInteger: bits = UInt64(bitPattern: number)
      default: return nil
      }
      for i in 0..<byteCount { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * i))) }
    }
    return bytes
  }
}
