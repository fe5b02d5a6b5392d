import TesseraDeviceCPU
import TesseraModuleFormat
import TesseraRuntime
import Testing

/// The choice among a module's variants.
@Suite(.enabled(if: KernelFixture.isAvailable, "needs a C compiler"))
struct VariantTests {
  /// What the processor of each variant needs, the preferred one first.
  private static let needs = [["new", "old"], ["old"], []]

  /// Variants that multiply the sum by 10, 11 and 12: a module shows so which one runs.
  private static func module(_ change: (inout [ModuleDescription]) -> Void = { _ in }) throws -> Module {
    var programs = try needs.enumerated().map { number, needs in
      var program = try sumModule(executable: KernelFixture.executable(requiredFeatures: needs))
      program.executables[0].variants[0].cpu = "level-\(3 - number)"
      for (index, instruction) in program.functions[0].code.enumerated() {
        guard case .dispatch(site: 1, let workgroups, let constants, let bindings) = instruction else { continue }
        program.functions[0].code[index] = .dispatch(
          site: 1, workgroups: workgroups, constants: [constants[0], .immediate(Int64(10 + number))], bindings: bindings)
      }
      // A register more, so that what one program's registers are is not taken for another's.
      program.functions[0].integerRegisterCount += number
      return program
    }
    change(&programs)
    return try Module(bytes: ModuleWriter(programs: programs).bytes(constants: []))
  }

  private static func device(_ features: Set<String>) -> CPUDevice {
    CPUDevice(threads: 1, features: CPUFeatures(model: "test", names: features))
  }

  /// The first that fits is run, whatever else the processor has.
  @Test(arguments: [(["new", "old", "more"], 0), (["old"], 1), (["old", "more"], 1), (["new"], 2), ([], 2)] as [(Set<String>, Int)])
  func choice(features: Set<String>, number: Int) throws {
    let module = try Self.module(), device = Self.device(features)
    #expect(module.variant(for: [device]) == number)
    #expect(module.variants.count == 3)
    let session = try Session(module, device: device)
    #expect(session.description == module.variants[number])
    #expect(session.description.machines == ["level-\(3 - number)"])
    let a = try Tensor(shape: [2], [1, 2] as [Float])
    #expect(try session.call("main", [a, a])[0].array() == [2 * Float(10 + number), 4 * Float(10 + number)])
    #expect(try session.call("main", ["a": a, "b": a])["sum"]?.array() == [2 * Float(10 + number), 4 * Float(10 + number)])
  }

  /// Sessions of one module on devices that run other variants do not concern each other.
  @Test func sessionsSideBySide() throws {
    let module = try Self.module()
    let sessions = try [["new", "old"], ["old"], []].map { try Session(module, device: Self.device($0)) }
    let a = try Tensor(shape: [1], [1] as [Float])
    for _ in 0..<3 {
      #expect(try sessions.map { try $0.call("main", [a, a])[0].array()[0] } == [20, 22, 24] as [Float])
    }
  }

  /// The caller may choose one; it must fit.
  @Test func chosen() throws {
    let module = try Self.module(), device = Self.device(["old"])
    #expect(try Session(module, devices: [device], variant: 2).description == module.variants[2])
    #expect(throws: RuntimeError.self) { try Session(module, devices: [device], variant: 0) }
    let error = #expect(throws: RuntimeError.self) { try Session(module, devices: [device], variant: 3) }
    #expect(error?.message == "the module has no variant 3: there are 3")
  }

  /// Where none fits, the error says of each what it needs.
  @Test func noneFits() throws {
    let module = try Self.module { $0.removeLast() }, device = Self.device(["other"])
    #expect(module.variant(for: [device]) == nil)
    let error = #expect(throws: RuntimeError.self) { try Session(module, device: device) }
    #expect(
      error?.message
        == "the module does not fit this processor (test): the variant for 'level-3' needs 'new', 'old', which this processor lacks; the variant for 'level-2' needs 'old', which this processor lacks"
    )
  }

  /// A variant that fits, but cannot be loaded, is an error: a slower one in its place would hide it.
  @Test func damagedImage() throws {
    let module = try Self.module { $0[0].executables[0].variants[0].image = [1, 2, 3] }
    #expect(throws: RuntimeError.self) { try Session(module, device: Self.device(["new", "old"])) }
    _ = try Session(module, device: Self.device(["old"]))
  }

  /// A device that runs all of its kind takes the first variant, and other devices than the module's are refused as ever.
  @Test func otherDevices() throws {
    let module = try Self.module()
    let error = #expect(throws: RuntimeError.self) { try Session(module, devices: []) }
    #expect(error?.code == .failedPrecondition || error?.code == .invalidArgument)
    #expect(module.variant(for: []) == nil)
  }
}
