import TesseraMLIR

extension Site {
  /// The index in all of `x` of the first element of each window that is the window's maximum in `peaks`.
  package func poolIndices(_ x: GraphTensor, _ padded: GraphTensor, _ peaks: GraphTensor, _ windows: Windows, isColumnMajor: Bool)
    -> GraphTensor
  {
    let spatial = windows.kernel.count
    let k = 2 + spatial
    var slides: [Int: Operand.Window] = [:]
    for axis in 0..<spatial {
      slides[axis + 2] = Operand.Window(stride: windows.strides[axis], loop: k + axis, dilation: windows.dilations[axis])
    }
    let all: [Int?] = (0..<k).map { $0 }
    let extent = graph.extent(windows.kernel)
    let operands = [
      Operand(padded, all, windows: slides), Operand(peaks, all), Operand(extent, (0..<spatial).map { k + $0 }),
    ]
    let begins = windows.begins.map(graph.index), sizes = x.shape.map(graph.index)
    return graph.reduce(operands, loops: k + spatial, output: Array(0..<k), shape: peaks.shape, .i64, initial: .infinity) {
      b, e, least in
      let isInside0 = b.constant(.bool(true, b.context))
      var isInside = isInside0
      var place = (0..<2).map(b.position)
      for axis in 0..<spatial {
        let start = b.times(b.position(axis + 2), b.index(windows.strides[axis]))
        let at = b.minus(b.plus(start, b.times(b.position(k + axis), b.index(windows.dilations[axis]))), begins[axis])
        isInside = b.and(isInside, b.and(b.compare(.greaterOrEqual, at, b.index(0)), b.compare(.less, at, sizes[axis + 2])))
        place.append(at)
      }
      var number = b.plus(b.times(place[0], sizes[1]), place[1])
      let order = isColumnMajor ? Array((2..<k).reversed()) : Array(2..<k)
      for axis in order { number = b.plus(b.times(number, sizes[axis]), place[axis]) }
      let isPeak = b.and(isInside, Scalars(b, x.elementType).compare(.equal, e[0], e[1]))
      return b.binary("arith.minsi", least, b.select(isPeak, b.i64(number), b.constant64(Int.max)))
    }
  }
}
