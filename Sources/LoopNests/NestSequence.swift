public import TesseraMLIR

/// Loop nests that run one after the other on each tile of their common outer dimensions.
///
/// Operations that form one nest are one part. Attention has three: the scores of a few rows, their softmax, the weighted sums. What goes from
/// part to part is *carried*: the part that reads it needs, for a tile of the outer dimensions, only what was computed for the same tile.
///
/// The queries, keys and values of attention are *siblings*: nests that do not need each other and compute the same of other operands. They are
/// one part, which runs for each.
public struct NestSequence {
  /// A value that one part computes and later parts read.
  public struct Carried {
    public var value: Value
    /// The part that computes it.
    public var writer: Int
    /// For each axis the writer's dimension; `nil` for axes of size 1.
    public var dimensions: [Int?]
    /// For each axis the outer dimension along which it is cut into tiles, or `nil` if it is whole.
    public var outer: [Int?]
  }

  public private(set) var parts: [LoopNest] = []
  /// For each outer dimension, its number in each part. A single part has its shared dimensions here.
  public private(set) var outer: [[Int]] = []
  public private(set) var carried: [Carried] = []
  /// The siblings of the only part: for each value that it reads or writes, what stands for it, if another does.
  public private(set) var siblings: [[Value: Value]] = []

  /// Divides `ops`, which stand in program order, into parts; `nil` if they cannot run so.
  ///
  /// An operation belongs to the current part if it forms one nest with it; else it starts the next part. Fills belong to every part that reads
  /// them, and join none.
  public init?(_ ops: [StructuredOp]) {
    var groups: [[StructuredOp]] = []
    let free = ops.filter(\.isFree)
    // What is not free has parts; fills alone are a nest of their own.
    for op in free.count == ops.count ? [] : ops where !op.isFree {
      if let last = groups.last, LoopNest(last + [op]) != nil {
        groups[groups.count - 1].append(op)
      } else {
        groups.append([op])
      }
    }
    if groups.count <= 1 { groups = [ops] } else { groups = groups.map { Self.withFree($0, free) } }
    for group in groups {
      guard let nest = LoopNest(group) else { return nil }
      parts.append(nest)
    }
    if parts.count == 1 {
      outer = parts[0].sharedDimensions.map { [$0] }
    } else {
      guard collectCarried(), carried.isEmpty ? joinSiblings() : findOuterDimensions() else { return nil }
    }
  }

  /// Makes the parts siblings of the first; `false` if they are not. What is kept in memory between stages would be kept for one of them only.
  private mutating func joinSiblings() -> Bool {
    let first = parts[0]
    guard first.ops.indices.allSatisfy({ first.ops[$0].hasReduction || first.innerDimensions(of: $0).isEmpty }) else { return false }
    for part in parts.dropFirst() {
      guard let correspondence = NestCorrespondence(first, part) else { return false }
      siblings.append(correspondence.counterparts)
    }
    parts = [first]
    outer = first.sharedDimensions.map { [$0] }
    return true
  }

  /// The fills among `free` that `ops` read, before them.
  private static func withFree(_ ops: [StructuredOp], _ free: [StructuredOp]) -> [StructuredOp] {
    let read = Set(ops.flatMap(\.operation.operands))
    return free.filter { $0.operation.results.contains(where: read.contains) } + ops
  }

  /// The places in part `t` at which `value` is read: for each reading operation the dimension of each axis, `nil` for axes of size 1.
  /// `nil` if one is no plain dimension.
  private func reads(of value: Value, in t: Int) -> [[Int?]]? {
    var list: [[Int?]] = []
    for (i, op) in parts[t].ops.enumerated() {
      if op.captures.contains(value) { return nil }
      for (operand, map) in zip(op.operation.operands, op.maps) where operand == value {
        var axes: [Int?] = []
        for expression in map.results {
          if let loop = expression.asDimension {
            axes.append(parts[t].dimensionOfLoop[i][loop])
          } else if expression.asConstant != nil {
            axes.append(nil)
          } else {
            return nil
          }
        }
        list.append(axes)
      }
    }
    return list
  }

  /// Finds the values that go from part to part; `false` if one is not written or read at plain dimensions.
  private mutating func collectCarried() -> Bool {
    for (s, part) in parts.enumerated() {
      for (i, op) in part.ops.enumerated() where !op.isFree {
        for (result, map) in zip(op.operation.results, op.outputMaps) {
          guard result.isUsed(where: { use in !part.ops.contains { $0.operation == use.operation } && isInside(use.operation) })
          else {
            continue
          }
          guard map.results.allSatisfy({ $0.asDimension != nil }) else { return false }
          let dimensions = map.results.map { part.dimensionOfLoop[i][$0.asDimension!] }
          carried.append(Carried(value: result, writer: s, dimensions: dimensions, outer: []))
        }
      }
    }
    return true
  }

  private func isInside(_ operation: Operation) -> Bool { parts.contains { $0.ops.contains { $0.operation == operation } } }

  /// Follows the shared dimensions of the first part through all parts.
  private mutating func findOuterDimensions() -> Bool {
    var classes = parts[0].sharedDimensions.map { d in [d] + [Int?](repeating: nil, count: parts.count - 1) }
    for t in parts.indices.dropFirst() {
      for value in carried where value.writer < t {
        guard let reads = reads(of: value.value, in: t) else { return false }
        for axes in reads {
          for (axis, writer) in value.dimensions.enumerated() {
            guard let writer, let c = classes.firstIndex(where: { $0[value.writer] == writer }) else { continue }
            let reader = axes[axis]
            guard let reader, parts[t].dimensions[reader].isShared, (classes[c][t] ?? reader) == reader,
              !classes.indices.contains(where: { $0 != c && classes[$0][t] == reader })
            else {
              // Read elsewhere than where it was written: whoever uses this dimension needs all of it.
              classes.remove(at: c)
              continue
            }
            classes[c][t] = reader
          }
        }
      }
      classes.removeAll { $0[t] == nil }
    }
    outer = classes.map { $0.compactMap { $0 } }
    for k in carried.indices {
      let value = carried[k]
      carried[k].outer = value.dimensions.map { d in outer.firstIndex { $0[value.writer] == d } }
    }
    return !outer.isEmpty && carried.allSatisfy(isReadInItsTile)
  }

  /// `true` iff every part reads the carried value at the tile that was computed.
  private func isReadInItsTile(_ value: Carried) -> Bool {
    parts.indices.dropFirst(value.writer + 1).allSatisfy { t in
      (reads(of: value.value, in: t) ?? [[]]).allSatisfy { axes in
        axes.count == value.outer.count
          && zip(axes, value.outer).allSatisfy { read, o in o.map { outer[$0][t] == read } ?? true }
      }
    }
  }

  /// The number of elements that `value` has for one tile of the outer dimensions with the sizes `tile`, for each iteration of the one dimension
  /// of the writer whose size is not known, if there is one. `nil` if there are several.
  public func elementCount(of value: Carried, tile: [Int]) -> (count: Int, dimension: Int?)? {
    var count = 1
    var dimension: Int?
    for (axis, d) in value.dimensions.enumerated() {
      guard let d else { continue }
      if let o = value.outer[axis] {
        count *= tile[o]
      } else if let size = parts[value.writer].dimensions[d].size {
        count *= size
      } else if dimension == nil {
        dimension = d
      } else {
        return nil
      }
    }
    return (count, dimension)
  }
}
