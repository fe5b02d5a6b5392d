import ModuleFormat
import Synchronization

/// A module on a device, ready to be called. Calls from several threads wait for each other.
public final class Session: @unchecked Sendable {
  /// The module.
  public let module: Module
  /// The device.
  public let device: any Device
  /// What runs the host program; used with the lock held.
  private let interpreter: Interpreter
  /// Held during a call.
  private let lock = Mutex(())

  /// Loads the module's kernels on `device`. Errors: the device lacks a feature that the module needs.
  public init(_ module: Module, device: any Device) throws(RuntimeError) {
    guard module.description.devices.contains(where: { $0.name == device.name }) else {
      throw .wrongDevice(device.name, wanted: module.description.devices.map(\.name))
    }
    self.module = module
    self.device = device
    var executables: [any Executable] = []
    for executable in module.description.executables { executables.append(try device.load(executable)) }
    interpreter = Interpreter(
      module: module, commands: try device.makeCommandList(module: module.description, executables: executables))
  }

  /// Calls an exported function. Inputs are checked against its signature: number, types, ranks, extents.
  public func call(_ name: String, _ inputs: [Tensor]) throws(RuntimeError) -> [Tensor] {
    let index = try module.index(of: name)
    try module.description.functions[index].check(inputs)
    let result: Result<[Tensor], RuntimeError> = lock.withLock { _ in
      do throws(RuntimeError) { return .success(try interpreter.call(index, inputs)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  /// Calls an exported function with inputs by name; returns its outputs by name.
  public func call(_ name: String, _ inputs: [String: Tensor]) throws(RuntimeError) -> [String: Tensor] {
    let function = module.description.functions[try module.index(of: name)]
    for given in inputs.keys where !function.inputs.contains(where: { $0.name == given }) {
      throw .unknownInput(function, given)
    }
    var ordered: [Tensor] = []
    for (index, input) in function.inputs.enumerated() {
      guard let tensor = inputs[input.name] else { throw .wrongInput(function, index, "it is missing") }
      ordered.append(tensor)
    }
    let outputs = try call(name, ordered)
    return Dictionary(zip(function.outputs.map(\.name), outputs)) { first, _ in first }
  }

  /// Ends the running call with an error at its next branch; for callers that need to stop a long or endless loop.
  public func interrupt() { interpreter.interruption.store(true, ordering: .relaxed) }

  /// Where the time of dispatches goes, from the next call on; `nil` (the default) measures nothing.
  public func setTiming(_ timing: DispatchTiming?) { withInterpreter { $0.commands.timing = timing } }

  /// Calls `body` with the interpreter while no call runs.
  func withInterpreter(_ body: (Interpreter) -> Void) { lock.withLock { _ in body(interpreter) } }
}

extension FunctionDescription {
  /// Checks `inputs` against the signature.
  func check(_ inputs: [Tensor]) throws(RuntimeError) {
    guard inputs.count == self.inputs.count else { throw .wrongInputCount(self, given: inputs.count) }
    var hasSymbols = false
    for index in inputs.indices {
      let input = inputs[index]
      guard input.elementType == self.inputs[index].elementType else {
        throw .wrongInput(self, index, "expected elements of \(self.inputs[index].elementType.name), but \(input.typeText) was given")
      }
      let shape = input.shape
      let count = self.inputs[index].shape.count
      guard shape.count == count else {
        throw .wrongInput(
          self, index,
          "expected \(count) dimension\(count == 1 ? "" : "s") (\(self.inputs[index].typeText)), but \(input.typeText) has \(shape.count)")
      }
      for axis in 0..<count {
        switch self.inputs[index].shape[axis] {
        case .fixed(let size):
          guard size == shape[axis] else {
            throw .wrongInput(
              self, index, "expected dimension \(axis) to be \(size) (\(self.inputs[index].typeText)), but \(input.typeText) was given")
          }
        case .symbolic: hasSymbols = true
        }
      }
    }
    if hasSymbols { try checkSymbols(inputs) }
  }

  /// Checks that dimensions of the same name are equal.
  private func checkSymbols(_ inputs: [Tensor]) throws(RuntimeError) {
    var sizes: [String: (size: Int, input: Int, axis: Int)] = [:]
    for index in inputs.indices {
      for (axis, dimension) in self.inputs[index].shape.enumerated() {
        guard case .symbolic(let symbol) = dimension, symbol != "?", !symbol.isEmpty else { continue }
        let size = inputs[index].shape[axis]
        guard let known = sizes[symbol] else {
          sizes[symbol] = (size, index, axis)
          continue
        }
        guard known.size == size else {
          let name = self.inputs[known.input].name
          throw .wrongInput(
            self, index,
            "dimension \(axis) ('\(symbol)') is \(size), but dimension \(known.axis) of input \(known.input)\(name.isEmpty ? "" : " ('\(name)')") gave '\(symbol)' the size \(known.size)"
          )
        }
      }
    }
  }
}
