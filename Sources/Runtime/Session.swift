import Synchronization
import TesseraModuleFormat

/// A module on its devices, ready to be called, by any number of threads at once.
///
/// Calls share the kernels and the constants; each has registers and memory of its own, which are kept for later calls. An error in a call,
/// its interruption, its timing, its trace and its observer do not concern others.
public final class Session: Sendable {
  /// The module.
  public let module: Module
  /// The devices, in the order of the module's table.
  public let devices: [any Device]
  /// What the devices run: all of the module but its constants, or the variant of it that they can load.
  public var description: ModuleDescription { program.description }
  /// The first device, which has what functions are given and return.
  public var device: any Device { devices[0] }
  /// The program that the devices run.
  let program: Program
  /// The kernels.
  private let executables: [any Executable]
  /// The constants that each device reads, where it has them; `nil` for others.
  private let constants: [[Storage?]]
  /// The states of calls.
  private let states: CallStates

  /// Loads the kernels of a module for one device. Errors: the module is for others, or the device lacks a feature that it needs.
  public convenience init(_ module: Module, device: any Device) throws(RuntimeError) { try self.init(module, devices: [device]) }

  /// Loads the module's kernels, each on its device; `devices` are in the order of the module's table, which says of what kind each is. Errors: they
  /// are others, or one lacks a feature that the module needs. Of several variants the first is taken that the devices can run, or the one of the number
  /// `variant`. Errors of that: there is none, or it does not fit.
  public init(_ module: Module, devices: [any Device], variant: Int? = nil) throws(RuntimeError) {
    let wanted = module.description.devices
    guard wanted.map(\.kind) == devices.map(\.name) else { throw .wrongDevices(devices.map(\.name), wanted: wanted.map(\.text)) }
    self.module = module
    self.devices = devices
    let program = try module.program(variant, for: devices)
    self.program = program
    var executables: [any Executable] = []
    for executable in program.description.executables { executables.append(try devices[executable.device].load(executable)) }
    self.executables = executables
    constants = try Self.place(module.file, of: program.description, on: devices)
    states = CallStates(try CallState(program, devices: devices, executables: executables, constants: constants))
  }

  /// Places the constants on the devices that read them.
  private static func place(
    _ file: ModuleFile, of program: ModuleDescription, on devices: [any Device]
  ) throws(RuntimeError) -> [[Storage?]] {
    var constants = [[Storage?]](repeating: Array(repeating: nil, count: file.constantCount), count: devices.count)
    for function in program.functions {
      for case .constant(_, let index, let device) in function.code where constants[device][index] == nil {
        let bytes = file.constant(index) ?? UnsafeRawBufferPointer(start: nil, count: 0)
        constants[device][index] = try devices[device].place(Storage(borrowing: bytes, owner: file))
      }
    }
    return constants
  }

  /// Calls an exported function on the calling thread, until it is done. Inputs are checked against its signature: number, types, ranks,
  /// extents. The last ones may be left out where they have defaults.
  public func call(_ name: String, _ inputs: [Tensor], options: CallOptions = CallOptions()) throws(RuntimeError) -> [Tensor] {
    try call(program.function(named: name), inputs, options)
  }

  /// Calls an exported function that takes or gives lists. Inputs are checked against its signature.
  public func call(
    _ name: String, values inputs: [RuntimeValue], options: CallOptions = CallOptions()
  ) throws(RuntimeError) -> [RuntimeValue] {
    try call(program.function(named: name), inputs, options)
  }

  /// Calls an exported function with inputs by name, those without a default at least; returns its outputs by name.
  public func call(
    _ name: String, _ inputs: [String: Tensor], options: CallOptions = CallOptions()
  ) throws(RuntimeError) -> [String: Tensor] {
    let function = try program.function(named: name)
    return function.named(try call(function, module.ordered(inputs, of: function), options))
  }

  /// Checks the inputs, and calls a function.
  private func call<Value: CallValue>(
    _ function: ProgramFunction, _ inputs: [Value], _ options: CallOptions
  ) throws(RuntimeError) -> [Value] {
    let inputs = try module.completed(inputs, of: function)
    try function.signature.check(inputs)
    let state = try takeState()
    defer { giveBack(state) }
    return try state.call(function, inputs, options)
  }

  /// Returns a state for a call that begins.
  func takeState() throws(RuntimeError) -> CallState {
    if let state = states.take() { return state }
    let state = try CallState(program, devices: devices, executables: executables, constants: constants)
    states.add(state)
    return state
  }

  /// Takes the state of a call that ended.
  func giveBack(_ state: CallState) { states.giveBack(state) }

  /// Ends all calls that run now with an error, each at its next branch or between two waves of its dispatches. Calls that begin later, and
  /// asynchronous calls that still wait for a thread, are not concerned; those have `Task.cancel()`.
  public func interrupt() { states.interrupt() }
}

/// The options of a call.
public struct CallOptions: Sendable {
  /// The timing that the call's dispatches are added to; `nil` measures nothing. Dispatches that are timed run one after the other.
  public var timing: DispatchTiming?
  /// The trace that the call is recorded in; `nil` records nothing.
  public var trace: Trace?
  /// The observer of the call's dispatches; `nil` is none.
  public var observer: (any DispatchObserver)?

  /// Creates options.
  public init(timing: DispatchTiming? = nil, trace: Trace? = nil, observer: (any DispatchObserver)? = nil) {
    self.timing = timing
    self.trace = trace
    self.observer = observer
  }
}

extension CallState {
  /// Calls a function with inputs that were checked.
  @inline(__always) func call<Value: CallValue>(
    _ function: ProgramFunction, _ inputs: [Value], _ options: CallOptions
  ) throws(RuntimeError) -> [Value] {
    try interpreter.withLock { (interpreter) throws(RuntimeError) in try interpreter.call(function, inputs, options) }
  }
}

extension Module {
  /// Returns inputs by name in the order of the signature. Errors: one is unknown, or missing and without a default.
  func ordered(_ inputs: [String: Tensor], of function: ProgramFunction) throws(RuntimeError) -> [Tensor] {
    let function = function.signature.function
    for given in inputs.keys where !function.inputs.contains(where: { $0.name == given }) {
      throw .unknownInput(function, given)
    }
    var ordered: [Tensor] = []
    for (index, input) in function.inputs.enumerated() {
      var tensor = inputs[input.name]
      if tensor == nil { tensor = try defaultInput(index, of: function) }
      guard let tensor else { throw .wrongInput(function, index, "it is missing") }
      ordered.append(tensor)
    }
    return ordered
  }
}

extension ProgramFunction {
  /// Returns outputs by their names.
  func named(_ outputs: [Tensor]) -> [String: Tensor] {
    Dictionary(zip(signature.function.outputs.map(\.name), outputs)) { first, _ in first }
  }
}
