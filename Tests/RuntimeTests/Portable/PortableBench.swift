import TesseraDevicePortable
import TesseraModuleFormat
import TesseraRuntime

/// Runs portable code on some bytes.
struct PortableBench {
  let device = PortableDevice(threads: 1, stepLimit: 1 << 20)

  /// Runs a kernel on one workgroup with buffers of bytes, the last `resultCount` of which it may write; returns what they hold then.
  func run(
    _ kernel: PortableKernel, _ buffers: [[UInt8]], resultCount: Int = 1, constants: [Int64] = [], scratch: Int = 0
  ) throws -> [[UInt8]] {
    let entry = KernelEntry(
      symbol: kernel.symbol, name: kernel.symbol, bindingCount: buffers.count, resultCount: resultCount, constantCount: constants.count,
      scratch: ScratchSize(byteCount: scratch))
    let executable = ExecutableDescription(
      entries: [entry],
      variants: [
        ExecutableVariant(
          target: PortableImage.target, cpu: PortableImage.cpu, requiredFeatures: [], image: PortableImage.encode([kernel]))
      ])
    let module = ModuleDescription(
      executables: [executable], dispatchSites: [DispatchSite(executable: 0, entry: 0, sourceOperators: ["op"], flops: 0, bytes: 0)])
    let list = try device.makeCommandList(
      module: module, executables: [device.load(executable)], interruption: Interruption(), isConcurrent: false)
    let storages = try buffers.map { bytes in
      let storage = try device.allocate(byteCount: bytes.count)
      try bytes.withUnsafeBytes { try device.write($0, to: storage.address) }
      return storage
    }
    try constants.withUnsafeBufferPointer { constants in
      try storages.map(\.address).withUnsafeBufferPointer { addresses in
        try storages.map(\.byteCount).withUnsafeBufferPointer {
          try list.dispatch(site: 0, workgroups: 1, constants: constants, bindings: addresses, byteCounts: $0)
        }
      }
    }
    try list.submit(after: []).wait()
    return try storages.map { storage in
      var bytes = [UInt8](repeating: 0, count: storage.byteCount)
      try bytes.withUnsafeMutableBytes { try device.read(storage.address, into: $0) }
      return bytes
    }
  }

  /// The address of binding `index` in scalar register `index`.
  static func binding(_ index: Int) -> PortableInstruction { .init(.address, d: index, a: PortableRegion.firstBinding + index) }

  /// Runs an instruction whose operands `a`, `b` and `c` are the rows 0, 1 and 2, once for all lanes and once for each lane alone, with the result
  /// in row 3 and in that of the first operand; returns the four results, which should be the same.
  func results(
    of instruction: PortableInstruction, _ inputs: [(type: PortableType, bytes: [UInt8])], result: PortableType, lanes: Int
  ) throws -> [[UInt8]] {
    var results: [[UInt8]] = []
    for target in [3, 0] {
      var whole = instruction
      (whole.lanes, whole.d, whole.a) = (UInt8(lanes), UInt16(target), 0)
      (whole.b, whole.c) = (inputs.count > 1 ? 1 : 0, inputs.count > 2 ? 2 : 0)
      var code = (0...inputs.count).map(Self.binding)
      for (index, input) in inputs.enumerated() { code.append(.init(.load, input.type, lanes: lanes, d: index, a: index)) }
      code += [whole, .init(.store, result, lanes: lanes, d: target, a: inputs.count), .init(.finish, .i32)]
      results.append(try run(code, inputs, result, lanes))

      var single = whole
      single.lanes = 0
      (single.d, single.a) = (UInt16(8 + target), 8)
      (single.b, single.c) = (inputs.count > 1 ? 9 : 0, inputs.count > 2 ? 10 : 0)
      code = (0...inputs.count).map(Self.binding)
      for lane in 0..<lanes {
        for (index, input) in inputs.enumerated() {
          code.append(.init(.load, input.type, d: 8 + index, a: index, immediate: lane * input.type.byteCount))
        }
        code += [single, .init(.store, result, d: 8 + target, a: inputs.count, immediate: lane * result.byteCount)]
      }
      code.append(.init(.finish, .i32))
      results.append(try run(code, inputs, result, lanes))
    }
    return results
  }

  private func run(
    _ code: [PortableInstruction], _ inputs: [(type: PortableType, bytes: [UInt8])], _ result: PortableType, _ lanes: Int
  ) throws -> [UInt8] {
    let kernel = PortableKernel(symbol: "k", scalarCount: 16, rowCount: 4, code: code)
    let buffers = inputs.map(\.bytes) + [[UInt8](repeating: 0, count: lanes * result.byteCount)]
    return try run(kernel, buffers)[inputs.count]
  }

}

/// The bytes of elements.
func bytes<Element>(_ elements: [Element]) -> [UInt8] { elements.withUnsafeBytes { Array($0) } }
