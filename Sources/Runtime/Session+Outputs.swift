import TesseraModuleFormat

// Outputs in memory of the caller. A call computes in memory of its own, which later calls use again, and copies each output once: nothing
// is allocated.
extension Session {
  /// Calls an exported function on the calling thread, and writes each output's elements, row by row, to the beginning of the memory at its
  /// place in `memory`; returns the shapes. Errors: as those of other calls; and `INVALID_ARGUMENT` where there is another number of
  /// outputs, one of strings, or one that needs more memory: then what `memory` holds is not known.
  public func call(
    _ name: String, _ inputs: [Tensor], into memory: [UnsafeMutableRawBufferPointer], options: CallOptions = CallOptions()
  ) throws(RuntimeError) -> [[Int]] {
    let function = try program.function(named: name).signature.function
    guard memory.count == function.outputs.count else { throw .wrongOutputCount(function, given: memory.count) }
    let outputs = try call(name, inputs, options: options)
    var shapes: [[Int]] = []
    for (index, (output, target)) in zip(outputs, memory).enumerated() {
      guard output.elementType != .string else { throw .wrongOutput(function, index, "strings have no fixed size") }
      guard output.byteCount <= target.count else {
        throw .wrongOutput(function, index, "\(output.typeText) takes \(output.byteCount) bytes, but memory of \(target.count) was given")
      }
      output.withUnsafeBytes { target.copyMemory(from: $0) }
      shapes.append(output.shape)
    }
    return shapes
  }

  /// Calls an exported function of one output, and writes its elements, row by row, to the beginning of `elements`; returns the shape.
  /// Errors: as those of `call(_:_:into:options:)`; and `INVALID_ARGUMENT` where the output has elements of another type.
  public func call<Element: TensorElement>(
    _ name: String, _ inputs: [Tensor], into elements: inout MutableSpan<Element>, options: CallOptions = CallOptions()
  ) throws(RuntimeError) -> [Int] {
    let function = try program.function(named: name).signature.function
    if let output = function.outputs.first, output.elementType != Element.elementType {
      throw .wrongOutput(function, 0, "its elements are \(output.elementType.name), not \(Element.elementType.name)")
    }
    let result = elements.withUnsafeMutableBytes { bytes -> Result<[[Int]], RuntimeError> in
      do throws(RuntimeError) { return .success(try call(name, inputs, into: [bytes], options: options)) } catch { return .failure(error) }
    }
    return try result.get()[0]
  }
}

extension RuntimeError {
  /// There is memory for another number of outputs.
  @inline(never) fileprivate static func wrongOutputCount(_ function: FunctionDescription, given: Int) -> RuntimeError {
    RuntimeError(
      .invalidArgument,
      "function '\(function.name)' gives \(function.outputs.count) output\(function.outputs.count == 1 ? "" : "s"), but memory for \(given) was given\n  signature: \(function.signature)"
    )
  }

  /// An output does not fit the caller's memory.
  @inline(never) fileprivate static func wrongOutput(_ function: FunctionDescription, _ index: Int, _ problem: String) -> RuntimeError {
    let name = function.outputs[index].name
    return RuntimeError(
      .invalidArgument, "function '\(function.name)', output \(index)\(name.isEmpty ? "" : " ('\(name)')"): \(problem)")
  }
}
