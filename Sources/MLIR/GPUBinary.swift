internal import TesseraCMLIR

extension Module {
  /// The code of the first object of a `gpu.binary`, which `gpu-module-to-binary` left in the module; `nil` without one.
  public var gpuObject: [UInt8]? {
    guard let binary = body.operations.first(where: { $0.name == "gpu.binary" }),
      let object = binary.attribute("objects")?.arrayValue?.first,
      mlirAttributeIsAGPUObjectAttr(object.handle)
    else { return nil }
    let code = mlirGPUObjectAttrGetObject(object.handle)
    return Array(UnsafeRawBufferPointer(start: code.data, count: code.length))
  }
}
