public import TesseraModuleFormat
import TesseraRuntime

/// The search for the first operator that an optimized program computes otherwise than a plain one.
///
/// The outputs are compared first, as the model is compiled for use. Where they agree, the values of all operators are, group by group, with the group
/// as further outputs of both programs. Where they do not, the operator is found by halving with one operator's values as further outputs at a time,
/// which leaves the rest of the program most like it was.
public struct Verification {
  /// What is believed, and what is at test.
  private let reference: any ValueSource
  private let subject: any ValueSource
  private let graph: OperatorGraph
  private let tolerance: Tolerance
  /// Told what goes on.
  private let progress: (String) -> Void

  /// The most values of a group: each is memory and a store that the program would not have.
  private static let groupCount = 256
  /// The most bytes of a group's values, as far as they are known.
  private static let groupBytes = 256 << 20

  /// Creates a verification of a model with these operators, in an order in which each stands behind those that it reads from.
  public init(
    operators: [SourceOperator], reference: any ValueSource, subject: any ValueSource, tolerance: Tolerance = Tolerance(),
    progress: @escaping (String) -> Void = { _ in }
  ) {
    (self.reference, self.subject, self.tolerance, self.progress) = (reference, subject, tolerance, progress)
    graph = OperatorGraph(operators)
  }

  /// Compares. Errors: the plain program cannot be compiled or run, or the other one cannot be compiled.
  public func run() throws -> VerificationResult {
    var result = VerificationResult()
    result.operatorCount = graph.operators.count { !$0.isReturn }
    progress("comparing the outputs")
    guard let (expected, actual) = try values([], &result) else { return result }
    result.outputs = zip(expected.outputs, actual.outputs).map {
      ValueComparison($0.name, actual: $1.value, expected: $0.value, tolerance)
    }
    if let wrong = result.outputs.first(where: { !$0.agrees }) {
      try search(from: wrong, named: expected.outputs[result.outputs.firstIndex { !$0.agrees } ?? 0].name, &result)
    } else {
      try compareAll(&result)
    }
    return result
  }

  /// Computes both sides; `nil` where the program at test fails, which `result` is told.
  private func values(_ names: [String], _ result: inout VerificationResult) throws -> (ComputedValues, ComputedValues)? {
    let expected = try reference.compute(adding: names)
    do { return (expected, try subject.compute(adding: names)) } catch let error as RuntimeError {
      result.failure = error.message
      return nil
    }
  }

  /// Compares what an operator gives: the first value that differs, else the one that is furthest off.
  private func compare(_ number: Int, _ expected: ComputedValues, _ actual: ComputedValues) -> ValueComparison? {
    let comparisons = graph.operators[number].returnable.compactMap { name -> ValueComparison? in
      guard let e = expected.value(name), let a = actual.value(name) else { return nil }
      return ValueComparison(name, actual: a, expected: e, tolerance)
    }
    return comparisons.first { !$0.agrees } ?? comparisons.max { ($0.largestError?.size ?? 0) < ($1.largestError?.size ?? 0) }
  }

  /// Compares the values of all operators, until one differs.
  private func compareAll(_ result: inout VerificationResult) throws {
    for group in groups() {
      progress("comparing operators \(group[0] + 1) to \(group[group.count - 1] + 1) of \(graph.operators.count)")
      guard let (expected, actual) = try values(group.flatMap { graph.operators[$0].returnable }, &result) else { return }
      for number in group {
        guard let comparison = compare(number, expected, actual) else { continue }
        result.comparedCount += 1
        if !comparison.agrees {
          result.difference = .init(operation: graph.operators[number], number: number, value: comparison, searchCount: 0)
          return
        }
        if comparison.largestError?.size ?? 0 > result.largestInner?.largestError?.size ?? 0 { result.largestInner = comparison }
      }
    }
  }

  /// The operators that can be asked for their values, in groups that bound the memory.
  private func groups() -> [[Int]] {
    var groups: [[Int]] = []
    var (count, bytes) = (0, 0)
    for (number, item) in graph.operators.enumerated() where !item.returnable.isEmpty {
      count += item.returnable.count
      bytes = bytes.addingReportingOverflow(item.byteCount).partialValue
      if groups.isEmpty || count > Self.groupCount || bytes > Self.groupBytes || bytes < 0 {
        groups.append([])
        (count, bytes) = (item.returnable.count, item.byteCount)
      }
      groups[groups.count - 1].append(number)
    }
    return groups
  }

  /// Looks for the operator that makes the output `wrong` differ.
  private func search(from wrong: ValueComparison, named name: String, _ result: inout VerificationResult) throws {
    guard let last = graph.maker(of: name) else {
      result.difference = .init(operation: nil, number: nil, value: wrong, searchCount: 0)
      return
    }
    var known: [Int: ValueComparison] = [last: wrong]
    var count = 0
    let found = try graph.firstDifference(endingAt: last) { number in
      if let comparison = known[number] { return !comparison.agrees }
      count += 1
      let item = graph.operators[number]
      progress("comparison \(count): \(item.operation) '\(item.name)', operator \(number + 1) of \(graph.operators.count)")
      var trial = VerificationResult()
      // A program that fails once it keeps a value has not shown that the value is right.
      guard let (expected, actual) = try values(item.returnable, &trial) else {
        known[number] = ValueComparison(item.returnable.first ?? item.name, typeText: "", problem: trial.failure)
        return true
      }
      let comparison =
        compare(number, expected, actual) ?? ValueComparison(item.returnable.first ?? item.name, typeText: "", problem: nil)
      known[number] = comparison
      return !comparison.agrees
    }
    result.comparedCount = known.count
    result.difference = .init(
      operation: graph.operators[found], number: found, value: known[found] ?? wrong, searchCount: count)
  }
}
