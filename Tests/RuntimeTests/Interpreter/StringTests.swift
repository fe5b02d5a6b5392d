import TesseraDeviceCPU
import TesseraModuleFormat
import TesseraRuntime
import Testing

/// Tensors of strings: the instruction, the interface, and files.
struct StringTests {
  /// Makes a session of a function that takes strings, in reference register 0 (any rank 1), and gives a tensor of `type` in register 1.
  private func session(
    _ code: [Instruction], gives type: ElementType = .string, rank: Int = 1, strings: [String] = [], constants: [[UInt8]] = []
  ) throws -> Session {
    let module = ModuleDescription(
      functions: [
        FunctionDescription(
          name: "main", isExported: true, inputs: [TensorInfo(name: "x", elementType: .string, shape: [.symbolic("n")])],
          outputs: [TensorInfo(name: "y", elementType: type, shape: Array(repeating: .symbolic("?"), count: rank))],
          integerRegisterCount: 1,
          referenceRegisterCount: 4, code: code + [.returnValues(integers: [], references: [1])])
      ], strings: strings)
    return try Session(load(module, constants: constants), device: CPUDevice(threads: 1))
  }

  /// Returns the bytes of numbers.
  private func bytes(_ numbers: [Int64]) -> [UInt8] { numbers.withUnsafeBytes { Array($0) } }

  /// The constant with the numbers, in register 2, as strings.
  private func constant(_ count: Int) -> [Instruction] {
    [.constant(to: 2, index: 0), .tensor(to: 2, buffer: 2, elementType: .string, shape: [.immediate(Int64(count))])]
  }

  private let words = ["Ab", "", "é", "two words", "Ab"]

  @Test func identity() throws {
    let x = try Tensor(shape: [5], words)
    #expect(x.typeText == "5xstring")
    #expect(x.description == "5xstring\n['Ab' '' 'é' 'two words' 'Ab']")
    let session = try session([.moveReference(to: 1, from: 0)])
    for _ in 0..<2 { #expect(try session.call("main", [x])[0].stringArray() == words) }
    #expect(throws: RuntimeError.self) { try session.call("main", [Tensor(shape: [1], [1] as [Int64])]) }
    #expect(throws: RuntimeError.self) { try Tensor(shape: [2], ["a"]) }
    #expect(throws: RuntimeError.self) { try x.array(of: Int64.self) }
    #expect(throws: RuntimeError.self) { try Tensor(1 as Float).stringArray() }
    #expect(try Tensor(elementType: .string, shape: [2]) { _ in }.stringArray() == ["", ""])
  }

  /// Strings that Unicode takes to be equal are not equal, as in ONNX; equal ones have one number.
  @Test func numbers() throws {
    let session = try session([.tensor(to: 1, buffer: 0, elementType: .i64, shape: [4])], gives: .i64, strings: ["b"])
    let numbers = try session.call("main", [Tensor(shape: [4], ["b", "\u{E9}", "e\u{301}", "b"])])[0].array(of: Int64.self)
    #expect(numbers == [1, 2, 3, 1])
    #expect(try session.call("main", [Tensor(shape: [4], ["", "x", "b", "x"])])[0].array(of: Int64.self) == [0, 2, 1, 2])
  }

  @Test func operations() throws {
    let x = try Tensor(shape: [5], words)
    let strings = ["-", "Ab", "é"]
    func result(_ operation: StringOperation, _ constantNumbers: [Int64]? = nil) throws -> [String] {
      let from = constantNumbers == nil ? [0] : [0, 2]
      let session = try session(
        constant(constantNumbers?.count ?? 1) + [.strings(operation, to: [1], from: from, elementType: .string, values: [])],
        strings: strings, constants: [bytes(constantNumbers ?? [0])])
      return try session.call("main", [x])[0].stringArray()
    }
    #expect(try result(.lower) == ["ab", "", "é", "two words", "ab"])
    #expect(try result(.upper) == ["AB", "", "É", "TWO WORDS", "AB"])
    #expect(try result(.concatenate, [1, 0, 2, 3, 1]) == ["Ab-", "", "éAb", "two wordsé", "Ab-"])
    let find = try session(
      constant(3) + [.strings(.find, to: [1], from: [0, 2], elementType: .i64, values: [])], gives: .i64, strings: strings,
      constants: [bytes([3, 2, 3])])
    #expect(try find.call("main", [x])[0].array(of: Int64.self) == [1, -1, 2, -1, 1])
    let rank = try session([.strings(.rank, to: [1], from: [0], elementType: .i64, values: [])], gives: .i64, strings: strings)
    #expect(try rank.call("main", [x])[0].array(of: Int64.self) == [1, 0, 3, 2, 1])
    #expect(try rank.call("main", [Tensor(shape: [0], [String]())])[0].array(of: Int64.self) == [])
    // Two numbers of one string, which only a damaged module has.
    let twice = try session(
      constant(3) + [.strings(.rank, to: [1], from: [2], elementType: .i64, values: [])], gives: .i64, strings: ["b", "a", "b"],
      constants: [bytes([3, 1, 2])])
    #expect(try twice.call("main", [x])[0].array(of: Int64.self) == [1, 1, 0])
    let match = try session(
      constant(1) + [.strings(.match, to: [1], from: [0, 2], elementType: .bool, values: [])], gives: .bool, strings: ["[A-z ]+"],
      constants: [bytes([1])])
    #expect(try match.call("main", [x])[0].array(of: Bool.self) == [true, false, false, true, true])
  }

  @Test func split() throws {
    let code = constant(1) + [.strings(.split, to: [1, 3], from: [0, 2], elementType: .string, values: [-1])]
    let session = try session(code, rank: 2, strings: [","], constants: [bytes([1])])
    let parts = try session.call("main", [Tensor(shape: [3], ["a,b,", "", "c"])])[0]
    #expect(parts.shape == [3, 3])
    #expect(try parts.stringArray() == ["a", "b", "", "", "", "", "c", "", ""])
    #expect(try session.call("main", [Tensor(shape: [0], [String]())])[0].shape == [0, 0])
    // One long string among many short ones.
    let uneven = try Tensor(shape: [1 << 13], [String(repeating: ",", count: 1 << 12)] + Array(repeating: "", count: (1 << 13) - 1))
    let error = #expect(throws: RuntimeError.self) { try session.call("main", [uneven]) }
    #expect(error?.description == "RESOURCE_EXHAUSTED; in function 'main': a tensor of more than 16777216 parts of strings")
  }

  /// Numbers as texts and back.
  @Test(arguments: [
    (ElementType.f32, "0.1", "0.1"), (.f32, " 1E8\n", "1e+08"), (.f32, "1e-5", "1e-05"), (.f64, "1e16", "1e+16"),
    (.f64, "-0", "-0.0"),
    (.f64, "1.5e300", "1.5e+300"), (.f16, "65504", "6.55e+04"), (.f32, "-INF", "-inf"), (.f32, "+inf", "inf"), (.f32, "NaN", "nan"),
    (.i8, "-128", "-128"), (.i8, "127.9", "127"), (.u64, "18446744073709551615", "18446744073709551615"), (.bool, "TRUE", "True"),
    (.bool, "0.0", "False"), (.i64, "-9223372036854775808", "-9223372036854775808"), (.bf16, "3.140625", "3.140625"),
    (.f32, "0.0001", "1e-04"), (.f64, "0.0001", "0.0001"), (.f16, "999.5", "999.5"),
  ])
  func numberTexts(type: ElementType, text: String, back: String) throws {
    let session = try session([
      .strings(.parse, to: [2], from: [0], elementType: type, values: []),
      .strings(.format, to: [1], from: [2], elementType: .string, values: []),
    ])
    #expect(try session.call("main", [Tensor(shape: [1], [text])])[0].stringArray() == [back])
  }

  @Test(arguments: [
    (ElementType.i8, "128"), (.u8, "-1"), (.i64, "9223372036854775808"), (.i32, "inf"), (.f32, "0x10"), (.f32, "1_000"), (.f32, ""),
    (.f32, "e5"),
    (.f32, "--1"), (.f32, "1e"), (.bool, "yes"), (.f64, "infinite"), (.u64, "18446744073709551616"), (.f32, "nan(1)"),
  ])
  func noNumbers(type: ElementType, text: String) throws {
    let session = try session([.strings(.parse, to: [1], from: [0], elementType: type, values: [])], gives: type)
    let error = #expect(throws: RuntimeError.self) { try session.call("main", [Tensor(shape: [1], [text])]) }
    #expect(error?.description == "INVALID_ARGUMENT; in function 'main': the string '\(text)' is no \(type.name)")
  }

  /// What is wrong with strings is an error.
  @Test(
    arguments: [
      (
        [.constant(to: 1, index: 0), .tensor(to: 1, buffer: 1, elementType: .string, shape: [1])],
        "OUT_OF_RANGE; an element of a tensor of strings is the number 99, which no string has"
      ),
      (
        [
          .constant(to: 2, index: 0), .tensor(to: 2, buffer: 2, elementType: .string, shape: [1]),
          .strings(.lower, to: [1], from: [2], elementType: .string, values: []),
        ],
        "OUT_OF_RANGE; an element of a tensor of strings is the number 99, which no string has"
      ),
      (
        [
          .constant(to: 2, index: 0), .tensor(to: 2, buffer: 2, elementType: .i64, shape: [1]),
          .strings(.lower, to: [1], from: [2], elementType: .string, values: []),
        ],
        "INTERNAL; in function 'main': a tensor of i64 where strings are expected"
      ),
      (
        [.strings(.lower, to: [1], from: [2], elementType: .string, values: [])], "INTERNAL; in function 'main': a register holds no tensor"
      ),
      (
        [.constant(to: 2, index: 0), .strings(.format, to: [1], from: [2], elementType: .string, values: [])],
        "INTERNAL; in function 'main': a register holds no tensor"
      ),
      (
        [
          .constant(to: 2, index: 0), .tensor(to: 2, buffer: 2, elementType: .string, shape: []),
          .strings(.concatenate, to: [1], from: [0, 2], elementType: .string, values: []),
        ],
        "INTERNAL; in function 'main': strings of two shapes are put together"
      ),
      ([.strings(.match, to: [1], from: [0, 0], elementType: .bool, values: [])], "INTERNAL; in function 'main': 2 patterns"),
      ([.strings(.split, to: [1, 2], from: [0, 0], elementType: .string, values: [0])], "INTERNAL; in function 'main': 2 delimiters"),
      (
        [.strings(.concatenate, to: [0], from: [0, 0], elementType: .string, values: []), .branch(0)],
        "RESOURCE_EXHAUSTED; a call takes and makes more than 4194304 strings, or 268435456 bytes of them"
      ),
    ] as [([Instruction], String)])
  func errors(code: [Instruction], message: String) throws {
    let session = try session(code, constants: [bytes([99])])
    let error = #expect(throws: RuntimeError.self) { try session.call("main", [Tensor(shape: [2], ["a", "b"])]) }
    #expect(error?.description == message)
  }

  /// A pattern that is refused at run time: the compiler would have refused it.
  @Test func refusedPattern() throws {
    let session = try session(
      [
        .constant(to: 2, index: 0), .tensor(to: 2, buffer: 2, elementType: .string, shape: []),
        .strings(.match, to: [1], from: [0, 2], elementType: .bool, values: []),
      ],
      gives: .bool, strings: ["(a"], constants: [bytes([1])])
    let error = #expect(throws: RuntimeError.self) { try session.call("main", [Tensor(shape: [1], ["a"])]) }
    #expect(error?.description == "INVALID_ARGUMENT; in function 'main': a pattern is refused: it has a '(' that no ')' closes")
  }

  /// Lists of strings go in and out.
  @Test func lists() throws {
    let list = TensorInfo(name: "x", elementType: .string, shape: nil, containers: [.sequence])
    let module = ModuleDescription(functions: [
      FunctionDescription(
        name: "main", isExported: true, inputs: [list], outputs: [list], integerRegisterCount: 0, referenceRegisterCount: 2,
        code: [.listErase(to: 1, list: 0, position: 0), .returnValues(integers: [], references: [1])])
    ])
    let session = try Session(load(module), device: CPUDevice(threads: 1))
    let result = try session.call("main", values: [.list([.tensor(Tensor(shape: [1], ["a"])), .tensor(Tensor(shape: [2], ["b", "c"]))])])
    #expect(try result[0].tensors.map { try $0.stringArray() } == [["b", "c"]])
  }

  /// Files: characters of 4 bytes in both orders, bytes, and either order of the elements.
  @Test(arguments: [
    ("<U2", [0x61, 0, 0, 0, 0xE9, 0, 0, 0, 0x62, 0, 0, 0, 0, 0, 0, 0], ["aé", "b"]), (">U1", [0, 0, 0, 0x61, 0, 1, 0xF6, 0], ["a", "😀"]),
    ("|S3", [0x61, 0xC3, 0xA9, 0, 0, 0], ["aé", ""]), ("<U0", [], ["", ""]),
    ("<U2", [0, 0, 0, 0, 0x61, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], ["\0a", ""]),
  ])
  func npyStrings(descriptor: String, data: [UInt8], strings: [String]) throws {
    let bytes = npy("{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (2,)}", data)
    let tensor = try read(bytes)[0]
    #expect(try tensor.stringArray() == strings)
    let again = try read(NPYWriter.bytes(tensor))[0]
    #expect(try again.stringArray() == strings)
  }

  @Test func transposedNPY() throws {
    let bytes = npy("{'descr': '|S1', 'fortran_order': True, 'shape': (2, 3)}", Array("adbecf".utf8))
    #expect(try read(bytes)[0].stringArray() == ["a", "b", "c", "d", "e", "f"])
  }

  @Test(
    arguments: [
      ("{'descr': '|S1', 'fortran_order': False, 'shape': (1,)}", [0xFF], "it has strings that are not UTF-8"),
      (
        "{'descr': '<U1', 'fortran_order': False, 'shape': (1,)}", [0, 0xD8, 0, 0],
        "it has strings with the character 55296, which there is not"
      ),
      ("{'descr': '<U3', 'fortran_order': False, 'shape': (2,)}", [0], "its shape 2 of strings of 12 bytes needs more data than is there"),
      (
        "{'descr': '<U0', 'fortran_order': False, 'shape': (99999999999,)}", [],
        "its shape 99999999999 of strings of 0 bytes needs more data than is there"
      ),
      ("{'descr': '<U99999999999999', 'fortran_order': False, 'shape': (1,)}", [], "its element type '<U99999999999999' is not supported"),
    ] as [(String, [UInt8], String)])
  func malformedNPY(header: String, data: [UInt8], complaint: String) {
    let bytes = npy(header, data)
    let error = #expect(throws: RuntimeError.self) { try read(bytes) }
    #expect(error?.description == "INVALID_ARGUMENT; 'a.npy' is no valid .npy file: \(complaint)")
  }

  @Test func literals() throws {
    func strings(_ text: String) throws -> [String] { try TensorLiteral.parse(text).tensors[0].stringArray() }
    #expect(try strings("3xstring=yes, no,[maybe]") == ["yes", "no", "maybe"])
    #expect(try strings(#"2xstring=["a b", 'c,"d']"#) == ["a b", "c,\"d"])
    #expect(try strings("2x1xstring=''") == ["", ""])
    #expect(try strings("3xstr=random:1").count == 3)
    #expect(throws: RuntimeError.self) { try TensorLiteral.parse("2xstring='a") }
    #expect(throws: RuntimeError.self) { try TensorLiteral.parse("2xstring=a,b,c") }
    #expect(throws: RuntimeError.self) { try TensorLiteral.parse("2xstring=@/dev/null") }
  }

  @Test func comparison() throws {
    let (a, b) = (try Tensor(shape: [2], ["a", "it's"]), try Tensor(shape: [2], ["a", "its"]))
    #expect(TensorComparison(actual: a, expected: a).isMatch)
    let comparison = TensorComparison(actual: a, expected: b)
    #expect(!comparison.isMatch && comparison.mismatchCount == 1)
    #expect(comparison.firstMismatch == #"element [1] is 'it\'s', expected 'its'"#)
  }
}
