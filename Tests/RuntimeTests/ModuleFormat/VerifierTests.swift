import TesseraModuleFormat
import Testing

/// What the verifier refuses, with its words.
struct VerifierTests {
  /// Instructions that are wrong in a function with 2 integer and 2 reference registers, and the complaint.
  static let wrong: [(Instruction, String)] = [
    (.move(to: 2, 0), "move: to is integer register 2, but there are 2"),
    (.move(to: -1, 0), "move: to is integer register -1, but there are 2"),
    (.move(to: 0, .register(9)), "move: value is integer register 9, but there are 2"),
    (.moveReference(to: 0, from: 2), "moveReference: from is reference register 2, but there are 2"),
    (.signExtend(to: 0, 1, bits: 65), "signExtend: bits is 65, not in 1...64"),
    (.branch(7), "branch: target is instruction 7, but there are 2"),
    (.branchIf(1, then: 0, else: 2), "branchIf: else is instruction 2, but there are 2"),
    (
      .call(function: 3, integers: [], references: [], integerResults: [], referenceResults: []),
      "call: function is function 3, but there are 1"
    ),
    (
      .call(function: 0, integers: [1], references: [0], integerResults: [], referenceResults: [1]),
      "call: passes and takes [1, 1, 0, 1], but 'main' has [0, 1, 0, 1]"
    ),
    (.returnValues(integers: [1], references: [0]), "returnValues: returns [1, 1] values, but the function has [0, 1]"),
    (.check(1, message: 1, values: []), "check: message is string 1, but there are 1"),
    (.dimension(to: 0, tensor: 0, axis: 64), "dimension: axis is 64, not in 0...63"),
    (.constant(to: 0, index: 1), "constant: index is constant 1, but there are 1"),
    (.allocate(to: 0, byteCount: 1, device: 1), "allocate: device is device 1, but there are 1"),
    (.plan(offsets: [0], total: 1, sizes: [1, 2], first: [0], last: [0]), "plan: its lists differ in length"),
    (.plan(offsets: [0], total: 1, sizes: [1], first: [-1], last: [0]), "plan: first has a negative number"),
    (.fill(buffer: 0, pattern: 0, patternByteCount: 3, byteCount: 3), "fill: a pattern has 1, 2, 4 or 8 bytes, not 3"),
    (.dispatch(site: 1, workgroups: 1, constants: [], bindings: []), "dispatch: site is dispatch site 1, but there are 1"),
    (
      .dispatch(site: 0, workgroups: 1, constants: [], bindings: []),
      "dispatch: gives 0 bindings and 0 constants, but kernel 'k' takes 1 and 0"
    ),
    (
      .dispatch(site: 0, workgroups: 1, constants: [], bindings: [Binding(reference: 5, offset: 0, byteCount: 0)]),
      "dispatch: bindings is reference register 5, but there are 2"
    ),
    (.list(to: 2, elements: []), "list: to is reference register 2, but there are 2"),
    (.list(to: 0, elements: [0, 3]), "list: elements is reference register 3, but there are 2"),
    (.listCount(to: 0, list: 2), "listCount: list is reference register 2, but there are 2"),
    (.listElement(to: 0, list: 1, position: .register(2)), "listElement: position is integer register 2, but there are 2"),
    (.listInsert(to: 0, list: 1, position: 0, element: -1), "listInsert: element is reference register -1, but there are 2"),
    (
      .listJoin(to: 0, list: 0, axis: 1, isNew: 0, elementType: .f32, shape: [1]), "listJoin: axis 1 of a tensor of rank 1"
    ),
    (
      .checkTensor(0, elementType: .f32, shape: Array(repeating: 1, count: 65)),
      "checkTensor: a tensor has at most 64 dimensions, not 65"
    ),
    (
      .strings(.concatenate, to: [0], from: [0], elementType: .string, values: []),
      "strings: gives, takes and has [1, 1, 0], but 'concatenate' has [1, 2, 0]"
    ),
    (.strings(.lower, to: [0], from: [0], elementType: .i64, values: []), "strings: 'lower' does not give i64"),
    (.strings(.parse, to: [0], from: [0], elementType: .complex64, values: []), "strings: 'parse' does not give complex64"),
    (.strings(.parse, to: [0], from: [0], elementType: .string, values: []), "strings: 'parse' does not give string"),
    (.strings(.upper, to: [2], from: [0], elementType: .string, values: []), "strings: to is reference register 2, but there are 2"),
    (.strings(.upper, to: [0], from: [-1], elementType: .string, values: []), "strings: from is reference register -1, but there are 2"),
    (
      .strings(.split, to: [0, 1], from: [0, 1], elementType: .string, values: [.register(2)]),
      "strings: values is integer register 2, but there are 2"
    ),
    (
      .tensor(to: 0, buffer: 0, elementType: .f32, shape: Array(repeating: 1, count: 65)),
      "tensor: a tensor has at most 64 dimensions, not 65"
    ),
  ]

  /// Returns a module whose main begins with `instruction`.
  static func module(_ instruction: Instruction) -> ModuleDescription {
    ModuleDescription(
      functions: [
        FunctionDescription(
          name: "main", isExported: true, inputs: [f32("x", [])], outputs: [f32("y", [])], integerRegisterCount: 2,
          referenceRegisterCount: 2, code: [instruction, .returnValues(integers: [], references: [0])])
      ],
      executables: [
        ExecutableDescription(
          entries: [KernelEntry(symbol: "k", name: "k", bindingCount: 1, resultCount: 0, constantCount: 0, scratch: 0)], variants: [])
      ],
      dispatchSites: [DispatchSite(executable: 0, entry: 0, sourceOperators: [], flops: 0, bytes: 0)], strings: ["m"])
  }

  /// Each is refused, by the writer already.
  @Test(arguments: wrong.indices) func refuses(index: Int) {
    let (instruction, complaint) = Self.wrong[index]
    let error = #expect(throws: FormatError.self) { try Self.module(instruction).verify(constantCount: 1) }
    #expect(error?.message == "the module is invalid: function 'main', instruction 0: \(complaint)")
    #expect(throws: FormatError.self) { try ModuleWriter(Self.module(instruction)).bytes(constants: [[1]]) }
  }

  /// Work must follow from constants that the kernel has.
  @Test func work() {
    var module = Self.module(.barrier())
    module.dispatchSites[0].work.bytes = [[.init(factor: 4, constants: [0])]]
    let error = #expect(throws: FormatError.self) { try module.verify(constantCount: 1) }
    #expect(error?.message == "the module is invalid: the work of dispatch site 0 refers to a constant that is not there")
  }

  /// Scratch memory must be possible, and grow with constants that the kernel has.
  @Test(arguments: [
    ScratchSize(byteCount: -1), ScratchSize(byteCount: 1 << 31), ScratchSize(byteCount: 0, terms: [.init(constant: 0, byteCount: 1)]),
    ScratchSize(byteCount: 0, terms: [.init(constant: -1, byteCount: 1)]),
  ]) func scratch(size: ScratchSize) {
    var module = Self.module(.barrier())
    module.executables[0].entries[0].scratch = size
    let error = #expect(throws: FormatError.self) { try module.verify(constantCount: 1) }
    #expect(error?.message == "the module is invalid: kernel 'k' takes impossibly much")
  }

  /// A function must not run off its end, and must fit its signature.
  @Test func functions() {
    func complaint(_ change: (inout FunctionDescription) -> Void) -> String? {
      var module = Self.module(.barrier())
      change(&module.functions[0])
      do { try module.verify(constantCount: 1) } catch { return error.message }
      return nil
    }
    #expect(complaint { _ in } == nil)
    #expect(complaint { $0.code.removeLast() } == "the module is invalid: function 'main': it does not end with a branch or a return")
    #expect(complaint { $0.code = [] } == "the module is invalid: function 'main': it does not end with a branch or a return")
    #expect(
      complaint { $0.inputs = [] } == "the module is invalid: function 'main': it is exported, but its registers do not fit its signature")
    #expect(
      complaint { $0.integerRegisterCount = 1 << 40 }
        == "the module is invalid: function 'main': it has 1099511627776 registers; up to 1048576 are possible")
    #expect(
      complaint { $0.referenceRegisterCount = 0 } == "the module is invalid: function 'main': its parameters do not fit in its registers")
    #expect(complaint { $0.inputs[0].shape = [.fixed(-1)] } == "the module is invalid: function 'main': tensor 'x' has a negative extent")
    let misfit = "the module is invalid: function 'main': the default of 'x' is no constant of its rank"
    #expect(
      complaint { $0.inputs[0].defaultValue = DefaultValue(constant: 0, shape: Array(repeating: 1, count: $0.inputs[0].shape.count)) }
        == nil)
    #expect(
      complaint { $0.inputs[0].defaultValue = DefaultValue(constant: 1, shape: Array(repeating: 1, count: $0.inputs[0].shape.count)) }
        == misfit)
    #expect(complaint { $0.inputs[0].defaultValue = DefaultValue(constant: 0, shape: Array(repeating: 1, count: 7)) } == misfit)
  }
}
