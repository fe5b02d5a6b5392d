import Tessera

/// A compiled decoder of bytes, and the text that it has seen: tokens and a cache of keys and values in, the logits of the last token and the
/// longer cache out.
struct Decoder {
  private let session: Session
  private let function: String
  /// The cache of no tokens.
  private let empty: Tensor
  private var cache: Tensor
  /// The tokens that the cache has.
  private(set) var count = 0

  /// Loads a module. Errors: no such file, a damaged module, or a function of another form.
  init(path: String, threads: Int) throws {
    let module = try Module(path: path)
    guard let function = module.functions.first, function.inputs.count == 2, function.outputs.count == 2,
      let cache = function.inputs[1].extents,
      cache.count == 5, function.inputs.map(\.elementType) == [.i64, .f32], function.outputs.map(\.elementType) == [.f32, .f32]
    else { throw Failure(description: "'\(path)' is no module of the model that train.py makes") }
    // The number of tokens in the cache is the only size that is not known.
    let shape = cache.map { if case .fixed(let size) = $0 { Int(size) } else { 0 } }
    session = try Session(module, device: CPUDevice(threads: threads))
    self.function = function.name
    empty = try Tensor(elementType: .f32, shape: shape, initializing: { _ in })
    self.cache = empty
  }

  /// Reads tokens behind those before; returns the logits of what follows.
  mutating func read(_ tokens: ArraySlice<UInt8>) throws -> [Float] {
    let outputs = try session.call(function, [Tensor(shape: [1, tokens.count], tokens.map(Int64.init)), cache])
    cache = outputs[1]
    count += tokens.count
    return try outputs[0].array()
  }

  /// Forgets all tokens.
  mutating func clear() {
    cache = empty
    count = 0
  }
}

/// What went wrong, for the user.
struct Failure: Error, CustomStringConvertible {
  var description: String
}
