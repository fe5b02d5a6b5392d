import TesseraConstants
import TesseraDiagnostics
import TesseraKernels
import TesseraMLIR
import TesseraModuleFormat

/// The tables that the functions of a module share: messages, dispatch sites, constants, kernels and counts.
final class ModuleTables {
  let kernelInfo: [String: KernelInfo]
  let store: ConstantStore
  /// Executable functions by symbol.
  let executables: [String: Operation]
  /// The number, the signature and the convention of every host function.
  var functions: [String: (number: Int, isExported: Bool, operation: Operation)] = [:]

  /// The strings of the model's constants, then messages.
  private(set) var strings: [String]
  private(set) var sites: [DispatchSite] = []
  private(set) var constants: [StoredConstant] = []
  /// The kernels that are dispatched, in the order of first use: the entries of the executable.
  private(set) var kernels: [KernelInfo] = []
  var counts = SchedulingCounts()

  private var stringNumbers: [String: Int] = [:]
  private var globalNumbers: [String: Int] = [:]
  private var denseNumbers: [[UInt8]: Int] = [:]
  private var kernelNumbers: [String: Int] = [:]

  init(kernels: [String: KernelInfo], store: ConstantStore, executables: [String: Operation], strings: [String] = []) {
    kernelInfo = kernels
    self.strings = strings
    self.store = store
    self.executables = executables
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

  /// The number of the executable that has all kernels: a compilation has one target.
  private static let executable = 0

  /// Adds a dispatch of `kernel` and returns the number of its site.
  func site(_ kernel: KernelInfo, sourceOperators: [String]) -> Int {
    let entry =
      kernelNumbers[kernel.symbol]
      ?? {
        kernels.append(kernel)
        kernelNumbers[kernel.symbol] = kernels.count - 1
        return kernels.count - 1
      }()
    sites.append(
      DispatchSite(
        executable: Self.executable, entry: entry, sourceOperators: sourceOperators.isEmpty ? kernel.sourceOperators : sourceOperators,
        flops: Int64(kernel.flops), bytes: Int64(kernel.bytes), work: kernel.work))
    return sites.count - 1
  }
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
}
