import TesseraCInterface
import TesseraModuleFormat
import TesseraRuntime

// Tensors from and for other libraries, by DLPack.

extension ElementType {
  /// The code, bits and lanes of DLPack; `nil` for strings.
  fileprivate var dlpack: DLDataType? {
    let code: UInt8
    switch self {
    case .i8, .i16, .i32, .i64, .i4, .i2: code = 0
    case .u8, .u16, .u32, .u64, .u4, .u2: code = 1
    case .f16, .f32, .f64: code = 2
    case .bf16: code = 4
    case .complex64, .complex128: code = 5
    case .bool: return DLDataType(code: 6, bits: 8, lanes: 1)
    case .f8E3M4: code = 7
    case .f8E4M3: code = 8
    case .f8E4M3B11FNUZ: code = 9
    case .f8E4M3FN: code = 10
    case .f8E4M3FNUZ: code = 11
    case .f8E5M2: code = 12
    case .f8E5M2FNUZ: code = 13
    case .f8E8M0FNU: code = 14
    case .f6E2M3FN: code = 15
    case .f6E3M2FN: code = 16
    case .f4E2M1FN: code = 17
    case .string: return nil
    }
    return DLDataType(code: code, bits: UInt8(bitCount), lanes: 1)
  }

  /// Creates the type of DLPack's; `nil` where there is none.
  fileprivate init?(_ type: DLDataType) {
    let found = ElementType.allCases.first {
      guard let own = $0.dlpack else { return false }
      return own.code == type.code && own.bits == type.bits && own.lanes == type.lanes
    }
    guard let found else { return nil }
    self = found
  }
}

/// The flags of a tensor.
private enum DLFlags {
  static let readOnly: UInt64 = 1
  /// Elements of less than 8 bits have a byte each.
  static let padded: UInt64 = 4
}

/// A pointer of another library, for its deleter.
private struct Managed<Structure>: @unchecked Sendable { let pointer: UnsafeMutablePointer<Structure> }

/// Creates a tensor that shares another library's; `release` is called with the last reference to it.
private func tensor(
  _ source: DLTensor, isPadded: Bool, release: @escaping @Sendable () -> Void
) throws(RuntimeError) -> Tensor {
  guard source.device.device_type == 1 else {
    throw .foreignTensor("the tensor is on a device of kind \(source.device.device_type), not in the memory of the host (kind 1)")
  }
  guard let type = ElementType(source.dtype) else {
    throw .foreignTensor("there is no type of code \(source.dtype.code) with \(source.dtype.bits) bits and \(source.dtype.lanes) lanes")
  }
  guard type.bitCount >= 8 || type == .bool || isPadded else {
    throw .foreignTensor("elements of \(type.name) share bytes: each must have one of its own")
  }
  let shape = try Arguments.shape(Int(source.ndim), source.shape)
  let byteCount = try Tensor.byteCount(type, shape)
  if let strides = source.strides, byteCount > 0 {
    var expected = 1
    for axis in shape.indices.reversed() {
      // An axis of one element has no stride that matters.
      guard shape[axis] == 1 || strides[axis] == Int64(expected) else {
        throw .foreignTensor("the rows of the tensor do not lie one after the other: copy it first")
      }
      expected *= shape[axis]
    }
  }
  guard let offset = Int(exactly: source.byte_offset), byteCount == 0 || source.data != nil else {
    throw .foreignTensor("the tensor has no memory")
  }
  let start = source.data.map { UnsafeRawPointer($0) + offset }
  return try Tensor(elementType: type, shape: shape, sharing: UnsafeRawBufferPointer(start: start, count: byteCount), release: release)
}

@_cdecl("tessera_tensor_from_dlpack") public func tensorFromDLPack(
  _ managed: UnsafeMutablePointer<DLManagedTensorVersioned>?, _ value: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  reporting { () throws(RuntimeError) in
    let source = Managed(pointer: try Arguments.required(managed, "managed"))
    let value = try Arguments.required(value, "value")
    let version = source.pointer.pointee.version
    guard version.major == 1 else { throw .foreignTensor("the tensor is of version \(version.major).\(version.minor), not 1") }
    let tensor = try tensor(source.pointer.pointee.dl_tensor, isPadded: source.pointer.pointee.flags & DLFlags.padded != 0) {
      source.pointer.pointee.deleter?(source.pointer)
    }
    value.pointee = try HandleTable.add(HandledValue(.tensor(tensor)))
  }
}

@_cdecl("tessera_tensor_from_dlpack_unversioned") public func tensorFromDLPackUnversioned(
  _ managed: UnsafeMutablePointer<DLManagedTensor>?, _ value: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  reporting { () throws(RuntimeError) in
    let source = Managed(pointer: try Arguments.required(managed, "managed"))
    let value = try Arguments.required(value, "value")
    let tensor = try tensor(source.pointer.pointee.dl_tensor, isPadded: false) { source.pointer.pointee.deleter?(source.pointer) }
    value.pointee = try HandleTable.add(HandledValue(.tensor(tensor)))
  }
}

/// What a tensor that another library has keeps until it is deleted.
private final class Exported {
  let tensor: Tensor
  let extents: UnsafeMutablePointer<Int64>
  let strides: UnsafeMutablePointer<Int64>

  init(_ tensor: Tensor) {
    self.tensor = tensor
    let rank = tensor.shape.count
    extents = .allocate(capacity: max(rank, 1))
    strides = .allocate(capacity: max(rank, 1))
    var stride: Int64 = 1
    for axis in tensor.shape.indices.reversed() {
      extents[axis] = Int64(tensor.shape[axis])
      strides[axis] = stride
      stride *= Int64(max(tensor.shape[axis], 1))
    }
  }

  deinit {
    extents.deallocate()
    strides.deallocate()
  }

  /// The tensor as DLPack has it.
  func described(_ type: DLDataType) -> DLTensor {
    DLTensor(
      data: tensor.withUnsafeBytes { UnsafeMutableRawPointer(mutating: $0.baseAddress) }, device: DLDevice(device_type: 1, device_id: 0),
      ndim: Int32(tensor.shape.count), dtype: type, shape: extents, strides: strides, byte_offset: 0)
  }
}

/// Returns the tensor of a handle, with its type in DLPack.
private func exported(_ value: HandledValue) throws(RuntimeError) -> (Exported, DLDataType) {
  guard let tensor = value.value.tensor else { throw .notATensor("value") }
  guard let type = tensor.elementType.dlpack else { throw .foreignTensor("there are no tensors of strings") }
  return (Exported(tensor), type)
}

@_cdecl("tessera_tensor_to_dlpack") public func tensorToDLPack(
  _ value: OpaquePointer?, _ managed: UnsafeMutablePointer<UnsafeMutablePointer<DLManagedTensorVersioned>?>?
) -> Int32 {
  reporting { () throws(RuntimeError) in
    let value: HandledValue = try HandleTable.content(of: value, "value")
    let managed = try Arguments.required(managed, "managed")
    let (own, type) = try exported(value)
    let result = UnsafeMutablePointer<DLManagedTensorVersioned>.allocate(capacity: 1)
    result.initialize(
      to: DLManagedTensorVersioned(
        version: DLPackVersion(major: 1, minor: 1), manager_ctx: Unmanaged.passRetained(own).toOpaque(),
        deleter: { pointer in
          guard let pointer else { return }
          if let context = pointer.pointee.manager_ctx { Unmanaged<Exported>.fromOpaque(context).release() }
          pointer.deallocate()
        },
        flags: (value.isExclusive ? 0 : DLFlags.readOnly) | (type.bits < 8 ? DLFlags.padded : 0), dl_tensor: own.described(type)))
    managed.pointee = result
  }
}

@_cdecl("tessera_tensor_to_dlpack_unversioned") public func tensorToDLPackUnversioned(
  _ value: OpaquePointer?, _ managed: UnsafeMutablePointer<UnsafeMutablePointer<DLManagedTensor>?>?
) -> Int32 {
  reporting { () throws(RuntimeError) in
    let value: HandledValue = try HandleTable.content(of: value, "value")
    let managed = try Arguments.required(managed, "managed")
    let (own, type) = try exported(value)
    guard type.bits >= 8 else { throw .foreignTensor("elements of \(own.tensor.elementType.name) need version 1") }
    let result = UnsafeMutablePointer<DLManagedTensor>.allocate(capacity: 1)
    result.initialize(
      to: DLManagedTensor(
        dl_tensor: own.described(type), manager_ctx: Unmanaged.passRetained(own).toOpaque(),
        deleter: { pointer in
          guard let pointer else { return }
          if let context = pointer.pointee.manager_ctx { Unmanaged<Exported>.fromOpaque(context).release() }
          pointer.deallocate()
        }))
    managed.pointee = result
  }
}
