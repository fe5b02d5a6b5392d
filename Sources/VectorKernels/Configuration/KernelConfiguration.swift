/// How one loop nest becomes a kernel. It is data: chosen by a heuristic or by a user, the emitter only obeys.
///
/// Dimensions are the numbers of `LoopNest.dimensions`.
public struct KernelConfiguration: Sendable, Equatable {
  /// The dimension whose neighbours stand in the lanes of a vector; `nil` for scalar code.
  public var lane: Int?
  /// Lanes in a vector.
  public var width: Int
  /// How many iterations (vectors, for the lane dimension) are computed at a time in registers. 1 where a dimension is missing.
  public var unroll: [Int: Int]
  /// How many iterations of a shared dimension one tile of work has. 1 where a dimension is missing.
  public var tile: [Int: Int]
  /// The shared dimensions, the outermost loop first.
  public var order: [Int]
  /// A dimension along which operands that are scattered in the lanes are contiguous. Squares of `width` x `width` elements of them are loaded
  /// along it and transposed in registers.
  public var transposed: Int?
  /// How many tiles of the dimensions after the lanes' in `order` all tiles of lanes pass before the next ones come: what they read stays in the
  /// cache meanwhile. `nil` for all of them.
  public var block: Int?
  /// The dimension of the rows of a contraction that share what its body computes without them: computed once for all rows of a tile, if these are
  /// more than a register tile has. `nil` where each register tile computes it.
  public var unpack: Int?
  /// What is fetched into the cache early; `nil` where the processor is left to guess.
  public var prefetch: Prefetch?

  public enum Prefetch: Sendable, Equatable {
    /// So many bytes behind what is loaded: of packed operands of contractions, and of rows that several passes read, in the pass that computes
    /// longest.
    case ahead(Int)
    /// The next panel of a contraction's packed operand, a piece of it with each register tile that reads this panel.
    case nextPanel

    /// As far ahead as memory needs while registers are full of products.
    static let near = Prefetch.ahead(16 << 10)
  }

  public init(
    lane: Int?, width: Int, unroll: [Int: Int] = [:], tile: [Int: Int] = [:], order: [Int], transposed: Int? = nil, block: Int? = nil,
    unpack: Int? = nil, prefetch: Prefetch? = nil
  ) {
    self.unpack = unpack
    self.transposed = transposed
    self.block = block
    self.prefetch = prefetch
    self.lane = lane
    self.width = width
    self.unroll = unroll
    self.tile = tile
    self.order = order
  }

  /// Lanes of a vector; `nil` for scalar code.
  var vectorWidth: Int? { lane == nil ? nil : width }

  /// Iterations of dimension `d` that one step of its loop covers.
  func step(_ d: Int) -> Int { unroll[d, default: 1] * (d == lane ? width : 1) }
}
