import TesseraDeviceCPU
import TesseraDiagnostics
import TesseraFiles
import TesseraModuleFormat
import TesseraRuntime
import Testing

@testable import TesseraCompiler
@testable import TesseraTargetCPU

/// The module by which the roof is measured does what the measurement believes.
@Suite struct ToolsRoofTests {
  @Test(arguments: ["host", "x86-64-v2"])
  func computes(target: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("roof.tsm")
    let target = try CPUTarget(named: target)
    guard target.architecture == CPUTarget.thisMachine.architecture else { return }
    try RoofModule(target: target).write(to: path)
    let session = try Session(TesseraRuntime.Module(path: path), device: CPUDevice(threads: 2))
    let groups = try Tensor(Int64(2))
    // Two parts of one block each; what is behind them is left out.
    let count = 1024 + 10
    let x = try ToolsDispatchFileTests.tensor([count]) { $0 < 512 ? 1 : 2 }
    let width = target.vectorByteCount / 4
    for name in ["read", "read4"] {
      let sums = ToolsDispatchFileTests.floats(try session.call(name, [x, Tensor(Int64(3)), groups])[0])
      #expect(sums.count == 32)
      #expect(sums[..<width].reduce(0, +) == 3 * 512, "all of the first part, three times")
      #expect(sums[16..<16 + width].reduce(0, +) == 3 * 1024)
    }
    let copied = ToolsDispatchFileTests.floats(try session.call("copy", [x, Tensor(Int64(2)), groups])[0])
    #expect(copied.prefix(1024).elementsEqual(ToolsDispatchFileTests.floats(x).prefix(1024)))
    #expect(try session.call("fma", [Tensor(Int64(5)), groups])[0].shape == [2, 16])
  }
}
