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
    var outputs: [Tensor] = []
    for value in try call(name, values: inputs.map { .tensor($0) }) {
      guard let tensor = value.tensor else { throw .listOutput(name) }
      outputs.append(tensor)
    }
    return outputs
  }

  /// Calls an exported function that takes or gives lists. Inputs are checked against its signature.
  public func call(_ name: String, values inputs: [RuntimeValue]) throws(RuntimeError) -> [RuntimeValue] {
    let index = try module.index(of: name)
    try module.description.functions[index].check(inputs)
    let result: Result<[RuntimeValue], RuntimeError> = lock.withLock { _ in
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

/// The sizes that symbols of a signature stand for in a call, and where they were first seen.
struct SymbolSizes {
  fileprivate var sizes: [String: (size: Int, input: Int, axis: Int)] = [:]
}

extension FunctionDescription {
  /// Checks a tensor of input `index` against `info`: its type, its extents, and that dimensions of the same name are equal.
  func check(_ input: Tensor, _ info: TensorInfo, _ index: Int, _ symbols: inout SymbolSizes) throws(RuntimeError) {
    guard input.elementType == info.elementType else {
      throw .wrongInput(self, index, "expected elements of \(info.elementType.name), but \(input.typeText) was given")
    }
    guard let extents = info.extents else { return }
    let shape = input.shape
    guard shape.count == extents.count else {
      throw .wrongInput(
        self, index,
        "expected \(extents.count) dimension\(extents.count == 1 ? "" : "s") (\(info.typeText)), but \(input.typeText) has \(shape.count)")
    }
    for axis in extents.indices {
      switch extents[axis] {
      case .fixed(let size):
        guard size == shape[axis] else {
          throw .wrongInput(self, index, "expected dimension \(axis) to be \(size) (\(info.typeText)), but \(input.typeText) was given")
        }
      case .symbolic(let symbol):
        guard symbol != "?", !symbol.isEmpty else { continue }
        guard let known = symbols.sizes[symbol] else {
          symbols.sizes[symbol] = (shape[axis], index, axis)
          continue
        }
        guard known.size == shape[axis] else {
          let name = self.inputs[known.input].name
          throw .wrongInput(
            self, index,
            "dimension \(axis) ('\(symbol)') is \(shape[axis]), but dimension \(known.axis) of input \(known.input)\(name.isEmpty ? "" : " ('\(name)')") gave '\(symbol)' the size \(known.size)"
          )
        }
      }
    }
  }
}
