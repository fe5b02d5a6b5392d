import Foundation
import TesseraCompiler
import TesseraModuleFormat
import TesseraTargetCPU

/// The bad (and some good) files that the cases in `Tests/Diagnostics` name.
enum DiagnosticsFixtures {
  /// Makes all files in `folder`.
  static func make(in folder: String) throws {
    func write(_ name: String, _ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }
    func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }
    func model(_ name: String, opset: Int = 17, _ body: (inout ONNXText) -> Void) throws {
      var text = ONNXText(opset: opset)
      body(&text)
      try write(name, text.bytes)
    }
    try FileManager.default.createDirectory(atPath: "\(folder)/folder", withIntermediateDirectories: true)

    // ONNX
    let digits = try Repository.bytes("Examples/Digits/digits.onnx")
    try write("digits.onnx", digits)
    try write("cut.onnx", Array(digits.prefix(digits.count / 2)))
    try write("empty.onnx", [])
    try write("letter.onnx", "Dear compiler,\n")
    var corrupt = digits
    corrupt.replaceSubrange(40..<60, with: [UInt8](repeating: 0xFF, count: 20))
    try write("corrupt.onnx", corrupt)
    try write("no-graph.onnx", [0x08, 0x08, 0x42, 0x04, 0x0A, 0x00, 0x10, 0x11])
    try model("unknown-operators.onnx") {
      $0.value("x", ["n", "4"])
      $0.node("FancyNorm", "/block.0/norm", ["x"], ["a"], domain: "com.example")
      $0.node("Relu", "/block.0/relu", ["a"], ["b"])
      $0.node("FancyNorm", "/block.1/norm", ["b"], ["c"], domain: "com.example")
      $0.node("Wobble", "/head/wobble", ["c"], ["d"])
      $0.node("Frob", "/head/frob", ["d"], ["y"], domain: "org.nowhere")
      $0.value("y", ["n", "4"], isOutput: true)
    }
    try write("pointer.onnx", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    var unknown = TFLiteModel.sample
    unknown.operators[1].version = 99
    unknown.operators[3] = .init(code: 32, custom: "Frobnicate", inputs: [7], outputs: [8])
    try write("unknown-operators.tflite", unknown.bytes)
    try write("damaged.tflite", [28, 0, 0, 0] + Array("TFL3".utf8) + [UInt8](repeating: 0, count: 20))
    try write("noise.dat", (0..<200).map { UInt8(truncatingIfNeeded: $0 * 37 + 200) })
    for (name, text) in refusedStableHLO { try write(name, text) }
    try model("two-makers.onnx") {
      $0.value("x", ["2"])
      $0.node("Relu", "/relu", ["x"], ["y"])
      $0.node("Neg", "/neg", ["x"], ["y"])
      $0.value("y", ["2"], isOutput: true)
    }
    try model("attribute.onnx") {
      $0.value("x", ["2"])
      $0.node("Relu", "/relu", ["x"], ["y"], attributes: ["slope": "steep"])
      $0.value("y", ["2"], isOutput: true)
    }
    try model("no-axis.onnx") {
      $0.value("x", ["2"])
      $0.node("Concat", "/concat", ["x", "x"], ["y"])
      $0.value("y", ["4"], isOutput: true)
    }
    try model("inputs.onnx") {
      $0.value("x", ["2"])
      $0.node("Relu", "/relu", ["x", "x"], ["y"])
      $0.value("y", ["2"], isOutput: true)
    }
    try model("declared.onnx") {
      $0.value("x", ["2"])
      $0.node("Relu", "/relu", ["x"], ["y"])
      $0.value("y", ["2"], type: 7, isOutput: true)
    }
    try model("undefined.onnx") {
      $0.value("x", ["2", "3"])
      $0.node("Add", "/add", ["x", "ghost"], ["y"])
      $0.value("y", ["2", "3"], isOutput: true)
    }
    try model("sizes.onnx") {
      $0.value("x", ["2", "3"])
      $0.value("w", ["4", "5"])
      $0.node("MatMul", "/head/matmul", ["x", "w"], ["y"])
      $0.value("y", ["2", "5"], isOutput: true)
    }
    try model("types.onnx") {
      $0.value("x", ["2", "3"])
      $0.value("i", ["2", "3"], type: 7)
      $0.node("Add", "/mix", ["x", "i"], ["y"])
      $0.value("y", ["2", "3"], isOutput: true)
    }
    try model("integers.onnx") {
      $0.value("i", ["1", "2", "3", "4"], type: 7)
      $0.node("MeanVarianceNormalization", "/norm", ["i"], ["y"])
      $0.value("y", ["1", "2", "3", "4"], type: 7, isOutput: true)
    }
    try model("strings.onnx") {
      $0.value("words", ["n"], type: 8)
      $0.node("Relu", "/positive", ["words"], ["y"])
      $0.value("y", ["n"], type: 8, isOutput: true)
    }
    try model("pattern.onnx", opset: 20) {
      $0.value("words", ["n"], type: 8)
      $0.node("RegexFullMatch", "/match", ["words"], ["y"], attributes: ["pattern": #"(\w+)(?=:)"#])
      $0.value("y", ["n"], type: 9, isOutput: true)
    }
    try model("no-number.onnx", opset: 20) {
      $0.value("words", ["n"], type: 8)
      $0.value("like", ["1"])
      $0.node("CastLike", "/number", ["words", "like"], ["y"])
      $0.value("y", ["n"], isOutput: true)
    }
    for (name, reader) in [("open-rank.onnx", "Identity"), ("open-rank-shape.onnx", "Shape")] {
      try model(name) {
        $0.value("condition", [], type: 9)
        $0.value("vector", ["1"])
        $0.value("scalar", [])
        $0.node(
          "If", "/choice", ["condition"], ["either"],
          graphs: [
            "then_branch": .passing("vector", as: "a", ["1"]), "else_branch": .passing("scalar", as: "b", []),
          ])
        $0.node(reader, "/reader", ["either"], ["y"])
        $0.value("y", reader == "Shape" ? ["n"] : [], type: reader == "Shape" ? 7 : 1, isOutput: true)
      }
    }
    try model("complex.onnx") {
      $0.value("waves", ["n"], type: 14)
      $0.node("Identity", "/same", ["waves"], ["y"])
      $0.value("y", ["n"], type: 14, isOutput: true)
    }
    try model("short-weight.onnx") {
      $0.value("x", ["2", "3"])
      $0.constant("layer.weight", [2, 3], byteCount: 20)
      $0.node("Add", "/add", ["x", "layer.weight"], ["y"])
      $0.value("y", ["2", "3"], isOutput: true)
    }
    for (name, location) in [("external.onnx", "weights.bin"), ("outside.onnx", "../weights.bin")] {
      try model(name) {
        $0.value("x", ["2", "3"])
        $0.external("layer.weight", [2, 3], location: location)
        $0.node("Add", "/add", ["x", "layer.weight"], ["y"])
        $0.value("y", ["2", "3"], isOutput: true)
      }
    }
    try model("gather.onnx") {
      $0.value("table", ["5", "4"])
      $0.value("ids", ["n"], type: 7)
      $0.node("Gather", "/embeddings/word", ["table", "ids"], ["y"])
      $0.value("y", ["n", "4"], isOutput: true)
    }

    // MLIR
    try write("matmul.mlir", matmul)
    try write("syntax.mlir", "func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {\n  return %y : tensor<4xf32>\n}\n")
    try write(
      "invalid.mlir",
      "func.func @f(%x: tensor<2x3xf32>, %y: tensor<4x5xf32>, %z: tensor<2x5xf32>) -> tensor<2x5xf32> {\n"
        + "  %r = linalg.matmul ins(%x, %y : tensor<2x3xf32>, tensor<4x5xf32>) outs(%z : tensor<2x5xf32>) -> tensor<2x5xf32>\n"
        + "  return %r : tensor<2x5xf32>\n}\n")
    try write("rules.packing", "# For all.\nconstant => layout 1,0 1:64\nrows=1..x => identity\n")
    try write("known.packing", "* => mmt4d m=8\n")
    try write("unused.packing", "* => identity\n# Never reached.\nconstant => layout 1,0 1:64\n")
    try write("private.mlir", "func.func private @f(%x: tensor<4xf32>) -> tensor<4xf32> {\n  return %x : tensor<4xf32>\n}\n")
    for (name, body) in [("dispatch", "return %x : tensor<4xf32>"), ("executable", "return %x : tensor<8xf32>")] {
      let type = name == "dispatch" ? "tensor<4xf32>" : "tensor<8xf32>"
      try write(
        "\(name).mlir",
        "func.func @f(%x: tensor<8xf32>) -> tensor<8xf32> {\n"
          + "  %y = \"flow.dispatch\"(%x) {executable = @e} : (tensor<8xf32>) -> tensor<8xf32>\n  return %y : tensor<8xf32>\n}\n"
          + "func.func private @e(%x: \(type)) -> \(type) attributes {flow.executable} {\n  \(body)\n}\n")
    }
    for (name, layouts) in [("layout", "\"\", \"1,0 2:8\""), ("tiles", "\"0,1 0:8\", \"\", \"0,1 0:4\"")] {
      try write(
        "\(name).mlir",
        "func.func @f(%x: tensor<2x3xf32>, %y: tensor<3x5xf32>, %z: tensor<2x5xf32>) -> tensor<2x5xf32> {\n"
          + "  %r = linalg.matmul {tessera.layouts = [\(layouts)]} ins(%x, %y : tensor<2x3xf32>, tensor<3x5xf32>)\n"
          + "    outs(%z : tensor<2x5xf32>) -> tensor<2x5xf32>\n  return %r : tensor<2x5xf32>\n}\n")
    }
    try write(
      "dialect.mlir",
      "func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {\n  %y = \"shiny.twist\"(%x) : (tensor<4xf32>) -> tensor<4xf32>\n"
        + "  return %y : tensor<4xf32>\n}\n")
    try write(
      "rows.mlir",
      "func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {\n  %y = \"rows.shuffle\"(%x, %x) {indexing_maps = [affine_map<(d) -> (d)>, affine_map<(d) -> (d)>],"
        + " iterator_types = [#linalg.iterator_type<parallel>]} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>\n"
        + "  return %y : tensor<4xf32>\n}\n")
    try write(
      "select.mlir",
      "func.func @f(%x: tensor<4x9xi32>, %o: tensor<4x3xi64>) -> tensor<4x3xi64> {\n"
        + "  %y = \"rows.select\"(%x, %o) {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d0, d2)>],"
        + " iterator_types = [#linalg.iterator_type<parallel>], operandSegmentSizes = array<i32: 1, 1>}"
        + " : (tensor<4x9xi32>, tensor<4x3xi64>) -> tensor<4x3xi64>\n  return %y : tensor<4x3xi64>\n}\n")
    let huge = "tensor<0x8796093022208x4xf32>"
    try write("impossible.mlir", "func.func @f(%x: \(huge)) -> \(huge) {\n  return %x : \(huge)\n}\n")
    try write(
      "memref.mlir",
      "func.func @f(%x: memref<4xf32>) {\n  %c = arith.constant 0.0 : f32\n  linalg.fill ins(%c : f32) outs(%x : memref<4xf32>)\n  return\n}\n"
    )
    try write("unranked.mlir", "func.func @f(%x: tensor<*xf32>) -> tensor<*xf32> {\n  return %x : tensor<*xf32>\n}\n")
    try write(
      "tosa.mlir",
      "func.func @f(%x: tensor<*xf32>) -> tensor<*xf32> {\n  %y = tosa.exp %x : (tensor<*xf32>) -> tensor<*xf32>\n  return %y : tensor<*xf32>\n}\n"
    )

    for (name, text) in refusedMLIR { try write(name, text) }

    // Modules
    let module = try compiled("\(folder)/matmul.mlir", target: "cpu=x86-64-v2")
    let bytes = try ModuleWriter(module.description).bytes(constants: [])
    try write("matmul.tsm", bytes)
    try write("cut.tsm", Array(bytes.prefix(bytes.count - 100)))
    try write("head.tsm", Array(bytes.prefix(20)))
    var flipped = bytes
    flipped[bytes.count / 2] ^= 0x10
    try write("flipped.tsm", flipped)
    var version = bytes
    version[8] = 99
    try write("version.tsm", version)
    try write("letter.tsm", "Dear runtime,\n")
    try write("empty.tsm", [])
    var exotic = module.description
    exotic.executables[0].variants[0].cpu = "marvelchip"
    exotic.executables[0].variants[0].requiredFeatures += ["avx2048", "telepathy"]
    try write("exotic.tsm", try ModuleWriter(exotic).bytes(constants: []))
    #if arch(x86_64)
      let other = "cpu=aarch64"
    #else
      let other = "cpu=x86-64-v3"
    #endif
    try write("other.tsm", try ModuleWriter(compiled("\(folder)/matmul.mlir", target: other).description).bytes(constants: []))
    let gather = try compiled("\(folder)/gather.onnx", target: "cpu=x86-64-v2")
    try write("gather.tsm", try ModuleWriter(gather.description).bytes(constants: []))
    let recognizer = try loadModel(path: "\(folder)/digits.onnx", options: CompileOptions(), observer: nil)
    try recognizer.run()
    try recognizer.writeModule(to: "\(folder)/digits.tsm")

    // Tensors
    try write("letter.npy", "Dear numpy,\n")
    try write("empty.npy", [])
    func npy(_ dictionary: String, _ data: [UInt8]) -> [UInt8] {
      let header = Array(dictionary.utf8) + [0x0A]
      return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.count & 0xFF), UInt8(header.count >> 8)] + header + data
    }
    try write("cut.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", [UInt8](repeating: 0, count: 20)))
    try write("dates.npy", npy("{'descr': '<M8[D]', 'fortran_order': False, 'shape': (1,), }", [UInt8](repeating: 0, count: 8)))
    try write("text.npy", npy("{'descr': '<U5', 'fortran_order': False, 'shape': (1,), }", [UInt8](repeating: 0, count: 20)))
    try write("broken.npy", npy("{'descr': '<f4', 'shape': (2, 3), }", [UInt8](repeating: 0, count: 24)))
    try write("integers.npy", npy("{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }", [UInt8](repeating: 0, count: 24)))
    try write("good.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", [UInt8](repeating: 0, count: 24)))
  }

  /// The program of the issue: both sizes dynamic.
  static let matmul = """
    func.func @matmul_dynamic(%lhs: tensor<?x?xf32>, %rhs: tensor<?x?xf32>, %acc: tensor<?x?xf32>) -> tensor<?x?xf32> {
      %result = linalg.matmul ins(%lhs, %rhs: tensor<?x?xf32>, tensor<?x?xf32>) outs(%acc: tensor<?x?xf32>) -> tensor<?x?xf32>
      return %result: tensor<?x?xf32>
    }

    """

  /// Compiles a model without constants and reads the module.
  private static func compiled(_ path: String, target: String) throws -> ModuleFile {
    var options = CompileOptions()
    options.target = try Targets.parse(target)
    let compilation = try loadModel(path: path, options: options, observer: nil)
    try compilation.run()
    let output = path + ".tsm"
    try compilation.writeModule(to: output)
    defer { unlink(output) }
    return try ModuleFile(path: output)
  }
}
