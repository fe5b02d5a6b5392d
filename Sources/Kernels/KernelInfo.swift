public import TesseraModuleFormat

/// The number of tiles of a kernel along one of its shared dimensions: `ceil(extent / tile)`.
public struct GridTerm: Sendable, Equatable {
  /// The size of the dimension.
  public enum Extent: Sendable, Equatable {
    case fixed(Int)
    /// The value of the kernel's scalar operand of this number.
    case scalar(Int)
  }
  public var extent: Extent
  public var tile: Int
  public init(extent: Extent, tile: Int) {
    self.extent = extent
    self.tile = tile
  }
}

/// The facts of a compiled kernel for scheduling.
public struct KernelInfo: Sendable {
  /// The name of the executable function, which is also the exported symbol.
  public var symbol: String
  /// A readable name, like `matmul_384x512x128_f32`.
  public var name: String
  /// Tensor inputs and results.
  public var bindingCount: Int
  /// The results among them, the last ones.
  public var resultCount: Int
  /// Scalar operands.
  public var constantCount: Int
  /// The scratch memory that a workgroup needs.
  public var scratch: ScratchSize
  /// The upper bound of useful workgroups is the product of these terms.
  public var grid: [GridTerm]
  /// Results that may take over the buffer of a tensor input that dies at the dispatch and has the same byte count.
  public var inPlace: [(result: Int, operand: Int)]
  /// `true` iff a result has a border, which at least one workgroup must fill even if there is nothing to compute.
  public var fillsBorder: Bool
  /// The user's operators in the kernel.
  public var sourceOperators: [String]
  /// Floating-point operations of a call, 0 if they depend on sizes that are not known or are not known at all.
  public var flops: Int
  /// Bytes that a call must move at least, 0 likewise.
  public var bytes: Int
  /// Both as functions of the scalar operands, if they grow with them.
  public var work: DispatchWork

  public init(
    symbol: String, name: String, bindingCount: Int, resultCount: Int, constantCount: Int, scratch: ScratchSize, grid: [GridTerm],
    inPlace: [(result: Int, operand: Int)], fillsBorder: Bool = false, sourceOperators: [String], flops: Int, bytes: Int,
    work: DispatchWork = DispatchWork()
  ) {
    self.symbol = symbol
    self.name = name
    self.bindingCount = bindingCount
    self.resultCount = resultCount
    self.constantCount = constantCount
    self.scratch = scratch
    self.grid = grid
    self.inPlace = inPlace
    self.fillsBorder = fillsBorder
    self.sourceOperators = sourceOperators
    self.flops = flops
    self.bytes = bytes
    self.work = work
  }
}
