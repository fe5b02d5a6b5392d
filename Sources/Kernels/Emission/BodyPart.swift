package import TesseraMLIR

/// A part of the operations of a body: those that some values need, as far as others are not known already.
package struct BodyPart {
  /// What the part yields.
  package let values: [Value]
  package let operations: Set<Operation>
  /// The arguments of the body that the part reads.
  package let arguments: Set<Value>

  /// Finds what `values` need in `block`, beside `known`. Requires: operations that have regions are no part of it.
  package init(_ values: [Value], of block: Block, known: Set<Value> = []) {
    var operations = Set<Operation>(), arguments = Set<Value>(), open = values
    while let value = open.popLast() {
      if known.contains(value) { continue }
      if let op = value.definingOperation {
        if op.block == block, operations.insert(op).inserted { open += op.operands }
      } else if value.owningBlock == block {
        arguments.insert(value)
      }
    }
    (self.values, self.operations, self.arguments) = (values, operations, arguments)
  }
}
