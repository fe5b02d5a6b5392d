import TesseraDiagnostics
import TesseraMLIR

/// A loop of the model on the host: tensors that each iteration replaces, and tensors that the iterations' results are stacked into.
///
/// With a known number of iterations and sizes that stay it is an `scf.for`, else an `scf.while`. What is stacked is a list that gets an element
/// with each iteration, and becomes one tensor behind the loop: each element is copied once.
package struct ModelLoop {
  package typealias Body = (IndexExpression, [GraphTensor]) throws(Diagnostic) -> (
    condition: GraphTensor?, carried: [GraphTensor], stacked: [GraphTensor]
  )

  package let site: any Site
  /// The greatest number of iterations; `nil` if there is no bound.
  package let count: IndexExpression?
  /// Whether the first iteration happens; `nil` if it does.
  package let condition: Value?
  package let body: Body
  private var graph: GraphBuilder { site.graph }

  package init(_ site: any Site, count: IndexExpression?, condition: Value? = nil, _ body: @escaping Body) {
    self.site = site
    self.count = count.map { site.indices.maximum(.zero, $0) }
    self.condition = condition
    self.body = body
  }

  /// An import of the body: its region, which still lacks an end, and what one iteration gives, as far as the code around the loop can know.
  private struct Iteration {
    let region: OpenRegion
    let step: IndexExpression
    let results: (condition: GraphTensor?, carried: [GraphTensor], stacked: [GraphTensor])
    var carried: [CarriedForm]
    var stacked: [CarriedForm]

    var alwaysContinues: Bool { results.condition.map { $0.host?.first?.known.map { $0 != 0 } ?? false } ?? true }
  }

  /// Emits the loop and returns the carried tensors at the end and the stacked ones.
  package func run(_ initial: [GraphTensor]) throws(Diagnostic) -> [GraphTensor] {
    let iteration = try settle(initial)
    // Upstream's canonicalization of scf.for takes carried tensors to keep the sizes that they begin with (`ForOpTensorCastFolder`, MLIR 22).
    let changes = iteration.carried.contains { $0.shape.contains(nil) }
    guard let count, condition == nil, iteration.alwaysContinues, !changes else { return try runWhile(initial, iteration) }
    return try runFor(initial, iteration, count)
  }

  /// Imports the body until the forms of what is carried stay the same: each time, a size that changed becomes an open one. The last import becomes
  /// the loop: to make it again would double the time for each loop around this one.
  private func settle(_ initial: [GraphTensor]) throws(Diagnostic) -> Iteration {
    var forms = initial.map(CarriedForm.init)
    let visible = graph.indices.atomCount
    while true {
      let types = forms.flatMap { $0.types(graph.context) }
      var carried: [CarriedForm] = []
      let made = try graph.openRegion([.index(graph.context)] + types) { (arguments) throws(Diagnostic) in
        let step = graph.indices.opaque(arguments[0], least: 0)
        let results = try body(step, CarriedForm.tensors(forms, Array(arguments.dropFirst()), graph))
        guard results.carried.count == forms.count else { throw .unsupportedForm(site, "has a body with another number of outputs") }
        for (form, tensor) in zip(forms, results.carried) { carried.append(try form.joined(with: tensor, site)) }
        for tensor in results.stacked where tensor.isContainer || tensor.mayBeScalar {
          throw .unsupportedForm(site, "stacks sequences, or tensors of rank 0 or 1")
        }
        return (step: step, results: results)
      }
      if carried == forms {
        let stacked = made.result.results.stacked.map { tensor in
          var form = CarriedForm(tensor)
          form.isHost = false
          form.shape = tensor.shape.map { graph.indices.isMade($0, ofFirst: visible) ? $0 : nil }
          return form
        }
        return Iteration(
          region: made.region, step: made.result.step, results: made.result.results, carried: carried, stacked: stacked)
      }
      graph.erase(made.region)
      forms = carried
    }
  }

  /// Ends the body: `end` gets what the next iteration starts from, the lists of what is stacked among it.
  private func finish(_ iteration: Iteration, _ end: ([GraphTensor]) throws(Diagnostic) -> Void) throws(Diagnostic) {
    let lists = iteration.stacked.map(listForm)
    let arguments = lists.flatMap { $0.types(graph.context) }.map { iteration.region.addArgument($0, graph.builder.location) }
    try graph.resume(iteration.region) { () throws(Diagnostic) in
      let stacks = CarriedForm.tensors(lists, arguments, graph)
      let extended = zip(iteration.results.stacked, stacks).map { graph.inserting($0, at: iteration.step, into: $1) }
      try end(iteration.results.carried + extended)
    }
  }

  // MARK: a known number of iterations

  private func runFor(_ initial: [GraphTensor], _ iteration: Iteration, _ count: IndexExpression) throws(Diagnostic) -> [GraphTensor] {
    let forms = iteration.carried + iteration.stacked.map(listForm)
    let start = zip(forms, initial + iteration.stacked.map { _ in .sequence([]) }).flatMap { $0.values(of: $1, graph) }
    let types = forms.flatMap { $0.types(graph.context) }
    let bounds = [graph.builder.index(0), graph.index(count), graph.builder.index(1)]
    try finish(iteration) { (next) throws(Diagnostic) in
      graph.builder.create("scf.yield", zip(forms, next).flatMap { $0.values(of: $1, graph) })
    }
    let operation = graph.builder.create("scf.for", bounds + start, results: types, regions: [iteration.region.region])
    return stacked(CarriedForm.tensors(forms, operation.results, graph), iteration, count)
  }

  // MARK: as long as a condition holds

  private func runWhile(_ initial: [GraphTensor], _ iteration: Iteration) throws(Diagnostic) -> [GraphTensor] {
    let context = graph.context
    let forms = iteration.carried + iteration.stacked.map(listForm)
    let first = condition ?? graph.builder.constant(.bool(true, context))
    var start = [graph.builder.index(0), first]
    start += zip(forms, initial + iteration.stacked.map { _ in .sequence([]) }).flatMap { $0.values(of: $1, graph) }
    let types = start.map(\.type)
    let before = try graph.region(types) { (arguments) throws(Diagnostic) in
      var goesOn = arguments[1]
      if let count {
        goesOn = graph.builder.binary("arith.andi", goesOn, graph.compare(.less, arguments[0], graph.index(count)))
      }
      graph.builder.create("scf.condition", [goesOn] + arguments)
    }
    // Whether the iteration happens stands behind its number.
    _ = iteration.region.addArgument(.i1(context), at: 1, graph.builder.location)
    try finish(iteration) { (next) throws(Diagnostic) in
      let goesOn = try iteration.results.condition.map { (tensor) throws(Diagnostic) in try site.flag(of: tensor) }
      let yielded =
        [graph.index(iteration.step + 1), goesOn ?? graph.builder.constant(.bool(true, context))]
        + zip(forms, next).flatMap { $0.values(of: $1, graph) }
      graph.builder.create("scf.yield", yielded)
    }
    let operation = graph.builder.create("scf.while", start, results: types, regions: [before.region, iteration.region.region])
    return stacked(CarriedForm.tensors(forms, Array(operation.results.dropFirst(2)), graph), iteration, nil)
  }

  // MARK: stacks

  /// The form of the list of what is stacked.
  private func listForm(_ element: CarriedForm) -> CarriedForm {
    var form = CarriedForm(.sequence([]))
    form.list = .tensor(element.elementType, sizes: element.shape.map { $0?.known })
    return form
  }

  /// `results` of the loop, with a tensor of `count` elements for each list at its end; `nil`: of as many as there are.
  private func stacked(_ results: [GraphTensor], _ iteration: Iteration, _ count: IndexExpression?) -> [GraphTensor] {
    let lists = zip(results.dropFirst(iteration.carried.count), iteration.stacked)
    return results.prefix(iteration.carried.count)
      + lists.compactMap { graph.joining($0, axis: 0, isNew: true, sizes: [count] + $1.shape) }
  }
}
