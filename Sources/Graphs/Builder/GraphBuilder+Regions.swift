import TesseraDiagnostics
import TesseraMLIR

/// Regions of the host program: branches and loops of the model's control flow.
///
/// What is made inside of a region cannot be used outside. The tensors and index values that are made there for the first time are therefore
/// forgotten at its end, and made again where they are next needed.
///
/// A region can be left and gone on with later, so that what depends on several regions, as the types of a branch do, needs each of them once.
package struct OpenRegion {
  package let region: Region
  fileprivate let block: Block
  fileprivate let tensors: [(tensor: GraphTensor, value: Value?)]
  fileprivate let indices: IndexTable.RegionValues

  /// Gives the region one more argument, which becomes that of number `position`; the last one if `nil`.
  package func addArgument(_ type: Type, at position: Int? = nil, _ location: Location) -> Value {
    block.addArgument(type, at: position, location)
  }
}

extension GraphBuilder {
  /// Appends a block with arguments of `types` to a new region and makes IR in it; `body` creates the terminator too.
  package func region<Result>(_ types: [Type], _ body: ([Value]) throws(Diagnostic) -> Result) throws(Diagnostic) -> (
    region: Region, result: Result
  ) {
    let (open, result) = try openRegion(types, body)
    return (open.region, result)
  }

  /// As `region`, for a region that is gone on with later.
  package func openRegion<Result>(_ types: [Type], _ body: ([Value]) throws(Diagnostic) -> Result) throws(Diagnostic) -> (
    region: OpenRegion, result: Result
  ) {
    let region = Region.create()
    let block = region.appendBlock(types, builder.location)
    return try inside(region, block) { () throws(Diagnostic) in try body(block.arguments) }
  }

  /// Goes on with a region that was left, for example with its terminator.
  package func resume(_ open: OpenRegion, _ body: () throws(Diagnostic) -> Void) throws(Diagnostic) {
    _ = try inside(open.region, open.block) { () throws(Diagnostic) in
      restore(open)
      try body()
    }
  }

  /// Makes IR at the end of `block`, and forgets at the end of `body` what is of use in there only.
  private func inside<Result>(_ region: Region, _ block: Block, _ body: () throws(Diagnostic) -> Result) throws(Diagnostic) -> (
    region: OpenRegion, result: Result
  ) {
    let outer = builder, outerTensors = tensorsOfRegion
    let log = indices.enterRegion()
    tensorsOfRegion = []
    builder = Builder(context, at: block, location: outer.location)
    func leave() -> OpenRegion {
      let tensors = tensorsOfRegion.map { (tensor: $0, value: $0.value) }
      for tensor in tensorsOfRegion { tensor.value = nil }
      tensorsOfRegion = outerTensors
      builder = outer
      return OpenRegion(region: region, block: block, tensors: tensors, indices: indices.leaveRegion(log))
    }
    let result: Result
    do throws(Diagnostic) { result = try body() } catch {
      _ = leave()
      throw error
    }
    return (leave(), result)
  }

  /// Makes the values of a region that was left usable here.
  private func restore(_ open: OpenRegion) {
    indices.restore(open.indices)
    for (tensor, value) in open.tensors {
      tensor.value = value
      if isInRegion { tensorsOfRegion.append(tensor) }
    }
  }

  /// Moves the operations of a region without arguments and terminator to this place, as if they had been made here.
  package func adopt(_ open: OpenRegion) {
    let end = builder.create("arith.constant", results: [.index(context)], attributes: [("value", .integer(0, .index(context)))])
    for operation in open.block.operations { operation.move(before: end) }
    end.erase()
    restore(open)
    erase(open)
  }

  /// Erases a region that turned out to be of no use.
  package func erase(_ open: OpenRegion) { builder.create("scf.execute_region", regions: [open.region]).erase() }

  /// As `region`, for IR that is only looked at: `body` returns what it learned, and the region is erased.
  package func trial<Result>(_ types: [Type], _ body: ([Value]) throws(Diagnostic) -> Result) throws(Diagnostic) -> Result {
    let (open, result) = try openRegion(types, body)
    erase(open)
    return result
  }

  /// Emits `scf.for` from 0 to `count` with tensors that keep their types, and returns what they are at the end.
  package func loop(
    _ count: IndexExpression, carrying initial: [GraphTensor], _ body: (IndexExpression, [GraphTensor]) throws(Diagnostic) -> [GraphTensor]
  )
    throws(Diagnostic) -> [GraphTensor]
  {
    let bounds = [builder.index(0), index(count), builder.index(1)]
    let values = initial.map { cast(value($0), $0.shape, $0.elementType) }
    let types = values.map(\.type)
    let made = try region([.index(context)] + types) { (arguments) throws(Diagnostic) in
      let step = indices.opaque(arguments[0], least: 0)
      let carried = zip(initial, arguments.dropFirst()).map { GraphTensor($0.elementType, $0.shape, value: $1) }
      let results = try body(step, carried)
      builder.create("scf.yield", zip(results, initial).map { cast(value($0), $1.shape, $1.elementType) })
    }
    let operation = builder.create("scf.for", bounds + values, results: types, regions: [made.region])
    return zip(initial, operation.results).map { GraphTensor($0.elementType, $0.shape, value: $1) }
  }
}
