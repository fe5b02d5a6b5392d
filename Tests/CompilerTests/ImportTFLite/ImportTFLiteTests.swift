import TesseraDiagnostics
import TesseraFiles
import TesseraFrontEnds
import TesseraMLIR
import Testing

@testable import TesseraImportTFLite

/// Imports of small models: what comes out, and that every damaged file gives a model or a diagnostic. A trap would end the test program.
@Suite struct ImportTFLiteTests {
  private func imported(_ bytes: [UInt8], _ context: Context = Context()) throws -> String {
    let file = bytes.withUnsafeBytes { FileBytes($0) }
    let model = try TFLiteFrontEnd().load(file, context: context, options: ImportOptions())
    return withExtendedLifetime(model.module) { model.module.operation.text() }
  }

  private func importsOrDiagnoses(_ bytes: [UInt8], _ context: Context) -> Bool {
    do {
      _ = try imported(bytes, context)
      return true
    } catch { return false }
  }

  private func diagnosis(_ model: TFLiteModel) -> String {
    do {
      _ = try imported(model.bytes)
      return "no error"
    } catch { return "\(error)" }
  }

  /// The sizes that the model computes come out of the shapes of its input: nothing is read back.
  @Test func shapeArithmeticFolds() throws {
    let text = try imported(TFLiteModel.sample.bytes)
    #expect(text.contains("tensor<?x6x6x2xf32>") && text.contains("-> (tensor<?x27xf32>"))
    #expect(!text.contains("tensor.from_elements"))
  }

  @Test func isRecognized() {
    let sample = TFLiteModel.sample.bytes
    #expect(sample.withUnsafeBytes { TFLiteFrontEnd().recognizes(FileBytes($0)) })
    #expect(!sample.dropFirst().withUnsafeBytes { TFLiteFrontEnd().recognizes(FileBytes($0)) })
  }

  @Test func cutsAreHandled() {
    let context = Context(), sample = TFLiteModel.sample.bytes
    for count in 0..<sample.count { _ = importsOrDiagnoses(Array(sample.prefix(count)), context) }
  }

  @Test func flipsAreHandled() {
    let context = Context(), sample = TFLiteModel.sample.bytes
    var generator = SeededGenerator(state: 13)
    var count = 0
    for _ in 0..<4000 {
      var bytes = sample
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let at = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[at] = UInt8.random(in: 0...255, using: &generator)
        default: bytes[at] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &generator) ?? 0
        }
      }
      if importsOrDiagnoses(bytes, context) { count += 1 }
    }
    #expect(count > 100 && count < 4000)
  }

  @Test func unknownOperatorsAreListedAtOnce() {
    var model = TFLiteModel.sample
    model.operators[1].version = 99
    model.operators[3] = .init(code: 32, custom: "Frobnicate", inputs: [7], outputs: [8])
    model.operators[4].code = 300
    #expect(
      diagnosis(model) == """
        error: the model uses 3 operators that are not supported, in 3 nodes
          note: QUANTIZE (version 99; supported up to version 4): node 'q'
          note: Frobnicate (custom): node 'real'
          note: operator 300 (version 1): node 'shape'
        """)
  }

  @Test func wrongSizesAreReported() {
    var model = TFLiteModel.sample
    model.tensors[1].bytes.removeLast()
    #expect(diagnosis(model) == "error: the tensor 'w' has 215 bytes: expected 216 for f32[3, 3, 3, 2]")
    model = TFLiteModel.sample
    model.operators[0].options?.fields[3] = .i8(9)
    #expect(diagnosis(model).contains("the CONV_2D node 'conv' has fused_activation_function = 9: expected 0 to 5"))
    model = TFLiteModel.sample
    model.operators[0].options = (5, [:])
    #expect(diagnosis(model).contains("has the options Pool2DOptions: expected Conv2DOptions"))
    model = TFLiteModel.sample
    model.tensors[3].type = 2
    #expect(diagnosis(model).contains("gives 'conv' as f32, but the file says that it is i32"))
  }

  @Test func surveysGoOnBehindWhatIsNotSupported() throws {
    var model = TFLiteModel.sample
    model.operators[0] = .init(code: 32, custom: "Frobnicate", inputs: [0], outputs: [3])
    let file = model.bytes.withUnsafeBytes { FileBytes($0) }
    let survey = try TFLiteFrontEnd().survey(file, options: ImportOptions())
    #expect(survey?.nodeCount == 8 && survey?.operatorCount == 8)
    #expect(survey?.findings.map(\.operation) == ["Frobnicate"])
  }
}
