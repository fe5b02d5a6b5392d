import TesseraConstants
import TesseraDiagnostics
import TesseraDialects
public import TesseraKernels
import TesseraMLIR
import TesseraModuleFormat

/// The tables that the functions of a module share: messages, dispatch sites, constants, kernels and counts.
final class ModuleTables {
  let kernelInfo: [String: KernelInfo]
  /// The names of the devices.
  let devices: [String]
  let store: ConstantStore
  /// Executable functions by symbol.
  let executables: [String: Operation]
  /// The number, the signature and the convention of every host function.
  var functions: [String: (number: Int, isExported: Bool, operation: Operation)] = [:]

  /// The strings of the model's constants, then messages.
  private(set) var strings: [String]
  private(set) var sites: [DispatchSite] = []
  private(set) var constants: [StoredConstant] = []
  /// The kernels that are dispatched, by device in the order of first use of any, each in the order of its own: the entries of the executables.
  private(set) var executableKernels: [ScheduledExecutable] = []
  var counts = SchedulingCounts()

  private var stringNumbers: [String: Int] = [:]
  private var globalNumbers: [String: Int] = [:]
  private var denseNumbers: [[UInt8]: Int] = [:]
  private var kernelNumbers: [KernelPlace: (executable: Int, entry: Int)] = [:]

  /// A kernel of a device: two devices may have the same one.
  private struct KernelPlace: Hashable {
    let symbol: String
    let device: Int
  }

  init(
    kernels: [String: KernelInfo], store: ConstantStore, executables: [String: Operation], devices: [String], strings: [String] = []
  ) {
    kernelInfo = kernels
    self.devices = devices
    self.strings = strings
    self.store = store
    self.executables = executables
  }

  /// `true` iff `dispatch` writes only a part of a result that has the memory of operand `number`: a scatter.
  func changesPart(_ dispatch: Operation, of number: Int) -> Bool {
    guard let symbol = DispatchOp(dispatch)?.executable, let executable = executables[symbol] else { return false }
    let tensor = dispatch.operands.prefix(number).count(where: \.type.isTensor)
    return kernelInfo[symbol]?.inPlace.contains { $0.operand == tensor } == true
      && executable.descendants.contains { ScatterOp($0) != nil }
  }

  /// Returns the number of a message.
  func string(_ text: String) -> Int {
    if let number = stringNumbers[text] { return number }
    strings.append(text)
    stringNumbers[text] = strings.count - 1
    return strings.count - 1
  }

  /// Returns the number of the constant of a global, or `nil` if the store does not have it.
  func global(_ symbol: String) -> Int? {
    if let number = globalNumbers[symbol] { return number }
    guard let constant = store[symbol] else { return nil }
    constants.append(constant)
    globalNumbers[symbol] = constants.count - 1
    return constants.count - 1
  }

  /// Returns the number of a constant with these bytes.
  func constant(_ bytes: [UInt8]) -> Int {
    if let number = denseNumbers[bytes] { return number }
    constants.append(.known(.owned(bytes)))
    denseNumbers[bytes] = constants.count - 1
    return constants.count - 1
  }

  /// The bytes of a constant.
  func constantByteCount(_ number: Int) -> Int { constants[number].byteCount }

  /// The device that runs an executable function.
  func device(of symbol: String) -> Int {
    let name = executables[symbol]?.attribute(DeviceAttribute.placed)?.stringValue
    return devices.firstIndex { $0 == name } ?? 0
  }

  /// Adds a dispatch of `kernel` on `device` and returns the number of its site.
  func site(_ kernel: KernelInfo, device: Int, sourceOperators: [String]) -> Int {
    let (executable, entry) = kernelNumbers[KernelPlace(symbol: kernel.symbol, device: device)] ?? add(kernel, device)
    sites.append(
      DispatchSite(
        executable: executable, entry: entry, sourceOperators: sourceOperators.isEmpty ? kernel.sourceOperators : sourceOperators,
        flops: Int64(kernel.flops), bytes: Int64(kernel.bytes), work: kernel.work))
    return sites.count - 1
  }

  /// Adds a kernel to the executable of its device.
  private func add(_ kernel: KernelInfo, _ device: Int) -> (executable: Int, entry: Int) {
    let executable = executableKernels.firstIndex { $0.device == device } ?? executableKernels.count
    if executable == executableKernels.count { executableKernels.append(ScheduledExecutable(device: device, kernels: [])) }
    executableKernels[executable].kernels.append(kernel)
    let place = (executable, executableKernels[executable].kernels.count - 1)
    kernelNumbers[KernelPlace(symbol: kernel.symbol, device: device)] = place
    return place
  }
}

/// The kernels of a device that are dispatched.
public struct ScheduledExecutable: Sendable {
  public let device: Int
  public internal(set) var kernels: [KernelInfo]
}

/// The counters of scheduling, for statistics.
public struct SchedulingCounts: Sendable, Equatable {
  /// Dispatches in the program text.
  public var dispatches = 0
  /// Groups of commands that run at the same time.
  public var waves = 0
  /// Bytes of the arenas whose size is known at compile time.
  public var arenaBytes = 0
  /// Arenas planned at run time.
  public var dynamicArenas = 0
  /// Places where the host waits for the device and reads.
  public var readBacks = 0
  /// Tensor values with a size that is known only at run time.
  public var dynamicValues = 0
  /// Results that took over the memory of an operand.
  public var inPlaceReuses = 0
  /// Buffers copied.
  public var copies = 0
  /// Values that one device makes for another, and the bytes of those whose size is known.
  public var transfers = 0
  public var transferredBytes = 0
}
