public import Diagnostics
import LoopNests
public import MLIR

/// A kernel that was emitted into a module, in the LLVM dialect once the module is lowered.
public struct EmittedKernel {
  public var info: KernelInfo
  public var configuration: KernelConfiguration
}

/// Emits the kernel of the executable function `function` into `module`: strategy, configuration, loops and vectors.
public func emitKernel(
  _ function: Operation, unit: VectorUnit, configuration chosen: KernelConfiguration? = nil, into module: Module
) throws(Diagnostic) -> EmittedKernel {
  let source = try KernelSource(function)
  let given = try source.givenConfiguration()
  let configuration = chosen ?? given ?? KernelHeuristic(source.nest, results: source.results, unit: unit).choose()
  let emitter = KernelEmitter(source, configuration, unit: unit, context: module.context, into: module.body)
  try emitter.emit()
  let info = KernelInfo(
    symbol: function.symbolName!, name: function.attribute("flow.name")?.stringValue ?? function.symbolName!,
    bindingCount: source.tensors.count + source.results.count, constantCount: source.scalars.count,
    scratchByteCount: 0, grid: source.grid(configuration), inPlace: source.inPlacePairs(),
    sourceOperators: function.location.sourceNames, flops: source.flops, bytes: source.bytes)
  return EmittedKernel(info: info, configuration: configuration)
}

extension Diagnostic {
  /// A configuration that a user gave and that the kernel cannot have.
  static func unusableConfiguration(_ text: String, _ reason: String) -> Diagnostic {
    Diagnostic(.invalidInput, "the configuration '\(text)' cannot be used: \(reason)")
  }
}

/// Lowers the emitted kernels of `module` to the LLVM dialect.
public func lowerKernels(_ module: Module) throws(Diagnostic) {
  do {
    try KernelLowering.run(on: module)
  } catch {
    throw Diagnostic(.compilerBug, id: "kernelLowering", "a kernel could not be lowered: \(error)")
  }
}

extension KernelSource {
  /// The attribute of an executable by which a user chooses the configuration, as text.
  package static let configurationAttribute = "tessera.configuration"

  /// The configuration that the attribute of the executable says, `nil` without one. Errors: it is none, or does not fit the nest.
  func givenConfiguration() throws(Diagnostic) -> KernelConfiguration? {
    guard let attribute = function.attribute(Self.configurationAttribute) else { return nil }
    let text = attribute.stringValue ?? "\(attribute)"
    guard let given = KernelConfiguration(parsing: text) else {
      throw .unusableConfiguration(text, "it is not of the form 'lane=2 width=16 unroll=1:12,2:2 tile=1:12,2:32 order=2,1'")
    }
    let known = nest.dimensions.indices
    let used = [given.lane, given.transposed].compactMap { $0 } + given.unroll.keys + given.tile.keys
    if let unknown = used.first(where: { !known.contains($0) }) {
      throw .unusableConfiguration(text, "the kernel has dimensions 0 to \(known.count - 1), and no dimension \(unknown)")
    }
    guard given.order.sorted() == nest.sharedDimensions.sorted() else {
      throw .unusableConfiguration(
        text, "the order must have the shared dimensions \(nest.sharedDimensions.map(String.init).joined(separator: ", "))")
    }
    guard given.lane != nil || given.width == 1, given.width.nonzeroBitCount == 1, given.width <= 64 else {
      throw .unusableConfiguration(text, "the width must be a power of two up to 64, and 1 without a lane")
    }
    for (dimension, tile) in given.tile where tile % given.step(dimension) != 0 && tile != nest.dimensions[dimension].size {
      throw .unusableConfiguration(text, "the tile of dimension \(dimension) must be a multiple of \(given.step(dimension))")
    }
    return given
  }

  /// How the number of tiles follows from sizes.
  func grid(_ configuration: KernelConfiguration) -> [GridTerm] {
    configuration.order.map { d in
      let tile = configuration.tile[d, default: 1]
      if let size = nest.dimensions[d].size { return GridTerm(extent: .fixed(size), tile: tile) }
      return GridTerm(extent: extent(d), tile: tile)
    }
  }

  /// The scalar that holds the size of dimension `d`.
  private func extent(_ d: Int) -> GridTerm.Extent {
    func scalar(ofTensor t: Int, in tensors: [Value], _ dims: [Int], axis: Int) -> Int? {
      let before = tensors[..<t].reduce(0) { $0 + $1.type.shape.count { $0 == Type.dynamic } }
      let position = before + tensors[t].type.shape[..<axis].count { $0 == Type.dynamic }
      return position < dims.count ? dims[position] : nil
    }
    for (i, op) in nest.ops.enumerated() {
      let values = op.operation.operands + op.operation.results
      for (value, map) in zip(values, op.maps + op.outputMaps) {
        for (axis, expression) in map.results.enumerated() {
          guard let loop = expression.asDimension, nest.dimensionOfLoop[i][loop] == d else { continue }
          if let t = tensors.firstIndex(of: value), let s = scalar(ofTensor: t, in: tensors, operandDims, axis: axis) { return .scalar(s) }
          if let t = results.firstIndex(of: value), let s = scalar(ofTensor: t, in: results, resultDims, axis: axis) { return .scalar(s) }
          if let empty = value.definingOperation, empty.name == "tensor.empty" {
            let position = value.type.shape[..<axis].count { $0 == Type.dynamic }
            if let s = scalars.firstIndex(of: empty.operand(position)) { return .scalar(s) }
          }
        }
      }
    }
    return .fixed(1 << 16)
  }

  /// Results written element by element exactly where an input is read, and nowhere else read.
  ///
  /// Only for kernels of one result: with several, one could be stored before another has read the input.
  func inPlacePairs() -> [(result: Int, operand: Int)] {
    guard results.count == 1 else { return [] }
    var pairs: [(result: Int, operand: Int)] = []
    let captured = Set(nest.ops.flatMap(\.captures))
    for (r, result) in results.enumerated() {
      guard let p = nest.producer[result] else { continue }
      let written = nest.ops[p].outputMaps[result.number].results.map { $0.asDimension.flatMap { nest.dimensionOfLoop[p][$0] } }
      for (t, tensor) in tensors.enumerated() where tensor.type == result.type && !captured.contains(tensor) {
        let reads = tensor.uses.map { use -> [Int?]? in
          guard let i = nest.ops.firstIndex(where: { $0.operation == use.operation }) else { return nil }
          return nest.ops[i].maps[use.operandNumber].results.map { $0.asDimension.flatMap { nest.dimensionOfLoop[i][$0] } }
        }
        // In a nest with inner loops, a stage may read the input again after another has written the result.
        guard !nest.hasInnerLoops, reads.allSatisfy({ $0 == written }), Set(written.compactMap { $0 }).count == nest.sharedDimensions.count
        else { continue }
        pairs.append((r, t))
      }
    }
    return pairs
  }

  /// Floating-point operations of a call where all sizes are static: multiplications and additions of the bodies.
  var flops: Int {
    var sum = 0
    for (i, op) in nest.ops.enumerated() {
      var points = 1
      for case let d? in nest.dimensionOfLoop[i] {
        guard let size = nest.dimensions[d].size else { return 0 }
        points *= size
      }
      let work = op.body.operations.count {
        ["arith.addf", "arith.mulf", "arith.subf", "arith.divf", "arith.maximumf", "arith.maxnumf"].contains($0.name)
      }
      sum += points * work
    }
    return sum
  }

  /// Bytes of all inputs and results, where their sizes are static.
  var bytes: Int {
    var sum = 0
    for value in tensors + results {
      guard value.type.hasStaticShape else { return 0 }
      sum += value.type.shape.reduce(1, *) * max(1, (value.type.element.bitWidth ?? 64) / 8)
    }
    return sum
  }
}
