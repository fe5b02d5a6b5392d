internal import TesseraDiagnostics
internal import TesseraMLIR
internal import TesseraModuleFormat

/// Loops that are contractions, as one instruction for each run of sums.
extension Translator {
  /// Where an operand of a contraction begins, and how far it moves with each step.
  private struct Walk {
    var start: Polynomial
    var step: Polynomial
  }

  /// Sums whose elements stand at equal distances, and meet one row.
  private struct Run {
    var sums: [Int]
    var element: Walk
    var distance: Polynomial
    var row: Walk
  }

  /// Translates the loop if it is a contraction; returns whether it is.
  func translateContraction(_ loop: Operation) throws(Diagnostic) -> Bool {
    guard let contraction = Contraction(loop), let body = loop.body() else { return false }
    let addresses = AddressAnalysis(body)
    let lower = addresses.outer(loop.operand(0)), step = addresses.outer(loop.operand(2))
    func walk(_ address: Value) -> Walk? {
      guard let all = addresses.polynomial(address), let (coefficient, rest) = all.split(by: addresses.counter) else { return nil }
      return Walk(start: rest + coefficient * lower, step: coefficient * step)
    }
    var elements: [Walk] = [], rows: [Walk] = []
    for sum in contraction.sums {
      guard let element = walk(sum.element.address), let row = walk(sum.row.address) else { return false }
      elements.append(element)
      rows.append(row)
    }
    let runs = runs(contraction, elements, rows)
    let carriers = contractionCarriers(loop.results, runs)
    move(zip(loop.operands.dropFirst(3), carriers).map { (register($0), $1, $0.type) })
    for (result, carrier) in zip(loop.results, carriers) { registers[result] = [carrier] }
    let count = try stepCount(loop)
    var known: [Polynomial: VirtualRegister] = [:]
    for run in runs {
      let first = contraction.sums[run.sums[0]], scalars = (0..<4).map { _ in fresh(isRow: false) }
      group(scalars)
      move([(count, scalars[0], loop.operand(0).type)])
      for (polynomial, scalar) in zip([run.distance, run.element.step, run.row.step], scalars.dropFirst()) {
        if let number = polynomial.asConstant {
          emitConstant(UInt64(bitPattern: Int64(number)), .i64, into: scalar, lanes: 0)
        } else {
          move([(emit(polynomial, addresses, &known), scalar, loop.operand(0).type)])
        }
      }
      let a = emit(run.element.start, addresses, &known), b = emit(run.row.start, addresses, &known)
      emit(
        .init(
          opcode: .contract, type: first.row.type.sum, variant: UInt8(run.sums.count),
          lanes: first.row.lanes ?? lanes(loop.result(run.sums[0]).type), d: .register(carriers[run.sums[0]]), a: .register(a),
          b: .register(b), c: .register(scalars[0]),
          immediate: Int(first.element.type.rawValue) | Int(first.row.type.rawValue) << 8))
    }
    return true
  }

  /// The sums in runs: those of one row, in their order, as long as elements are at equal distances.
  private func runs(_ contraction: Contraction, _ elements: [Walk], _ rows: [Walk]) -> [Run] {
    let limit = 16
    var runs: [Run] = []
    var open: [Polynomial: Int] = [:]
    for (i, sum) in contraction.sums.enumerated() {
      if let r = open[rows[i].start] {
        let run = runs[r], last = run.sums[run.sums.count - 1], first = contraction.sums[run.sums[0]]
        let distance = elements[i].start - elements[last].start
        if run.sums.count < limit, run.sums.count == 1 || distance == run.distance, elements[i].step == run.element.step,
          rows[i].step == run.row.step, sum.element.type == first.element.type, sum.row.type == first.row.type,
          sum.row.lanes == first.row.lanes
        {
          runs[r].sums.append(i)
          runs[r].distance = distance
          continue
        }
      }
      open[rows[i].start] = runs.count
      runs.append(Run(sums: [i], element: elements[i], distance: .constant(0), row: rows[i]))
    }
    return runs
  }

  /// The registers of the sums, those of a run side by side.
  private func contractionCarriers(_ results: [Value], _ runs: [Run]) -> [VirtualRegister] {
    var carriers = results.map { wishes[$0] ?? fresh(isRow: true) }
    for run in runs where run.sums.count > 1 {
      let members = run.sums.map { carriers[$0] }
      if members.allSatisfy({ groupOf[$0] == nil }), Set(members).count == members.count {
        group(members)
      } else if !standSideBySide(members) {
        // What they are wished to be stands elsewhere: they are copied at the end of the loop around.
        let own = members.map { _ in fresh(isRow: true) }
        group(own)
        for (k, register) in zip(run.sums, own) {
          carriers[k] = register
          wishes[results[k]] = nil
        }
      }
    }
    return carriers
  }

  /// `true` iff registers follow one another in their group.
  private func standSideBySide(_ members: [VirtualRegister]) -> Bool {
    guard let group = groupOf[members[0]], let first = groups[group].firstIndex(of: members[0]) else { return false }
    return groups[group].dropFirst(first).starts(with: members)
  }

  /// How often the loop runs; 0 or less for never.
  private func stepCount(_ loop: Operation) throws(Diagnostic) -> VirtualRegister {
    let (lower, upper, step) = (loop.operand(0), loop.operand(1), loop.operand(2))
    guard let distance = knownInteger(step), distance > 0 else { throw unsupported(loop, "its step is not known") }
    if let first = knownInteger(lower), let end = knownInteger(upper) { return constant(max(0, (end - first + distance - 1) / distance)) }
    let length = fresh(isRow: false)
    emit(.init(opcode: .subtract, type: .i64, d: .register(length), a: operand(upper), b: operand(lower)))
    if distance == 1 { return length }
    let rounded = fresh(isRow: false), count = fresh(isRow: false)
    emit(.init(opcode: .add, type: .i64, d: .register(rounded), a: .register(length), b: .register(constant(distance - 1))))
    emit(.init(opcode: .divideSigned, type: .i64, d: .register(count), a: .register(rounded), b: .register(constant(distance))))
    return count
  }

  /// Emits a polynomial of values outside of the loop.
  private func emit(_ polynomial: Polynomial, _ addresses: AddressAnalysis, _ known: inout [Polynomial: VirtualRegister]) -> VirtualRegister
  {
    if let found = known[polynomial] { return found }
    var sum: VirtualRegister?
    func combined(_ opcode: PortableOpcode, _ a: VirtualRegister, _ b: VirtualRegister) -> VirtualRegister {
      let made = fresh(isRow: false)
      emit(.init(opcode: opcode, type: .i64, d: .register(made), a: .register(a), b: .register(b)))
      return made
    }
    for (product, coefficient) in polynomial.terms.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      var term: VirtualRegister?
      for unknown in product {
        let factor = register(addresses.values[unknown])
        term = term.map { combined(.multiply, $0, factor) } ?? factor
      }
      if coefficient != 1 || term == nil {
        let factor = constant(coefficient)
        term = term.map { combined(.multiply, $0, factor) } ?? factor
      }
      sum = sum.map { combined(.add, $0, term!) } ?? term
    }
    let made = sum ?? constant(0)
    known[polynomial] = made
    return made
  }
}

/// Addresses in a loop as polynomials of its counter and of what is computed outside.
final class AddressAnalysis {
  private let body: Block
  /// The values of the unknowns, by their numbers.
  private(set) var values: [Value] = []
  private var numbers: [Value: Int] = [:]
  private var known: [Value: Polynomial] = [:]
  /// The number of the loop's counter.
  let counter = 0

  init(_ body: Block) {
    self.body = body
    _ = number(body.arguments[0])
  }

  private func number(_ value: Value) -> Int {
    if let known = numbers[value] { return known }
    numbers[value] = values.count
    values.append(value)
    return values.count - 1
  }

  /// A value from outside of the loop.
  func outer(_ value: Value) -> Polynomial { polynomial(value) ?? .unknown(number(value)) }

  /// An integer; `nil` where it is computed in the loop, and no polynomial.
  func polynomial(_ value: Value) -> Polynomial? {
    if let found = known[value] { return found }
    let made = expanded(value) ?? (value.block == body && value != body.arguments[0] ? nil : .unknown(number(value)))
    known[value] = made
    return made
  }

  /// A sum or product taken apart; `nil` for anything else.
  private func expanded(_ value: Value) -> Polynomial? {
    guard let maker = value.definingOperation, value.type.isIndex || value.type.bitWidth == 64 else { return nil }
    func operand(_ k: Int) -> Polynomial? { polynomial(maker.operand(k)) }
    switch maker.name {
    case "arith.constant": return maker.attribute("value")?.integerValue.map(Polynomial.constant)
    case "arith.addi": if let x = operand(0), let y = operand(1) { return x + y }
    case "arith.subi": if let x = operand(0), let y = operand(1) { return x - y }
    case "arith.muli": if let x = operand(0), let y = operand(1) { return x * y }
    case "arith.index_cast" where maker.operand(0).type.isIndex || maker.operand(0).type.bitWidth == 64: return operand(0)
    default: break
    }
    return nil
  }
}
