package import TesseraDiagnostics
internal import TesseraDialects
public import TesseraKernels
internal import TesseraLoopNests
package import TesseraMLIR
internal import TesseraModuleFormat

/// A kernel that was emitted into a module.
public struct EmittedKernel {
  public var info: KernelInfo
  /// How it was configured, as text that can be given back.
  public var configuration: String
}

/// Emits the kernel of the executable function `function` into `module`: strategy, configuration, loops and vectors.
///
/// `choose` says how nests are configured where the executable does not; without it, the heuristic for vectors does.
package func emitKernel(
  _ function: Operation, unit: VectorUnit, form: MachineForm, into module: Module, choose: ((KernelSource) -> [KernelConfiguration])? = nil
) throws(Diagnostic) -> EmittedKernel {
  let source = try KernelSource(function), choose = choose ?? { $0.chooseConfigurations(unit: unit) }
  let given = try source.givenConfigurations()
  let configurations = given ?? choose(source)
  if source.worksOnRows, configurations != choose(source) {
    throw .unusableConfiguration(KernelConfiguration.text(configurations), "what works on rows as wholes has one configuration only")
  }
  let keepsRecord = try KernelEmitter(source: source, configurations: configurations, unit: unit, form: form).emit(into: module)
  var scratch = try source.scratch(configurations[0])
  if keepsRecord { scratch.byteCount += KernelFailure.recordByteCount }
  let info = KernelInfo(source, scratch: scratch, grid: source.grid(configurations[0]))
  return EmittedKernel(info: info, configuration: KernelConfiguration.text(configurations))
}

extension Diagnostic {
  /// A configuration that a user gave and that the kernel cannot have.
  static func unusableConfiguration(_ text: String, _ reason: String) -> Diagnostic {
    Diagnostic(.invalidInput, "the configuration '\(text)' cannot be used: \(reason)")
  }
}

extension KernelSource {
  /// The configurations that the attribute of the executable says, one for each nest, separated by ';'; `nil` without the attribute.
  /// Errors: they are none, or do not fit the nests.
  func givenConfigurations() throws(Diagnostic) -> [KernelConfiguration]? {
    guard let attribute = function.attribute(ExecutableAttribute.configuration) else { return nil }
    let text = attribute.stringValue ?? "\(attribute)"
    let texts = text.split(separator: ";")
    guard texts.count == parts.count else {
      throw .unusableConfiguration(text, "the kernel has \(parts.count) nests, and needs that many configurations, separated by ';'")
    }
    var list: [KernelConfiguration] = []
    for (part, text) in zip(parts, texts) { list.append(try givenConfiguration(String(text), part)) }
    for (o, numbers) in sequence.outer.enumerated() where parts.count > 1 {
      let tiles = Set(zip(list, numbers).map { $0.tile[$1, default: 1] })
      guard tiles.count == 1 else {
        throw .unusableConfiguration(text, "the outer dimension \(o) must have the same tile in all nests, as dimensions \(numbers)")
      }
    }
    return list
  }

  /// The configuration that `text` says for one nest.
  private func givenConfiguration(_ text: String, _ nest: LoopNest) throws(Diagnostic) -> KernelConfiguration {
    guard let given = KernelConfiguration(parsing: text) else {
      throw .unusableConfiguration(text, "it is not of the form 'lane=2 width=16 unroll=1:12,2:2 tile=1:12,2:32 order=2,1'")
    }
    let known = nest.dimensions.indices
    let used = [given.lane, given.transposed, given.unpack].compactMap { $0 } + given.unroll.keys + given.tile.keys
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
    guard given.prefetch != .nextPanel || parts.count == 1 && given.canFetchPanels(nest) else {
      throw .unusableConfiguration(text, "no known number of tiles shares panels of a packed operand, which 'prefetch=panel' needs")
    }
    guard given.unpack == nil || parts.count == 1 && given.unpackedOperand(nest) != nil else {
      throw .unusableConfiguration(text, "no contraction has an operand to unpack for all of the innermost dimension, which 'unpack' needs")
    }
    for (dimension, tile) in given.tile where tile % given.step(dimension) != 0 && tile != nest.dimensions[dimension].size {
      // The tiles of outer dimensions are common to all nests; each passes them in its own steps.
      if parts.count > 1, sequence.outer.contains(where: { numbers in zip(parts.indices, numbers).contains { $1 == dimension } }) {
        continue
      }
      throw .unusableConfiguration(text, "the tile of dimension \(dimension) must be a multiple of \(given.step(dimension))")
    }
    return given
  }

  /// The tile of each outer dimension, by the configuration of the first nest.
  func outerTile(_ configuration: KernelConfiguration) -> [Int] { sequence.outer.map { configuration.tile[$0[0], default: 1] } }

  /// How the number of tiles follows from sizes.
  func grid(_ configuration: KernelConfiguration) -> [GridTerm] {
    if ScatterOp(parts[0].ops[0].operation) != nil { return scatterGrid }
    let siblings = sequence.siblings.isEmpty ? [] : [GridTerm(extent: .fixed(1 + sequence.siblings.count), tile: 1)]
    return siblings
      + sequence.outer.map { numbers in
        let d = numbers[0], tile = configuration.tile[d, default: 1]
        if let size = parts[0].dimensions[d].size { return GridTerm(extent: .fixed(size), tile: tile) }
        // Where no scalar says it, workgroups that have nothing to do are the price.
        return GridTerm(extent: scalar(ofDimension: d, part: 0).map(GridTerm.Extent.scalar) ?? .fixed(UnknownSize.gridExtent), tile: tile)
      }
  }

  /// The grid of a scatter: batches, blocks of columns, and pieces of the rows, each of which looks at all updates.
  private var scatterGrid: [GridTerm] {
    func extent(_ loop: Int) -> GridTerm.Extent {
      guard let d = parts[0].dimensionOfLoop[0][loop] else { return .fixed(1) }
      if let size = parts[0].dimensions[d].size { return .fixed(size) }
      return scalar(ofDimension: d, part: 0).map(GridTerm.Extent.scalar) ?? .fixed(UnknownSize.gridExtent)
    }
    return [
      GridTerm(extent: extent(0), tile: 1), GridTerm(extent: extent(3), tile: ScatterOp.columnBlock),
      GridTerm(extent: .fixed(RowScatterer.pieces), tile: 1),
    ]
  }

  /// The scratch memory that a workgroup needs. Errors: a size that no scalar of the kernel is.
  func scratch(_ configuration: KernelConfiguration) throws(Diagnostic) -> ScratchSize {
    let tile = outerTile(configuration)
    var size = ScratchSize(byteCount: configuration.unpackedOperand(parts[0])?.byteCount(configuration) ?? 0)
    for value in sequence.carried {
      let (byteCount, dimension) = SequenceScratch.byteCount(of: value, sequence, tile: tile)
      size.byteCount += SequenceScratch.spare
      guard let dimension else {
        size.byteCount += byteCount
        continue
      }
      guard let number = scalar(ofDimension: dimension, part: value.writer) else {
        throw .malformedExecutable(function.symbolName ?? "?", "no scalar says how large a value is that one nest hands on to another")
      }
      size.terms.append(.init(constant: number, byteCount: byteCount))
    }
    return size
  }
}
