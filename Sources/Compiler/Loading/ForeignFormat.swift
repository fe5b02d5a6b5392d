import TesseraFrontEnds
import TesseraLibC

/// A format of files that people have beside ONNX and MLIR: what it is called, and what to do with it.
public struct ForeignFormat: Equatable, Sendable {
  /// With its article, to stand behind "is".
  public let name: String
  public let help: String
  /// `true` iff it may hold a model, or part of one.
  public let isModel: Bool

  private init(_ name: String, model isModel: Bool = true, _ help: String) {
    (self.name, self.isModel, self.help) = (name, isModel, help)
  }

  private static let exportTorch =
    "export the module with torch.onnx.export(model, arguments, \"model.onnx\", dynamo=True), and compile that"
  private static let exportTensorFlow = "convert it with tf2onnx (python -m tf2onnx.convert), and compile the ONNX file"
  private static let weightsOnly = "it holds weights and no graph: export the model that they belong to as ONNX"

  // MARK: archives

  private static let torch = ForeignFormat("a file of PyTorch (.pt, .pth)", exportTorch)
  private static let arrays = ForeignFormat(
    "an archive of NumPy arrays (.npz)", model: false, "arrays are inputs of 'tessera run', not models")
  private static let keras = ForeignFormat("a Keras model", exportTensorFlow)
  private static let archive = ForeignFormat("a zip archive", model: false, "unpack it, and compile the model in it")
  private static let compressed = ForeignFormat("a compressed file", model: false, "unpack it, and compile the model in it")

  // MARK: bytes

  private static let magics: [(offset: Int, magic: String, format: ForeignFormat)] = [
    (4, "ORTM", ForeignFormat("a model in ONNX Runtime's own format (.ort)", "compile the ONNX file that it was made from")),
    (4, "ET12", ForeignFormat("an ExecuTorch program (.pte)", exportTorch)),
    (0, "GGUF", ForeignFormat("a GGUF file", weightsOnly)),
    (0, "lmgg", ForeignFormat("a GGML file", weightsOnly)),
    (1, "HDF\r\n", ForeignFormat("an HDF5 file, as Keras writes (.h5)", exportTensorFlow)),
    (1, "NUMPY", ForeignFormat("a NumPy array (.npy)", model: false, "arrays are inputs of 'tessera run', not models")),
    (1, "TSM\r\n", ForeignFormat("a compiled module", model: false, "run it with 'tessera run'; compile the model that it was made from")),
    (1, "ELF", ForeignFormat("a program or library", model: false, "name the model instead")),
    (1, "PNG", ForeignFormat("a picture", model: false, "name the model instead")),
    (0, "%PDF", ForeignFormat("a PDF document", model: false, "name the model instead")),
    (257, "ustar", ForeignFormat("a tar archive", model: false, "unpack it, and compile the model in it")),
    (0, "BZh", compressed),
  ]

  /// The format that the bytes are of; `nil` if they may be ONNX, MLIR or text.
  static func ofBytes(_ file: FormatBytes) -> ForeignFormat? {
    if file.count == 0 { return ForeignFormat("empty", model: false, "export or download it again") }
    for (offset, magic, format) in magics where file.has(magic, at: offset) { return format }
    if file.has("PK\u{3}\u{4}") { return ofArchive(file) }
    for magic in [[0x1F, 0x8B], [0x28, 0xB5, 0x2F, 0xFD], [0xFD, 0x37, 0x7A, 0x58, 0x5A], [0x37, 0x7A, 0xBC, 0xAF]] as [[UInt8]]
    where file.starts(with: magic) { return compressed }
    if file.starts(with: [0xFF, 0xD8, 0xFF]) { return ForeignFormat("a picture", model: false, "name the model instead") }
    if file.bytes.count > 1, file.bytes[0] == 0x80, (2...5).contains(file.bytes[1]) {
      let isTorch = file.starts(with: [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20])
      return isTorch
        ? torch : ForeignFormat("a Python pickle", "load it in Python, and export the model as ONNX (skl2onnx for scikit-learn)")
    }
    if file.count > 9, let length = file.leadingNumber, length > 1, length < UInt64(file.count) - 8, file.bytes[8] == UInt8(ascii: "{") {
      return ForeignFormat("a safetensors file", weightsOnly)
    }
    if file.starts(with: [0x4D, 0x4C, 0xEF, 0x52]) { return nil }
    return ofProtobuf(file)
  }

  /// The format that the names in a zip archive tell, at the start of its entries or at its end.
  private static func ofArchive(_ file: FormatBytes) -> ForeignFormat {
    let (head, tail) = (0..<1 << 16, max(0, file.count - 1 << 20)..<file.count)
    func names(_ text: String) -> Bool { file.contains(text, in: head) || file.contains(text, in: tail) }
    if names("data.pkl") || names("constants.pkl") || names("archive_format") || names(".data/serialization_id") { return torch }
    if names("model.weights.h5") { return keras }
    return names(".npy") ? arrays : archive
  }

  /// Models of others that are protobuf messages too.
  private static func ofProtobuf(_ file: FormatBytes) -> ForeignFormat? {
    let graph = ForeignFormat("a TensorFlow graph (.pb)", exportTensorFlow)
    if file.starts(with: [0x08, 0x01, 0x12]), let (length, size) = file.varint(at: 3), length > 2, file.has([0x0A], at: 3 + size) {
      return ForeignFormat("a TensorFlow SavedModel", exportTensorFlow)
    }
    // A list of nodes, each with a name and an operator; or one of blocks, each with two numbers.
    if file.starts(with: [0x0A]), let (_, size) = file.varint(at: 1) {
      if file.has([0x08, 0x00, 0x10], at: 1 + size) {
        return ForeignFormat("a Paddle model (.pdmodel)", "convert it with paddle2onnx, and compile the ONNX file")
      }
      if file.has([0x0A], at: 1 + size), let (name, length) = file.varint(at: 2 + size), name < 1 << 10,
        file.has([0x12], at: 2 + size + length + Int(name))
      {
        return graph
      }
    }
    // The version of a Core ML model, then its description; its layers have a high field number.
    if file.starts(with: [0x08]), let (version, size) = file.varint(at: 1), version < 20, file.has([0x12], at: 1 + size),
      let (length, more) = file.varint(at: 2 + size), length < 1 << 24
    {
      let next = 2 + size + more + Int(length)
      if let (tag, _) = file.varint(at: next), (200...4000).contains(tag >> 3) {
        return ForeignFormat("a Core ML model (.mlmodel)", "export the model that it was made from as ONNX")
      }
    }
    return nil
  }

  // MARK: text and folders

  /// The format that a text is in; `nil` if it may be MLIR.
  static func ofText(_ text: SourceText) -> ForeignFormat? {
    if text.starts(with: "version https://git-lfs.github.com") {
      return ForeignFormat(
        "a pointer of Git LFS, which stands for a file that was not fetched", model: false, "run 'git lfs pull' in its repository")
    }
    if text.startsIgnoringCase(with: ["<!doctype html", "<html"]) {
      return ForeignFormat(
        "a page of HTML", model: false, "the download gave a page, often one that asks to log in; download the file itself")
    }
    if text.starts(with: "<?xml") || text.starts(with: "<net ") {
      return text.contains("<net ")
        ? ForeignFormat("an OpenVINO model (.xml)", "compile the ONNX file that it was made from")
        : ForeignFormat("a page of XML", model: false, "name the model instead")
    }
    if text.starts(with: "ir_version:") || text.starts(with: "<\n") && text.contains("ir_version") {
      return ForeignFormat(
        "ONNX as text",
        "write it as bytes: onnx.save(onnx.load(\"model.txt\", format=\"textproto\"), \"model.onnx\"), or onnx.parser.parse_model")
    }
    if text.starts(with: "{") && !text.starts(with: "{-#") || text.starts(with: "[") {
      return ForeignFormat("a file of JSON", "export the model as ONNX")
    }
    if text.starts(with: "7767517") { return ForeignFormat("an ncnn model (.param)", "compile the ONNX file that it was made from") }
    if text.usesDialect("mhlo"), !text.usesDialect("stablehlo") {
      return ForeignFormat("text of MHLO, which came before StableHLO", "write it as StableHLO: 'mlir-hlo-opt --hlo-legalize-to-stablehlo'")
    }
    return nil
  }

  /// The format of the folder at `path`, if its files tell.
  static func ofFolder(_ path: String) -> ForeignFormat? {
    func has(_ name: String) -> Bool { fileExists(path + "/" + name) }
    if has("saved_model.pb") { return ForeignFormat("the folder of a TensorFlow SavedModel", exportTensorFlow) }
    if has("Manifest.json") { return ForeignFormat("a Core ML package (.mlpackage)", "export the model that it was made from as ONNX") }
    return nil
  }
}

/// `true` iff there is something at `path`.
private func fileExists(_ path: String) -> Bool { access(path, F_OK) == 0 }
