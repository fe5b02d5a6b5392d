import TesseraDiagnostics
import TesseraDialects
import TesseraFrontEnds
import TesseraMLIR

/// What arguments and results of the functions that users call may be: integers of a width that no array has stand in the next larger ones, and
/// an argument that does not fit its type ends the call.
///
/// Before: func.func @f(%x: tensor<4xi24>) -> tensor<4xi24> { use(%x); return %r }
/// After:  func.func @f(%x: tensor<4xi32>) -> tensor<4xi32> { %0 = linalg.generic { assert -2^23 <= %e < 2^23; trunci }; use(%0); return extsi(%r) }
struct BoundaryTypes {
  let module: Module
  private var context: Context { module.context }

  init(_ module: Module) { self.module = module }

  /// Throws the first argument or result that is a shape: lowerings know them inside of functions only.
  static func checkShapes(in module: Module) throws(Diagnostic) {
    for function in module.functions {
      guard let type = function.attribute("function_type")?.typeValue else { continue }
      if let (what, type) = named(function, type).first(where: { "\($0.type)".hasPrefix("!shape.") }) {
        throw .unsupportedBoundary(what, type, function, "shapes are supported as tensors of index, as in tensor<?xindex>")
      }
    }
  }

  /// Rewrites the functions. Errors: an integer with a sign in its type that no array has.
  func run() throws(Diagnostic) {
    for function in module.functions where function.attribute("sym_visibility")?.stringValue != "private" {
      guard let block = function.body(), let type = function.attribute("function_type")?.typeValue else { continue }
      for (what, type) in Self.named(function, type) where isUnusual(type) && "\(element(type))".first != "i" {
        throw .unsupportedBoundary(what, type, function, "integers with a sign in their type have 8, 16, 32 or 64 bits")
      }
      let inputs = type.functionInputs.map(held), results = type.functionResults.map(held)
      if inputs == type.functionInputs, results == type.functionResults { continue }
      guard !isCalled(function) else {
        throw .unsupportedBoundary(
          "the signature", type, function, "a function that others call too has no integers of such widths: make it private, or widen them")
      }
      for argument in block.arguments where isUnusual(argument.type) { check(argument, of: function, in: block) }
      for op in function.descendants where op.name == "func.return" {
        let b = Builder(context, before: op)
        for (i, value) in op.operands.enumerated() where isUnusual(value.type) {
          op.setOperand(i, b.value("arith.extsi", [value], type: held(value.type)))
        }
      }
      function.setAttribute("function_type", .type(.function(inputs, results, context)))
    }
  }

  // MARK: types

  private func element(_ type: Type) -> Type { type.isTensor ? type.element : type }

  private func isUnusual(_ type: Type) -> Bool {
    let element = element(type)
    guard element.isInteger, let bits = element.bitWidth else { return false }
    let usual = "\(element)".first == "i" ? [1, 2, 4, 8, 16, 32, 64] : [8, 16, 32, 64]
    return !usual.contains(bits)
  }

  /// The type that stands for `type` in arrays.
  private func held(_ type: Type) -> Type {
    guard isUnusual(type), let bits = element(type).bitWidth else { return type }
    let wide = Type.integer([8, 16, 32].first { bits <= $0 } ?? 64, context)
    return type.isTensor ? .tensor(type.shape, wide) : wide
  }

  private func isCalled(_ function: Operation) -> Bool {
    module.operation.descendants.contains { $0.name == "func.call" && $0.attribute("callee")?.symbolName == function.symbolName }
  }

  /// The arguments and results of a function, as users call them, with their types.
  private static func named(_ function: Operation, _ type: Type) -> [(what: String, type: Type)] {
    let attributes = function.attribute("arg_attrs")?.arrayValue
    let inputs = type.functionInputs.enumerated().map { i, type in
      ("the argument '\(attributes?[i].dictionaryEntry("tessera.name")?.stringValue ?? "input\(i)")'", type)
    }
    return inputs + type.functionResults.enumerated().map { ("result \($0)", $1) }
  }

  // MARK: arguments

  /// Gives `argument` the type that arrays have, and its readers what it had, checked.
  private func check(_ argument: Value, of function: Operation, in block: Block) {
    let narrow = argument.type, uses = argument.uses
    let given = function.attribute("arg_attrs")?.arrayValue?[argument.number].dictionaryEntry("tessera.name")?.stringValue
    let name = given ?? "input\(argument.number)"
    argument.setType(held(narrow))
    let b = Builder(context, at: block, before: block.operations.first { _ in true }, location: .name(name, context))
    let checked: Value
    if narrow.isTensor {
      let sizes = narrow.shape.indices.filter { narrow.shape[$0] == Type.dynamic }.map { b.dimension(argument, $0) }
      let map = AffineMap.identity(narrow.rank, context)
      checked = b.generic(
        inputs: [argument], outputs: [b.empty(narrow, sizes)], maps: [map, map], iterators: narrow.shape.map { _ in .parallel }
      ) { inner, elements in [self.narrowed(elements[0], narrow.element, "range", inner)] }.result(0)
    } else {
      checked = narrowed(argument, narrow, "'\(name)' must be a number of \(narrow)", b)
    }
    for use in uses { use.operation.setOperand(use.operandNumber, checked) }
  }

  /// `value` as a number of `type`, which it must be.
  private func narrowed(_ value: Value, _ type: Type, _ message: String, _ b: Builder) -> Value {
    let limit = 1 << (type.bitWidth! - 1)
    func bound(_ number: Int) -> Value { b.constant(.integer(number, value.type)) }
    let isInside = b.binary(
      "arith.andi", b.compare(.lessOrEqual, bound(-limit), value), b.compare(.less, value, bound(limit)))
    b.require(isInside, message)
    return b.value("arith.trunci", [value], type: type)
  }
}

extension Diagnostic {
  /// An argument or result of a type that no array has.
  static func unsupportedBoundary(_ what: String, _ type: Type, _ function: Operation, _ help: String) -> Diagnostic {
    Diagnostic(
      .unsupported, "\(what) of function '\(function.symbolName ?? "")' has the type \(type), which is not supported",
      location: function.location.sourceNames.joined(separator: ", "), help: help)
  }
}
