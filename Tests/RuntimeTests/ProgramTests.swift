import TesseraFiles
import TesseraLibC
import TesseraModuleFormat
import TesseraRuntime
import Testing

/// The program in the build folder of this package.
private let builtProgram: String? = {
  let root = String(#filePath[..<(#filePath.firstRange(of: "/Tests/RuntimeTests/")?.lowerBound ?? #filePath.endIndex)])
  #if DEBUG
    let configuration = "debug"
  #else
    let configuration = "release"
  #endif
  let path = "\(root)/.build/\(configuration)/tessera"
  return access(path, X_OK) == 0 ? path : nil
}()

/// The built program, called as users call it.
@Suite(.enabled(if: builtProgram != nil && KernelFixture.isAvailable, "needs the built program beside the tests, and a C compiler"))
struct ProgramTests {
  /// A folder with a module and inputs, removed with the value.
  final class Folder {
    let path: String
    init(_ name: String) throws {
      path = "/tmp/tessera-program-\(getpid())-\(name)"
      mkdir(path, 0o700)
      try ModuleWriter(sumModule()).write(to: "\(path)/sum.tsm", constants: [])
      try NPYWriter.write(Tensor(shape: [3], [1, 2, 3] as [Float]), to: "\(path)/in0.npy")
      try NPYWriter.write(Tensor(shape: [3], [10, 20, 30] as [Float]), to: "\(path)/in1.npy")
    }
    deinit { _ = run(["rm", "-r", path]) }

    /// Runs the program with `arguments`; returns exit code, standard output and standard error.
    func tessera(_ arguments: String) throws -> (code: Int32, output: String, error: String) {
      let program = try #require(builtProgram)
      let code = run(["sh", "-c", "cd \(path) && \(program) \(arguments) > out.txt 2> err.txt"])
      func text(_ name: String) -> String { String(decoding: contents(of: "\(path)/\(name)") ?? [], as: UTF8.self) }
      return (code, text("out.txt"), text("err.txt"))
    }
  }

  /// Running, in the forms of inputs and outputs.
  @Test func runs() throws {
    let folder = try Folder("runs")
    let printed = try folder.tessera("run sum.tsm --input=3xf32=1,2,3 --input=3xf32=10")
    #expect(printed == (0, "sum: 3xf32\n[33 36 39]\n", ""))
    #expect(try folder.tessera("run sum.tsm --inputs=. --outputs=results --threads 2").code == 0)
    #expect(try NPYReader.read(path: "\(folder.path)/results/out0.npy")[0].array() == [33, 66, 99] as [Float])
    #expect(try folder.tessera("run sum.tsm --input=b=@in1.npy --input=a=@in0.npy --output=@c.npy").code == 0)
    #expect(try NPYReader.read(path: "\(folder.path)/c.npy")[0].array() == [33, 66, 99] as [Float])
    #expect(try folder.tessera("run sum.tsm --inputs=. --output=+c.npy").code == 0)
    #expect(try NPYReader.read(path: "\(folder.path)/c.npy").count == 2)
    #expect(try folder.tessera("run sum.tsm --inputs=. --expected_output=3xf32=33,66,99") == (0, "outputs match\n", ""))
    let differs = try folder.tessera("run sum.tsm --inputs=. --expected_output=3xf32=33,66,98 --atol 0.5")
    #expect(
      differs == (
        4, "", "tessera: error: OUT_OF_RANGE; output 0 ('sum') differs in 1 of 3 elements, by at most 1.0; element [2] is 99, expected 98\n"
      ))
  }

  /// What goes wrong, with its exit code and words; no output file is left.
  @Test(arguments: [
    (
      "run sum.tsm --input=3xf32=1", 2,
      "tessera: error: INVALID_ARGUMENT; input 1 ('b') of function 'main' is missing: it is nxf32\n  signature: main(%a: nxf32, %b: nxf32) -> (%sum: nxf32)\n"
    ),
    (
      "run sum.tsm --inputs=. --input=4xf32=1 --output=@no.npy", 1,
      "tessera: error: INVALID_ARGUMENT; function 'main', input 1 ('b'): dimension 0 ('n') is 3, but dimension 0 of input 0 ('a') gave 'n' the size 4\n  signature: main(%a: nxf32, %b: nxf32) -> (%sum: nxf32)\n"
    ),
    (
      "run sum.tsm --inputs=. --function=mian", 2,
      "tessera: error: NOT_FOUND; the module has no function 'mian'; did you mean 'main'?; it has 'main'\n"
    ),
    ("run absent.tsm", 1, "tessera: error: NOT_FOUND; cannot read 'absent.tsm': no such file or directory\n"),
    (
      "run in0.npy", 1,
      "tessera: error: INVALID_ARGUMENT; 'in0.npy' is a NumPy array (.npy): expected a model in the format TFLite, ONNX, StableHLO or MLIR\n"
    ),
    ("run sum.tsm --inputs=. --output=@/dev/full", 1, "tessera: error: UNAVAILABLE; cannot write '/dev/full': no space left on device\n"),
    (
      "run sum.tsm --inputs=. --output=@/nowhere/x.npy", 1,
      "tessera: error: UNAVAILABLE; cannot write '/nowhere/x.npy': no such file or directory\n"
    ),
    (
      "run sum.tsm --inputs=. --thread=2", 2,
      "tessera: error: INVALID_ARGUMENT; unknown flag '--thread'; did you mean '--threads'?; see 'tessera run --help'\n"
    ),
    (
      "run sum.tsm --inputs=. --device=cuda://0", 2,
      "tessera: error: NOT_FOUND; there is no device 'cuda://0'; this program has 'cpu', 'portable' and 'vulkan'\n"
    ),
    ("dump cut.tsm", 5, "tessera: error: DATA_LOSS; the module is corrupt: it should have "),
    (
      "frobnicate", 2,
      "tessera: error: INVALID_ARGUMENT; unknown command 'frobnicate'; the commands are 'run', 'bench', 'profile', 'compare', 'verify', 'dump', 'devices', 'compile', 'check', 'opt'\n"
    ),
    ("", 2, "tessera: error: INVALID_ARGUMENT; no command is given; see 'tessera --help'\n"),
  ]) func failures(arguments: String, code: Int32, message: String) throws {
    let folder = try Folder("failures-\(UInt64.random(in: 0 ... .max))")
    let whole = try #require(contents(of: "\(folder.path)/sum.tsm"))
    try writeFile(Array(whole.dropLast(9)), to: "\(folder.path)/cut.tsm")
    let result = try folder.tessera(arguments)
    #expect(result.code == code)
    #expect(result.error.hasPrefix(message))
    #expect(run(["sh", "-c", "test -z \"$(ls -A \(folder.path) | grep -e no.npy -e partial)\""]) == 0)
  }

  /// The forms of measurements, and the module's description.
  @Test func measures() throws {
    let folder = try Folder("measures")
    let json = try folder.tessera("bench sum.tsm --threads 2 --inputs . --outputs o --time-ms 20 --json --per-dispatch")
    #expect(json.code == 0)
    #expect(json.output.hasPrefix("{\"version\": \"") && json.output.contains("\"ns\": [") && json.output.contains("/layer/Add"))
    #expect(run(["python3", "-c", "import json,sys; d=json.load(open('\(folder.path)/out.txt')); assert len(d['ns'])>=3"]) == 0)
    #expect(try NPYReader.read(path: "\(folder.path)/o/out0.npy")[0].array() == [33, 66, 99] as [Float])
    let text = try folder.tessera("bench sum.tsm --time-ms 20 --per-dispatch")
    #expect(text.output.contains("median") && text.output.contains("scale_f32"))
    #expect(text.error.contains("note: input 0 ('a') was not given: 1xf32 of random numbers"))
    let dump = try folder.tessera("dump sum.tsm --disassemble")
    #expect(
      dump.output.contains("    input 0  a  nxf32")
        && dump.output.contains("dispatch site=0:add_f32 workgroups=%0 constants=[%0] bindings=[&0[0 +%1], &1[0 +%1], &2[0 +%1]]"))
    #expect(try folder.tessera("dump sum.tsm --json").output.hasPrefix("{\"version\""))
    #expect(try folder.tessera("devices").code == 0)
    for command in ["", "run", "bench", "dump", "devices"] { #expect(try folder.tessera("\(command) --help").code == 0) }
    #expect(try folder.tessera("--version").output.hasPrefix("tessera 0."))
  }
}
