package import TesseraDiagnostics
internal import TesseraDialects
package import TesseraMLIR

/// Builds the code of a kernel, or of one of its nests: scalars and vectors of one width, tensors in memory, loops and checks.
///
/// It knows where tensors and scalars are, and no loops of nests: what walks over nests and rows holds a builder.
package final class KernelBuilder {
  package let source: KernelSource
  package let machine: any KernelMachine
  package let context: Context
  /// Lanes of a vector; `nil` for scalar code.
  package let vectorWidth: Int?
  /// The block in which the kernel begins.
  let entry: Block
  /// What the kernel is given.
  package let arguments: Arguments
  /// Where operations go now.
  package var b: Builder

  /// Where the tensors of the nest live, by value.
  package var memory: [Value: MemoryReference] = [:]
  /// Where results of the nest are written besides.
  package var copies: [Value: [MemoryReference]] = [:]
  /// The scalar arguments, converted to their types.
  package var scalarValues: [Value: Value] = [:]
  /// The lanes that exist, in the last vector of a row.
  package var laneMask: Value?
  /// The numbers of the scopes that are open, innermost last: what is computed in a region or loop is known there only.
  package private(set) var openScopes = [0]
  /// How many scopes there have been.
  private var scopeCount = 1
  /// A slot that becomes the number of a failure, with memory behind it.
  var status: Value?
  /// The addresses of the tensors that the kernel is given.
  var addresses: [Value] = []

  /// What a kernel is given: the table of the tensors' addresses, that of the scalars, and the address of the scratch memory.
  package struct Arguments {
    package let bindings: Value
    package let constants: Value
    package let scratch: Value

    package init(bindings: Value, constants: Value, scratch: Value) {
      (self.bindings, self.constants, self.scratch) = (bindings, constants, scratch)
    }
  }

  /// Creates the builder of the kernel of `source` that begins in `entry`.
  package init(
    _ source: KernelSource, machine: any KernelMachine, vectorWidth: Int?, arguments: Arguments, entry: Block, _ context: Context
  ) {
    (self.source, self.machine, self.vectorWidth, self.arguments) = (source, machine, vectorWidth, arguments)
    (self.entry, self.context) = (entry, context)
    b = Builder(context, at: entry, location: source.function.location)
  }

  /// Creates the builder of a nest in the kernel that `first` has begun, with vectors of its own width.
  package init(_ first: KernelBuilder, vectorWidth: Int?) {
    source = first.source
    machine = first.machine
    context = first.context
    self.vectorWidth = vectorWidth
    entry = first.entry
    arguments = first.arguments
    b = first.b
    memory = first.memory
    copies = first.copies
    scalarValues = first.scalarValues
    status = first.status
    addresses = first.addresses
  }

  package var traits: MachineTraits { machine.traits }
  /// `true` iff values are computed in vectors.
  package var hasLanes: Bool { vectorWidth != nil }
  package var width: Int { vectorWidth ?? 1 }

  /// Emits `body` in a scope of its own.
  package func scope<Result>(_ body: () throws(Diagnostic) -> Result) throws(Diagnostic) -> Result {
    openScopes.append(scopeCount)
    scopeCount += 1
    defer { openScopes.removeLast() }
    return try body()
  }

  /// An error in the form of the executable: a bug of ours.
  package func malformed(_ reason: String) -> Diagnostic { .malformedExecutable(source.function.symbolName ?? "?", reason) }

  /// The executable, which the phases before fit to the target, does not fit it: it came from a file.
  package func unfit(_ reason: String) -> Diagnostic {
    Diagnostic(
      .invalidInput, id: "unfitExecutable", "executable '\(source.function.symbolName ?? "?")' does not fit the target: \(reason)",
      help: "dump it again for this target")
  }
}
