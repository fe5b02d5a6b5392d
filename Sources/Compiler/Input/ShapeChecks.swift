import TesseraDialects
import TesseraLoopNests
import TesseraMLIR

/// Makes the program check at run time that sizes agree where nothing shows that they do.
///
/// A structured operation runs each loop over the size of one operand, and reads the others over the same range: were their sizes different, it
/// would read out of bounds. Sizes that are the same constant or the same value need no check. `ReadChecks` has what is read at other indices.
///
/// Requires: structured operations are `linalg.generic`.
/// Ensures: every loop's sizes are equal in all operands that it indexes directly, casts and expansions say what is so, rows are as long as what is selected of them, and no index
/// is out of range, or a `cf.assert` before the operation fails; what the host cannot check bears `CheckedRead.axes`.
struct ShapeChecks {
  let module: Module
  private var context: Context { module.context }

  init(_ module: Module) { self.module = module }

  func run() {
    for function in module.hostFunctions {
      var checked = Set<[Value]>()
      let sizes = DimensionValues(context: context, table: DimensionTable(function, context))
      for operation in function.descendants {
        if operation.name == "tensor.cast" { check(cast: operation, sizes) }
        if operation.name == "tensor.expand_shape" { check(expansion: operation, sizes) }
        guard let op = StructuredOp(operation) else { continue }
        check(op, sizes, &checked)
        if let select = SelectOp(operation) { check(select, sizes) }
        ReadChecks(op, sizes, Builder(context, before: operation)).run()
      }
    }
  }

  /// A size that a cast says is known is so: upstream gives operands the sizes that others have, by casts, and takes their word for it.
  private func check(cast: Operation, _ sizes: DimensionValues) {
    let source = cast.operand(0), (from, to) = (source.type, cast.result(0).type)
    guard from.isTensor, to.isTensor else { return }
    let b = Builder(context, before: cast)
    for (axis, size) in to.shape.enumerated() where size != Type.dynamic && from.shape[axis] == Type.dynamic {
      b.require(b.compare(.equal, sizes.size(of: source, axis, b), b.index(size)), of: cast, "dimension \(axis) must be \(size)")
    }
  }

  /// A dimension has as many elements as those that it becomes, which the program may state as it likes.
  private func check(expansion: Operation, _ sizes: DimensionValues) {
    let source = expansion.operand(0), result = expansion.result(0)
    let b = Builder(context, before: expansion)
    for (axis, group) in (expansion.attribute("reassociation")?.arrayValue ?? []).enumerated() where source.type.shape[axis] == Type.dynamic
    {
      let axes = (group.arrayValue ?? []).compactMap(\.integerValue)
      guard axes.count > 1 else { continue }
      let factors = axes.map { sizes.size(of: result, $0, b) }
      let count = factors.dropFirst().reduce(factors[0]) { b.sizeArithmetic("arith.muli", $0, $1) }
      b.require(
        b.compare(.equal, sizes.size(of: source, axis, b), count), of: expansion,
        "dimension \(axis) must be the product of those it becomes")
    }
  }

  /// Rows of which elements are selected have at least as many.
  private func check(_ select: SelectOp, _ sizes: DimensionValues) {
    guard select.keys.type.shape[1] == Type.dynamic else { return }
    let b = Builder(context, before: select.operation)
    let size = sizes.size(of: select.keys, 1, b)
    b.require(
      b.compare(.greaterOrEqual, size, b.index(select.count)), of: select.operation,
      "dimension 1 of operand 0 must be at least \(select.count)")
  }

  private func check(_ op: StructuredOp, _ sizes: DimensionValues, _ checked: inout Set<[Value]>) {
    let b = Builder(context, before: op.operation)
    for loop in 0..<op.loopCount {
      var places: [(operand: Int, axis: Int, size: Value?)] = []
      for (k, map) in op.maps.enumerated() where op.operation.operand(k).type.isTensor {
        let tensor = op.operation.operand(k)
        for (axis, expression) in map.results.enumerated() where expression.asDimension == loop {
          let isFixed = tensor.type.shape[axis] != Type.dynamic
          places.append((k, axis, isFixed ? nil : sizes.size(of: tensor, axis, b)))
        }
      }
      guard places.contains(where: { $0.size != nil }), places.count > 1 else { continue }
      let reference = places.first { $0.size == nil } ?? places[0]
      let expected = reference.size ?? b.index(op.operation.operand(reference.operand).type.shape[reference.axis])
      for place in places {
        guard let size = place.size, size != expected, checked.insert([expected, size]).inserted else { continue }
        let equal = b.compare(.equal, expected, size)
        let other = "dimension \(reference.axis) of operand \(reference.operand)"
        b.require(equal, of: op.operation, "dimension \(place.axis) of operand \(place.operand) must be as large as \(other)")
      }
    }
  }
}

extension Builder {
  /// Makes the program check `condition`, with a message that names the operators that `op` is made of.
  func require(_ condition: Value, of op: Operation, _ what: String) {
    require(condition, "operator '\(op.location.namesInModules.joined(separator: ", "))': \(what)")
  }
}
