import ModuleFormat
import Synchronization

/// A module on a device, ready to be called. Calls from several threads wait for each other.
public final class Session: Sendable {
  /// The module.
  public let module: Module
  /// The device.
  public let device: any Device
  /// What runs the host program, one call at a time.
  private let interpreter: Mutex<Interpreter>
  /// Ends the running call.
  private let interruption = Interruption()

  /// Loads the module's kernels on `device`. Errors: the device lacks a feature that the module needs.
  public init(_ module: Module, device: any Device) throws(RuntimeError) {
    guard module.description.devices.contains(where: { $0.name == device.name }) else {
      throw .wrongDevice(device.name, wanted: module.description.devices.map(\.name))
    }
    self.module = module
    self.device = device
    var executables: [any Executable] = []
    for executable in module.description.executables { executables.append(try device.load(executable)) }
    let commands = try device.makeCommandList(module: module.description, executables: executables)
    interpreter = Mutex(Interpreter(module: module, commands: commands, interruption: interruption))
  }

  /// Calls an exported function. Inputs are checked against its signature: number, types, ranks, extents. The last ones may be left out
  /// where they have defaults.
  public func call(_ name: String, _ inputs: [Tensor]) throws(RuntimeError) -> [Tensor] { try call(module.function(named: name), inputs) }

  /// Calls an exported function that takes or gives lists. Inputs are checked against its signature.
  public func call(_ name: String, values inputs: [RuntimeValue]) throws(RuntimeError) -> [RuntimeValue] {
    try call(module.function(named: name), inputs)
  }

  /// Checks the inputs, and calls a function once no other call runs.
  private func call<Value: CallValue>(_ function: ProgramFunction, _ inputs: [Value]) throws(RuntimeError) -> [Value] {
    let inputs = try module.completed(inputs, of: function)
    try function.signature.check(inputs)
    return try interpreter.withLock { (interpreter) throws(RuntimeError) in try interpreter.call(function, inputs) }
  }

  /// Calls an exported function with inputs by name, those without a default at least; returns its outputs by name.
  public func call(_ name: String, _ inputs: [String: Tensor]) throws(RuntimeError) -> [String: Tensor] {
    let function = try module.function(named: name).signature.function
    for given in inputs.keys where !function.inputs.contains(where: { $0.name == given }) {
      throw .unknownInput(function, given)
    }
    var ordered: [Tensor] = []
    for (index, input) in function.inputs.enumerated() {
      var tensor = inputs[input.name]
      if tensor == nil { tensor = try module.defaultInput(index, of: function) }
      guard let tensor else { throw .wrongInput(function, index, "it is missing") }
      ordered.append(tensor)
    }
    let outputs = try call(name, ordered)
    return Dictionary(zip(function.outputs.map(\.name), outputs)) { first, _ in first }
  }

  /// Ends the running call with an error at its next branch; for callers that need to stop a long or endless loop.
  public func interrupt() { interruption.request() }

  /// Where the time of dispatches goes, from the next call on; `nil` (the default) measures nothing.
  public func setTiming(_ timing: DispatchTiming?) { withInterpreter { $0.commands.setTiming(timing) } }

  /// Calls `body` with the interpreter while no call runs.
  func withInterpreter(_ body: (inout sending Interpreter) -> Void) { interpreter.withLock { body(&$0) } }
}
