import TesseraMLIR

/// Gives slices the rank of the tensor that they are part of; a reshape drops the dimensions of size 1, or adds them.
///
/// Before: %r = tensor.extract_slice %x[0, %i, 0] [1, %n, 1] [1, 1, 1] : tensor<1x8x1xf32> to tensor<?x1xf32>
/// After:  %s = tensor.extract_slice %x[0, %i, 0] [1, %n, 1] [1, 1, 1] : tensor<1x8x1xf32> to tensor<1x?x1xf32>
///         %r = tensor.collapse_shape %s [[0, 1], [2]] : tensor<1x?x1xf32> into tensor<?x1xf32>
///
/// Upstream's canonicalization guesses which dimensions a slice drops once sizes become known, and guesses wrong.
///
/// Requires: operations that verify.
/// Ensures: no tensor.extract_slice, tensor.insert_slice or tensor.parallel_insert_slice whose slice has another rank than its tensor.
struct SlicesOfFullRank {
  let context: Context

  func run(on module: Module) {
    for op in module.operation.descendants {
      switch op.name {
      case "tensor.extract_slice": rewriteExtraction(op)
      case "tensor.insert_slice", "tensor.parallel_insert_slice": rewriteInsertion(op)
      default: break
      }
    }
  }

  private func rewriteExtraction(_ op: Operation) {
    let result = op.result(0), dropped = result.type
    guard let full = fullType(op, element: dropped.element), full.rank > dropped.rank,
      let groups = groups(of: full.shape, as: dropped.shape)
    else { return }
    let uses = result.uses
    result.setType(full)
    let b = Builder(context, after: op)
    let reshaped = b.value("tensor.collapse_shape", [result], type: dropped, attributes: [("reassociation", attribute(groups))])
    for use in uses { use.operation.setOperand(use.operandNumber, reshaped) }
  }

  private func rewriteInsertion(_ op: Operation) {
    let source = op.operand(0)
    guard let full = fullType(op, element: source.type.element), full.rank > source.type.rank,
      let groups = groups(of: full.shape, as: source.type.shape)
    else { return }
    // In a terminator of a parallel loop there is no room for other operations.
    let b = Builder(context, before: op.name == "tensor.parallel_insert_slice" ? op.parent ?? op : op)
    let open = source.type.shape.indices.filter { source.type.shape[$0] == Type.dynamic }
    let sizes = open.map { b.dimension(source, $0) }
    let reshaped = b.value(
      "tensor.expand_shape", [source] + sizes, type: full,
      attributes: [("reassociation", attribute(groups)), ("static_output_shape", .denseI64(full.shape, context))])
    op.setOperand(0, reshaped)
  }

  /// The type of the slice with all dimensions of the tensor.
  private func fullType(_ op: Operation, element: Type) -> Type? {
    op.attribute("static_sizes")?.denseIntegers.map { .tensor($0, element) }
  }

  /// For each dimension of `dropped` the dimensions of `full` that become it, the ones of size 1 around it included. `nil` if the shapes do not fit.
  private func groups(of full: [Int], as dropped: [Int]) -> [[Int]]? {
    var groups: [[Int]] = [], waiting: [Int] = []
    for (dimension, size) in full.enumerated() {
      if groups.count < dropped.count, size == dropped[groups.count] {
        groups.append(waiting + [dimension])
        waiting = []
      } else {
        guard size == 1 else { return nil }
        if groups.isEmpty { waiting.append(dimension) } else { groups[groups.count - 1].append(dimension) }
      }
    }
    // Nothing is left of a single element.
    return groups.count == dropped.count ? groups : nil
  }

  private func attribute(_ groups: [[Int]]) -> Attribute {
    .array(groups.map { group in .array(group.map { .i64($0, context) }, context) }, context)
  }
}
