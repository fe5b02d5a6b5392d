import TesseraCommandLineOptions
import TesseraModuleFormat
import TesseraRuntime

/// `tessera dump`: tells what is in a module.
enum DumpCommand {
  /// The flags.
  static let declaration = CommandDeclaration(
    name: "tessera dump", summary: "show what is in a module", positionals: ["module.tsm"],
    options: [
      .flag("disassemble", aliases: ["d"], "print the host program's instructions too"),
      VariantName.option("show"),
      .flag("json", "print one JSON object"),
    ])

  /// Runs the command.
  static func run(_ options: ParsedOptions) throws -> ExitCode {
    let path = options.positionals[0]
    let module: Module
    do throws(RuntimeError) { module = try Module(path: path) } catch {
      guard error.code == .failedPrecondition, try ModuleSource.isModel(path) else { throw error }
      throw RuntimeError(
        error.code, "\(error.message); '\(path)' is a model: compile it first, with 'tessera compile \(path)'", id: error.id)
    }
    let variants = Variants(module)
    let shown = variants.shown(try VariantName.number(options, module))
    let disassembly = options.has("disassemble") ? shown.disassembly : nil
    if options.has("json") {
      try Console.print("\(json(module, shown, variants, disassembly))\n")
    } else {
      try Console.print(text(module, shown, variants, path: path) + (disassembly.map { "\n" + $0 } ?? ""))
    }
    return .done
  }

  /// Returns the description for people.
  private static func text(_ module: Module, _ description: ModuleDescription, _ variants: Variants, path: String) -> String {
    var text =
      "\(path): \(Clock.bytes(module.file.byteCount)), made by \(description.producer), for \(description.devices.map(\.text).joined(separator: ", "))\n"
    text += "\nfunctions\n"
    for function in module.functions {
      text += "  \(function.name)\n"
      for (kind, tensors) in [("input", function.inputs), ("output", function.outputs)] {
        for (index, tensor) in tensors.enumerated() {
          text +=
            "    \(kind) \(index)  \(tensor.name.isEmpty ? "-" : tensor.name)  \(tensor.typeText)\(tensor.defaultValue == nil ? "" : " = default")\n"
        }
      }
    }
    text += variants.text
    text += "\ndispatches\n"
    let hasDevices = description.devices.count > 1
    var table = Table(
      [("  site", true)] + (hasDevices ? [("device", false)] : [])
        + [("kernel", false), ("MFLOP", true), ("MB", true), ("operators", false)])
    for (index, site) in description.dispatchSites.enumerated() {
      let device = hasDevices ? [description.deviceName(of: site)] : []
      table.rows.append(
        ["\(index)"] + device + [
          description.executables[site.executable].entries[site.entry].name,
          site.flops > 0 ? Clock.decimal(Double(site.flops) / 1e6) : "-", site.bytes > 0 ? Clock.decimal(Double(site.bytes) / 1e6) : "-",
          site.sourceOperators.joined(separator: ", "),
        ])
    }
    text += table.text
    text += "\nexecutables\n"
    for (index, executable) in description.executables.enumerated() {
      let device = hasDevices ? ", for \(description.devices[executable.device].text)" : ""
      text += "  \(index)  \(executable.entries.count) kernels\(device)\n"
      for variant in executable.variants {
        text +=
          "    \(variant.target) \(variant.cpu)  \(Clock.bytes(variant.image.count))  needs \(variant.requiredFeatures.isEmpty ? "nothing special" : variant.requiredFeatures.joined(separator: " "))\n"
      }
    }
    text += "\nsizes\n"
    var sizes = Table([("  section", false), ("size", true)])
    for section in module.file.sections { sizes.rows.append(["  \(section.name)", Clock.bytes(section.byteCount)]) }
    sizes.rows.append(["  \(module.file.constantCount) constants", ""])
    text += sizes.text
    if !description.statistics.isEmpty {
      text += "\nstatistics\n"
      let width = description.statistics.map(\.name.count).max() ?? 0
      for statistic in description.statistics {
        text += "  \(statistic.name)\(String(repeating: " ", count: width - statistic.name.count + 2))\(statistic.value)\n"
      }
    }
    return text
  }

  /// Returns the description for programs.
  private static func json(_ module: Module, _ description: ModuleDescription, _ variants: Variants, _ disassembly: String?) -> JSON {
    func tensors(_ list: [TensorInfo]) -> JSON {
      .array(
        list.map { tensor in
          let shape = tensor.shape.map { dimension -> JSON in
            switch dimension {
            case .fixed(let size): .integer(Int(size))
            case .symbolic(let symbol): .string(symbol)
            }
          }
          var entries: [(String, JSON)] = [
            ("name", .string(tensor.name)), ("type", .string(tensor.elementType.name)),
            ("shape", tensor.extents == nil ? .null : .array(shape)),
          ]
          if !tensor.containers.isEmpty { entries.append(("containers", .array(tensor.containers.map { .string("\($0)") }))) }
          if tensor.defaultValue != nil { entries.append(("default", .bool(true))) }
          return .object(entries)
        })
    }
    var members: [(String, JSON)] = [
      ("version", .string(tesseraVersion)), ("producer", .string(description.producer)), ("bytes", .integer(module.file.byteCount)),
      ("devices", .array(description.devices.map { .object([("name", .string($0.name)), ("kind", .string($0.kind))]) })),
      (
        "functions",
        .array(
          module.functions.map { .object([("name", .string($0.name)), ("inputs", tensors($0.inputs)), ("outputs", tensors($0.outputs))]) })
      ),
      (
        "dispatches",
        .array(
          description.dispatchSites.map { site in
            .object([
              ("kernel", .string(description.executables[site.executable].entries[site.entry].name)),
              ("device", .string(description.deviceName(of: site))),
              ("flops", site.flops > 0 ? .integer(Int(site.flops)) : .null), ("bytes", site.bytes > 0 ? .integer(Int(site.bytes)) : .null),
              ("operators", .array(site.sourceOperators.map { .string($0) })),
            ])
          })
      ),
      ("sections", .array(module.file.sections.map { .object([("name", .string($0.name)), ("bytes", .integer($0.byteCount))]) })),
      ("statistics", .object(description.statistics.map { ($0.name, .string($0.value)) })),
    ]
    members += variants.members
    if let disassembly { members.append(("disassembly", .string(disassembly))) }
    return .object(members)
  }
}
