import TesseraDiagnostics
import TesseraDialects
import TesseraMLIR
import TesseraModuleFormat

/// Checks that a module is of a level: the context would let any name pass.
struct LevelVerifier {
  private let level: Level
  /// The executables, which dispatches are checked against.
  private let executables: [String: Operation]
  /// The error of an operation that is no part of the level, and why.
  private let fault: (Operation, String) -> Diagnostic
  /// What is known of operations, by the identity of their names.
  private var kinds: [UnsafeRawPointer?: Kind] = [:]
  /// Types of which it is known that memory or the VM holds their values, and those of which it computes.
  private var held = Set<Type>(), computed = Set<Type>()

  /// Where an operation stands.
  private enum Place { case host, executable, body }

  /// What holds for all operations of a name.
  private struct Kind {
    let name: String
    /// Whether regions of the operation are bodies.
    let hasBody: Bool
    /// Whether the host program computes the operation on numbers that it computes with.
    let isHostArithmetic: Bool
    /// Whether operations of the name have a verifier of ours.
    let isOurs: Bool
    let places: (host: Bool, executable: Bool, body: Bool)
  }

  /// Throws what `fault` makes of the first operation of `module` that is no part of `level`; a compiler bug for one of ours without form.
  static func verify(_ module: Module, is level: Level, fault: @escaping (Operation, String) -> Diagnostic) throws(Diagnostic) {
    var verifier = LevelVerifier(level: level, executables: module.executables, fault: fault)
    for operation in module.body.operations { try verifier.check(operation, in: operation.isExecutable ? .executable : .host) }
  }

  /// Throws a compiler bug that names `place`, a phase or a step, if upstream's verifiers refuse the module after it.
  static func verifyStructure(_ module: Module, after place: String) throws(Diagnostic) {
    guard module.operation.verify() else {
      throw Diagnostic(
        .compilerBug, id: "invalidIR", "the IR is not valid after '\(place)': \(module.context.takeErrorText(fallback: "no reason given"))")
    }
  }

  private init(level: Level, executables: [String: Operation], fault: @escaping (Operation, String) -> Diagnostic) {
    (self.level, self.executables, self.fault) = (level, executables, fault)
  }

  /// Checks an operation and those in its regions.
  private mutating func check(_ op: Operation, in place: Place) throws(Diagnostic) {
    let kind = kind(op)
    switch place {
    case .host: if !kind.places.host { try checkNumbers(op, kind) }
    case .executable: if !kind.places.executable { throw fault(op, "a kernel") }
    case .body:
      if !kind.places.body || op.resultCount > 1 && op.regions.isEmpty { throw fault(op, "the body of a structured operation") }
    }
    if kind.isOurs { try verify(op) }
    if place == .host { try checkTypes(op.results.map(\.type), op) }
    let inner = kind.hasBody ? .body : place
    for region in op.regions {
      for block in region.blocks {
        if inner == .host { try checkTypes(block.arguments.map(\.type), op) }
        for operation in block.operations { try check(operation, in: inner) }
      }
    }
  }

  /// Checks an operation of the host program on numbers.
  private mutating func checkNumbers(_ op: Operation, _ kind: Kind) throws(Diagnostic) {
    // A choice of tensors or lists is a branch.
    if kind.name == "arith.select", op.result(0).type.isTensor || op.result(0).type.isList { return }
    guard kind.isHostArithmetic else { throw fault(op, "the host program") }
    for type in (op.operands + op.results).map(\.type) where !computed.contains(type) {
      guard FunctionScheduler.computes(type) else { throw fault(op, "the host program, on values of type '\(type)'") }
      computed.insert(type)
    }
  }

  /// Checks that values outside of bodies have a form in memory or in the VM.
  private mutating func checkTypes(_ types: [Type], _ op: Operation) throws(Diagnostic) {
    for type in types where !held.contains(type) {
      let isHeld =
        type.isTensor
        ? ElementType(stored: type.element) != nil : type.isList || FunctionScheduler.computes(type) || type.isFloat && type.bitWidth == 16
      guard isHeld else { throw fault(op, "the host program, with a value of type '\(type)'") }
      held.insert(type)
    }
  }

  /// What holds for the name of an operation.
  private mutating func kind(_ op: Operation) -> Kind {
    let identity = op.nameIdentity
    if let known = kinds[identity] { return known }
    let name = op.name
    let kind = Kind(
      name: name, hasBody: name.hasPrefix("linalg.") || op.isStructured, isHostArithmetic: FunctionScheduler.computes(name: name),
      isOurs: ["flow.", "encoding.", "list.", "strings.", "rows."].contains(where: name.hasPrefix),
      places: (level.host.contains(name), level.executable.contains(name), level.body.contains(name)))
    kinds[identity] = kind
    return kind
  }

  /// Checks the form of an operation of ours.
  private func verify(_ op: Operation) throws(Diagnostic) {
    if let dispatch = DispatchOp(op) { try dispatch.verify(executables) }
    if let transfer = TransferOp(op) { try transfer.verify() }
    if let set = SetEncodingOp(op) { try set.verify() }
    if let unset = UnsetEncodingOp(op) { try unset.verify() }
    if let list = ListOp(op) { try list.verify() }
    if let string = StringOp(op) { try string.verify() }
    if RowOps.names.contains(op.name) { try RowOps.verify(op) }
  }
}

extension Diagnostic {
  /// An operation of the model that no phase behind `input` can treat.
  static func unsupportedOperation(_ op: Operation, _ place: String) -> Diagnostic {
    Diagnostic(
      .unsupported, "operation '\(op.name)' is not supported in \(place)", location: op.location.sourceNames.joined(separator: ", "),
      help:
        "bodies compute with numbers (arith, math, complex), read tensors by tensor.extract, choose and loop by scf.if, scf.for and scf.while"
    )
  }

  /// An operation that a phase has left, or made, which those behind it cannot treat.
  static func leftOperation(_ op: Operation, _ place: String, _ phase: String) -> Diagnostic {
    Diagnostic(
      .compilerBug, "the phase '\(phase)' leaves '\(op.name)' in \(place)", location: op.location.sourceNames.joined(separator: ", "),
      notes: [op.text()])
  }
}
