import TesseraConstants
public import TesseraDiagnostics
public import TesseraKernels
import TesseraModuleFormat

/// A model on its way to a module of several programs that compute the same, each for one machine of a list.
///
/// What is before layouts is done once. From there on each program is compiled by itself, since all of it may differ: layouts, fusion, grids,
/// memory. Constants that come out alike are stored once.
public struct ModuleVariants {
  /// The programs, in the order of the targets: the one of the first that fits is run.
  public let programs: [Compilation]
  private let commonPhase: String

  /// The last phase that is run once for all programs.
  public static func commonPhase(sharesLayouts: Bool) -> String { sharesLayouts ? "specialization" : "input" }

  /// Runs what `compilation` can do for all targets, and begins a program for each. With `sharesLayouts` that is all up to constants, for the target of
  /// `compilation`: then there is one copy of the weights, in the layouts of that target.
  public init(_ compilation: Compilation, targets: [any Target], sharesLayouts: Bool) throws(Diagnostic) {
    commonPhase = Self.commonPhase(sharesLayouts: sharesLayouts)
    try compilation.run(through: commonPhase)
    programs = targets.map { Compilation(compilation, for: $0) }
  }

  /// Runs what remains of one of the programs, before the phase `end` if there is one.
  public func run(_ program: Compilation, before end: String? = nil) throws(Diagnostic) {
    let first = try Pipeline.positions(of: commonPhase).upperBound
    let last = try end.map { name throws(Diagnostic) in try Pipeline.positions(of: name).lowerBound } ?? Pipeline.steps.count
    if first < last { try program.run(after: commonPhase, through: Pipeline.steps[last - 1].name) }
  }

  /// The programs with constants in common.
  private func descriptions() throws(Diagnostic) -> (programs: [ModuleDescription], constants: [StoredConstant]) {
    var shared = SharedConstants()
    var descriptions: [ModuleDescription] = []
    for program in programs {
      let (description, constants) = try program.description()
      descriptions.append(shared.add(description, constants))
    }
    return (descriptions, shared.constants)
  }

  /// Figures that concern all programs.
  public func statistics() throws(Diagnostic) -> [(name: String, value: String)] {
    let (descriptions, constants) = try descriptions()
    let images = descriptions.flatMap(\.executables).flatMap(\.variants)
    return [
      ("variants", "\(programs.count)"), ("constant bytes", "\(constants.reduce(0) { $0 + $1.byteCount })"),
      ("code bytes", "\(images.reduce(0) { $0 + $1.image.count })"), ("rewrites", "\(programs[0].context.rewrites.count)"),
    ]
  }

  /// Writes the module file; on failure nothing is left at `path`.
  public func writeModule(to path: String) throws(Diagnostic) {
    let (descriptions, constants) = try descriptions()
    try programs[0].writeModule(of: descriptions, constants, to: path)
  }

  /// The module file as bytes.
  func moduleBytes() throws(Diagnostic) -> [UInt8] {
    let (descriptions, constants) = try descriptions()
    return try programs[0].moduleBytes(of: descriptions, constants)
  }
}
