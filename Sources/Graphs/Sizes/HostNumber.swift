import TesseraMLIR

/// A number of the model that is known at import, or that the host program reads.
package enum HostNumber {
  case known(Double)
  /// An f32 of the host program.
  case computed(Value)

  /// The number in the body of a structured operation.
  package func value(_ s: Scalars) -> Value {
    switch self {
    case .known(let number): s.constant(number)
    case .computed(let value): s.convert(value, from: .f32)
    }
  }

  /// The number, if it is known.
  package var known: Double? { if case .known(let number) = self { number } else { nil } }
}
