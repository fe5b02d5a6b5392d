public import TesseraMLIR

/// A rewrite of the whole model that is right for every target, and makes some of them faster.
public enum GraphRewrite: Sendable, Hashable {
  /// The channels of images become their innermost dimension.
  case channelsLast
  /// The positions of a row become the innermost dimension of a convolution's input and result, not channels and features.
  case positionsInnermost(WindowSizes)
  /// A 3 x 3 convolution of stride 1 on images of f32 is computed by minimal filtering, in tiles of 2 x 2 results.
  case minimalFiltering(images: Int, rows: Int, columns: Int, channels: Int, features: Int)
  /// Transpositions are folded into the contractions that read them, if neighbours stay together.
  case foldedTranspositions
}

/// The bounds of one dispatch, which limit the size of kernels and the time to compile them.
public struct FusionLimits: Sendable, Hashable {
  /// The most structured operations of a dispatch.
  public var operations: Int
  /// The most tensors that come into a dispatch and leave it.
  public var tensors: Int
  /// A reduction is not fused into what it reads if fewer independent rows than this would remain.
  public var rows: Int
  /// An operation of at most so many elements needs no more than one thread.
  public var elements: Int
  /// The most bytes that nests which run one after the other hand on for one row.
  public var rowBytes: Int
  /// What a size of a row that is not known is taken for there.
  public var rowSize: Int
  /// The longest rows of an elementwise operation that are collapsed with the dimensions before them, where all its tensors are contiguous; rows of unknown size are, unless it is 0.
  public var collapsedRow: Int

  /// Creates limits; those by default let every operation be a dispatch of its own.
  public init(
    operations: Int = 1, tensors: Int = 0, rows: Int = 1, elements: Int = 0, rowBytes: Int = 0, rowSize: Int = 1, collapsedRow: Int = 0
  ) {
    (self.operations, self.tensors, self.rows, self.elements) = (operations, tensors, rows, elements)
    (self.rowBytes, self.rowSize, self.collapsedRow) = (rowBytes, rowSize, collapsedRow)
  }
}

/// The work of one operation, as far as placement looks at it.
public struct OperationWork: Sendable {
  /// Operations on numbers.
  public var operations: Double
  /// Bytes that are read and written at least.
  public var bytes: Double
  /// `true` iff elements of the inputs are used again and again: a contraction or a convolution.
  public var reusesInputs: Bool

  public init(operations: Double, bytes: Double, reusesInputs: Bool) {
    (self.operations, self.bytes, self.reusesInputs) = (operations, bytes, reusesInputs)
  }
}

extension Target {
  /// Kernels of a target that does not say otherwise compute everything, one operation and one byte a nanosecond.
  public func supports(_ operation: Operation) -> Bool { true }
  public func nanoseconds(_ work: OperationWork) -> Double { max(work.operations, work.bytes) }
  /// Nothing pays for a target that does not say otherwise: its kernels are right, and plain.
  public func pays(_ rewrite: GraphRewrite) -> Bool { false }
  /// Rows are sorted for a target that does not say otherwise, in no memory but their own.
  public var selectionLimit: Int { 0 }
  public func sortingWords(ofKeys bits: Int) -> Int { 0 }
  /// No fusion for a target that does not say otherwise.
  public var fusionLimits: FusionLimits { FusionLimits() }
}
