import TesseraCInterface
import TesseraModuleFormat
import TesseraRuntime

/// Memory of the caller that a tensor shares, until it is released.
private struct Loan: @unchecked Sendable {
  let release: @convention(c) (UnsafeMutableRawPointer?) -> Void
  let userData: UnsafeMutableRawPointer?
}

@_cdecl("tessera_tensor_create") public func tensorCreate(
  _ type: Int32, _ rank: Int, _ extents: UnsafePointer<Int64>?, _ data: UnsafeRawPointer?, _ byteCount: Int,
  _ value: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  reporting { () throws(RuntimeError) in
    let value = try Arguments.required(value, "value")
    let type = try Arguments.bytesType(type), shape = try Arguments.shape(rank, extents)
    let tensor = try Tensor(elementType: type, shape: shape, bytes: try Arguments.bytes(data, byteCount, "data"))
    value.pointee = try HandleTable.add(HandledValue(.tensor(tensor)))
  }
}

@_cdecl("tessera_tensor_borrow") public func tensorBorrow(
  _ type: Int32, _ rank: Int, _ extents: UnsafePointer<Int64>?, _ data: UnsafeRawPointer?, _ byteCount: Int,
  _ release: (@convention(c) (UnsafeMutableRawPointer?) -> Void)?, _ userData: UnsafeMutableRawPointer?,
  _ value: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  reporting { () throws(RuntimeError) in
    let value = try Arguments.required(value, "value")
    let type = try Arguments.bytesType(type), shape = try Arguments.shape(rank, extents)
    let bytes = try Arguments.bytes(data, byteCount, "data")
    let loan = release.map { Loan(release: $0, userData: userData) }
    let tensor = try Tensor(elementType: type, shape: shape, sharing: bytes) { loan?.release(loan?.userData) }
    value.pointee = try HandleTable.add(HandledValue(.tensor(tensor)))
  }
}

@_cdecl("tessera_tensor_create_strings") public func tensorCreateStrings(
  _ rank: Int, _ extents: UnsafePointer<Int64>?, _ strings: UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<Int>?,
  _ count: Int, _ value: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  reporting { () throws(RuntimeError) in
    let value = try Arguments.required(value, "value")
    let shape = try Arguments.shape(rank, extents)
    var texts: [[UInt8]] = []
    for (index, string) in try Arguments.elements(strings, count, "strings").enumerated() {
      let string = try Arguments.required(string, "strings")
      let length = lengths?[index] ?? String(cString: string).utf8.count
      texts.append(Array(try Arguments.bytes(UnsafeRawPointer(string), length, "strings")))
    }
    value.pointee = try HandleTable.add(HandledValue(.tensor(try Tensor(shape: shape, texts: texts))))
  }
}

@_cdecl("tessera_tensor_describe") public func tensorDescribe(
  _ value: OpaquePointer?, _ info: UnsafeMutablePointer<tessera_tensor_info>?
) -> Int32 {
  reporting { () throws(RuntimeError) in
    let value: HandledValue = try HandleTable.content(of: value, "value")
    let info = try Arguments.required(info, "info")
    try Arguments.check(info.pointee.struct_size, tessera_tensor_info.self, "info")
    guard let tensor = value.value.tensor else { throw .notATensor("value") }
    info.pointee.type = Int32(tensor.elementType.rawValue)
    info.pointee.is_exclusive = value.isExclusive ? 1 : 0
    info.pointee.rank = value.extents.count
    info.pointee.extents = value.extents.pointer
    info.pointee.data = tensor.withUnsafeBytes { $0.baseAddress }
    info.pointee.byte_count = tensor.byteCount
  }
}

@_cdecl("tessera_tensor_string") public func tensorString(
  _ value: OpaquePointer?, _ index: Int, _ string: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ length: UnsafeMutablePointer<Int>?
) -> Int32 {
  reporting { () throws(RuntimeError) in
    let value: HandledValue = try HandleTable.content(of: value, "value")
    let string = try Arguments.required(string, "string")
    guard let tensor = value.value.tensor else { throw .notATensor("value") }
    guard tensor.elementType == .string else { throw .notStrings(tensor.elementType) }
    guard value.strings.indices.contains(index) else { throw .wrongIndex(index, of: value.strings.count, "element") }
    string.pointee = value.strings[index].pointer
    length?.pointee = value.strings[index].byteCount
  }
}

@_cdecl("tessera_list_create") public func listCreate(
  _ elements: UnsafePointer<OpaquePointer?>?, _ count: Int, _ value: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  reporting { () throws(RuntimeError) in
    let value = try Arguments.required(value, "value")
    value.pointee = try HandleTable.add(HandledValue(.list(try values(elements, count, "elements"))))
  }
}

/// Returns the values of handles.
func values(_ handles: UnsafePointer<OpaquePointer?>?, _ count: Int, _ name: StaticString) throws(RuntimeError) -> [RuntimeValue] {
  var values: [RuntimeValue] = []
  for handle in try Arguments.elements(handles, count, name) {
    values.append(try HandleTable.content(of: handle, name, as: HandledValue.self).value)
  }
  return values
}

@_cdecl("tessera_list_count") public func listCount(_ value: OpaquePointer?, _ count: UnsafeMutablePointer<Int>?) -> Int32 {
  reporting { () throws(RuntimeError) in
    let elements = try list(value)
    try Arguments.required(count, "count").pointee = elements.count
  }
}

@_cdecl("tessera_list_element") public func listElement(
  _ value: OpaquePointer?, _ index: Int, _ element: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  reporting { () throws(RuntimeError) in
    let elements = try list(value)
    let element = try Arguments.required(element, "element")
    guard elements.indices.contains(index) else { throw .wrongIndex(index, of: elements.count, "element") }
    element.pointee = try HandleTable.add(HandledValue(elements[index]))
  }
}

/// Returns the elements of a list.
private func list(_ value: OpaquePointer?) throws(RuntimeError) -> [RuntimeValue] {
  guard let elements = try HandleTable.content(of: value, "value", as: HandledValue.self).value.elements else { throw .notAList("value") }
  return elements
}

@_cdecl("tessera_value_is_list") public func valueIsList(_ value: OpaquePointer?, _ isList: UnsafeMutablePointer<Int32>?) -> Int32 {
  reporting { () throws(RuntimeError) in
    let value: HandledValue = try HandleTable.content(of: value, "value")
    try Arguments.required(isList, "is_list").pointee = value.value.tensor == nil ? 1 : 0
  }
}

@_cdecl("tessera_value_release") public func valueRelease(_ value: OpaquePointer?) -> Int32 {
  reporting { () throws(RuntimeError) in try HandleTable.release(value, "value", as: HandledValue.self) }
}
