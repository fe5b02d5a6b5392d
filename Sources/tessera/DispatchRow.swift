import TesseraCommandLineOptions
import TesseraModuleFormat

/// One dispatch site's share of a call.
struct DispatchRow {
  /// The site, and its number in the module.
  let site: DispatchSite
  let number: Int
  let kernel: String
  /// The symbol of the kernel in its executable.
  let symbol: String
  let device: String
  /// The median time of all its runs in a call.
  let nanoseconds: Double
  /// The runs in a call.
  let runs: Double
  /// Operations and bytes of all runs in a call; `nil` where they are not known.
  let flops: Double?
  let bytes: Double?
  /// The share of the machine's roof that the dispatch reaches; `nil` where the roof or the work is not known.
  let roofShare: Double?

  /// Creates the row of a site of `program`, whose runs in a call have this work all together; 0 where it is not known.
  init(_ number: Int, of program: ModuleDescription, nanoseconds: Double, runs: Double, flops: Double, bytes: Double, roof: Roof?) {
    site = program.dispatchSites[number]
    self.number = number
    let entry = program.executables[site.executable].entries[site.entry]
    (kernel, symbol) = (entry.name, entry.symbol)
    device = program.deviceName(of: site)
    (self.nanoseconds, self.runs) = (nanoseconds, runs)
    self.flops = flops > 0 ? flops : nil
    self.bytes = bytes > 0 ? bytes : nil
    let least = (roof?.nanoseconds(flops: flops / max(runs, 1e-9), bytes: bytes / max(runs, 1e-9)) ?? 0) * runs
    roofShare = least > 0 && nanoseconds > 0 ? least / nanoseconds : nil
  }

  /// An amount a nanosecond.
  func rate(_ amount: Double?) -> Double? { amount.flatMap { nanoseconds > 0 ? $0 / nanoseconds : nil } }

  /// What kind of kernel it is: the first word of its name.
  var kernelKind: String { String(kernel.prefix { $0 != "_" }) }

  /// The operators, at most 100 characters.
  var operatorText: String {
    let operators = site.sourceOperators.joined(separator: ", ")
    return operators.count > 100 ? String(operators.prefix(97)) + "..." : operators
  }

  /// The row for programs.
  var members: [(String, JSON)] {
    [
      ("site", .integer(number)), ("kernel", .string(kernel)), ("device", .string(device)), ("ns", .number(nanoseconds)),
      ("runs", .number(runs)), ("flops", flops.map { .number($0) } ?? .null), ("bytes", bytes.map { .number($0) } ?? .null),
      ("roof_share", roofShare.map { .number($0) } ?? .null), ("operators", .array(site.sourceOperators.map { .string($0) })),
    ]
  }
}
