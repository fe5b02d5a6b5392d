internal import TesseraMLIR
internal import TesseraModuleFormat

extension ContractedType {
  /// `true` iff it is a type that sums have.
  fileprivate var isSum: Bool { self == .f32 || self == .f64 || self == .s32 }
}

/// A loop whose carried rows are sums of products of an element, the same in all lanes, with a row:
///
///     scf.for %k = %lower to %upper step %step iter_args(%s0, %s1, ...) {
///       %b = load row(k); %a0 = broadcast(load element(k)); ...
///       yield %s0 + %a0 * %b, %s1 + %a1 * %b, ...
///     }
///
/// Addresses are linear in `k`. Elements at equal distances that meet one row are a run, which is one instruction.
struct Contraction {
  /// A factor in memory.
  struct Factor {
    let address: Value
    let type: ContractedType
    /// The lanes of a row that exist, where some do not.
    var lanes: Int?
  }

  /// A sum: `result += element * row`.
  struct Sum {
    let element: Factor
    let row: Factor
  }

  let loop: Operation
  /// In the order of the carried values.
  let sums: [Sum]

  /// Recognizes `loop`; `nil` if it does anything else.
  init?(_ loop: Operation) {
    guard loop.resultCount > 0, let body = loop.body(), let yield = body.terminator else { return nil }
    self.loop = loop
    var sums: [Sum] = []
    for (k, argument) in body.arguments.dropFirst().enumerated() {
      guard argument.hasOneUse, let sum = Self.sum(yield.operand(k), of: argument, in: body) else { return nil }
      sums.append(sum)
    }
    self.sums = sums
    // Nothing else happens in the loop.
    for operation in body.operations where operation != yield {
      let name = operation.name
      guard operation.regions.isEmpty, name == PortableMachine.Name.load || name.hasPrefix("arith.") || name == "vector.broadcast" else {
        return nil
      }
    }
  }

  /// The sum that `value` is of `carried` and a product; `nil` if it is anything else.
  private static func sum(_ value: Value, of carried: Value, in body: Block) -> Sum? {
    guard let add = value.definingOperation, add.block == body, ["arith.addf", "arith.addi"].contains(add.name), value.type.isVector,
      let position = add.operands.firstIndex(of: carried), let product = add.operand(1 - position).definingOperation, product.block == body,
      product.name == (add.name == "arith.addf" ? "arith.mulf" : "arith.muli"), product.result(0).hasOneUse
    else { return nil }
    for k in 0..<2 {
      if let element = factor(product.operand(k), isRow: false, in: body), let row = factor(product.operand(1 - k), isRow: true, in: body),
        element.type.sum == row.type.sum, plainType(value.type)?.sum == element.type.sum, plainType(value.type)?.isSum == true
      {
        return Sum(element: element, row: row)
      }
    }
    return nil
  }

  /// A factor: a load, widened where it is narrower than the sums, and in all lanes where it is an element.
  private static func factor(_ value: Value, isRow: Bool, in body: Block) -> Factor? {
    guard let maker = value.definingOperation, maker.block == body else { return nil }
    switch maker.name {
    case "vector.broadcast" where !isRow && !maker.operand(0).type.isVector:
      return factor(maker.operand(0), isRow: false, in: body)
    case "arith.bitcast": return factor(maker.operand(0), isRow: isRow, in: body).flatMap { retyped($0, to: value.type) }
    case "arith.extsi", "arith.extui", "arith.extf":
      return factor(maker.operand(0), isRow: isRow, in: body).flatMap { widened($0, by: maker) }
    case PortableMachine.Name.load:
      guard value.type.isVector == isRow, let type = plainType(value.type) else { return nil }
      if maker.operandCount == 1 { return Factor(address: maker.operand(0), type: type) }
      guard let mask = maker.operand(1).definingOperation, let lanes = lanes(of: mask) else { return nil }
      return Factor(address: maker.operand(0), type: type, lanes: lanes)
    default: return nil
    }
  }

  /// The known lanes of a mask of the first lanes; `nil` for others.
  private static func lanes(of mask: Operation) -> Int? {
    let width = mask.result(0).type.shape[0]
    switch mask.name {
    case "vector.create_mask":
      guard let count = mask.operand(0).definingOperation?.attribute("value")?.integerValue else { return nil }
      return (1...width).contains(count) ? count : nil
    case "vector.constant_mask": return mask.attribute("mask_dim_sizes")?.denseIntegers?.first.flatMap { $0 > 0 ? $0 : nil }
    default: return nil
    }
  }

  private static func plainType(_ type: Type) -> ContractedType? {
    switch "\(type.isVector ? type.element : type)" {
    case "f32": .f32
    case "f64": .f64
    case "f16": .f16
    case "bf16": .bf16
    case "i8": .s8
    case "i16": .s16
    case "i32": .s32
    default: nil
    }
  }

  /// Bits that become those of a float.
  private static func retyped(_ factor: Factor, to type: Type) -> Factor? {
    guard let own = plainType(type), own.byteCount == factor.type.byteCount else { return nil }
    return Factor(address: factor.address, type: own, lanes: factor.lanes)
  }

  /// A narrow factor as the operation widens it; `nil` where the instruction does not.
  private static func widened(_ factor: Factor, by operation: Operation) -> Factor? {
    guard let target = plainType(operation.result(0).type), target == .f32 || target == .s32 else { return nil }
    switch (operation.name, factor.type) {
    case ("arith.extf", .f16), ("arith.extf", .bf16), ("arith.extsi", .s8), ("arith.extsi", .s16): return factor
    case ("arith.extui", .s8): return Factor(address: factor.address, type: .u8, lanes: factor.lanes)
    default: return nil
    }
  }
}
