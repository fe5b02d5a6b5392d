extension KernelConfiguration {
  /// The configuration in a form that people can read, change and give back:
  ///
  ///     lane=2 width=16 unroll=1:12,2:2 tile=1:12,2:32 order=2,1
  ///
  /// Dimensions are the numbers of the nest's dimensions; `lane` is `none` for scalar code.
  public var text: String {
    func list(_ sizes: [Int: Int]) -> String { sizes.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: ",") }
    var words = ["lane=\(lane.map(String.init) ?? "none")", "width=\(width)"]
    if !unroll.isEmpty { words.append("unroll=\(list(unroll))") }
    if !tile.isEmpty { words.append("tile=\(list(tile))") }
    words.append("order=\(order.map(String.init).joined(separator: ","))")
    if let transposed { words.append("transposed=\(transposed)") }
    if let block { words.append("block=\(block)") }
    if let unpack { words.append("unpack=\(unpack)") }
    switch prefetch {
    case .ahead(let bytes): words.append("prefetch=\(bytes)")
    case .nextPanel: words.append("prefetch=panel")
    case nil: break
    }
    return words.joined(separator: " ")
  }

  /// The configurations of a kernel's nests as text.
  package static func text(_ list: [KernelConfiguration]) -> String { list.map(\.text).joined(separator: "; ") }

  /// The largest number of a configuration, and of elements in a tile of work: far more than any kernel has use for.
  private static let sizeLimit = 1 << 24
  /// The largest number of iterations that are computed at a time: each is code of its own.
  private static let unrollLimit = 1 << 12

  /// Reads the form that `text` has; `nil` if it is something else.
  public init?(parsing text: String) {
    self.init(lane: nil, width: 1, order: [])
    var seen = Set<Substring>()
    for word in text.split(separator: " ") {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, seen.insert(parts[0]).inserted else { return nil }
      let items = parts[1].split(separator: ",")
      func sizes(productUpTo limit: Int) -> [Int: Int]? {
        var result: [Int: Int] = [:], all = 1
        for item in items {
          let pair = item.split(separator: ":").compactMap { Int($0) }
          guard pair.count == 2, pair[0] >= 0, pair[1] > 0, pair[1] <= limit / all else { return nil }
          result[pair[0]] = pair[1]
          all *= pair[1]
        }
        return result
      }
      switch parts[0] {
      case "lane":
        lane = Int(parts[1])
        guard lane != nil || parts[1] == "none" else { return nil }
      case "width":
        guard let number = Int(parts[1]), number > 0 else { return nil }
        width = number
      case "unroll":
        guard let found = sizes(productUpTo: Self.unrollLimit) else { return nil }
        unroll = found
      case "tile":
        guard let found = sizes(productUpTo: Self.sizeLimit) else { return nil }
        tile = found
      case "order":
        order = items.compactMap { Int($0) }
        guard order.count == items.count, Set(order).count == order.count else { return nil }
      case "transposed":
        guard let number = Int(parts[1]) else { return nil }
        transposed = number
      case "block":
        guard let number = Int(parts[1]), number > 0, number <= Self.sizeLimit else { return nil }
        block = number
      case "unpack":
        guard let number = Int(parts[1]) else { return nil }
        unpack = number
      case "prefetch" where parts[1] == "panel":
        prefetch = .nextPanel
      case "prefetch":
        guard let number = Int(parts[1]), number > 0, number <= Self.sizeLimit else { return nil }
        prefetch = .ahead(number)
      default: return nil
      }
    }
    // Squares lie along two dimensions.
    guard seen.isSuperset(of: ["lane", "width", "order"]), transposed == nil || transposed != lane else { return nil }
  }
}
