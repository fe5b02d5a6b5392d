import TesseraDevicePortable
import TesseraModuleFormat
import TesseraRuntime
import Testing

/// Rows as wholes, memory and control of the portable machine.
struct PortableMachineTests {
  private let bench = PortableBench()
  private static let rowOfNumbers = (0..<64).map { Int32($0 * 3 - 50) }

  /// Runs code with the addresses of the buffers in the first scalars, and the row in register 0, of an input; returns the last buffer.
  private func run(
    _ code: [PortableInstruction], _ buffers: [[UInt8]], pool: [UInt64] = [], temporary: Int = 0, constants: [Int64] = [], scratch: Int = 0,
    resultCount: Int = 1
  ) throws -> [UInt8] {
    let kernel = PortableKernel(
      symbol: "k", scalarCount: 24, rowCount: 24, temporaryByteCount: temporary, pool: pool,
      code: buffers.indices.map(PortableBench.binding) + code + [.init(.finish, .i32)])
    return try bench.run(kernel, buffers, resultCount: resultCount, constants: constants, scratch: scratch)[buffers.count - 1]
  }

  private func empty(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  private func numbers<Element>(_ bytes: [UInt8], _: Element.Type) -> [Element] {
    bytes.withUnsafeBytes { Array($0.bindMemory(to: Element.self)) }
  }

  /// Rows that are made, taken apart and put together.
  @Test func lanes() throws {
    let x = Self.rowOfNumbers
    let sources = (0..<64).map { $0 * 5 % 128 }
    let lanes: [UInt64] = (0..<8).map { word in
      sources[8 * word..<8 * word + 8].reversed().reduce(0) { (bits: UInt64, source: Int) in bits << 8 | UInt64(source) }
    }
    let found = try run(
      [
        .init(.load, .i32, lanes: 64, d: 0, a: 0), .init(.laneNumbers, .i32, lanes: 64, d: 1),
        .init(.extract, .i32, variant: 7, lanes: 64, d: 10, a: 0), .init(.constant, d: 11, immediate: 64 + 9),
        .init(.extractAt, .i32, lanes: 64, d: 12, a: 0, b: 11),
        .init(.insert, .i32, variant: 3, lanes: 64, d: 1, a: 10), .init(.insertAt, .i32, lanes: 64, d: 1, a: 12, b: 11),
        .init(.shuffle, .i32, lanes: 64, d: 0, a: 0, b: 1),
        .init(.store, .i32, lanes: 64, d: 0, a: 1), .init(.store, .i32, lanes: 64, d: 1, a: 1, immediate: 256),
      ], [bytes(x), empty(512)], pool: lanes)
    var second = (0..<64).map { Int32($0) }
    (second[3], second[9]) = (x[7], x[9])
    #expect(numbers(found, Int32.self) == sources.map { $0 < 64 ? x[$0] : second[$0 - 64] } + second)
  }

  /// Every reduction of every type that it has.
  @Test func reductions() throws {
    let x = Self.rowOfNumbers, f = x.map { Float($0) / 7 }
    let integers: [(PortableReduction, Int32)] = [
      (.add, x.reduce(0, &+)), (.multiply, x.reduce(1, &*)), (.and, x.reduce(-1, &)), (.or, x.reduce(0, |)), (.exclusiveOr, x.reduce(0, ^)),
      (.minSigned, x.min() ?? 0), (.maxSigned, x.max() ?? 0),
      (.minUnsigned, Int32(bitPattern: x.map { UInt32(bitPattern: $0) }.min() ?? 0)),
      (.maxUnsigned, Int32(bitPattern: x.map { UInt32(bitPattern: $0) }.max() ?? 0)),
    ]
    for (kind, expected) in integers {
      let code: [PortableInstruction] = [
        .init(.load, .i32, lanes: 64, d: 0, a: 0), .init(.reduce, .i32, variant: kind.rawValue, lanes: 64, d: 10, a: 0),
        .init(.store, .i32, d: 10, a: 1),
      ]
      #expect(numbers(try run(code, [bytes(x), empty(4)]), Int32.self) == [expected], "\(kind)")
    }
    var holes = f
    holes[5] = .nan
    let floats: [(PortableReduction, [Float], Float)] = [
      (.add, f, f.reduce(0, +)), (.multiply, f, f.reduce(1, *)), (.minimum, f, f.min() ?? 0), (.maximum, f, f.max() ?? 0),
      (.minimum, holes, .nan), (.maximum, holes, .nan), (.minNumber, holes, f.min() ?? 0), (.maxNumber, holes, f.max() ?? 0),
    ]
    for (kind, row, expected) in floats {
      let code: [PortableInstruction] = [
        .init(.load, .f32, lanes: 64, d: 0, a: 0), .init(.reduce, .f32, variant: kind.rawValue, lanes: 64, d: 10, a: 0),
        .init(.store, .f32, d: 10, a: 1),
      ]
      let found = numbers(try run(code, [bytes(row), empty(4)]), Float.self)[0]
      #expect(found == expected || found.isNaN && expected.isNaN, "\(kind)")
    }
  }

  /// Loads and stores under masks touch their lanes only, also where the row leaves the buffer.
  @Test(arguments: [0, 1, 5, 63, 64]) func masks(count: Int) throws {
    let x = Array(Self.rowOfNumbers.prefix(count)), last = [Int32](repeating: 7, count: count)
    let masked = PortableAccess.masked
    let found = try run(
      [
        .init(.constant, d: 10, immediate: count), .init(.prefixMask, .i1, lanes: 64, d: 1, a: 10),
        .init(.constant, .i32, lanes: 64, d: 2, immediate: -1), .init(.load, .i32, variant: masked, lanes: 64, d: 2, a: 0, c: 1),
        .init(.store, .i32, variant: masked, lanes: 64, d: 2, a: 1, c: 1),
        .init(.load, .i32, variant: masked, lanes: 64, d: 3, a: 1, c: 1), .init(.store, .i32, lanes: 64, d: 2, a: 2),
        // The mask is the register that is loaded.
        .init(.load, .i8, variant: masked, lanes: 64, d: 1, a: 0, c: 1), .init(.store, .i8, lanes: 64, d: 1, a: 2, immediate: 256),
      ], [bytes(x), bytes(last), empty(320)], resultCount: 2)
    let low = Array(bytes(x).prefix(count))
    #expect(numbers(Array(found.prefix(256)), Int32.self) == x + [Int32](repeating: -1, count: 64 - count))
    #expect(Array(found[256..<256 + count]) == low && found[(256 + count)...].allSatisfy { $0 == 0 })
  }

  /// Gathers and scatters, in the order of the lanes, with indices that count elements, and with a mask.
  @Test func scatteredAccess() throws {
    let x = Self.rowOfNumbers, places = (0..<64).map { Int64($0 * 7 % 32) }, mask = (0..<64).map { UInt8($0 % 3 == 0 ? 0 : 1) }
    let found = try run(
      [
        .init(.load, .i64, lanes: 64, d: 1, a: 1), .init(.load, .i1, lanes: 64, d: 2, a: 2),
        .init(.constant, .i32, lanes: 64, d: 3, immediate: 5),
        .init(.gather, .i32, variant: PortableAccess.masked, lanes: 64, d: 3, a: 0, b: 1, c: 2, immediate: 4),
        .init(.store, .i32, lanes: 64, d: 3, a: 3), .init(.address, d: 10, a: PortableRegion.firstBinding + 3, immediate: 256),
        .init(.laneNumbers, .i32, lanes: 64, d: 4),
        .init(.scatter, .i32, variant: PortableAccess.masked, lanes: 64, d: 4, a: 10, b: 1, c: 2, immediate: 4),
      ], [bytes(x), bytes(places), mask, empty(256 + 128)])
    var scattered = [Int32](repeating: 0, count: 32)
    for lane in 0..<64 where mask[lane] != 0 { scattered[Int(places[lane])] = Int32(lane) }
    #expect(numbers(found, Int32.self) == (0..<64).map { mask[$0] != 0 ? x[Int(places[$0])] : 5 } + scattered)
  }

  /// Splats, copies that overlap, indices and displacements, constants of the dispatch, temporary and scratch memory.
  @Test func regions() throws {
    let found = try run(
      [
        .init(.loadSplat, .f32, lanes: 64, d: 0, a: 0, immediate: 8), .init(.address, d: 10, a: PortableRegion.temporary),
        .init(.store, .f32, lanes: 64, d: 0, a: 10), .init(.constant, d: 11, immediate: 3),
        .init(.load, .f32, variant: PortableAccess.indexed, d: 12, a: 0, b: 11, immediate: -8),
        .init(.store, .f32, variant: PortableAccess.indexed, d: 12, a: 10, b: 11), .init(.constant, d: 13, immediate: 64),
        .init(.address, d: 14, a: PortableRegion.temporary, immediate: 4), .init(.copy, a: 14, b: 10, c: 13),
        .init(.copy, a: 1, b: 10, c: 13), .init(.address, d: 15, a: PortableRegion.constants), .init(.load, d: 16, a: 15, immediate: 8),
        .init(.address, d: 17, a: PortableRegion.scratch), .init(.store, d: 16, a: 17, immediate: 16),
        .init(.load, d: 18, a: 17, immediate: 16),
        .init(.store, d: 18, a: 1, immediate: 64), .init(.address, d: 19, a: PortableRegion.bindings),
        .init(.load, d: 19, a: 19, immediate: 8),
        .init(.wideConstant, d: 20, immediate: 1), .init(.store, d: 20, a: 19, immediate: 72),
      ], [bytes([1, 2, 3, 4] as [Float]), empty(80)], pool: [0, 0x0123_4567_89AB_CDEF], temporary: 256, constants: [11, 22], scratch: 24)
    #expect(numbers(Array(found.prefix(64)), Float.self) == [3, 3, 3, 3, 2] + [Float](repeating: 3, count: 11))
    #expect(numbers(Array(found.suffix(16)), UInt64.self) == [22, 0x0123_4567_89AB_CDEF])
  }

  /// Accesses outside of what a kernel is given end it with the operand, byte and size.
  @Test(
    arguments: [
      (PortableInstruction(.load, .i32, d: 4, a: 0, immediate: 13), "operand 0: byte 13 of 16"),
      (.init(.load, .i32, lanes: 5, d: 4, a: 0), "operand 0: byte 0 of 16"),
      (.init(.load, .i32, d: 4, a: 0, immediate: -1), "memory of its own"),
      (.init(.store, .i32, d: 4, a: 0), "operand 0: byte 0 of 0"),
      (.init(.store, .i32, d: 4, a: 1, immediate: 6), "operand 1: byte 6 of 8"),
      (.init(.load, .i32, d: 4, a: 5), "memory of its own"),
      (.init(.loadSplat, .i64, lanes: 64, d: 4, a: 0, immediate: 9), "operand 0: byte 9"),
      (.init(.gather, .i32, lanes: 64, d: 4, a: 0, b: 0, immediate: 4), "operand 0"),
      (.init(.copy, a: 1, b: 0, c: 6), "operand 1"), (.init(.copy, a: 1, b: 0, c: 8), "operand 0"),
      (.init(.contract, .f32, variant: 1, lanes: 1, d: 4, a: 0, b: 0, c: 8), "operand 0"),
      (.init(.load, .i8, d: 4, a: 7), "memory of its own"),
    ] as [(PortableInstruction, String)]) func bounds(_ instruction: PortableInstruction, _ problem: String) throws
  {
    let kernel = PortableKernel(
      symbol: "k", scalarCount: 16, rowCount: 8, temporaryByteCount: 8, pool: [1 << 62, UInt64.max],
      code: [
        PortableBench.binding(0), PortableBench.binding(1), .init(.constant, d: 6, immediate: 12), .init(.wideConstant, d: 7, immediate: 1),
        .init(.constant, d: 8, immediate: 100), .init(.wideConstant, d: 10, immediate: 0), .init(.laneNumbers, .i64, lanes: 64, d: 0),
        instruction, .init(.finish, .i32),
      ])
    let error = #expect(throws: RuntimeError.self) { try bench.run(kernel, [empty(16), empty(8)]) }
    #expect(error?.message.contains(problem) == true && error?.code == .internalError, "\(error?.message ?? "")")
  }

  /// A loop without end takes more steps than the limit; a contraction of endless length too.
  @Test func stepLimit() throws {
    let loops: [[PortableInstruction]] = [
      [.init(.branch, immediate: 0)],
      [.init(.constant, d: 1, immediate: 100), .init(.loop, d: 0, a: 1, b: 2, immediate: 1), .init(.finish, .i32)],
      [
        .init(.wideConstant, d: 4, immediate: 0), .init(.address, d: 8, a: PortableRegion.firstBinding),
        .init(.contract, .f32, variant: 1, lanes: 1, d: 0, a: 8, b: 8, c: 4), .init(.finish, .i32),
      ],
    ]
    for code in loops {
      let kernel = PortableKernel(symbol: "k", scalarCount: 16, rowCount: 1, pool: [1 << 62], code: code)
      let error = #expect(throws: RuntimeError.self) { try bench.run(kernel, [empty(16)]) }
      #expect(
        error?.code == .resourceExhausted && error?.message == "kernel 'k', which computes 'op', takes more steps than the device allows")
    }
  }

  /// Loops, and branches of all relations and widths.
  @Test func control() throws {
    let found = try run(
      [
        .init(.constant, d: 10, immediate: 10), .init(.constant, d: 11, immediate: 3), .init(.add, d: 12, a: 12, b: 13),
        .init(.loop, d: 13, a: 10, b: 11, immediate: 3), .init(.store, d: 12, a: 0),
        .init(.constant, .i8, d: 14, immediate: 255), .init(.constant, .i8, d: 15, immediate: 1),
        .init(.branchCompare, .i8, variant: PortableIntegerPredicate.less.rawValue, a: 14, b: 15, immediate: 10),
        .init(.finish, .i32, immediate: 9),
        .init(.branchCompare, .i8, variant: PortableIntegerPredicate.greaterUnsigned.rawValue, a: 14, b: 15, immediate: 12),
        .init(.finish, .i32, immediate: 9), .init(.branchIf, .i1, a: 15, immediate: 14), .init(.finish, .i32, immediate: 9),
        .init(.branchUnless, .i1, a: 15, immediate: 13), .init(.store, d: 13, a: 0, immediate: 8),
      ], [empty(16)])
    #expect(numbers(found, Int64.self) == [0 + 3 + 6 + 9, 12])
  }

  /// Contractions of all types, with any steps, of all and of few lanes and rows.
  @Test(arguments: [(1, 64), (4, 64), (7, 13), (16, 3), (5, 8)]) func contractions(rows: Int, lanes: Int) throws {
    let count = 9
    func check<A, B, Sum: Numeric>(
      _ a: ContractedType, _ b: ContractedType, _ first: (Int) -> A, _ second: (Int) -> B, _ widenA: (A) -> Sum, _ widenB: (B) -> Sum
    ) throws {
      let x = (0..<rows * count).map(first), y = (0..<count * lanes).map(second)
      let sum = a.sum, size = sum.byteCount
      var code: [PortableInstruction] = [
        .init(.constant, d: 4, immediate: count), .init(.constant, d: 5, immediate: a.byteCount),
        .init(.constant, d: 6, immediate: a.byteCount * rows), .init(.constant, d: 7, immediate: b.byteCount * lanes),
      ]
      code.append(
        .init(.contract, sum, variant: UInt8(rows), lanes: lanes, d: 2, a: 0, b: 1, c: 4, immediate: Int(a.rawValue) | Int(b.rawValue) << 8)
      )
      for row in 0..<rows { code.append(.init(.store, sum, lanes: lanes, d: 2 + row, a: 2, immediate: row * lanes * size)) }
      let found = numbers(try run(code, [bytes(x), bytes(y), empty(rows * lanes * size)]), Sum.self)
      for row in 0..<rows {
        for lane in 0..<lanes {
          let expected = (0..<count).reduce(Sum.zero) { $0 + widenA(x[$1 * rows + row]) * widenB(y[$1 * lanes + lane]) }
          #expect(found[row * lanes + lane] == expected, "\(a) \(b) \(row) \(lane)")
        }
      }
    }
    let half: (Int) -> Float16 = { Float16($0 % 23 - 11) / 4 },
      brain: (Int) -> UInt16 = { UInt16((Float($0 % 19 - 9) / 2).bitPattern >> 16) }
    let float: (Int) -> Float = { Float($0 % 31 - 15) / 8 }, widen: (UInt16) -> Float = { Float(bitPattern: UInt32($0) << 16) }
    try check(.f32, .f32, float, float, { $0 }, { $0 })
    try check(.f64, .f64, { Double($0) / 3 }, { Double($0) * 0.7 }, { $0 }, { $0 })
    try check(.f16, .f32, half, float, { Float($0) }, { $0 })
    try check(.f32, .f16, float, half, { $0 }, { Float($0) })
    try check(.bf16, .bf16, brain, brain, widen, widen)
    try check(.s8, .s8, { Int8(truncatingIfNeeded: $0 &* 37) }, { Int8(truncatingIfNeeded: $0 &* 91) }, { Int32($0) }, { Int32($0) })
    try check(.u8, .s8, { UInt8(truncatingIfNeeded: $0 &* 37) }, { Int8(truncatingIfNeeded: $0 &* 91) }, { Int32($0) }, { Int32($0) })
    try check(.u8, .u8, { UInt8(truncatingIfNeeded: $0 &* 37) }, { UInt8(truncatingIfNeeded: $0 &* 91) }, { Int32($0) }, { Int32($0) })
    try check(.s16, .s16, { Int16(truncatingIfNeeded: $0 &* 377) }, { Int16(truncatingIfNeeded: $0 &* 91) }, { Int32($0) }, { Int32($0) })
  }
}
