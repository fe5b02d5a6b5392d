internal import TesseraCMLIR

extension Module {
  /// Runs a pipeline of upstream passes, given as text like `canonicalize,cse,func.func(linalg-generalize-named-ops)`.
  public func run(passes pipeline: String, verify: Bool = true) throws(MLIRError) {
    let manager = withStringRef("builtin.module") { mlirPassManagerCreateOnOperation(context.handle, $0) }
    defer { mlirPassManagerDestroy(manager) }
    mlirPassManagerEnableVerifier(manager, verify)
    var problem = ""
    let added = withStringRef(pipeline) { text in
      withUnsafeMutablePointer(to: &problem) { pointer in
        mlirOpPassManagerAddPipeline(
          mlirPassManagerGetAsOpPassManager(manager), text,
          { piece, userData in userData!.assumingMemoryBound(to: String.self).pointee += String(piece) }, pointer)
      }
    }
    guard mlirLogicalResultIsSuccess(added) else { throw MLIRError("pipeline '\(pipeline)': \(problem)") }
    guard mlirLogicalResultIsSuccess(mlirPassManagerRunOnOp(manager, mlirModuleGetOperation(handle))) else {
      throw MLIRError(context.takeErrorText(fallback: "pipeline '\(pipeline)' failed"))
    }
  }

  /// Applies the named sequence `entry` of the transform module `schedule` to this module.
  public func apply(schedule: Module, entry: String = "__transform_main") throws(MLIRError) {
    guard let root = schedule.lookup(entry) else { throw MLIRError("the schedule has no sequence '\(entry)'") }
    let options = mlirTransformOptionsCreate()
    defer { mlirTransformOptionsDestroy(options) }
    let result = mlirTransformApplyNamedSequence(operation.handle, root.handle, schedule.operation.handle, options)
    guard mlirLogicalResultIsSuccess(result) else { throw MLIRError(context.takeErrorText(fallback: "the schedule failed")) }
  }
}
