public import Constants
public import Diagnostics
public import Encodings
public import Files
public import FrontEnds
public import Kernels
public import MLIR

/// What a user can choose about a compilation.
public struct CompileOptions: Sendable {
  /// What the kernels are for.
  public var target: any Target = Targets.host
  /// Sizes for symbolic dimensions of the model, by name.
  public var dimensions: [String: Int] = [:]
  /// What single formats of models alone understand.
  public var formats: [any FormatOptions] = []
  /// Whether computations on constants are done now.
  public var evaluatesConstants = true
  /// How many times as large as all that it comes from a constant that is computed now may be. Constants of up to 1 MiB always may.
  public var constantGrowth = 4
  /// Whether the program runs once, as those do that compute constants: kernels are optimized less, and get numbers of one layer (scales, zero points)
  /// as arguments wherever they can, so that layers share them.
  var runsOnce = false
  /// Whether floats are computed exactly as the model says: no product and sum become one operation with one rounding, and no sum is reordered.
  public var isStrictMath = false
  /// Whether kernels check each access to memory, and end the call where one is beyond its operand.
  public var checksAccesses = false
  /// A program that runs `readingTrial`, which reads bytecode before this process does, since that may end it; or `nil`.
  public var trialReader: String?
  /// Where compiled kernels are kept between compilations, or `nil`.
  public var cache: KernelCache?
  /// The user's rules for how operands of contractions lie in memory.
  public var packingSpec: PackingSpec?
  /// The user's resolver, which is asked where the rules say nothing; the target's own one is asked where this has no opinion.
  public var resolver: (any EncodingResolver)?
  /// How the kernel of the only dispatch is configured, as text; the heuristic chooses if `nil`.
  public var configuration: String?
  /// A folder for readable forms of every kernel, or `nil`.
  public var kernelDumpFolder: String?

  public init() {}

  /// Who is asked for layouts, in order.
  var resolvers: [any EncodingResolver] {
    let own = target.encodingResolver(kernelRules)
    let given: [(any EncodingResolver)?] = [packingSpec, resolver]
    return given.compactMap { $0 } + [own]
  }

  /// What is demanded of all kernels.
  var kernelRules: KernelRules { KernelRules(isStrictMath: isStrictMath, checksAccesses: checksAccesses, runsOnce: runsOnce) }
}

/// What happens during a compilation, for whoever shows progress.
public protocol CompilationObserver: AnyObject {
  func willRun(phase: Phase)
  /// `seconds` of wall time.
  func didRun(phase: Phase, on compilation: Compilation, seconds: Double)
  /// So many of so many parts of the current phase are done.
  func progress(_ done: Int, of total: Int)
}

/// A model on its way through the pipeline.
public final class Compilation {
  public let context: Context
  public let options: CompileOptions
  /// The IR, which each phase changes in place.
  public var module: Module
  /// The values of the globals in the IR.
  public var constants: ConstantStore
  /// What the compiler wants the user to know, in order.
  public var notes: [String] = []
  /// What was asked for and had no effect, in order.
  public internal(set) var warnings: [String] = []
  /// Figures, in the order in which they are printed.
  public var statistics: [(name: String, value: String)] = []
  /// The seconds of each phase that ran.
  public var seconds: [(phase: String, seconds: Double)] = []
  /// The phase that runs, or the last one that did; `nil` before the first.
  public private(set) var currentPhase: String?
  /// The kernels, after the phase `codegen`.
  var code = GeneratedCode()
  /// The host program, after the phase `scheduling`.
  var scheduled: ScheduledModule?
  weak var observer: (any CompilationObserver)?
  /// The files that the compilation reads and writes: what it writes is checked against them.
  public var plan: FilePlan

  /// Creates a compilation of a model that has been read.
  public init(
    context: Context, options: CompileOptions, module: Module, constants: ConstantStore, notes: [String] = [],
    plan: FilePlan = FilePlan(), observer: (any CompilationObserver)? = nil
  ) {
    self.context = context
    self.options = options
    self.module = module
    self.constants = constants
    self.notes = notes
    self.plan = plan
    self.observer = observer
  }

  /// The phases that `run` runs.
  public func phases(from first: String? = nil, through last: String? = nil) -> [Phase] {
    let all = Pipeline.phases
    func index(_ name: String) -> Int? { all.firstIndex { $0.name == name } }
    let resumed = module.executables.isEmpty ? 0 : index("dispatch-creation").map { $0 + 1 } ?? 0
    let start = first.flatMap(index) ?? resumed
    let end = last.flatMap(index) ?? all.count - 1
    return start <= end ? Array(all[start...end]) : []
  }

  /// Runs the phases from `first` to `last` (both by name; all of them if `nil`), and verifies the IR after each.
  ///
  /// A module that has executables already, such as a dumped dispatch, goes on behind the phase that makes them.
  public func run(from first: String? = nil, through last: String? = nil) throws(Diagnostic) {
    let all = Pipeline.phases
    func index(_ name: String) -> Int? { all.firstIndex { $0.name == name } }
    for name in [first, last].compactMap({ $0 }) where index(name) == nil { throw .unknownPhase(name) }
    let wanted = phases(from: first, through: last)
    if let start = wanted.first, start.name != all.first?.name { try requireInput(of: start) }
    if wanted.last?.name == all.last?.name { try requireWeights() }
    for phase in wanted {
      currentPhase = phase.name
      observer?.willRun(phase: phase)
      let clock = ContinuousClock()
      let begun = clock.now
      try phase.run(self)
      try BoundaryVerifier.verify(module, after: phase.name)
      let duration = (clock.now - begun) / Duration.seconds(1)
      seconds.append((phase.name, duration))
      observer?.didRun(phase: phase, on: self, seconds: duration)
    }
  }

  /// Runs upstream passes; a failure is a bug of the compiler. What they leave is verified at the end of the phase.
  func runPasses(_ pipeline: String) throws(Diagnostic) {
    do throws(MLIRError) {
      try module.run(passes: pipeline, verify: false)
    } catch {
      throw Diagnostic(.compilerBug, id: "passFailure", "upstream passes failed: \(error.text)", notes: ["passes: \(pipeline)"])
    }
  }

  /// Lets upstream simplify what a step left. Blocks are left alone: the first canonicalization, in the phase `input`, has simplified the control flow.
  func simplify() throws(Diagnostic) { try runPasses("\(Canonicalization.passWithinBlocks),cse") }

  /// Makes generics of all named operations of linalg, if there are any: upstream's pass takes as long as a canonicalization to find none.
  func makeGenerics() throws(Diagnostic) {
    guard contains({ $0.hasPrefix("linalg.") && !["linalg.generic", "linalg.index", "linalg.yield"].contains($0) }) else { return }
    try runPasses("func.func(linalg-generalize-named-ops)")
  }

  /// `true` iff the module has an operation of such a name.
  func contains(_ isWanted: (String) -> Bool) -> Bool {
    var known = Set<UnsafeRawPointer?>()
    return module.operation.descendants.contains { known.insert($0.nameIdentity).inserted && isWanted($0.name) }
  }

  private var constantCount = 0
  /// A number for a new constant.
  func nextConstant() -> Int {
    defer { constantCount += 1 }
    return constantCount
  }

  /// Adds a figure.
  func count(_ name: String, _ value: Int) { statistics.append((name, "\(value)")) }
}

extension Diagnostic {
  /// A phase that the pipeline does not have.
  static func unknownPhase(_ name: String) -> Diagnostic {
    Diagnostic(.wrongUsage, "there is no phase '\(name)'", notes: ["the phases are \(Pipeline.phases.map(\.name).joined(separator: ", "))"])
  }
}
