import TesseraLibC
import TesseraModuleFormat
import TesseraRuntime

// What handles of the C interface stand for, with the strings and arrays that their descriptions point to.

final class HandledDevice: HandleContent {
  static let kind = (number: UInt(1), name: "device")
  let device: any Device
  init(_ device: any Device) { self.device = device }
}

final class HandledModule: HandleContent {
  static let kind = (number: UInt(2), name: "module")
  let module: Module
  /// The kinds of the devices.
  let deviceKinds: [CString]

  init(_ module: Module) {
    self.module = module
    deviceKinds = module.description.devices.map { CString($0.kind) }
  }
}

final class HandledFunction: HandleContent {
  static let kind = (number: UInt(3), name: "function")
  let module: Module
  let function: FunctionDescription
  let name: CString
  let signature: CString
  let inputs: [DescribedValue]
  let outputs: [DescribedValue]

  init(_ module: Module, _ function: FunctionDescription) {
    self.module = module
    self.function = function
    name = CString(function.name)
    signature = CString(function.signature)
    inputs = function.inputs.map { DescribedValue($0) }
    outputs = function.outputs.map { DescribedValue($0) }
  }
}

final class HandledSession: HandleContent {
  static let kind = (number: UInt(4), name: "session")
  let session: Session
  init(_ session: Session) { self.session = session }
}

final class HandledValue: HandleContent {
  static let kind = (number: UInt(5), name: "value")
  let value: RuntimeValue
  /// `true` iff a call made the tensor, and nothing else reads its memory.
  let isExclusive: Bool
  /// The extents of a tensor.
  let extents: CArray<Int64>
  /// The strings of a tensor of them.
  let strings: [CString]

  init(_ value: RuntimeValue, isExclusive: Bool = false) {
    self.value = value
    self.isExclusive = isExclusive
    extents = CArray(value.tensor?.shape.map { Int64($0) } ?? [])
    // Every number has a string: those without one are refused where tensors are made.
    let texts = if let tensor = value.tensor, tensor.elementType == .string { try? tensor.texts() } else { [[UInt8]]?.none }
    strings = (texts ?? []).map { CString($0) }
  }
}

final class HandledCall: HandleContent {
  static let kind = (number: UInt(6), name: "call")
  let call: StartedCall
  init(_ call: StartedCall) { self.call = call }
}

/// An input or output of a function, as C reads it.
final class DescribedValue: Sendable {
  let info: TensorInfo
  let name: CString
  let typeText: CString
  let extents: CArray<Int64>
  /// The names of extents.
  private let names: [CString?]
  let symbols: CArray<UnsafePointer<CChar>?>
  let containers: CArray<Int32>

  init(_ info: TensorInfo) {
    self.info = info
    name = CString(info.name)
    typeText = CString(info.typeText)
    extents = CArray(info.shape.map { if case .fixed(let size) = $0 { size } else { -1 } })
    names = info.shape.map { if case .symbolic(let symbol) = $0 { CString(symbol) } else { nil } }
    symbols = CArray(names.map { $0?.pointer })
    containers = CArray(info.containers.map { Int32($0.rawValue) })
  }
}

/// A string for C, which lives as long as this object.
final class CString: @unchecked Sendable {
  let pointer: UnsafePointer<CChar>
  /// The bytes before the final zero.
  let byteCount: Int

  convenience init(_ text: String) { self.init(Array(text.utf8)) }

  init(_ bytes: [UInt8]) {
    let memory = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
    for (index, byte) in bytes.enumerated() { memory[index] = CChar(bitPattern: byte) }
    memory[bytes.count] = 0
    pointer = UnsafePointer(memory)
    byteCount = bytes.count
  }

  deinit { pointer.deallocate() }
}

/// An array for C, which lives as long as this object.
final class CArray<Element: BitwiseCopyable>: @unchecked Sendable {
  let pointer: UnsafePointer<Element>
  let count: Int

  init(_ elements: [Element]) {
    let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(elements.count, 1))
    memory.initialize(from: elements, count: elements.count)
    pointer = UnsafePointer(memory)
    count = elements.count
  }

  deinit { pointer.deallocate() }
}
