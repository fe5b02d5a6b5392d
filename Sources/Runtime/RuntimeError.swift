public import TesseraFiles
import TesseraModuleFormat

/// The kinds of errors, by the names that gRPC and Abseil gave them.
public enum StatusCode: String, Sendable {
  case invalidArgument = "INVALID_ARGUMENT"
  case notFound = "NOT_FOUND"
  case failedPrecondition = "FAILED_PRECONDITION"
  case outOfRange = "OUT_OF_RANGE"
  case resourceExhausted = "RESOURCE_EXHAUSTED"
  case unavailable = "UNAVAILABLE"
  case dataLoss = "DATA_LOSS"
  case cancelled = "CANCELLED"
  case unimplemented = "UNIMPLEMENTED"
  case internalError = "INTERNAL"
}

/// Why the runtime could not do what was asked.
public struct RuntimeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of error.
  public var code: StatusCode
  /// A stable name for the error, for programs and tests.
  public var id: String
  /// A sentence for the user, lower case, without a final stop; the signature of the function may follow on a line.
  public var message: String

  /// Creates an error named after the function that makes it.
  public init(_ code: StatusCode, _ message: String, id: String = #function) {
    self.code = code
    self.message = message
    self.id = String(id.prefix { $0 != "(" })
  }

  /// The status word and the message: `INVALID_ARGUMENT; ...`.
  public var description: String { "\(code.rawValue); \(message)" }
}

extension RuntimeError {
  /// Creates an error of what the module format says.
  public init(_ error: FormatError) {
    let code: StatusCode =
      switch error.kind {
      case .inputOutput: .unavailable
      case .missing: .notFound
      case .corrupt, .invalid: .dataLoss
      case .incompatible: .failedPrecondition
      }
    self.init(code, error.message, id: error.id)
  }

  /// Creates an error of a file that cannot be read or written.
  public init(_ error: FileError) {
    let code: StatusCode =
      switch error.kind {
      case .missing: .notFound
      case .system, .noReader: .unavailable
      case .refused: .invalidArgument
      }
    self.init(code, error.message, id: "file")
  }

  /// There is no such function.
  @inline(never) package static func unknownFunction(_ name: String, exported: [String]) -> RuntimeError {
    let list = exported.map { "'\($0)'" }.joined(separator: ", ")
    return RuntimeError(
      .notFound, "the module has no function '\(name)'; it has \(exported.isEmpty ? "no exported function" : list)")
  }

  /// The number of inputs is wrong.
  @inline(never) package static func wrongInputCount(_ function: FunctionDescription, given: Int) -> RuntimeError {
    RuntimeError(
      .invalidArgument,
      "function '\(function.name)' takes \(function.inputs.count) input\(function.inputs.count == 1 ? "" : "s"), but \(given) \(given == 1 ? "was" : "were") given\n  signature: \(function.signature)"
    )
  }

  /// An input does not fit the signature.
  @inline(never) static func wrongInput(_ function: FunctionDescription, _ index: Int, _ problem: String) -> RuntimeError {
    let name = function.inputs[index].name
    return RuntimeError(
      .invalidArgument,
      "function '\(function.name)', input \(index)\(name.isEmpty ? "" : " ('\(name)')"): \(problem)\n  signature: \(function.signature)"
    )
  }

  /// An input of a name that the function does not have.
  @inline(never) static func unknownInput(_ function: FunctionDescription, _ name: String) -> RuntimeError {
    RuntimeError(.invalidArgument, "function '\(function.name)' has no input '\(name)'\n  signature: \(function.signature)")
  }

  /// A function gives a list where only tensors are taken.
  @inline(never) static func listOutput(_ function: String) -> RuntimeError {
    RuntimeError(.invalidArgument, "function '\(function)' gives a list: call it with values instead of tensors")
  }

  /// The module is for other devices.
  @inline(never) static func wrongDevices(_ names: [String], wanted: [String]) -> RuntimeError {
    func list(_ names: [String]) -> String { names.map { "'\($0)'" }.joined(separator: ", ") }
    return RuntimeError(.failedPrecondition, "the module is for \(list(wanted)), not for \(names.isEmpty ? "no device" : list(names))")
  }

  /// A tensor's elements do not fit its shape.
  @inline(never) static func wrongElementCount(_ shape: [Int], given: Int, unit: String) -> RuntimeError {
    RuntimeError(.invalidArgument, "a tensor of shape \(shapeText(shape)) cannot hold \(given) \(unit)")
  }

  /// A shape has a negative extent or too many elements to count.
  @inline(never) static func impossibleShape(_ shape: [Int]) -> RuntimeError {
    RuntimeError(.invalidArgument, "\(shapeText(shape)) is not a possible shape")
  }

  /// A tensor's elements have another type than was asked for.
  @inline(never) static func wrongElementType(_ type: ElementType, asked: ElementType) -> RuntimeError {
    RuntimeError(.invalidArgument, "the tensor's elements are \(type.name), not \(asked.name)")
  }

  /// A tensor of strings has a number that no string has.
  @inline(never) static func unknownString(_ number: Int64) -> RuntimeError {
    RuntimeError(.outOfRange, "an element of a tensor of strings is the number \(number), which no string has")
  }

  /// There is not enough memory.
  @inline(never) public static func outOfMemory(_ byteCount: Int) -> RuntimeError {
    RuntimeError(.resourceExhausted, "cannot allocate \(byteCount) bytes")
  }

  /// There is not enough memory for a kernel that computes some operators.
  @inline(never) public static func outOfMemory(_ byteCount: Int, for operators: [String]) -> RuntimeError {
    let of = operators.isEmpty ? "" : " for \(operators.map { "'\($0)'" }.joined(separator: ", "))"
    return RuntimeError(.resourceExhausted, "cannot allocate \(byteCount) bytes\(of)", id: "outOfMemory")
  }

  /// The call was ended from outside.
  public static var interrupted: RuntimeError { RuntimeError(.cancelled, "the call was interrupted") }

  /// Something went wrong in an instruction.
  @inline(never) static func failedInstruction(_ code: StatusCode, _ problem: String) -> RuntimeError {
    RuntimeError(code, problem)
  }

  /// A kernel reported an error.
  @inline(never) public static func failedKernel(_ name: String, operators: [String], status: Int32) -> RuntimeError {
    let of = operators.isEmpty ? "" : ", which computes \(operators.map { "'\($0)'" }.joined(separator: ", ")),"
    if let failure = KernelFailure(rawValue: status) {
      return RuntimeError(failure == .steps ? .resourceExhausted : .outOfRange, "kernel '\(name)'\(of) \(failure.problem)")
    }
    return RuntimeError(.internalError, "kernel '\(name)'\(of) failed with status \(status)")
  }

  /// A kernel read an index that a dimension of `size` elements does not have.
  @inline(never) public static func failedIndex(_ name: String, operators: [String], index: Int, size: Int) -> RuntimeError {
    let place = index < 0 ? "\(index.magnitude) before the first" : "\(index)"
    let error = failedKernel(name, operators: operators, status: KernelFailure.index.rawValue)
    return RuntimeError(.outOfRange, "\(error.message): \(place) of \(size) element\(size == 1 ? "" : "s")")
  }

  /// A kernel that checks each access was about to touch a byte that is not among the `byteCount` bytes of an operand, which come after its
  /// inputs where they are results.
  @inline(never) public static func failedAccess(
    _ name: String, operators: [String], operand: Int, byte: Int, byteCount: Int
  ) -> RuntimeError {
    let of = operators.isEmpty ? "" : ", which computes \(operators.map { "'\($0)'" }.joined(separator: ", ")),"
    let what = operand == KernelFailure.unnumberedOperand ? "memory of its own" : "operand \(operand)"
    return RuntimeError(.internalError, "kernel '\(name)'\(of) touched memory beyond \(what): byte \(byte) of \(byteCount)")
  }
}

/// Returns a shape as users read it: `2x3`, or `scalar`.
func shapeText(_ shape: [Int]) -> String {
  shape.isEmpty ? "scalar" : shape.map { "\($0)" }.joined(separator: "x")
}
