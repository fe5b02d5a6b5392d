import TesseraModuleFormat

/// Modules for the portable device, damaged or made at random.
struct Mutants {
  /// Modules that were compiled, whose code and bytes are damaged too.
  let originals: [[UInt8]]
  /// The bytes of a module's header, and of a row of its section table.
  private static let headerByteCount = 32, rowByteCount = 32

  /// Returns the bytes of mutant `number`, with right checksums; `nil` where the writer refuses it.
  func module(_ number: UInt64) -> [UInt8]? {
    var maker = CodeMaker(random: Random(seed: number))
    let kind = maker.random.next(10)
    if !originals.isEmpty, kind < 4 {
      let original = maker.random.pick(originals)
      return kind < 2 ? damaged(original, &maker.random) : withDamagedCode(original, &maker.random)
    }
    var image = PortableImage.encode([maker.kernel("first"), maker.kernel("second")])
    if kind >= 7 { damage(&image, &maker.random, count: 1 + maker.random.next(4)) }
    let module = description(image, &maker.random)
    guard let bytes = try? ModuleWriter(module).bytes(constants: [[UInt8](0..<200)]) else { return nil }
    return kind == 9 ? damaged(bytes, &maker.random) : bytes
  }

  /// Returns a host program that runs both kernels on an input, a constant and a buffer.
  private func description(_ image: [UInt8], _ random: inout Random) -> ModuleDescription {
    let sizes = [256, 200, 512]
    func bindings() -> [Binding] {
      (0..<3).map {
        Binding(reference: $0, offset: 0, byteCount: .immediate(Int64(random.once(in: 4) ? random.next(sizes[$0]) : sizes[$0])))
      }
    }
    func entry(_ symbol: String) -> KernelEntry {
      KernelEntry(
        symbol: symbol, name: symbol, bindingCount: 3, resultCount: random.once(in: 8) ? random.next(4) : 1, constantCount: 2,
        scratch: ScratchSize(
          byteCount: random.pick([0, 64, 100, 1000]), terms: random.once(in: 3) ? [.init(constant: 0, byteCount: 8)] : []))
    }
    let numbers: [Int64] = [3, 50, -1, .max, 0]
    let code: [Instruction] = [
      .constant(to: 1, index: 0, device: 0), .allocate(to: 2, byteCount: 512, device: 0),
      .dispatch(site: 0, workgroups: 3, constants: [.immediate(random.pick(numbers)), 7], bindings: bindings()), .barrier(device: 0),
      .dispatch(site: 1, workgroups: 1, constants: [5, .immediate(random.pick(numbers))], bindings: bindings()),
      .tensor(to: 3, buffer: 2, elementType: .f32, shape: [128]), .returnValues(integers: [], references: [3]),
    ]
    return ModuleDescription(
      devices: [DeviceDescription(kind: "portable")],
      functions: [
        FunctionDescription(
          name: "main", isExported: true, inputs: [TensorInfo(name: "x", elementType: .f32, shape: [.fixed(64)])],
          outputs: [TensorInfo(name: "y", elementType: .f32, shape: [.fixed(128)])], integerRegisterCount: 0, referenceRegisterCount: 4,
          code: code)
      ],
      executables: [
        ExecutableDescription(
          entries: [entry("first"), entry("second")],
          variants: [ExecutableVariant(target: PortableImage.target, cpu: PortableImage.cpu, requiredFeatures: [], image: image)])
      ],
      dispatchSites: (0..<2).map { DispatchSite(executable: 0, entry: $0, sourceOperators: ["op\($0)"], flops: 0, bytes: 0) })
  }

  /// Returns a module with damage in the code of one of its kernels.
  private func withDamagedCode(_ original: [UInt8], _ random: inout Random) -> [UInt8]? {
    guard let file = try? ModuleFile(bytes: original), !file.description.executables.isEmpty else { return nil }
    var description = file.description
    let executable = random.next(description.executables.count)
    damage(&description.executables[executable].variants[0].image, &random, count: 1 + random.next(3))
    let constants = (0..<file.constantCount).map { file.constant($0).map { Array($0) } ?? [] }
    return try? ModuleWriter(description).bytes(constants: constants)
  }

  /// Returns a module with damage anywhere behind its header, and right checksums.
  private func damaged(_ original: [UInt8], _ random: inout Random) -> [UInt8] {
    var bytes = original
    damage(&bytes, &random, from: Self.headerByteCount, count: 1 + random.next(3))
    seal(&bytes)
    return bytes
  }

  /// Changes bytes: to others, to extremes, or those of a whole instruction to those of another.
  private func damage(_ bytes: inout [UInt8], _ random: inout Random, from start: Int = 0, count: Int) {
    for _ in 0..<count where bytes.count > start {
      let place = start + random.next(bytes.count - start)
      switch random.next(4) {
      case 0: bytes[place] = UInt8(random.next(256))
      case 1: bytes[place] ^= 1 << UInt8(random.next(8))
      case 2: bytes[place] = random.pick([0, 1, 127, 128, 255])
      default:
        let length = PortableInstruction.byteCount, other = start + random.next(bytes.count - start)
        guard place + length <= bytes.count, other + length <= bytes.count else { continue }
        for offset in 0..<length { bytes[place + offset] = bytes[other + offset] }
      }
    }
  }

  /// Puts right checksums into a module, where its section table allows it.
  private func seal(_ bytes: inout [UInt8]) {
    func number(_ offset: Int, _ count: Int) -> UInt64 { (0..<count).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) } }
    func put(_ number: UInt64, at offset: Int) {
      for index in 0..<8 { bytes[offset + index] = UInt8(truncatingIfNeeded: number >> UInt64(8 * index)) }
    }
    let count = Int(number(12, 4)), header = Self.headerByteCount, length = Self.rowByteCount
    guard header + count * length <= bytes.count else { return }
    for row in 0..<count {
      let base = header + row * length, offset = number(base + 8, 8), size = number(base + 16, 8)
      guard offset <= UInt64(bytes.count), size <= UInt64(bytes.count) - offset else { continue }
      put(bytes[Int(offset)..<Int(offset + size)].withUnsafeBytes { Checksum.of($0) }, at: base + 24)
    }
    put(0, at: 24)
    put(bytes[0..<header + count * length].withUnsafeBytes { Checksum.of($0) }, at: 24)
  }
}
