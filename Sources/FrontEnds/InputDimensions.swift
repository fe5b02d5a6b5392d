package import TesseraDiagnostics
import TesseraDialects
package import TesseraMLIR

/// The dynamic dimensions of the inputs of exported functions, by the names that users have for them.
package struct InputDimensions {
  let module: Module

  package init(module: Module) { self.module = module }

  /// The name of a dynamic dimension: what the model says, else the input's name and the axis, as in `input.1`.
  package static func name(_ label: String?, input: String, axis: Int) -> String {
    guard let label, label != "?", Int(label) == nil else { return "\(input).\(axis)" }
    return label
  }

  /// The functions that users can call.
  private var functions: [Operation] {
    module.hostFunctions.filter { $0.body() != nil && $0.attribute("sym_visibility")?.stringValue != "private" }
  }

  /// The name of each dimension of an argument; `nil` for those of a fixed size.
  private func names(_ function: Operation, _ argument: Value) -> [String?] {
    guard argument.type.isTensor else { return [] }
    let attributes = function.attribute("arg_attrs")?.arrayValue?[argument.number]
    let input = attributes?.dictionaryEntry(SignatureAttribute.name)?.stringValue ?? "input\(argument.number)"
    let labels = attributes?.dictionaryEntry(SignatureAttribute.shape)?.arrayValue ?? []
    return argument.type.shape.enumerated().map { axis, size in
      guard size == Type.dynamic else { return nil }
      return Self.name(labels.indices.contains(axis) ? labels[axis].stringValue : nil, input: input, axis: axis)
    }
  }

  /// Gives dimensions the sizes that the user chose. Errors: a name that no input has; a function that others call too.
  ///
  /// Before: func.func @f(%x: tensor<?xf32>) { use(%x) }
  /// After, with `input0.0=4`: func.func @f(%x: tensor<4xf32>) { %0 = tensor.cast %x : tensor<4xf32> to tensor<?xf32>; use(%0) }
  package func fix(_ sizes: [String: Int]) throws(Diagnostic) {
    if sizes.isEmpty { return }
    var known: [String] = []
    for function in functions {
      for argument in function.body()?.arguments ?? [] {
        for case let name? in names(function, argument) where !known.contains(name) { known.append(name) }
      }
    }
    if let unknown = sizes.keys.sorted().first(where: { !known.contains($0) }) { throw .unknownDimension(unknown, known) }
    let called = Set(module.operation.descendants.filter { $0.name == "func.call" }.compactMap { $0.attribute("callee")?.description })
    for function in functions {
      guard let block = function.body(), let type = function.attribute("function_type")?.typeValue else { continue }
      var isChanged = false
      for argument in block.arguments {
        let old = argument.type, names = names(function, argument)
        let shape = zip(old.isTensor ? old.shape : [], names).map { size, name in name.flatMap { sizes[$0] } ?? size }
        guard old.isTensor, shape != old.shape else { continue }
        if called.contains("@\(function.symbolName ?? "")") { throw .calledFunction(function) }
        isChanged = true
        let fixed = Type.tensor(shape, old.element)
        guard fixed.hasPossibleShape else { throw .impossibleDimensions(function, fixed) }
        let builder = Builder(module.context, at: block, before: block.operations.first { _ in true }, location: argument.location)
        let uses = argument.uses
        argument.setType(fixed)
        let cast = builder.value("tensor.cast", [argument], type: old)
        for use in uses { use.operation.setOperand(use.operandNumber, cast) }
      }
      if isChanged {
        let inputs = block.arguments.map(\.type)
        function.setAttribute("function_type", .type(.function(inputs, type.functionResults, module.context)))
      }
    }
  }
}

extension Diagnostic {
  /// A size for a dimension that there is not.
  package static func unknownDimension(_ name: String, _ known: [String]) -> Diagnostic {
    Diagnostic(
      .wrongUsage, id: "unknownSymbol", "no input of the model has a dimension '\(name)'",
      notes: [
        known.isEmpty
          ? "the model has no symbolic dimensions" : "its symbolic dimensions are \(known.map { "'\($0)'" }.joined(separator: ", "))"
      ])
  }

  /// A function whose arguments cannot change.
  static func calledFunction(_ function: Operation) -> Diagnostic {
    Diagnostic(
      .unsupported, "the sizes of '\(function.symbolName ?? "")' cannot be fixed, since other functions of the model call it",
      location: function.location.sourceNames.joined(separator: ", "))
  }

  /// Sizes that make an input too large.
  static func impossibleDimensions(_ function: Operation, _ type: Type) -> Diagnostic {
    Diagnostic(.wrongUsage, "the chosen sizes make an input of '\(function.symbolName ?? "")' the impossible type \(type)")
  }
}
