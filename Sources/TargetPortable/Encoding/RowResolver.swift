public import TesseraEncodings
internal import TesseraModuleFormat

/// The packing of the portable machine: panels as wide as a row, `[columns / 64, k, 64]`, so that each step of a contraction reads a row behind
/// the one before. Fewer columns than a row lie innermost, as they are.
///
/// Only constants are packed: an instruction reads rows at any distance.
public struct RowResolver: EncodingResolver {
  public init() {}

  public func layout(of encoding: ContractionEncoding) -> TensorLayout? {
    let identity = TensorLayout.identity(rank: encoding.own.count)
    guard encoding.isConstant, !encoding.isResult, let lanes = encoding.innermostResultLoop, encoding.loops[lanes].kind == .column,
      let axis = encoding.axis(ofLoop: lanes), !encoding.own.contains(nil)
    else { return identity }
    let reductions = encoding.axes(.reduction).sorted { encoding.own[$0]! < encoding.own[$1]! }
    let others = encoding.axes(.batch) + encoding.axes(.column).filter { $0 != axis }
    let width = PortableInstruction.laneLimit
    if let columns = encoding.loops[lanes].size, columns < width { return TensorLayout(outer: others + reductions + [axis], inner: []) }
    return TensorLayout(outer: others + [axis] + reductions, inner: [.init(axis: axis, size: width)])
  }
}
