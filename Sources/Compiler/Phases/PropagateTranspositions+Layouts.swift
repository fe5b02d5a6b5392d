import MLIR

/// For every operation and tensor that transpositions reach, the one other layout that it might have.
///
/// A layout lists, for each dimension of the stored tensor, the dimension of the tensor as the program has it. The layouts start at
/// transpositions (x before one is the other layout of y behind it) and spread along operands and results.
struct CandidateLayouts {
  /// An operation that may change its layout.
  struct Node {
    let plan: LayoutPlan
    /// The order of loops in the other layout.
    let order: [Int]
  }

  private(set) var nodes: [Operation: Node] = [:]
  /// The operations of `nodes` in program order.
  private(set) var order: [Operation] = []
  private(set) var layouts: [Value: [Int]] = [:]
  /// The tensors of `layouts`, in the order in which they were reached.
  private(set) var values: [Value] = []
  private var plans: [Operation: LayoutPlan] = [:]
  private var queue: [(Value, [Int])] = []

  init(_ function: Operation) {
    let operations = function.descendants
    var transpositions: [(RelayoutOperation, [Int])] = []
    for operation in operations {
      guard let view = RelayoutOperation(operation) else { continue }
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
    if let producer = value.definingOperation, let plan = plans[producer], let order = plan.loopOrder(outputLayout: layout) {
      assign(producer, plan, order)
    }
    for use in value.uses {
      let reader = Self.reader(of: use)
      guard let plan = plans[reader], let source = plan.relaidSources.first(where: { $0.value == value }),
        let order = plan.loopOrder(source.loops, layout: layout)
      else { continue }
      assign(reader, plan, order)
    }
  }

  private mutating func assign(_ operation: Operation, _ plan: LayoutPlan, _ order: [Int]) {
    if nodes[operation] != nil || order.isIdentity { return }
    nodes[operation] = Node(plan: plan, order: order)
    queue.append((plan.view.result, plan.outputLayout(order: order)))
    for source in plan.relaidSources { queue.append((source.value, plan.layout(source.loops, order: order))) }
  }
}
