internal import TesseraCMLIR

/// A module of LLVM IR with a context of its own, so that several threads can work on several modules at once.
public final class LLVMModule {
  private let context: LLVMContextRef
  private let handle: LLVMModuleRef
  private let problems: ProblemSink

  /// Translates a module of the LLVM dialect.
  public init(translating module: Module) throws(MLIRError) {
    let context = LLVMContextCreate()!
    let problems = ProblemSink()
    LLVMContextSetDiagnosticHandler(
      context,
      { info, userData in
        guard LLVMGetDiagInfoSeverity(info) == LLVMDSError else { return }
        Unmanaged<ProblemSink>.fromOpaque(userData!).takeUnretainedValue().list.append(takeMessage(LLVMGetDiagInfoDescription(info)))
      }, Unmanaged.passUnretained(problems).toOpaque())
    guard let handle = mlirTranslateModuleToLLVMIR(module.operation.handle, context) else {
      LLVMContextDispose(context)
      throw MLIRError(module.context.takeErrorText(fallback: "the module cannot be translated to LLVM IR"))
    }
    self.context = context
    self.handle = handle
    self.problems = problems
  }

  deinit {
    LLVMDisposeModule(handle)
    LLVMContextDispose(context)
  }

  /// Sets the triple and the data layout to those of `machine`.
  public func setTarget(_ triple: String, _ machine: LLVMTargetMachine) {
    LLVMSetTarget(handle, triple)
    let layout = LLVMCreateTargetDataLayout(machine.handle)
    defer { LLVMDisposeTargetData(layout) }
    LLVMSetModuleDataLayout(handle, layout)
  }

  /// Sets attributes on every function that has a body: `strings` of the form `"name"="value"`, and `flags` such as `nounwind`.
  public func setFunctionAttributes(strings: [(name: String, value: String)], flags: [String]) {
    let texts = strings.map { name, value in
      LLVMCreateStringAttribute(context, name, UInt32(name.utf8.count), value, UInt32(value.utf8.count))
    }
    let enums = flags.map { LLVMCreateEnumAttribute(context, LLVMGetEnumAttributeKindForName($0, $0.utf8.count), 0) }
    let atFunction = LLVMAttributeIndex(bitPattern: Int32(LLVMAttributeFunctionIndex))
    for function in definedFunctions {
      for attribute in texts + enums { LLVMAddAttributeAtIndex(function, atFunction, attribute) }
    }
  }

  /// The names of the functions that have a body and that other objects can see.
  public var exportedFunctions: [String] {
    definedFunctions.filter { LLVMGetLinkage($0) == LLVMExternalLinkage }.map { function in
      var count = 0
      let name = LLVMGetValueName2(function, &count)
      return String(decoding: UnsafeRawBufferPointer(start: name, count: count), as: UTF8.self)
    }
  }

  private var definedFunctions: [LLVMValueRef] {
    var list: [LLVMValueRef] = []
    var function = LLVMGetFirstFunction(handle)
    while let f = function {
      if LLVMIsDeclaration(f) == 0 { list.append(f) }
      function = LLVMGetNextFunction(f)
    }
    return list
  }

  /// Runs LLVM's pipeline `passes`, such as `function(simplifycfg,gvn)`.
  public func optimize(_ passes: String, for machine: LLVMTargetMachine) throws(MLIRError) {
    let options = LLVMCreatePassBuilderOptions()
    defer { LLVMDisposePassBuilderOptions(options) }
    if let error = LLVMRunPasses(handle, passes, machine.handle, options) {
      let text = LLVMGetErrorMessage(error)
      defer { LLVMDisposeErrorMessage(text) }
      throw MLIRError(String(cString: text!))
    }
    try throwProblems()
  }

  /// The forms of output of `emit`.
  public enum FileKind: Sendable { case object, assembly }

  /// Generates machine code, into memory. Code generation rewrites the IR: for assembly it works on a copy, but an object is the last thing
  /// that can be made of a module.
  public func emit(_ kind: FileKind, for machine: LLVMTargetMachine) throws(MLIRError) -> [UInt8] {
    let source = kind == .object ? handle : LLVMCloneModule(handle)!
    defer { if source != handle { LLVMDisposeModule(source) } }
    var problem: UnsafeMutablePointer<CChar>?
    var buffer: LLVMMemoryBufferRef?
    let file = kind == .object ? LLVMObjectFile : LLVMAssemblyFile
    guard LLVMTargetMachineEmitToMemoryBuffer(machine.handle, source, file, &problem, &buffer) == 0, let buffer else {
      throw MLIRError(takeMessage(problem))
    }
    defer { LLVMDisposeMemoryBuffer(buffer) }
    try throwProblems()
    return [UInt8](UnsafeRawBufferPointer(start: LLVMGetBufferStart(buffer), count: LLVMGetBufferSize(buffer)))
  }

  private func throwProblems() throws(MLIRError) {
    guard !problems.list.isEmpty else { return }
    defer { problems.list = [] }
    throw MLIRError(problems.list.joined(separator: "; "))
  }
}

/// Collects the errors that LLVM reports.
private final class ProblemSink {
  var list: [String] = []
}
