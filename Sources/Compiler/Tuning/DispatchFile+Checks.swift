import TesseraDialects
import TesseraKernels
import TesseraLoopNests
import TesseraMLIR

/// A dumped dispatch compares its scalars with its tensors, as the model did around the dispatch: a wrong one must not make the kernel read out of bounds.
extension DispatchFile {
  private typealias Size = DynamicSizes.Size

  /// Lines of the host function that fail where sizes differ over which one loop of the executable runs.
  var sizeChecks: [String] {
    var checked = Set<[Size]>()
    var lines: [String] = []
    for op in executable.descendants.compactMap(StructuredOp.init) {
      for loop in 0..<op.loopCount {
        let sizes = self.sizes(of: loop, in: op)
        guard let first = sizes.first else { continue }
        for other in sizes.dropFirst() where other != first && checked.insert([first, other]).inserted {
          let number = checked.count
          let operands = [first, other].enumerated().map { side, size in
            guard case .fixed(let value) = size else { return text(size) }
            lines.append("%n\(number)_\(side) = arith.constant \(value) : index")
            return "%n\(number)_\(side)"
          }
          lines.append("%equal\(number) = arith.cmpi eq, \(operands.joined(separator: ", ")) : index")
          lines.append("cf.assert %equal\(number), \"the sizes \(name(first)) and \(name(other)) of the dispatch must be equal\"")
        }
      }
    }
    return lines + selectionChecks + borderChecks
  }

  /// Lines that fail where rows have fewer elements than are selected of them.
  private var selectionChecks: [String] {
    executable.descendants.compactMap(SelectOp.init).enumerated().flatMap { number, select -> [String] in
      guard case .scalar? = size(of: select.keys, 1), let size = size(of: select.keys, 1).map(text) else { return [] }
      let name = "selected\(number)"
      return [
        "%\(name) = arith.constant \(select.count) : index", "%\(name)_fits = arith.cmpi sge, \(size), %\(name) : index",
        "cf.assert %\(name)_fits, \"the size \(size.dropFirst()) of the dispatch must be at least \(select.count)\"",
      ]
    }
  }

  /// Lines that fail where a result with a border is not as much larger as the border is wide.
  private var borderChecks: [String] {
    let results = executable.body()?.terminator?.operands ?? []
    let sizes = DynamicSizes(resultsOf: executable)
    var lines: [String] = []
    for (r, result) in results.enumerated() {
      let output = KernelOutput(result)
      for axis in 0..<result.type.rank where result.type.shape[axis] == Type.dynamic {
        guard let border = output.border, let outer = sizes.scalar(r, axis), case .scalar(let inner)? = size(of: output.value, axis) else {
          continue
        }
        let width = border.low[axis] + border.high[axis], name = "b\(r)_\(axis)"
        lines.append("%\(name)_width = arith.constant \(width) : index")
        lines.append("%\(name)_size = arith.addi %s\(inner), %\(name)_width : index")
        lines.append("%\(name)_fits = arith.cmpi eq, %\(name)_size, %s\(outer) : index")
        lines.append("cf.assert %\(name)_fits, \"the size s\(outer) of the dispatch must be s\(inner) and \(width)\"")
      }
    }
    return lines
  }

  /// The sizes of the operands over which a loop runs, as far as they are known; fixed ones first.
  private func sizes(of loop: Int, in op: StructuredOp) -> [Size] {
    var found: [Size] = []
    for (operand, map) in zip(op.operation.operands, op.maps) where operand.type.isTensor {
      for (axis, expression) in map.results.enumerated() where expression.asDimension == loop {
        guard let size = size(of: operand, axis), !found.contains(size) else { continue }
        if case .fixed = size { found.insert(size, at: 0) } else { found.append(size) }
      }
    }
    return found
  }

  /// Returns the size of a tensor in the executable along an axis; `nil` where it is computed there.
  private func size(of tensor: Value, _ axis: Int) -> Size? {
    let fixed = tensor.type.shape[axis]
    if fixed != Type.dynamic { return .fixed(fixed) }
    guard let op = tensor.definingOperation else {
      return tensors.firstIndex(of: tensor).flatMap { DynamicSizes(operandsOf: executable).size($0, axis) }
    }
    switch op.name {
    case _ where op.isStructured: return size(of: op.operand(op.operandCount - op.resultCount + tensor.number), axis)
    case "tensor.cast": return size(of: op.operand(0), axis)
    case "tensor.empty": return scalars.firstIndex(of: op.operand(tensor.type.dynamicPosition(of: axis))).map(Size.scalar)
    default: return nil
    }
  }

  /// The value of a scalar in the host function.
  private func text(_ size: Size) -> String {
    guard case .scalar(let number) = size else { return "" }
    return "%s\(number)"
  }

  private func name(_ size: Size) -> String {
    switch size {
    case .fixed(let value): "\(value)"
    case .scalar(let number): "s\(number)"
    }
  }
}
