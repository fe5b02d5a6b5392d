import Foundation
import TesseraDiagnostics
import TesseraModuleFormat
import Testing

@testable import TesseraCompiler

/// What the targets of known GPUs leave to the processor of the same program.
@Suite struct KnownGPUTests {
  /// The features that the kernels for the GPU ask for, and the notes about what runs elsewhere.
  private func compiled(_ operation: String, _ element: String, for gpu: String) throws -> (features: Set<String>, notes: [String]) {
    let folder = try ScratchFolder(), path = "\(folder.path)/program.mlir"
    try """
    func.func @main(%x: tensor<64x\(element)>) -> tensor<64x\(element)> {
      %e = tensor.empty() : tensor<64x\(element)>
      %y = linalg.generic {
        indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]
      } ins(%x : tensor<64x\(element)>) outs(%e : tensor<64x\(element)>) {
      ^bb0(%a: \(element), %o: \(element)):
        %r = \(operation) : \(element)
        linalg.yield %r : \(element)
      } -> tensor<64x\(element)>
      return %y : tensor<64x\(element)>
    }
    """.write(toFile: path, atomically: true, encoding: .utf8)
    var options = CompileOptions()
    options.devices = try [
      ProgramDevice(name: "gpu", target: Targets.parse("vulkan=\(gpu)")), ProgramDevice(name: "cpu", target: Targets.host),
    ]
    let compilation = try loadModel(path: path, options: options, observer: nil)
    try compilation.run(through: "codegen")
    let image = compilation.code.images[0]
    let kernels = image.isEmpty ? [] : try SPIRVImage.decode(image)
    return (Set(kernels.flatMap(\.requiredFeatures)), compilation.notes)
  }

  @Test(arguments: [
    ("math.sin %a", "f32", "any", true), ("math.sin %a", "f32", "ampere", true), ("math.sin %a", "f32", "adreno-740", false),
    ("math.tanh %a", "f32", "mali-g715", true), ("math.tanh %a", "f16", "apple", true), ("arith.addf %a, %a", "f64", "arc", false),
    ("arith.addf %a, %a", "f64", "rdna3", true), ("math.exp %a", "f64", "rdna3", false), ("arith.addi %a, %a", "i8", "mali", true),
    ("arith.addi %a, %a", "i4", "any", false),
  ])
  func placement(_ operation: String, _ element: String, _ gpu: String, _ isOnGPU: Bool) throws {
    let (features, notes) = try compiled(operation, element, for: gpu)
    #expect(features.isEmpty != isOnGPU, "\(features) \(notes)")
    #expect(!["adreno-740", "mali-g715", "apple", "arc", "mali"].contains(gpu) || !features.contains("Float64"))
  }

  @Test func unknownNames() {
    let error = #expect(throws: Diagnostic.self) { _ = try Targets.parse("vulkan=voodoo") }
    #expect(error?.notes.first?.contains("adreno") == true)
  }
}
