import Foundation
import TesseraDeviceCPU
import TesseraModuleFormat
import TesseraRuntime
import Testing

/// Runs instructions that compute integers; returns what `results` name, through an `i64` tensor.
func evaluate(_ code: [Instruction], results: [IntegerOperand], strings: [String] = [], constants: [[UInt8]] = []) throws -> [Int64] {
  var all = code
  all.append(.allocate(to: 8, byteCount: .immediate(Int64(8 * results.count))))
  for (index, result) in results.enumerated() {
    all.append(.store(result, buffer: 8, byteOffset: .immediate(Int64(8 * index)), elementType: .i64))
  }
  all.append(.tensor(to: 8, buffer: 8, elementType: .i64, shape: [.immediate(Int64(results.count))]))
  all.append(.returnValues(integers: [], references: [8]))
  let module = ModuleDescription(
    functions: [
      FunctionDescription(
        name: "main", isExported: true, inputs: [], outputs: [TensorInfo(name: "", elementType: .i64, shape: [.symbolic("?")])],
        integerRegisterCount: 10, referenceRegisterCount: 10, code: all)
    ], strings: strings)
  let session = try Session(load(module, constants: constants), device: CPUDevice(threads: 1))
  return try session.call("main", [])[0].array(of: Int64.self)
}

/// Returns the bits of a number as an operand.
private func bits(_ number: Double) -> IntegerOperand { .immediate(Int64(bitPattern: number.bitPattern)) }

/// Every instruction does what the table says.
struct InterpreterTests {
  /// Integer operations: operands and result; `nil` for an error.
  @Test(
    arguments: [
      (IntegerOperation.add, Int64.max, 1, Int64.min), (.sub, 3, 5, -2), (.mul, -3, 5, -15), (.divS, -7, 2, -3), (.divS, 1, 0, nil),
      (.divS, .min, -1, nil), (.divU, -1, 2, Int64.max), (.divU, 1, 0, nil), (.remS, -7, 2, -1), (.remS, .min, -1, nil), (.remU, -1, 10, 5),
      (.floorDivS, -7, 2, -4), (.floorDivS, 7, 2, 3), (.floorDivS, -8, 2, -4), (.ceilDivS, 7, 2, 4), (.ceilDivS, -7, 2, -3),
      (.ceilDivS, 8, 2, 4),
      (.minS, -1, 1, -1), (.maxS, -1, 1, 1), (.minU, -1, 1, 1), (.maxU, -1, 1, -1), (.and, 6, 3, 2), (.or, 6, 3, 7), (.xor, 6, 3, 5),
      (.shl, 1, 63, .min), (.shl, 1, 64, 0), (.shrS, -8, 1, -4), (.shrS, -8, 100, -1), (.shrU, -1, 63, 1), (.shrU, -1, -1, 0),
      (.addSaturating, .max, 1, .max), (.addSaturating, .min, -1, .min), (.addSaturating, 2, 3, 5), (.subSaturating, .min, 1, .min),
      (.subSaturating, 0, .min, .max), (.mulSaturating, 1 << 62, 4, .max), (.mulSaturating, 1 << 62, -4, .min),
      (.mulSaturating, -3, 5, -15),
    ] as [(IntegerOperation, Int64, Int64, Int64?)])
  func integers(operation: IntegerOperation, a: Int64, b: Int64, result: Int64?) throws {
    let code: [Instruction] = [.move(to: 0, .immediate(a)), .integer(operation, to: 1, .register(0), .immediate(b))]
    if let result {
      #expect(try evaluate(code, results: [.register(1)]) == [result])
    } else {
      #expect(throws: RuntimeError.self) { try evaluate(code, results: [.register(1)]) }
    }
  }

  /// Comparisons, selection, extension.
  @Test func comparisons() throws {
    var code: [Instruction] = []
    var expected: [Int64] = []
    let table: [(IntegerPredicate, Int64)] = [
      (.eq, 0), (.ne, 1), (.slt, 1), (.sle, 1), (.sgt, 0), (.sge, 0), (.ult, 0), (.ule, 0), (.ugt, 1), (.uge, 1),
    ]
    for (index, row) in table.enumerated() {
      code.append(.compare(row.0, to: index, -1, 1))
      expected.append(row.1)
    }
    #expect(try evaluate(code, results: (0..<10).map { .register($0) }) == expected)
    let more: [Instruction] = [
      .select(to: 0, condition: 5, 10, 20), .select(to: 1, condition: 0, 10, 20), .signExtend(to: 2, 0xFF, bits: 8),
      .zeroExtend(to: 3, -1, bits: 8), .signExtend(to: 4, 0x7F, bits: 8), .zeroExtend(to: 5, -1, bits: 64), .signExtend(to: 6, 1, bits: 1),
    ]
    #expect(try evaluate(more, results: (0..<7).map { .register($0) }) == [10, 20, -1, 255, 127, -1, -1])
  }

  /// Floating-point instructions against Swift.
  @Test func floats() throws {
    func number(_ code: Instruction) throws -> Double {
      try Double(bitPattern: UInt64(bitPattern: evaluate([code], results: [.register(0)])[0]))
    }
    let pairs: [(FloatOperation, Double)] = [
      (.add, 9.5), (.sub, 5.5), (.mul, 15), (.div, 3.75), (.rem, 1.5), (.min, 2), (.max, 7.5), (.pow, 56.25),
    ]
    for (operation, result) in pairs { #expect(try number(.float(operation, to: 0, bits(7.5), bits(2))) == result) }
    #expect(try number(.float(.max, to: 0, bits(.nan), bits(2))).isNaN)
    for (a, b) in [(0.0, -0.0), (-0.0, 0.0)] {
      #expect(try number(.float(.max, to: 0, bits(a), bits(b))).sign == .plus)
      #expect(try number(.float(.min, to: 0, bits(a), bits(b))).sign == .minus)
    }
    let single: [(FloatUnaryOperation, Double, Double)] = [
      (.neg, 1.5, -1.5), (.abs, -2, 2), (.floor, -1.5, -2), (.ceil, -1.5, -1), (.round, 2.5, 2), (.trunc, -1.5, -1), (.sqrt, 9, 3),
      (.exp, 0, 1), (.log, 1, 0), (.tanh, 0, 0), (.sin, 0, 0), (.cos, 0, 1), (.roundToF32, 0.1, Double(Float(0.1))),
    ]
    #expect(single.count == FloatUnaryOperation.allCases.count)
    for (operation, a, result) in single { #expect(try number(.floatUnary(operation, to: 0, bits(a))) == result) }
    let predicates: [(FloatPredicate, Int64, Int64)] = [(.eq, 0, 0), (.ne, 1, 1), (.lt, 1, 0), (.le, 1, 0), (.gt, 0, 0), (.ge, 0, 0)]
    for (predicate, ordered, withNaN) in predicates {
      let code: [Instruction] = [
        .compareFloat(predicate, to: 0, bits(1), bits(2)), .compareFloat(predicate, to: 1, bits(.nan), bits(2)),
      ]
      #expect(try evaluate(code, results: [.register(0), .register(1)]) == [ordered, withNaN])
    }
    #expect(try number(.convert(.intToFloat, to: 0, -3)) == -3)
    #expect(try number(.convert(.unsignedToFloat, to: 0, -1)) == 0x1p64)
    let conversions: [(Double, Int64)] = [(-1.9, -1), (1e30, .max), (-1e30, .min), (.nan, 0), (.infinity, .max)]
    for (a, result) in conversions { #expect(try evaluate([.convert(.floatToInt, to: 0, bits(a))], results: [.register(0)]) == [result]) }
    #expect(
      try evaluate(
        [.convert(.floatToUnsigned, to: 0, bits(-5)), .convert(.floatToUnsigned, to: 1, bits(1e30))], results: [.register(0), .register(1)])
        == [0, -1])
  }

  /// A loop that sums 1...10, with branches.
  @Test func branches() throws {
    let code: [Instruction] = [
      .move(to: 0, 1), .integer(.add, to: 1, .register(1), .register(0)), .integer(.add, to: 0, .register(0), 1),
      .compare(.sle, to: 2, .register(0), 10), .branchIf(.register(2), then: 1, else: 5), .branch(7), .move(to: 1, 0),
    ]
    #expect(try evaluate(code, results: [.register(1)]) == [55])
  }

  /// Buffers: allocation, stores, loads of all types, fills, copies, slices.
  @Test func memory() throws {
    let code: [Instruction] = [
      .allocate(to: 0, byteCount: 64), .fill(buffer: 0, pattern: 0x0102, patternByteCount: 2, byteCount: 64),
      .slice(to: 1, from: 0, offset: 8, byteCount: 16), .store(-1, buffer: 1, byteOffset: 0, elementType: .i16),
      .barrier(), .allocate(to: 2, byteCount: 16), .copy(from: 1, to: 2, byteCount: 16), .submit,
      .load(to: 0, buffer: 2, byteOffset: 0, elementType: .i16), .load(to: 1, buffer: 2, byteOffset: 0, elementType: .u16),
      .load(to: 2, buffer: 2, byteOffset: 2, elementType: .u8), .store(bits(1.5), buffer: 2, byteOffset: 4, elementType: .f16),
      .load(to: 3, buffer: 2, byteOffset: 4, elementType: .u16), .load(to: 4, buffer: 2, byteOffset: 4, elementType: .f16),
      .byteCount(to: 5, reference: 1), .tensor(to: 3, buffer: 0, elementType: .i32, shape: [2, 4, 2]),
      .dimension(to: 6, tensor: 3, axis: 1),
      .moveReference(to: 4, from: 3), .dimension(to: 7, tensor: 4, axis: 2), .constant(to: 5, index: 1),
      .load(to: 8, buffer: 5, byteOffset: 1, elementType: .u8),
    ]
    let results = try evaluate(code, results: (0..<9).map { .register($0) }, constants: [[], [7, 9]])
    #expect(results == [-1, 65535, 2, 0x3E00, Int64(bitPattern: 1.5.bitPattern), 16, 4, 2, 9])
  }

  /// Plans at run time are the compiler's plans, also for sizes that change between runs of the instruction.
  @Test func plans() throws {
    var code: [Instruction] = []
    for round in 1...2 {
      code.append(
        .plan(offsets: [0, 1, 2], total: 3, sizes: [.immediate(Int64(100 * round)), 64, 64], first: [0, 1, 2], last: [1, 2, 3]))
    }
    let plan = MemoryPlan.offsets(sizes: [200, 64, 64], first: [0, 1, 2], last: [1, 2, 3])
    #expect(try evaluate(code, results: (0..<4).map { .register($0) }) == (plan.offsets + [plan.total]).map(Int64.init))
  }

  /// What goes wrong at run time is an error with a reason, never a trap.
  @Test(
    arguments: [
      ([.allocate(to: 0, byteCount: -1)], "RESOURCE_EXHAUSTED; cannot allocate -1 bytes"),
      ([.allocate(to: 0, byteCount: .immediate(.max))], "RESOURCE_EXHAUSTED; cannot allocate 9223372036854775807 bytes"),
      ([.slice(to: 0, from: 1, offset: 0, byteCount: 0)], "INTERNAL; in function 'main': a slice of a register that was never set"),
      (
        [.allocate(to: 0, byteCount: 8), .slice(to: 0, from: 0, offset: 8, byteCount: 1)],
        "OUT_OF_RANGE; in function 'main': a slice of 1 bytes at 8 of a buffer of 8"
      ),
      (
        [.allocate(to: 0, byteCount: 8), .slice(to: 0, from: 0, offset: .immediate(.max), byteCount: .immediate(.max))],
        "OUT_OF_RANGE; in function 'main': a slice of 9223372036854775807 bytes at 9223372036854775807 of a buffer of 8"
      ),
      (
        [.allocate(to: 0, byteCount: 8), .load(to: 0, buffer: 0, byteOffset: 1, elementType: .i64)],
        "OUT_OF_RANGE; in function 'main': a load of 8 bytes at 1 of a buffer of 8"
      ),
      (
        [.allocate(to: 0, byteCount: 8), .store(1, buffer: 0, byteOffset: -1, elementType: .i8)],
        "OUT_OF_RANGE; in function 'main': a store of 1 bytes at -1 of a buffer of 8"
      ),
      (
        [.constant(to: 0, index: 0), .store(1, buffer: 0, byteOffset: 0, elementType: .i8)],
        "INTERNAL; in function 'main': a store into an input or a constant"
      ),
      (
        [.constant(to: 0, index: 0), .fill(buffer: 0, pattern: 0, patternByteCount: 1, byteCount: 1)],
        "INTERNAL; in function 'main': a fill into an input or a constant"
      ),
      (
        [.allocate(to: 0, byteCount: 8), .fill(buffer: 0, pattern: 0, patternByteCount: 4, byteCount: 6)],
        "INTERNAL; in function 'main': a fill of 6 bytes with a pattern of 4"
      ),
      (
        [.allocate(to: 0, byteCount: 8), .tensor(to: 0, buffer: 0, elementType: .f32, shape: [3])],
        "OUT_OF_RANGE; in function 'main': a tensor of 12 bytes at 0 of a buffer of 8"
      ),
      (
        [.allocate(to: 0, byteCount: 8), .tensor(to: 0, buffer: 0, elementType: .f32, shape: [-3])],
        "INVALID_ARGUMENT; -3 is not a possible shape"
      ),
      (
        [.allocate(to: 0, byteCount: 8), .tensor(to: 0, buffer: 0, elementType: .f32, shape: [.immediate(.max), .immediate(.max)])],
        "INVALID_ARGUMENT; 9223372036854775807x9223372036854775807 is not a possible shape"
      ),
      ([.dimension(to: 0, tensor: 0, axis: 2)], "INTERNAL; in function 'main': a register is not a tensor with 3 dimensions"),
      ([.plan(offsets: [0], total: 1, sizes: [-1], first: [0], last: [0])], "RESOURCE_EXHAUSTED; cannot allocate -1 bytes"),
      ([.check(0, message: 0, values: [3, -4])], "INVALID_ARGUMENT; sizes 3 and -4 differ {9} {"),
      (
        [.call(function: 0, integers: [], references: [], integerResults: [], referenceResults: [0])],
        "RESOURCE_EXHAUSTED; function 'main' is called more than 200 levels deep"
      ),
      ([.integer(.divS, to: 0, 1, 0)], "INVALID_ARGUMENT; in function 'main': divS of 1 by 0"),
    ] as [([Instruction], String)])
  func errors(code: [Instruction], message: String) throws {
    let error = #expect(throws: RuntimeError.self) {
      try evaluate(code, results: [0], strings: ["sizes {0} and {1} differ {9} {"], constants: [[1, 2]])
    }
    #expect(error?.description == message)
  }

  /// A call passes integers and references both ways, through a module with an internal function.
  @Test func calls() throws {
    let module = ModuleDescription(functions: [
      FunctionDescription(
        name: "main", isExported: true, inputs: [TensorInfo(name: "x", elementType: .i64, shape: [.fixed(2)])],
        outputs: [TensorInfo(name: "y", elementType: .i64, shape: [.fixed(2)])], integerRegisterCount: 3, referenceRegisterCount: 3,
        code: [
          .move(to: 0, 40),
          .call(function: 1, integers: [.register(0), 2], references: [0], integerResults: [1, 2], referenceResults: [1, 2]),
          .store(.register(1), buffer: 1, byteOffset: 0, elementType: .i64),
          .store(.register(2), buffer: 1, byteOffset: 8, elementType: .i64),
          .tensor(to: 1, buffer: 1, elementType: .i64, shape: [2]), .returnValues(integers: [], references: [1]),
        ]),
      FunctionDescription(
        name: "sum", isExported: false, inputs: [], outputs: [], integerRegisterCount: 4, referenceRegisterCount: 2,
        code: [
          .integer(.add, to: 2, .register(0), .register(1)), .load(to: 3, buffer: 0, byteOffset: 8, elementType: .i64),
          .allocate(to: 1, byteCount: 16), .returnValues(integers: [.register(2), .register(3)], references: [1, 0]),
        ], integerParameterCount: 2, referenceParameterCount: 1, integerResultCount: 2, referenceResultCount: 2),
    ])
    let session = try Session(load(module), device: CPUDevice(threads: 1))
    #expect(try session.call("main", [Tensor(shape: [2], [5, 6] as [Int64])])[0].array() == [42, 6] as [Int64])
  }

  /// An endless loop can be stopped from another thread.
  @Test(.timeLimit(.minutes(5))) func interruption() throws {
    let module = ModuleDescription(functions: [
      FunctionDescription(
        name: "main", isExported: true, inputs: [], outputs: [], integerRegisterCount: 0, referenceRegisterCount: 0, code: [.branch(0)])
    ])
    let session = try Session(load(module), device: CPUDevice(threads: 1))
    let isOver = Flag()
    Thread.detachNewThread {
      // Again and again: what comes before the call begins is of no effect.
      while !isOver.isSet {
        session.interrupt()
        Thread.sleep(forTimeInterval: 0.001)
      }
    }
    let error = #expect(throws: RuntimeError.self) { try session.call("main", []) }
    isOver.set()
    #expect(error?.description == "CANCELLED; the call was interrupted")
  }

  /// Kernels' bindings are checked against their buffers; kernels' errors name the user's operators.
  @Test(.enabled(if: KernelFixture.isAvailable, "needs a C compiler")) func kernelErrors() throws {
    func message(_ change: (inout ModuleDescription) -> Void) throws -> String? {
      var module = try sumModule()
      change(&module)
      let session = try Session(load(module), device: CPUDevice(threads: 2))
      let a = try Tensor(shape: [4], [1, 2, 3, 4] as [Float])
      do { _ = try session.call("main", [a, a]) } catch { return error.description }
      return nil
    }
    #expect(
      try message {
        $0.functions[0].code[3] = .dispatch(
          site: 0, workgroups: 1, constants: [4],
          bindings: [0, 1, 2].map { Binding(reference: $0, offset: $0 == 1 ? 8 : 0, byteCount: 16) })
      } == "OUT_OF_RANGE; in function 'main': binding 1 of dispatch site 0 is bytes 8..<24 of a buffer of 16")
    #expect(
      try message {
        $0.dispatchSites[1].entry = 3
        $0.functions[0].code[5] = .dispatch(site: 1, workgroups: 8, constants: [-7], bindings: [])
      } == "INTERNAL; kernel 'fails_f32', which computes '/layer/Mul', failed with status -7")
    #expect(
      try message {
        $0.dispatchSites[1].entry = 4
        $0.functions[0].code[5] = .dispatch(
          site: 1, workgroups: 1, constants: [], bindings: [0, 1, 2].map { Binding(reference: $0, offset: 0, byteCount: 16) })
      } == nil)
  }
}
