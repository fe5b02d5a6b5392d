/// Positions in row-major order, for tensors on the host.
package enum HostIndex {
  /// All positions of a shape, in order. The caller has checked that they are few.
  package static func all(_ sizes: [Int]) -> [[Int]] {
    sizes.reduce([[]]) { positions, size in positions.flatMap { position in (0..<max(size, 0)).map { position + [$0] } } }
  }

  /// The number of `position` in row-major order.
  package static func linear(_ position: [Int], _ sizes: [Int]) -> Int { zip(position, sizes).reduce(0) { $0 * $1.1 + $1.0 } }
}
