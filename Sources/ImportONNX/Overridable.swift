import TesseraDiagnostics
import TesseraFrontEnds
import TesseraGraphs

extension ModelImporter {
  /// The inputs of the function: those without an initializer, then those with one that a caller may replace. Errors: an initializer that the
  /// user named is no input; one that is has another type or shape than the input.
  func functionInputs(_ proto: GraphProto, _ graph: GraphBuilder) throws(Diagnostic) -> [(
    input: ValueInfoProto, initializer: TensorProto?
  )] {
    let initializers = Dictionary(proto.initializers.map { ($0.name, $0) }) { first, _ in first }
    let wanted = options.options(OverridableInitializers.self) ?? OverridableInitializers()
    // Sparse ones are constants.
    let sparse = Set(proto.sparseInitializers.map(\.name))
    let required = proto.inputs.filter { initializers[$0.name] == nil && !sparse.contains($0.name) }
    let candidates = proto.inputs.filter { initializers[$0.name] != nil }
    if let other = wanted.names.first(where: { name in !candidates.contains { $0.name == name } }) {
      throw .notOverridable(other, candidates.map(\.name))
    }
    for input in candidates { try check(input, initializers[input.name]) }
    var chosen = Set(candidates.map(\.name).filter { wanted.isAll || wanted.names.contains($0) || wanted.givenNames.contains($0) })
    for input in candidates where required.count + chosen.count < wanted.givenCount { chosen.insert(input.name) }
    let constants = candidates.filter { !chosen.contains($0.name) }
    if let first = constants.first, file.proto.irVersion >= 4, wanted.isEmpty, chosen.isEmpty {
      graph.notes.append(
        "\(constants.count == 1 ? "'\(first.name)' is an input with an initializer" : "\(constants.count) inputs have initializers, '\(first.name)' first"): constant here; --overridable=\(constants.count == 1 ? first.name : "NAME") makes an input of it that a call may leave out"
      )
    }
    return required.map { ($0, nil) } + candidates.filter { chosen.contains($0.name) }.map { ($0, initializers[$0.name]) }
  }

  /// Throws where an input is declared as something else than its initializer.
  private func check(_ input: ValueInfoProto, _ initializer: TensorProto?) throws(Diagnostic) {
    guard let initializer, let type = input.type else { return }
    let sizes = initializer.dimensions
    var agree = type.containers.isEmpty && type.otherKind == nil && (type.elementType == 0 || type.elementType == initializer.dataType)
    if let declared = type.shape {
      agree =
        agree && declared.count == sizes.count
        && zip(declared, sizes).allSatisfy { declared, size in
          switch declared {
          case .fixed(let number): number == size || number < 0
          case .symbol(let symbol): options.symbols[symbol].map { $0 == Int(size) } ?? true
          case .unknown: true
          }
        }
    }
    if agree { return }
    let shape = type.shape?.map { declared -> String in
      switch declared {
      case .fixed(let number): "\(number)"
      case .symbol(let symbol): options.symbols[symbol].map { "\($0)" } ?? symbol
      case .unknown: "?"
      }
    }
    let wrap = type.containers.first.map { "a \($0.rawValue) of " } ?? ""
    throw .wrongInitializer(
      input.name, declared: wrap + ElementType.onnxName(type.elementType) + (shape.map { "[\($0.joined(separator: ", "))]" } ?? ""),
      "\(ElementType.onnxName(initializer.dataType))[\(sizes.map(String.init).joined(separator: ", "))]")
  }
}

extension Diagnostic {
  fileprivate static func notOverridable(_ name: String, _ candidates: [String]) -> Diagnostic {
    let shown = candidates.prefix(10).map { "'\($0)'" }.joined(separator: ", ")
    return Diagnostic(
      .wrongUsage, "the model has no input '\(name)' with an initializer",
      notes: [
        candidates.isEmpty
          ? "it has no such input at all" : "it has \(shown)\(candidates.count > 10 ? " and \(candidates.count - 10) more" : "")"
      ])
  }

  fileprivate static func wrongInitializer(_ name: String, declared: String, _ type: String) -> Diagnostic {
    Diagnostic(.invalidInput, "the input '\(name)' of the graph is declared as \(declared), but its initializer is \(type)")
  }
}
