import ModuleFormat
import Testing

@testable import DeviceCPU
@testable import Runtime

/// Kernels on threads, against what the same arithmetic gives in Swift.
@Suite(.enabled(if: KernelFixture.isAvailable, "needs a C compiler"))
struct CPUDeviceTests {
  /// Two dependent dispatches give the right numbers with any number of threads, over and over.
  @Test(arguments: [1, 2, 3, 8], [0, 1, 7, 1000, 100_003])
  func sums(threads: Int, count: Int) throws {
    let session = try Session(load(sumModule()), device: CPUDevice(threads: threads))
    for round in 0..<20 {
      let a = (0..<count).map { Float($0 + round) }
      let b = (0..<count).map { Float(2 * $0) }
      let outputs = try session.call("main", [Tensor(shape: [count], a), Tensor(shape: [count], b)])
      #expect(try outputs[0].array() == zip(a, b).map { ($0 + $1) * 3 })
    }
  }

  /// Many small jobs in a row: no lost wake-up, no job seen twice.
  @Test func manyCalls() throws {
    let session = try Session(load(sumModule()), device: CPUDevice(threads: 4))
    let a = try Tensor(shape: [64], (0..<64).map { Float($0) })
    for _ in 0..<20_000 { _ = try session.call("main", [a, a]) }
    #expect(try session.call("main", [a, a])[0].array() == (0..<64).map { Float($0) * 6 })
  }

  /// Outputs that the caller holds are not overwritten by later calls; others are used again.
  @Test func outputsStay() throws {
    let session = try Session(load(sumModule()), device: CPUDevice(threads: 1))
    let one = try Tensor(shape: [3], [1, 1, 1] as [Float])
    let two = try Tensor(shape: [3], [2, 2, 2] as [Float])
    let first = try session.call("main", [one, one])
    let second = try session.call("main", [two, two])
    #expect(try first[0].array() == [6, 6, 6] as [Float])
    #expect(try second[0].array() == [12, 12, 12] as [Float])
  }

  /// Sessions of several threads share a device.
  @Test func sharedDevice() async throws {
    let device = CPUDevice(threads: 3)
    let module = try load(sumModule())
    try await withThrowingTaskGroup { group in
      for task in 0..<4 {
        group.addTask {
          let session = try Session(module, device: device)
          let a = try Tensor(shape: [1000], (0..<1000).map { Float($0 * task) })
          for _ in 0..<200 {
            #expect(try session.call("main", [a, a])[0].array() == (0..<1000).map { Float($0 * task * 6) })
          }
        }
      }
      try await group.waitForAll()
    }
  }

  /// Timing counts every dispatch of every call.
  @Test func timing() throws {
    let session = try Session(load(sumModule()), device: CPUDevice(threads: 2))
    let timing = DispatchTiming(siteCount: 2)
    session.setTiming(timing)
    let a = try Tensor(shape: [64], [Float](repeating: 1, count: 64))
    for _ in 0..<3 { #expect(try session.call("main", [a, a])[0].array() == [Float](repeating: 6, count: 64)) }
    #expect(timing.runs == [3, 3])
  }
}
