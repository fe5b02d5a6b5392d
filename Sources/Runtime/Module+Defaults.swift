import TesseraModuleFormat

/// Inputs that a call may leave out, since the module has values for them.
extension Module {
  /// Returns what input `index` of an exported function is where a call leaves it out, in the module's own memory; `nil` where it may not.
  /// Errors: `DATA_LOSS` where the constant does not fit the shape.
  public func defaultInput(_ index: Int, of function: FunctionDescription) throws(RuntimeError) -> Tensor? {
    let info = function.inputs[index]
    guard let value = info.defaultValue, let bytes = file.constant(value.constant) else { return nil }
    guard try Tensor.byteCount(info.elementType, value.shape) == bytes.count else { throw .wrongDefault(function, info) }
    let tensor = Tensor(
      storage: Storage(borrowing: bytes, owner: file), byteOffset: 0, byteCount: bytes.count,
      type: TensorType(info.elementType, value.shape))
    guard info.elementType == .string else { return tensor }
    let numbers = bytes.withMemoryRebound(to: Int64.self) { Array($0) }
    return try Tensor(shape: value.shape, numbers: numbers, of: StringTable([[]] + description.strings.map { Array($0.utf8) }))
  }

  /// Returns the inputs of a call with the defaults of inputs left out at the end; unchanged if one of them has none.
  func completed<Value: CallValue>(_ inputs: [Value], of function: ProgramFunction) throws(RuntimeError) -> [Value] {
    let signature = function.signature.function
    guard inputs.count < signature.inputs.count else { return inputs }
    var all = inputs
    for index in inputs.count..<signature.inputs.count {
      guard let tensor = try defaultInput(index, of: signature), let value = Value(.tensor(tensor)) else { return inputs }
      all.append(value)
    }
    return all
  }
}

extension RuntimeError {
  /// The constant of a default has another size than its shape says.
  @inline(never) fileprivate static func wrongDefault(_ function: FunctionDescription, _ input: TensorInfo) -> RuntimeError {
    RuntimeError(.dataLoss, "the default of input '\(input.name)' of function '\(function.name)' does not fit its shape")
  }
}
