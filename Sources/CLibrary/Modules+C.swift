import TesseraCInterface
import TesseraModuleFormat
import TesseraRuntime

@_cdecl("tessera_module_load") public func moduleLoad(
  _ path: UnsafePointer<CChar>?, _ module: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  reporting { () throws(RuntimeError) in
    let module = try Arguments.required(module, "module")
    let path = try Arguments.text(path, "path")
    let loaded = try Module(path: path)
    module.pointee = try HandleTable.add(HandledModule(loaded))
    Log.write(.debug) { "loaded module '\(path)', \(loaded.file.byteCount) bytes" }
  }
}

@_cdecl("tessera_module_load_bytes") public func moduleLoadBytes(
  _ bytes: UnsafeRawPointer?, _ byteCount: Int, _ module: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  reporting { () throws(RuntimeError) in
    let module = try Arguments.required(module, "module")
    let loaded = try Module(bytes: Array(try Arguments.bytes(bytes, byteCount, "bytes")))
    module.pointee = try HandleTable.add(HandledModule(loaded))
    Log.write(.debug) { "loaded a module of \(byteCount) bytes" }
  }
}

@_cdecl("tessera_module_release") public func moduleRelease(_ module: OpaquePointer?) -> Int32 {
  reporting { () throws(RuntimeError) in try HandleTable.release(module, "module", as: HandledModule.self) }
}

@_cdecl("tessera_module_device_count") public func moduleDeviceCount(_ module: OpaquePointer?, _ count: UnsafeMutablePointer<Int>?) -> Int32
{
  reporting { () throws(RuntimeError) in
    let module: HandledModule = try HandleTable.content(of: module, "module")
    try Arguments.required(count, "count").pointee = module.deviceKinds.count
  }
}

@_cdecl("tessera_module_device_kind") public func moduleDeviceKind(
  _ module: OpaquePointer?, _ index: Int, _ kind: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> Int32 {
  reporting { () throws(RuntimeError) in
    let module: HandledModule = try HandleTable.content(of: module, "module")
    let kind = try Arguments.required(kind, "kind")
    guard module.deviceKinds.indices.contains(index) else { throw .wrongIndex(index, of: module.deviceKinds.count, "device") }
    kind.pointee = module.deviceKinds[index].pointer
  }
}

@_cdecl("tessera_module_function_count") public func moduleFunctionCount(
  _ module: OpaquePointer?, _ count: UnsafeMutablePointer<Int>?
) -> Int32 {
  reporting { () throws(RuntimeError) in
    let module: HandledModule = try HandleTable.content(of: module, "module")
    try Arguments.required(count, "count").pointee = module.module.functions.count
  }
}

@_cdecl("tessera_module_function_at") public func moduleFunctionAt(
  _ module: OpaquePointer?, _ index: Int, _ function: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  reporting { () throws(RuntimeError) in
    let module: HandledModule = try HandleTable.content(of: module, "module")
    let function = try Arguments.required(function, "function")
    let all = module.module.functions
    guard all.indices.contains(index) else { throw .wrongIndex(index, of: all.count, "function") }
    function.pointee = try HandleTable.add(HandledFunction(module.module, all[index]))
  }
}

@_cdecl("tessera_module_function") public func moduleFunction(
  _ module: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ function: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  reporting { () throws(RuntimeError) in
    let module: HandledModule = try HandleTable.content(of: module, "module")
    let function = try Arguments.required(function, "function")
    let all = module.module.functions
    let found: FunctionDescription
    if let name {
      let name = String(cString: name)
      guard let named = all.first(where: { $0.name == name }) else { throw .unknownFunction(name, exported: all.map(\.name)) }
      found = named
    } else {
      // As the command line has it.
      guard let main = all.count == 1 ? all[0] : all.first(where: { $0.name == "main" }) else { throw .noFunctionName(all.map(\.name)) }
      found = main
    }
    function.pointee = try HandleTable.add(HandledFunction(module.module, found))
  }
}

@_cdecl("tessera_function_release") public func functionRelease(_ function: OpaquePointer?) -> Int32 {
  reporting { () throws(RuntimeError) in try HandleTable.release(function, "function", as: HandledFunction.self) }
}

@_cdecl("tessera_function_describe") public func functionDescribe(
  _ function: OpaquePointer?, _ info: UnsafeMutablePointer<tessera_function_info>?
) -> Int32 {
  reporting { () throws(RuntimeError) in
    let function: HandledFunction = try HandleTable.content(of: function, "function")
    let info = try Arguments.required(info, "info")
    try Arguments.check(info.pointee.struct_size, tessera_function_info.self, "info")
    info.pointee.name = function.name.pointer
    info.pointee.signature = function.signature.pointer
    info.pointee.input_count = function.inputs.count
    info.pointee.output_count = function.outputs.count
  }
}

@_cdecl("tessera_function_input") public func functionInput(
  _ function: OpaquePointer?, _ index: Int, _ info: UnsafeMutablePointer<tessera_value_info>?
) -> Int32 {
  reporting { () throws(RuntimeError) in
    let function: HandledFunction = try HandleTable.content(of: function, "function")
    guard function.inputs.indices.contains(index) else { throw .wrongIndex(index, of: function.inputs.count, "input") }
    try describe(function.inputs[index], info)
  }
}

@_cdecl("tessera_function_output") public func functionOutput(
  _ function: OpaquePointer?, _ index: Int, _ info: UnsafeMutablePointer<tessera_value_info>?
) -> Int32 {
  reporting { () throws(RuntimeError) in
    let function: HandledFunction = try HandleTable.content(of: function, "function")
    guard function.outputs.indices.contains(index) else { throw .wrongIndex(index, of: function.outputs.count, "output") }
    try describe(function.outputs[index], info)
  }
}

/// Describes an input or output.
private func describe(_ value: DescribedValue, _ info: UnsafeMutablePointer<tessera_value_info>?) throws(RuntimeError) {
  let info = try Arguments.required(info, "info")
  try Arguments.check(info.pointee.struct_size, tessera_value_info.self, "info")
  info.pointee.name = value.name.pointer
  info.pointee.type_text = value.typeText.pointer
  info.pointee.type = Int32(value.info.elementType.rawValue)
  info.pointee.has_default = value.info.defaultValue == nil ? 0 : 1
  info.pointee.rank = value.info.extents.map { Int32($0.count) } ?? -1
  info.pointee.extents = value.extents.pointer
  info.pointee.symbols = value.symbols.pointer
  info.pointee.container_count = value.containers.count
  info.pointee.containers = value.containers.pointer
}
