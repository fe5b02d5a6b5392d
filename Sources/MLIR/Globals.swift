/// Globals without a value in the IR: their elements stand elsewhere.
extension Builder {
  /// `ml_program.global` at a module's top.
  public func global(_ symbol: String, _ type: Type) {
    create("ml_program.global", attributes: Self.globalAttributes(symbol, type, context))
  }

  /// The tensor that the global `symbol` is.
  public func loadGlobal(_ symbol: String, _ type: Type) -> Value {
    value("ml_program.global_load_const", type: type, attributes: [("global", .symbol(symbol, context))])
  }

  fileprivate static func globalAttributes(_ symbol: String, _ type: Type, _ context: Context) -> [(String, Attribute)] {
    let value = Attribute("#ml_program.extern : \(type)", context)
    return [("sym_name", .string(symbol, context)), ("sym_visibility", .string("private", context)), ("type", .type(type))]
      + (value.map { [("value", $0)] } ?? [])
  }
}

extension Module {
  /// Adds the global `symbol` before all others.
  public func addGlobal(_ symbol: String, _ type: Type) {
    let attributes = Builder.globalAttributes(symbol, type, context)
    body.insert(Builder.createDetached(context, "ml_program.global", attributes: attributes, location: .unknown(context)), after: nil)
  }
}
