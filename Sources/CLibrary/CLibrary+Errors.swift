import TesseraModuleFormat
import TesseraRuntime

// The errors of what only C can get wrong.
extension RuntimeError {
  /// A pointer or handle that must be there is null.
  @inline(never) static func nullArgument(_ name: StaticString) -> RuntimeError {
    RuntimeError(.invalidArgument, "'\(name)' is null", id: "nullArgument")
  }

  /// A handle was released.
  @inline(never) static func closedHandle(_ name: StaticString, _ kind: String) -> RuntimeError {
    RuntimeError(.invalidArgument, "'\(name)' is a \(kind) that was released", id: "closedHandle")
  }

  /// A handle is of another kind.
  @inline(never) static func wrongHandle(_ name: StaticString, _ kind: String, wanted: String) -> RuntimeError {
    RuntimeError(.invalidArgument, "'\(name)' is a \(kind), not a \(wanted)", id: "wrongHandle")
  }

  /// A handle was never given.
  @inline(never) static func invalidHandle(_ name: StaticString) -> RuntimeError {
    RuntimeError(.invalidArgument, "'\(name)' is no handle of this library", id: "invalidHandle")
  }

  /// There are as many handles as can be told apart.
  static var tooManyHandles: RuntimeError {
    RuntimeError(.resourceExhausted, "there are too many handles: release those that are not needed")
  }

  /// A program was compiled with the header of another version.
  @inline(never) static func wrongABI(_ version: UInt32, own: UInt32) -> RuntimeError {
    RuntimeError(
      .failedPrecondition, "the program was compiled for version \(version) of the C interface; this library has version \(own)",
      id: "wrongABI")
  }

  /// A structure has a size that no version of the header gives it.
  @inline(never) static func wrongStructSize(_ name: StaticString, _ size: Int, own: Int) -> RuntimeError {
    RuntimeError(
      .failedPrecondition, "struct_size of '\(name)' is \(size), but the structure has \(own) bytes: set it to its sizeof",
      id: "wrongStructSize")
  }

  /// An index is too large.
  @inline(never) static func wrongIndex(_ index: Int, of count: Int, _ what: StaticString) -> RuntimeError {
    RuntimeError(
      .outOfRange, "there is no \(what) \(UInt(bitPattern: index)): there \(count == 1 ? "is 1" : "are \(count)")", id: "wrongIndex")
  }

  /// A number is no type of elements.
  @inline(never) static func unknownType(_ number: Int32) -> RuntimeError {
    RuntimeError(.invalidArgument, "\(number) is no type of elements", id: "unknownType")
  }

  /// A tensor has more dimensions than any.
  @inline(never) static func rankTooLarge(_ rank: Int) -> RuntimeError {
    RuntimeError(
      .invalidArgument, "a tensor has at most \(Arguments.rankLimit) dimensions, not \(UInt(bitPattern: rank))", id: "rankTooLarge")
  }

  /// Bytes are given for strings.
  static var stringBytes: RuntimeError {
    RuntimeError(.invalidArgument, "strings are no bytes: make a tensor of strings with tessera_tensor_create_strings")
  }

  /// A list stands where a tensor must.
  @inline(never) static func notATensor(_ name: StaticString) -> RuntimeError {
    RuntimeError(.invalidArgument, "'\(name)' is a list, not a tensor", id: "notATensor")
  }

  /// A tensor stands where a list must.
  @inline(never) static func notAList(_ name: StaticString) -> RuntimeError {
    RuntimeError(.invalidArgument, "'\(name)' is a tensor, not a list", id: "notAList")
  }

  /// A tensor of numbers stands where strings are asked for.
  @inline(never) static func notStrings(_ type: ElementType) -> RuntimeError {
    RuntimeError(.invalidArgument, "the tensor's elements are \(type.name), not string", id: "wrongElementType")
  }

  /// No function is named, and there is not only one.
  @inline(never) static func noFunctionName(_ names: [String]) -> RuntimeError {
    guard !names.isEmpty else { return RuntimeError(.notFound, "the module exports no function", id: "unknownFunction") }
    let list = names.map { "'\($0)'" }.joined(separator: ", ")
    return RuntimeError(.invalidArgument, "the module has several functions; name one: \(list)", id: "noFunctionName")
  }

  /// A function is called by a session of another module.
  @inline(never) static func foreignFunction(_ name: String) -> RuntimeError {
    RuntimeError(.invalidArgument, "function '\(name)' is of another module than the session", id: "foreignFunction")
  }

  /// There is room for another number of outputs.
  @inline(never) static func wrongOutputCount(_ function: FunctionDescription, given: Int) -> RuntimeError {
    let count = function.outputs.count
    return RuntimeError(
      .invalidArgument,
      "function '\(function.name)' gives \(count) output\(count == 1 ? "" : "s"), but room for \(UInt(bitPattern: given)) was given\n  signature: \(function.signature)",
      id: "wrongOutputCount")
  }

  /// An output does not fit the caller's memory.
  @inline(never) static func wrongOutput(_ function: FunctionDescription, _ index: Int, _ problem: String) -> RuntimeError {
    let name = function.outputs[index].name
    return RuntimeError(
      .invalidArgument, "function '\(function.name)', output \(index)\(name.isEmpty ? "" : " ('\(name)')"): \(problem)", id: "wrongOutput")
  }

  /// A tensor of another library cannot be taken, or ours not given.
  @inline(never) static func foreignTensor(_ problem: String) -> RuntimeError {
    RuntimeError(.invalidArgument, "DLPack: \(problem)", id: "foreignTensor")
  }
}
