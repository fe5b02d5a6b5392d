import Diagnostics
import MLIR

extension Node {
  /// What `body` gives for the axis that integer input `i` holds. Where only the run knows it, that is a choice on the host among all axes.
  func alongAxis(input i: Int, rank: Int, _ body: (Int) throws(Diagnostic) -> Tensor) throws(Diagnostic) -> Tensor {
    let elements = try hostInput(i)
    guard elements.count == 1 else { throw .notAShape(self, try input(i)) }
    if let known = elements[0].known { return try body(axis(known, rank: rank)) }
    let builder = importer.builder
    let given = importer.index(elements[0]), zero = builder.index(0)
    let place = builder.select(builder.compare(.less, given, zero), builder.plus(given, builder.index(rank)), given)
    let isAxis = builder.and(builder.compare(.greaterOrEqual, place, zero), builder.compare(.less, place, builder.index(rank)))
    importer.require(isAxis, "'\(label)' has an axis that its tensor of rank \(rank) lacks")

    let visible = indices.atomCount
    var form: CarriedForm?
    for axis in 0..<rank {
      let sample = try importer.trial([]) { (_) throws(Diagnostic) in try body(axis) }
      form = try form?.joined(with: sample, self) ?? CarriedForm(sample)
    }
    guard var form else { throw .notAShape(self, try input(i)) }
    form.shape = form.shape.map { size in size.flatMap { indices.isMade($0, ofFirst: visible) ? $0 : nil } }
    form.isHost = false
    return CarriedForm.tensors([form], try choose(0, rank, place, form, body), importer)[0]
  }

  /// Emits the choice among the axes from `axis` on by the index value `place`.
  private func choose(
    _ axis: Int, _ rank: Int, _ place: Value, _ form: CarriedForm, _ body: (Int) throws(Diagnostic) -> Tensor
  ) throws(Diagnostic) -> [Value] {
    if axis == rank - 1 { return form.values(of: try body(axis), importer) }
    let isHere = importer.builder.compare(.equal, place, importer.builder.index(axis))
    let here = try importer.region([]) { (_) throws(Diagnostic) in
      importer.builder.create("scf.yield", form.values(of: try body(axis), importer))
    }
    let elsewhere = try importer.region([]) { (_) throws(Diagnostic) in
      importer.builder.create("scf.yield", try choose(axis + 1, rank, place, form, body))
    }
    return importer.builder.create(
      "scf.if", [isHere], results: form.types(importer.context), regions: [here.region, elsewhere.region]
    ).results
  }
}
