import TesseraMLIR

/// The operands and results of the dispatch of a group.
struct DispatchInterface {
  /// The tensors that the group reads.
  private(set) var tensors: [Value] = []
  /// The numbers that it reads, and the sizes of its tensors.
  private(set) var scalars: [Value] = []
  /// Other values that are one of the scalars.
  private(set) var aliases: [(value: Value, scalar: Int)] = []
  /// The rematerialized operations, which the executable repeats: scalar and splat constants, and empty tensors.
  private(set) var repeated: [Operation] = []
  /// The values that others read.
  let results: [Value]
  /// For each size of the tensors that is not known, in order, the number of the scalar that it is.
  private(set) var operandDims: [Int] = []
  /// For each dynamic size of the results, in order, the number of the scalar that it is.
  private(set) var resultDims: [Int] = []

  /// Finds the interface of `group`; `b` makes sizes before the dispatch. `liftsNumbers` makes numbers of one layer scalars, which those of
  /// quantized tensors are in any case.
  init(_ group: FusionGroup, liftsNumbers: Bool, _ b: Builder) {
    let whole = group.withFreeProducers
    let inside = Set(whole.operations)
    let hasParameters =
      liftsNumbers || whole.ops.contains { $0.operation.operands.contains { $0.type.isTensor && $0.type.element.bitWidth == 8 } }
    results = group.results
    for value in whole.reads {
      if let source = value.definingOperation {
        if inside.contains(source) { continue }
        if Self.isRepeated(source, value), !(hasParameters && Self.isParameter(source, b.context)) {
          if !repeated.contains(source) { repeated.append(source) }
          continue
        }
      }
      if value.type.isTensor {
        if !tensors.contains(value) { tensors.append(value) }
      } else {
        _ = scalar(value)
      }
    }
    for source in repeated where source.name == "tensor.empty" {
      for size in source.operands where size.constantAttribute == nil { _ = scalar(size) }
    }
    operandDims = sizes(of: tensors, b)
    resultDims = sizes(of: results, b)
  }

  /// The number of the scalar `value`, which joins the others if it is new.
  private mutating func scalar(_ value: Value) -> Int {
    if let i = scalars.firstIndex(where: { Self.isSame($0, value) }) {
      aliases.append((value, i))
      return i
    }
    scalars.append(value)
    return scalars.count - 1
  }

  /// The numbers of the scalars that the sizes of `tensors` are, as far as they are not known.
  private mutating func sizes(of tensors: [Value], _ b: Builder) -> [Int] {
    let dimensions = DimensionValues(context: b.context)
    var numbers: [Int] = []
    for tensor in tensors {
      for (axis, size) in tensor.type.shape.enumerated() where size == Type.dynamic {
        numbers.append(scalar(dimensions.size(of: tensor, axis, b)))
      }
    }
    return numbers
  }

  /// `true` iff two scalars are the same value, or the same size of the same tensor, or products of such.
  private static func isSame(_ a: Value, _ b: Value) -> Bool {
    if a == b { return true }
    guard let x = a.definingOperation, let y = b.definingOperation, x.name == y.name else { return false }
    switch x.name {
    case "arith.constant": return x.attribute("value") == y.attribute("value")
    // Sizes never wrap, products of the model may.
    case "arith.muli": return x.wrapsNever == y.wrapsNever && zip(x.operands, y.operands).allSatisfy(isSame)
    case "tensor.dim": return zip(x.operands, y.operands).allSatisfy(isSame)
    default: return false
    }
  }

  /// `true` iff the value is made again inside of the executable.
  private static func isRepeated(_ op: Operation, _ value: Value) -> Bool {
    if op.name == "tensor.empty" { return true }
    guard op.name == "arith.constant" else { return false }
    return !value.type.isTensor || op.attribute("value")!.isSplat
  }

  /// `true` iff the constant is a number of one layer, as the scales and zero points of quantized tensors are: executables that differ in such
  /// numbers only are one, which gets them as scalars. Numbers that say what is computed (0, 1, the bounds of bytes) stay inside.
  private static func isParameter(_ op: Operation, _ context: Context) -> Bool {
    guard op.name == "arith.constant", let value = op.attribute("value") else { return false }
    if op.result(0).type == .i32(context) { return value.integerValue.map { ![0, 1, -1].contains($0) } ?? false }
    guard op.result(0).type == .f32(context), let number = value.floatValue else { return false }
    return number.isFinite && ![0, 1, -1, 127, -127, -128, 255].contains(number)
  }
}

extension Value {
  /// The value of the constant that this is.
  var constantAttribute: Attribute? {
    guard let op = definingOperation, op.name == "arith.constant" else { return nil }
    return op.attribute("value")
  }
}
