import TesseraDialects
import TesseraGraphs
import TesseraMLIR

/// All steps of a direction as one operation.
extension RecurrentLayer {
  /// The element of a cell in the region of a recurrence: what its arguments are.
  private struct RegionElement: CellElement {
    let scalars: Scalars
    /// The products of this phase and those before, a gate each.
    let products: [Value]
    let inputs: [Value]
    /// The biases of inputs and then of states, if there are some, and then the peepholes.
    let parameters: [Value]
    let hasBias: Bool

    private var gates: Int { inputs.count }
    func inputSum(_ gate: Int) -> Value { hasBias ? scalars.add(inputs[gate], parameters[gate]) : inputs[gate] }
    func product(_ gate: Int) -> Value { products[gate] }
    func recurrentBias(_ gate: Int) -> Value? { hasBias ? parameters[gates + gate] : nil }
    func peephole(_ number: Int) -> Value? {
      let place = number + (hasBias ? 2 * gates : 0)
      return parameters.indices.contains(place) ? parameters[place] : nil
    }
  }

  /// The states of direction `d` at the end, and those of all steps; `weights` are those of the phases.
  func recur(
    _ d: Int, _ projected: GraphTensor, _ weights: [GraphTensor], bias: GraphTensor?, peepholes: GraphTensor?, initial: [GraphTensor]
  ) -> [GraphTensor] {
    let given = [bias, peepholes].compactMap { $0 }
    let rows = given.map { graph.reshape($0, to: [IndexExpression(($0.shape[0].known ?? 0) / (hidden.known ?? 1)), hidden]) }
    let parameters = rows.isEmpty ? [] : [node.concatenate(rows, 0, [rows.map { $0.shape[0] }.reduce(.zero, +), hidden])]
    let form = RecurrenceOp.Form(
      phases: weights.count, hasParameters: !parameters.isEmpty, states: initial.count, hasLengths: lengths != nil, isReversed: reversed[d])
    let numbers = lengths.map { [graph.convert($0, to: .i64)] } ?? []
    let operands = [projected] + weights.map { node.transpose($0, [1, 0]) } + parameters + initial + numbers
    let shapes = [[time, batch, hidden]] + initial.map { _ in [batch, hidden] }
    func element(_ b: Builder, _ arguments: [Value], phase: Int) -> (RegionElement, states: ArraySlice<Value>) {
      let products = weights.count == 1 ? cell.gates : phase == 0 ? 2 : 3
      let states = arguments.suffix(initial.count)
      return (
        RegionElement(
          scalars: Scalars(b, type), products: Array(arguments.prefix(products)),
          inputs: Array(arguments[products..<products + cell.gates]),
          parameters: Array(arguments[(products + cell.gates)..<states.startIndex]), hasBias: bias != nil), states
      )
    }
    var bodies: [(Builder, [Value]) -> [Value]] = []
    if weights.count == 2 {
      bodies.append { b, arguments in
        let (e, states) = element(b, arguments, phase: 0)
        return [gruReset(e, d, states[states.startIndex])]
      }
    }
    bodies.append { b, arguments in
      let (e, states) = element(b, arguments, phase: weights.count - 1)
      let old = states[states.startIndex]
      switch cell {
      case .plain: return [plainState(e, d)]
      case .gru: return [gruState(e, d, old)]
      case .lstm:
        let fresh = lstmCell(e, d, states[states.startIndex + 1])
        return [lstmState(e, d, fresh), fresh]
      }
    }
    let results = RecurrenceOp.create(
      form, operands.map(graph.value), outputs: shapes.map { graph.empty(type, $0) }, graph.builder, bodies: bodies)
    let tensors = zip(results, shapes).map { GraphTensor(type, $1, value: $0) }
    return Array(tensors.dropFirst()) + [tensors[0]]
  }
}
