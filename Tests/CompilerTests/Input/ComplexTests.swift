import TesseraDeviceCPU
import TesseraFiles
import TesseraMLIR
import TesseraModuleFormat
import TesseraRuntime
import TesseraTargetCPU
import Testing

@testable import TesseraCompiler

/// Complex elements, from MLIR text to numbers.
@Suite struct ComplexTests {
  private static let model = """
    func.func @main(%a: tensor<?xcomplex<f32>>, %b: tensor<?xcomplex<f32>>) -> (tensor<?xcomplex<f32>>, tensor<?xf32>) {
      %c0 = arith.constant 0 : index
      %n = tensor.dim %a, %c0 : tensor<?xcomplex<f32>>
      %e = tensor.empty(%n) : tensor<?xcomplex<f32>>
      %f = tensor.empty(%n) : tensor<?xf32>
      %product = linalg.generic {
        indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]
      } ins(%a, %b : tensor<?xcomplex<f32>>, tensor<?xcomplex<f32>>) outs(%e : tensor<?xcomplex<f32>>) {
      ^bb0(%x: complex<f32>, %y: complex<f32>, %z: complex<f32>):
        %m = complex.mul %x, %y : complex<f32>
        linalg.yield %m : complex<f32>
      } -> tensor<?xcomplex<f32>>
      %real = linalg.generic {
        indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]
      } ins(%product : tensor<?xcomplex<f32>>) outs(%f : tensor<?xf32>) {
      ^bb0(%x: complex<f32>, %z: f32):
        %m = complex.re %x : complex<f32>
        linalg.yield %m : f32
      } -> tensor<?xf32>
      return %product, %real : tensor<?xcomplex<f32>>, tensor<?xf32>
    }
    """

  private func tensor(_ parts: [Float]) throws -> Tensor {
    try parts.withUnsafeBytes { try Tensor(elementType: .complex64, shape: [parts.count / 2], bytes: $0) }
  }

  @Test func multiplies() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(Self.model.utf8), to: "model.mlir")
    let compilation = try loadModel(path: path, options: CompileOptions(), observer: nil)
    try compilation.run()
    let session = try Session(TesseraRuntime.Module(bytes: compilation.moduleBytes()), device: CPUDevice(threads: 1))
    // (1 + 2i)(3 - 1i) = 5 + 5i, i * i = -1, 2 * (0.5 + 1i) = 1 + 2i
    let outputs = try session.call("main", [tensor([1, 2, 0, 1, 2, 0]), tensor([3, -1, 0, 1, 0.5, 1])])
    #expect(outputs[0].withUnsafeBytes { Array($0.bindMemory(to: Float.self)) } == [5, 5, -1, 0, 1, 2])
    #expect(outputs[1].withUnsafeBytes { Array($0.bindMemory(to: Float.self)) } == [5, -1, 1])
  }
}
