import TesseraMLIR

/// Rewrites `scf.forall` as loops that carry what is inserted into, since the host runs one turn after the other.
///
/// Before: %r = scf.forall (%i) in (%n) shared_outs(%o = %x) { ...; scf.forall.in_parallel { tensor.parallel_insert_slice %t into %o[%i] ... } }
/// After:  %r = scf.for %i = %c0 to %n step %c1 iter_args(%o = %x) { ...; %s = tensor.insert_slice %t into %o[%i] ...; scf.yield %s }
///
/// Ensures: no scf.forall remains.
struct ForallToFor {
  let module: Module
  private var context: Context { module.context }

  init(_ module: Module) { self.module = module }

  /// Rewrites all of them, inner ones first.
  func run() {
    for op in module.operation.descendants.filter({ $0.name == "scf.forall" }).reversed() { rewrite(op) }
  }

  /// The numbers `name` of the loops, where those that are not known are operands from `first` on.
  private func numbers(_ op: Operation, _ name: String, _ first: Int, _ b: Builder) -> [Value] {
    var next = first
    return (op.attribute(name)?.denseIntegers ?? []).map { number in
      if number != Type.dynamic { return b.index(number) }
      defer { next += 1 }
      return op.operand(next)
    }
  }

  private func rewrite(_ op: Operation) {
    guard let body = op.body(), let segments = op.attribute("operandSegmentSizes")?.denseIntegers, segments.count == 4 else { return }
    let b = Builder(context, before: op)
    let lower = numbers(op, "staticLowerBound", 0, b), upper = numbers(op, "staticUpperBound", segments[0], b)
    let step = numbers(op, "staticStep", segments[0] + segments[1], b)
    let outputs = Array(op.operands.suffix(segments[3]))

    /// Emits the loops from `level` on, and returns what they carry at their end.
    func loop(_ level: Int, _ positions: [Value], _ carried: [Value], _ b: Builder) -> [Value] {
      if level == lower.count { return insertAll(body, positions + carried, b) }
      let region = Region.create()
      let block = region.appendBlock([.index(context)] + carried.map(\.type), op.location)
      let inner = Builder(context, at: block, location: op.location)
      let values = loop(level + 1, positions + [block.arguments[0]], Array(block.arguments.dropFirst()), inner)
      inner.create("scf.yield", values)
      return b.create(
        "scf.for", [lower[level], upper[level], step[level]] + carried, results: carried.map(\.type), regions: [region]
      ).results
    }
    for (result, value) in zip(op.results, loop(0, [], outputs, b)) { result.replaceAllUses(with: value) }
    op.erase()
  }

  /// Moves the body to where `b` stands, with `values` for its arguments, and its insertions as ordinary ones; returns what it carries then.
  private func insertAll(_ body: Block, _ values: [Value], _ b: Builder) -> [Value] {
    var latest: [Value] = Array(values)
    var map = Dictionary(uniqueKeysWithValues: zip(body.arguments, values))
    let operations = body.operations
    for op in operations.dropLast() { b.copy(op, &map) }
    for insertion in operations.last?.body()?.operations ?? [] where insertion.name == "tensor.parallel_insert_slice" {
      let number = insertion.operand(1).number
      var operands = insertion.operands.map { map[$0] ?? $0 }
      operands[1] = latest[number]
      latest[number] = b.value("tensor.insert_slice", operands, type: latest[number].type, attributes: insertion.attributes)
    }
    return Array(latest.suffix(from: values.count - carriedCount(body)))
  }

  /// The number of tensors that the body inserts into: its arguments that are not positions.
  private func carriedCount(_ body: Block) -> Int { body.arguments.count { $0.type.isTensor } }
}
