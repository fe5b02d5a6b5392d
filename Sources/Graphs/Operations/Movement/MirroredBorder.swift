import TesseraDiagnostics
import TesseraMLIR

/// What padding puts before and behind the elements of an axis, where it is made of them. Negative amounts cut elements off first.
package struct MirroredBorder {
  /// Which elements it repeats: those beyond the first or last one in reverse, the first or last one, or all of them from the other end on.
  package enum Mode: String {
    case reflect, edge, wrap
  }

  package let axis: Int
  private let mode: Mode
  /// How wide the border before the elements is.
  private let before: Value
  /// The first element that is left, and how many are.
  private let first: Value
  private let count: Value
  /// `true` iff elements are cut off only.
  private let isEmpty: Bool
  /// `true` iff a border may have more elements than are left.
  private let repeats: Bool

  /// Creates the borders `begin` and `end` of axis `axis` of `x`. Errors: there is nothing to make them of, or a reflection of more than there is.
  package init(_ site: some Site, _ x: GraphTensor, _ axis: Int, _ begin: IndexExpression, _ end: IndexExpression, _ mode: Mode)
    throws(Diagnostic)
  {
    let graph = site.graph, indices = site.indices
    let borders = [begin, end].map { indices.maximum(.zero, $0) }, cuts = [begin, end].map { indices.maximum(.zero, -$0) }
    let left = x.shape[axis] - cuts[0] - cuts[1]
    /// Requires that at least `least` elements are left.
    func require(_ least: IndexExpression) throws(Diagnostic) {
      let spare = left - least
      if indices.isAtLeast(0, spare) { return }
      if spare.known != nil { throw .narrowerThanBorder(site, x, axis) }
      graph.require(
        graph.compare(.greaterOrEqual, graph.index(spare), graph.index(.zero)), "'\(site.label)' pads too few elements")
    }
    isEmpty = borders.allSatisfy { $0 == .zero }
    if !isEmpty { try require(.one) }
    if mode == .reflect { for border in borders where border != .zero { try require(border + 1) } }
    self.axis = axis
    self.mode = mode
    before = graph.index(borders[0])
    first = graph.index(cuts[0])
    count = graph.index(left)
    repeats = !borders.allSatisfy { indices.isAtLeast(0, left - $0) }
  }

  /// The index of the element that stands at `position`.
  package func source(of position: Value, _ b: Builder) -> Value {
    if isEmpty { return b.plus(position, first) }
    let index = b.minus(position, before), zero = b.index(0), last = b.minus(count, b.index(1))
    func clamp(_ value: Value) -> Value { b.binary("arith.minsi", b.binary("arith.maxsi", value, zero), last) }
    switch mode {
    case .edge: return b.plus(clamp(index), first)
    case .wrap where repeats:
      let rest = b.binary("arith.remsi", index, count)
      return b.plus(b.select(b.compare(.less, rest, zero), b.plus(rest, count), rest), first)
    case .wrap:
      let below = b.select(b.compare(.less, index, zero), b.plus(index, count), index)
      return b.plus(clamp(b.select(b.compare(.less, last, below), b.minus(below, count), below)), first)
    case .reflect:
      let low = b.select(b.compare(.less, index, zero), b.minus(zero, index), index)
      return b.plus(clamp(b.select(b.compare(.less, last, low), b.minus(b.plus(last, last), low), low)), first)
    }
  }
}

extension Diagnostic {
  /// A border that is made of the elements beside it, which are too few.
  fileprivate static func narrowerThanBorder(_ site: some Site, _ x: GraphTensor, _ axis: Int) -> Diagnostic {
    site.diagnostic(
      .invalidInput, "pads '\(x.name)', which is \(x.description), with more elements than it has in axis \(axis) to make them of")
  }
}

extension Site {
  /// `x` with borders made of its own elements: `begins` before and `ends` behind each dimension, which has the size in `shape` then.
  package func padded(
    _ x: GraphTensor, begins: [IndexExpression], ends: [IndexExpression], shape: [IndexExpression], _ mode: MirroredBorder.Mode
  ) throws(Diagnostic) -> GraphTensor {
    var borders: [MirroredBorder] = []
    for axis in x.shape.indices where begins[axis] != .zero || shape[axis] != x.shape[axis] {
      borders.append(try MirroredBorder(self, x, axis, begins[axis], ends[axis], mode))
    }
    return move(x, to: shape) { builder, position in
      var read = position
      for border in borders { read[border.axis] = border.source(of: position[border.axis], builder) }
      return read
    }
  }
}
