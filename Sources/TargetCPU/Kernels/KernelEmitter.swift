import Diagnostics
import Dialects
import Kernels
import LoopNests
import MLIR

/// Emits one loop nest of a kernel: nested `scf` loops over vector code, after a configuration.
///
/// Before: an executable function over tensors (see `KernelSource`).
/// After: a function with the ABI of kernels, which runs its share of the tiles:
///
///     func.func @dispatch_3(%bindings: !llvm.ptr, %constants: !llvm.ptr, %workgroup: !llvm.ptr, %scratch: !llvm.ptr) -> i32
///
/// The emitter evaluates operations on demand, at a point of the nest: an elementwise producer is computed where it is read, in registers.
/// Reductions, and elementwise operations that only depend on the shared dimensions, are computed once for each point of the shared loops.
final class KernelEmitter {
  let source: KernelSource
  let nest: LoopNest
  let configuration: KernelConfiguration
  let unit: VectorUnit
  var hasFMA: Bool { unit.hasFMA }
  let context: Context
  /// The block in which the kernel begins.
  let entry: Block
  var b: Builder

  /// The addresses of the tensors that the kernel is given.
  var addresses: [Value] = []
  /// What is already computed, innermost scope last.
  var scopes: [[MemoKey: [BodyValue]]] = [[:]]
  /// The lanes that exist, in the last vector of a row.
  var laneMask: Value?
  /// Where the tensors of the nest live, by value.
  var memory: [Value: MemoryReference] = [:]
  /// Where results of the nest are written besides.
  var copies: [Value: [MemoryReference]] = [:]
  /// The results that have a border.
  var borders: [BorderedMemory] = []
  /// The scalar arguments, converted to their types.
  var scalarValues: [Value: Value] = [:]
  /// The size of each dimension.
  var sizes: [Bound] = []
  /// Operations whose values are kept in memory between stages, and those of them that are already there.
  var kept: [Int: MemoryReference] = [:]
  var stored: Set<Int> = []
  /// The stack memory of those that are kept there, for one register tile.
  var stackMemory: [Int: Value] = [:]
  /// A slot that becomes the number of a failure, with memory behind it.
  var status: Value?
  /// The combiner of the reduction along the lanes that is being emitted.
  var partialCombiner: Combiner?
  /// Kept operations that the current stage stores.
  var pendingStores: Set<Int> = []
  /// Which of the tiles that read one panel this is, where that is known.
  var panelTile: PanelTile?
  /// Where the dimensions stand that loops outside of this nest run over.
  var ranges: [Int: IndexRange] = [:]

  /// Creates the emitter of the first nest of a kernel, and the kernel's function in `module`.
  init(_ source: KernelSource, _ configuration: KernelConfiguration, unit: VectorUnit, context: Context, into module: Block) {
    self.source = source
    nest = source.parts[0]
    self.configuration = configuration
    self.unit = unit
    self.context = context
    let pointer = Type.pointer(context)
    let region = Region.create()
    let location = source.function.location
    entry = region.appendBlock([pointer, pointer, pointer, pointer], location)
    Builder(context, at: module, location: location).create(
      "func.func",
      attributes: [
        ("sym_name", .string(source.function.symbolName!, context)),
        ("function_type", .type(.function([pointer, pointer, pointer, pointer], [.i32(context)], context))),
      ], regions: [region])
    b = Builder(context, at: entry, location: location)
  }

  /// Creates the emitter of nest `part` of the kernel that `first` has begun.
  init(_ first: KernelEmitter, part: Int, _ configuration: KernelConfiguration) {
    source = first.source
    nest = first.source.parts[part]
    self.configuration = configuration
    unit = first.unit
    context = first.context
    entry = first.entry
    b = first.b
    memory = first.memory
    copies = first.copies
    scalarValues = first.scalarValues
    status = first.status
    addresses = first.addresses
  }

  var width: Int { configuration.lane == nil ? 1 : configuration.width }

  /// Identifies a value at a place of the register tile.
  struct MemoKey: Hashable {
    var op: Int
    var operand: Int
    var place: [Int]
  }

  /// Emits the whole kernel, whose other parts have the configurations `others`.
  func emit(others: ArraySlice<KernelConfiguration>) throws(Diagnostic) {
    let entry = b.block.arguments
    emitPrologue(bindings: entry[0], constants: entry[1])
    for border in borders { try emitBorder(border, workgroup: entry[2]) }
    if let sort = SortOp(nest.ops[0].operation) {
      try emitSort(sort, workgroup: entry[2])
    } else if let select = SelectOp(nest.ops[nest.ops.count - 1].operation) {
      try emitSelect(select, workgroup: entry[2])
    } else if let scatter = ScatterOp(nest.ops[0].operation) {
      try emitScatter(scatter, workgroup: entry[2])
    } else if let recurrence = RecurrenceOp(nest.ops[0].operation) {
      try emitRecurrence(recurrence, workgroup: entry[2])
    } else if let scan = ScanOp(nest.ops[0].operation) {
      try emitScan(scan, workgroup: entry[2])
    } else if let forest = ForestOp(nest.ops[0].operation) {
      try emitForest(forest, workgroup: entry[2])
    } else if others.isEmpty {
      chooseKeptOperations()
      try emitTiles(workgroup: entry[2])
    } else {
      try emitSequence(others, workgroup: entry[2], scratch: entry[3])
    }
    let zero = b.scalar(0, .i32(context))
    let result = status.map { b.value("llvm.load", [$0], type: .i32(context)) } ?? zero
    b.create("func.return", [result])
  }

  // MARK: prologue

  /// Loads the pointers of the bindings and the constants, and finds the sizes of all dimensions.
  private func emitPrologue(bindings: Value, constants: Value) {
    let pointer = Type.pointer(context)
    if source.parts.contains(where: { $0.ops.contains { usesCheckedReads($0) || $0.operation.name == ScatterOp.name } }) {
      emitStatus()
    }
    for (i, scalar) in source.scalars.enumerated() {
      let slot = offset(constants, .constant(i), .i64(context))
      let raw = b.value("llvm.load", [slot], type: .i64(context))
      scalarValues[scalar] = fromConstant(raw, scalar.type)
    }
    var operandDims = source.operandDims[...]
    for (i, tensor) in source.tensors.enumerated() {
      let slot = offset(bindings, .constant(i), pointer)
      let shape = tensor.type.shape.map { size -> Bound in
        size == Type.dynamic ? .value(scalarValues[source.scalars[operandDims.removeFirst()]]!) : .constant(size)
      }
      addresses.append(b.value("llvm.load", [slot], type: pointer))
      memory[tensor] = MemoryReference(pointer: addresses[i], element: tensor.type.element, shape: shape)
    }
    var resultDims = source.resultDims[...]
    for (i, result) in source.results.enumerated() {
      let slot = offset(bindings, .constant(source.tensors.count + i), pointer)
      let shape = result.type.shape.map { size -> Bound in
        size == Type.dynamic ? .value(scalarValues[source.scalars[resultDims.removeFirst()]]!) : .constant(size)
      }
      addresses.append(b.value("llvm.load", [slot], type: pointer))
      bind(MemoryReference(pointer: addresses[source.tensors.count + i], element: result.type.element, shape: shape), toOutput: i)
    }
    findSizes()
  }

  /// Finds the sizes of all dimensions. Requires: the tensors of the nest are in `memory`.
  func findSizes() { sizes = nest.dimensions.indices.map { dimensionSize($0) } }

  /// Converts a constant of the ABI to the type of a scalar argument: floats come as their bits.
  func fromConstant(_ raw: Value, _ type: Type) -> Value {
    if type.isIndex { return b.value("arith.index_cast", [raw], type: type) }
    let bits = type.bitWidth!
    let narrow = bits == 64 ? raw : b.value("arith.trunci", [raw], type: .integer(bits, context))
    return type.isFloat ? b.value("arith.bitcast", [narrow], type: type) : narrow
  }

  /// The size of dimension `d`.
  private func dimensionSize(_ d: Int) -> Bound {
    if let size = nest.dimensions[d].size { return .constant(size) }
    for (i, op) in nest.ops.enumerated() {
      for (operand, map) in zip(op.operation.operands, op.maps) {
        for (axis, expression) in map.results.enumerated() {
          guard let loop = expression.asDimension, nest.dimensionOfLoop[i][loop] == d else { continue }
          if let reference = memory[operand] { return reference.shape[axis] }
          if let empty = operand.definingOperation, empty.name == "tensor.empty" {
            let position = operand.type.shape[..<axis].count { $0 == Type.dynamic }
            return .value(scalarValues[empty.operand(position)]!)
          }
        }
      }
      for (result, map) in zip(op.operation.results, op.outputMaps) {
        guard let reference = memory[result] else { continue }
        for (axis, expression) in map.results.enumerated() {
          if let loop = expression.asDimension, nest.dimensionOfLoop[i][loop] == d { return reference.shape[axis] }
        }
      }
    }
    fatalError("compiler bug: no operand has the size of dimension \(d) of \(source.function.symbolName ?? "?")")
  }

  /// Decides which elementwise operations are kept in memory because several stages need them and they are costly.
  ///
  /// A value that looks like a later result is kept in that result's buffer, where it is overwritten in the end; others on the stack if there are
  /// few for a register tile, else they are computed again.
  func chooseKeptOperations() {
    kept = [:]
    stackMemory = [:]
    guard nest.hasInnerLoops else { return }
    for (i, op) in nest.ops.enumerated() where !op.hasReduction && !nest.innerDimensions(of: i).isEmpty {
      if op.operation.resultCount != 1 { continue }
      if let own = memory[op.operation.result(0)] {
        kept[i] = own
        continue
      }
      guard isCostly(op), stagesUsing(i).count > 1 else { continue }
      let taken = Set(kept.values.map(\.pointer))
      if let j = nest.ops.indices.first(where: { j in
        j > i && nest.ops[j].operation.resultCount == 1 && !nest.ops[j].hasReduction
          && nest.ops[j].operation.result(0).type == op.operation.result(0).type
          && nest.dimensionOfLoop[j] == nest.dimensionOfLoop[i] && nest.ops[j].outputMaps == op.outputMaps
          && memory[nest.ops[j].operation.result(0)].map { !taken.contains($0.pointer) } == true
          && stagesUsing(i).allSatisfy { $0 <= j }
      }) {
        kept[i] = memory[nest.ops[j].operation.result(0)]!
      } else {
        stackMemory[i] = allocateOnStack(i)
      }
    }
  }

  /// The stages (reductions and results) in which operation `i` would be evaluated.
  private func stagesUsing(_ i: Int) -> Set<Int> {
    var stages = Set<Int>()
    for result in nest.ops[i].operation.results {
      for use in result.uses {
        guard let j = nest.ops.firstIndex(where: { $0.operation == use.operation }) else { continue }
        if isStage(j) { stages.insert(j) } else { stages.formUnion(stagesUsing(j)) }
      }
    }
    return stages
  }

  /// `true` iff the operation is worth more than a few loads.
  private func isCostly(_ op: StructuredOp) -> Bool {
    op.callsMath || op.operation.descendants.contains { $0.name == "arith.divf" || $0.name == "scf.if" }
  }

  /// `true` iff operation `i` has a place of its own in the order of computation; others are computed where they are read.
  func isStage(_ i: Int) -> Bool {
    let op = nest.ops[i]
    if op.hasReduction || op.operation.results.contains(where: { memory[$0] != nil }) { return true }
    return nest.hasInnerLoops && nest.innerDimensions(of: i).isEmpty
  }
}

/// A size or limit, known now or at run time.
enum Bound {
  case constant(Int)
  case value(Value)

  var asConstant: Int? { if case .constant(let c) = self { c } else { nil } }
  func value(_ b: Builder) -> Value {
    switch self {
    case .constant(let c): b.index(c)
    case .value(let v): v
    }
  }
}

/// A tensor in memory: row-major and contiguous.
struct MemoryReference {
  let pointer: Value
  let element: Type
  let shape: [Bound]
  /// Of a tensor that is not alone and whole in its memory, the index of the first element there (negative in a border), and the sizes of the
  /// memory.
  var part: (first: [LaneIndex], sizes: [Bound])?
  /// `true` iff this stands for a tensor or, where an index is out of range, for spare memory.
  var isSpare = false
}

/// Some indices of a dimension.
struct IndexRange {
  var start: LaneIndex
  var length: Bound
}
