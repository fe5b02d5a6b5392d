import Diagnostics
import MLIR

/// A loop of the model on the host: tensors that each iteration replaces, and tensors that the iterations' results are stacked into.
///
/// With a known number of iterations and sizes that stay it is an `scf.for`, else an `scf.while`. What is stacked is a list that gets an element
/// with each iteration, and becomes one tensor behind the loop: each element is copied once.
struct ModelLoop {
  typealias Body = (IndexExpression, [Tensor]) throws(Diagnostic) -> (condition: Tensor?, carried: [Tensor], stacked: [Tensor])

  let node: Node
  /// The greatest number of iterations; `nil` if there is no bound.
  let count: IndexExpression?
  /// Whether the first iteration happens; `nil` if it does.
  let condition: Value?
  let body: Body
  private var importer: GraphImporter { node.importer }

  init(_ node: Node, count: IndexExpression?, condition: Value? = nil, _ body: @escaping Body) {
    self.node = node
    self.count = count.map { node.indices.maximum(.zero, $0) }
    self.condition = condition
    self.body = body
  }

  /// An import of the body: its region, which still lacks an end, and what one iteration gives, as far as the code around the loop can know.
  private struct Iteration {
    let region: OpenRegion
    let step: IndexExpression
    let results: (condition: Tensor?, carried: [Tensor], stacked: [Tensor])
    var carried: [CarriedForm]
    var stacked: [CarriedForm]

    var alwaysContinues: Bool { results.condition.map { $0.host?.first?.known.map { $0 != 0 } ?? false } ?? true }
  }

  /// Emits the loop and returns the carried tensors at the end and the stacked ones.
  func run(_ initial: [Tensor]) throws(Diagnostic) -> [Tensor] {
    let iteration = try settle(initial)
    // Upstream's canonicalization of scf.for takes carried tensors to keep the sizes that they begin with (`ForOpTensorCastFolder`, MLIR 22).
    let changes = iteration.carried.contains { $0.shape.contains(nil) }
    guard let count, condition == nil, iteration.alwaysContinues, !changes else { return try runWhile(initial, iteration) }
    return try runFor(initial, iteration, count)
  }

  /// Imports the body until the forms of what is carried stay the same: each time, a size that changed becomes an open one. The last import becomes
  /// the loop: to make it again would double the time for each loop around this one.
  private func settle(_ initial: [Tensor]) throws(Diagnostic) -> Iteration {
    var forms = initial.map(CarriedForm.init)
    let visible = importer.indices.atomCount
    while true {
      let types = forms.flatMap { $0.types(importer.context) }
      var carried: [CarriedForm] = []
      let made = try importer.openRegion([.index(importer.context)] + types) { (arguments) throws(Diagnostic) in
        let step = importer.indices.opaque(arguments[0], least: 0)
        let results = try body(step, CarriedForm.tensors(forms, Array(arguments.dropFirst()), importer))
        guard results.carried.count == forms.count else { throw .unsupportedForm(node, "has a body with another number of outputs") }
        for (form, tensor) in zip(forms, results.carried) { carried.append(try form.joined(with: tensor, node)) }
        for tensor in results.stacked where tensor.isContainer || tensor.mayBeScalar {
          throw .unsupportedForm(node, "stacks sequences, or tensors of rank 0 or 1")
        }
        return (step: step, results: results)
      }
      if carried == forms {
        let stacked = made.result.results.stacked.map { tensor in
          var form = CarriedForm(tensor)
          form.isHost = false
          form.shape = tensor.shape.map { importer.indices.isMade($0, ofFirst: visible) ? $0 : nil }
          return form
        }
        return Iteration(
          region: made.region, step: made.result.step, results: made.result.results, carried: carried, stacked: stacked)
      }
      importer.erase(made.region)
      forms = carried
    }
  }

  /// Ends the body: `end` gets what the next iteration starts from, the lists of what is stacked among it.
  private func finish(_ iteration: Iteration, _ end: ([Tensor]) throws(Diagnostic) -> Void) throws(Diagnostic) {
    let lists = iteration.stacked.map(listForm)
    let arguments = lists.flatMap { $0.types(importer.context) }.map { iteration.region.addArgument($0, importer.builder.location) }
    try importer.resume(iteration.region) { () throws(Diagnostic) in
      let stacks = CarriedForm.tensors(lists, arguments, importer)
      let extended = zip(iteration.results.stacked, stacks).map { importer.inserting($0, at: iteration.step, into: $1) }
      try end(iteration.results.carried + extended)
    }
  }

  // MARK: a known number of iterations

  private func runFor(_ initial: [Tensor], _ iteration: Iteration, _ count: IndexExpression) throws(Diagnostic) -> [Tensor] {
    let forms = iteration.carried + iteration.stacked.map(listForm)
    let start = zip(forms, initial + iteration.stacked.map { _ in .sequence([]) }).flatMap { $0.values(of: $1, importer) }
    let types = forms.flatMap { $0.types(importer.context) }
    let bounds = [importer.builder.index(0), importer.index(count), importer.builder.index(1)]
    try finish(iteration) { (next) throws(Diagnostic) in
      importer.builder.create("scf.yield", zip(forms, next).flatMap { $0.values(of: $1, importer) })
    }
    let operation = importer.builder.create("scf.for", bounds + start, results: types, regions: [iteration.region.region])
    return stacked(CarriedForm.tensors(forms, operation.results, importer), iteration, count)
  }

  // MARK: as long as a condition holds

  private func runWhile(_ initial: [Tensor], _ iteration: Iteration) throws(Diagnostic) -> [Tensor] {
    let context = importer.context
    let forms = iteration.carried + iteration.stacked.map(listForm)
    let first = condition ?? importer.builder.constant(.bool(true, context))
    var start = [importer.builder.index(0), first]
    start += zip(forms, initial + iteration.stacked.map { _ in .sequence([]) }).flatMap { $0.values(of: $1, importer) }
    let types = start.map(\.type)
    let before = try importer.region(types) { (arguments) throws(Diagnostic) in
      var goesOn = arguments[1]
      if let count {
        goesOn = importer.builder.binary("arith.andi", goesOn, importer.compare(.less, arguments[0], importer.index(count)))
      }
      importer.builder.create("scf.condition", [goesOn] + arguments)
    }
    // Whether the iteration happens stands behind its number.
    _ = iteration.region.addArgument(.i1(context), at: 1, importer.builder.location)
    try finish(iteration) { (next) throws(Diagnostic) in
      let goesOn = try iteration.results.condition.map { (tensor) throws(Diagnostic) in try node.flag(of: tensor) }
      let yielded =
        [importer.index(iteration.step + 1), goesOn ?? importer.builder.constant(.bool(true, context))]
        + zip(forms, next).flatMap { $0.values(of: $1, importer) }
      importer.builder.create("scf.yield", yielded)
    }
    let operation = importer.builder.create("scf.while", start, results: types, regions: [before.region, iteration.region.region])
    return stacked(CarriedForm.tensors(forms, Array(operation.results.dropFirst(2)), importer), iteration, nil)
  }

  // MARK: stacks

  /// The form of the list of what is stacked.
  private func listForm(_ element: CarriedForm) -> CarriedForm {
    var form = CarriedForm(.sequence([]))
    form.list = .tensor(element.elementType, sizes: element.shape.map { $0?.known })
    return form
  }

  /// `results` of the loop, with a tensor of `count` elements for each list at its end; `nil`: of as many as there are.
  private func stacked(_ results: [Tensor], _ iteration: Iteration, _ count: IndexExpression?) -> [Tensor] {
    let lists = zip(results.dropFirst(iteration.carried.count), iteration.stacked)
    return results.prefix(iteration.carried.count)
      + lists.compactMap { importer.joining($0, axis: 0, isNew: true, sizes: [count] + $1.shape) }
  }
}

/// `Loop`
let lowerLoop: Lowering = { node throws(Diagnostic) in
  guard let graph = node.graph("body") else { throw .invalidAttribute(node, "body", "nothing", expected: "a graph") }
  let count = node.optionalInput(0) == nil ? nil : try node.hostNumber(0)
  var condition: Value?
  if let tensor = node.optionalInput(1), tensor.host?.first?.known != 1 { condition = try node.flag(of: tensor) }
  var initial: [Tensor] = []
  for i in 2..<max(node.inputs.count, 2) { initial.append(try node.input(i)) }
  let carriedCount = initial.count
  guard graph.inputs.count == carriedCount + 2, graph.outputs.count > carriedCount else {
    throw .unsupportedForm(node, "has a body with another number of inputs or outputs")
  }
  let loop = ModelLoop(node, count: count, condition: condition) { (step, carried) throws(Diagnostic) in
    // A body only ever runs while the condition holds.
    let inputs = [Tensor(.i64, [], host: [step]), Tensor(.bool, [], host: [.one])] + carried
    let outputs = try node.walker.inline(graph, inputs: inputs, label: node.label)
    return (outputs[0], Array(outputs[1..<(carriedCount + 1)]), Array(outputs.dropFirst(carriedCount + 1)))
  }
  return try loop.run(initial)
}

extension Node {
  /// The element at `place` of the dimension `axis`, without that dimension.
  func element(_ place: IndexExpression, of x: Tensor, axis: Int) -> Tensor {
    var shape = x.shape
    shape.remove(at: axis)
    let at = importer.index(place)
    return move(x, to: shape) { _, position in
      var read = position
      read.insert(at, at: axis)
      return read
    }
  }

  /// `x` with the order of dimension `axis` reversed.
  func flipped(_ x: Tensor, axis: Int) -> Tensor {
    let last = importer.index(x.shape[axis] - 1)
    return move(x, to: x.shape) { builder, position in
      var read = position
      read[axis] = builder.binary("arith.subi", last, position[axis])
      return read
    }
  }
}
