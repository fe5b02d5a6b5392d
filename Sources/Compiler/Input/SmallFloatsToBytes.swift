import TesseraDiagnostics
import TesseraDialects
import TesseraMLIR

/// Rewrites floats of at most 8 bits as bytes: computations on them are done in f32, and conversions are integer arithmetic.
///
/// Before: %r = arith.extf %x : f8E4M3FN to f32
/// After:  integer arithmetic on %x : i8, and arith.bitcast to f32
///
/// Requires: operations of arith and math work on numbers.
/// Ensures: no value has a small float; arguments and results of functions say in `tessera.type` what their bytes mean.
struct SmallFloatsToBytes {
  let module: Module
  private var context: Context { module.context }

  init(_ module: Module) { self.module = module }

  /// The small float in `type`, or in its elements.
  private func format(_ type: Type) -> SmallFloat? {
    let element = type.isTensor ? type.element : type
    return element.isFloat && (element.bitWidth ?? 32) <= 8 ? SmallFloat(name: "\(element)") : nil
  }

  /// The type that stands for `type`.
  private func bytes(_ type: Type) -> Type {
    guard format(type) != nil else { return type }
    return type.isTensor ? .tensor(type.shape, .i8(context), encoding: type.encoding) : .i8(context)
  }

  /// Rewrites all of them. Errors: a rounding mode that conversions do not have.
  func run() throws(Diagnostic) {
    for function in module.functions {
      var formats: [Value: SmallFloat] = [:]
      let operations = function.descendants
      let blocks = ([function] + operations).flatMap(\.regions).flatMap(\.blocks)
      for value in blocks.flatMap(\.arguments) + operations.flatMap(\.results) { formats[value] = format(value.type) }
      let type = function.attribute("function_type")?.typeValue
      if formats.isEmpty, type.map({ ($0.functionInputs + $0.functionResults).allSatisfy { format($0) == nil } }) ?? true { continue }
      if let type { declare(function, type) }
      let constants = operations.filter { $0.name == "arith.constant" && formats[$0.result(0)] != nil }
      for constant in constants { rewriteConstant(constant) }
      for (value, _) in formats { value.setType(bytes(value.type)) }
      var replaced: [Operation] = []
      for op in operations where try rewrite(op, &formats) { replaced.append(op) }
      // Not before: a new value could stand where one was that the table of formats knows.
      for op in replaced.reversed() { op.erase() }
    }
    for global in module.body.operations where global.name == "ml_program.global" {
      guard let type = global.attribute("type")?.typeValue, format(type) != nil else { continue }
      global.setAttribute("type", .type(bytes(type)))
      if let external = Attribute("#ml_program.extern : \(bytes(type))", context) { global.setAttribute("value", external) }
    }
  }

  /// Gives a function its type in bytes, and says in attributes what they mean.
  private func declare(_ function: Operation, _ type: Type) {
    func attributes(_ name: String, _ types: [Type]) {
      guard types.contains(where: { format($0) != nil }) else { return }
      let old = function.attribute(name)?.arrayValue
      let all = types.enumerated().map { i, type -> Attribute in
        var entries = old.map { $0[i].dictionaryEntries } ?? []
        if format(type) != nil {
          entries.removeAll { $0.0 == SignatureAttribute.type }
          entries.append((SignatureAttribute.type, .string("\(type.isTensor ? type.element : type)", context)))
        }
        return .dictionary(entries, context)
      }
      function.setAttribute(name, .array(all, context))
    }
    attributes("arg_attrs", type.functionInputs)
    attributes("res_attrs", type.functionResults)
    function.setAttribute("function_type", .type(.function(type.functionInputs.map(bytes), type.functionResults.map(bytes), context)))
  }

  /// Rewrites the value of a constant as bytes.
  private func rewriteConstant(_ op: Operation) {
    guard let value = op.attribute("value") else { return }
    let type = op.result(0).type
    if !type.isTensor {
      let code = Attribute.splat(.tensor([1], type), value).withRawBytes(elementCount: 1, elementByteCount: 1) { Int($0[0]) }
      op.setAttribute("value", .integer(code, .i8(context)))
    } else {
      let count = type.shape.reduce(1, *)
      let codes = value.withRawBytes(elementCount: count, elementByteCount: 1) { Array($0) }
      if value.isSplat, let code = codes.first {
        op.setAttribute("value", .splat(bytes(type), .integer(Int(code), .i8(context))))
      } else if let dense = codes.withUnsafeBytes({ Attribute.dense(bytes(type), bytes: $0) }) {
        op.setAttribute("value", dense)
      }
    }
  }

  // MARK: operations

  /// Rewrites an operation on numbers that computes with small floats; `false` for others.
  private func rewrite(_ op: Operation, _ formats: inout [Value: SmallFloat]) throws(Diagnostic) -> Bool {
    guard op.name.hasPrefix("arith.") || op.name.hasPrefix("math."), !["arith.constant", "arith.select"].contains(op.name),
      (op.operands + op.results).contains(where: { formats[$0] != nil })
    else { return false }
    if let mode = op.attribute("roundingmode")?.integerValue, mode != 0 {
      throw Diagnostic(
        .unsupported, id: "unsupportedRounding", "'\(op.name)' with a rounding mode is not supported for floats of at most 8 bits",
        location: op.location.sourceNames.joined(separator: ", "))
    }
    let b = Builder(context, before: op)
    let made = op.name == "arith.bitcast" ? cast(op, b) : computed(op, formats, b)
    for (old, new) in zip(op.results, made) {
      formats[new] = formats[old]
      old.replaceAllUses(with: new)
    }
    return true
  }

  /// Bits stay bits. In a byte of their own those above are not read.
  private func cast(_ op: Operation, _ b: Builder) -> [Value] {
    let source = op.operand(0), type = op.result(0).type
    guard let from = source.type.bitWidth, let to = type.bitWidth else { return [source] }
    // A value of its own, which means other numbers than the source.
    if from == to { return [b.binary("arith.ori", source, b.constant(.integer(0, type)))] }
    return [b.value(from < to ? "arith.extui" : "arith.trunci", [source], type: type)]
  }

  /// The results of an operation that is done in f32.
  private func computed(_ op: Operation, _ formats: [Value: SmallFloat], _ b: Builder) -> [Value] {
    let f32 = Type.f32(context)
    let operands = op.operands.map { operand in formats[operand].map { b.decoded(operand, $0) } ?? operand }
    var values: [Value]
    switch op.name {
    case "arith.extf", "arith.truncf":
      values = [operands[0]]
    case "arith.sitofp" where formats[op.result(0)] != nil, "arith.uitofp" where formats[op.result(0)] != nil:
      values = [b.value(op.name, operands, type: .f64(context))]
    default:
      let types = op.results.map { formats[$0] == nil ? $0.type : f32 }
      values = b.create(op.name, operands, results: types, attributes: op.attributes).results
    }
    for (i, result) in op.results.enumerated() {
      if let float = formats[result] {
        values[i] = b.encoded(single(values[i], b), float, saturates: false, rounding: .nearest)
      } else if values[i].type != result.type {
        values[i] = b.value((result.type.bitWidth ?? 32) > 32 ? "arith.extf" : "arith.truncf", [values[i]], type: result.type)
      }
    }
    return values
  }

  /// A float as an f32 that rounds to the same small float.
  private func single(_ value: Value, _ b: Builder) -> Value {
    switch value.type.bitWidth {
    case 64: b.oddRounded(value)
    case 16: b.value("arith.extf", [value], type: .f32(context))
    default: value
    }
  }
}
