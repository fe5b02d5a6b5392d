import TesseraConstants
import TesseraDialects
import TesseraLoopNests
import TesseraMLIR

/// Gives weights of products fewer bits, as the user asked.
///
/// Before: %y = linalg.generic ... ins(%x, %w : tensor<?x64xf32>, tensor<64x100xf32>) outs(%i : tensor<?x100xf32>)     // loops m, n, k
/// After:  %p = linalg.generic ... outs(%e : tensor<?x2x16xf32>)                             // every second element of %x, from the first on
///         %q = linalg.generic ... outs(%f : tensor<?x2x16xf32>)                             // from the second on
///         %y = linalg.generic ... ins(%p, %q, %numbers, %scales : ..., tensor<100x2x16xi8>, tensor<100x2xf32>) ...        // m, n, block, byte
///
/// The numbers are taken out of their bytes where they are multiplied: the weights are never in memory in f32. Neighbours in a vector of bytes meet
/// neighbours of `%p` and `%q`.
///
/// Requires: operations that compute elements of tensors are `linalg.generic`.
/// Ensures: only sums of products of f32 with a constant matrix of finite numbers, of whole blocks, are changed.
struct QuantizeWeights {
  let module: Module
  let constants: ConstantStore
  let format: WeightFormat
  /// The operators, the sizes of their weights and the relative errors of these.
  private(set) var layers: [(name: String, depth: Int, columns: Int, error: Double)] = []
  private var context: Context { module.context }
  /// The globals that are made, by the weights and how they are read: several products may share them.
  private var made: [Key: Made] = [:]

  private struct Key: Hashable {
    var symbol: String
    var depthAxis: Int
  }

  private struct Made {
    var numbers: String
    var scales: String
    var error: Double
  }

  init(_ module: Module, _ constants: ConstantStore, _ format: WeightFormat) {
    (self.module, self.constants, self.format) = (module, constants, format)
  }

  mutating func run() {
    for function in module.hostFunctions {
      for operation in function.descendants {
        guard let product = WeightProduct(operation), product.depth % format.block == 0, product.depth > 0 else { continue }
        rewrite(product)
      }
    }
  }

  private mutating func rewrite(_ product: WeightProduct) {
    guard let weights = quantized(product) else { return }
    let operation = product.op.operation
    let b = Builder(context, before: operation)
    let blocks = product.depth / format.block, width = format.block / format.each
    let parts = (0..<format.each).map { part in taken(part, of: product, blocks, width, b) }
    let numbers = b.loadGlobal(weights.numbers, .tensor([product.columns, blocks, width], .i8(context)))
    let scales = b.loadGlobal(weights.scales, .tensor([product.columns, blocks], .f32(context)))
    // The loop of the sum becomes the last two.
    let old = product.op.loopCount, count = old + 1
    let kept = (0..<old).filter { $0 != product.depthLoop }
    func renumbered(_ loop: Int) -> [Int] { loop == product.depthLoop ? [count - 2, count - 1] : [kept.firstIndex(of: loop)!] }
    func map(_ loops: [Int]) -> AffineMap { .projection(rank: count, loops.flatMap(renumbered), context) }
    let column = renumbered(product.columnLoop)
    let generic = b.generic(
      inputs: parts + [numbers, scales], outputs: product.op.outputs,
      maps: parts.map { _ in map(product.rowLoops) } + [
        .projection(rank: count, column + [count - 2, count - 1], context), .projection(rank: count, column + [count - 2], context),
        map(product.resultLoops),
      ],
      iterators: kept.map { product.op.iterators[$0] } + [.reduction, .reduction]
    ) { inner, e in [sum(e, inner)] }
    layers.append((operation.location.sourceNames.joined(separator: ", "), product.depth, product.columns, weights.error))
    operation.result(0).replaceAllUses(with: generic.result(0))
    operation.erase()
  }

  /// The elements of the rows that stand at place `part` of their bytes, with the dimension of the sum as blocks and bytes.
  private func taken(_ part: Int, of product: WeightProduct, _ blocks: Int, _ width: Int, _ b: Builder) -> Value {
    let rows = product.rows, axis = product.rowLoops.firstIndex(of: product.depthLoop)!
    var shape = rows.type.shape
    shape.replaceSubrange(axis...axis, with: [blocks, width])
    let sizes = rows.type.shape.indices.filter { rows.type.shape[$0] == Type.dynamic }.map { b.dimension(rows, $0) }
    let type = Type.tensor(shape, rows.type.element)
    let generic = b.generic(
      inputs: [], outputs: [b.empty(type, sizes)], maps: [.identity(shape.count, context)], iterators: shape.map { _ in .parallel }
    ) { inner, _ in
      var position = shape.indices.map { inner.position($0) }
      let byte = inner.plus(inner.times(position[axis], inner.index(width)), position[axis + 1])
      let place = inner.plus(inner.times(byte, inner.index(format.each)), inner.index(part))
      position.replaceSubrange(axis...axis + 1, with: [place])
      return [inner.element(rows, position)]
    }
    return generic.result(0)
  }

  /// The body: the products of a byte, added.
  private func sum(_ e: [Value], _ b: Builder) -> Value {
    let middle = b.scalar(Double(format.middle), .f32(context)), scale = e[format.each + 1]
    return (0..<format.each).reduce(e[format.each + 2]) { sum, part in
      let number = b.value("arith.sitofp", [b.packedNumber(part, of: e[format.each], bits: format.bits)], type: .f32(context))
      let weight = b.binary("arith.mulf", b.binary("arith.subf", number, middle), scale)
      return b.binary("arith.addf", sum, b.binary("arith.mulf", e[part], weight))
    }
  }

  // MARK: globals

  /// The globals of the weights of `product`; `nil` where they cannot be quantized.
  private mutating func quantized(_ product: WeightProduct) -> Made? {
    let key = Key(symbol: product.symbol, depthAxis: product.depthAxis)
    if let known = made[key] { return known }
    guard case .known(let bytes)? = constants[product.symbol] else { return nil }
    let (depth, columns) = (product.depth, product.columns), isRow = product.depthAxis == 0
    let weights = bytes.withBytes { raw -> QuantizedWeights? in
      guard raw.count == 4 * depth * columns else { return nil }
      // Files hold them anywhere.
      let floats = (0..<depth * columns).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
      return floats.withUnsafeBufferPointer {
        QuantizedWeights(
          $0, depth: depth, columns: columns, depthStride: isRow ? columns : 1, columnStride: isRow ? 1 : depth, format)
      }
    }
    guard let weights else { return nil }
    let blocks = depth / format.block
    let result = Made(
      numbers: define(
        "\(product.symbol).numbers", weights.bytes, .tensor([columns, blocks, format.block / format.each], .i8(context))),
      scales: define(
        "\(product.symbol).scales", weights.scales.withUnsafeBytes { Array($0) }, .tensor([columns, blocks], .f32(context))),
      error: weights.error)
    made[key] = result
    return result
  }

  /// Makes a global called `name`, or like it where there is one, and returns its name.
  private func define(_ name: String, _ bytes: [UInt8], _ type: Type) -> String {
    var symbol = name, number = 1
    while constants[symbol] != nil {
      symbol = "\(name).\(number)"
      number += 1
    }
    constants.set(symbol, .owned(bytes))
    module.addGlobal(symbol, type)
    return symbol
  }
}
