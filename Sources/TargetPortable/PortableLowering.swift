internal import TesseraDiagnostics
internal import TesseraMLIR

/// The upstream passes that take an emitted kernel to what `Translator` knows.
enum PortableLowering {
  private static let steps: [(passes: String, dialect: String?)] = [
    ("\(Canonicalization.pass),cse,loop-invariant-code-motion", nil),
    ("convert-complex-to-standard", "complex"),
    ("lower-affine", "affine"),
    ("\(Canonicalization.pass),cse,loop-invariant-code-motion", nil),
  ]

  /// Lowers all functions of `module`.
  static func run(on module: Module) throws(Diagnostic) {
    let names = Set(module.operation.descendants.map { String($0.name.prefix { $0 != "." }) })
    let passes = steps.filter { $0.dialect.map(names.contains) ?? true }.map(\.passes)
    do throws(MLIRError) { try module.run(passes: passes.joined(separator: ","), verify: false) } catch {
      throw Diagnostic(.compilerBug, id: "portableLowering", "a kernel could not be lowered for the portable machine: \(error)")
    }
  }
}
