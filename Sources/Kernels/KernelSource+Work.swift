internal import TesseraDialects
internal import TesseraLoopNests
internal import TesseraMLIR
package import TesseraModuleFormat

/// The floating-point operations and bytes of a kernel.
extension KernelSource {
  /// A product of sizes: a known number and scalars of the kernel.
  private struct Product {
    var factor = 1
    var scalars: [Int] = []

    /// Multiplies by a known number; `nil` where the product is too large to mean anything.
    func times(_ number: Int) -> Product? {
      let (product, overflows) = factor.multipliedReportingOverflow(by: number)
      return overflows || product >= 1 << 50 ? nil : Product(factor: product, scalars: scalars)
    }

    /// Multiplies by a scalar.
    func times(scalar: Int) -> Product { Product(factor: factor, scalars: scalars + [scalar]) }

    /// The product as the module has it.
    var term: DispatchWork.Term { .init(factor: factor, constants: scalars) }
  }

  /// Floating-point operations and bytes where they are the same at every dispatch (0: they are not, or not known), and how they follow from the
  /// scalars else.
  package var work: (flops: Int, bytes: Int, growing: DispatchWork) {
    var work = (flops: 0, bytes: 0, growing: DispatchWork())
    if let terms = flopTerms {
      if terms.allSatisfy(\.scalars.isEmpty) {
        work.flops = terms.reduce(0) { $0 + $1.factor }
      } else {
        work.growing.flops = terms.map(\.term)
      }
    }
    if let sums = byteTerms {
      if sums.allSatisfy({ $0.allSatisfy(\.scalars.isEmpty) }) {
        work.bytes = sums.reduce(0) { $0 + ($1.map(\.factor).min() ?? 0) }
      } else {
        work.growing.bytes = sums.map { $0.map(\.term) }
      }
    }
    return work
  }

  /// The operations of each structured operation: additions, multiplications, divisions and maxima of floats in its body, times the points of its
  /// loops. `nil` where a size is not known.
  private var flopTerms: [Product]? {
    var terms: [Product] = []
    for (p, part) in parts.enumerated() {
      for (i, op) in part.ops.enumerated() where !op.worksOnRows {
        let count = op.body.operations.count {
          ["arith.addf", "arith.mulf", "arith.subf", "arith.divf", "arith.maximumf", "arith.maxnumf"].contains($0.name)
        }
        guard let term = points(of: i, part: p)?.times(count * (1 + sequence.siblings.count)) else { return nil }
        if count > 0 { terms.append(term) }
      }
    }
    return terms
  }

  /// The points of the loops of operation `i` of a part; `nil` where a size is not known.
  private func points(of i: Int, part p: Int) -> Product? {
    var points: Product? = Product()
    for case let d? in parts[p].dimensionOfLoop[i] {
      if let size = parts[p].dimensions[d].size {
        points = points?.times(size)
      } else if let scalar = scalar(ofDimension: d, part: p) {
        points = points?.times(scalar: scalar)
      } else {
        return nil
      }
    }
    return points
  }

  /// The bytes of each operand and result, as lists of which the least counts. `nil` where a size is not known.
  private var byteTerms: [[Product]]? {
    var terms: [[Product]] = []
    for (values, sizes) in [(tensors, operandSizes), (results, resultSizes)] {
      for (i, value) in values.enumerated() {
        let elementByteCount = value.type.element.storedByteCount
        var product = Product().times(elementByteCount)
        for size in sizes.sizes(i) {
          switch size {
          case .fixed(let number): product = product?.times(number)
          case .scalar(let scalar): product = product?.times(scalar: scalar)
          case nil: return nil
          }
        }
        guard let whole = product else { return nil }
        terms.append([whole] + (extracted(value)?.times(elementByteCount).map { [$0] } ?? []))
      }
    }
    return terms
  }

  /// The elements that are read of a table of which elements are taken one by one, in one operation only; `nil` for other tensors.
  private func extracted(_ table: Value) -> Product? {
    let uses = table.uses
    guard !uses.isEmpty, uses.allSatisfy({ $0.operation.name == "tensor.extract" && $0.operandNumber == 0 }) else { return nil }
    var reads: [Product?] = []
    for (p, part) in parts.enumerated() {
      for (i, op) in part.ops.enumerated() where op.captures.contains(table) { reads.append(points(of: i, part: p)?.times(uses.count)) }
    }
    return reads.count == 1 ? reads[0] : nil
  }
}
