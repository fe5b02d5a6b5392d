import TesseraConstants

/// A matrix of weights in a format of few bits.
struct QuantizedWeights {
  /// Columns x blocks x bytes of a block; the first number of a byte has the low bits.
  private(set) var bytes: [UInt8] = []
  /// Columns x blocks.
  private(set) var scales: [Float] = []
  /// The root of the mean square of what was rounded away, divided by that of the weights.
  private(set) var error = 0.0

  /// Quantizes `depth` x `columns` weights, which are `depthStride` and `columnStride` apart; `nil` where one of them is no finite number.
  init?(_ weights: UnsafeBufferPointer<Float>, depth: Int, columns: Int, depthStride: Int, columnStride: Int, _ format: WeightFormat) {
    bytes.reserveCapacity(depth / format.each * columns)
    scales.reserveCapacity(depth / format.block * columns)
    var lost = 0.0, all = 0.0
    var block = [Float](repeating: 0, count: format.block)
    for column in 0..<columns {
      for start in stride(from: 0, to: depth, by: format.block) {
        for i in 0..<format.block { block[i] = weights[(start + i) * depthStride + column * columnStride] }
        guard block.allSatisfy(\.isFinite) else { return nil }
        let (numbers, scale) = format.quantized(block)
        scales.append(scale)
        for first in stride(from: 0, to: format.block, by: format.each) {
          let parts = (0..<format.each).map { numbers[first + $0] << ($0 * format.bits) }
          bytes.append(UInt8(parts.reduce(0, |)))
        }
        for (weight, number) in zip(block, numbers) {
          let difference = Double(weight) - Double(number - format.middle) * Double(scale)
          lost += difference * difference
          all += Double(weight) * Double(weight)
        }
      }
    }
    error = all == 0 ? 0 : (lost / all).squareRoot()
  }
}
