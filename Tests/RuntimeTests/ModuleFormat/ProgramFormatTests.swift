import TesseraModuleFormat
import Testing

/// Modules of several programs: all of them are read, and damage in any is noticed.
struct ProgramFormatTests {
  /// Three programs of one interface, with code and constants of their own.
  static func programs() -> [ModuleDescription] {
    (0..<3).map { number in
      var program = richModule()
      program.statistics = [(name: "program", value: "\(number)")]
      program.functions[0].code[0] = .constant(to: 1, index: number)
      program.executables[0].variants[0].image = Array(repeating: UInt8(number), count: 100 + number)
      return program
    }
  }

  static func bytes() throws -> [UInt8] { try ModuleWriter(programs: programs()).bytes(constants: FormatTests.constants) }

  @Test func roundTrip() throws {
    let file = try ModuleFile(bytes: Self.bytes())
    #expect(file.programs == Self.programs())
    #expect(file.description == Self.programs()[0])
    #expect(file.constantCount == FormatTests.constants.count)
  }

  /// What programs have in common takes hardly more room than once, and one program is what it was without others.
  @Test func sizes() throws {
    let one = try ModuleWriter(richModule()).bytes(constants: FormatTests.constants)
    #expect(try ModuleWriter(programs: [richModule()]).bytes(constants: FormatTests.constants) == one)
    let descriptions = try ModuleFile(bytes: Self.bytes()).sections.filter { $0.name == "description" }.map(\.byteCount)
    #expect(descriptions.count == 3)
    #expect(descriptions[1] < descriptions[0] / 5 && descriptions[2] < descriptions[0] / 5)
  }

  /// Every flipped bit and every cut is noticed.
  @Test func mutations() throws {
    let bytes = try Self.bytes()
    for position in bytes.indices {
      var mutated = bytes
      mutated[position] ^= 1 << UInt8(position % 8)
      #expect(throws: FormatError.self, "flip at \(position)") { try ModuleFile(bytes: mutated) }
    }
    for length in 0..<bytes.count {
      #expect(throws: FormatError.self, "cut to \(length)") { try ModuleFile(bytes: Array(bytes.prefix(length))) }
    }
  }

  /// Right checksums around wrong content of any program or of the section table: an error or a module, never a trap.
  @Test func hostileContent() throws {
    let bytes = try Self.bytes()
    for position in 32..<bytes.count {
      for value: UInt8 in [0, 1, 2, 0x7F, 0xFF] {
        var mutated = bytes
        mutated[position] = value
        FormatTests().seal(&mutated)
        _ = try? ModuleFile(bytes: mutated)
      }
    }
  }

  /// What is wrong with programs together, and the complaint.
  static let wrong: [(@Sendable (inout [ModuleDescription]) -> Void, String)] = [
    ({ $0 = [] }, "it has 0 programs"),
    ({ $0 = Array(repeating: $0[0], count: 65) }, "it has 65 programs"),
    ({ $0[2].devices[0].kind = "gpu" }, "its programs 0 and 2 are for other devices"),
    ({ $0[1].functions[0].name = "other" }, "its programs 0 and 1 have functions of other signatures"),
    ({ $0[2].functions[0].inputs[0].elementType = .i32 }, "its programs 0 and 2 have functions of other signatures"),
    ({ $0[1].functions[0].inputs[0].defaultValue = nil }, "its programs 0 and 1 have functions of other signatures"),
    ({ $0[1].functions[1].isExported = true }, "function 'inner': it is exported, but its registers do not fit its signature"),
    ({ $0[2].dispatchSites[0].executable = 1 }, "dispatch site 0 refers to a kernel that is not there"),
    (
      { $0[1].functions[0].code[0] = .constant(to: 1, index: 3) },
      "function 'main', instruction 0: constant: index is constant 3, but there are 3"
    ),
  ]

  @Test(arguments: wrong.indices) func refused(index: Int) {
    var programs = Self.programs()
    Self.wrong[index].0(&programs)
    let error = #expect(throws: FormatError.self) { try ModuleWriter(programs: programs).bytes(constants: FormatTests.constants) }
    #expect(error?.message.hasSuffix(Self.wrong[index].1) == true, "\(error?.message ?? "")")
  }
}
