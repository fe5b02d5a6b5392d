import TesseraModuleFormat
import Testing

/// Every rule of portable code has code that breaks it.
struct PortableVerifierTests {
  private static func kernel(_ code: [PortableInstruction]) -> PortableKernel {
    PortableKernel(symbol: "k", scalarCount: 4, rowCount: 4, pool: [UInt64](repeating: 0, count: 9), code: code)
  }

  @Test(
    arguments: [
      (PortableInstruction(.add, .f16, d: 0), "there is none for f16"), (.init(.add, .f32, lanes: 65), "a row has at most 64 lanes"),
      (.init(.workgroup, lanes: 4), "it has no form for rows"), (.init(.broadcast, d: 0), "it has no form for scalars"),
      (.init(.workgroup, variant: 2), "it has no variant 2"), (.init(.compareIntegers, variant: 10), "it has no variant 10"),
      (.init(.compareFloats, .f32, variant: 16), "it has no variant 16"), (.init(.function, .f32, variant: 23), "it has no variant 23"),
      (.init(.load, variant: 4), "it has no variant 4"), (.init(.narrow, .i8, variant: 5), "it has no variant 5"),
      (.init(.add, d: 4), "to is scalar register 4, but there are 4"),
      (.init(.add, lanes: 3, b: 4), "b is row register 4, but there are 4"),
      (.init(.broadcast, lanes: 3, a: 4), "value is scalar register 4, but there are 4"),
      (.init(.constant, b: 1), "it uses an operand that it does not have"),
      (.init(.load, b: 1), "it uses an operand that it does not have"),
      (.init(.address, a: 1 << 15), "region is 32768, not below 32768"), (.init(.move, immediate: 1), "it has no immediate"),
      (.init(.branch, immediate: 2), "it goes to instruction 2 of 2"), (.init(.branch, immediate: -1), "it goes to instruction -1 of 2"),
      (.init(.wideConstant, immediate: 9), "it reads word 9 of 9"), (.init(.shuffle, lanes: 64, immediate: 2), "it reads words 2...9 of 9"),
      (.init(.load, variant: PortableAccess.masked), "a scalar has no mask"),
      (.init(.extendSigned, .i16, variant: PortableType.i16.rawValue), "i16 is not wider"),
      (.init(.narrow, .i32, variant: PortableType.i16.rawValue), "i32 is not narrower"),
      (.init(.convertFloat, .f32, variant: PortableType.f32.rawValue), "it converts nothing"),
      (.init(.convertFloat, .bf16, variant: PortableType.f16.rawValue), "it converts nothing"),
      (.init(.reduce, .f32, variant: PortableReduction.and.rawValue, lanes: 64), "'and' does not apply to f32"),
      (.init(.reduce, .i1, variant: PortableReduction.add.rawValue, lanes: 64), "'add' does not apply to i1"),
      (.init(.contract, .f32, variant: 4, lanes: 64, d: 1), "sums is row register 4, but there are 4"),
      (.init(.contract, .f32, variant: 1, lanes: 64, c: 1), "steps is scalar register 4, but there are 4"),
      (.init(.contract, .f32, variant: 1, lanes: 64, immediate: 4), "its types do not go together"),
      (.init(.contract, .i32, variant: 17, lanes: 64), "it has no variant 17"),
    ] as [(PortableInstruction, String)]) func rules(_ instruction: PortableInstruction, _ problem: String)
  {
    let error = #expect(throws: FormatError.self) { try Self.kernel([instruction, .init(.finish, .i32)]).verify() }
    #expect(error?.message == "the module is invalid: portable kernel 'k': instruction 0: \(instruction.opcode): \(problem)")
  }

  @Test func kernels() throws {
    let end = PortableInstruction(.finish, .i32)
    try Self.kernel([end]).verify()
    for code in [[], [.init(.constant)], [.init(.branchIf, .i1, immediate: 0)]] as [[PortableInstruction]] {
      #expect(throws: FormatError.self) { try Self.kernel(code).verify() }
    }
    for (scalars, rows, temporary) in [(-1, 0, 0), (1 << 12 + 1, 0, 0), (0, 1 << 11, 0), (0, 0, 1 << 25), (0, -1, 0), (0, 0, -1)] {
      let kernel = PortableKernel(symbol: "k", scalarCount: scalars, rowCount: rows, temporaryByteCount: temporary, code: [end])
      let error = #expect(throws: FormatError.self) { try kernel.verify() }
      #expect(error?.message == "the module is invalid: portable kernel 'k': it takes impossibly much")
    }
  }

  /// An image is read as it was written; damaged ones are errors, or code that was verified.
  @Test func images() throws {
    var kernel = Self.kernel([
      .init(.wideConstant, d: 3, immediate: 8), .init(.add, .f32, lanes: 64, d: 1, a: 2, b: 3),
      .init(.contract, .i32, variant: 2, lanes: 32, d: 1, a: 0, b: 1, c: 0, immediate: 5 | 4 << 8), .init(.finish, .i32, immediate: -3),
    ])
    kernel.pool[8] = 0xFEDC_BA98_7654_3210
    let image = PortableImage.encode([kernel, Self.kernel([.init(.finish, .i32)])])
    #expect(try PortableImage.decode(image).first == kernel)
    for position in image.indices {
      for bit in 0..<8 {
        var damaged = image
        damaged[position] ^= 1 << UInt8(bit)
        _ = try? PortableImage.decode(damaged)
      }
      #expect(throws: FormatError.self) { try PortableImage.decode(Array(image.prefix(position))) }
    }
    #expect(
      kernel.text == """
        k: 4 scalars, 4 rows, 0 bytes, 9 words
          @0\twideConstant.i64 s3, #8
          @1\tadd.f32x64 r1, r2, r3
          @2\tcontract.i32x32 2 r1, s0, s1, s0, u8, s8
          @3\tfinish.i32 -3

        """)
  }

  /// The table has a row for each opcode, in order.
  @Test func table() {
    #expect(PortableTable.rows.map(\.opcode) == PortableOpcode.allCases)
    #expect(MemoryLayout<PortableInstruction>.size == PortableInstruction.byteCount)
  }
}
