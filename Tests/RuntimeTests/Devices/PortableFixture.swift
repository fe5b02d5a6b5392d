import TesseraModuleFormat

/// The kernels of `KernelFixture` in portable code.
enum PortableFixture {
  /// The code for any device that runs it.
  static let variant = ExecutableVariant(
    target: PortableImage.target, cpu: PortableImage.cpu, requiredFeatures: [],
    image: PortableImage.encode([add, scale, throughScratch, fails, misaligned, reverses]))

  // Registers that all kernels begin with: what `split` makes.
  private static let constants = 0, count = 1, number = 2, groups = 3, from = 4, end = 5, step = 6, left = 7, one = 8

  /// Loads constant 0 of the dispatch, and splits that many elements over the workgroups: rows of 64 from `from` to `end`.
  private static let split: [PortableInstruction] = [
    .init(.address, d: constants, a: PortableRegion.constants),
    .init(.load, d: count, a: constants),
    .init(.workgroup, d: number),
    .init(.workgroup, variant: 1, d: groups),
    .init(.constant, d: one, immediate: 1),
    .init(.constant, d: step, immediate: 64),
    .init(.multiply, d: from, a: count, b: number),
    .init(.add, d: end, a: number, b: one),
    .init(.multiply, d: end, a: count, b: end),
    .init(.divideSigned, d: from, a: from, b: groups),
    .init(.divideSigned, d: end, a: end, b: groups),
  ]

  /// Runs `body` on rows with a mask of their lanes in row 0, whose first element is `from`.
  private static func rows(_ prologue: [PortableInstruction], _ body: [PortableInstruction]) -> [PortableInstruction] {
    var code = split + prologue
    let finish = code.count + body.count + 4
    code.append(.init(.branchCompare, variant: PortableIntegerPredicate.greaterOrEqual.rawValue, a: from, b: end, immediate: finish))
    let start = code.count
    code += [.init(.subtract, d: left, a: end, b: from), .init(.prefixMask, .i1, lanes: 64, d: 0, a: left)] + body
    code += [.init(.loop, d: from, a: end, b: step, immediate: start), .init(.finish, .i32)]
    return code
  }

  /// The address of a binding.
  private static func binding(_ index: Int, in register: Int) -> PortableInstruction {
    .init(.address, d: register, a: PortableRegion.firstBinding + index)
  }

  /// Loads or stores the lanes of the mask in row 0.
  private static func access(_ opcode: PortableOpcode, _ row: Int, at address: Int) -> PortableInstruction {
    .init(opcode, .f32, variant: PortableAccess.indexed | PortableAccess.masked, lanes: 64, d: row, a: address, b: from, c: 0)
  }

  private static let add = PortableKernel(
    symbol: "add", scalarCount: 16, rowCount: 4,
    code: rows(
      [binding(0, in: 9), binding(1, in: 10), binding(2, in: 11)],
      [
        access(.load, 1, at: 9), access(.load, 2, at: 10), .init(.add, .f32, lanes: 64, d: 3, a: 1, b: 2), access(.store, 3, at: 11),
      ]))

  private static let scale = PortableKernel(
    symbol: "scale", scalarCount: 16, rowCount: 3,
    code: rows(
      [
        binding(0, in: 9), .init(.load, d: 10, a: constants, immediate: 8),
        .init(.signedToFloat, .f32, variant: PortableType.i64.rawValue, d: 10, a: 10),
        .init(.broadcast, .f32, lanes: 64, d: 2, a: 10),
      ],
      [access(.load, 1, at: 9), .init(.multiply, .f32, lanes: 64, d: 1, a: 1, b: 2), access(.store, 1, at: 9)]))

  private static let throughScratch = PortableKernel(
    symbol: "through_scratch", scalarCount: 16, rowCount: 4,
    code: rows(
      [binding(0, in: 9), .init(.address, d: 10, a: PortableRegion.scratch)],
      [
        .init(.broadcast, .i64, lanes: 64, d: 1, a: from), .init(.laneNumbers, .i64, lanes: 64, d: 2),
        .init(.add, .i64, lanes: 64, d: 1, a: 1, b: 2),
        .init(.signedToFloat, .f32, variant: PortableType.i64.rawValue, lanes: 64, d: 3, a: 1),
        .init(.store, .f32, lanes: 64, d: 3, a: 10), .init(.load, .f32, lanes: 64, d: 1, a: 10), access(.store, 1, at: 9),
      ]))

  private static let fails = PortableKernel(
    symbol: "fails", scalarCount: 4, rowCount: 0,
    code: [
      .init(.workgroup, d: 0), .init(.branchCompare, variant: PortableIntegerPredicate.notEqual.rawValue, a: 0, b: 1, immediate: 5),
      .init(.address, d: 0, a: PortableRegion.constants), .init(.load, d: 0, a: 0), .init(.finishWith, .i32, a: 0), .init(.finish, .i32),
    ])

  /// Addresses of portable code are no pointers.
  private static let misaligned = PortableKernel(symbol: "misaligned", scalarCount: 0, rowCount: 0, code: [.init(.finish, .i32)])

  private static let reverses = PortableKernel(
    symbol: "reverses", scalarCount: 16, rowCount: 0,
    code: [
      .init(.workgroup, d: 0), .init(.branchCompare, variant: PortableIntegerPredicate.notEqual.rawValue, a: 0, b: 1, immediate: 17),
      .init(.address, d: 2, a: PortableRegion.constants), .init(.load, d: 2, a: 2), .init(.constant, d: 3, immediate: 4),
      .init(.multiply, d: 4, a: 2, b: 3), binding(0, in: 5), .init(.address, d: 6, a: PortableRegion.scratch),
      .init(.copy, a: 6, b: 5, c: 4), .init(.constant, d: 7, immediate: 1),
      .init(.branchCompare, variant: PortableIntegerPredicate.lessOrEqual.rawValue, a: 2, b: 1, immediate: 17),
      .init(.subtract, d: 8, a: 2, b: 0), .init(.subtract, d: 8, a: 8, b: 7),
      .init(.load, .f32, variant: PortableAccess.indexed, d: 9, a: 6, b: 8),
      .init(.store, .f32, variant: PortableAccess.indexed, d: 9, a: 5, b: 0),
      .init(.loop, d: 0, a: 2, b: 7, immediate: 11), .init(.finish, .i32), .init(.finish, .i32),
    ])
}
