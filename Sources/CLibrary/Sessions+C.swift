import TesseraCInterface
import TesseraModuleFormat
import TesseraRuntime

@_cdecl("tessera_session_create") public func sessionCreate(
  _ module: OpaquePointer?, _ devices: UnsafePointer<OpaquePointer?>?, _ deviceCount: Int, _ session: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  reporting { () throws(RuntimeError) in
    let module: HandledModule = try HandleTable.content(of: module, "module")
    let session = try Arguments.required(session, "session")
    var chosen: [any Device] = []
    for device in try Arguments.elements(devices, deviceCount, "devices") {
      chosen.append(try HandleTable.content(of: device, "devices", as: HandledDevice.self).device)
    }
    if chosen.isEmpty { chosen = try SharedDevices.devices(for: module.module) }
    let made = try Session(module.module, devices: chosen)
    session.pointee = try HandleTable.add(HandledSession(made))
    Log.write(.debug) { "made a session on \(chosen.map(\.name).joined(separator: ", "))" }
  }
}

@_cdecl("tessera_session_release") public func sessionRelease(_ session: OpaquePointer?) -> Int32 {
  reporting { () throws(RuntimeError) in try HandleTable.release(session, "session", as: HandledSession.self) }
}

@_cdecl("tessera_session_interrupt") public func sessionInterrupt(_ session: OpaquePointer?) -> Int32 {
  reporting { () throws(RuntimeError) in try HandleTable.content(of: session, "session", as: HandledSession.self).session.interrupt() }
}

@_cdecl("tessera_session_call") public func sessionCall(
  _ session: OpaquePointer?, _ function: OpaquePointer?, _ inputs: UnsafePointer<tessera_input>?, _ inputCount: Int,
  _ outputs: UnsafeMutablePointer<tessera_output>?, _ outputCount: Int
) -> Int32 {
  reporting { () throws(RuntimeError) in
    let (session, function) = try callee(session, function)
    guard outputCount == function.outputs.count else { throw .wrongOutputCount(function.function, given: outputCount) }
    let outputs = outputCount == 0 ? nil : try Arguments.required(outputs, "outputs")
    let inputs = try values(of: inputs, inputCount, function)
    let results = try session.call(function.function.name, values: inputs)
    guard let outputs else { return }
    // Handles are made once nothing can fail any more but they.
    for (index, result) in results.enumerated() where outputs[index].data != nil {
      try write(result, to: &outputs[index], function.function, index)
    }
    guard results.indices.contains(where: { outputs[$0].data == nil }) else { return }
    let exclusive = exclusiveTensors(results, inputs)
    for (index, result) in results.enumerated() where outputs[index].data == nil {
      do throws(RuntimeError) { outputs[index].value = try HandleTable.add(HandledValue(result, isExclusive: exclusive[index])) } catch {
        for made in 0..<index where outputs[made].data == nil {
          try HandleTable.release(outputs[made].value, "value", as: HandledValue.self)
        }
        throw error
      }
    }
  }
}

/// Returns what is called. Errors: a handle is none, or the function is of another module.
private func callee(_ session: OpaquePointer?, _ function: OpaquePointer?) throws(RuntimeError) -> (Session, HandledFunction) {
  let session = try HandleTable.content(of: session, "session", as: HandledSession.self).session
  let function: HandledFunction = try HandleTable.content(of: function, "function")
  guard function.module === session.module else { throw .foreignFunction(function.function.name) }
  return (session, function)
}

/// Returns the inputs of a blocking call. Memory of the caller is read in place, or by a copy of the call's where it begins at no multiple of 64.
private func values(
  of inputs: UnsafePointer<tessera_input>?, _ count: Int, _ function: HandledFunction
) throws(RuntimeError) -> [RuntimeValue] {
  // More than there can be are not read: the number is wrong, and what stands there may be.
  guard count >= 0, count <= function.inputs.count else { throw .wrongInputCount(function.function, given: count) }
  var values: [RuntimeValue] = []
  values.reserveCapacity(count)
  for input in try Arguments.elements(inputs, count, "inputs") {
    if let value = input.value {
      values.append(try HandleTable.content(of: value, "inputs", as: HandledValue.self).value)
    } else {
      let type = try Arguments.bytesType(input.type), shape = try Arguments.shape(input.rank, input.extents)
      values.append(.tensor(try Tensor(lending: try Arguments.bytes(input.data, input.byte_count, "inputs"), type, shape)))
    }
  }
  return values
}

/// Writes an output to the caller's memory.
private func write(
  _ value: RuntimeValue, to output: inout tessera_output, _ function: FunctionDescription, _ index: Int
) throws(RuntimeError) {
  guard let tensor = value.tensor else { throw .wrongOutput(function, index, "a list needs a new value, not memory") }
  guard tensor.elementType != .string else { throw .wrongOutput(function, index, "strings have no fixed size") }
  let capacity = UInt(bitPattern: output.byte_count)
  guard UInt(tensor.byteCount) <= capacity else {
    throw .wrongOutput(function, index, "\(tensor.typeText) takes \(tensor.byteCount) bytes, but memory of \(capacity) was given")
  }
  if let extents = output.extents {
    guard UInt(tensor.shape.count) <= UInt(bitPattern: output.extent_capacity) else {
      throw .wrongOutput(
        function, index, "\(tensor.typeText) has \(tensor.shape.count) dimensions, but there is room for \(output.extent_capacity)")
    }
    for (axis, extent) in tensor.shape.enumerated() { extents[axis] = Int64(extent) }
  }
  tensor.withUnsafeBytes { UnsafeMutableRawBufferPointer(start: output.data, count: tensor.byteCount).copyMemory(from: $0) }
  output.rank = tensor.shape.count
  output.value = nil
}

/// Returns which of a call's outputs are tensors in memory that nothing else reads: no other output, no input, no constant.
private func exclusiveTensors(_ outputs: [RuntimeValue], _ inputs: [RuntimeValue]) -> [Bool] {
  outputs.enumerated().map { index, output in
    guard let tensor = output.tensor, tensor.isInOwnMemory else { return false }
    if inputs.contains(where: { $0.tensors.contains { $0.sharesMemory(with: tensor) } }) { return false }
    return !outputs.enumerated().contains { other, value in other != index && value.tensors.contains { $0.sharesMemory(with: tensor) } }
  }
}

@_cdecl("tessera_session_start") public func sessionStart(
  _ session: OpaquePointer?, _ function: OpaquePointer?, _ inputs: UnsafePointer<OpaquePointer?>?, _ inputCount: Int,
  _ completion: tessera_completion?, _ userData: UnsafeMutableRawPointer?, _ call: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  reporting { () throws(RuntimeError) in
    let (session, function) = try callee(session, function)
    let receiver = Receiver(completion: try Arguments.required(completion, "completion"), userData: userData)
    guard inputCount >= 0, inputCount <= function.inputs.count else { throw .wrongInputCount(function.function, given: inputCount) }
    let inputs = try values(inputs, inputCount, "inputs")
    let started = try session.start(function.function.name, values: inputs) { receiver.receive($0, inputs) }
    if let call { call.pointee = try HandleTable.add(HandledCall(started)) }
  }
}

/// Who receives how a call ended.
private struct Receiver: @unchecked Sendable {
  let completion: tessera_completion
  let userData: UnsafeMutableRawPointer?

  func receive(_ result: Result<[RuntimeValue], RuntimeError>, _ inputs: [RuntimeValue]) {
    do throws(RuntimeError) {
      let outputs = try result.get()
      let exclusive = exclusiveTensors(outputs, inputs)
      var handles: [OpaquePointer?] = []
      for (index, output) in outputs.enumerated() {
        handles.append(try HandleTable.add(HandledValue(output, isExclusive: exclusive[index])))
      }
      completion(userData, 0, "", "", handles, handles.count)
    } catch {
      completion(userData, error.code.number, error.message, error.id, nil, 0)
    }
  }
}

@_cdecl("tessera_call_cancel") public func callCancel(_ call: OpaquePointer?) -> Int32 {
  reporting { () throws(RuntimeError) in try HandleTable.content(of: call, "call", as: HandledCall.self).call.cancel() }
}

@_cdecl("tessera_call_release") public func callRelease(_ call: OpaquePointer?) -> Int32 {
  reporting { () throws(RuntimeError) in try HandleTable.release(call, "call", as: HandledCall.self) }
}
