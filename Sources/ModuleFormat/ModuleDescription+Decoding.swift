extension ModuleDescription {
  /// Reads what `encode` wrote; the images are empty.
  init(reading r: inout ByteReader) throws(FormatError) {
    self.init()
    producer = try r.string()
    devices = try r.list { (r: inout ByteReader) throws(FormatError) in DeviceDescription(name: try r.string(), kind: try r.string()) }
    strings = try r.strings()
    functions = try r.list { (r: inout ByteReader) throws(FormatError) in
      FunctionDescription(
        name: try r.string(), isExported: try r.byte() != 0, inputs: try r.tensors(), outputs: try r.tensors(),
        integerRegisterCount: try r.int(), referenceRegisterCount: try r.int(),
        code: try r.list { (r: inout ByteReader) throws(FormatError) in try r.instruction() }, integerParameterCount: try r.int(),
        referenceParameterCount: try r.int(), integerResultCount: try r.int(), referenceResultCount: try r.int())
    }
    executables = try r.list { (r: inout ByteReader) throws(FormatError) in
      ExecutableDescription(device: try r.int(), entries: try r.entries(), variants: try r.variants())
    }
    dispatchSites = try r.list { (r: inout ByteReader) throws(FormatError) in
      DispatchSite(
        executable: try r.int(), entry: try r.int(), sourceOperators: try r.strings(), flops: try r.signed(), bytes: try r.signed(),
        work: DispatchWork(flops: try r.terms(), bytes: try r.list { (r: inout ByteReader) throws(FormatError) in try r.terms() }))
    }
    statistics = try r.list { (r: inout ByteReader) throws(FormatError) -> (name: String, value: String) in
      (name: try r.string(), value: try r.string())
    }
  }
}

extension ByteReader {
  /// Reads a list of products of sizes.
  fileprivate mutating func terms() throws(FormatError) -> [DispatchWork.Term] {
    try list { (r: inout ByteReader) throws(FormatError) in
      DispatchWork.Term(
        factor: try r.int(), constants: try r.list { (r: inout ByteReader) throws(FormatError) in try r.int() })
    }
  }

  /// Reads a list of strings.
  fileprivate mutating func strings() throws(FormatError) -> [String] {
    try list { (r: inout ByteReader) throws(FormatError) in try r.string() }
  }

  /// Reads a list of descriptions of tensors.
  fileprivate mutating func tensors() throws(FormatError) -> [TensorInfo] {
    try list { (r: inout ByteReader) throws(FormatError) in
      let name = try r.string()
      let containers = try r.list { (r: inout ByteReader) throws(FormatError) -> Container in try r.variant("container") }
      let elementType: ElementType = try r.variant("element type")
      let isRanked = try r.byte() != 0
      let shape = try r.list { (r: inout ByteReader) throws(FormatError) -> Dimension in
        switch try r.byte() {
        case 0: .fixed(try r.signed())
        case 1: .symbolic(try r.string())
        default: throw r.error("an unknown kind of dimension")
        }
      }
      var defaultValue: DefaultValue?
      if try r.byte() != 0 {
        defaultValue = DefaultValue(constant: try r.int(), shape: try r.list { (r: inout ByteReader) throws(FormatError) in try r.int() })
      }
      return TensorInfo(
        name: name, elementType: elementType, shape: isRanked ? shape : nil, containers: containers, defaultValue: defaultValue)
    }
  }

  /// Reads the kernels of an executable.
  fileprivate mutating func entries() throws(FormatError) -> [KernelEntry] {
    try list { (r: inout ByteReader) throws(FormatError) in
      KernelEntry(
        symbol: try r.string(), name: try r.string(), bindingCount: try r.int(), resultCount: try r.int(), constantCount: try r.int(),
        scratch: try r.scratchSize())
    }
  }

  /// Reads the scratch memory of a kernel.
  fileprivate mutating func scratchSize() throws(FormatError) -> ScratchSize {
    ScratchSize(
      byteCount: try int(),
      terms: try list { (r: inout ByteReader) throws(FormatError) in .init(constant: try r.int(), byteCount: try r.int()) })
  }

  /// Reads the variants of an executable.
  fileprivate mutating func variants() throws(FormatError) -> [ExecutableVariant] {
    try list { (r: inout ByteReader) throws(FormatError) in
      ExecutableVariant(target: try r.string(), cpu: try r.string(), requiredFeatures: try r.strings(), image: [])
    }
  }
}
