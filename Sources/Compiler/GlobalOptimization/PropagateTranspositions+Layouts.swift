import TesseraLoopNests
import TesseraMLIR

/// For every operation and tensor that transpositions reach, the one other layout that it might have.
///
/// A layout lists, for each dimension of the stored tensor, the dimension of the tensor as the program has it. The layouts start at
/// transpositions (x before one is the other layout of y behind it) and spread along operands and results.
struct CandidateLayouts {
  /// An operation that may change its layout.
  struct Node {
    /// The kinds of changes.
    enum Change {
      /// A generic gets the loops in this order.
      case loops([Int])
      /// A reshape has the dimensions of its collapsed side in this order.
      case reshape([Int])
    }
    let change: Change
    /// The tensors that it reads in another layout.
    let sources: [(value: Value, layout: [Int])]
    let outputLayout: [Int]
  }

  private(set) var nodes: [Operation: Node] = [:]
  /// The operations of `nodes` in program order.
  private(set) var order: [Operation] = []
  private(set) var layouts: [Value: [Int]] = [:]
  /// The tensors of `layouts`, in the order in which they were reached.
  private(set) var values: [Value] = []
  private var plans: [Operation: LayoutPlan] = [:]
  private var reshapes: [Operation: ReshapePlan] = [:]
  private var queue: [(Value, [Int])] = []

  init(_ function: Operation) {
    let operations = function.descendants
    var transpositions: [(StructuredOp, [Int])] = []
    for operation in operations {
      if let reshape = ReshapePlan(operation) { reshapes[operation] = reshape }
      guard let view = StructuredOp.relaying(operation) else { continue }
      if let permutation = view.transposition {
        transpositions.append((view, permutation))
      } else if let plan = LayoutPlan(view) {
        plans[operation] = plan
      }
    }
    for (view, permutation) in transpositions {
      queue.append((view.result, permutation.inverted))
      queue.append((view.inputs[0], permutation))
    }
    while let (value, layout) = queue.popLast() { reach(value, layout) }
    order = operations.filter { nodes[$0] != nil }
  }

  /// The operation that reads a tensor by this use: the generic around an extraction, else the user itself.
  static func reader(of use: Value.Use) -> Operation {
    guard use.operation.name == "tensor.extract" else { return use.operation }
    var operation = use.operation
    while operation.name != "linalg.generic", let parent = operation.parent { operation = parent }
    return operation.name == "linalg.generic" ? operation : use.operation
  }

  private mutating func reach(_ value: Value, _ layout: [Int]) {
    if layouts[value] != nil || layout.isIdentity { return }
    layouts[value] = layout
    values.append(value)
    if let producer = value.definingOperation {
      if let plan = plans[producer], let order = plan.loopOrder(outputLayout: layout) {
        assign(plan, order)
      } else if let reshape = reshapes[producer], let layouts = reshape.layouts(result: layout) {
        assign(reshape, layouts)
      }
    }
    for use in value.uses {
      let reader = Self.reader(of: use)
      if let plan = plans[reader], let source = plan.relaidSources.first(where: { $0.value == value }),
        let order = plan.loopOrder(source.loops, layout: layout)
      {
        assign(plan, order)
      } else if let reshape = reshapes[reader], use.operandNumber == 0, let layouts = reshape.layouts(operand: layout) {
        assign(reshape, layouts)
      }
    }
  }

  private mutating func assign(_ plan: LayoutPlan, _ order: [Int]) {
    if order.isIdentity { return }
    assign(
      plan.view.operation,
      Node(
        change: .loops(order), sources: plan.relaidSources.map { (value: $0.value, layout: plan.layout($0.loops, order: order)) },
        outputLayout: plan.outputLayout(order: order)))
  }

  private mutating func assign(_ reshape: ReshapePlan, _ layouts: (operand: [Int], result: [Int])) {
    assign(
      reshape.operation,
      Node(
        change: .reshape(reshape.isExpansion ? layouts.operand : layouts.result),
        sources: [(value: reshape.operation.operand(0), layout: layouts.operand)], outputLayout: layouts.result))
  }

  private mutating func assign(_ operation: Operation, _ node: Node) {
    if nodes[operation] != nil { return }
    nodes[operation] = node
    queue.append((operation.result(0), node.outputLayout))
    for source in node.sources { queue.append((source.value, source.layout)) }
  }
}
