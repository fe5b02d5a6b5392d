/// The layout of a tensor in memory: its dimensions in some order, some of them cut into tiles whose elements stand together at the end.
///
/// `outer = [1, 0], inner = [(1, 32)]` of a tensor `[k, n]` is `[ceil(n / 32), k, 32]`. Without tiles and in order it is the identity.
public struct TensorLayout: Equatable, Sendable {
  /// A tile of a dimension.
  public struct Tile: Equatable, Sendable {
    public var axis: Int
    public var size: Int
    public init(axis: Int, size: Int) {
      self.axis = axis
      self.size = size
    }
  }

  /// The dimensions of the tensor, outermost first. All of them.
  public var outer: [Int]
  /// The tiles, outermost first. At most one a dimension.
  public var inner: [Tile]

  public init(outer: [Int], inner: [Tile]) {
    self.outer = outer
    self.inner = inner
  }

  /// Row-major, as it is.
  public static func identity(rank: Int) -> TensorLayout { TensorLayout(outer: Array(0..<rank), inner: []) }

  public var isIdentity: Bool { inner.isEmpty && outer == Array(outer.indices) }

  /// The size of the tile of a dimension, or `nil`.
  public func tile(of axis: Int) -> Int? { inner.first { $0.axis == axis }?.size }

  /// The number of dimensions of the tensor.
  public var rank: Int { outer.count }

  /// The form that users write, which `init(_:rank:)` reads.
  public var text: String {
    ([outer.map(String.init).joined(separator: ",")] + inner.map { "\($0.axis):\($0.size)" }).joined(separator: " ")
  }

  /// The largest tile.
  public static let largestTile = 1 << 16

  /// Reads the form that users write: the order of the dimensions, then the tiles as `dimension:size`: `1,0 1:32`.
  public init?(_ text: String, rank: Int) {
    let parts = text.split(separator: " ")
    guard let first = parts.first else { return nil }
    let outer = first.split(separator: ",").compactMap { Int($0) }
    guard outer.sorted() == Array(0..<rank) else { return nil }
    var inner: [Tile] = []
    for part in parts.dropFirst() {
      let numbers = part.split(separator: ":").compactMap { Int($0) }
      guard numbers.count == 2, (0..<rank).contains(numbers[0]), (1...Self.largestTile).contains(numbers[1]),
        !inner.contains(where: { $0.axis == numbers[0] })
      else {
        return nil
      }
      inner.append(Tile(axis: numbers[0], size: numbers[1]))
    }
    self.init(outer: outer, inner: inner)
  }
}
