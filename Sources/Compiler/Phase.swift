import TesseraDiagnostics

/// A point of the pipeline at which users can stop, dump and resume, with a contract of what stands in the IR after it.
public struct Phase: Sendable {
  /// The name by which users dump, stop after and run it.
  public let name: String
  /// One line for the help.
  public let summary: String
  /// What stands in the IR after it.
  let level: Level
  /// What it does, in order.
  public let steps: [Step]

  init(_ name: String, _ summary: String, ensures level: Level, _ steps: [Step]) {
    (self.name, self.summary, self.level, self.steps) = (name, summary, level, steps)
  }
}

/// A part of a phase, which can be timed, dumped, stopped after and gone on from like the whole.
public struct Step: Sendable {
  /// The name, which no phase and no other step has.
  public let name: String
  /// One line for the help.
  public let summary: String
  /// What the step makes, as text, where that is not IR.
  let product: (@Sendable (Compilation) throws(Diagnostic) -> String)?
  /// Changes the compilation in place.
  let run: @Sendable (Compilation) throws(Diagnostic) -> Void

  /// `true` iff the step makes something else than IR, which it leaves alone.
  public var makesProduct: Bool { product != nil }

  init(
    _ name: String, _ summary: String, product: (@Sendable (Compilation) throws(Diagnostic) -> String)? = nil,
    _ run: @escaping @Sendable (Compilation) throws(Diagnostic) -> Void
  ) {
    (self.name, self.summary, self.product, self.run) = (name, summary, product, run)
  }
}

/// The steps of one phase that a compilation runs: all of them, or those between two points.
public struct Stage: Sendable {
  public let phase: Phase
  public let steps: ArraySlice<Step>

  /// `true` iff the phase is done after these steps.
  public var endsPhase: Bool { steps.endIndex == phase.steps.endIndex }
}

extension Pipeline {
  /// The name of the step that makes the kernels, which no text of IR has: nothing can go on behind it from a file.
  public static let kernelStep = "compile-kernels"

  /// The steps of all phases, in order.
  public static let steps: [Step] = phases.flatMap(\.steps)

  /// The positions in `steps` of a phase's steps, or of one step. Errors: neither is called so.
  public static func positions(of name: String) throws(Diagnostic) -> Range<Int> {
    var first = 0
    for phase in phases {
      let positions = first..<first + phase.steps.count
      if phase.name == name { return positions }
      if let i = phase.steps.firstIndex(where: { $0.name == name }) { return first + i..<first + i + 1 }
      first = positions.upperBound
    }
    throw .unknownPhase(name)
  }

  /// The steps at `positions`, by phase.
  static func stages(at positions: Range<Int>) -> [Stage] {
    var first = 0
    return phases.compactMap { phase in
      defer { first += phase.steps.count }
      let own = positions.clamped(to: first..<first + phase.steps.count)
      return own.isEmpty ? nil : Stage(phase: phase, steps: phase.steps[own.lowerBound - first..<own.upperBound - first])
    }
  }
}

extension Diagnostic {
  /// A phase or step that the pipeline does not have.
  static func unknownPhase(_ name: String) -> Diagnostic {
    Diagnostic(
      .wrongUsage, "there is no phase or step '\(name)'",
      notes: Pipeline.phases.map { "the steps of the phase '\($0.name)' are \($0.steps.map(\.name).joined(separator: ", "))" })
  }
}
