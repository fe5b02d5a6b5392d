import TesseraConstants
import TesseraDiagnostics
import TesseraMLIR

/// Moves constants whose elements are a resource of the module to the constant store; small ones become elements in the IR, where rewrites see them.
///
/// Before: %w = arith.constant dense_resource<weights> : tensor<512x512xf32>
/// After:  %w = ml_program.global_load_const @resource_0, whose bytes stand in the store
struct ResourcesToGlobals {
  let module: Module
  private var context: Context { module.context }
  /// Tensors of more elements become globals.
  private static let limit = 256

  init(_ module: Module) { self.module = module }

  /// Rewrites all of them, and returns the bytes of the new globals by name. Errors: a resource that is not there, or has another size.
  func run() throws(Diagnostic) -> [(name: String, bytes: [UInt8])] {
    var stored: [(name: String, bytes: [UInt8])] = []
    var known: [Attribute: String] = [:]
    var taken = Set(module.body.operations.compactMap(\.symbolName))
    for op in module.operation.descendants where op.name == "arith.constant" || op.name == "tosa.const" {
      let name = op.name == "arith.constant" ? "value" : "values"
      guard let value = op.attribute(name), value.isResource else { continue }
      let type = op.result(0).type
      if let symbol = known[value] {
        load(symbol, for: op)
        continue
      }
      guard type.isTensor, type.hasStaticShape, let bytes = value.elementBytes(type) else { throw .missingResource(value, op) }
      let isBits = type.element.bitWidth == 1
      if type.shape.reduce(1, *) <= Self.limit, !isBits, type.element.bitWidth.map({ $0 <= 16 || $0 == 32 || $0 == 64 }) ?? true,
        let dense = bytes.withUnsafeBytes({ Attribute.dense(type, bytes: $0) })
      {
        op.setAttribute(name, dense)
        continue
      }
      let symbol = (0...).lazy.map { "resource_\($0)" }.first { !taken.contains($0) } ?? ""
      taken.insert(symbol)
      known[value] = symbol
      stored.append((symbol, bytes))
      module.body.insert(
        Builder.createDetached(
          context, "ml_program.global",
          attributes: [
            ("sym_name", .string(symbol, context)), ("sym_visibility", .string("private", context)), ("type", .type(type)),
            ("value", Attribute("#ml_program.extern : \(type)", context) ?? .unit(context)),
          ], location: op.location), after: nil)
      load(symbol, for: op)
    }
    return stored
  }

  /// Replaces a constant by what is loaded from a global.
  private func load(_ symbol: String, for op: Operation) {
    op.result(0).replaceAllUses(with: Builder(context, before: op).loadGlobal(symbol, op.result(0).type))
    op.erase()
  }
}

extension Diagnostic {
  /// A constant whose resource is not there as its type says.
  static func missingResource(_ value: Attribute, _ op: Operation) -> Diagnostic {
    Diagnostic(
      .invalidInput, "the resource of '\(value)' is not there, or has not as many bytes as the type says",
      location: op.location.sourceNames.joined(separator: ", "))
  }
}
