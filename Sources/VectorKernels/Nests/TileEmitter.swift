internal import TesseraDiagnostics
internal import TesseraDialects
internal import TesseraKernels
internal import TesseraLoopNests
internal import TesseraMLIR
internal import TesseraModuleFormat

/// What emits a kernel, or a nest of one, as loops over tiles.
protocol TileEmitter {
  var loops: TileLoops { get }
  /// Emits everything that this workgroup has to do.
  func emit() throws(Diagnostic)
}

extension TileEmitter {
  var kernel: KernelBuilder { loops.kernel }
  var b: Builder { kernel.b }
  var context: Context { kernel.context }
  var width: Int { kernel.width }
  var nest: LoopNest { loops.nest }
  var configuration: KernelConfiguration { loops.configuration }
  var sizes: [Bound] { loops.sizes }

  /// The scratch memory of this workgroup, behind the record of failures.
  var scratch: Value {
    let given = kernel.arguments.scratch
    return kernel.keepsRecord ? kernel.offset(given, .constant(KernelFailure.recordByteCount), .i8(context)) : given
  }
}

extension TileLoops {
  /// What emits the operations of the nest that work on rows as wholes; `nil` if it has none. Errors: the configuration does not fit.
  func rowEmitter() throws(Diagnostic) -> (any TileEmitter)? {
    let first = nest.ops[0].operation
    if let sort = SortOp(first) { return RowSorter(loops: self, sort: sort) }
    if let select = SelectOp(nest.ops[nest.ops.count - 1].operation) { return try RowSelector(self, select) }
    if let scatter = ScatterOp(first) { return RowScatterer(loops: self, scatter: scatter) }
    if let recurrence = RecurrenceOp(first) { return RecurrenceEmitter(self, recurrence) }
    if let scan = ScanOp(first) { return RowScanner(loops: self, scan: scan) }
    if let forest = ForestOp(first) { return ForestEmitter(loops: self, op: forest) }
    return nil
  }
}
