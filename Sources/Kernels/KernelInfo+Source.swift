internal import TesseraDialects
internal import TesseraMLIR
package import TesseraModuleFormat

extension KernelInfo {
  /// Creates the facts of the kernel of `source` that do not depend on its code; the target gives the grid and the scratch memory of a workgroup.
  package init(_ source: KernelSource, scratch: ScratchSize = 0, grid: [GridTerm]) {
    let symbol = source.function.symbolName ?? "?"
    let work = source.work
    self.init(
      symbol: symbol, name: source.function.attribute(ExecutableAttribute.readableName)?.stringValue ?? symbol,
      bindingCount: source.tensors.count + source.results.count, resultCount: source.results.count, constantCount: source.scalars.count,
      scratch: scratch, grid: grid, inPlace: source.inPlacePairs(), fillsBorder: source.outputs.contains { $0.border != nil },
      sourceOperators: source.function.location.namesInModules, flops: work.flops, bytes: work.bytes, work: work.growing)
  }
}
