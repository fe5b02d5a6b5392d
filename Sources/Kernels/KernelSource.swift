package import TesseraDiagnostics
package import TesseraDialects
package import TesseraLoopNests
package import TesseraMLIR

/// An executable function taken apart for the emitter.
///
///     func.func private @dispatch_3(%n: index, %x: tensor<?x128xf32>, ...) -> tensor<?x512xf32> attributes {flow.executable}
package struct KernelSource {
  package let function: Operation
  /// The nests that run one after the other; most kernels have one.
  package let sequence: NestSequence
  /// The scalar arguments, in order.
  package let scalars: [Value]
  /// The tensor arguments, in order.
  package let tensors: [Value]
  /// The returned values.
  package let results: [Value]
  /// The part of each result that the nests compute: the result itself, or the inside of its border.
  package let outputs: [KernelOutput]
  /// The sizes of `tensors`, by scalars.
  package let operandSizes: DynamicSizes
  /// The sizes of `results`, by scalars.
  package let resultSizes: DynamicSizes

  /// Takes `function` apart; throws if its operations are no nest, which dispatch creation must not let happen.
  package init(_ function: Operation) throws(Diagnostic) {
    self.function = function
    let name = function.symbolName ?? "?"
    guard let block = function.body() else { throw .malformedExecutable(name, "it has no body") }
    scalars = block.arguments.filter { !$0.type.isTensor }
    tensors = block.arguments.filter { $0.type.isTensor }
    results = block.terminator?.operands ?? []
    operandSizes = DynamicSizes(operandsOf: function)
    resultSizes = DynamicSizes(resultsOf: function)
    for op in block.operations {
      switch op.name {
      case "tensor.empty", "tensor.pad", "arith.constant", "func.return": break
      case _ where op.isStructured: break
      default: throw .malformedExecutable(name, "'\(op.name)' cannot stand in an executable")
      }
    }
    let ops = block.operations.compactMap(StructuredOp.init)
    guard !ops.isEmpty, let sequence = NestSequence(ops) else { throw .malformedExecutable(name, "its operations do not form loop nests") }
    self.sequence = sequence
    // What works on rows is the last operation, and writes all the results; before a selection the keys are made.
    if let rows = ops.firstIndex(where: \.worksOnRows) {
      let last = ops[rows].operation
      guard rows == ops.count - 1, sequence.parts.count == 1, last.name == SelectOp.name || rows == 0,
        ops[..<rows].allSatisfy({ !$0.hasReduction }), results == Array(last.results),
        last.name != SortOp.name || last.operand(0).definingOperation == nil
      else { throw .malformedExecutable(name, "'\(last.name)' cannot stand beside other operations") }
    }
    outputs = results.map(KernelOutput.init)
    try checkSiblings(name)
    let own = Set(sequence.parts.flatMap(\.producer.keys))
    let computed = own.union(sequence.siblings.flatMap { counterparts in own.compactMap { counterparts[$0] } })
    for output in outputs where !computed.contains(output.value) {
      throw .malformedExecutable(name, "a result is not computed by a structured operation")
    }
    let row = [Int](repeating: 1, count: sequence.outer.count)
    for value in sequence.carried where sequence.elementCount(of: value, tile: row) == nil {
      throw .malformedExecutable(name, "a value that one nest hands on to another has several sizes that are not known")
    }
    for value in sequence.carried where outputs.contains(where: { $0.value == value.value }) {
      throw .malformedExecutable(name, "a value that one nest hands on to another is a result too")
    }
  }

  /// Throws if a sibling reads something else than arguments where the first nest reads them, has results where that has none, or results of
  /// other sizes: they are read and written alike.
  private func checkSiblings(_ name: String) throws(Diagnostic) {
    if sequence.siblings.isEmpty { return }
    func isResult(_ value: Value) -> Bool { outputs.contains { $0.value == value } }
    func sizes(_ value: Value) -> [DynamicSizes.Size?]? { results.firstIndex(of: value).map(resultSizes.sizes) }
    let isPlain = outputs.allSatisfy { $0.border == nil } && Set(results).count == results.count
    guard isPlain,
      sequence.siblings.allSatisfy({ siblings in
        siblings.allSatisfy { own, other in
          tensors.contains(own) == tensors.contains(other) && scalars.contains(own) == scalars.contains(other)
            && isResult(own) == isResult(other) && (!isResult(own) || sizes(own) == sizes(other))
        }
      })
    else { throw .malformedExecutable(name, "nests that compute the same of other operands have operands or results that differ") }
  }

  package var parts: [LoopNest] { sequence.parts }

  /// `true` iff the kernel sorts rows, or selects from them.
  package var worksOnRows: Bool { parts[0].ops.contains(where: \.worksOnRows) }

  /// The values that leave part `part`: results of the function, and what later parts read.
  package func results(of part: Int) -> [Value] {
    (outputs.map(\.value) + sequence.carried.map(\.value)).filter { parts[part].producer[$0] != nil }
  }
}

extension Diagnostic {
  /// An executable function that breaks the rules of its level: a bug of ours.
  package static func malformedExecutable(_ name: String, _ reason: String) -> Diagnostic {
    Diagnostic(.compilerBug, "executable '\(name)': \(reason)")
  }
}
