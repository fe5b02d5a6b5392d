import TesseraDiagnostics
import TesseraFlatBuffers
import TesseraGraphs
import TesseraMLIR

/// `TFLite_Detection_PostProcess`: boxes from what a network says of anchors, and of those the best that do not overlap.
///
/// Results are boxes [1, max, 4], classes [1, max], scores [1, max], and how many there are [1].
let lowerDetectionPostProcess: Lowering = { node throws(Diagnostic) in
  let options = try node.customOptions(), graph = node.graph
  let encoded = try node.realInput(0), given = try node.realInput(1), anchors = try node.realInput(2)
  guard encoded.rank == 3, given.rank == 3, anchors.rank == 2 else { throw .unsupportedForm(node, "takes operands of other ranks") }
  let count = anchors.shape[0]
  try node.requireShape(encoded, [.one, count, IndexExpression(4)])
  let classes = try node.integer("num_classes", in: options, 1...Windows.limit)
  let limit = try node.integer("max_detections", in: options, 1...Windows.limit)
  guard try node.integer("use_regular_nms", in: options, 0...1, default: 0) == 0 else {
    throw .unsupportedForm(node, "chooses boxes of each class apart (use_regular_nms)")
  }
  guard try node.integer("max_classes_per_detection", in: options, 1...Windows.limit, default: 1) == 1 else {
    throw .unsupportedForm(node, "gives several classes for a box (max_classes_per_detection)")
  }
  let scales = try ["y_scale", "x_scale", "h_scale", "w_scale"].map { (name) throws(Diagnostic) in try node.number(name, in: options) }
  let least = try node.number("nms_score_threshold", in: options), overlap = try node.number("nms_iou_threshold", in: options)
  guard given.shape[0] == .one, graph.unify(given.shape[1], count, "the numbers of scores and anchors") != nil,
    let width = given.shape[2].known, width >= classes, width - classes <= 1
  else { throw .shapesDisagree(node, given, anchors, "expected scores of \(classes) classes for each anchor") }

  let codes = graph.value(encoded), frames = graph.value(anchors)
  // Corners: centre and size are relative to the anchor, which is a centre and a size too.
  let boxes = graph.generate([count, IndexExpression(4)], .f32) { b, position in
    let s = Scalars(b, .f32)
    func code(_ i: Int) -> Value { s.divide(b.element(codes, [b.index(0), position[0], b.index(i)]), s.constant(scales[i])) }
    func anchor(_ i: Int) -> Value { b.element(frames, [position[0], b.index(i)]) }
    func corner(_ axis: Int, _ sign: Double) -> Value {
      let centre = s.add(s.multiply(code(axis), anchor(axis + 2)), anchor(axis))
      let half = s.multiply(s.constant(0.5 * sign), s.multiply(s.call("math.exp", code(axis + 2)), anchor(axis + 2)))
      return s.add(centre, half)
    }
    let corners = [corner(0, -1), corner(1, -1), corner(0, 1), corner(1, 1)]
    return (1..<4).reduce(corners[0]) { b.select(b.compare(.equal, position[1], b.index($1)), corners[$1], $0) }
  }
  // The background is the first class where there is one more.
  let shape = [count, IndexExpression(classes)]
  let scores = node.slice(
    graph.reshape(given, to: [count, IndexExpression(width)]), [.zero, IndexExpression(width - classes)], [1, 1], shape)
  let peak = graph.reduceAxes(scores, [1], .f32, initial: -.infinity) { $0.maximum($1, $2) }
  let kinds = graph.value(graph.extremeIndex(scores, 1, maximum: true))
  let candidates = graph.map([Operand(graph.reshape(peak, to: [.one, count]), [0, 1])], shape: [.one, count], .f32) { b, e in
    let s = Scalars(b, .f32)
    return s.select(s.compare(.greaterOrEqual, e[0], s.constant(least)), e[0], s.constant(-.infinity))
  }
  let selection = BoxSelection(
    node, boxes, rounds: IndexExpression(limit), overlapLimit: .known(overlap), excludesLimit: false)
  let chosen = try selection.choose(candidates), places = graph.value(chosen)
  let corners = graph.value(boxes), best = graph.value(peak)
  /// A result that is read where a box was chosen, and 0 elsewhere.
  func result(_ shape: [IndexExpression], _ read: @escaping (Builder, Value, [Value]) -> Value) -> GraphTensor {
    graph.generate(shape, .f32) { b, position in
      let place = b.element(places, [b.index(0), position[1]])
      return b.conditional(b.compare(.greaterOrEqual, place, b.constant64(0)), type: .f32(b.context)) {
        read($0, $0.asIndex(place), position)
      } else: {
        Scalars($0, .f32).constant(0)
      }
    }
  }
  let list = [IndexExpression.one, IndexExpression(limit)]
  let total = graph.reduceAxes(chosen, [1], .f32, initial: 0, combine: { $0.add($1, $2) }) { s, number in
    s.select(s.compare(.greaterOrEqual, number, s.constant(0)), s.constant(1), s.constant(0))
  }
  return [
    result(list + [IndexExpression(4)]) { b, place, position in b.element(corners, [place, position[2]]) },
    result(list) { b, place, _ in Scalars(b, .f32).convert(b.element(kinds, [place]), from: .i64) },
    result(list) { b, place, _ in b.element(best, [place]) }, total,
  ]
}
