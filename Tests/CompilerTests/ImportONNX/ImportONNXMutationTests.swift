import Foundation
import TesseraDiagnostics
import TesseraMLIR
import Testing

@testable import TesseraImportONNX

/// Damaged files: every one gives a model or a diagnostic. A trap would end the test program.
@Suite struct ImportONNXMutationTests {
  /// A model with many kinds of operators and attributes, small enough that most flips hit its structure and not its weights.
  private static let model = TestModel(
    inputs: [("x", ["batch", "4", "8", "8"]), ("w", ["4", "2", "3", "3"])],
    lists: [("sizes", [0, -1]), ("pads", [0, 1, 1, 0]), ("axis", [1]), ("two", [2])],
    nodes: [
      TestNode(
        operation: "Conv", inputs: ["x", "w"], outputs: ["a"], integers: [("group", 2)],
        lists: [("pads", [1, 1, 1, 1]), ("strides", [2, 2])]),
      TestNode(operation: "MaxPool", inputs: ["a"], outputs: ["b"], lists: [("kernel_shape", [2, 2])]),
      TestNode(operation: "Reshape", inputs: ["b", "sizes"], outputs: ["c"]),
      TestNode(operation: "Softmax", inputs: ["c"], outputs: ["d"], integers: [("axis", -1)]),
      TestNode(operation: "Slice", inputs: ["d", "axis", "two", "axis"], outputs: ["e"]),
      TestNode(operation: "Pad", inputs: ["e", "pads"], outputs: ["f"]),
      TestNode(operation: "Transpose", inputs: ["f"], outputs: ["g"], lists: [("perm", [1, 0])]),
      TestNode(operation: "Concat", inputs: ["g", "g"], outputs: ["h"], integers: [("axis", 1)]),
      TestNode(operation: "Shape", inputs: ["h"], outputs: ["s"]),
      TestNode(operation: "ConstantOfShape", inputs: ["s"], outputs: ["i"]),
      TestNode(operation: "ReduceMean", inputs: ["i"], outputs: ["y"], lists: [("axes", [0])]),
    ], outputs: ["y", "h"]
  ).bytes

  private func importsOrDiagnoses(_ bytes: [UInt8], _ context: Context) throws -> Bool {
    try TestModel.withFile(bytes) { path in
      do {
        _ = try importONNX(path: path, context: context)
        return true
      } catch { return false }
    }
  }

  @Test func theModelItselfImports() throws { #expect(try importsOrDiagnoses(Self.model, Context())) }

  @Test func everyCutIsHandled() throws {
    let context = Context()
    for count in 0..<Self.model.count { _ = try importsOrDiagnoses(Array(Self.model.prefix(count)), context) }
  }

  @Test func flipsAreHandled() throws {
    let context = Context()
    var generator = SeededGenerator(state: 7)
    for _ in 0..<4000 {
      var bytes = Self.model
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let at = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[at] = UInt8.random(in: 0...255, using: &generator)
        case 2: bytes.remove(at: at)
        default: bytes.insert([0, 1, 0x7f, 0x80, 0xff].randomElement(using: &generator) ?? 0, at: at)
        }
      }
      _ = try importsOrDiagnoses(bytes, context)
    }
  }

  @Test func flipsInARealModelAreHandled() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../Examples/Digits/digits.onnx")
      .path
    guard let data = FileManager.default.contents(atPath: path) else {
      Issue.record("the digits model is missing")
      return
    }
    let context = Context()
    var generator = SeededGenerator(state: 11)
    for turn in 0..<1500 {
      var bytes = [UInt8](data)
      // The structure stands at both ends; between them are weights.
      let near = Int.random(in: 0..<2500, using: &generator)
      bytes[turn % 2 == 0 ? near % bytes.count : bytes.count - 1 - near % bytes.count] = UInt8.random(in: 0...255, using: &generator)
      if turn % 5 == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator)) }
      _ = try importsOrDiagnoses(bytes, context)
    }
  }
}
