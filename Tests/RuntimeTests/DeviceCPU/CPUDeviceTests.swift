import TesseraDeviceCPU
import TesseraModuleFormat
import TesseraRuntime
import Testing

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
    let a = try Tensor(shape: [64], [Float](repeating: 1, count: 64))
    for _ in 0..<3 {
      #expect(try session.call("main", [a, a], options: CallOptions(timing: timing))[0].array() == [Float](repeating: 6, count: 64))
    }
    _ = try session.call("main", [a, a])
    #expect(timing.sites.map(\.runs) == [3, 3])
  }

  /// A trace has each call that was given it, and within it each dispatch; a thread does one thing at a time.
  @Test(arguments: [1, 2, 4]) func trace(threads: Int) throws {
    let session = try Session(load(sumModule()), device: CPUDevice(threads: threads))
    let trace = Trace()
    let a = try Tensor(shape: [1000], [Float](repeating: 1, count: 1000))
    for _ in 0..<3 {
      #expect(try session.call("main", [a, a], options: CallOptions(trace: trace))[0].array() == [Float](repeating: 6, count: 1000))
      _ = try session.call("main", [a, a])
    }
    #expect(trace.callCount == 3 && trace.lostCount == 0)
    for call in 0..<3 {
      let events = trace.events.filter { $0.call == call }
      let whole = try #require(events.first { $0.kind == .call })
      #expect(events.allSatisfy { $0.begin >= whole.begin && $0.begin <= $0.end && $0.end <= whole.end })
      #expect(events.count { $0.kind == .submission } == 1)
      #expect(Set(events.filter { $0.kind == .dispatch }.map(\.site)) == [0, 1])
      for thread in 0..<threads {
        let own = events.filter { $0.kind == .dispatch && $0.thread == thread }.sorted { $0.begin < $1.begin }
        #expect(zip(own, own.dropFirst()).allSatisfy { $0.end <= $1.begin })
      }
    }
  }

  /// A trace counts what it has no room for.
  @Test func fullTrace() throws {
    let session = try Session(load(sumModule()), device: CPUDevice(threads: 1))
    let trace = Trace(limit: 5)
    let a = try Tensor(shape: [4], [1, 2, 3, 4] as [Float])
    // Each call has a submission, two dispatches and the call itself.
    for _ in 0..<3 { _ = try session.call("main", [a, a], options: CallOptions(trace: trace)) }
    #expect(trace.events.count == 5 && trace.lostCount == 7 && trace.callCount == 3)
  }
}

/// Lists of many commands, in the shapes that the worker pool treats differently.
@Suite(.enabled(if: KernelFixture.isAvailable, "needs a C compiler"))
struct CommandListTests {
  /// A chain of dependent dispatches, some too small to share: each sees the effects of the one before.
  @Test(arguments: [1, 2, 4], [1, 3, 1000] as [Int64])
  func chains(threads: Int, workgroups: Int64) throws {
    var module = try sumModule()
    module.dispatchSites.append(DispatchSite(executable: 0, entry: 1, sourceOperators: [], flops: 10, bytes: 10))
    var code = Array(module.functions[0].code[0..<4])
    for step in 0..<60 {
      code.append(.barrier())
      // Doubling and negation; every third dispatch and both its neighbours are small.
      code.append(
        .dispatch(
          site: step % 5 < 3 ? 2 : 1, workgroups: .immediate(workgroups), constants: [.register(0), step % 4 == 0 ? 2 : -1],
          bindings: [Binding(reference: 2, offset: 0, byteCount: .register(1))]))
    }
    module.functions[0].code = code + module.functions[0].code.suffix(2)
    let session = try Session(load(module), device: CPUDevice(threads: threads))
    let a = try Tensor(shape: [500], (0..<500).map { Float($0) })
    let trace = Trace()
    for round in 0..<50 {
      let options = CallOptions(trace: round % 2 == 0 ? trace : nil)
      #expect(try session.call("main", [a, a], options: options)[0].array() == (0..<500).map { Float($0 * 2) * 32768 * -1 })
    }
    // Whoever runs them, the workgroups of a call are the same.
    let dispatches = Dictionary(grouping: trace.events.filter { $0.kind == .dispatch }, by: \.call)
    #expect(dispatches.count == 25 && Set(dispatches.values.map { $0.reduce(0) { $0 + $1.amount } }).count == 1 && trace.lostCount == 0)
  }

  /// Independent dispatches of one wave, each on its own part of an arena, with scratch memory of the thread's own.
  @Test(arguments: [1, 2, 4]) func waves(threads: Int) throws {
    var module = try sumModule()
    module.dispatchSites.append(DispatchSite(executable: 0, entry: 2, sourceOperators: [], flops: 0, bytes: 0))
    var code: [Instruction] = [.allocate(to: 2, byteCount: 6400)]
    for part in 0..<10 {
      code.append(
        .dispatch(
          site: 2, workgroups: 7, constants: [160], bindings: [Binding(reference: 2, offset: .immediate(Int64(part * 640)), byteCount: 640)]
        ))
    }
    code += [.tensor(to: 3, buffer: 2, elementType: .f32, shape: [1600]), .returnValues(integers: [], references: [3])]
    module.functions[0].code = code
    let session = try Session(load(module), device: CPUDevice(threads: threads))
    let a = try Tensor(shape: [1], [0] as [Float])
    for _ in 0..<50 { #expect(try session.call("main", [a, a])[0].array() == (0..<1600).map { Float($0 % 160) }) }
  }

  /// A buffer that no register has any more is not given out again while commands that work on it are pending: here a copy of its bytes, in
  /// the wave in which the next buffer is filled.
  @Test(arguments: [1, 2, 4]) func pendingBuffers(threads: Int) throws {
    let count = 1 << 20
    var code: [Instruction] = [.allocate(to: 2, byteCount: .immediate(Int64(4 * count)))]
    for round in 0..<4 {
      code += [
        .moveReference(to: 3, from: 1), .allocate(to: 3, byteCount: .immediate(Int64(count))),
        .fill(buffer: 3, pattern: .immediate(Int64(round + 1)), patternByteCount: 1, byteCount: .immediate(Int64(count))), .barrier(),
        .slice(to: 4, from: 2, offset: .immediate(Int64(round * count)), byteCount: .immediate(Int64(count))),
        .copy(from: 3, to: 4, byteCount: .immediate(Int64(count))),
      ]
    }
    code += [
      .tensor(to: 5, buffer: 2, elementType: .u8, shape: [4, .immediate(Int64(count))]), .returnValues(integers: [], references: [5]),
    ]
    let module = ModuleDescription(functions: [
      FunctionDescription(
        name: "main", isExported: true, inputs: [],
        outputs: [TensorInfo(name: "", elementType: .u8, shape: [.symbolic("?"), .symbolic("?")])],
        integerRegisterCount: 0, referenceRegisterCount: 6, code: code)
    ])
    let session = try Session(load(module), device: CPUDevice(threads: threads))
    for _ in 0..<20 {
      let bytes = try session.call("main", [])[0].array(of: UInt8.self)
      for round in 0..<4 { #expect(bytes[round * count..<(round + 1) * count].allSatisfy { $0 == UInt8(round + 1) }) }
    }
  }

  /// Scratch memory that grows with a constant, from one dispatch of a list to the next and from call to call, and shrinks again.
  @Test(arguments: [1, 2]) func growingScratch(threads: Int) throws {
    var module = try sumModule()
    module.dispatchSites.append(DispatchSite(executable: 0, entry: 5, sourceOperators: [], flops: 0, bytes: 0))
    func reversal(_ count: IntegerOperand, _ byteCount: IntegerOperand) -> Instruction {
      .dispatch(site: 2, workgroups: 1, constants: [count], bindings: [Binding(reference: 2, offset: 0, byteCount: byteCount)])
    }
    // Registers 0 and 1 have the number of elements and of bytes.
    module.functions[0].code =
      module.functions[0].code[0..<4] + [.barrier(), reversal(4, 16), .barrier(), reversal(.register(0), .register(1))]
      + module.functions[0].code.suffix(2)
    let session = try Session(load(module), device: CPUDevice(threads: threads))
    for count in [4, 100_000, 50, 5_000_000, 9, 8, 7, 6, 5, 100_000] {
      let a = try Tensor(shape: [count], (0..<count).map { Float($0) }),
        zero = try Tensor(shape: [count], [Float](repeating: 0, count: count))
      let expected = Array(([3, 2, 1, 0] + (4..<count).map { Float($0) }).reversed())
      #expect(try session.call("main", [a, zero])[0].array() == expected)
    }
    for (constants, expected) in [([3], 7 + 3 * 5), ([-1], nil), ([.max], nil), ([0], 7)] as [([Int64], Int?)] {
      let size = ScratchSize(byteCount: 7, terms: [.init(constant: 0, byteCount: 5)])
      #expect(constants.withUnsafeBufferPointer { size.byteCount(constants: $0) } == expected)
    }
  }

  /// Fills and copies large enough to be shared, of every pattern.
  @Test(arguments: [1, 3], [1, 2, 4, 8]) func fills(threads: Int, patternByteCount: Int) throws {
    let count: Int64 = 1_000_008
    let pattern: Int64 = 0x0807_0605_0403_0201
    let module = ModuleDescription(functions: [
      FunctionDescription(
        name: "main", isExported: true, inputs: [], outputs: [TensorInfo(name: "", elementType: .u8, shape: [.fixed(count)])],
        integerRegisterCount: 0, referenceRegisterCount: 2,
        code: [
          .allocate(to: 0, byteCount: .immediate(count)), .allocate(to: 1, byteCount: .immediate(count)),
          .fill(buffer: 0, pattern: .immediate(pattern), patternByteCount: patternByteCount, byteCount: .immediate(count)), .barrier(),
          .copy(from: 0, to: 1, byteCount: .immediate(count)), .tensor(to: 1, buffer: 1, elementType: .u8, shape: [.immediate(count)]),
          .returnValues(integers: [], references: [1]),
        ])
    ])
    let session = try Session(load(module), device: CPUDevice(threads: threads))
    let result = try session.call("main", [])[0].array(of: UInt8.self)
    #expect(result == (0..<Int(count)).map { UInt8($0 % patternByteCount + 1) })
  }
}
