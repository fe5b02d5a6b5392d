import Diagnostics
import MLIR

/// Regions of the host program: branches and loops of the model's control flow.
///
/// What is made inside of a region cannot be used outside. The tensors and index values that are made there for the first time are therefore
/// forgotten at its end, and made again where they are next needed.
extension GraphImporter {
  /// Appends a block with arguments of `types` to a new region and makes IR in it; `body` creates the terminator too.
  func region<Result>(_ types: [Type], _ body: ([Value]) throws(Diagnostic) -> Result) throws(Diagnostic) -> (
    region: Region, result: Result
  ) {
    let region = Region.create()
    let block = region.appendBlock(types, builder.location)
    let outer = builder
    let memory = indices.enterRegion()
    let outerTensors = tensorsOfRegion
    tensorsOfRegion = []
    builder = Builder(context, at: block, location: outer.location)
    defer {
      for tensor in tensorsOfRegion { tensor.value = nil }
      tensorsOfRegion = outerTensors
      indices.leaveRegion(memory)
      builder = outer
    }
    return (region, try body(block.arguments))
  }

  /// As `region`, for IR that is only looked at: `body` returns what it learned, and the region is erased.
  func trial<Result>(_ types: [Type], _ body: ([Value]) throws(Diagnostic) -> Result) throws(Diagnostic) -> Result {
    let (region, result) = try region(types, body)
    builder.create("scf.execute_region", regions: [region]).erase()
    return result
  }

  /// Emits `scf.for` from 0 to `count` with tensors that keep their types, and returns what they are at the end.
  func loop(_ count: IndexExpression, carrying initial: [Tensor], _ body: (IndexExpression, [Tensor]) throws(Diagnostic) -> [Tensor])
    throws(Diagnostic) -> [Tensor]
  {
    let bounds = [builder.index(0), index(count), builder.index(1)]
    let values = initial.map { cast(value($0), $0.shape, $0.elementType) }
    let types = values.map(\.type)
    let made = try region([.index(context)] + types) { (arguments) throws(Diagnostic) in
      let step = indices.opaque(arguments[0], least: 0)
      let carried = zip(initial, arguments.dropFirst()).map { Tensor($0.elementType, $0.shape, value: $1) }
      let results = try body(step, carried)
      builder.create("scf.yield", zip(results, initial).map { cast(value($0), $1.shape, $1.elementType) })
    }
    let operation = builder.create("scf.for", bounds + values, results: types, regions: [made.region])
    return zip(initial, operation.results).map { Tensor($0.elementType, $0.shape, value: $1) }
  }
}
