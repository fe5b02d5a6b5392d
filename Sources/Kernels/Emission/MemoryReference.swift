package import TesseraMLIR

/// A size or limit, known now or at run time.
package enum Bound {
  case constant(Int)
  case value(Value)

  package var asConstant: Int? { if case .constant(let c) = self { c } else { nil } }
  package func value(_ b: Builder) -> Value {
    switch self {
    case .constant(let c): b.index(c)
    case .value(let v): v
    }
  }
}

/// A tensor in memory: row-major and contiguous.
package struct MemoryReference {
  package let pointer: Value
  package let element: Type
  package let shape: [Bound]
  /// Of a tensor that is not alone and whole in its memory, the index of the first element there (negative in a border), and the sizes of the
  /// memory.
  package var part: (first: [LaneIndex], sizes: [Bound])?
  /// `true` iff this stands for a tensor or, where an index is out of range, for spare memory.
  package var isSpare = false

  package init(
    pointer: Value, element: Type, shape: [Bound], part: (first: [LaneIndex], sizes: [Bound])? = nil, isSpare: Bool = false
  ) {
    (self.pointer, self.element, self.shape, self.part, self.isSpare) = (pointer, element, shape, part, isSpare)
  }
}

/// An index into a tensor: affine in the lane, or any, with a number for each lane.
package enum TensorIndex {
  case affine(LaneIndex)
  /// `vector<width x index>`
  case scattered(Value)
}

/// A value of a body: one scalar for all lanes, a vector with an element a lane, or an index.
package enum BodyValue {
  case uniform(Value)
  case lanes(Value)
  case index(LaneIndex)
}
