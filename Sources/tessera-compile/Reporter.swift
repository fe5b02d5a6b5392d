import TesseraCompiler
import TesseraDiagnostics
import TesseraFiles

/// Shows progress, and dumps the IR where it was asked for.
final class Reporter: CompilationObserver {
  /// What is dumped: phases and steps by name.
  private let dumpsAfter: Set<String>
  private let hasLocations: Bool
  private let folder: String?
  private let isVerbose: Bool
  /// The variant that the compilation is for, where there are several.
  var variant: String? {
    didSet { if isVerbose, let variant { Terminal.line("variant \(variant)") } }
  }
  private var phase = ""
  private var count = 0
  /// The IR as it stands, while nothing runs that changes it.
  private var text: String?
  /// The IR before each phase and step that is dumped, if that changes it.
  private var before: [String: String] = [:]
  /// The first dump that could not be written.
  private(set) var failure: Diagnostic?

  init(dumpsAfter: Set<String> = [], hasLocations: Bool = false, folder: String? = nil, isVerbose: Bool = false) {
    self.dumpsAfter = dumpsAfter
    self.hasLocations = hasLocations
    self.folder = folder
    self.isVerbose = isVerbose
  }

  func willRun(phase: Phase, on compilation: Compilation) {
    self.phase = phase.name
    CrashHandler.enter(phase.name, variant: variant)
    Terminal.progress("\(variant.map { "\($0): " } ?? "")\(phase.name): \(phase.summary)")
    remember(phase.name, compilation)
  }

  func willRun(step: Step, on compilation: Compilation) {
    remember(step.name, compilation)
    text = nil
  }

  func didRun(step: Step, on compilation: Compilation, seconds: Double) {
    if isVerbose { Terminal.line("  \(step.name): \(Int(seconds * 1000)) ms") }
    dump(step.name, after: step, compilation)
  }

  func didRun(phase: Phase, on compilation: Compilation, seconds: Double) {
    count += 1
    if isVerbose { Terminal.line("\(phase.name): \(Int(seconds * 1000)) ms") }
    guard let last = phase.steps.last else { return }
    dump(phase.name, after: last, compilation)
    guard let folder else { return }
    reporting { () throws(Diagnostic) in
      let text = try compilation.text(after: last, locations: hasLocations)
      try compilation.writeText(text, to: "\(folder)/\(count)-\(phase.name).mlir")
    }
  }

  func progress(_ done: Int, of total: Int) { Terminal.progress("\(phase): \(done) of \(total)") }

  /// Keeps the IR before a phase or step that is dumped.
  private func remember(_ name: String, _ compilation: Compilation) {
    guard dumpsAfter.contains(name) else { return }
    if text == nil { text = compilation.text(locations: hasLocations) }
    before[name] = text
  }

  /// Prints the text after a phase or step, or that it changed nothing.
  private func dump(_ name: String, after step: Step, _ compilation: Compilation) {
    guard dumpsAfter.contains(name) else { return }
    reporting { () throws(Diagnostic) in
      let after = try compilation.text(after: step, locations: hasLocations)
      if !step.makesProduct { text = after }
      let isSame = after == before[name]
      try compilation.writeText(isSame ? "// no change in \(name)\n" : "// IR after \(name)\n" + after, to: "-")
    }
  }

  /// Does `body`, unless a dump has failed; keeps its error.
  private func reporting(_ body: () throws(Diagnostic) -> Void) {
    guard failure == nil else { return }
    do throws(Diagnostic) { try body() } catch { failure = error }
  }
}
