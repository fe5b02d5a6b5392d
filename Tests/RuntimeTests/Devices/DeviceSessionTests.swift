import Synchronization
import TesseraDeviceCPU
import TesseraModuleFormat
import TesseraRuntime
import Testing

/// Sessions on every device: the part of the conformance suite that goes through the host program.
@Suite(.enabled(if: KernelFixture.isAvailable, "needs a C compiler"), .timeLimit(.minutes(10)))
struct DeviceSessionTests {
  /// Many sessions, called from many threads, with calls that fail among them.
  @Test(arguments: TestedDevice.all) func manySessions(_ tested: TestedDevice) throws {
    let device = tested.make()
    let module = try load(busyModule(), for: device)
    let sessions = try (0..<3).map { _ in try Session(module, device: device) }
    try onThreads(6) { thread in
      for round in 0..<60 {
        try ConcurrentCallTests.check(sessions[(thread + round) % 3], count: (round * 5) % 200, seed: thread * 100 + round)
      }
    }
  }

  /// Dispatches that take minutes end when they are interrupted.
  @Test(arguments: TestedDevice.all) func interruption(_ tested: TestedDevice) throws {
    let device = tested.make()
    let session = try Session(load(busyModule(), for: device), device: device)
    let hasEnded = Flag()
    try onThreads(2) { thread in
      if thread == 0 {
        let error = #expect(throws: RuntimeError.self) { try session.call("long", [] as [Tensor]) }
        #expect(error?.code == .cancelled)
        hasEnded.set()
      } else {
        while !hasEnded.isSet { session.interrupt() }
      }
    }
    try ConcurrentCallTests.check(session, count: 50, seed: 3)
  }

  /// Constants, loads and stores of the host, slices, fills and copies.
  @Test(arguments: TestedDevice.all) func hostAccess(_ tested: TestedDevice) throws {
    let module = ModuleDescription(functions: [
      FunctionDescription(
        name: "main", isExported: true, inputs: [TensorInfo(name: "x", elementType: .i32, shape: [.fixed(4)])],
        outputs: [TensorInfo(name: "y", elementType: .i32, shape: [.fixed(4)])], integerRegisterCount: 3, referenceRegisterCount: 5,
        code: [
          .constant(to: 1, index: 0), .load(to: 0, buffer: 1, byteOffset: 4, elementType: .i32),
          .load(to: 1, buffer: 0, byteOffset: 8, elementType: .i32), .integer(.add, to: 2, .register(0), .register(1)),
          .allocate(to: 2, byteCount: 64), .fill(buffer: 2, pattern: 9, patternByteCount: 4, byteCount: 64), .barrier(),
          .slice(to: 3, from: 2, offset: 16, byteCount: 16), .copy(from: 0, to: 3, byteCount: 16),
          .store(.register(2), buffer: 3, byteOffset: 4, elementType: .i32), .slice(to: 3, from: 2, offset: 12, byteCount: 16),
          .tensor(to: 4, buffer: 3, elementType: .i32, shape: [4]), .returnValues(integers: [], references: [4]),
        ])
    ])
    let constant = [Int32(5), 100].withUnsafeBytes { Array($0) }
    let device = tested.make()
    let session = try Session(load(module, constants: [constant], for: device), device: device)
    for round in 0..<3 {
      let x = try Tensor(shape: [4], (1...4).map { Int32($0 + round) })
      let y = try session.call("main", [x])[0]
      #expect(try y.array() == [9, Int32(1 + round), Int32(103 + round), Int32(3 + round)])
      // What comes out can go in again, and an unaligned part of a buffer too.
      #expect(try session.call("main", [y])[0].array()[1] == Int32(9))
    }
  }

  /// Lists that are joined, strings, and an input that is an output.
  @Test(arguments: TestedDevice.all) func listsAndStrings(_ tested: TestedDevice) throws {
    let module = ModuleDescription(functions: [
      FunctionDescription(
        name: "main", isExported: true,
        inputs: [
          TensorInfo(name: "xs", elementType: .f32, shape: [.symbolic("?"), .fixed(2)], containers: [.sequence]),
          TensorInfo(name: "words", elementType: .string, shape: [.fixed(2)]),
        ],
        outputs: [
          TensorInfo(name: "all", elementType: .f32, shape: [.symbolic("?"), .fixed(2)]),
          TensorInfo(name: "numbers", elementType: .f32, shape: [.fixed(2)]),
          TensorInfo(name: "both", elementType: .string, shape: [.fixed(2)]),
        ], integerRegisterCount: 0, referenceRegisterCount: 5,
        code: [
          .listJoin(to: 2, list: 0, axis: 0, isNew: 0, elementType: .f32, shape: [-1, 2]),
          .strings(.parse, to: [3], from: [1], elementType: .f32, values: []),
          .strings(.concatenate, to: [4], from: [1, 1], elementType: .string, values: []),
          .returnValues(integers: [], references: [2, 3, 4]),
        ])
    ])
    let device = tested.make()
    let session = try Session(load(module, for: device), device: device)
    let xs = RuntimeValue.list([
      .tensor(try Tensor(shape: [1, 2], [1, 2] as [Float])), .tensor(try Tensor(shape: [2, 2], [3, 4, 5, 6] as [Float])),
    ])
    let outputs = try session.call("main", values: [xs, .tensor(try Tensor(shape: [2], ["1.5", "-2"]))])
    #expect(try outputs[0].tensor?.array() == [1, 2, 3, 4, 5, 6] as [Float])
    #expect(try outputs[1].tensor?.array() == [1.5, -2] as [Float])
    #expect(try outputs[2].tensor?.stringArray() == ["1.51.5", "-2-2"])
  }

  /// An observer sees operands before and results after each dispatch.
  @Test(arguments: TestedDevice.all) func observation(_ tested: TestedDevice) throws {
    let device = tested.make()
    let session = try Session(load(sumModule(), for: device), device: device)
    let recorder = FloatRecorder()
    let a = try Tensor(shape: [2], [1, 2] as [Float]), b = try Tensor(shape: [2], [10, 20] as [Float])
    _ = try session.call("main", [a, b], options: CallOptions(observer: recorder))
    let seen = recorder.seen.withLock { $0 }
    #expect(seen.map(\.site) == [0, 0, 1, 1])
    #expect(seen[1].floats == [[1, 2], [10, 20], [11, 22]])
    #expect(seen[2].floats == [[11, 22]] && seen[3].floats == [[33, 66]])
  }

  /// A device that the host does not reach has no buffer left once sessions and outputs are gone.
  @Test func nothingIsLeft() throws {
    let device = RemoteDevice(threads: 1)
    do {
      let session = try Session(load(sumModule(), constants: [[1, 2, 3]]), device: device)
      let a = try Tensor(shape: [2], [1, 2] as [Float])
      for _ in 0..<10 { _ = try session.call("main", [a, a]) }
      #expect(device.bufferCount > 0)
    }
    #expect(device.bufferCount == 0)
  }
}

/// Keeps the floats of all bindings.
private final class FloatRecorder: DispatchObserver {
  struct Seen {
    let site: Int
    let floats: [[Float]]
  }
  let seen = Mutex<[Seen]>([])
  private func note(_ dispatch: ObservedDispatch) {
    let floats = dispatch.bindings.map { Array($0.bindMemory(to: Float.self)) }
    seen.withLock { $0.append(Seen(site: dispatch.site, floats: floats)) }
  }
  func willRun(_ dispatch: ObservedDispatch) { note(dispatch) }
  func didRun(_ dispatch: ObservedDispatch) { note(dispatch) }
}
