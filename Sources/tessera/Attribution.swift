import TesseraCommandLineOptions
import TesseraFiles
import TesseraModuleFormat

/// What is known of the source operators of a module: all of it where the model was at hand, else their names in the module alone.
struct OperatorFacts {
  /// The kind of each operator, by name: `Conv`.
  private(set) var operations: [String: String] = [:]
  /// The estimated work of the operators of each kernel, by its symbol, in the order of the operators.
  private var work: [String: [Double]] = [:]

  /// The facts of a module without its model.
  init() {}

  /// Reads what the compiler wrote into a folder, as `ModuleSource.load` asked it to; what it did not write is not known.
  init(from folder: TemporaryFolder) {
    func text(_ name: String) -> String { (try? FileBytes(path: folder.file(name)).text) ?? "" }
    operations = Dictionary(SourceOperator.parse(text("operators")).map { ($0.name, $0.operation) }) { first, _ in first }
    for kernel in KernelOperators.parse(text("work")) { work[kernel.symbol] = kernel.operators.map(\.work) }
  }

  /// `true` iff the model was at hand.
  var isComplete: Bool { !operations.isEmpty }

  /// Returns the operators of a dispatch with their parts of its time, which make 1: by estimated work, or even ones.
  func shares(of row: DispatchRow) -> [(name: String, share: Double)] {
    let names = row.site.sourceOperators
    // Sites that share a kernel have the same operators by other names.
    let known = work[row.symbol] ?? []
    let sum = known.reduce(0, +)
    guard known.count == names.count, sum > 0 else { return names.map { ($0, 1 / Double(names.count)) } }
    return zip(names, known).map { ($0, $1 / sum) }
  }

  /// The kind of what a dispatch mostly does: that of its operator with the most work, else of its kernel.
  func kind(of row: DispatchRow) -> String {
    let longest = shares(of: row).filter { operations[$0.name] != nil }.max { $0.share < $1.share }
    return longest.flatMap { operations[$0.name] } ?? row.kernelKind
  }
}

/// What the time of dispatches is counted for.
enum Attribution: String, CaseIterable {
  case dispatch, kernel, source, onnx, type, module

  /// The flag.
  static let option = OptionDeclaration.value(
    "attribute-to", allCases.map(\.rawValue).joined(separator: "|"),
    "count time for dispatches, kernels, source operators (onnx is the same), their types, or the PyTorch modules that their names tell; what a dispatch computes has parts by estimated work, of a module even ones"
  )

  /// The attribution that the flags name.
  static func wanted(_ options: ParsedOptions) throws(UsageError) -> Attribution? {
    try options.choice("attribute-to", of: allCases.map(\.rawValue)).flatMap { Attribution(rawValue: $0) }
  }

  /// A name and the time of a call that it takes.
  struct Total {
    var name: String
    var nanoseconds: Double
    /// The dispatches that have a part of it.
    var dispatches: Int

    /// The total for programs.
    var json: JSON {
      .object([("name", .string(name)), ("ns", .number(nanoseconds)), ("dispatches", .integer(dispatches))])
    }
  }

  /// Returns the time by name, the longest first. `others` is time of no dispatch, by name.
  func totals(_ rows: [DispatchRow], _ facts: OperatorFacts, others: [(name: String, nanoseconds: Double)] = []) -> [Total] {
    var totals: [String: Total] = [:]
    for row in rows {
      let parts = parts(of: row, facts)
      for (name, share) in parts {
        totals[name, default: Total(name: name, nanoseconds: 0, dispatches: 0)].nanoseconds += row.nanoseconds * share
      }
      for name in Set(parts.map(\.name)) { totals[name]?.dispatches += 1 }
    }
    for (name, time) in others { totals[name, default: Total(name: name, nanoseconds: 0, dispatches: 0)].nanoseconds += time }
    return totals.values.sorted { ($0.nanoseconds, $1.name) > ($1.nanoseconds, $0.name) }
  }

  /// The names that a dispatch counts for, with their parts of it.
  private func parts(of row: DispatchRow, _ facts: OperatorFacts) -> [(name: String, share: Double)] {
    let shares = facts.shares(of: row)
    switch self {
    case .dispatch: return [("\(row.number): \(row.kernel)", 1)]
    case .kernel: return [(row.kernel, 1)]
    case _ where shares.isEmpty: return [(row.kernel, 1)]
    case .source, .onnx: return shares
    case .type: return shares.map { (facts.operations[$0.name] ?? row.kernelKind, $0.share) }
    case .module: return shares.map { (Self.modulePath($0.name) ?? "no module", $0.share) }
    }
  }

  /// Returns the path of the PyTorch module that an operator belongs to, as the exporter has it in the name; `nil` where it has none.
  ///
  /// `/layer1/layer1.0/conv1/Conv` is of `layer1.0/conv1`: a part that the next one begins with is said twice.
  static func modulePath(_ name: String) -> String? {
    guard name.hasPrefix("/") else { return nil }
    let parts = name.split(separator: "/").dropLast()
    let kept = zip(parts, Array(parts.dropFirst()) + [""]).filter { !$1.hasPrefix($0 + ".") }.map(\.0)
    return kept.isEmpty ? nil : kept.joined(separator: "/")
  }

  /// The table of totals.
  static func text(_ totals: [Total], of whole: Double, most: Int = 60) -> String {
    var table = Table([("time", true), ("share", true), ("dispatches", true), ("name", false)])
    for total in totals.prefix(most) {
      table.rows.append([
        Clock.text(Int(total.nanoseconds)), Clock.decimal(100 * total.nanoseconds / max(whole, 1), digits: 1) + "%",
        total.dispatches == 0 ? "-" : "\(total.dispatches)", total.name,
      ])
    }
    return table.text + (totals.count > most ? "and \(totals.count - most) more\n" : "")
  }
}
