import TesseraDeviceCPU
import TesseraModuleFormat
import TesseraRuntime
import Testing

/// Two devices that the suite tries as one program.
struct TestedPair: Sendable, CustomTestStringConvertible {
  let first: TestedDevice
  let second: TestedDevice

  var testDescription: String { "\(first) and \(second)" }

  /// Every device beside every one.
  static let all = TestedDevice.all.flatMap { first in TestedDevice.all.map { TestedPair(first: first, second: $0) } }
}

extension TestedDevice: CustomStringConvertible { var description: String { testDescription } }

/// Programs of several devices: the part of the conformance suite on transfers, and on who waits for whom.
@Suite(.enabled(if: KernelFixture.isAvailable, "needs a C compiler"), .timeLimit(.minutes(10)))
struct SeveralDevicesTests {
  /// `main(a, b) = ((a + b) * 3, (a + b) * 3 * 2)`: the sum on device `a`, the products on device `b`, both results on `a`; `rounds(a, n)` multiplies
  /// by 2 on `b` and by 1 on `a` in turn.
  static func module(_ devices: [any Device]) throws -> ModuleDescription {
    let executable = try KernelFixture.executable()
    var second = executable.made(for: devices[1])
    second.device = 1
    let n = IntegerOperand.register(0), bytes = IntegerOperand.register(1)
    func whole(_ register: Int) -> Binding { Binding(reference: register, offset: 0, byteCount: bytes) }
    var module = try sumModule(executable: executable.made(for: devices[0]))
    module.devices = zip(["a", "b"], devices).map { DeviceDescription(name: $0, kind: $1.name) }
    module.executables.append(second)
    module.dispatchSites += [0, 1].map { DispatchSite(executable: 1, entry: $0, sourceOperators: ["b\($0)"], flops: 0, bytes: 0) }
    module.dispatchSites.append(DispatchSite(executable: 1, entry: 3, sourceOperators: ["/failing/Op"], flops: 0, bytes: 0))
    module.functions[0].outputs.append(f32("twice", [.symbolic("n")]))
    module.functions[0].referenceResultCount = 2
    module.functions[0].referenceRegisterCount = 12
    module.functions[0].code = [
      .dimension(to: 0, tensor: 0, axis: 0), .integer(.mul, to: 1, n, 4),
      .allocate(to: 2, byteCount: bytes), .allocate(to: 4, byteCount: bytes, device: 1), .allocate(to: 5, byteCount: bytes, device: 1),
      .dispatch(site: 0, workgroups: n, constants: [n], bindings: [whole(0), whole(1), whole(2)]),
      .transfer(to: 3, from: 2, device: 1),
      .copy(from: 3, to: 4, byteCount: bytes), .barrier(device: 1),
      .dispatch(site: 3, workgroups: n, constants: [n, 3], bindings: [whole(4)]), .barrier(device: 1),
      .copy(from: 4, to: 5, byteCount: bytes), .barrier(device: 1), .transfer(to: 6, from: 4, device: 0),
      .dispatch(site: 3, workgroups: n, constants: [n, 2], bindings: [whole(5)]), .transfer(to: 7, from: 5, device: 0),
      .tensor(to: 8, buffer: 6, elementType: .f32, shape: [n]), .tensor(to: 9, buffer: 7, elementType: .f32, shape: [n]),
      .returnValues(integers: [], references: [8, 9]),
    ]
    module.functions.append(
      FunctionDescription(
        name: "rounds", isExported: true, inputs: [f32("a", [.symbolic("n")]), TensorInfo(name: "count", elementType: .i64, shape: [])],
        outputs: [f32("y", [.symbolic("n")])], integerRegisterCount: 4, referenceRegisterCount: 8,
        code: [
          .dimension(to: 0, tensor: 0, axis: 0), .integer(.mul, to: 1, n, 4), .load(to: 2, buffer: 1, byteOffset: 0, elementType: .i64),
          .allocate(to: 2, byteCount: bytes), .copy(from: 0, to: 2, byteCount: bytes),
          .compare(.sgt, to: 3, .register(2), 0), .branchIf(.register(3), then: 7, else: 18),
          .transfer(to: 3, from: 2, device: 1), .allocate(to: 4, byteCount: bytes, device: 1), .copy(from: 3, to: 4, byteCount: bytes),
          .barrier(device: 1), .dispatch(site: 3, workgroups: n, constants: [n, 2], bindings: [whole(4)]),
          .transfer(to: 5, from: 4, device: 0), .allocate(to: 2, byteCount: bytes), .copy(from: 5, to: 2, byteCount: bytes), .barrier(),
          .integer(.sub, to: 2, .register(2), 1), .branch(5),
          .tensor(to: 6, buffer: 2, elementType: .f32, shape: [n]), .returnValues(integers: [], references: [6]),
        ]))
    module.functions.append(
      FunctionDescription(
        name: "crossing", isExported: true, inputs: [f32("a", [.symbolic("n")])], outputs: [f32("y", [.symbolic("n")])],
        integerRegisterCount: 2, referenceRegisterCount: 8,
        code: [
          .dimension(to: 0, tensor: 0, axis: 0), .integer(.mul, to: 1, n, 4), .transfer(to: 1, from: 0, device: 1),
          .allocate(to: 2, byteCount: bytes, device: 1), .copy(from: 1, to: 2, byteCount: bytes), .barrier(device: 1),
          .dispatch(site: 3, workgroups: n, constants: [n, 2], bindings: [whole(2)]),
          .allocate(to: 3, byteCount: 64), .fill(buffer: 3, pattern: 0, patternByteCount: 4, byteCount: 64),
          // Submits the product as what the target has, before the fill.
          .transfer(to: 4, from: 3, device: 1), .transfer(to: 5, from: 2, device: 0),
          .allocate(to: 6, byteCount: bytes), .copy(from: 5, to: 6, byteCount: bytes),
          .tensor(to: 7, buffer: 6, elementType: .f32, shape: [n]), .returnValues(integers: [], references: [7]),
        ]))
    module.functions.append(
      FunctionDescription(
        name: "fails", isExported: true, inputs: [f32("a", [.symbolic("n")])], outputs: [], integerRegisterCount: 2,
        referenceRegisterCount: 4,
        code: [
          .dimension(to: 0, tensor: 0, axis: 0), .integer(.mul, to: 1, n, 4), .transfer(to: 1, from: 0, device: 1),
          .allocate(to: 2, byteCount: bytes, device: 1), .copy(from: 1, to: 2, byteCount: bytes), .barrier(device: 1),
          .dispatch(site: 4, workgroups: n, constants: [1], bindings: []), .transfer(to: 3, from: 2, device: 0),
          .returnValues(integers: [], references: []),
        ]))
    module.functions.append(
      FunctionDescription(
        name: "misplaced", isExported: true, inputs: [f32("a", [.symbolic("n")])], outputs: [], integerRegisterCount: 2,
        referenceRegisterCount: 2,
        code: [
          .dimension(to: 0, tensor: 0, axis: 0), .integer(.mul, to: 1, n, 4), .allocate(to: 1, byteCount: bytes),
          .dispatch(site: 3, workgroups: n, constants: [n, 3], bindings: [whole(1)]), .returnValues(integers: [], references: []),
        ]))
    return module
  }

  /// A session of a pair.
  private static func session(_ pair: TestedPair) throws -> Session {
    let devices = [pair.first.make(), pair.second.make()]
    return try Session(load(Self.module(devices)), devices: devices)
  }

  static func check(_ session: Session, count: Int, seed: Int) throws {
    let a = try Tensor(shape: [count], (0..<count).map { Float(($0 + seed) % 31) })
    let b = try Tensor(shape: [count], (0..<count).map { Float($0 % 7) })
    let sums = (0..<count).map { Float(($0 + seed) % 31 + $0 % 7) }
    let outputs = try session.call("main", [a, b])
    #expect(try outputs[0].array() == sums.map { 3 * $0 })
    #expect(try outputs[1].array() == sums.map { 6 * $0 })
    let rounds = seed % 6
    let doubled = try session.call("rounds", [a, try Tensor(Int64(rounds))])[0]
    #expect(try doubled.array() == (0..<count).map { Float((($0 + seed) % 31) << rounds) })
  }

  /// What one device makes, another reads, whatever their memory; calls in turn, and at the same time.
  @Test(arguments: TestedPair.all) func transfers(_ pair: TestedPair) throws {
    let session = try Self.session(pair)
    for (seed, count) in [0, 1, 63, 64, 1000, 70_000].enumerated() { try Self.check(session, count: count, seed: seed) }
    try onThreads(3) { thread in
      for round in 0..<10 { try Self.check(session, count: (round * 37) % 200, seed: thread * 10 + round) }
    }
  }

  /// A transfer waits for what its own source has submitted, however long ago, not for the last submission of any device.
  @Test(arguments: TestedPair.all) func crossing(_ pair: TestedPair) throws {
    let session = try Self.session(pair)
    let a = try Tensor(shape: [300_000], (0..<300_000).map { Float($0 % 1000) })
    for _ in 0..<4 { #expect(try session.call("crossing", [a])[0].array() == (0..<300_000).map { Float(2 * ($0 % 1000)) }) }
  }

  /// A kernel that fails on the second device ends the call with its error, and later calls work.
  @Test(arguments: TestedPair.all) func failures(_ pair: TestedPair) throws {
    let session = try Self.session(pair)
    let a = try Tensor(shape: [100], [Float](repeating: 1, count: 100))
    for seed in 0..<3 {
      let error = #expect(throws: RuntimeError.self) { try session.call("fails", [a]) }
      #expect(error?.message.contains("/failing/Op") == true, "\(String(describing: error))")
      try Self.check(session, count: 50, seed: seed)
    }
    let misplaced = #expect(throws: RuntimeError.self) { try session.call("misplaced", [a]) }
    #expect(misplaced?.message.contains("binding 0 of dispatch site 3, which runs on 'b', is on 'a'") == true)
  }

  /// A device that is lost ends the calls that need it, those that run too, each time with its error; what does not need it lives on.
  @Test func lostDevice() throws {
    let cpu = CPUDevice(threads: 2), remote = RemoteDevice(threads: 1)
    let session = try Session(load(Self.module([cpu, remote])), devices: [cpu, remote])
    let other = try Session(load(Self.module([cpu, cpu])), devices: [cpu, cpu])
    try Self.check(session, count: 100, seed: 1)
    let a = try Tensor(shape: [100], [Float](repeating: 1, count: 100))
    try onThreads(3) { thread in
      if thread == 0 { remote.lose() }
      for _ in 0..<20 {
        do { _ = try session.call("main", [a, a]) } catch { #expect("\(error)" == "UNAVAILABLE; the remote device is lost") }
      }
    }
    for seed in 0..<3 {
      let error = #expect(throws: RuntimeError.self) { try session.call("main", [a, a]) }
      #expect(error?.id == "deviceLost")
      try Self.check(other, count: 50, seed: seed)
    }
  }

  /// Dispatches that are timed run one after the other, each on its device.
  @Test(arguments: TestedPair.all) func timing(_ pair: TestedPair) throws {
    let session = try Self.session(pair)
    let timing = DispatchTiming(siteCount: 5)
    let a = try Tensor(shape: [64], [Float](repeating: 1, count: 64))
    #expect(try session.call("main", [a, a], options: CallOptions(timing: timing))[1].array() == [Float](repeating: 12, count: 64))
    #expect(timing.sites.map(\.runs) == [1, 0, 0, 2, 0])
  }

  /// A trace has the dispatches of both devices, and what goes between them where it is copied.
  @Test(arguments: TestedPair.all) func trace(_ pair: TestedPair) throws {
    let session = try Self.session(pair)
    let trace = Trace()
    let a = try Tensor(shape: [64], [Float](repeating: 1, count: 64))
    #expect(try session.call("main", [a, a], options: CallOptions(trace: trace))[1].array() == [Float](repeating: 12, count: 64))
    let events = trace.events, dispatches = events.filter { $0.kind == .dispatch }
    #expect(Set(dispatches.map { [Int($0.site), Int($0.device)] }) == [[0, 0], [3, 1]])
    for transfer in events where transfer.kind == .transfer { #expect(transfer.amount == 256 && Int32(transfer.device) != transfer.site) }
    let whole = try #require(events.first { $0.kind == .call })
    #expect(events.allSatisfy { $0.begin >= whole.begin && $0.end <= whole.end })
  }

  /// Who waits for a piece of work gets its failure, though others have run since.
  @Test func failuresStay() throws {
    let queue = WorkQueue()
    defer { queue.stop() }
    let failed = queue.run(after: []) { () throws(RuntimeError) in throw RuntimeError(.internalError, "wanted") }
    while !failed.isReached {}
    try queue.run(after: []) {}.wait()
    let error = #expect(throws: RuntimeError.self) { try failed.wait() }
    #expect(error?.message == "wanted")
  }

  /// A session needs the devices that its module is for, in order.
  @Test func wrongDevices() throws {
    let module = try load(Self.module([CPUDevice(threads: 1), CPUDevice(threads: 1)]))
    let error = #expect(throws: RuntimeError.self) { try Session(module, device: CPUDevice(threads: 1)) }
    #expect(error?.description == "FAILED_PRECONDITION; the module is for 'a (cpu)', 'b (cpu)', not for 'cpu'")
  }
}
