import TesseraDialects
import TesseraMLIR

/// Finds or builds the sizes of tensors as index values on the host.
struct DimensionValues {
  let context: Context
  /// The sizes that are there, so that one size is one value; `nil` where each may have its own.
  var table: DimensionTable?

  /// Returns the size of `tensor` along `axis`, built with `b` where it does not exist yet.
  func size(of tensor: Value, _ axis: Int, _ b: Builder) -> Value {
    let size = tensor.type.shape[axis]
    if size != Type.dynamic { return b.index(size) }
    guard let op = tensor.definingOperation else { return dimension(tensor, axis, b) }
    switch op.name {
    case _ where op.isStructured:
      let inputs = op.operandCount - op.resultCount
      return self.size(of: op.operand(inputs + tensor.number), axis, b)
    case "tensor.empty":
      return op.operand(tensor.type.dynamicPosition(of: axis))
    case "tensor.cast", TransferOp.name, SetEncodingOp.name, UnsetEncodingOp.name:
      return self.size(of: op.operand(0), axis, b)
    case "tensor.expand_shape":
      return op.operand(1 + tensor.type.dynamicPosition(of: axis))
    case "tensor.collapse_shape":
      let groups = op.attribute("reassociation")?.arrayValue ?? []
      let axes = (groups[axis].arrayValue ?? []).compactMap(\.integerValue)
      let sizes = axes.map { self.size(of: op.operand(0), $0, b) }
      return sizes.dropFirst().reduce(sizes[0]) { b.sizeArithmetic("arith.muli", $0, $1) }
    case DispatchOp.name:
      // The scalars of a dispatch say how large its results are.
      guard let scalar = DispatchOp(op)?.resultSizes.scalar(tensor.number, axis) else { return dimension(tensor, axis, b) }
      return op.operand(scalar)
    default:
      return dimension(tensor, axis, b)
    }
  }

  private func dimension(_ tensor: Value, _ axis: Int, _ b: Builder) -> Value { table?.value(tensor, axis) ?? b.dimension(tensor, axis) }

  /// Replaces every `tensor.dim` of a tensor computed in `function` by the sizes it was computed with.
  func resolve(in function: Operation) {
    for op in function.descendants where op.name == "tensor.dim" {
      guard let axis = op.operand(1).definingOperation?.attribute("value")?.integerValue, axis < op.operand(0).type.rank else { continue }
      guard let source = op.operand(0).definingOperation,
        source.isStructured
          || ["tensor.empty", "tensor.cast", "tensor.expand_shape", "tensor.collapse_shape", TransferOp.name].contains(source.name)
      else {
        continue
      }
      let value = size(of: op.operand(0), axis, Builder(context, before: op))
      op.result(0).replaceAllUses(with: value)
      op.erase()
    }
  }
}

/// The sizes of tensors that nothing but the tensor tells, each as one value that stands where the tensor is made.
final class DimensionTable {
  private let context: Context
  private var known: [Key: Value] = [:]
  /// The first operation of each block whose arguments have sizes; those go before it, in the order in which they are asked for.
  private var firsts: [Block: Operation] = [:]

  private struct Key: Hashable {
    let tensor: Value
    let axis: Int
  }

  /// Creates the table of `function`, whose `tensor.dim`s of one size become one.
  init(_ function: Operation, _ context: Context) {
    self.context = context
    let dimensions = function.descendants.filter { $0.name == "tensor.dim" }
    for op in dimensions {
      // What is about to go cannot say where others stand.
      guard let block = op.operand(0).owningBlock, firsts[block] == nil else { continue }
      firsts[block] = block.operations.first { $0.name != "tensor.dim" }
    }
    for op in dimensions {
      guard let axis = op.operand(1).definingOperation?.attribute("value")?.integerValue, axis >= 0, axis < op.operand(0).type.rank else {
        continue
      }
      let value = value(op.operand(0), axis)
      op.result(0).replaceAllUses(with: value)
      op.erase()
    }
  }

  /// The size of `tensor` along `axis`.
  func value(_ tensor: Value, _ axis: Int) -> Value {
    let key = Key(tensor: tensor, axis: axis)
    if let value = known[key] { return value }
    let builder: Builder
    if let definition = tensor.definingOperation {
      builder = Builder(context, after: definition)
    } else {
      let block = tensor.owningBlock!
      let first = firsts[block] ?? block.operations.first
      firsts[block] = first
      builder = Builder(context, at: block, before: first)
    }
    let value = builder.dimension(tensor, axis)
    known[key] = value
    return value
  }
}
