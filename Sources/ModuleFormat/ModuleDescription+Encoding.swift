extension ModuleDescription {
  /// Appends all of the module but its images and constants.
  func encode(to writer: inout ByteWriter) {
    writer.write(producer)
    writer.write(devices) { writer, device in
      writer.write(device.name)
      writer.write(device.kind)
    }
    writer.write(strings) { $0.write($1) }
    writer.write(functions) { writer, function in
      writer.write(function.name)
      writer.write(byte: function.isExported ? 1 : 0)
      writer.write(function.inputs) { $0.write($1) }
      writer.write(function.outputs) { $0.write($1) }
      writer.write(function.integerRegisterCount)
      writer.write(function.referenceRegisterCount)
      writer.write(function.code) { $0.write($1) }
      writer.write(function.integerParameterCount)
      writer.write(function.referenceParameterCount)
      writer.write(function.integerResultCount)
      writer.write(function.referenceResultCount)
    }
    writer.write(executables) { writer, executable in
      writer.write(executable.device)
      writer.write(executable.entries) { $0.write($1) }
      writer.write(executable.variants) { writer, variant in
        writer.write(variant.target)
        writer.write(variant.cpu)
        writer.write(variant.requiredFeatures) { $0.write($1) }
      }
    }
    writer.write(dispatchSites) { writer, site in
      writer.write(site.executable)
      writer.write(site.entry)
      writer.write(site.sourceOperators) { $0.write($1) }
      writer.write(signed: site.flops)
      writer.write(signed: site.bytes)
      writer.write(site.work.flops) { $0.write($1) }
      writer.write(site.work.bytes) { writer, terms in writer.write(terms) { $0.write($1) } }
    }
    writer.write(statistics) { writer, statistic in
      writer.write(statistic.name)
      writer.write(statistic.value)
    }
  }
}

extension ByteWriter {
  /// Appends a product of sizes.
  fileprivate mutating func write(_ term: DispatchWork.Term) {
    write(term.factor)
    write(term.constants) { $0.write($1) }
  }

  /// Appends the description of a tensor.
  fileprivate mutating func write(_ tensor: TensorInfo) {
    write(tensor.name)
    write(tensor.containers) { $0.write(byte: $1.rawValue) }
    write(byte: tensor.elementType.rawValue)
    write(byte: tensor.extents == nil ? 0 : 1)
    write(tensor.shape) { writer, dimension in
      switch dimension {
      case .fixed(let size):
        writer.write(byte: 0)
        writer.write(signed: size)
      case .symbolic(let symbol):
        writer.write(byte: 1)
        writer.write(symbol)
      }
    }
    write(byte: tensor.defaultValue == nil ? 0 : 1)
    if let value = tensor.defaultValue {
      write(value.constant)
      write(value.shape) { $0.write($1) }
    }
  }

  /// Appends a kernel.
  fileprivate mutating func write(_ entry: KernelEntry) {
    write(entry.symbol)
    write(entry.name)
    write(entry.bindingCount)
    write(entry.resultCount)
    write(entry.constantCount)
    write(entry.scratch.byteCount)
    write(entry.scratch.terms) { writer, term in
      writer.write(term.constant)
      writer.write(term.byteCount)
    }
  }
}
