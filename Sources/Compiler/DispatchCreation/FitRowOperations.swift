import TesseraDialects
import TesseraKernels
import TesseraMLIR

/// Gives operations on rows the form that the kernels of the target have.
///
/// A sort gets the memory that the target works in, where it wants some:
///
///     %order = "rows.sort"(%keys, %0) : (tensor<?x300xi32>, tensor<?x300xi64>) -> tensor<?x300xi64>
///     %order:2 = "rows.sort"(%keys, %0, %memory) : (tensor<?x300xi32>, tensor<?x300xi64>, tensor<?x600xi64>) -> (...)
///
/// A selection of more elements than the target selects becomes a sort, of which the first are taken.
///
/// Requires: nothing.
/// Ensures: the same positions.
struct FitRowOperations {
  let module: Module
  let devices: [ProgramDevice]
  private var context: Context { module.context }

  init(_ module: Module, for devices: [ProgramDevice]) { (self.module, self.devices) = (module, devices) }

  /// `true` iff there was something to rewrite.
  func run() -> Bool {
    var isChanged = false
    for function in module.hostFunctions {
      var changesFunction = false
      var flow = DeviceFlow(devices.map(\.name))
      for select in function.descendants.compactMap(SelectOp.init)
      where select.count > target(of: select.operation, &flow).selectionLimit {
        sort(select)
        changesFunction = true
      }
      for sort in function.descendants.compactMap(SortOp.init) where sort.memory == nil {
        let words = target(of: sort.operation, &flow).sortingWords(ofKeys: sort.keys.type.element.bitWidth ?? 64)
        if words == 0 { continue }
        addMemory(words, to: sort)
        changesFunction = true
      }
      if changesFunction { DimensionValues(context: context).resolve(in: function) }
      isChanged = isChanged || changesFunction
    }
    return isChanged
  }

  /// The target of the device that runs an operation; of the first one where all may.
  private func target(of op: Operation, _ flow: inout DeviceFlow) -> any Target { devices[flow.device(of: op) ?? 0].target }

  /// Replaces a selection by a sort.
  private func sort(_ select: SelectOp) {
    let b = Builder(context, before: select.operation), type = select.order.type
    let all = Type.tensor(select.keys.type.shape, type.element)
    let order = SortOp.create(select.keys, order: b.empty(all, sizes(of: select.keys, b)), b)
    let first = b.generic(
      inputs: [], outputs: [select.operation.operand(1)], maps: [.identity(2, context)], iterators: [.parallel, .parallel]
    ) { inner, _ in
      [inner.element(order, [inner.position(0), inner.position(1)])]
    }
    select.order.replaceAllUses(with: first.result(0))
    select.operation.erase()
  }

  /// Gives a sort `words` i64 for each element of a row.
  private func addMemory(_ words: Int, to sort: SortOp) {
    let b = Builder(context, before: sort.operation), shape = sort.keys.type.shape
    let sizes = sizes(of: sort.keys, b)
    var memorySizes = sizes
    if shape[1] == Type.dynamic { memorySizes[sizes.count - 1] = b.sizeArithmetic("arith.muli", sizes[sizes.count - 1], b.index(words)) }
    let memory = Type.tensor([shape[0], shape[1] == Type.dynamic ? Type.dynamic : shape[1] * words], sort.order.type.element)
    let order = SortOp.create(sort.keys, order: sort.operation.operand(1), memory: b.empty(memory, memorySizes), b)
    sort.order.replaceAllUses(with: order)
    sort.operation.erase()
  }

  /// The dynamic sizes of a tensor.
  private func sizes(of tensor: Value, _ b: Builder) -> [Value] {
    tensor.type.shape.indices.filter { tensor.type.shape[$0] == Type.dynamic }.map { b.dimension(tensor, $0) }
  }
}
