/// What the bytes of a constant depend on: constants of the same identity have the same bytes.
public indirect enum ConstantIdentity: Hashable, Sendable {
  /// A part of a file that is mapped.
  case mapped(file: ObjectIdentifier, offset: Int, count: Int)
  case owned([UInt8])
  /// What a function makes of other constants; `function` is the text of all that it does.
  case computed(function: String, inputs: [ConstantIdentity])
}

extension StoredConstant {
  /// All that the bytes depend on, as long as the constant lives.
  public var identity: ConstantIdentity {
    switch self {
    case .known(.mapped(let file, let offset, let count)): .mapped(file: ObjectIdentifier(file), offset: offset, count: count)
    case .known(.owned(let bytes)): .owned(bytes)
    case .computed(let computation): computation.identity
    }
  }
}
