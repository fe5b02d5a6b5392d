import TesseraCommandLineOptions
import TesseraModuleFormat
import TesseraRuntime

/// The variants of a module by name: the processor that each was compiled for.
enum VariantName {
  /// The flag that names one.
  static func option(_ what: String) -> OptionDeclaration {
    .value("variant", "MACHINE", "\(what) this one of a module's variants, as in x86-64-v3 (the first that fits this machine)")
  }

  /// Returns the name of a variant.
  static func of(_ variant: ModuleDescription) -> String {
    let machines = variant.machines
    return machines.isEmpty ? "any" : machines.joined(separator: "+")
  }

  /// Returns the number of the variant that `--variant` names; `nil` where the flag is not there. Errors: the module has none of the name.
  static func number(_ options: ParsedOptions, _ module: Module) throws(UsageError) -> Int? {
    guard let wanted = options.value("variant") else { return nil }
    let names = module.variants.map(of)
    if let number = names.firstIndex(of: wanted) { return number }
    throw UsageError(
      "the module has no variant '\(wanted)'\(suggestion(for: wanted, in: names)); it has \(names.map { "'\($0)'" }.joined(separator: ", "))",
      status: "NOT_FOUND")
  }
}
