import Foundation
import TesseraDiagnostics
import Testing

@testable import TesseraCompiler

/// Files are told apart by their bytes.
@Suite struct ModelFormatTests {
  /// The format of a file of these bytes under this name.
  private func format(_ bytes: [UInt8], _ name: String = "model") throws -> ModelFormat {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("formats-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent(name)
    try Data(bytes).write(to: path)
    return try ModelFormat.read(path.path).format
  }

  /// The name of the front end that reads such a file; `nil` if none does.
  private func readable(_ bytes: [UInt8], _ name: String = "model") throws -> String? {
    if case .readable(let frontEnd) = try format(bytes, name) { return frontEnd.name }
    return nil
  }

  private func text(_ text: String) -> [UInt8] { Array(text.utf8) }

  private func foreignName(_ bytes: [UInt8], _ name: String = "model") throws -> String? {
    if case .foreign(let format) = try format(bytes, name) { return format.name }
    return nil
  }

  @Test func modelsNeedNoSuffix() throws {
    var model = WireMessage()
    model.add(1, 8)
    model.add(2, "pytorch")
    model.add(7, [])
    #expect(try readable(model.bytes) == "ONNX")
    #expect(try readable(model.bytes, "model.bin") == "ONNX")
    #expect(try readable(text("// a comment\nmodule {\n}\n")) == "MLIR")
    #expect(try readable(text("#map = affine_map<(d0) -> (d0)>\nmodule {}")) == "MLIR")
    #expect(try readable([28, 0, 0, 0] + text("TFL3") + [0, 0]) == "TFLite")
    #expect(try readable([0x4D, 0x4C, 0xEF, 0x52, 0x0D] + text("MLIR22.1.8\0")) == "MLIR")
  }

  @Test func damagedFilesGoToTheReaderThatTheirNameAsksFor() throws {
    let noise = (0..<200).map { UInt8(truncatingIfNeeded: $0 * 37 + 200) }
    #expect(try readable(noise) == nil)
    #expect(try readable(noise, "model.onnx") == "ONNX")
    #expect(try readable(noise, "model.mlir") == "MLIR")
  }

  @Test func othersAreNamed() throws {
    #expect(try foreignName([]) == "empty")
    #expect(try foreignName(text("GGUF\u{3}\0\0\0")) == "a GGUF file")
    #expect(try foreignName([4, 0, 0, 0, 0, 0, 0, 0] + text("{  }1234")) == "a safetensors file")
    #expect(try foreignName(text("PK\u{3}\u{4}....archive/data.pkl...")) == "a file of PyTorch (.pt, .pth)")
    #expect(try foreignName(text("PK\u{3}\u{4}....x.npy...")) == "an archive of NumPy arrays (.npz)")
    #expect(try foreignName([0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20]) == "a file of PyTorch (.pt, .pth)")
    #expect(try foreignName([8, 1, 0x12, 5, 0x0A, 3, 1, 2, 3]) == "a TensorFlow SavedModel")
    #expect(try foreignName([10, 5, 10, 1, 120, 18, 1, 65]) == "a TensorFlow graph (.pb)")
    #expect(try foreignName(text("<?xml version=\"1.0\"?>\n<net name=\"x\">")) == "an OpenVINO model (.xml)")
    #expect(try foreignName(text("\n <!DOCTYPE html><html>"), "model.onnx") == "a page of HTML")
    #expect(try foreignName(text("ir_version: 8\n")) == "ONNX as text")
    #expect(
      try foreignName(text("version https://git-lfs.github.com/spec/v1\noid x\n"), "model.onnx")
        == "a pointer of Git LFS, which stands for a file that was not fetched")
  }

  @Test func textOfStableHLOIsRead() throws {
    let head = "module @f attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {\n"
    #expect(try readable(text(head + "  %0 = stablehlo.add %a, %a : tensor<4xf32>\n}"), "f.mlir") == "StableHLO")
    #expect(try readable(text(head + "  %0 = \"stablehlo.add\"(%a) : ...\n}"), "f.mlir") == "StableHLO")
    #expect(
      try foreignName(text(head + "  %0 = mhlo.add %a, %a : tensor<4xf32>\n}"), "f.mlir") == "text of MHLO, which came before StableHLO")
    #expect(try readable(text(head + "  // %0 = stablehlo.add\n  %0 = arith.addf %a, %a : f32\n}"), "f.mlir") == "MLIR")
    let artifact = [0x4D, 0x4C, 0xEF, 0x52, 0x0D] + text("StableHLO_v1.0.0\0")
    #expect(try readable(artifact) == "StableHLO")
  }
}
