import Foundation
import Synchronization
import TesseraDeviceCPU
import TesseraDevicePortable
import TesseraModuleFormat
import TesseraRuntime
import Testing

/// A device that the conformance suite tries.
struct TestedDevice: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let make: @Sendable () -> any Device

  /// All of them: a new device is a line here.
  static let all =
    [
      TestedDevice(testDescription: "cpu, 1 thread") { CPUDevice(threads: 1) },
      TestedDevice(testDescription: "cpu, 2 threads") { CPUDevice(threads: 2) },
      TestedDevice(testDescription: "cpu, 5 threads") { CPUDevice(threads: 5) },
      TestedDevice(testDescription: "remote, 1 thread") { RemoteDevice(threads: 1) },
      TestedDevice(testDescription: "remote, 2 threads") { RemoteDevice(threads: 2) },
      TestedDevice(testDescription: "portable, 1 thread") { PortableDevice(threads: 1) },
      TestedDevice(testDescription: "portable, 2 threads") { PortableDevice(threads: 2) },
    ] + VulkanFixture.devices
}

/// The sites of `DeviceFixture`.
private enum Site { static let add = 0, scale = 1, scratch = 2, fails = 3, aligned = 4, reverses = 5 }

extension CommandList {
  /// Records a dispatch on whole buffers.
  fileprivate func dispatch(_ site: Int, workgroups: Int = 16, _ constants: [Int64], _ bindings: [Storage]) throws {
    try constants.withUnsafeBufferPointer { constants in
      try bindings.map(\.address).withUnsafeBufferPointer { addresses in
        try bindings.map(\.byteCount).withUnsafeBufferPointer {
          try dispatch(site: site, workgroups: workgroups, constants: constants, bindings: addresses, byteCounts: $0)
        }
      }
    }
  }

  /// Runs what was recorded, and waits.
  fileprivate func complete() throws { try submit(after: []).wait() }
}

/// What every device must do; a new one is a line in `TestedDevice.all`.
@Suite(.enabled(if: KernelFixture.isAvailable, "needs a C compiler"), .timeLimit(.minutes(10)))
struct DeviceConformanceTests {
  /// Buffers of all sizes begin at multiples of 64, overlap no other, and hold what was written anywhere in them.
  @Test(arguments: TestedDevice.all) func buffers(_ tested: TestedDevice) throws {
    let fixture = try DeviceFixture(tested)
    let sizes = [0, 1, 63, 64, 65, 4095, 1 << 20, (5 << 20) + 3]
    let buffers = try sizes.map { try fixture.device.allocate(byteCount: $0) }
    for (buffer, size) in zip(buffers, sizes) {
      #expect(buffer.address % 64 == 0 && buffer.byteCount == size)
      try [UInt8](repeating: UInt8(size & 0xFF), count: size).withUnsafeBytes { try fixture.device.write($0, to: buffer.address) }
      if size > 2 { try [UInt8(7), 8].withUnsafeBytes { try fixture.device.write($0, to: buffer.address + UInt64(size - 2)) } }
    }
    for (buffer, size) in zip(buffers, sizes) {
      var expected = [UInt8](repeating: UInt8(size & 0xFF), count: size)
      if size > 2 { expected.replaceSubrange(size - 2..<size, with: [7, 8]) }
      #expect(try fixture.elements(buffer, of: UInt8(0)) == expected)
      if let pointer = buffer.hostPointer { #expect(UnsafeRawBufferPointer(start: pointer, count: size).elementsEqual(expected)) }
    }
    let error = #expect(throws: RuntimeError.self) { _ = try fixture.device.allocate(byteCount: 1 << 47) }
    #expect(error?.code == .resourceExhausted)
  }

  /// Host memory is placed with its bytes, also from where no kernel could take it, and is let go with what was placed.
  @Test(arguments: TestedDevice.all, [0, 4, 64]) func placing(_ tested: TestedDevice, offset: Int) throws {
    let fixture = try DeviceFixture(tested)
    let isFree = Flag()
    do {
      nonisolated(unsafe) let memory = UnsafeMutableRawPointer.allocate(byteCount: 1024, alignment: 64)
      for i in 0..<256 { memory.storeBytes(of: Float(i), toByteOffset: 4 * i, as: Float.self) }
      let host = Storage(
        address: UInt64(UInt(bitPattern: memory + offset)), hostPointer: memory + offset, byteCount: 512,
        release: {
          memory.deallocate()
          isFree.set()
        })
      let placed = try fixture.device.place(host)
      #expect(placed.address % 64 == 0 && placed.byteCount == 512)
      #expect(try fixture.floats(placed) == (0..<128).map { Float($0 + offset / 4) })
    }
    #expect(isFree.isSet)
  }

  /// Copies of all lengths, from and to any place in buffers.
  @Test(arguments: TestedDevice.all, [1, 2, 3, 100, 4096, (1 << 20) + 5]) func copies(_ tested: TestedDevice, byteCount: Int) throws {
    let fixture = try DeviceFixture(tested), list = try fixture.list()
    for (from, to) in [(0, 0), (1, 0), (0, 3), (64, 8), (5, 61)] {
      let source = try fixture.buffer((0..<byteCount + from).map { UInt8(truncatingIfNeeded: $0 * 7) })
      let target = try fixture.buffer([UInt8](repeating: 255, count: byteCount + to + 2))
      list.copy(from: source.address + UInt64(from), to: target.address + UInt64(to), byteCount: byteCount)
      try list.complete()
      let expected =
        [UInt8](repeating: 255, count: to) + (from..<from + byteCount).map { UInt8(truncatingIfNeeded: $0 * 7) } + [255, 255]
      #expect(try fixture.elements(target, of: UInt8(0)) == expected)
    }
  }

  /// Fills with patterns of all lengths, to any place of a buffer.
  @Test(arguments: TestedDevice.all, [1, 2, 4, 8]) func fills(_ tested: TestedDevice, patternByteCount: Int) throws {
    let fixture = try DeviceFixture(tested), list = try fixture.list()
    for (count, to) in [(1, 0), (3, 8), (70, 1), (100_001, 2), (300_000, 5)] {
      let byteCount = count * patternByteCount
      let target = try fixture.buffer([UInt8](repeating: 255, count: byteCount + to + 1))
      list.fill(
        target.address + UInt64(to), pattern: 0x0807_0605_0403_0201, patternByteCount: patternByteCount, byteCount: byteCount)
      try list.complete()
      let expected = [UInt8](repeating: 255, count: to) + (0..<byteCount).map { UInt8($0 % patternByteCount + 1) } + [255]
      #expect(try fixture.elements(target, of: UInt8(0)) == expected)
    }
  }

  /// Every kind of kernel, of one workgroup, several and more than elements: operands, in place, scratch memory that is known and that
  /// grows.
  @Test(arguments: TestedDevice.all, [1, 7, 5000]) func dispatches(_ tested: TestedDevice, workgroups: Int) throws {
    let fixture = try DeviceFixture(tested), list = try fixture.list()
    for count in [1, 100, 3000] {
      let n = Int64(count)
      let a = try fixture.buffer((0..<count).map { Float($0) }), b = try fixture.buffer([Float](repeating: 2, count: count))
      let c = try fixture.device.allocate(byteCount: 4 * count), d = try fixture.device.allocate(byteCount: 4 * count)
      try list.dispatch(Site.add, workgroups: workgroups, [n], [a, b, c])
      try list.dispatch(Site.scratch, workgroups: workgroups, [n], [d])
      try list.dispatch(Site.aligned, workgroups: workgroups, [], [a, b, c])
      list.barrier()
      try list.dispatch(Site.scale, workgroups: workgroups, [n, 3], [c])
      list.barrier()
      try list.dispatch(Site.reverses, workgroups: workgroups, [n], [c])
      try list.complete()
      #expect(try fixture.floats(c) == (0..<count).reversed().map { Float(($0 + 2) * 3) })
      #expect(try fixture.floats(d) == (0..<count).map { Float($0) })
    }
  }

  /// Commands of a wave on parts of one buffer; barriers between copies, fills and dispatches that depend on each other; barriers with
  /// nothing between.
  @Test(arguments: TestedDevice.all) func waves(_ tested: TestedDevice) throws {
    let fixture = try DeviceFixture(tested), list = try fixture.list()
    let parts = 20, count = 512
    let buffer = try fixture.device.allocate(byteCount: 4 * count * parts)
    let copy = try fixture.device.allocate(byteCount: 4 * count * parts)
    for round in 1...3 {
      list.barrier()
      list.fill(buffer.address, pattern: 0x3F80_0000, patternByteCount: 4, byteCount: 4 * count * parts)
      list.barrier()
      list.barrier()
      for part in 0..<parts {
        let view = Storage(address: buffer.address + UInt64(4 * count * part), byteCount: 4 * count) { _ = buffer }
        try list.dispatch(Site.scale, workgroups: part + 1, [Int64(count), Int64(part + round)], [view])
      }
      list.barrier()
      list.copy(from: buffer.address, to: copy.address, byteCount: 4 * count * parts)
      list.barrier()
      list.fill(buffer.address, pattern: 0, patternByteCount: 1, byteCount: 4 * count * parts)
      list.barrier()
      try list.complete()
      #expect(try fixture.floats(copy) == (0..<parts).flatMap { [Float](repeating: Float($0 + round), count: count) })
      #expect(try fixture.floats(buffer).allSatisfy { $0 == 0 })
    }
  }

  /// A kernel's status ends the submission with an error that names kernel and operators; what was recorded is forgotten, and the list
  /// works on.
  @Test(arguments: TestedDevice.all) func statusWords(_ tested: TestedDevice) throws {
    let fixture = try DeviceFixture(tested), list = try fixture.list()
    let buffer = try fixture.buffer([1, 2, 3] as [Float])
    for status in [77, -5, 1] as [Int64] {
      try list.dispatch(Site.scale, [3, 2], [buffer])
      list.barrier()
      try list.dispatch(Site.fails, [status], [])
      list.barrier()
      try list.dispatch(Site.scale, [3, 1000], [buffer])
      let error = #expect(throws: RuntimeError.self) { try list.complete() }
      let expected = RuntimeError.failedKernel("fails_f32", operators: ["op3"], status: Int32(status))
      #expect(error == expected)
      try list.complete()
    }
    #expect(try fixture.floats(buffer) == [8, 16, 24])
    try list.dispatch(Site.fails, [0], [])
    try list.complete()
  }

  /// Recorded commands are forgotten at the end of a call.
  @Test(arguments: TestedDevice.all) func endOfCalls(_ tested: TestedDevice) throws {
    let fixture = try DeviceFixture(tested), list = try fixture.list()
    let buffer = try fixture.buffer([1, 2, 3] as [Float])
    try list.dispatch(Site.scale, [3, 2], [buffer])
    list.endCall()
    try list.complete()
    #expect(try fixture.floats(buffer) == [1, 2, 3])
  }

  /// Submissions of a list that nobody waited for run in order; a timepoint that is reached has all earlier ones reached; anybody may wait.
  @Test(arguments: TestedDevice.all) func timelines(_ tested: TestedDevice) throws {
    let fixture = try DeviceFixture(tested), list = try fixture.list()
    let buffer = try fixture.buffer([1, 10] as [Float])
    var points: [Timepoint] = []
    for step in 0..<20 {
      try list.dispatch(Site.scale, [2, step % 2 == 0 ? 2 : -1], [buffer])
      points.append(try list.submit(after: []))
    }
    let all = points
    try onThreads(4) { thread in
      try all[19 - thread].wait()
      #expect(!all[...(19 - thread)].map(\.isReached).contains(false))
    }
    #expect(try fixture.floats(buffer) == [1024, 10240])
    try list.submit(after: points).wait()
  }

  /// A submission begins after the timepoints of other lists that it is given, and fails with them.
  @Test(arguments: TestedDevice.all) func orderedLists(_ tested: TestedDevice) throws {
    let fixture = try DeviceFixture(tested)
    let lists = try (0..<3).map { _ in try fixture.list() }
    let count = 20_000
    let buffer = try fixture.buffer([Float](repeating: 1, count: count))
    var last: [Timepoint] = []
    for step in 0..<30 {
      try lists[step % 3].dispatch(Site.scratch, [Int64(count)], [buffer])
      lists[step % 3].barrier()
      try lists[step % 3].dispatch(Site.scale, [Int64(count), Int64(step % 5 + 1)], [buffer])
      last = [try lists[step % 3].submit(after: last)]
    }
    try last[0].wait()
    #expect(try fixture.floats(buffer) == (0..<count).map { Float($0 * 5) })
    let error = #expect(throws: RuntimeError.self) {
      try lists[0].dispatch(Site.fails, [77], [])
      let failing = try lists[0].submit(after: [])
      try lists[1].dispatch(Site.scale, [Int64(count), 1000], [buffer])
      try lists[1].submit(after: [failing]).wait()
    }
    #expect(error?.message.contains("'fails_f32'") == true)
    try lists[1].complete()
    #expect(try fixture.floats(buffer) == (0..<count).map { Float($0 * 5) })
  }

  /// Threads with lists of their own submit at the same time.
  @Test(arguments: TestedDevice.all) func concurrentSubmissions(_ tested: TestedDevice) throws {
    let fixture = try DeviceFixture(tested)
    try onThreads(6) { thread in
      let list = try fixture.list()
      let count = 1000 + 17 * thread
      let a = try fixture.buffer((0..<count).map { Float($0) }), b = try fixture.buffer([Float](repeating: Float(thread), count: count))
      let c = try fixture.device.allocate(byteCount: 4 * count)
      for round in 1...100 {
        try list.dispatch(Site.add, [Int64(count)], [a, b, c])
        list.barrier()
        try list.dispatch(Site.scale, [Int64(count), Int64(round)], [c])
        if round % 10 == thread {
          list.barrier()
          try list.dispatch(Site.fails, [77], [])
          #expect(throws: RuntimeError.self) { try list.complete() }
        } else {
          try list.complete()
        }
        #expect(try fixture.floats(c) == (0..<count).map { Float(($0 + thread) * round) })
      }
    }
  }

  /// Timing counts each dispatch, from when it is set until it is taken away.
  @Test(arguments: TestedDevice.all) func timing(_ tested: TestedDevice) throws {
    let fixture = try DeviceFixture(tested), list = try fixture.list()
    let buffer = try fixture.buffer([Float](repeating: 1, count: 1000))
    let timing = DispatchTiming(siteCount: fixture.module.dispatchSites.count)
    for timing in [nil, timing, nil] {
      list.setTiming(timing)
      for _ in 0..<3 {
        try list.dispatch(Site.scratch, [1000], [buffer])
        list.barrier()
        list.fill(buffer.address, pattern: 0, patternByteCount: 4, byteCount: 4000)
      }
      try list.complete()
    }
    #expect(timing.sites.map(\.runs) == [0, 0, 3, 0, 0, 0])
    #expect(timing.sites[2].nanoseconds > 0)
  }

  /// A trace has what ran from when it is set until it is taken away.
  @Test(arguments: TestedDevice.all) func trace(_ tested: TestedDevice) throws {
    let fixture = try DeviceFixture(tested), list = try fixture.list()
    let buffer = try fixture.buffer([Float](repeating: 1, count: 1000))
    let trace = Trace(), begin = Trace.now
    for lane in [nil, TraceLane(trace, call: 7, device: 1), nil] {
      list.setTrace(lane)
      for _ in 0..<3 {
        try list.dispatch(Site.scratch, [1000], [buffer])
        list.barrier()
      }
      try list.complete()
    }
    let end = Trace.now, events = trace.events, dispatches = events.filter { $0.kind == .dispatch }
    #expect(dispatches.count >= 3 && dispatches.allSatisfy { $0.site == Site.scratch })
    #expect(events.count { $0.kind == .submission } == 1 && events.allSatisfy { $0.call == 7 && $0.device == 1 })
    #expect(events.allSatisfy { $0.begin >= begin && $0.begin <= $0.end && $0.end <= end })
  }
}
