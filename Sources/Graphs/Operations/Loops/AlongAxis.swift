import TesseraDiagnostics
import TesseraMLIR

extension Site {
  /// What `body` gives for the axis that `element` is. Where only the run knows it, that is a choice on the host among `candidates`, which are all
  /// axes if they are not given.
  package func alongAxis(
    _ element: IndexExpression, rank: Int, among candidates: [Int]? = nil, _ body: (Int) throws(Diagnostic) -> GraphTensor
  ) throws(Diagnostic) -> GraphTensor {
    if let known = element.known { return try body(axis(known, rank: rank)) }
    let axes = candidates ?? Array(0..<rank)
    let visible = indices.atomCount
    var form: CarriedForm?
    for axis in axes {
      let sample = try graph.trial([]) { (_) throws(Diagnostic) in try body(axis) }
      form = try form?.joined(with: sample, self) ?? CarriedForm(sample)
    }
    guard var form else { throw .unsupportedForm(self, "has no axis to choose") }
    form.shape = form.shape.map { size in size.flatMap { indices.isMade($0, ofFirst: visible) ? $0 : nil } }
    form.isHost = false

    let builder = graph.builder, given = graph.index(element)
    let place = builder.select(builder.compare(.less, given, builder.index(0)), builder.plus(given, builder.index(rank)), given)
    let isAxis = axes.reduce(builder.constant(.bool(false, context))) {
      builder.binary("arith.ori", $0, builder.compare(.equal, place, builder.index($1)))
    }
    graph.require(isAxis, "'\(label)' has an axis that is none of \(axes)")
    return CarriedForm.tensors([form], try choose(axes[...], place, form, body), graph)[0]
  }

  /// Emits the choice among `axes` by the index value `place`.
  private func choose(
    _ axes: ArraySlice<Int>, _ place: Value, _ form: CarriedForm, _ body: (Int) throws(Diagnostic) -> GraphTensor
  ) throws(Diagnostic) -> [Value] {
    guard let axis = axes.first else { return [] }
    if axes.count == 1 { return form.values(of: try body(axis), graph) }
    let isHere = graph.builder.compare(.equal, place, graph.builder.index(axis))
    let here = try graph.region([]) { (_) throws(Diagnostic) in
      graph.builder.create("scf.yield", form.values(of: try body(axis), graph))
    }
    let elsewhere = try graph.region([]) { (_) throws(Diagnostic) in
      graph.builder.create("scf.yield", try choose(axes.dropFirst(), place, form, body))
    }
    return graph.builder.create(
      "scf.if", [isHere], results: form.types(graph.context), regions: [here.region, elsewhere.region]
    ).results
  }
}
