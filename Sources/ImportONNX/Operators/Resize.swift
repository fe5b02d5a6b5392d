import Diagnostics
import MLIR

/// `Resize` (nearest, linear) and the old `Upsample`.
let lowerResize: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphWalker.rankLimit)
  let mode = node.string("mode", default: "nearest")
  guard mode == "nearest" || mode == "linear" else { throw .unsupportedAttribute(node, "mode", "'\(mode)'", supported: "nearest, linear") }
  let plan = try ResizePlan(node, x)
  if plan.axes.isEmpty { return [x] }
  return [mode == "nearest" ? node.resizeToNearest(x, plan) : node.resizeLinearly(x, plan)]
}

/// How a `Resize` maps positions of the result to positions of the input.
private struct ResizePlan {
  /// One resized dimension.
  struct Axis {
    let number: Int
    /// Output size / input size, as a constant; `nil` if it is computed when the model runs.
    let scale: Double?
  }

  /// The dimensions that change.
  var axes: [Axis] = []
  var shape: [IndexExpression]
  let coordinates: String
  let rounding: String

  init(_ node: Node, _ x: Tensor) throws(Diagnostic) {
    let isUpsample = node.proto.operation == "Upsample"
    coordinates = isUpsample ? "asymmetric" : node.string("coordinate_transformation_mode", default: "half_pixel")
    rounding = isUpsample ? "floor" : node.string("nearest_mode", default: "round_prefer_floor")
    let known = ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel", "half_pixel_symmetric"]
    guard known.contains(coordinates) else {
      throw .unsupportedAttribute(node, "coordinate_transformation_mode", "'\(coordinates)'", supported: known.joined(separator: ", "))
    }
    guard ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"].contains(rounding) else {
      throw .invalidAttribute(node, "nearest_mode", "'\(rounding)'", expected: "round_prefer_floor, round_prefer_ceil, floor or ceil")
    }
    if node.flag("antialias") { throw .unsupportedAttribute(node, "antialias", "1", supported: "0") }
    let policy = node.string("keep_aspect_ratio_policy", default: "stretch")
    guard policy == "stretch" else { throw .unsupportedAttribute(node, "keep_aspect_ratio_policy", "'\(policy)'", supported: "stretch") }
    let numbers = try node.axes(node.integers("axes") ?? Array(0..<x.rank), rank: x.rank)
    shape = x.shape

    let scalesAt = isUpsample ? 1 : 2
    let scaleTensor = node.optionalInput(scalesAt)
    if let scaleTensor, scaleTensor.knownCount != 0 {
      try readScales(node.knownNumbers(scalesAt), node, x, numbers)
    } else if isUpsample, let scales = node.floats("scales") {
      try readScales(scales.map(Double.init), node, x, numbers)
    } else {
      let sizes = try node.hostInput(3)
      guard sizes.count == numbers.count else {
        throw .invalidAttribute(node, "sizes", "a list of \(sizes.count)", expected: "a list of \(numbers.count)")
      }
      for (number, size) in zip(numbers, sizes) where size != shape[number] {
        let scale = size.known.flatMap { output in x.shape[number].known.map { Double(output) / Double(max($0, 1)) } }
        axes.append(Axis(number: number, scale: scale))
        shape[number] = size
      }
    }
  }

  private mutating func readScales(_ scales: [Double], _ node: Node, _ x: Tensor, _ numbers: [Int]) throws(Diagnostic) {
    guard scales.count == numbers.count, scales.allSatisfy({ $0 > 0 && $0 < 1e9 }) else {
      throw .invalidAttribute(node, "scales", "\(scales)", expected: "\(numbers.count) positive numbers")
    }
    for (number, scale) in zip(numbers, scales) where scale != 1 {
      axes.append(Axis(number: number, scale: scale))
      let size = x.shape[number]
      if let known = size.known {
        shape[number] = IndexExpression(Int((Double(known) * scale).rounded(.down)))
      } else if scale == scale.rounded() {
        shape[number] = size * Int(scale)
      } else if (1 / scale) == (1 / scale).rounded() {
        shape[number] = node.indices.floorDivide(size, IndexExpression(Int(1 / scale)))
      } else {
        throw .unsupportedForm(node, "scales a dynamic size by \(scale)")
      }
    }
  }
}

extension Node {
  /// The position in the input, as an f32, of an output index along `axis`.
  private func coordinate(_ s: Scalars, _ index: Value, _ axis: ResizePlan.Axis, _ plan: ResizePlan, sizes: (input: Value, output: Value))
    -> Value
  {
    func float(_ index: Value) -> Value { s.convert(s.builder.value("arith.index_cast", [index], type: .i64(context)), from: .i64) }
    let x = float(index)
    let half = s.constant(0.5), one = s.constant(1)
    let scale = axis.scale.map { s.constant($0) } ?? s.divide(float(sizes.output), float(sizes.input))
    let centred = s.subtract(s.divide(s.add(x, half), scale), half)
    switch plan.coordinates {
    case "asymmetric": return s.divide(x, scale)
    case "align_corners":
      let steps = s.subtract(float(sizes.output), one)
      let position = s.divide(s.multiply(x, s.subtract(float(sizes.input), one)), s.maximum(steps, one))
      return s.select(s.compare(.greater, steps, s.constant(0)), position, s.constant(0))
    case "pytorch_half_pixel": return s.select(s.compare(.greater, float(sizes.output), one), centred, s.constant(0))
    case "half_pixel_symmetric":
      let adjustment = s.divide(float(sizes.output), s.multiply(scale, float(sizes.input)))
      let centre = s.divide(float(sizes.input), s.constant(2))
      return s.add(s.multiply(centre, s.subtract(one, adjustment)), centred)
    default: return centred
    }
  }

  private func sizeValues(_ x: Tensor, _ plan: ResizePlan) -> [Int: (input: Value, output: Value)] {
    Dictionary(
      plan.axes.map { ($0.number, (importer.index(x.shape[$0.number]), importer.index(plan.shape[$0.number]))) },
      uniquingKeysWith: { a, _ in a })
  }

  /// A float position as an index within 0 ..< size.
  private func clamp(_ s: Scalars, _ position: Value, size: Value) -> Value {
    let integer = s.builder.value("arith.fptosi", [position], type: .i64(context))
    let index = s.builder.value("arith.index_cast", [integer], type: .index(context))
    let last = s.builder.binary("arith.subi", size, s.builder.index(1))
    return s.builder.binary("arith.minsi", s.builder.binary("arith.maxsi", index, s.builder.index(0)), last)
  }

  fileprivate func resizeToNearest(_ x: Tensor, _ plan: ResizePlan) -> Tensor {
    let sizes = sizeValues(x, plan)
    return move(x, to: plan.shape) { builder, position in
      var read = position
      let s = Scalars(builder, .f32)
      for axis in plan.axes {
        guard let size = sizes[axis.number] else { continue }
        if let scale = axis.scale, scale > 1, scale == scale.rounded(), plan.coordinates == "asymmetric", plan.rounding == "floor" {
          read[axis.number] = builder.binary("arith.divui", position[axis.number], builder.index(Int(scale)))
          continue
        }
        let exact = coordinate(s, position[axis.number], axis, plan, sizes: size)
        let rounded: Value
        switch plan.rounding {
        case "floor": rounded = s.call("math.floor", exact)
        case "ceil": rounded = s.call("math.ceil", exact)
        case "round_prefer_ceil": rounded = s.call("math.floor", s.add(exact, s.constant(0.5)))
        default: rounded = s.call("math.ceil", s.subtract(exact, s.constant(0.5)))
        }
        read[axis.number] = clamp(s, rounded, size: size.input)
      }
      return read
    }
  }

  fileprivate func resizeLinearly(_ x: Tensor, _ plan: ResizePlan) -> Tensor {
    let sizes = sizeValues(x, plan)
    let source = importer.value(x)
    return importer.generate(plan.shape, x.elementType) { builder, position in
      let s = Scalars(builder, .f32)
      var low: [Int: Value] = [:], high: [Int: Value] = [:], weight: [Int: Value] = [:]
      for axis in plan.axes {
        guard let size = sizes[axis.number] else { continue }
        let exact = coordinate(s, position[axis.number], axis, plan, sizes: size)
        let floor = s.call("math.floor", exact)
        weight[axis.number] = s.subtract(exact, floor)
        low[axis.number] = clamp(s, floor, size: size.input)
        high[axis.number] = clamp(s, s.add(floor, s.constant(1)), size: size.input)
      }
      /// The value interpolated along the axes from number `i` on.
      func interpolate(_ i: Int, _ read: [Value]) -> Value {
        if i == plan.axes.count {
          let element = builder.value("tensor.extract", [source] + read, type: source.type.element)
          return s.convert(element, from: x.elementType)
        }
        let axis = plan.axes[i].number
        guard let below = low[axis], let above = high[axis], let fraction = weight[axis] else { return interpolate(i + 1, read) }
        var first = read, second = read
        first[axis] = below
        second[axis] = above
        let a = interpolate(i + 1, first), b = interpolate(i + 1, second)
        return s.add(s.multiply(a, s.subtract(s.constant(1), fraction)), s.multiply(b, fraction))
      }
      return Scalars(builder, x.elementType).convert(interpolate(0, position), from: .f32)
    }
  }
}
