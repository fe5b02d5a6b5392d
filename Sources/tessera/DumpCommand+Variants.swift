import Tessera
import TesseraCommandLineOptions

extension DumpCommand {
  /// What `dump` tells of a module's variants, which is nothing where there is one.
  struct Variants {
    private let all: [ModuleDescription]
    /// The one that this machine runs; `nil` where none fits.
    private let own: Int?

    init(_ module: Module) {
      all = module.variants
      own = module.variant(for: module.description.devices.map(Self.device))
    }

    /// Makes a device of the kind.
    private static func device(_ description: DeviceDescription) -> any Device {
      // Where there is none, the processor says that the code is not for it.
      if let device = try? Devices.make(description.kind, threads: 1) { return device }
      return CPUDevice(threads: 1)
    }

    /// The variant that is shown: the one of the number, else the one that this machine runs, else the preferred one.
    func shown(_ number: Int?) -> ModuleDescription { all[number ?? own ?? 0] }

    /// The list of variants for people.
    var text: String {
      guard all.count > 1 else { return "" }
      var table = Table([("  variant", false), ("dispatches", true), ("code", true), ("this machine", false)])
      for (number, variant) in all.enumerated() {
        let code = variant.executables.flatMap(\.variants).reduce(0) { $0 + $1.image.count }
        table.rows.append([
          "  \(VariantName.of(variant))", "\(variant.dispatchSites.count)", Clock.bytes(code), number == own ? "runs it" : "",
        ])
      }
      return "\nvariants\n" + table.text + (own == nil ? "  none fits this machine\n" : "")
    }

    /// The list of variants for programs.
    var members: [(String, JSON)] {
      guard all.count > 1 else { return [] }
      let list = all.enumerated().map { number, variant -> JSON in
        let code = variant.executables.flatMap(\.variants)
        let needs = Set(code.flatMap(\.requiredFeatures)).sorted()
        return .object([
          ("name", .string(VariantName.of(variant))), ("dispatches", .integer(variant.dispatchSites.count)),
          ("code_bytes", .integer(code.reduce(0) { $0 + $1.image.count })),
          ("needs", .array(needs.map { .string($0) })), ("runs_here", .bool(number == own)),
        ])
      }
      return [("variants", .array(list))]
    }
  }
}
