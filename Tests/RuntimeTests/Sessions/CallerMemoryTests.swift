import TesseraDeviceCPU
import TesseraDeviceVulkan
import TesseraModuleFormat
import TesseraRuntime
import Testing

/// Inputs and outputs in memory of the caller.
@Suite(.enabled(if: KernelFixture.isAvailable, "needs a C compiler"))
struct CallerMemoryTests {
  /// A module that gives its input back, or the numbers `sumModule` gives.
  private static func same(for device: any Device) throws -> Module {
    try load(
      ModuleDescription(functions: [
        FunctionDescription(
          name: "main", isExported: true, inputs: [f32("x", [.symbolic("n")])], outputs: [f32("y", [.symbolic("n")])],
          integerRegisterCount: 0, referenceRegisterCount: 1, code: [.returnValues(integers: [], references: [0])])
      ]), for: device)
  }

  /// A tensor in the caller's memory is read there, also where it is not aligned, and is let go with the last tensor that shares the
  /// memory: an output, here. On a device that the host does not reach nothing is shared.
  @Test(arguments: TestedDevice.all, [0, 4]) func shared(_ tested: TestedDevice, offset: Int) throws {
    nonisolated(unsafe) let memory = UnsafeMutableRawPointer.allocate(byteCount: 1024, alignment: 64)
    for i in 0..<256 { memory.storeBytes(of: Float(i), toByteOffset: 4 * i, as: Float.self) }
    let device = tested.make(), hasOwnMemory = device is RemoteDevice || device is VulkanDevice
    let session = try Session(Self.same(for: device), device: device)
    let isFree = Flag()
    var output: Tensor?
    do {
      let tensor = try Tensor(elementType: .f32, shape: [100], sharing: UnsafeRawBufferPointer(start: memory + offset, count: 400)) {
        memory.deallocate()
        isFree.set()
      }
      tensor.withUnsafeBytes { #expect($0.baseAddress == UnsafeRawPointer(memory + offset)) }
      output = try session.call("main", [tensor])[0]
      #expect(try output?.array() == (0..<100).map { Float($0 + offset / 4) })
      // Only where kernels take the memory as it is.
      let isInPlace = offset == 0 && !hasOwnMemory
      #expect((output?.withUnsafeBytes { $0.baseAddress } == UnsafeRawPointer(memory + offset)) == isInPlace)
      #expect(!isFree.isSet)
    }
    // The next call has no reference to the input of the last one.
    _ = try session.call("main", [Tensor(shape: [1], [1] as [Float])])
    #expect(isFree.isSet == (offset != 0 || hasOwnMemory))
    output = nil
    #expect(isFree.isSet)
  }

  /// Bytes of another length are refused, and not let go.
  @Test func wrongLengths() throws {
    let bytes = [Float](repeating: 0, count: 3)
    let isFree = Flag()
    let error = #expect(throws: RuntimeError.self) {
      try bytes.withUnsafeBytes { bytes in
        _ = try Tensor(elementType: .f32, shape: [2], sharing: bytes) { isFree.set() }
      }
    }
    #expect(error?.description == "INVALID_ARGUMENT; a tensor of shape 2 cannot hold 12 bytes of f32")
    #expect(!isFree.isSet)
    #expect(throws: RuntimeError.self) { try Tensor.withTensor(of: bytes.span, shape: [4]) { _ in } }
  }

  /// Spans are read in place, for one call or several; an output that would share their memory is a copy.
  @Test(arguments: TestedDevice.all) func spans(_ tested: TestedDevice) throws {
    let device = tested.make()
    let sum = try Session(load(sumModule(), for: device), device: device), same = try Session(Self.same(for: device), device: device)
    for count in [0, 1, 1000] {
      let a = (0..<count).map { Float($0) }, b = [Float](repeating: 1, count: count)
      let outputs = try Tensor.withTensor(of: a.span, shape: [count]) { x in
        a.withUnsafeBytes { bytes in x.withUnsafeBytes { #expect($0.baseAddress == bytes.baseAddress || count == 0) } }
        return try Tensor.withTensor(of: b.span.bytes, elementType: .f32, shape: [count]) { y in
          [try sum.call("main", [x, y])[0], try same.call("main", [x])[0]]
        }
      }
      #expect(try outputs[0].array() == a.map { ($0 + 1) * 3 })
      #expect(try outputs[1].array() == a)
    }
  }

  /// A tensor that outlives its span ends the program.
  @Test func escapingSpan() async {
    await #expect(processExitsWith: .failure) {
      var escaped: Tensor?
      let numbers: [Float] = [1, 2]
      try Tensor.withTensor(of: numbers.span, shape: [2]) { escaped = $0 }
      _ = escaped
    }
  }

  /// Outputs go to the beginning of the memory that is given, and leave the rest.
  @Test(arguments: TestedDevice.all) func outputs(_ tested: TestedDevice) throws {
    let device = tested.make()
    let session = try Session(load(sumModule(), for: device), device: device)
    var memory = [Float](repeating: -1, count: 10)
    for count in [3, 0, 10] {
      let a = try Tensor(shape: [count], (0..<count).map { Float($0) })
      let before = memory
      let shapes = try memory.withUnsafeMutableBytes { try session.call("main", [a, a], into: [$0]) }
      #expect(shapes == [[count]])
      #expect(memory == (0..<count).map { Float($0 * 6) } + before[count...])
    }
    var span = memory.mutableSpan
    #expect(try session.call("main", [Tensor(shape: [1], [2] as [Float]), Tensor(shape: [1], [3] as [Float])], into: &span) == [1])
    #expect(memory[0] == 15)
  }

  /// What does not fit is refused.
  @Test func wrongOutputs() throws {
    let session = try Session(load(sumModule()), device: CPUDevice(threads: 1))
    let a = try Tensor(shape: [3], [1, 2, 3] as [Float])
    func message(_ body: () throws -> Void) -> String? {
      do { try body() } catch { return (error as? RuntimeError)?.description.split(separator: "\n").first.map(String.init) }
      return nil
    }
    var memory = [Float](repeating: -1, count: 2)
    #expect(
      message { _ = try memory.withUnsafeMutableBytes { try session.call("main", [a, a], into: [$0]) } }
        == "INVALID_ARGUMENT; function 'main', output 0 ('sum'): 3xf32 takes 12 bytes, but memory of 8 was given")
    #expect(memory == [-1, -1])
    #expect(
      message { _ = try session.call("main", [a, a], into: [] as [UnsafeMutableRawBufferPointer]) }
        == "INVALID_ARGUMENT; function 'main' gives 1 output, but memory for 0 was given")
    var integers = [Int32](repeating: 0, count: 3)
    #expect(
      message {
        var span = integers.mutableSpan
        _ = try session.call("main", [a, a], into: &span)
      } == "INVALID_ARGUMENT; function 'main', output 0 ('sum'): its elements are f32, not i32")
  }
}
