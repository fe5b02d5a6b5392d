import Compiler
import Diagnostics
import Files

/// Shows progress, and dumps the IR where it was asked for.
final class Reporter: CompilationObserver {
  private let dumpsAfter: Set<String>
  private let folder: String?
  private let isVerbose: Bool
  private var phase = ""
  private var count = 0
  /// The first dump that could not be written.
  private(set) var failure: Diagnostic?

  init(dumpsAfter: Set<String>, folder: String?, isVerbose: Bool) {
    self.dumpsAfter = dumpsAfter
    self.folder = folder
    self.isVerbose = isVerbose
  }

  func willRun(phase: Phase) {
    self.phase = phase.name
    CrashHandler.enter(phase.name)
    Terminal.progress("\(phase.name): \(phase.summary)")
  }

  func didRun(phase: Phase, on compilation: Compilation, seconds: Double) {
    count += 1
    if isVerbose { Terminal.line("\(phase.name): \(Int(seconds * 1000)) ms") }
    let isWanted = dumpsAfter.contains(phase.name)
    guard isWanted || folder != nil else { return }
    let text = compilation.module.operation.description + "\n"
    guard failure == nil else { return }
    do throws(Diagnostic) {
      if isWanted { try compilation.writeText("// IR after \(phase.name)\n" + text, to: "-") }
      if let folder { try compilation.writeText(text, to: "\(folder)/\(count)-\(phase.name).mlir") }
    } catch {
      failure = error
    }
  }

  func progress(_ done: Int, of total: Int) { Terminal.progress("\(phase): \(done) of \(total)") }
}
