import TesseraConstants
import TesseraDeviceCPU
import TesseraDiagnostics
import TesseraFiles
import TesseraModuleFormat
import TesseraRuntime
import Testing

@testable import TesseraCompiler

/// Modules of several programs, each for another processor.
@Suite struct ModuleVariantsTests {
  /// Weights that are packed, and a table that is not.
  private static let text = """
    ml_program.global private @w(dense<[\(rows)]> : tensor<64x64xf32>) : tensor<64x64xf32>
    ml_program.global private @t(dense<[\(rows)]> : tensor<64x64xf32>) : tensor<64x64xf32>
    func.func @main(%x: tensor<8x64xf32> {tessera.name = "x"}) -> tensor<64x64xf32> {
      %w = ml_program.global_load_const @w : tensor<64x64xf32>
      %t = ml_program.global_load_const @t : tensor<64x64xf32>
      %zero = arith.constant 0.0 : f32
      %e = tensor.empty() : tensor<8x64xf32>
      %z = linalg.fill ins(%zero : f32) outs(%e : tensor<8x64xf32>) -> tensor<8x64xf32>
      %a = linalg.matmul ins(%x, %w : tensor<8x64xf32>, tensor<64x64xf32>) outs(%z : tensor<8x64xf32>) -> tensor<8x64xf32>
      %s = tensor.extract_slice %a[0, 0] [1, 64] [1, 1] : tensor<8x64xf32> to tensor<64xf32>
      %o = tensor.empty() : tensor<64x64xf32>
      %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
        iterator_types = ["parallel", "parallel"]} ins(%t, %s : tensor<64x64xf32>, tensor<64xf32>) outs(%o : tensor<64x64xf32>) {
      ^bb0(%p: f32, %q: f32, %u: f32):
        %v = arith.addf %p, %q : f32
        linalg.yield %v : f32
      } -> tensor<64x64xf32>
      return %r : tensor<64x64xf32>
    }
    """
  private static let rows = (0..<64).map { row in "[\((0..<64).map { "\((row * $0) % 17).5" }.joined(separator: ", "))]" }
    .joined(separator: ", ")

  private static func variants(_ target: String, sharesLayouts: Bool = false) throws -> ModuleVariants {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(text.utf8), to: "model.mlir")
    let targets = try Targets.parseList(target)
    var options = CompileOptions()
    options.target = targets[0]
    let model = try loadModel(path: path, options: options, observer: nil)
    let variants = try ModuleVariants(model, targets: targets, sharesLayouts: sharesLayouts)
    for program in variants.programs { try variants.run(program) }
    return variants
  }

  private static func names(_ text: String) throws -> [String] { try Targets.parseList(text).map(\.description) }

  /// Lists begin with what asks most of a machine.
  @Test func lists() throws {
    #expect(try Self.names("cpu=x86-64-v2,x86-64-v4,x86-64-v3") == ["cpu=x86-64-v4", "cpu=x86-64-v3", "cpu=x86-64-v2"])
    #expect(try Self.names("cpu=znver4") == ["cpu=znver4"])
    #expect(try Self.names("cpu=x86-64-v3,aarch64").count == 2)
    #expect(try ["cpu=aarch64", "cpu=x86-64-v2"].contains(Self.names("cpu=any").last!))
    for (text, words) in [
      ("cpu=x86-64-v3,haswell", "need the same features"), ("cpu=any,x86-64-v2,aarch64", "need the same features"),
      ("cpu=x86-64-v3,", "unknown processor ''"), ("cpu=", "unknown processor ''"), ("gpu=a,b", "unknown target"),
    ] {
      let error = #expect(throws: Diagnostic.self) { try Targets.parseList(text) }
      #expect(error?.message.contains(words) == true, "\(text): \(error?.message ?? "")")
    }
    let single = #expect(throws: Diagnostic.self) { try Targets.parse("cpu=x86-64-v2,x86-64-v3") }
    #expect(single?.message == "'cpu=x86-64-v2,x86-64-v3' names several machines, where one is needed")
    #expect(throws: Diagnostic.self) { try ProgramDevice(parsing: "a=cpu,level=x86-64-v2,x86-64-v3") }
  }

  /// A table that no layout concerns is stored once, weights once for each layout; with layouts in common nothing is stored twice.
  @Test func sharedConstants() throws {
    func bytes(_ module: TesseraRuntime.Module) -> Int {
      (0..<module.file.constantCount).reduce(0) { $0 + module.file.constant($1)!.count }
    }
    let list = "cpu=x86-64-v4,x86-64-v3,x86-64-v2"
    let one = try TesseraRuntime.Module(bytes: Self.variants("cpu=x86-64-v4").moduleBytes())
    let own = try TesseraRuntime.Module(bytes: Self.variants(list).moduleBytes())
    let shared = try TesseraRuntime.Module(bytes: Self.variants(list, sharesLayouts: true).moduleBytes())
    #expect(bytes(one) == 2 * 64 * 64 * 4)
    #expect(bytes(own) == 4 * 64 * 64 * 4)
    #expect(bytes(shared) == bytes(one))
    #expect(own.variants.map(\.machines) == [["x86-64-v4"], ["x86-64-v3"], ["x86-64-v2"]])
    #expect(own.functions.map(\.signature) == one.functions.map(\.signature))
  }

  /// The same input gives the same bytes.
  @Test func sameBytes() throws {
    #expect(try Self.variants("cpu=any").moduleBytes() == Self.variants("cpu=any").moduleBytes())
  }

  #if arch(x86_64)
    /// Every variant that this machine can run computes the same.
    @Test(arguments: [false, true]) func results(sharesLayouts: Bool) throws {
      let module = try TesseraRuntime.Module(bytes: Self.variants("cpu=any", sharesLayouts: sharesLayouts).moduleBytes())
      let x = try Tensor(shape: [8, 64], (0..<512).map { Float($0 % 5) })
      var results: [[Float]] = []
      for variant in module.variants {
        let features = CPUFeatures(model: "test", names: Set(variant.executables.flatMap(\.variants).flatMap(\.requiredFeatures)))
        guard features.names.isSubset(of: CPUFeatures.host.names) else { continue }
        let session = try Session(module, device: CPUDevice(threads: 1, features: features))
        #expect(session.description == variant)
        results.append(try session.call("main", [x])[0].array())
      }
      #expect(!results.isEmpty)
      // Products of such small numbers are exact, whatever the order of sums.
      for result in results { #expect(result == results[0]) }
    }
  #endif
}
