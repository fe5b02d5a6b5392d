import Diagnostics
import Dialects
import LoopNests
import MLIR

/// Outlines groups of structured operations into executable functions.
///
/// Before: host functions with `linalg.generic` on tensors.
/// After:  host functions with `flow.dispatch`, and one `func.func private @dispatch_N ... {flow.executable}` for each different group.
///
/// Requires: structured operations are `linalg.generic`; no `tensor.dim` of their results.
/// Ensures: no structured operation remains in a host function; equal executables exist once.
struct DispatchCreation {
  let module: Module
  /// Whether executables get all numbers of one layer as scalars, not only those of quantized tensors.
  let liftsNumbers: Bool
  private var context: Context { module.context }
  private var symbolByText: [String: String] = [:]
  private var count = 0

  init(_ module: Module, liftsNumbers: Bool) {
    self.module = module
    self.liftsNumbers = liftsNumbers
  }

  mutating func run() throws(Diagnostic) {
    for function in module.hostFunctions {
      DimensionValues(context: context).resolve(in: function)
      for region in function.regions { for block in region.blocks { try run(on: block) } }
    }
  }

  /// Groups and outlines the operations of one block, after those of the blocks nested in it.
  private mutating func run(on block: Block) throws(Diagnostic) {
    for op in block.operations where op.name.hasPrefix("scf.") {
      for region in op.regions { for inner in region.blocks { try run(on: inner) } }
    }
    let operations = block.operations
    guard let terminator = operations.last else { return }
    let groups = DispatchGroups(operations, context).sorted
    for node in groups {
      for operation in node.operations { operation.move(before: terminator) }
      if let host = node.host, host != terminator { host.move(before: terminator) }
    }
    var groupOf: [Operation: [StructuredOp]] = [:]
    for node in groups { for operation in node.operations { groupOf[operation] = node.ops } }
    var outlined: [Operation] = []
    for node in groups where !node.ops.isEmpty {
      // Fills are copied to where they are needed; they are a dispatch of their own only for other uses.
      if node.ops[0].isFree && isCopiedEverywhere(node.ops[0], groupOf) {
        outlined += node.operations
        continue
      }
      // Upstream's passes have removed other operations that nobody needs.
      if let last = node.ops.last, last.worksOnRows, last.operation.results.allSatisfy({ !$0.hasUses }) {
        outlined += node.operations
        continue
      }
      try outline(node)
      outlined += node.operations
    }
    for operation in outlined.reversed() { operation.erase() }
    eraseUnused(block)
  }

  /// `true` iff the fill `op` can be computed again in every group that reads it, and nothing on the host does.
  private func isCopiedEverywhere(_ op: StructuredOp, _ groupOf: [Operation: [StructuredOp]]) -> Bool {
    op.operation.results.allSatisfy { result in
      result.uses.allSatisfy { use in
        guard let group = groupOf[use.operation] else { return false }
        return group == [op] || NestSequence([op] + group) != nil
      }
    }
  }

  private func eraseUnused(_ block: Block) {
    for op in block.operations.reversed() {
      guard ["tensor.empty", "arith.constant", "tensor.dim"].contains(op.name) || op.name.hasPrefix("arith."),
        op.results.allSatisfy({ !$0.hasUses })
      else { continue }
      op.erase()
    }
  }

  // MARK: outlining

  /// Creates the executable of a group and the dispatch that replaces it. The operations themselves stay, without uses.
  private mutating func outline(_ node: DispatchGroups.Node) throws(Diagnostic) {
    let group = node.ops, paddings = node.paddings, operations = node.operations
    let members = Set(operations)
    let ops = withFreeProducers(group)
    let all = Set(ops.map(\.operation))
    let location = Location.fused(operations.map(\.location), context)
    let b = Builder(context, at: operations.last!.block!, before: operations.last!.next, location: location)
    let dimensions = DimensionValues(context: context)

    // What comes in and what goes out.
    var tensors: [Value] = [], scalars: [Value] = [], clonedOutside: [Operation] = []
    // Other values that are one of the scalars.
    var aliases: [(value: Value, scalar: Int)] = []
    func addScalar(_ value: Value) -> Int {
      if let i = scalars.firstIndex(where: { isSame($0, value) }) {
        aliases.append((value, i))
        return i
      }
      scalars.append(value)
      return scalars.count - 1
    }
    let hasParameters =
      liftsNumbers || ops.contains { $0.operation.operands.contains { $0.type.isTensor && $0.type.element.bitWidth == 8 } }
    for values in ops.map({ $0.operation.operands + $0.captures }) + [paddings.map(\.filler)] {
      for value in values {
        if let source = value.definingOperation, all.contains(source) { continue }
        if let source = value.definingOperation, isCopied(source, value), !(hasParameters && isParameter(source)) {
          if !clonedOutside.contains(source) { clonedOutside.append(source) }
          continue
        }
        if value.type.isTensor {
          if !tensors.contains(value) { tensors.append(value) }
        } else {
          _ = addScalar(value)
        }
      }
    }
    // What works on rows as wholes writes all its results: some are memory that it needs.
    let plain = group.flatMap { op in
      op.operation.results.filter { op.worksOnRows || $0.uses.contains { !isUse($0.operation, inside: members) } }
    }
    let results = plain + paddings.map(\.result)
    // Sizes: of the empty tensors that are created again inside, of the inputs, of the results.
    for source in clonedOutside where source.name == "tensor.empty" {
      for size in source.operands where constant(size) == nil { _ = addScalar(size) }
    }
    var operandDims: [Int] = [], resultDims: [Int] = []
    for tensor in tensors {
      for (axis, size) in tensor.type.shape.enumerated() where size == Type.dynamic {
        operandDims.append(addScalar(dimensions.size(of: tensor, axis, b)))
      }
    }
    for result in results {
      for (axis, size) in result.type.shape.enumerated() where size == Type.dynamic {
        resultDims.append(addScalar(dimensions.size(of: result, axis, b)))
      }
    }

    // The function.
    let region = Region.create()
    let body = region.appendBlock(scalars.map(\.type) + tensors.map(\.type), location)
    var map: [Value: Value] = [:]
    for (value, argument) in zip(scalars + tensors, body.arguments) { map[value] = argument }
    for (value, scalar) in aliases { map[value] = body.arguments[scalar] }
    let inner = Builder(context, at: body, location: location)
    for source in clonedOutside {
      if source.name == "tensor.empty" {
        for size in source.operands { if let c = constant(size) { map[size] = map[size] ?? inner.constant(c) } }
      }
      copy(source, to: body, &map)
    }
    for op in ops { copy(op.operation, to: body, &map) }
    for padding in paddings {
      map[padding.result] = inner.pad(
        map[padding.source]!, low: padding.low, high: padding.high, with: map[padding.filler]!, type: padding.result.type)
    }
    inner.create("func.return", results.map { map[$0]! })
    let type = Type.function((scalars + tensors).map(\.type), results.map(\.type), context)
    let symbol = "dispatch_\(count)"
    let function = Builder.createDetached(
      context, "func.func",
      attributes: [
        ("sym_name", .string("executable", context)), ("sym_visibility", .string("private", context)), ("function_type", .type(type)),
        (ExecutableAttribute.marker, .unit(context)), (ExecutableAttribute.operandDims, .denseI64(operandDims, context)),
        (ExecutableAttribute.resultDims, .denseI64(resultDims, context)),
        (ExecutableAttribute.readableName, .string(ReadableName.of(group), context)),
      ], regions: [region], location: location)

    // Equal functions exist once.
    let text = function.text()
    let target: String
    if let known = symbolByText[text] {
      target = known
      function.erase()
    } else {
      function.setAttribute("sym_name", .string(symbol, context))
      module.body.append(function)
      symbolByText[text] = symbol
      target = symbol
      count += 1
    }
    let call = b.create(
      DispatchOp.name, scalars + tensors, results: results.map(\.type),
      attributes: [("executable", .symbol(target, context))]
        + (resultDims.isEmpty ? [] : [(ExecutableAttribute.resultDims, .denseI64(resultDims, context))]))
    for (old, new) in zip(results, call.results) { replaceOutsideUses(of: old, with: new, members) }
  }

  /// `true` iff two scalars are the same value, or the same size of the same tensor.
  private func isSame(_ a: Value, _ b: Value) -> Bool {
    if a == b { return true }
    guard let x = a.definingOperation, let y = b.definingOperation, x.name == "tensor.dim", y.name == "tensor.dim" else { return false }
    return x.operand(0) == y.operand(0) && constant(x.operand(1)) != nil && constant(x.operand(1)) == constant(y.operand(1))
  }

  private func constant(_ value: Value) -> Attribute? {
    guard let op = value.definingOperation, op.name == "arith.constant" else { return nil }
    return op.attribute("value")
  }

  /// `true` iff the value is made again inside of the executable: scalar and splat constants, and empty tensors.
  private func isCopied(_ op: Operation, _ value: Value) -> Bool {
    if op.name == "tensor.empty" { return true }
    guard op.name == "arith.constant" else { return false }
    return !value.type.isTensor || op.attribute("value")!.isSplat
  }

  /// `true` iff the constant is a number of one layer, as the scales and zero points of quantized tensors are: executables that differ in such
  /// numbers only are one, which gets them as scalars. Numbers that say what is computed (0, 1, the bounds of bytes) stay inside.
  private func isParameter(_ op: Operation) -> Bool {
    guard op.name == "arith.constant", let value = op.attribute("value") else { return false }
    if op.result(0).type == .i32(context) { return value.integerValue.map { ![0, 1, -1].contains($0) } ?? false }
    guard op.result(0).type == .f32(context), let number = value.floatValue else { return false }
    return number.isFinite && ![0, 1, -1, 127, -127, -128, 255].contains(number)
  }

  /// The group, with the fills that it reads before it.
  private func withFreeProducers(_ group: [StructuredOp]) -> [StructuredOp] {
    let members = Set(group.map(\.operation))
    var free: [StructuredOp] = []
    for op in group {
      for operand in op.operation.operands {
        guard let source = operand.definingOperation, !members.contains(source), let producer = StructuredOp(source), producer.isFree else {
          continue
        }
        if !free.contains(producer) { free.append(producer) }
      }
    }
    return free + group
  }

  private func isUse(_ operation: Operation, inside members: Set<Operation>) -> Bool {
    var current: Operation? = operation
    while let op = current {
      if members.contains(op) { return true }
      current = op.parent
    }
    return false
  }

  private func replaceOutsideUses(of old: Value, with new: Value, _ members: Set<Operation>) {
    for use in old.uses where !isUse(use.operation, inside: members) { use.operation.setOperand(use.operandNumber, new) }
  }

  /// Copies `op` to the end of `block`, with its operands mapped, those in its regions too.
  private func copy(_ op: Operation, to block: Block, _ map: inout [Value: Value]) {
    let clone = op.clone()
    block.append(clone)
    for inner in [clone] + clone.descendants {
      for (i, operand) in inner.operands.enumerated() { if let mapped = map[operand] { inner.setOperand(i, mapped) } }
    }
    for (old, new) in zip(op.results, clone.results) { map[old] = new }
  }
}
