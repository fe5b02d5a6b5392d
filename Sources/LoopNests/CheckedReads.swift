import TesseraDialects
public import TesseraMLIR

/// Which reads of bodies the kernel checks: indices that only the run knows, element by element.
public enum CheckedRead {
  /// The attribute of a `tensor.extract` that lists the axes whose index no check on the host covers.
  public static let axes = "tessera.checked_axes"

  /// Returns whether the index `index` of `read` depends on elements of tensors, not only on loops, and sizes and numbers from outside.
  public static func comesFromData(_ index: Value, in read: Operation) -> Bool {
    var body: Operation? = read.parent
    while let operation = body, !operation.isStructured { body = operation.parent }
    guard let body else { return false }
    return comesFromData(index, of: body)
  }

  private static func comesFromData(_ index: Value, of body: Operation) -> Bool {
    guard let operation = index.definingOperation else {
      // Arguments of the body are elements; those of the executable, of loops on the host and the like are numbers from outside.
      return index.owningBlock?.parent == body
    }
    if !operation.isInside([body]) { return false }
    if operation.name == "tensor.extract" || operation.name == "scf.if" { return true }
    return operation.operands.contains { comesFromData($0, of: body) }
  }

  /// Returns the axes of the `tensor.extract` `read` that the kernel checks.
  public static func axes(of read: Operation) -> [Int] {
    let named = read.attribute(axes)?.denseIntegers ?? []
    return (0..<read.operandCount - 1).filter { named.contains($0) || comesFromData(read.operand($0 + 1), in: read) }
  }
}
