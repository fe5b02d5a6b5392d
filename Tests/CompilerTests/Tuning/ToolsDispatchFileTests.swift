import TesseraConstants
import TesseraDeviceCPU
import TesseraDiagnostics
import TesseraFiles
import TesseraMLIR
import TesseraModuleFormat
import TesseraRuntime
import Testing

@testable import TesseraCompiler
@testable import TesseraTargetCPU

/// Dumped dispatches: each compiles alone, and computes what it computes in the model.
@Suite struct ToolsDispatchFileTests {
  /// Two dispatches: a matrix product with an activation, and a sum along rows, with a dynamic number of rows.
  static let model = """
    func.func @main(%x: tensor<?x24xf32> {tessera.name = "x", tessera.shape = ["rows", "24"]}, %w: tensor<24x40xf32>) -> tensor<?xf32> {
      %zero = arith.constant 0.0 : f32
      %c0 = arith.constant 0 : index
      %n = tensor.dim %x, %c0 : tensor<?x24xf32>
      %e = tensor.empty(%n) : tensor<?x40xf32>
      %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x40xf32>) -> tensor<?x40xf32>
      %p = linalg.matmul ins(%x, %w : tensor<?x24xf32>, tensor<24x40xf32>) outs(%f : tensor<?x40xf32>) -> tensor<?x40xf32> loc("product")
      %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
        ins(%p : tensor<?x40xf32>) outs(%e : tensor<?x40xf32>) {
      ^bb0(%a: f32, %b: f32):
        %m = arith.maximumf %a, %zero : f32
        linalg.yield %m : f32
      } -> tensor<?x40xf32> loc("activation")
      %es = tensor.empty(%n) : tensor<?xf32>
      %fs = linalg.fill ins(%zero : f32) outs(%es : tensor<?xf32>) -> tensor<?xf32>
      %s = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
        ins(%r : tensor<?x40xf32>) outs(%fs : tensor<?xf32>) {
      ^bb0(%a: f32, %b: f32):
        %m = arith.addf %a, %b : f32
        linalg.yield %m : f32
      } -> tensor<?xf32> loc("sum")
      return %s : tensor<?xf32>
    }
    """

  /// Compiles the text or file and returns the module.
  static func compile(_ path: String, _ options: CompileOptions = CompileOptions()) throws -> Compilation {
    let compilation = try loadModel(path: path, options: options, observer: nil)
    try compilation.run()
    return compilation
  }

  static func call(_ compilation: Compilation, _ inputs: [Tensor]) throws -> [Tensor] {
    try Session(TesseraRuntime.Module(bytes: compilation.moduleBytes()), device: CPUDevice(threads: 1)).call("main", inputs)
  }

  static func tensor(_ shape: [Int], _ value: (Int) -> Float) throws -> Tensor {
    try Tensor(elementType: .f32, shape: shape) { bytes in
      for i in 0..<shape.reduce(1, *) { bytes.storeBytes(of: value(i), toByteOffset: 4 * i, as: Float.self) }
    }
  }

  static func floats(_ tensor: Tensor) -> [Float] { tensor.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) } }

  @Test func eachRunsAlone() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(Self.model.utf8), to: "model.mlir")
    let whole = try Self.compile(path)
    let files = try whole.writeDispatches(to: folder.path)
    for file in files { _ = folder.file(String(file.split(separator: "/").last!)) }
    #expect(!files.isEmpty)
    let x = try Self.tensor([5, 24]) { Float($0 % 7) - 3 }
    let w = try Self.tensor([24, 40]) { Float($0 % 5) - 2 }
    let expected = Self.floats(try Self.call(whole, [x, w])[0])

    // The dispatches are a chain here: what one gives, the next takes.
    var flowing = [x, w]
    for file in files {
      let alone = try Self.compile(file)
      #expect(alone.seconds.first?.phase == "codegen", "what was made already is not made again")
      #expect(try alone.allStatistics().first { $0.name == "dispatches" }?.value == "1")
      flowing = try Self.call(alone, flowing)
    }
    #expect(Self.floats(flowing[0]) == expected)
    let header = String(decoding: try FileBytes(path: files[0]).withUnsafeBytes { Array($0) }, as: UTF8.self)
    #expect(header.hasPrefix("// "))
    #expect(header.contains("dispatched at 1 site\n"))
    #expect(header.contains("product"))
    #expect(header.contains("tensor.dim %x0"))
  }
}
