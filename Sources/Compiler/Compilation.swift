public import TesseraConstants
public import TesseraDiagnostics
public import TesseraEncodings
public import TesseraFiles
public import TesseraFrontEnds
public import TesseraKernels
public import TesseraMLIR
public import TesseraModuleFormat

/// What a user can choose about a compilation.
public struct CompileOptions: Sendable {
  /// The devices of the program, the first one for what no rule places and for all that functions take and give.
  public var devices = [ProgramDevice(Targets.host)]
  /// The user's rules of placement; the first that holds for an operation counts.
  public var placement: [PlacementRule] = []
  /// How what no rule names is placed.
  public var defaultPlacement = DefaultPlacement.first
  /// What the kernels of the first device are for; to set it makes a program of one device.
  public var target: any Target {
    get { devices[0].target }
    set { devices = [ProgramDevice(newValue)] }
  }
  /// Sizes for symbolic dimensions of the model, by name.
  public var dimensions: [String: Int] = [:]
  /// Inner values of the model, by name, that its function returns too.
  public var addedOutputs: [String] = []
  /// What single formats of models alone understand.
  public var formats: [any FormatOptions] = []
  /// Whether computations on constants are done now.
  public var evaluatesConstants = true
  /// How many times as large as all that it comes from a constant that is computed now may be. Constants of up to 1 MiB always may.
  public var constantGrowth = 4
  /// Whether the program runs once, as those do that compute constants: kernels are optimized less, and get numbers of one layer (scales, zero points)
  /// as arguments wherever they can, so that layers share them.
  var runsOnce = false
  /// The format that weights of products get, or `nil` for their own.
  public var weightFormat: WeightFormat?
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
  /// How many of the rewrites that programs do as well without are done, the first ones; `nil` for all.
  public var rewriteLimit: Int?
  /// Whether the text of what the phase `codegen` makes is asked for.
  public var dumpsKernels = false

  public init() {}

  /// Who is asked for layouts on each device, in order.
  var resolvers: [(name: String, resolvers: [any EncodingResolver])] {
    let given: [(any EncodingResolver)?] = [packingSpec, resolver]
    return devices.map { ($0.name, given.compactMap { $0 } + [$0.target.encodingResolver(kernelRules)]) }
  }

  /// Whether kernels are kept in readable forms too.
  var wantsKernelText: Bool { dumpsKernels || kernelDumpFolder != nil }

  /// Makes the program that is easiest to believe: nothing is fused, laid out or computed early, and floats are computed as the model says.
  public mutating func makePlain() {
    devices = devices.map { ProgramDevice(name: $0.name, target: $0.target.plain) }
    isStrictMath = true
    rewriteLimit = 0
  }

  /// What is demanded of all kernels.
  var kernelRules: KernelRules { KernelRules(isStrictMath: isStrictMath, checksAccesses: checksAccesses, runsOnce: runsOnce) }
}

/// What happens during a compilation, for whoever shows progress.
public protocol CompilationObserver: AnyObject {
  func willRun(phase: Phase, on compilation: Compilation)
  func willRun(step: Step, on compilation: Compilation)
  /// `seconds` of wall time.
  func didRun(step: Step, on compilation: Compilation, seconds: Double)
  /// All steps of the phase are done, and the IR is verified; `seconds` of those that ran now.
  func didRun(phase: Phase, on compilation: Compilation, seconds: Double)
  /// So many of so many parts of the current step are done.
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
  /// The operators of the model outside of bodies, in order; none where the model came as IR of the pipeline.
  public let operators: [SourceOperator]
  /// What the compiler wants the user to know, in order.
  public var notes: [String] = []
  /// What was asked for and had no effect, in order.
  public internal(set) var warnings: [String] = []
  /// Where operations run and why, a line for each, after the phase `placement`; empty for a program of one device.
  public internal(set) var placementReasons: [String] = []
  /// The products whose weights have few bits, a line each, after the phase `input`.
  public internal(set) var quantizationReasons: [String] = []
  /// Figures, in the order in which they are printed.
  public var statistics: [(name: String, value: String)] = []
  /// The seconds of each phase that ran.
  public var seconds: [(phase: String, seconds: Double)] = []
  /// The phase that runs, or the last one that did; `nil` before the first.
  public private(set) var currentPhase: String?
  /// How many operands `specialization` packs.
  var packedOperandCount = 0
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
    operators: [SourceOperator] = [], plan: FilePlan = FilePlan(), observer: (any CompilationObserver)? = nil
  ) {
    self.context = context
    self.options = options
    self.module = module
    self.constants = constants
    self.notes = notes
    self.operators = operators
    self.plan = plan
    self.observer = observer
    if let limit = options.rewriteLimit { context.rewrites.limit = limit }
  }

  /// Creates a compilation for another target that goes on from where `other` is, by itself: what rewrites are counted by is common to both.
  init(_ other: Compilation, for target: any Target) {
    context = other.context
    var options = other.options
    options.target = target
    self.options = options
    module = other.module.copy()
    constants = other.constants.copy()
    operators = other.operators
    (warnings, statistics, seconds) = (other.warnings, other.statistics, other.seconds)
    (packedOperandCount, constantCount) = (other.packedOperandCount, other.constantCount)
    plan = other.plan
    observer = other.observer
  }

  /// What `run` runs. A module that has executables already, such as a dumped dispatch, goes on behind the phase that makes them.
  public func stages(from first: String? = nil, after done: String? = nil, through last: String? = nil) throws(Diagnostic) -> [Stage] {
    let resumed = module.executables.isEmpty ? 0 : try Pipeline.positions(of: "dispatch-creation").upperBound
    let begin = try first.map { name throws(Diagnostic) in try Pipeline.positions(of: name).lowerBound }
    let behind = try done.map { name throws(Diagnostic) in try Pipeline.positions(of: name).upperBound }
    let end = try last.map { name throws(Diagnostic) in try Pipeline.positions(of: name).upperBound } ?? Pipeline.steps.count
    let start = begin ?? behind ?? resumed
    return start < end ? Pipeline.stages(at: start..<end) : []
  }

  /// Runs the steps from `first`, or behind `done`, to `last`, each the name of a phase or a step; without names the whole pipeline. What each phase
  /// leaves is verified, and so is what the last step does.
  public func run(from first: String? = nil, after done: String? = nil, through last: String? = nil) throws(Diagnostic) {
    let stages = try stages(from: first, after: done, through: last)
    if let start = stages.first { try requireInput(of: start) }
    if stages.last?.phase.name == Pipeline.phases.last?.name { try requireWeights() }
    let clock = ContinuousClock()
    for stage in stages {
      let phase = stage.phase
      currentPhase = phase.name
      observer?.willRun(phase: phase, on: self)
      let begun = clock.now
      for step in stage.steps {
        observer?.willRun(step: step, on: self)
        let begun = clock.now
        try run(step)
        observer?.didRun(step: step, on: self, seconds: (clock.now - begun) / Duration.seconds(1))
      }
      try verify(after: stage)
      let duration = (clock.now - begun) / Duration.seconds(1)
      seconds.append((phase.name, duration))
      if stage.endsPhase { observer?.didRun(phase: phase, on: self, seconds: duration) }
    }
  }

  /// Runs one step, under whose name rewrites are counted. Another compilation may be at work within it, on constants.
  func run(_ step: Step) throws(Diagnostic) {
    let outer = context.rewrites.step
    defer { context.rewrites.step = outer }
    context.rewrites.step = step.name
    try step.run(self)
  }

  /// Checks what a stage has left: the level of its phase, if that is done.
  private func verify(after stage: Stage) throws(Diagnostic) {
    let phase = stage.phase
    try LevelVerifier.verifyStructure(module, after: stage.endsPhase ? phase.name : stage.steps.last?.name ?? phase.name)
    guard stage.endsPhase else { return }
    let isFirst = phase.name == Pipeline.phases.first?.name, isResumed = stage.steps.startIndex > 0
    try LevelVerifier.verify(module, is: phase.level) { op, place in
      // What came in is the user's; so is IR that was given within a phase, which nothing has checked.
      isFirst
        ? .unsupportedOperation(op, place)
        : isResumed
          ? .wrongPhaseInput(phase, "'\(op.name)' stands in \(place)", op.location.sourceNames.joined(separator: ", "))
          : .leftOperation(op, place, phase.name)
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

  /// Upstream's canonicalization, of blocks too where control flow goes from block to block: looking for what could be done with single ones takes as
  /// long as the rest.
  var canonicalization: String {
    let hasBlocks = module.operation.descendants.contains { $0.regions.contains(where: \.hasSeveralBlocks) }
    return hasBlocks ? Canonicalization.pass : Canonicalization.passWithinBlocks
  }

  /// Lets upstream simplify what a step left. Blocks are left alone: the phase `input` has simplified the control flow.
  func simplify() throws(Diagnostic) {
    guard context.rewrites.allows(passes: "canonicalize,cse") else { return }
    try runPasses(Canonicalization.passWithinBlocks)
    try eliminateCommonSubexpressions()
  }

  /// Lets upstream compute once what is computed twice.
  func eliminateCommonSubexpressions() throws(Diagnostic) {
    var numbers = BodyNumbers(module)
    try numbers.around { () throws(Diagnostic) in try runPasses("cse") }
  }

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
