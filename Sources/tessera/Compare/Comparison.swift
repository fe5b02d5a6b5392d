import TesseraCommandLineOptions
import TesseraModuleFormat

/// Two sides, function by function and dispatch by dispatch.
struct Comparison {
  /// Something that both sides have.
  struct Row {
    let name: String
    let operators: [String]
    /// The medians, in nanoseconds.
    let a: Double
    let b: Double
    let estimate: RatioEstimate
  }

  /// A function.
  struct Function {
    let row: Row
    /// Its dispatches, those that take the most time first.
    let dispatches: [Row]
    /// The number of dispatches that only one side has.
    let unmatched: (a: Int, b: Int)
    /// The number of turns.
    let turns: (a: Int, b: Int)
  }

  let a: String
  let b: String
  /// `true` iff the turns of both sides were measured one after the other.
  let areInTurns: Bool
  let functions: [Function]
  /// What makes the comparison doubtful, one sentence each.
  private(set) var warnings: [String] = []

  /// Compares what both sides have. Errors: they have no function in common.
  init(_ a: MeasuredSide, _ b: MeasuredSide, areInTurns: Bool) throws(UsageError) {
    (self.a, self.b, self.areInTurns) = (a.name, b.name, areInTurns)
    for fact in a.facts {
      if let other = b.facts.first(where: { $0.name == fact.name }), other.value != fact.value {
        warnings.append("the sides differ in more than time: \(fact.name) '\(fact.value)' and '\(other.value)'")
      }
    }
    // Where each side has one, their names do not matter.
    let isSingle = a.functions.count == 1 && b.functions.count == 1
    let pairs = a.functions.compactMap { function -> (MeasuredSide.Function, MeasuredSide.Function)? in
      (isSingle ? b.functions.first : b.functions.first { $0.name == function.name }).map { (function, $0) }
    }
    guard !pairs.isEmpty else {
      func list(_ side: MeasuredSide) -> String { side.functions.map { "'\($0.name)'" }.joined(separator: ", ") }
      throw UsageError("'\(a.name)' has \(list(a)), and '\(b.name)' has \(list(b)): there is no function to compare", status: "NOT_FOUND")
    }
    functions = pairs.map { first, second in
      let common = first.order.filter { second.dispatches[$0] != nil }
      let rows = common.map { dispatch -> Row in
        let (x, y) = (first.dispatches[dispatch] ?? [], second.dispatches[dispatch] ?? [])
        return Row(
          name: dispatch.kernel, operators: dispatch.operators, a: median(x), b: median(y),
          estimate: RatioEstimate(
            x.map { [$0] }, y.map { [$0] }, areInTurns: areInTurns && x.count == y.count, comparisons: common.count,
            leastDifference: RatioEstimate.leastDifferenceOfDispatches))
      }
      return Function(
        row: Row(
          name: first.name, operators: [], a: median(first.turns.map(median)), b: median(second.turns.map(median)),
          estimate: RatioEstimate(first.turns, second.turns, areInTurns: areInTurns, comparisons: pairs.count)),
        dispatches: rows.sorted { max($0.a, $0.b) > max($1.a, $1.b) },
        unmatched: (first.order.count - common.count, second.order.count - common.count), turns: (first.turns.count, second.turns.count))
    }
  }

  /// What is said of a ratio.
  static func words(_ row: Row) -> String {
    let percent = Clock.decimal(abs(row.estimate.ratio - 1) * 100, digits: 1)
    return switch row.estimate.verdict {
    case .same: "no difference beyond noise"
    case .faster: "b is \(percent)% faster"
    case .slower: "b is \(percent)% slower"
    case .unknown: "too few samples to tell"
    }
  }

  /// An interval as people read it.
  private static func interval(_ estimate: RatioEstimate) -> String {
    estimate.interval.map { "\(Clock.decimal($0.lowerBound, digits: 3)) to \(Clock.decimal($0.upperBound, digits: 3))" } ?? "-"
  }

  /// The comparison for people.
  var text: String {
    var text = "a: \(a)\nb: \(b)\n\(areInTurns ? "measured in turns" : "measured apart")\n"
    for function in functions {
      let row = function.row
      text += "\nfunction \(row.name), \(function.turns.a) and \(function.turns.b) turns: "
      text += "\(Clock.text(Int(row.a))) and \(Clock.text(Int(row.b))), ratio \(Clock.decimal(row.estimate.ratio, digits: 3))"
      if row.estimate.interval != nil {
        text += " (\(Clock.decimal(row.estimate.confidence * 100, digits: 1))% interval \(Self.interval(row.estimate)))"
      }
      text += "\n\(Self.words(row))\n"
      if !function.dispatches.isEmpty { text += "\n" + dispatchText(function) }
    }
    return text
  }

  /// The table of dispatches.
  private func dispatchText(_ function: Function) -> String {
    var table = Table([
      ("a", true), ("b", true), ("ratio", true), ("interval", false), ("", false), ("kernel", false), ("operators", false),
    ])
    for row in function.dispatches {
      let operators = row.operators.joined(separator: ", ")
      table.rows.append([
        Clock.text(Int(row.a)), Clock.text(Int(row.b)), Clock.decimal(row.estimate.ratio, digits: 3), Self.interval(row.estimate),
        row.estimate.verdict == .unknown ? "" : Self.words(row), row.name,
        operators.count > 100 ? String(operators.prefix(97)) + "..." : operators,
      ])
    }
    var text = table.text
    if function.unmatched.a + function.unmatched.b > 0 {
      text += "only a has \(function.unmatched.a) more dispatches, only b \(function.unmatched.b)\n"
    }
    return text
  }

  /// The comparison for programs.
  var members: [(String, JSON)] {
    func json(_ row: Row) -> [(String, JSON)] {
      [
        ("name", .string(row.name)), ("a_ns", .number(row.a)), ("b_ns", .number(row.b)), ("ratio", .number(row.estimate.ratio)),
        ("low", row.estimate.interval.map { .number($0.lowerBound) } ?? .null),
        ("high", row.estimate.interval.map { .number($0.upperBound) } ?? .null), ("confidence", .number(row.estimate.confidence)),
        ("verdict", .string(row.estimate.verdict.rawValue)), ("words", .string(Self.words(row))),
        ("operators", .array(row.operators.map { .string($0) })),
      ]
    }
    return [
      ("version", .string(tesseraVersion)), ("a", .string(a)), ("b", .string(b)), ("in_turns", .bool(areInTurns)),
      ("warnings", .array(warnings.map { .string($0) })),
      (
        "functions",
        .array(
          functions.map { function in
            .object(
              json(function.row) + [
                ("a_turns", .integer(function.turns.a)), ("b_turns", .integer(function.turns.b)),
                ("only_a", .integer(function.unmatched.a)), ("only_b", .integer(function.unmatched.b)),
                ("dispatches", .array(function.dispatches.map { .object(json($0)) })),
              ])
          })
      ),
    ]
  }
}
