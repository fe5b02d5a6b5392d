import TesseraDeviceCPU
import TesseraModuleFormat
import TesseraRuntime
import Testing

/// What a caller does wrong, with the full text of the answer.
struct SessionTests {
  /// A module with one function that gives its second input back.
  static let module = ModuleDescription(functions: [
    FunctionDescription(
      name: "main", isExported: true,
      inputs: [
        TensorInfo(name: "ids", elementType: .i64, shape: [.symbolic("batch"), .fixed(4)]),
        TensorInfo(name: "mask", elementType: .f32, shape: [.symbolic("batch"), .symbolic("?")]),
        TensorInfo(name: "", elementType: .bool, shape: []),
      ], outputs: [TensorInfo(name: "same", elementType: .f32, shape: [.symbolic("batch"), .symbolic("?")])], integerRegisterCount: 0,
      referenceRegisterCount: 3, code: [.returnValues(integers: [], references: [1])])
  ])
  static let signature = "\n  signature: main(%ids: batchx4xi64, %mask: batchx?xf32, %input2: bool) -> (%same: batchx?xf32)"

  /// Inputs and the error.
  static let cases: [([(ElementType, [Int])], String)] = [
    ([], "INVALID_ARGUMENT; function 'main' takes 3 inputs, but 0 were given"),
    ([(.i64, [1, 4])], "INVALID_ARGUMENT; function 'main' takes 3 inputs, but 1 was given"),
    (
      [(.i32, [1, 4]), (.f32, [1, 1]), (.bool, [])],
      "INVALID_ARGUMENT; function 'main', input 0 ('ids'): expected elements of i64, but 1x4xi32 was given"
    ),
    (
      [(.i64, [4]), (.f32, [1, 1]), (.bool, [])],
      "INVALID_ARGUMENT; function 'main', input 0 ('ids'): expected 2 dimensions (batchx4xi64), but 4xi64 has 1"
    ),
    (
      [(.i64, [1, 5]), (.f32, [1, 1]), (.bool, [])],
      "INVALID_ARGUMENT; function 'main', input 0 ('ids'): expected dimension 1 to be 4 (batchx4xi64), but 1x5xi64 was given"
    ),
    (
      [(.i64, [1, 4]), (.f32, [2, 1]), (.bool, [])],
      "INVALID_ARGUMENT; function 'main', input 1 ('mask'): dimension 0 ('batch') is 2, but dimension 0 of input 0 ('ids') gave 'batch' the size 1"
    ),
    (
      [(.i64, [1, 4]), (.f32, [1, 1]), (.bool, [1])],
      "INVALID_ARGUMENT; function 'main', input 2: expected 0 dimensions (bool), but 1xbool has 1"
    ),
  ]

  /// Each is refused with the signature.
  @Test(arguments: cases.indices) func wrongInputs(index: Int) throws {
    let session = try Session(load(Self.module), device: CPUDevice(threads: 1))
    let inputs = try Self.cases[index].0.map { try Tensor(elementType: $0.0, shape: $0.1) { _ in } }
    let error = #expect(throws: RuntimeError.self) { try session.call("main", inputs) }
    #expect(error?.description == Self.cases[index].1 + Self.signature)
  }

  /// Inputs that have defaults may be left out: the last ones of a list, any by name. What is taken for one is checked as what is given.
  @Test func defaults() throws {
    func input(_ name: String, _ size: Dimension, _ constant: Int?, _ type: ElementType = .f32) -> TensorInfo {
      TensorInfo(name: name, elementType: type, shape: [size], defaultValue: constant.map { DefaultValue(constant: $0, shape: [2]) })
    }
    let module = ModuleDescription(
      functions: [
        FunctionDescription(
          name: "main", isExported: true,
          inputs: [input("x", .symbolic("n"), nil), input("w", .symbolic("n"), 0), input("s", .fixed(2), 1, .string)],
          outputs: [input("v", .symbolic("n"), nil), input("t", .fixed(2), nil, .string)], integerRegisterCount: 0,
          referenceRegisterCount: 3,
          code: [.returnValues(integers: [], references: [1, 2])])
      ], strings: ["a", "é"])
    let constants: [[UInt8]] = [[Float(3), 4].withUnsafeBytes(Array.init), [Int64(2), 1].withUnsafeBytes(Array.init)]
    let session = try Session(Module(bytes: ModuleWriter(module).bytes(constants: constants)), device: CPUDevice(threads: 1))
    let (x, w, s) = (
      try Tensor(shape: [2], [0, 0] as [Float]), try Tensor(shape: [2], [7, 8] as [Float]), try Tensor(shape: [2], ["b", "a"])
    )
    for (inputs, floats, strings) in [([x], [3, 4], ["é", "a"]), ([x, w], [7, 8], ["é", "a"]), ([x, w, s], [7, 8], ["b", "a"])]
      as [([Tensor], [Float], [String])]
    {
      let outputs = try session.call("main", inputs)
      #expect(try outputs[0].array(of: Float.self) == floats && outputs[1].stringArray() == strings)
      let values = try session.call("main", values: inputs.map { .tensor($0) })
      #expect(try values[0].tensor?.array(of: Float.self) == floats)
    }
    let named = try session.call("main", ["x": x, "s": s])
    #expect(try named["v"]?.array(of: Float.self) == [3, 4] && named["t"]?.stringArray() == ["b", "a"])
    #expect(throws: RuntimeError.self) { try session.call("main", ["w": w]) }
    #expect(throws: RuntimeError.self) { try session.call("main", [] as [Tensor]) }
    let long = try Tensor(shape: [3], [0, 0, 0] as [Float])
    let error = #expect(throws: RuntimeError.self) { try session.call("main", [long]) }
    #expect(error?.message.contains("dimension 0 ('n') is 2, but dimension 0 of input 0 ('x') gave 'n' the size 3") == true)
    var short = module
    short.functions[0].inputs[1].defaultValue?.shape = [3]
    let damaged = try Session(Module(bytes: ModuleWriter(short).bytes(constants: constants)), device: CPUDevice(threads: 1))
    #expect(throws: RuntimeError(.dataLoss, "the default of input 'w' of function 'main' does not fit its shape", id: "wrongDefault")) {
      try damaged.call("main", [x])
    }
  }

  /// What is right passes, and an input can be an output.
  @Test func rightInputs() throws {
    let session = try Session(load(Self.module), device: CPUDevice(threads: 1))
    let mask = try Tensor(shape: [2, 3], [1, 2, 3, 4, 5, 6] as [Float])
    let outputs = try session.call("main", [Tensor(shape: [2, 4], [Int64](repeating: 0, count: 8)), mask, Tensor(true)])
    #expect(outputs[0].shape == [2, 3])
    #expect(try outputs[0].array() == [1, 2, 3, 4, 5, 6] as [Float])
  }

  /// A function of a sequence of square matrices, of a matrix or nothing, and of a square matrix, that gives the last back.
  private static let lists = ModuleDescription(functions: [
    FunctionDescription(
      name: "main", isExported: true,
      inputs: [
        TensorInfo(name: "squares", elementType: .f32, shape: [.symbolic("n"), .symbolic("n")], containers: [.sequence]),
        TensorInfo(name: "rest", elementType: .f32, shape: [.fixed(2), .symbolic("n")], containers: [.optional]),
        TensorInfo(name: "last", elementType: .f32, shape: [.symbolic("n"), .symbolic("n")]),
      ], outputs: [TensorInfo(name: "same", elementType: .f32, shape: [.symbolic("n"), .symbolic("n")])], integerRegisterCount: 0,
      referenceRegisterCount: 3, code: [.returnValues(integers: [], references: [2])])
  ])

  /// The shapes in the sequence, in the optional, and of the last; and what is wrong with them.
  @Test(
    arguments: [
      ([[1, 1], [3, 3]], [[2, 5]], [4, 4], nil),
      ([], [], [4, 4], nil),
      (
        [[1, 1], [3, 2]], [], [4, 4], "0 ('squares'): dimension 1 ('n') is 2, but dimension 0 of input 0 ('squares') gave 'n' the size 3"
      ),
      ([[1, 1], [3]], [], [4, 4], "0 ('squares'): expected 2 dimensions (nxnxf32), but 3xf32 has 1"),
      ([], [[3, 1]], [4, 4], "1 ('rest'): expected dimension 0 to be 2 (2xnxf32), but 3x1xf32 was given"),
      (
        [], [[2, 1], [2, 1]], [4, 4],
        "1 ('rest'): expected optional<2xnxf32>, which holds at most one, but a list of 2 was given"
      ),
      ([], [], [4, 5], "2 ('last'): dimension 1 ('n') is 5, but dimension 0 of input 2 ('last') gave 'n' the size 4"),
      ([], [], nil, "2 ('last'): expected nxnxf32, but list of 0 was given"),
    ] as [([[Int]], [[Int]], [Int]?, String?)])
  func listInputs(sequence: [[Int]], optional: [[Int]], last: [Int]?, problem: String?) throws {
    let session = try Session(load(Self.lists), device: CPUDevice(threads: 1))
    func list(_ shapes: [[Int]]) throws -> RuntimeValue {
      .list(try shapes.map { .tensor(try Tensor(elementType: .f32, shape: $0) { _ in }) })
    }
    let inputs = [try list(sequence), try list(optional), try last.map { try list([$0]).elements![0] } ?? .list([])]
    var found: String?
    do { #expect(try session.call("main", values: inputs)[0].tensor?.shape == last) } catch {
      found = String(error.description.prefix { $0 != "\n" })
    }
    #expect(found == problem.map { "INVALID_ARGUMENT; function 'main', input \($0)" })
  }

  /// Inputs and outputs by name.
  @Test func names() throws {
    var module = Self.module
    module.functions[0].inputs[2].name = "flag"
    let session = try Session(load(module), device: CPUDevice(threads: 1))
    var inputs = try [
      "ids": Tensor(shape: [1, 4], [1, 2, 3, 4] as [Int64]), "mask": Tensor(shape: [1, 1], [7] as [Float]), "flag": Tensor(true),
    ]
    #expect(try session.call("main", inputs)["same"]?.array() == [7] as [Float])
    inputs["flags"] = inputs.removeValue(forKey: "flag")
    let unknown = #expect(throws: RuntimeError.self) { try session.call("main", inputs) }
    #expect(unknown?.message.hasPrefix("function 'main' has no input 'flags'\n  signature: main(%ids") == true)
    inputs["flags"] = nil
    let missing = #expect(throws: RuntimeError.self) { try session.call("main", inputs) }
    #expect(missing?.message.hasPrefix("function 'main', input 2 ('flag'): it is missing\n") == true)
  }

  /// A module for other devices is refused.
  @Test func devices() throws {
    var module = Self.module
    module.devices = [DeviceDescription(kind: "vulkan")]
    let error = #expect(throws: RuntimeError.self) { try Session(load(module), device: CPUDevice(threads: 1)) }
    #expect(error?.description == "FAILED_PRECONDITION; the module is for 'vulkan', not for 'cpu'")
  }

  /// An output that is an unaligned part of a buffer can be an input: kernels get an aligned copy.
  @Test(.enabled(if: KernelFixture.isAvailable, "needs a C compiler")) func alignment() throws {
    var module = try sumModule()
    module.dispatchSites[1].entry = 4
    module.functions[0].code = [
      .dispatch(site: 1, workgroups: 1, constants: [], bindings: [0, 1, 0].map { Binding(reference: $0, offset: 0, byteCount: 4) }),
      .allocate(to: 2, byteCount: 64), .fill(buffer: 2, pattern: 0x3F80_0000, patternByteCount: 4, byteCount: 64),
      .slice(to: 2, from: 2, offset: 4, byteCount: 8), .tensor(to: 3, buffer: 2, elementType: .f32, shape: [2]),
      .returnValues(integers: [], references: [3]),
    ]
    let session = try Session(load(module), device: CPUDevice(threads: 1))
    var part = try Tensor(shape: [2], [5, 6] as [Float])
    for _ in 0..<3 { part = try session.call("main", [part, part])[0] }
    #expect(try part.array() == [1, 1] as [Float])
  }

  /// Unknown functions are answered with the known ones.
  @Test func unknownFunction() throws {
    let session = try Session(load(Self.module), device: CPUDevice(threads: 1))
    let error = #expect(throws: RuntimeError.self) { try session.call("mian", []) }
    #expect(error?.description == "NOT_FOUND; the module has no function 'mian'; it has 'main'")
    #expect(error?.id == "unknownFunction")
  }

  /// Tensors that cannot be.
  @Test func impossibleTensors() throws {
    func message(_ body: () throws -> Void) -> String? {
      do { try body() } catch { return "\(error)" }
      return nil
    }
    #expect(
      message { _ = try Tensor(shape: [2, 2], [1, 2, 3] as [Float]) } == "INVALID_ARGUMENT; a tensor of shape 2x2 cannot hold 3 elements")
    #expect(message { _ = try Tensor(shape: [-1], [] as [Float]) } == "INVALID_ARGUMENT; -1 is not a possible shape")
    #expect(message { _ = try Tensor(shape: [.max, .max], [] as [Float]) }?.hasSuffix("is not a possible shape") == true)
    #expect(message { _ = try Tensor(shape: [0, 5], [] as [Float]) } == nil)
    #expect(message { _ = try Tensor(Float(1)).array(of: Int64.self) } == "INVALID_ARGUMENT; the tensor's elements are f32, not i64")
  }

  /// A module for another processor says what is missing.
  @Test(.enabled(if: KernelFixture.isAvailable, "needs a C compiler")) func processors() throws {
    let features = CPUFeatures(model: "Test CPU", names: ["avx2"])
    func message(_ executable: ExecutableDescription) throws -> String? {
      do { _ = try Session(load(sumModule(executable: executable)), device: CPUDevice(threads: 1, features: features)) } catch let error
        as RuntimeError
      {
        return error.description
      }
      return nil
    }
    #expect(try message(KernelFixture.executable(requiredFeatures: ["avx2"])) == nil)
    #expect(
      try message(KernelFixture.executable(requiredFeatures: ["avx2", "avx512f", "amx_tile"]))
        == "FAILED_PRECONDITION; the module does not fit this processor (Test CPU): the variant for 'test' needs 'avx512f', 'amx_tile', which this processor lacks"
    )
    #expect(
      try message(KernelFixture.executable(target: "riscv64"))
        == "FAILED_PRECONDITION; the module does not fit this processor (Test CPU): the variant for 'test' is for riscv64, this is \(CPUFeatures.hostArchitecture)"
    )
    var broken = try KernelFixture.executable()
    for cut in [0, 1, 63, 64, 100, 1000, broken.variants[0].image.count / 2] {
      broken.variants[0].image = Array(try KernelFixture.image.get().prefix(cut))
      #expect(try message(broken)?.hasPrefix("FAILED_PRECONDITION; cannot load the module's kernels: ") == true)
    }
    broken = try KernelFixture.executable()
    broken.entries[0].symbol = "absent"
    #expect(try message(broken) == "FAILED_PRECONDITION; cannot load the module's kernels: kernel 'add_f32' has no symbol 'absent'")
  }
}
