import TesseraGraphs
import TesseraMLIR

/// What the formulas of a recurrent cell read of one element of the state.
protocol CellElement {
  var scalars: Scalars { get }
  /// The inputs' part of a gate, with its bias.
  func inputSum(_ gate: Int) -> Value
  /// The states' part of a gate, without its bias.
  func product(_ gate: Int) -> Value
  /// The states' bias of a gate.
  func recurrentBias(_ gate: Int) -> Value?
  /// The weight of the cell state for a gate: of input, output and forget.
  func peephole(_ number: Int) -> Value?
}

extension CellElement {
  /// The states' part of a gate, with its bias.
  func recurrentSum(_ gate: Int) -> Value { recurrentBias(gate).map { scalars.add(product(gate), $0) } ?? product(gate) }
  /// All of a gate before its activation.
  func total(_ gate: Int) -> Value { scalars.add(inputSum(gate), recurrentSum(gate)) }
}

/// The formulas of the cells, for one element in direction `d`.
extension RecurrentLayer {
  /// h = f(total)
  func plainState(_ e: some CellElement, _ d: Int) -> Value { functions[d][0].apply(e.scalars, clipped(e.scalars, e.total(0))) }

  /// The state that the hidden gate of a GRU multiplies: f(reset) * h. The gates are update, reset, hidden.
  func gruReset(_ e: some CellElement, _ d: Int, _ old: Value) -> Value {
    e.scalars.multiply(functions[d][0].apply(e.scalars, clipped(e.scalars, e.total(1))), old)
  }

  /// h = (1 - f(update)) * g(hidden) + f(update) * h
  func gruState(_ e: some CellElement, _ d: Int, _ old: Value) -> Value {
    let s = e.scalars, f = functions[d][0], g = functions[d][1]
    let update = f.apply(s, clipped(s, e.total(0)))
    var hidden = e.total(2)
    if !resetsFirst { hidden = s.add(e.inputSum(2), s.multiply(f.apply(s, clipped(s, e.total(1))), e.recurrentSum(2))) }
    let fresh = g.apply(s, clipped(s, hidden))
    return s.add(s.multiply(s.subtract(s.constant(1), update), fresh), s.multiply(update, old))
  }

  /// A gate of an LSTM, which may look at the cell state through a peephole. The gates are input, output, forget, cell.
  private func gate(_ e: some CellElement, _ d: Int, _ number: Int, _ cellState: Value) -> Value {
    var total = e.total(number)
    if let peephole = e.peephole(number) { total = e.scalars.add(total, e.scalars.multiply(peephole, cellState)) }
    return functions[d][0].apply(e.scalars, clipped(e.scalars, total))
  }

  /// c = f(forget) * c + f(input) * g(cell)
  func lstmCell(_ e: some CellElement, _ d: Int, _ old: Value) -> Value {
    let s = e.scalars
    let enter = gate(e, d, 0, old)
    let forget = node.flag("input_forget") ? s.subtract(s.constant(1), enter) : gate(e, d, 2, old)
    let candidate = functions[d][1].apply(s, clipped(s, e.total(3)))
    return s.add(s.multiply(forget, old), s.multiply(enter, candidate))
  }

  /// h = f(output) * h(c)
  func lstmState(_ e: some CellElement, _ d: Int, _ fresh: Value) -> Value {
    e.scalars.multiply(gate(e, d, 1, fresh), functions[d][2].apply(e.scalars, fresh))
  }

  private func clipped(_ s: Scalars, _ value: Value) -> Value {
    guard let clip else { return value }
    return s.minimum(s.maximum(value, s.constant(-clip)), s.constant(clip))
  }
}
