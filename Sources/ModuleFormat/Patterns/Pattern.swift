/// A regular expression, in the syntax of RE2, that all of a text matches or not.
///
/// It is a list of steps. A text is read once, with the set of all steps that can be next, so that matching takes time that is
/// proportional to the lengths of the text and the pattern, whatever they are.
public struct Pattern: Sendable {
  /// A step of the compiled pattern.
  private enum Step {
    /// Takes a character of a set.
    case take(ScalarSet)
    /// Goes on at two places.
    case fork(Int, Int)
    case jump(Int)
    /// Goes on where the condition holds.
    case require(PatternAssertion)
    case accept
  }

  private var steps: [Step] = []
  /// The budget left for making the steps, which bounds repetitions of nothing too.
  private var work = 1 << 16
  /// A pattern has at most so many steps.
  static let stepLimit = 1 << 12
  /// A pattern has at most so many bytes.
  static let byteLimit = 1 << 14

  /// Reads a pattern.
  public init(_ text: String) throws(PatternError) {
    guard text.utf8.count <= Self.byteLimit else { throw PatternError(reason: "it has more than \(Self.byteLimit) bytes") }
    try add(PatternParser.parse(text))
    try append(.accept)
  }

  private mutating func append(_ step: Step) throws(PatternError) {
    guard steps.count < Self.stepLimit else {
      throw PatternError(reason: "it has more than \(Self.stepLimit) steps with its repetitions written out")
    }
    steps.append(step)
  }

  /// Appends the steps of `node`.
  private mutating func add(_ node: PatternNode) throws(PatternError) {
    work -= 1
    guard work > 0 else { throw PatternError(reason: "it has more than \(Self.stepLimit) steps with its repetitions written out") }
    switch node {
    case .empty: break
    case .set(let set): try append(.take(set))
    case .assertion(let assertion): try append(.require(assertion))
    case .sequence(let parts): for part in parts { try add(part) }
    case .choice(let branches):
      var ends: [Int] = []
      for (i, branch) in branches.enumerated() {
        guard i + 1 < branches.count else {
          try add(branch)
          break
        }
        let fork = steps.count
        try append(.fork(fork + 1, fork))
        try add(branch)
        ends.append(steps.count)
        try append(.jump(0))
        steps[fork] = .fork(fork + 1, steps.count)
      }
      for end in ends { steps[end] = .jump(steps.count) }
    case .repetition(let part, let least, let most):
      for _ in 0..<least { try add(part) }
      guard let most else { return try addLoop(part) }
      var forks: [Int] = []
      for _ in least..<max(most, least) {
        forks.append(steps.count)
        try append(.jump(0))
        try add(part)
      }
      for fork in forks { steps[fork] = .fork(fork + 1, steps.count) }
    }
  }

  /// Appends the steps of any number of `part`.
  private mutating func addLoop(_ part: PatternNode) throws(PatternError) {
    let fork = steps.count
    try append(.jump(0))
    try add(part)
    try append(.jump(fork))
    steps[fork] = .fork(fork + 1, steps.count)
  }

  /// `true` iff all of `text`, which is UTF-8, matches, and `isStopped`, which is asked now and then, says no.
  public func matches(_ text: [UInt8], unless isStopped: () -> Bool = { false }) -> Bool {
    var current = Places(count: steps.count), following = Places(count: steps.count)
    let text = String(decoding: text, as: UTF8.self).unicodeScalars
    var place = text.startIndex
    enter(0, &current, nil, text.first)
    var work = 0
    while place < text.endIndex {
      if work > 1 << 20 {
        if isStopped() { return false }
        work = 0
      }
      let scalar = text[place]
      place = text.index(after: place)
      let after = place < text.endIndex ? text[place] : nil
      following.removeAll()
      for step in current.list {
        if case .take(let set) = steps[step] {
          work += set.size
          if set.contains(scalar) { enter(step + 1, &following, scalar, after) }
        }
      }
      work += following.list.count
      if following.list.isEmpty { return false }
      swap(&current, &following)
    }
    return current.list.contains { if case .accept = steps[$0] { true } else { false } }
  }

  /// Adds the step, and all that follow it without a character, to `places`.
  private func enter(_ first: Int, _ places: inout Places, _ before: Unicode.Scalar?, _ after: Unicode.Scalar?) {
    var pending = [first]
    while let step = pending.popLast() {
      guard places.insert(step) else { continue }
      switch steps[step] {
      case .take, .accept: break
      case .jump(let target): pending.append(target)
      case .fork(let a, let b):
        pending.append(b)
        pending.append(a)
      case .require(let assertion): if assertion.holds(between: before, and: after) { pending.append(step + 1) }
      }
    }
  }

  /// A set of steps.
  private struct Places {
    private(set) var list: [Int] = []
    private var isIn: [Bool]

    init(count: Int) { isIn = Array(repeating: false, count: count) }

    /// Adds a step; `false` if it was there.
    mutating func insert(_ step: Int) -> Bool {
      if isIn[step] { return false }
      isIn[step] = true
      list.append(step)
      return true
    }

    mutating func removeAll() {
      for step in list { isIn[step] = false }
      list.removeAll(keepingCapacity: true)
    }
  }
}
