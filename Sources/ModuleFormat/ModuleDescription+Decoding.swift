extension ModuleDescription {
  /// Reads a module from its sections; `section` returns the bytes of one, and fails where it is missing.
  init(
    section: (ModuleLayout.SectionKind, UInt32) throws(FormatError) -> UnsafeRawBufferPointer
  ) throws(FormatError) {
    self.init()
    func read<Value>(
      _ kind: ModuleLayout.SectionKind, _ body: (inout ByteReader) throws(FormatError) -> Value
    ) throws(FormatError) -> Value {
      var reader = ByteReader(try section(kind, 0), section: kind.name)
      let value = try body(&reader)
      try reader.finish()
      return value
    }
    (producer, devices, strings) = try read(.info) { (r: inout ByteReader) throws(FormatError) in
      (try r.string(), try r.strings().map { DeviceDescription(name: $0) }, try r.strings())
    }
    functions = try read(.reflection) { (r: inout ByteReader) throws(FormatError) in
      try r.list { (r: inout ByteReader) throws(FormatError) in
        FunctionDescription(
          name: try r.string(), isExported: try r.byte() != 0, inputs: try r.tensors(), outputs: try r.tensors(),
          integerRegisterCount: 0, referenceRegisterCount: 0, code: [])
      }
    }
    let bodies = try read(.bytecode) { (r: inout ByteReader) throws(FormatError) in
      try r.list { (r: inout ByteReader) throws(FormatError) in
        FunctionDescription(
          name: "", isExported: false, inputs: [], outputs: [], integerRegisterCount: try r.int(),
          referenceRegisterCount: try r.int(), code: [], integerParameterCount: try r.int(),
          referenceParameterCount: try r.int(), integerResultCount: try r.int(), referenceResultCount: try r.int()
        ).with(code: try r.list { (r: inout ByteReader) throws(FormatError) in try r.instruction() })
      }
    }
    guard bodies.count == functions.count else { throw .malformed("signatures and functions differ in number") }
    for (index, body) in bodies.enumerated() {
      let signature = functions[index]
      functions[index] = body
      functions[index].name = signature.name
      functions[index].isExported = signature.isExported
      functions[index].inputs = signature.inputs
      functions[index].outputs = signature.outputs
    }
    executables = try read(.executables) { (r: inout ByteReader) throws(FormatError) in
      try r.list { (r: inout ByteReader) throws(FormatError) in
        ExecutableDescription(entries: try r.entries(), variants: try r.variants())
      }
    }
    dispatchSites = try read(.sites) { (r: inout ByteReader) throws(FormatError) in
      try r.list { (r: inout ByteReader) throws(FormatError) in
        DispatchSite(
          executable: try r.int(), entry: try r.int(), sourceOperators: try r.strings(), flops: try r.signed(), bytes: try r.signed(),
          work: DispatchWork(flops: try r.terms(), bytes: try r.list { (r: inout ByteReader) throws(FormatError) in try r.terms() }))
      }
    }
    statistics = try read(.statistics) { (r: inout ByteReader) throws(FormatError) in
      try r.list { (r: inout ByteReader) throws(FormatError) -> (name: String, value: String) in
        (name: try r.string(), value: try r.string())
      }
    }
    var image: UInt32 = 0
    for executable in executables.indices {
      for variant in executables[executable].variants.indices {
        var reader = ByteReader(try section(.image, image), section: "image")
        let count = try reader.int()
        executables[executable].variants[variant].image = try BlockCompression.bytes(reader.rest, count: count)
        image += 1
      }
    }
  }
}

extension FunctionDescription {
  /// Returns the function with `code`.
  fileprivate func with(code: [Instruction]) -> FunctionDescription {
    var result = self
    result.code = code
    return result
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
        symbol: try r.string(), name: try r.string(), bindingCount: try r.int(), constantCount: try r.int(),
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
