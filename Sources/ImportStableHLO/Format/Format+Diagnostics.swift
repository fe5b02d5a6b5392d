import TesseraDiagnostics

extension Diagnostic {
  static func unreadableText(_ path: String, line: Int, _ reason: String) -> Diagnostic {
    Diagnostic(.invalidInput, "'\(path)' is no valid text of StableHLO: \(reason)", location: "line \(line)")
  }

  static func unreadableBytecode(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      .invalidInput, "'\(path)' is no valid portable artifact of StableHLO: \(reason)", help: "the file may be cut off or damaged")
  }

  static func elidedConstant(_ path: String, line: Int) -> Diagnostic {
    Diagnostic(
      .invalidInput, "'\(path)' was printed without the elements of its constants", location: "line \(line)",
      help: "print it whole: jax.jit(f).lower(x).as_text() does, and MLIR without '--mlir-elide-elementsattrs-if-larger'")
  }

  static func severalBlocks(_ path: String, _ place: String) -> Diagnostic {
    Diagnostic(
      .unsupported, "'\(path)' has a region of several blocks: expected control flow as stablehlo.if, case and while", location: place)
  }
}
