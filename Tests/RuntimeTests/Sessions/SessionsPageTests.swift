import Foundation
import TesseraDeviceCPU
import TesseraModuleFormat
import TesseraRuntime
import Testing

/// What `Sources/Library/Tessera.docc/Sessions.md` shows.
@Suite(.enabled(if: KernelFixture.isAvailable, "needs a C compiler"))
struct SessionsPageTests {
  /// Each line of the page's code stands in this file, in order within a block.
  @Test func quotations() throws {
    let root = String(#filePath[..<(try #require(#filePath.firstRange(of: "/Tests/RuntimeTests/")).lowerBound)])
    let page = String(decoding: try #require(contents(of: "\(root)/Sources/Library/Tessera.docc/Sessions.md")), as: UTF8.self)
    func lines(_ text: String) -> [String] { text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) } }
    let source = lines(String(decoding: try #require(contents(of: #filePath)), as: UTF8.self))
    let blocks = page.components(separatedBy: "```swift\n").dropFirst().map { lines($0.components(separatedBy: "```")[0]) }
    #expect(blocks.count == 8)
    for block in blocks { #expect(source.indices.contains { source[$0...].starts(with: block) }, "\(block) is not quoted from a test") }
  }

  /// The code of `docs/HowTo/AddADevice.md`, which stands in paragraphs of its own, is that of the example, of the suite and of the list.
  @Test func addADevice() throws {
    let root = String(#filePath[..<(try #require(#filePath.firstRange(of: "/Tests/RuntimeTests/")).lowerBound)])
    func text(_ path: String) throws -> String { String(decoding: try #require(contents(of: "\(root)/\(path)")), as: UTF8.self) }
    let sources = try [
      "Tests/RuntimeTests/Devices/RemoteDevice.swift", "Tests/RuntimeTests/Devices/DeviceConformanceTests.swift",
      "Sources/Library/Devices.swift",
    ].map(text).joined()
    let code = try text("docs/HowTo/AddADevice.md").components(separatedBy: "\n\n").filter { $0.hasPrefix("      ") }
    #expect(code.count == 3)
    for line in code { #expect(sources.contains(line.trimmingCharacters(in: .whitespaces)), "'\(line)' is not in the example") }
  }

  /// A module that adds two vectors and multiplies by 3, and inputs.
  private func example() throws -> (module: Module, a: Tensor, b: Tensor) {
    (try load(sumModule()), try Tensor(shape: [2], [1, 2] as [Float]), try Tensor(shape: [2], [10, 20] as [Float]))
  }

  @Test func calls() throws {
    let (module, a, b) = try example()
    let session = try Session(module, device: CPUDevice())
    let outputs = try session.call("main", [a, b])
    let named = try session.call("main", ["a": a, "b": b])
    #expect(try outputs[0].array() == [33, 66] as [Float] && named["sum"]?.array() == [33, 66] as [Float])
  }

  @Test func asynchronousCalls() async throws {
    let (module, a, b) = try example()
    let session = try Session(module, device: CPUDevice())
    let outputs = try await session.call("main", [a, b])
    #expect(try outputs[0].array() == [33, 66] as [Float])
    let task = Task { try await session.call("main", [a, b]) }
    task.cancel()
    // It may have been done before.
    if case .failure(let error) = await task.result { #expect((error as? RuntimeError)?.code == .cancelled) }
  }

  @Test func timing() throws {
    let (module, a, b) = try example()
    let session = try Session(module, device: CPUDevice())
    let timing = DispatchTiming(siteCount: module.description.dispatchSites.count)
    _ = try session.call("main", [a, b], options: CallOptions(timing: timing))
    let slowest = timing.sites.max { $0.nanoseconds < $1.nanoseconds }
    #expect(slowest?.runs == 1)
    let trace = Trace()
    _ = try session.call("main", [a, b], options: CallOptions(trace: trace))
    let longest = trace.events.filter { $0.kind == .dispatch }.max { $0.end - $0.begin < $1.end - $1.begin }
    #expect(longest?.call == 0)
  }

  @Test func inputs() throws {
    let session = try Session(example().module, device: CPUDevice())
    let numbers: [Float] = [1, 2]
    let sum = try Tensor.withTensor(of: numbers.span, shape: [2]) { x in try session.call("main", [x, x])[0] }
    #expect(try sum.array() == [6, 12] as [Float])
    let owner = Owner()
    let bytes = UnsafeRawBufferPointer(owner.memory)
    do {
      let x = try Tensor(elementType: .f32, shape: [2], sharing: bytes) { owner.finish() }
      #expect(try session.call("main", [x, x])[0].array() == [6, 12] as [Float])
    }
    _ = try session.call("main", [sum, sum])
    #expect(owner.isFinished.isSet)
  }

  /// Memory of a caller.
  private final class Owner: @unchecked Sendable {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 8, alignment: 64)
    let isFinished = Flag()
    init() { memory.copyBytes(from: [Float(1), 2].withUnsafeBytes { Array($0) }) }
    deinit { memory.deallocate() }
    func finish() { isFinished.set() }
  }

  @Test func outputs() throws {
    let (module, a, b) = try example()
    let session = try Session(module, device: CPUDevice())
    var result = [Float](repeating: 0, count: 2)
    var elements = result.mutableSpan
    let shape = try session.call("main", [a, b], into: &elements)
    #expect(shape == [2] && result == [33, 66])
  }
}
