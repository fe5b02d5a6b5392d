import TesseraLoopNests
import TesseraMLIR

/// Moves arithmetic on numbers that the host program cannot do into structured operations of rank 0: functions that it lacks, floats of 16 bits, and
/// complex numbers, which it cannot even hold.
///
/// Before: %r = math.erf %x : f32
/// After:  %t = linalg.generic outs(%empty : tensor<f32>) { ^bb0(%o): %e = math.erf %x : f32; linalg.yield %e }
///         %r = tensor.extract %t[] : tensor<f32>
///
/// Requires: operations outside of structured ones that compute elements of tensors are structured.
/// Ensures: the host program knows the operations of arith, math and complex outside of structured ones, as far as their operands can be read.
struct HostNumbers {
  let module: Module
  private var context: Context { module.context }

  init(_ module: Module) { self.module = module }

  /// Rewrites all of them.
  func run() {
    for function in module.hostFunctions {
      for region in function.regions { for block in region.blocks { run(on: block) } }
    }
  }

  private func run(on block: Block) {
    for op in block.operations {
      switch op.name {
      case "linalg.generic": giveNumbers(to: op)
      case "tensor.from_elements" where op.result(0).type.element.isComplex: makeTensor(op)
      case let name where name.hasPrefix("scf."):
        for region in op.regions { for inner in region.blocks { run(on: inner) } }
      case let name where name.hasPrefix("arith.") || name.hasPrefix("math.") || name.hasPrefix("complex."): moveNumber(op)
      default: break
      }
    }
  }

  /// `true` iff a number can only be read where it is computed.
  private func isComplex(_ value: Value) -> Bool { value.type.isComplex }

  /// Moves one operation.
  private func moveNumber(_ op: Operation) {
    guard op.resultCount == 1, op.name != "arith.constant", !(op.operands + op.results).contains(where: \.type.isTensor),
      !FunctionScheduler.computes(op), !isComplex(op.result(0)), op.operands.allSatisfy(isReadable)
    else { return }
    let b = Builder(context, before: op)
    let type = Type.tensor([], op.result(0).type)
    let generic = b.generic(inputs: [], outputs: [b.empty(type, [])], maps: [.identity(0, context)], iterators: []) { inner, _ in
      var map: [Value: Value] = [:]
      return [copied(op, &map, inner)]
    }
    op.result(0).replaceAllUses(with: b.element(generic.result(0), []))
    op.erase()
  }

  /// Makes a tensor of complex numbers.
  private func makeTensor(_ op: Operation) {
    guard op.operands.allSatisfy(isReadable) else { return }
    let b = Builder(context, before: op)
    let type = op.result(0).type, rank = type.rank
    let generic = b.generic(
      inputs: [], outputs: [b.empty(type, [])], maps: [.identity(rank, context)], iterators: .init(repeating: .parallel, count: rank)
    ) { inner, _ in
      var map: [Value: Value] = [:]
      let elements = op.operands.map { inside($0, &map, inner) }
      guard var chosen = elements.last else { return [inner.create("ub.poison", [], results: [type.element]).result(0)] }
      var position = inner.index(0)
      for axis in 0..<rank { position = inner.plus(inner.times(position, inner.index(type.shape[axis])), inner.position(axis)) }
      for (number, element) in elements.enumerated().dropLast().reversed() {
        chosen = inner.select(inner.compare(.equal, position, inner.index(number)), element, chosen)
      }
      return [chosen]
    }
    op.result(0).replaceAllUses(with: generic.result(0))
    op.erase()
  }

  /// Lets a structured operation compute the complex numbers that it captures.
  private func giveNumbers(to op: Operation) {
    guard let generic = StructuredOp(op) else { return }
    let body = generic.body
    let captures = generic.captures.filter(isComplex)
    guard let first = body.operations.first, !captures.isEmpty, captures.allSatisfy(isReadable) else { return }
    let inner = Builder(context, before: first)
    for capture in captures {
      var map: [Value: Value] = [:]
      let local = inside(capture, &map, inner)
      for use in op.descendants where use.operands.contains(capture) {
        for (i, operand) in use.operands.enumerated() where operand == capture { use.setOperand(i, local) }
      }
    }
  }

  /// `true` iff a structured operation can get the number.
  private func isReadable(_ value: Value) -> Bool {
    guard isComplex(value) else { return true }
    guard let op = value.definingOperation, op.regions.isEmpty else { return false }
    if ["tensor.extract", "complex.constant"].contains(op.name) { return true }
    return (op.name.hasPrefix("arith.") || op.name.hasPrefix("complex.")) && op.operands.allSatisfy(isReadable)
  }

  /// The number as the body of a structured operation, which `inner` writes, can read it.
  private func inside(_ value: Value, _ map: inout [Value: Value], _ inner: Builder) -> Value {
    if let known = map[value] { return known }
    guard isComplex(value), let op = value.definingOperation else { return value }
    let made = copied(op, &map, inner)
    map[value] = made
    return made
  }

  /// A copy of an operation in the body.
  private func copied(_ op: Operation, _ map: inout [Value: Value], _ inner: Builder) -> Value {
    let operands = op.operands.map { $0.type.isTensor ? $0 : inside($0, &map, inner) }
    return inner.create(op.name, operands, results: op.results.map(\.type), attributes: op.attributes).result(0)
  }
}
