import TesseraFiles
import TesseraLibC
import TesseraModuleFormat
import TesseraRuntime
import Testing

/// Returns the bytes of a `.npy` file.
func npy(_ header: String, _ data: [UInt8] = [], major: UInt8 = 1) -> [UInt8] {
  let length = header.utf8.count
  let count: [UInt8] = major == 1 ? [UInt8(length & 255), UInt8(length >> 8)] : [UInt8(length & 255), UInt8(length >> 8), 0, 0]
  return [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, major, 0] + count + Array(header.utf8) + data
}

/// Reads the arrays in `bytes`.
func read(_ bytes: [UInt8], expected: ElementType? = nil) throws -> [Tensor] {
  try bytes.withUnsafeBytes { try NPYReader.read($0, name: "a.npy", expected: expected) }
}

/// `.npy` files, input literals, printing, comparison.
struct TensorFileTests {
  /// Every type survives, whatever the shape; 8-bit floats need to be told apart.
  @Test(arguments: ElementType.allCases, [[], [0], [3], [2, 3], [1, 2, 0]] as [[Int]])
  func npyRoundTrip(type: ElementType, shape: [Int]) throws {
    let tensor = try TensorLiteral.random(type, shape, seed: 1)
    let bytes = try NPYWriter.bytes(tensor)
    let back = try read(bytes, expected: type)[0]
    #expect(back.elementType == type && back.shape == shape)
    #expect(back.withUnsafeBytes { Array($0) } == tensor.withUnsafeBytes { Array($0) })
    if type != .string { #expect((bytes.count - tensor.byteCount) % 64 == 0) }
    let two = try read(bytes + bytes, expected: type)
    #expect(two.count == 2)
  }

  /// Other versions, byte orders and index orders.
  @Test func npyVariants() throws {
    let data: [UInt8] = [1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0]
    for major: UInt8 in [1, 2, 3] {
      let tensor = try read(npy("{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }\n", data, major: major))[0]
      #expect(try tensor.array() == [1, 2, 3, 4, 5, 6] as [Int16])
    }
    #expect(try read(npy("{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3)}", data))[0].array() == [1, 3, 5, 2, 4, 6] as [Int16])
    #expect(
      try read(npy("{\"shape\": (6,), \"descr\": \">i2\", \"fortran_order\": False}", data))[0].array() == [
        256, 512, 768, 1024, 1280, 1536,
      ] as [Int16])
    #expect(try read(npy("{'descr': '<V2', 'fortran_order': False, 'shape': ()}", [0x80, 0x3F]))[0].elementType == .bf16)
  }

  /// Malformed files and the complaints.
  @Test(
    arguments: [
      ([], "it is empty"),
      (Array("hello world, this is text".utf8), "it does not begin with the signature of one"),
      ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 200, 0], "it ends within the header"),
      ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 9, 0, 0, 0], "its version 9.0 is not 1, 2 or 3"),
      (npy(""), "its header is malformed"),
      (
        npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}"),
        "its header is malformed, or its elements are structures, which are not supported"
      ),
      (npy("{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,)}"), "its 'fortran_order' is neither True nor False"),
      (npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}"), "its shape is malformed"),
      (npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1"), "its shape is malformed"),
      (npy("{'descr': '<f4', 'fortran_order': False}"), "its header lacks 'shape'"),
      (npy("{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (1,)}"), "its element type '<M8[ns]' is not supported"),
      (
        npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}"),
        "its elements are objects of Python; save strings with a type of their own: array.astype(str)"
      ),
      (
        npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}", [1, 2, 3, 4]),
        "its shape 2x3 of f32 needs 24 bytes of data, but 4 are there"
      ),
      (npy("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 2)}"), "9223372036854775807x2 is not a possible shape"),
    ] as [([UInt8], String)])
  func malformedNPY(bytes: [UInt8], complaint: String) {
    let error = #expect(throws: RuntimeError.self) { try read(bytes) }
    #expect(error?.description == "INVALID_ARGUMENT; 'a.npy' is no valid .npy file: \(complaint)")
  }

  /// Mutated files: an error or a tensor, never a trap.
  @Test func mutatedNPY() throws {
    let bytes = try NPYWriter.bytes(TensorLiteral.random(.f32, [2, 3], seed: 1))
    for position in bytes.indices {
      for value: UInt8 in [0, 0x27, 0x29, 0x39, 0xFF] {
        var mutated = bytes
        mutated[position] = value
        _ = try? read(mutated)
      }
      _ = try? read(Array(bytes.prefix(position)))
    }
  }

  /// Literals and what they stand for.
  @Test(arguments: [
    ("2x3xf32=1,2,3,4,5,6", "2x3xf32", "[[1 2 3]\n [4 5 6]]"), ("2x3xf32=1.5", "2x3xf32", "[[1.5 1.5 1.5]\n [1.5 1.5 1.5]]"),
    ("2x2xi32=1 2 3 4", "2x2xi32", "[[1 2]\n [3 4]]"), ("2x2xi32=[[1 2][3 4]]", "2x2xi32", "[[1 2]\n [3 4]]"),
    ("2x2xi32=[[1, 2], [3, 4]]", "2x2xi32", "[[1 2]\n [3 4]]"), ("3.14", "f32", "3.14"), ("5", "i32", "5"), ("i64=5", "i64", "5"),
    ("f32=1e3", "f32", "1000"), ("2xf16=-inf nan", "2xf16", "[-inf nan]"), ("2xi1=1 false", "2xbool", "[true false]"),
    ("2xui8=0xFF 1", "2xu8", "[255 1]"),
    ("0xf32=", "0xf32", "[]"), ("2xbf16=1 2.5", "2xbf16", "[1 2.5]"), ("2xcomplex64=1+2j -3e-1-4j", "2xcomplex64", "[1+2j -0.3-4j]"),
    ("1xf8E4M3FN=448", "1xf8E4M3FN", "[448]"), ("2xi8=-128 127", "2xi8", "[-128 127]"),
    ("i64=-9223372036854775808", "i64", "-9223372036854775808"),
    ("2x2xf32", "2x2xf32", "[[0 0]\n [0 0]]"), ("2xi4=-8 7", "2xi4", "[-8 7]"), ("2xuint2=0 3", "2xu2", "[0 3]"),
    ("2xfloat8_e5m2=1 -inf", "2xf8E5M2", "[1 -inf]"), ("2xbfloat16=1 2.5", "2xbf16", "[1 2.5]"), ("1xf4E2M1FN=3.1", "1xf4E2M1FN", "[3]"),
  ])
  func literals(text: String, type: String, printed: String) throws {
    let value = try TensorLiteral.parse(text)
    #expect(value.name == nil)
    #expect(value.tensors[0].typeText == type)
    #expect(value.tensors[0].text() == printed)
  }

  /// Names, expected types, random numbers, files.
  @Test func literalsInContext() throws {
    let info = TensorInfo(name: "x", elementType: .i64, shape: [.symbolic("n"), .fixed(2)])
    #expect(try TensorLiteral.parse("x=2xf32=1 2").name == "x")
    #expect(try TensorLiteral.parse("7", expected: TensorInfo(name: "", elementType: .i64, shape: [])).tensors[0].typeText == "i64")
    #expect(try TensorLiteral.parse("random:3", expected: info, dimensions: ["n": 5]).tensors[0].typeText == "5x2xi64")
    let once = try TensorLiteral.parse("100xf32=random:3").tensors[0]
    #expect(try once.array(of: Float.self) == TensorLiteral.parse("100xf32=random:3").tensors[0].array())
    #expect(try once.array(of: Float.self).allSatisfy { (-1...1).contains($0) })
    let path = "/tmp/tessera-literal-\(getpid()).npy"
    defer { unlink(path) }
    try NPYWriter.write(once, to: path)
    #expect(try TensorLiteral.parse("x=@\(path)").tensors[0].typeText == "100xf32")
    try writeFile([1, 0, 2, 0], to: path)
    #expect(try TensorLiteral.parse("2xi16=@\(path)").tensors[0].text() == "[1 2]")
  }

  /// Literals that make no sense, with the complaint.
  @Test(arguments: [
    ("2x3xf32=1,2", "cannot read the input '2x3xf32=1,2': it has 2 elements, but the shape 2x3 needs 6, or one for all"),
    ("2x3xf33=1", "cannot read the input '2x3xf33=1': '2x3xf33' is no type; types look like 2x3xf32"),
    ("i8=300", "cannot read the input 'i8=300': '300' is no i8"), ("u8=-1", "cannot read the input 'u8=-1': '-1' is no u8"),
    ("i32=1.5", "cannot read the input 'i32=1.5': '1.5' is no i32"), ("f32=abc", "cannot read the input 'f32=abc': 'abc' is no number"),
    ("i4=8", "cannot read the input 'i4=8': '8' is no i4"), ("bool=2", "cannot read the input 'bool=2': '2' is no truth value; use 0 or 1"),
    ("hello", "cannot read the input 'hello': 'hello' is no number"),
    ("random:3", "cannot read the input 'random:3': 'random:' needs a type here: 2x3xf32=random:7"),
    ("2xf32=random:x", "cannot read the input 'random:x': the seed is no whole number"),
    ("@/nowhere.npy", "cannot read '/nowhere.npy': no such file or directory"),
    ("4xf32=@/nowhere", "cannot read '/nowhere': no such file or directory"),
    ("999999999999x99999999999xf32=1", "999999999999x99999999999 is not a possible shape"),
    ("", "cannot read the input '': it has 0 elements, but the shape scalar needs 1, or one for all"),
  ])
  func malformedLiterals(text: String, complaint: String) {
    let error = #expect(throws: RuntimeError.self) { try TensorLiteral.parse(text) }
    #expect(error?.message == complaint)
  }

  /// Lists, by what is expected; `|` separates the elements of what comes out.
  @Test(
    arguments: [
      ("[2xf32=1,2; 3xf32=0]", [.sequence], "[1 2] | [0 0 0]"), ("[]", [.sequence], ""), ("[7;8]", [.sequence], "7 | 8"),
      ("x=[ 7 ; 2xf32=[1 2] ]", [.sequence], "7 | [1 2]"), ("[]", [.optional], ""), ("5", [.optional], "5"), ("[5]", [.optional], "5"),
      ("[[1; 2]]", [.optional, .sequence], "[1 | 2]"), ("[[]]", [.optional, .sequence], "[]"), ("[]", [.optional, .sequence], ""),
    ] as [(String, [Container], String)])
  func lists(text: String, containers: [Container], printed: String) throws {
    func elements(_ value: RuntimeValue) -> String {
      switch value {
      case .tensor(let tensor): tensor.text()
      case .list(let list): "[" + list.map(elements).joined(separator: " | ") + "]"
      }
    }
    let info = TensorInfo(name: "x", elementType: .f32, shape: nil, containers: containers)
    #expect(try TensorLiteral.values(text, expected: info).map(elements) == ["[\(printed)]"])
  }

  /// A file of several arrays is a sequence.
  @Test func listOfFile() throws {
    let path = "/tmp/tessera-list-\(getpid()).npy"
    defer { unlink(path) }
    try writeFile(NPYWriter.bytes(Tensor(shape: [2], [1, 2] as [Float])) + NPYWriter.bytes(Tensor(3 as Float)), to: path)
    let info = TensorInfo(name: "x", elementType: .f32, shape: nil, containers: [.sequence])
    for text in ["@\(path)", "[@\(path)]", "x=@\(path)"] {
      #expect(try TensorLiteral.values(text, expected: info)[0].tensors.map(\.typeText) == ["2xf32", "f32"])
    }
  }

  /// Long tensors are cut in the middle.
  @Test func printing() throws {
    #expect(try Tensor(shape: [2000], (0..<2000).map { Int32($0) }).text() == "[0 1 2 ... 1997 1998 1999]")
    #expect(try Tensor(shape: [2, 1, 2], [1, 2, 3, 4] as [Int32]).text() == "[[[1 2]]\n\n [[3 4]]]")
    #expect(try Tensor(shape: [2, 0], [] as [Int32]).text() == "[[]\n []]")
    #expect(try Tensor(shape: [3, 1 << 31, 0], [] as [Int32]).text() == "[]")
  }

  /// Tolerances, NaN, infinities, types.
  @Test func comparison() throws {
    func compare(_ a: [Float], _ b: [Float]) throws -> TensorComparison {
      try TensorComparison(actual: Tensor(shape: [a.count], a), expected: Tensor(shape: [b.count], b))
    }
    #expect(try compare([1, .nan, .infinity], [1.00005, .nan, .infinity]).isMatch)
    #expect(try compare([1, 2], [1, 2.1]).firstMismatch == "element [1] is 2, expected 2.1")
    #expect(try !compare([1], [.nan]).isMatch)
    #expect(try !compare([1], [.infinity]).isMatch)
    #expect(try !compare([.infinity], [-.infinity]).isMatch)
    #expect(try compare([1], [1, 2]).typeMismatch == "expected 2xf32, got 1xf32")
    #expect(try !TensorComparison(actual: Tensor(Int64.max), expected: Tensor(Int64.max - 1)).isMatch)
  }

  /// All values of the floats of at most 8 bits survive, and f32 values round to the nearest.
  @Test func smallFloats() {
    for type in ElementType.allCases where type.isSmallFloat {
      for byte in 0...UInt8.max >> (8 - type.bitCount) {
        var (input, output) = (byte, UInt8(0))
        let value = type.read(&input)
        type.write(value, to: &output)
        #expect(value.double.isNaN || output == byte, "\(type) \(byte)")
      }
    }
    var code: UInt8 = 0
    for (type, number, expected) in [
      (ElementType.f8E4M3FNUZ, -0.0, 0), (.f8E4M3FNUZ, 1000, 0x80), (.f8E5M2FNUZ, 0.5, 0x3C), (.f8E8M0FNU, 8, 130), (.f8E8M0FNU, -1, 0xFF),
      (.f4E2M1FN, 2.5, 4), (.f4E2M1FN, -9, 15), (.f4E2M1FN, 0.25, 0), (.f4E2M1FN, 0.75, 2),
    ] as [(ElementType, Double, UInt8)] {
      type.write(.float(number), to: &code)
      #expect(code == expected, "\(type) \(number)")
    }
    var bits: UInt16 = 0
    ElementType.bf16.write(.float(1.00390625), to: &bits)  // half way between two numbers: to even
    #expect(bits == 0x3F80)
  }
}
