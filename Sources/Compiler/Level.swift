import TesseraDialects
import TesseraMLIR

/// A level of IR: which operations may stand after a phase, by where they stand. Values outside of bodies have types that memory or the VM can hold.
///
/// What the phases behind `input` cannot treat is no part of its level, so that it is an error there, by the user's name of it.
struct Level: Sendable {
  /// In host functions, outside of structured operations; arithmetic on numbers too, as far as `FunctionScheduler` computes it.
  var host: Set<String>
  /// In executables, outside of structured operations.
  var executable: Set<String>
  /// In the bodies of structured operations, which become kernels. Operations of arith and math have one result there.
  var body: Set<String>

  /// After `input`: each operation on tensors is a structured one, a view, or moves whole tensors.
  static let structured = Level(
    host: functions.union(views).union(control).union(structuredOperations).union(lists), executable: kernels, body: bodies)

  /// After `global-optimization`: tensors may say what they are for.
  static let encoded = Level(
    host: structured.host.union([SetEncodingOp.name, UnsetEncodingOp.name]), executable: kernels, body: bodies)

  /// After `specialization`: no encoding remains.
  static let specialized = structured

  /// After `dispatch-creation`: structured operations stand in executables, and the host calls them.
  static let dispatched = Level(
    host: specialized.host.subtracting(structuredOperations).union([DispatchOp.name]), executable: kernels, body: bodies)

  /// Functions, calls, constants and weights.
  private static let functions: Set<String> = [
    "func.func", "func.return", "func.call", "arith.constant", "ml_program.global", "ml_program.global_load_const",
    "ml_program.global_load",
  ]

  /// Sizes, single elements, and other forms of the same elements.
  private static let views: Set<String> = [
    "tensor.empty", "tensor.dim", "tensor.expand_shape", "tensor.collapse_shape", "tensor.cast", "tensor.reshape", "tensor.bitcast",
    "tensor.extract", "tensor.from_elements", TransferOp.name,
  ]

  /// Checks, branches and loops. `arith.select` of tensors and lists is a branch.
  private static let control: Set<String> = [
    "cf.assert", "cf.br", "cf.cond_br", "cf.switch", "scf.if", "scf.for", "scf.while", "scf.condition", "scf.yield", "scf.index_switch",
    "scf.execute_region", "scf.parallel", "scf.reduce", "scf.reduce.return", "affine.apply", "affine.min", "affine.max", "affine.for",
    "affine.if", "affine.yield",
  ]

  /// Operations with loops over tensors, and what ends their bodies.
  private static let structuredOperations: Set<String> = RowOps.names.union(["linalg.generic"])

  /// Lists and strings of the model.
  private static let lists: Set<String> = Set(
    ListOp.Kind.allCases.map { "list.\($0.rawValue)" } + StringOp.Kind.allCases.map { "strings.\($0.rawValue)" })

  /// One loop nest, or a sequence of them, on the executable's arguments; borders of results.
  private static let kernels: Set<String> = structuredOperations.union([
    "func.func", "func.return", "arith.constant", "tensor.empty", "tensor.pad", "tensor.yield",
  ])

  /// Arithmetic on elements, reads of tensors at computed places, choices and loops.
  private static let bodies: Set<String> = Set(
    [
      "linalg.index", "linalg.yield", ScatterOp.yield, "affine.apply", "tensor.extract", "tensor.dim", "cf.assert", "scf.if", "scf.for",
      "scf.while", "scf.condition", "scf.yield", "ub.poison",
    ] + arithmetic.map { "arith.\($0)" } + mathematics.map { "math.\($0)" } + complexNumbers.map { "complex.\($0)" })

  private static let arithmetic = [
    "addf", "addi", "andi", "bitcast", "ceildivsi", "ceildivui", "cmpf", "cmpi", "constant", "divf", "divsi", "divui", "extf", "extsi",
    "extui", "floordivsi", "fptosi", "fptoui", "index_cast", "index_castui", "maximumf", "maxnumf", "maxsi", "maxui", "minimumf", "minnumf",
    "minsi", "minui", "mulf", "muli", "negf", "ori", "remf", "remsi", "remui", "select", "shli", "shrsi", "shrui", "sitofp", "subf", "subi",
    "truncf", "trunci", "uitofp", "xori",
  ]
  private static let mathematics = [
    "absf", "absi", "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "ceil", "copysign", "cos", "cosh", "ctlz", "ctpop",
    "cttz", "erf", "erfc", "exp", "exp2", "expm1", "floor", "fma", "fpowi", "ipowi", "log", "log10", "log1p", "log2", "powf", "round",
    "roundeven", "rsqrt", "sin", "sinh", "sqrt", "tan", "tanh", "trunc",
  ]
  private static let complexNumbers = ["add", "create", "div", "im", "mul", "re", "sub"]
}
