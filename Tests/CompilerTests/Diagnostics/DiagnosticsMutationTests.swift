import Foundation
import TesseraCompiler
import TesseraDiagnostics
import TesseraModuleFormat
import TesseraRuntime
import Testing

/// Damage to real files: the digits model and its module with flipped bits, other bytes, and missing ends and middles.
@Suite struct DiagnosticsMutationTests {

  /// Returns `bytes` with one to three damages; those in `interesting` are as likely as all others together.
  static func damaged(_ bytes: [UInt8], interesting: [Int], _ random: inout SeededGenerator) -> [UInt8] {
    var result = bytes
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      guard !result.isEmpty else { break }
      var place = Int.random(in: 0..<result.count, using: &random)
      if !interesting.isEmpty, Bool.random(using: &random) { place = min(interesting.randomElement(using: &random)!, result.count - 1) }
      switch Int.random(in: 0..<8, using: &random) {
      case 0: result.removeSubrange(place...)
      case 1: result.removeSubrange(place..<min(place + Int.random(in: 1...64, using: &random), result.count))
      case 2: result.insert(UInt8.random(in: 0...255, using: &random), at: place)
      case 3: result[place] = [0, 0x7F, 0x80, 0xFF].randomElement(using: &random)!
      default: result[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      }
    }
    return result
  }

  /// Every damaged module is refused, whatever byte it is; a few, before every commit.
  @Test func modules() throws { try Self.checkModules(turns: 200, cutEvery: 4001, seed: 7) }

  /// The same for thousands.
  @Test func modulesSlow() throws { try Self.checkModules(turns: 4000, cutEvery: 251, seed: 8) }

  private static func checkModules(turns: Int, cutEvery: Int, seed: UInt64) throws {
    let bytes = try Self.compiledDigits()
    _ = try TesseraRuntime.Module(bytes: bytes)
    var random = SeededGenerator(state: seed)
    for turn in 0..<turns {
      let damaged = turn % 2 == 0 ? Self.damaged(bytes, interesting: Array(0..<2048), &random) : Self.flipped(bytes, &random)
      guard damaged != bytes else { continue }
      #expect(throws: RuntimeError.self) { _ = try TesseraRuntime.Module(bytes: damaged) }
    }
    for count in stride(from: 0, to: bytes.count, by: cutEvery) {
      #expect(throws: RuntimeError.self) { _ = try TesseraRuntime.Module(bytes: Array(bytes.prefix(count))) }
    }
  }

  private static func flipped(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var result = bytes
    result[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    return result
  }

  /// A damaged model gives a diagnostic that is no bug of ours, or compiles: where only a number changed, nobody can tell.
  @Test(arguments: 0..<4) func modelsSlow(part: Int) throws {
    let bytes = try Repository.bytes("Examples/Digits/digits.onnx")
    let structure = Self.structureBytes(bytes)
    let folder = try ScratchFolder()
    let path = "\(folder.path)/model.onnx"
    var random = SeededGenerator(state: UInt64(part) &+ 100)
    var compiled = 0
    for turn in 0..<300 {
      let damaged = Self.damaged(bytes, interesting: structure, &random)
      try Data(damaged).write(to: URL(fileURLWithPath: path))
      do throws(Diagnostic) {
        let compilation = try loadModel(path: path, options: CompileOptions(), observer: nil)
        // Weights that are damaged make the same program: a few are enough.
        if compiled < 20 {
          compiled += 1
          try compilation.run()
        }
      } catch {
        if error.category == .compilerBug {
          Issue.record("part \(part), turn \(turn): \(error)")
          try? Data(damaged).write(to: URL(fileURLWithPath: "/tmp/tessera-mutation-\(part)-\(turn).onnx"))
        }
      }
    }
  }

  /// The places of the model that hold names, sizes and attributes rather than weights: damage there is more interesting.
  private static func structureBytes(_ bytes: [UInt8]) -> [Int] {
    // In weights, one byte of every four is an exponent near that of 1.
    func isWeight(_ i: Int) -> Bool {
      (-8...8).allSatisfy { step in
        let j = i + 4 * step
        guard bytes.indices.contains(j) else { return true }
        return (0..<4).contains { offset in bytes.indices.contains(j + offset) && (0x39...0x3F).contains(bytes[j + offset] & 0x7F) }
      }
    }
    return bytes.indices.filter { !isWeight($0) }
  }

  private static func compiledDigits() throws -> [UInt8] {
    let folder = try ScratchFolder()
    let compilation = try loadModel(path: "\(Repository.path)/Examples/Digits/digits.onnx", options: CompileOptions(), observer: nil)
    try compilation.run()
    try compilation.writeModule(to: "\(folder.path)/digits.tsm")
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/digits.tsm")))
  }

  /// Through the programs: exit codes as they should be, never a signal, no file left.
  @Test(.enabled(if: Programs.folder != nil)) func programsSlow() throws {
    let model = try Repository.bytes("Examples/Digits/digits.onnx")
    let module = try Self.compiledDigits()
    let structure = Self.structureBytes(model)
    let folder = try ScratchFolder()
    var random = SeededGenerator(state: 3)
    for turn in 0..<24 {
      var damagedModule = Self.damaged(module, interesting: Array(0..<2048), &random)
      if damagedModule == module { damagedModule.removeLast() }
      try Data(damagedModule).write(to: URL(fileURLWithPath: "\(folder.path)/m.tsm"))
      let run = try Programs.run("tessera run m.tsm --input=1x1x8x8xf32=0 --output=@out.npy", in: folder.path)
      #expect(run.code == 5, "turn \(turn): exit code \(run.code): \(run.text)")
      try Data(Self.damaged(model, interesting: structure, &random)).write(to: URL(fileURLWithPath: "\(folder.path)/m.onnx"))
      let compile = try Programs.run("tessera compile m.onnx -o out.tsm", in: folder.path)
      #expect([0, 1, 3].contains(compile.code), "turn \(turn): exit code \(compile.code): \(compile.text)")
      let expected: Set<String> = compile.code == 0 ? ["m.tsm", "m.onnx", "out.tsm"] : ["m.tsm", "m.onnx"]
      #expect(folder.files == expected)
      try? FileManager.default.removeItem(atPath: "\(folder.path)/out.tsm")
    }
  }
}
