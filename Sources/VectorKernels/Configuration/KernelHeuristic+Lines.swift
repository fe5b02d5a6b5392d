internal import TesseraLoopNests
internal import TesseraMLIR

/// What of a configuration has to do with windows: register tiles that have several lines of an image.
extension KernelHeuristic {
  /// Gives the register tile of a convolution a part of several lines in place of a long part of one, where that fills it better.
  func chooseLines(_ c: inout KernelConfiguration, rows: Int?) {
    guard let contraction, let lane = c.lane else { return }
    if isWindow(lane), let lines = lines(before: lane), let window = windowDimension(of: lines) {
      choosePositionsInLanes(&c, rows: rows.map { c.unroll[$0, default: 1] } ?? 1, lines: lines, window: window)
    } else if let rows, isWindow(rows), nest.dimensions[rows].size == nil, let lines = lines(before: rows) {
      // What is left at the end of short lines fills the registers better. Measured on lines of 11 positions, 9 x 12 x 64 a window: 1286 us with
      // 12 positions of one line, 980 with 6 of each of two. Where windows are small, the more loops cost what they bring.
      let reduction = nest.innerDimensions(of: contraction).reduce(1.0) { $0 * Double(sizeOrLarge($1)) }
      let count = c.unroll[rows, default: 1]
      guard count >= 4, reduction >= 256 else { return }
      set(&c, lines, 2)
      set(&c, rows, count / 2)
    }
  }

  /// Lines and vectors of each for the register tile of a convolution with positions in the lanes and `rows` features.
  ///
  /// Of one feature the loads are as many as the products, and no load of a whole vector at any position is half as fast. The lines of a window are unrolled
  /// then, so that each line of the image is loaded once for all lines of the result that read it.
  private func choosePositionsInLanes(_ c: inout KernelConfiguration, rows: Int, lines: Int, window: Int) {
    let lane = c.lane!
    let height = nest.dimensions[window].size ?? 1
    let sharesLoads = rows == 1 && (2...12).contains(height) && isInnermost(window)
    let size = nest.dimensions[lane].size.map { max(1, $0) }
    // Where the length of a row is not known, some short ones stand for all: of long ones any tile is filled.
    let lengths = size.map { [($0 + width - 1) / width] } ?? Array(1...8)
    var best = (lines: 1, vectors: c.unroll[lane, default: 1], cycles: Double.infinity)
    for count in 1...4 where count <= sizeOrLarge(lines) {
      for columns in 1...8 where columns <= lengths.last! && columns * count * (rows + 1) <= unit.registerCount - 3 {
        let loaded = sharesLoads ? Double(count + height - 1) / Double(height) : Double(count)
        func cycles(_ columns: Int) -> Double {
          columns == 0 ? 0 : max(Double(columns * rows * count) / 2, Double(columns) * loaded + Double(rows) / 2, 4)
        }
        var all = 0.0
        for length in lengths {
          let rest = length % columns
          // What remains is one tile where it is known, else those of its bits.
          let tiles = size != nil ? [rest] : [rest & 4, rest & 2, rest & 1]
          all += Double(length / columns) * cycles(columns) + tiles.reduce(0) { $0 + cycles($1) }
          // Each tile costs a little besides.
          all += 0.1 * Double((length + columns - 1) / columns)
        }
        if all / Double(count) < best.cycles - 1e-9 { best = (count, columns, all / Double(count)) }
      }
    }
    c.unroll[lane] = best.vectors
    c.tile[lane] = best.vectors * width
    set(&c, lines, best.lines)
    if sharesLoads { c.unroll[window] = height }
  }

  private func set(_ c: inout KernelConfiguration, _ d: Int, _ count: Int) {
    c.unroll[d] = count
    c.tile[d] = count
  }

  /// The shared dimension of lines of an image whose positions along a line are dimension `d`.
  private func lines(before d: Int) -> Int? {
    nest.sharedDimensions.last { $0 < d && isWindow($0) && nest.dimensions[$0].size.map { $0 >= 2 } ?? true }
  }

  /// `true` iff the contraction reads an operand at sums of dimension `d` and others.
  private func isWindow(_ d: Int) -> Bool { windowDimension(of: d) != nil }

  /// The reduced dimension of which the contraction reads an operand at sums with `d`.
  private func windowDimension(of d: Int) -> Int? {
    guard let contraction else { return nil }
    let op = nest.ops[contraction], own = nest.dimensionOfLoop[contraction]
    guard let loop = own.firstIndex(of: d) else { return nil }
    for expression in op.maps.flatMap(\.results) where expression.uses(dimension: loop) && op.onlyLoop(of: expression) == nil {
      let other = own.indices.first { $0 != loop && op.iterators[$0] == .reduction && expression.uses(dimension: $0) }
      if let other { return own[other] }
    }
    return nil
  }

  private func isInnermost(_ d: Int) -> Bool { contraction.map { nest.innerDimensions(of: $0).last == d } ?? false }
}
