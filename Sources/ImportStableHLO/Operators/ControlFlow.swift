import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension StableHLONode {
  /// One of two regions, as a boolean says.
  func branch() throws(Diagnostic) -> [ProgramValue] {
    let condition = try operand(0)
    let (first, second) = (try region(0), try region(1))
    if let known = condition.host?.first?.known { return try walker.run(known != 0 ? first : second, []) }
    let flag = try flag(of: condition)
    return try choose([(flag, first)], else: second)
  }

  /// One of several regions, as an integer says; the last one for numbers that no other has.
  func branches() throws(Diagnostic) -> [ProgramValue] {
    let number = try operand(0)
    guard number.rank == 0, number.elementType.isInteger, let last = source.regions.last else {
      throw .operandTypes(self, expected: "an integer, and a region or more")
    }
    if let known = number.host?.first?.known {
      return try walker.run(source.regions.indices.contains(known) ? source.regions[known] : last, [])
    }
    let index = graph.index(try hostElements(number)[0])
    if source.regions.count == 1 { return try walker.run(last, []) }
    let cases = source.regions.dropLast().enumerated().map { i, region in
      (graph.compare(.equal, index, graph.builder.index(i)), region)
    }
    return try choose(cases, else: last)
  }

  /// The region of the first condition that holds. What all regions give decides the types, so each is left, and gone on with then.
  private func choose(_ cases: [(condition: Value, region: ProgramRegion)], else last: ProgramRegion) throws(Diagnostic) -> [ProgramValue] {
    var sides: [(region: OpenRegion, result: [GraphTensor])] = []
    for region in cases.map(\.region) + [last] {
      sides.append(try graph.openRegion([]) { (_) throws(Diagnostic) in try tensors(walker.run(region, [])) })
    }
    var forms = sides[0].result.map(CarriedForm.init)
    for side in sides.dropFirst() {
      guard side.result.count == forms.count else { throw .unsupportedForm(self, "has regions with different numbers of results") }
      for (i, tensor) in side.result.enumerated() { forms[i] = try forms[i].joined(with: tensor, self) }
    }
    for side in sides {
      try graph.resume(side.region) { () throws(Diagnostic) in
        graph.builder.create("scf.yield", zip(forms, side.result).flatMap { $0.values(of: $1, graph) })
      }
    }
    let types = forms.flatMap { $0.types(context) }
    var otherwise = sides[sides.count - 1].region.region
    for (i, item) in cases.enumerated().reversed() {
      if i == 0 { break }
      let inner = otherwise
      otherwise = try graph.region([]) { (_) throws(Diagnostic) in
        let choice = graph.builder.create("scf.if", [item.condition], results: types, regions: [sides[i].region.region, inner])
        graph.builder.create("scf.yield", choice.results)
      }.region
    }
    let choice = graph.builder.create("scf.if", [cases[0].condition], results: types, regions: [sides[0].region.region, otherwise])
    return CarriedForm.tensors(forms, choice.results, graph).map { .tensor($0) }
  }

  private func tensors(_ values: [ProgramValue]) throws(Diagnostic) -> [GraphTensor] {
    let tensors = values.compactMap(\.tensor)
    guard tensors.count == values.count else { throw .unsupportedForm(self, "passes tuples or tokens") }
    return tensors
  }

  // MARK: loops

  /// Repeats a region as long as another says. Values that each iteration passes on as they are stay outside.
  func loop(_ values: [ProgramValue]) throws(Diagnostic) -> [ProgramValue] {
    let condition = try region(0), body = try region(1), initial = try tensors(values)
    let arguments = body.arguments.map(\.value)
    guard arguments.count == initial.count, condition.arguments.count == initial.count, body.results.count == initial.count else {
      throw .unsupportedForm(self, "has regions with another number of arguments or results than operands")
    }
    let changing = initial.indices.filter { body.results[$0] != arguments[$0] }
    func all(_ carried: [GraphTensor]) -> [ProgramValue] {
      var tensors = initial
      for (i, tensor) in zip(changing, carried) { tensors[i] = tensor }
      return tensors.map { .tensor($0) }
    }
    func goesOn(_ carried: [GraphTensor]) throws(Diagnostic) -> GraphTensor {
      guard let flag = try walker.run(condition, all(carried)).first?.tensor else {
        throw .unsupportedForm(self, "has a condition that is no boolean")
      }
      return flag
    }
    let start = changing.map { initial[$0] }
    if let counter = LoopCounter(self, condition, body, initial) { return try counted(body, counter, changing, initial) }
    let first = try goesOn(start)
    if first.host?.first?.known == 0 { return values }
    let loop = ModelLoop(self, count: nil, condition: first.host?.first?.known == nil ? try flag(of: first) : nil) {
      (_, carried) throws(Diagnostic) in
      let results = try tensors(walker.run(body, all(carried)))
      let next = changing.map { results[$0] }
      return (try goesOn(next), next, [])
    }
    return all(try loop.run(start))
  }

  /// A loop whose number of iterations is known before it: the counter is not carried.
  private func counted(_ body: ProgramRegion, _ counter: LoopCounter, _ changing: [Int], _ initial: [GraphTensor])
    throws(Diagnostic) -> [ProgramValue]
  {
    let carried = changing.filter { $0 != counter.index }
    func all(_ tensors: [GraphTensor], _ step: IndexExpression) -> [ProgramValue] {
      var values = initial
      for (i, tensor) in zip(carried, tensors) { values[i] = tensor }
      values[counter.index] = counter.value(at: step)
      return values.map { .tensor($0) }
    }
    let loop = ModelLoop(self, count: counter.count) { (step, given) throws(Diagnostic) in
      let results = try tensors(walker.run(body, all(given, step)))
      return (nil, carried.map { results[$0] }, [])
    }
    return all(try loop.run(carried.map { initial[$0] }), counter.count)
  }
}

/// The counter of a loop that goes from a number that is known on the host by 1 to another.
struct LoopCounter {
  /// Which carried value it is.
  let index: Int
  private let start: IndexExpression
  /// How many iterations there are.
  let count: IndexExpression
  private let type: ElementType

  /// `nil` if the loop has no such counter.
  init?(_ node: StableHLONode, _ condition: ProgramRegion, _ body: ProgramRegion, _ initial: [GraphTensor]) {
    func maker(_ value: Int, _ region: ProgramRegion) -> ProgramOperation? { region.operations.first { $0.results == [value] } }
    guard let result = condition.results.first, let test = maker(result, condition), test.name == "stablehlo.compare",
      test.attributes["comparison_direction"]?.text == "LT", test.operands.count == 2,
      let index = condition.arguments.firstIndex(where: { $0.value == test.operands[0] }),
      [.i32, .i64].contains(initial[index].elementType),
      let start = initial[index].host?.first, initial[index].rank == 0
    else { return nil }
    // The limit: a constant, or what the loop carries and does not change, or stands around it.
    let limit: IndexExpression?
    if let carried = condition.arguments.firstIndex(where: { $0.value == test.operands[1] }) {
      limit = body.results[carried] == body.arguments[carried].value ? initial[carried].host?.first : nil
    } else if let constant = maker(test.operands[1], condition) {
      guard case .dense(let value)? = constant.attributes["value"] else { return nil }
      limit = value.integers?.first.map { IndexExpression($0) }
    } else {
      limit = (try? node.walker.value(test.operands[1]).tensor)?.host?.first
    }
    guard let limit, let step = maker(body.results[index], body), step.name == "stablehlo.add", step.operands.count == 2,
      step.operands.contains(body.arguments[index].value),
      let other = step.operands.first(where: { $0 != body.arguments[index].value })
    else { return nil }
    let increment: Int?
    if let constant = maker(other, body), case .dense(let value)? = constant.attributes["value"] {
      increment = value.integers?.first
    } else {
      increment = (try? node.walker.value(other).tensor)?.host?.first?.known
    }
    guard increment == 1 else { return nil }
    (self.index, self.start, type) = (index, start, initial[index].elementType)
    count = node.indices.maximum(limit - start, .zero)
  }

  /// The counter in iteration `step`.
  func value(at step: IndexExpression) -> GraphTensor { GraphTensor(type, [], host: [start + step]) }
}
