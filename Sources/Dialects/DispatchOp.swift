public import TesseraDiagnostics
public import TesseraMLIR

/// A call of an executable function on a device.
///
///     %r:2 = "flow.dispatch"(%n, %x, %w) {executable = @dispatch_3} : (index, tensor<?x128xf32>, tensor<128x512xf32>) -> (tensor<?x512xf32>, ...)
///
/// The operands are those of the executable function: scalars first, then tensors.
public struct DispatchOp {
  public static let name = "flow.dispatch"
  public let operation: Operation

  /// Creates a view of `operation`; `nil` if it is another operation.
  public init?(_ operation: Operation) {
    guard operation.name == Self.name else { return nil }
    self.operation = operation
  }

  /// The symbol of the executable function.
  public var executable: String { operation.attribute("executable")?.symbolName ?? "" }
  /// The scalar operands.
  public var scalars: [Value] { operation.operands.filter { !$0.type.isTensor } }
  /// The tensor operands.
  public var tensors: [Value] { operation.operands.filter { $0.type.isTensor } }

  /// The sizes of the results, by scalars of the call.
  public var resultSizes: DynamicSizes {
    DynamicSizes(operation.results.map(\.type), scalars: operation.attribute(ExecutableAttribute.resultDims)?.denseIntegers ?? [])
  }

  /// Checks the call against the executable functions of the module.
  public func verify(_ executables: [String: Operation]) throws(Diagnostic) {
    guard let function = executables[executable], let type = function.attribute("function_type")?.typeValue else {
      throw Diagnostic(.compilerBug, id: "dispatchVerifier", "'flow.dispatch' calls '\(executable)', which is no executable function")
    }
    guard operation.operands.map(\.type) == type.functionInputs, operation.results.map(\.type) == type.functionResults else {
      throw Diagnostic(
        .compilerBug, id: "dispatchVerifier", "'flow.dispatch' of '\(executable)' has types that differ from its function's",
        location: operation.location.sourceNames.joined(separator: ", "))
    }
  }
}

/// Names of the attributes that executable functions carry.
public enum ExecutableAttribute {
  /// Unit: the function is an executable.
  public static let marker = "flow.executable"
  /// A readable name for people.
  public static let readableName = "flow.name"
  /// For each dynamic dimension of the tensor operands, in order, the number of the scalar that is its size (`DynamicSizes`).
  public static let operandDims = "flow.operand_dims"
  /// For each dynamic dimension of the results, in order, the number of the scalar that is its size; on the executable and on its calls.
  public static let resultDims = "flow.result_dims"
  /// String: the user's configuration of the kernel.
  public static let configuration = "tessera.configuration"
}

extension Operation {
  /// `true` iff this is an executable function.
  public var isExecutable: Bool { name == "func.func" && attribute(ExecutableAttribute.marker) != nil }
}

extension Module {
  /// The executable functions by symbol.
  public var executables: [String: Operation] {
    Dictionary(functions.filter(\.isExecutable).compactMap { f in f.symbolName.map { ($0, f) } }, uniquingKeysWith: { a, _ in a })
  }
  /// The functions that run on the host.
  public var hostFunctions: [Operation] { functions.filter { !$0.isExecutable } }
}
