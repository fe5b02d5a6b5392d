import TesseraFiles
import TesseraLibC
import TesseraModuleFormat
import Testing

/// A module that uses every kind of description, without kernels.
func richModule() -> ModuleDescription {
  ModuleDescription(
    producer: "tessera test",
    devices: [DeviceDescription(name: "a", kind: "cpu"), DeviceDescription(kind: "vulkan")],
    functions: [
      FunctionDescription(
        name: "main", isExported: true,
        inputs: [
          TensorInfo(
            name: "ids", elementType: .i64, shape: [.symbolic("batch"), .fixed(128)],
            defaultValue: DefaultValue(constant: 1, shape: [0, 128]))
        ],
        outputs: [TensorInfo(name: "", elementType: .bf16, shape: nil, containers: [.optional, .sequence])], integerRegisterCount: 3,
        referenceRegisterCount: 2,
        code: [
          .constant(to: 1, index: 1), .check(.register(0), message: 0, values: [.immediate(-5), .register(2)]), .branch(0),
        ]),
      FunctionDescription(
        name: "inner", isExported: false, inputs: [], outputs: [], integerRegisterCount: 4, referenceRegisterCount: 1,
        code: [.returnValues(integers: [.register(3), .immediate(.min)], references: [0])], integerParameterCount: 2,
        referenceParameterCount: 1, integerResultCount: 2, referenceResultCount: 1),
    ],
    executables: [
      ExecutableDescription(
        entries: [
          KernelEntry(
            symbol: "k", name: "k_f32", bindingCount: 2, resultCount: 1, constantCount: 1,
            scratch: ScratchSize(byteCount: 4096, terms: [.init(constant: 0, byteCount: 64)]))
        ],
        variants: [
          ExecutableVariant(
            target: "x86_64", cpu: "x86-64-v4", requiredFeatures: ["avx512f"], image: Array(0...255) + Array(100...200)),
          ExecutableVariant(target: "aarch64", cpu: "generic", requiredFeatures: [], image: [1, 2, 3]),
        ])
    ],
    dispatchSites: [
      DispatchSite(
        executable: 0, entry: 0, sourceOperators: ["/a/MatMul", "Gelu_é"], flops: 1 << 40, bytes: -1,
        work: DispatchWork(
          flops: [.init(factor: 3, constants: [0, 0])],
          bytes: [[.init(factor: 100, constants: []), .init(factor: 8, constants: [0])], [.init(factor: 4, constants: [0])]]))
    ],
    strings: ["batch {0} is not {1}"], statistics: [(name: "dispatches", value: "1"), (name: "seconds", value: "0.5")])
}

/// The module file: what is written is read, and nothing else is taken for a module.
struct FormatTests {
  /// Constants of several lengths, one of them empty.
  static let constants: [[UInt8]] = [[1, 2, 3], [], Array(repeating: 7, count: 1000)]

  /// Everything survives; constants are aligned.
  @Test func roundTrip() throws {
    let file = try ModuleFile(bytes: ModuleWriter(richModule()).bytes(constants: Self.constants))
    #expect(file.description == richModule())
    #expect(file.constantCount == 3)
    for (index, constant) in Self.constants.enumerated() {
      let bytes = try #require(file.constant(index))
      #expect(bytes.elementsEqual(constant))
      #expect(Int(bitPattern: bytes.baseAddress) % 64 == 0 || bytes.isEmpty)
    }
    #expect(file.constant(3) == nil)
  }

  /// Work that depends on sizes: products, and of a table at most all.
  @Test(arguments: [(5, 75.0, 60.0), (20, 1200, 180), (-1, 0, 0)] as [(Int64, Double, Double)])
  func work(size: Int64, flops: Double, bytes: Double) {
    let site = richModule().dispatchSites[0]
    [size].withUnsafeBufferPointer { constants in
      #expect(site.flops(constants: constants) == flops)
      #expect(site.bytes(constants: constants) == bytes)
    }
    let plain = DispatchSite(executable: 0, entry: 0, sourceOperators: [], flops: 7, bytes: 0)
    [].withUnsafeBufferPointer { constants in
      #expect(plain.flops(constants: constants) == 7 && plain.bytes(constants: constants) == 0)
    }
  }

  /// A file on disk is the same as one in memory, and nothing is left beside it.
  @Test func fileOnDisk() throws {
    let folder = "/tmp/tessera-format-\(getpid())"
    mkdir(folder, 0o700)
    defer { _ = run(["rm", "-r", folder]) }
    try ModuleWriter(richModule()).write(to: "\(folder)/a.tsm", constants: Self.constants)
    #expect(try contents(of: "\(folder)/a.tsm") == ModuleWriter(richModule()).bytes(constants: Self.constants))
    #expect(try ModuleFile(path: "\(folder)/a.tsm").description == richModule())
    #expect(throws: (any Error).self) { try ModuleWriter(richModule()).write(to: "\(folder)/b.tsm", constants: [FailingSource()]) }
    #expect(run(["sh", "-c", "test \"$(ls \(folder))\" = a.tsm"]) == 0)
  }

  /// A constant that cannot be read.
  struct FailingSource: ConstantSource {
    /// Why.
    struct Failure: Error {}
    var byteCount: Int { 10 }
    func withBytes(_ body: (UnsafeRawBufferPointer) throws -> Void) throws { throw Failure() }
  }

  /// A write that fails says so with the path, and leaves nothing.
  @Test(arguments: [
    ("/dev/full", "cannot write '/dev/full': no space left on device"),
    ("/nowhere/a.tsm", "cannot write '/nowhere/a.tsm': no such file or directory"), ("/tmp", "cannot write '/tmp': is a directory"),
  ])
  func unwritable(path: String, message: String) {
    let error = #expect(throws: FileError.self) { try ModuleWriter(richModule()).write(to: path, constants: Self.constants) }
    #expect(error?.message == message)
  }

  /// Every single-bit flip is noticed, wherever it is; so is every cut and every extension.
  @Test func mutations() throws {
    let bytes = try ModuleWriter(richModule()).bytes(constants: Self.constants)
    var noticed = 0
    for position in bytes.indices {
      var mutated = bytes
      mutated[position] ^= 1 << UInt8(position % 8)
      #expect(throws: FormatError.self, "flip at \(position)") { try ModuleFile(bytes: mutated) }
      noticed += 1
    }
    for length in 0..<bytes.count {
      #expect(throws: FormatError.self, "cut to \(length)") { try ModuleFile(bytes: Array(bytes.prefix(length))) }
      noticed += 1
    }
    #expect(throws: FormatError.self) { try ModuleFile(bytes: bytes + [0]) }
    var random = SystemRandomNumberGenerator()
    for _ in 0..<500 {
      var mutated = bytes
      let start = Int.random(in: 0..<bytes.count, using: &random)
      for index in start..<min(start + 9, bytes.count) { mutated[index] = UInt8.random(in: 0...255, using: &random) }
      if mutated != bytes { #expect(throws: FormatError.self) { try ModuleFile(bytes: mutated) } }
    }
    #expect(noticed > 3000)
  }

  /// Files with right checksums around wrong content: an error or a module, never a trap.
  @Test func hostileContent() throws {
    let bytes = try ModuleWriter(richModule()).bytes(constants: Self.constants)
    for position in 32..<bytes.count {
      for value: UInt8 in [0, 0x7F, 0xFF] {
        var mutated = bytes
        mutated[position] = value
        seal(&mutated)
        _ = try? ModuleFile(bytes: mutated)
      }
    }
  }

  /// What is no module, or another version, says so.
  @Test func wrongFiles() throws {
    func message(_ bytes: [UInt8]) -> String? {
      do { _ = try ModuleFile(bytes: bytes) } catch { return error.message }
      return nil
    }
    #expect(message([]) == "this is not a tessera module: the file is empty")
    #expect(message(Array("func.func @main() {}".utf8)) == "this is not a tessera module: it does not begin with the signature of one")
    var other = try ModuleWriter(richModule()).bytes(constants: Self.constants)
    other[8] = 9
    #expect(
      message(other) == "the module has format version 9, this program reads version 8; compile the model again with a matching tessera")
    let cut = try Array(ModuleWriter(richModule()).bytes(constants: Self.constants).dropLast(7))
    #expect(message(cut) == "the module is corrupt: it should have \(cut.count + 7) bytes but has \(cut.count)")
    let path = "/tmp/does-not-exist.tsm"
    let error = #expect(throws: FormatError.self) { try ModuleFile(path: path) }
    #expect(error?.message == "cannot read '/tmp/does-not-exist.tsm': no such file or directory")
  }

  /// The checksum does not depend on how the bytes are cut, and equals xxHash64's known values.
  @Test func checksum() {
    func hash(_ text: String) -> UInt64 { Array(text.utf8).withUnsafeBytes { Checksum.of($0) } }
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let whole = bytes.withUnsafeBytes { Checksum.of($0) }
    for cut in [1, 7, 31, 32, 33, 64] {
      var checksum = Checksum()
      for start in stride(from: 0, to: bytes.count, by: cut) {
        Array(bytes[start..<min(start + cut, bytes.count)]).withUnsafeBytes { checksum.update($0) }
      }
      #expect(checksum.value == whole)
    }
    #expect(hash("a") != hash("b"))
  }

  /// The table has a row for every opcode, at its place, and encoding follows it.
  @Test func instructionTable() {
    #expect(InstructionTable.rows.map(\.opcode) == Opcode.allCases)
    #expect(InstructionTable.rows.allSatisfy { !$0.summary.isEmpty })
  }

  /// The interpreter reads opcodes and the cases of operands without a look-up: tags in memory are raw values, from 0 without a gap.
  @Test func tagsAreRawValues() {
    func check<Variant: InstructionVariant>(_: Variant.Type) {
      #expect(MemoryLayout<Variant>.size == 1, "\(Variant.self)")
      #expect(Variant.allCases.map { unsafeBitCast($0, to: UInt8.self) } == Array(0..<UInt8(Variant.allCases.count)), "\(Variant.self)")
      #expect(Variant.allCases.map(\.rawValue) == Array(0..<UInt8(Variant.allCases.count)), "\(Variant.self)")
    }
    let kinds = Set(InstructionTable.rows.flatMap(\.operands).map(\.kind))
    let variants: [any InstructionVariant.Type] = [Opcode.self] + kinds.compactMap(\.variant)
    #expect(variants.count == 9)
    for variant in variants { check(variant) }
  }

  /// Values that live together do not overlap; the plan is not much larger than the most bytes alive in a step.
  @Test(arguments: [0, 1, 5, 60, 400])
  func memoryPlan(count: Int) {
    var state: UInt64 = 42
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    let sizes = (0..<count).map { _ in next(10) == 0 ? 0 : next(100_000) }
    let first = (0..<count).map { _ in next(count) }
    let last = first.map { $0 + next(10) }
    let plan = MemoryPlan.offsets(sizes: sizes, first: first, last: last, alignment: 64)
    for i in 0..<count where sizes[i] > 0 {
      #expect(plan.offsets[i] % 64 == 0 && plan.offsets[i] + sizes[i] <= plan.total)
      for j in 0..<i where sizes[j] > 0 && first[i] <= last[j] && first[j] <= last[i] {
        #expect(plan.offsets[i] + sizes[i] <= plan.offsets[j] || plan.offsets[j] + sizes[j] <= plan.offsets[i])
      }
    }
    var peak = 0
    for step in 0..<count + 10 {
      var alive = 0
      for i in 0..<count where first[i] <= step && last[i] >= step { alive += (sizes[i] + 63) / 64 * 64 }
      peak = max(peak, alive)
    }
    #expect(plan.total >= peak && plan.total <= peak + peak / 2 + 64)
  }
}
