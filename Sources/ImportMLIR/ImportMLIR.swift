public import TesseraDiagnostics
import TesseraDialects
public import TesseraFiles
public import TesseraFrontEnds
public import TesseraMLIR

/// MLIR text or bytecode in upstream tensor dialects; TOSA is lowered to linalg.
///
/// Requires: functions on ranked tensors in the dialects func, linalg, tensor, arith, math, scf, complex, tosa.
/// Ensures: no operation of TOSA remains; the values of globals stand in the store that is returned.
public struct MLIRFrontEnd: FrontEnd {
  public let name = "MLIR"
  public let suffixes = [".mlir", ".mlirbc"]

  public init() {}

  public func recognizes(_ file: FileBytes) -> Bool {
    defer { withExtendedLifetime(file) {} }
    return isBytecode(file.bytes) || SourceText(FormatBytes(file.bytes))?.looksLikeMLIR == true
  }

  public func load(_ file: FileBytes, context: Context, options: ImportOptions) throws(Diagnostic) -> ImportedModel {
    let (module, resources) = try readMLIR(file, context: context, options.trialReader)
    for operation in module.operation.descendants {
      let arguments = operation.regions.flatMap(\.blocks).flatMap(\.arguments)
      if let value = (operation.results + arguments).first(where: { $0.type.isTensor && !$0.type.hasPossibleShape }) {
        throw .impossibleTensor(value.type, operation)
      }
    }
    let inner = InnerValues(module)
    try inner.add(options.addedOutputs)
    try BoundaryTypes(module).run()
    let constants = try storeGlobals(of: module, resources: resources, path: file.path)
    try InputDimensions(module: module).fix(options.symbols)
    return ImportedModel(module: module, constants: constants, hasUnverifiedOperations: true, operators: inner.operators)
  }
}

/// Reads the file, checks what stands in it, and lowers TOSA.
private func readMLIR(
  _ file: FileBytes, context: Context, _ trialReader: String?
) throws(Diagnostic) -> (module: Module, resources: [(name: String, bytes: [UInt8])]) {
  let path = file.path
  let module = try parse(file, context: context, trialReader)
  for operation in module.operation.descendants {
    do throws(Diagnostic) { try RowOps.verify(operation) } catch { throw .unreadableMLIR(path, error.message) }
  }
  try BoundaryTypes.checkShapes(in: module)
  try lowerDialects(of: module, path: path)
  let hasTOSA = module.operation.descendants.contains { $0.name.hasPrefix("tosa.") }
  try InputOperations.checkNames(in: module)
  try InputOperations.checkTypes(in: module, onlyArguments: hasTOSA)
  try InputFunctions.check(module)
  SlicesOfFullRank(context: context).run(on: module)
  NumberedSwitches(context: context).run(on: module)
  WrappingArithmetic().run(on: module)
  let resources = try ResourcesToGlobals(module).run()
  guard hasTOSA else { return (module, resources) }
  if let variable = module.operation.descendants.first(where: { $0.name.hasPrefix("tosa.variable") }) {
    throw .unsupportedOperation(variable, "a function has no state from call to call")
  }
  ScattersOfTOSA(module).run()
  let hidden = HiddenFromFolds(context: context)
  hidden.hide(in: module)
  do throws(MLIRError) {
    try module.run(passes: tosaPipeline)
  } catch {
    throw .unsupportedTOSA(path, error.text)
  }
  HiddenOp.reveal(in: module)
  if let left = module.operation.descendants.first(where: { $0.name.hasPrefix("tosa.") }) {
    throw .unsupportedTOSA(path, "'\(left.name)' has no lowering for these types", left)
  }
  // Upstream lowers some of TOSA to the dialect index.
  try lowerDialects(of: module, path: path)
  // Upstream has found ranks where TOSA leaves them open.
  try InputOperations.checkTypes(in: module, onlyArguments: false)
  return (module, resources)
}

/// `true` iff the bytes begin as MLIR bytecode does.
func isBytecode(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.starts(with: [0x4D, 0x4C, 0xEF, 0x52]) }

/// Parses and verifies the file with upstream's reader, which sees nothing that it would not survive.
func parse(_ file: FileBytes, context: Context, _ trialReader: String? = nil) throws(Diagnostic) -> Module {
  let path = file.path
  if !isBytecode(file.bytes) {
    try TextLimits.check(file.bytes, path: path)
  } else if let trialReader {
    // The other program cannot read a pipe once more.
    let folder: TemporaryFolder?
    let copy: String
    do throws(FileError) {
      folder = file.isStream ? try TemporaryFolder() : nil
      copy = try folder?.write(file.array, to: "model.mlirbc") ?? path
    } catch { throw Diagnostic(error) }
    try ReadingTrial(program: trialReader).run(copy)
    withExtendedLifetime(folder) {}
  }
  let parsed: Result<Module, MLIRError> = onLargeStack {
    Result { () throws(MLIRError) in
      // Upstream's own reading puts the path into locations; a pipe cannot be read a second time.
      let module = try file.isStream ? Module(parsing: file.array, context) : Module(file: path, context)
      guard module.operation.verify() else { throw MLIRError(context.takeErrorText(fallback: "the module does not verify")) }
      return module
    }
  }
  do throws(MLIRError) { return try parsed.get() } catch { throw .unreadableMLIR(path, error.text) }
}

/// Upstream's way from TOSA to linalg, tensor, arith and scf. No canonicalization sees an operation of TOSA.
private let tosaPipeline =
  "func.func(tosa-optional-decompositions,tosa-to-scf,tosa-infer-shapes,tosa-make-broadcastable,tosa-to-linalg-named),"
  + "func.func(tosa-make-broadcastable),func.func(tosa-to-linalg),func.func(tosa-to-arith{include-apply-rescale=true},"
  + "tosa-to-tensor),\(Canonicalization.pass),cse"
