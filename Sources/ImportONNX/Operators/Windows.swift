import Diagnostics
import MLIR

/// The geometry of a convolution or pooling: for each spatial dimension, window, stride, dilation, padding and output size.
struct Windows {
  let kernel: [IndexExpression]
  /// The sizes of windows that an attribute tells, as those of pools; 0 where only the run knows it.
  var taps: [Int] { kernel.map { $0.known ?? 0 } }
  let strides: [Int]
  let dilations: [Int]
  /// Padding before each dimension.
  let begins: [IndexExpression]
  /// The size of the padded input: at least what the windows read.
  let padded: [IndexExpression]
  let outputs: [IndexExpression]

  /// Windows, strides and dilations larger than this are an attack: products of them must fit into 64 bits.
  static let limit = 1 << 20

  /// Reads the attributes of `node` for an input with the spatial sizes `sizes`.
  init(_ node: Node, _ sizes: [IndexExpression], kernel: [IndexExpression], ceiling: Bool = false) throws(Diagnostic) {
    let count = sizes.count
    let indices = node.indices
    guard kernel.count == count, kernel.allSatisfy({ (1...Self.limit).contains($0.known ?? 1) }) else {
      throw .invalidAttribute(node, "kernel_shape", "\(kernel.map { $0.known ?? 0 })", expected: "\(count) sizes of at least 1")
    }
    strides = try node.integers("strides", count: count, default: 1, in: 1...Self.limit)
    dilations = try node.integers("dilations", count: count, default: 1, in: 1...Self.limit)
    let pads = try node.integers("pads", count: 2 * count, default: 0, in: 0...Self.limit)
    let mode = node.string("auto_pad", default: "NOTSET")
    var begins: [IndexExpression] = [], padded: [IndexExpression] = [], outputs: [IndexExpression] = []
    for axis in 0..<count {
      let size = sizes[axis], stride = strides[axis]
      let extent = (kernel[axis] - 1) * dilations[axis] + 1
      if kernel[axis].known == nil { node.importer.requireElements(kernel[axis], "the window of spatial dimension \(axis)") }
      switch mode {
      case "SAME_UPPER", "SAME_LOWER":
        let output = indices.ceilDivide(size, by: stride)
        let total = indices.maximum(.zero, (output - 1) * stride + extent - size)
        let half = mode == "SAME_UPPER" ? indices.floorDivide(total, IndexExpression(2)) : indices.ceilDivide(total, by: 2)
        begins.append(half)
        padded.append(size + total)
        outputs.append(output)
      case "NOTSET", "VALID", "":
        let begin = mode == "VALID" ? 0 : pads[axis], end = mode == "VALID" ? 0 : pads[axis + count]
        let room = size + (begin + end) - extent
        var output = indices.floorDivide(room, IndexExpression(stride)) + 1
        if ceiling {
          // A last window that would start in the end padding is left out.
          let ceiled = indices.ceilDivide(room, by: stride) + 1
          let startsInside = indices.less((ceiled - 1) * stride, size + begin)
          output = indices.select(startsInside, ceiled, ceiled - 1)
        }
        begins.append(IndexExpression(begin))
        padded.append(ceiling ? indices.maximum(size + (begin + end), (output - 1) * stride + extent) : size + (begin + end))
        outputs.append(output)
      default: throw .invalidAttribute(node, "auto_pad", "'\(mode)'", expected: "NOTSET, SAME_UPPER, SAME_LOWER or VALID")
      }
      if let known = outputs[axis].known {
        guard known >= 1 else {
          throw .windowTooLarge(node, axis: axis, size: size.known.map(String.init) ?? "?", window: extent.known.map(String.init) ?? "?")
        }
      } else if !mode.hasPrefix("SAME") {
        let importer = node.importer
        importer.requireHere(
          importer.compare(.greaterOrEqual, importer.index(padded[axis]), importer.index(extent)),
          "the padded size of spatial dimension \(axis) must hold its window")
      } else {
        node.importer.requireElements(size, "spatial dimension \(axis) of its input")
      }
    }
    (self.kernel, self.begins, self.padded, self.outputs) = (kernel, begins, padded, outputs)
  }
}

extension Diagnostic {
  static func windowTooLarge(_ node: Node, axis: Int, size: String, window: String) -> Diagnostic {
    node.diagnostic(.invalidInput, "has a window of \(window) in spatial dimension \(axis), which does not fit into the size \(size)")
  }
}

extension Diagnostic {
  static func windowInPadding(_ node: Node, axis: Int, window: Int) -> Diagnostic {
    node.diagnostic(.invalidInput, "has a window of \(window) in spatial dimension \(axis) that lies in the padding as a whole")
  }
}

extension GraphImporter {
  /// `x` copied into `shape` at `begins`, with `filler` around it.
  func pad(_ x: Tensor, begins: [IndexExpression], shape: [IndexExpression], filler: (Builder) -> Value) -> Tensor {
    let moved = x.shape.indices.filter { begins[$0] != .zero || shape[$0] != x.shape[$0] }
    if moved.isEmpty { return x }
    let source = value(x)
    let starts = begins.map(index), sizes = x.shape.map(index)
    return generate(shape, x.elementType) { inner, position in
      inner.padded(at: position, type: source.type.element) {
        begins[$0] == .zero ? nil : starts[$0]
      } size: {
        moved.contains($0) ? sizes[$0] : nil
      } inside: {
        $0.element(source, $1)
      } border: {
        filler($0)
      }
    }
  }
}
