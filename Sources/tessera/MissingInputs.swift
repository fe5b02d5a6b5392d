import TesseraCommandLineOptions
import TesseraFiles
import TesseraModuleFormat
import TesseraRuntime

/// The inputs of a call that the user did not give.
struct MissingInputs {
  /// The size of symbolic dimensions of which nothing is known.
  var unknownSize = 1
  /// The seed of random numbers; the number of the input is added.
  var seed: UInt64 = 0
  /// Whether integers are 0 or 1 at random; else they are zeros, which any table has a row for.
  var hasRandomIntegers = false

  /// Returns the inputs of a call: those of the flags, defaults, random numbers, which it tells of. The files that they are read from are added to `plan`.
  func inputs(
    _ module: Module, _ function: FunctionDescription, _ options: ParsedOptions, among functions: [FunctionDescription],
    plan: inout FilePlan
  ) throws -> [RuntimeValue] {
    var given = try SessionOptions.inputs(function, options, plan: &plan)
    for index in given.indices where given[index] == nil {
      given[index] = try module.defaultInput(index, of: function).map { .tensor($0) }
    }
    return try filled(given, function, SessionOptions.dimensions(options, functions))
  }

  /// Returns the inputs, with random numbers where none were given; says so.
  func filled(_ inputs: [RuntimeValue?], _ function: FunctionDescription, _ dimensions: [String: Int]) throws -> [RuntimeValue] {
    // Symbols take the sizes that given inputs have, then those of --dims, then the default.
    var sizes = dimensions
    for (input, info) in zip(inputs, function.inputs) {
      guard let input = input?.tensor, input.shape.count == info.shape.count else { continue }
      for case (.symbolic(let symbol), let size) in zip(info.shape, input.shape) where symbol != "?" { sizes[symbol] = size }
    }
    var result: [RuntimeValue] = []
    for (index, info) in function.inputs.enumerated() {
      if let input = inputs[index] {
        result.append(input)
        continue
      }
      guard info.containers.isEmpty else {
        throw UsageError("input \(index) ('\(info.name)') is a list, \(info.typeText): give one, such as [2x3xf32=1; 4x3xf32=2]")
      }
      for case .symbolic(let symbol) in info.shape where sizes[symbol] == nil { sizes[symbol] = unknownSize }
      let (tensor, kind) = try tensor(info.elementType, try TensorLiteral.shape(info, sizes), seed: seed &+ UInt64(index))
      Console.note("input \(index)\(info.name.isEmpty ? "" : " ('\(info.name)')") was not given: \(tensor.typeText) of \(kind)")
      result.append(.tensor(tensor))
    }
    return result
  }

  /// Returns a tensor, and what it is made of.
  private func tensor(_ type: ElementType, _ shape: [Int], seed: UInt64) throws -> (Tensor, String) {
    guard type.isInteger else {
      return (try TensorLiteral.random(type, shape, seed: seed), "random \(type == .string ? "strings" : "numbers")")
    }
    guard hasRandomIntegers else { return (try Tensor(elementType: type, shape: shape) { _ in }, "zeros") }
    let bits = try TensorLiteral.random(.bool, shape, seed: seed).array(of: Bool.self)
    let tensor = try Tensor(elementType: type, shape: shape) { bytes in
      guard let base = bytes.baseAddress else { return }
      for (index, bit) in bits.enumerated() { type.write(.unsigned(bit ? 1 : 0), to: base + index * type.byteCount) }
    }
    return (tensor, "random zeros and ones")
  }
}
