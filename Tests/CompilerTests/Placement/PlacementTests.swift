import TesseraDiagnostics
import TesseraDialects
import TesseraEncodings
import TesseraFiles
import TesseraKernels
import TesseraMLIR
import TesseraTargetCPU
import Testing

@testable import TesseraCompiler

/// Where operations run, and what crosses.
@Suite struct PlacementTests {
  /// The program `text` of two devices after a phase.
  private func compile(
    _ text: String, _ rules: [String] = [], otherwise: DefaultPlacement = .first, devices: [ProgramDevice]? = nil, packing: String? = nil,
    through phase: String = "placement"
  ) throws -> Compilation {
    let folder = try ScratchFolder()
    let path = "\(folder.path)/model.mlir"
    try writeFile(Array(text.utf8), to: path)
    var options = CompileOptions()
    options.devices = try devices ?? ["a=cpu,level=x86-64-v4", "b=cpu,level=x86-64-v3"].map { try ProgramDevice(parsing: $0) }
    options.placement = try rules.map { try PlacementRule(parsing: $0) }
    options.defaultPlacement = otherwise
    if let packing { options.packingSpec = try PackingSpec(packing) }
    let compilation = try loadModel(path: path, options: options, observer: nil)
    try compilation.run(through: phase)
    return compilation
  }

  /// The transfers of the only function: what they are of, and where to.
  private func transfers(_ compilation: Compilation) -> [String] {
    compilation.module.hostFunctions[0].descendants.compactMap(TransferOp.init).map { "\($0.source.type) to \($0.device)" }
  }

  /// A chain of three operations on rows, the widest in the middle; two read the argument.
  private static let chain = """
    func.func @main(%x: tensor<4x16xi8>) -> tensor<4x16xf32> {
      %y = "tosa.cast"(%x) : (tensor<4x16xi8>) -> tensor<4x16xf32> loc("/first/Cast")
      %z = math.exp %y : tensor<4x16xf32> loc("/second/Exp")
      %w = math.tanh %z : tensor<4x16xf32> loc("/third/Tanh")
      return %w : tensor<4x16xf32>
    }
    """

  /// Rules by name, by kind and by size; the first that holds counts.
  @Test(arguments: [
    (["/second/*=b", "*=a"], ["tensor<4x16xf32> to b", "tensor<4x16xf32> to a"]),
    (["/*/Exp=b", "/first/Cast=b"], ["tensor<4x16xi8> to b", "tensor<4x16xf32> to a"]),
    (["kind:elementwise=b"], ["tensor<4x16xi8> to b", "tensor<4x16xf32> to a"]),
    (["elements:64&/third/????=b"], ["tensor<4x16xf32> to b", "tensor<4x16xf32> to a"]), (["*=a", "/third/*=b"], []),
  ]) func rules(_ rules: [String], _ expected: [String]) throws {
    #expect(try transfers(compile(Self.chain, rules)) == expected)
  }

  /// What nobody placed goes with its only reader where less crosses so: bytes instead of floats.
  @Test func smallerSide() throws {
    #expect(try transfers(compile(Self.chain, ["/second/*=b", "/third/*=b"])) == ["tensor<4x16xi8> to b", "tensor<4x16xf32> to a"])
  }

  /// Rules that say nothing of the program, or nothing at all.
  @Test(arguments: [
    ("/fourth/*=b", "the rule '/fourth/*=b' places nothing: no operation fits it"),
    ("/first/*=c", "the rule '/first/*=c' names the device 'c', which the program does not have"),
    ("first", "it has no '=' with a device behind it"),
    ("=b", "it has no '=' with a device behind it"), ("x&=b", "a condition is empty"), ("kind:matmul=b", "'matmul' is none"),
    ("elements:9..3=b", "'9..3' is no range of elements"),
  ]) func wrongRules(_ rule: String, _ message: String) throws {
    let error = #expect(throws: Diagnostic.self) { try compile(Self.chain, [rule]) }
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
    #expect(error?.category == .invalidInput)
  }

  /// Transfers of the model: what reads them runs there, and on; one to where a value is already goes.
  @Test func transfersOfTheModel() throws {
    let text = """
      func.func @main(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
        %a = "flow.transfer"(%x) {device = "a"} : (tensor<4x16xf32>) -> tensor<4x16xf32>
        %b = "flow.transfer"(%a) {device = "b"} : (tensor<4x16xf32>) -> tensor<4x16xf32>
        %y = math.exp %b : tensor<4x16xf32>
        %z = math.tanh %y : tensor<4x16xf32>
        return %z : tensor<4x16xf32>
      }
      """
    let compilation = try compile(text, through: "dispatch-creation")
    #expect(transfers(compilation) == ["tensor<4x16xf32> to b", "tensor<4x16xf32> to a"])
    let executables = compilation.module.functions.filter(\.isExecutable)
    #expect(executables.map { $0.attribute(DeviceAttribute.placed)?.stringValue } == ["b"])
    let unknown = #expect(throws: Diagnostic.self) { try compile(text.replacing("\"b\"", with: "\"c\"")) }
    #expect(unknown?.message == "'flow.transfer' names the device 'c', which the program does not have")
  }

  /// Fills and weights are where they are read: on both devices, and nothing of them crosses; equal executables of two devices are two.
  @Test func sharedConstants() throws {
    let text = """
      func.func @main(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
        %w = arith.constant dense<"0x\(String(repeating: "0000803F", count: 256))"> : tensor<16x16xf32>
        %zero = arith.constant 0.0 : f32
        %e = tensor.empty() : tensor<4x16xf32>
        %f = linalg.fill ins(%zero : f32) outs(%e : tensor<4x16xf32>) -> tensor<4x16xf32>
        %y = linalg.matmul ins(%x, %w : tensor<4x16xf32>, tensor<16x16xf32>) outs(%f : tensor<4x16xf32>) -> tensor<4x16xf32> loc("first")
        %z = linalg.matmul ins(%y, %w : tensor<4x16xf32>, tensor<16x16xf32>) outs(%f : tensor<4x16xf32>) -> tensor<4x16xf32> loc("second")
        return %z : tensor<4x16xf32>
      }
      """
    let equal = try ["a", "b"].map { ProgramDevice(name: $0, target: try CPUTarget(named: "x86-64-v3")) }
    let compilation = try compile(text, ["second=b"], devices: equal, through: "scheduling")
    #expect(transfers(compilation) == ["tensor<4x16xf32> to b", "tensor<4x16xf32> to a"])
    let scheduled = try #require(compilation.scheduled)
    #expect(scheduled.executables.map(\.device) == [0, 1] && scheduled.executables.allSatisfy { $0.kernels.count == 1 })
    // Nor where a rule, or chance, names them too.
    #expect(try transfers(compile(text, ["*=b"], devices: equal)).count == 2)
    #expect(try transfers(compile(text, otherwise: .random(seed: 1), devices: equal)).allSatisfy { $0.hasPrefix("tensor<4x16xf32>") })
  }

  /// What one device leaves packed as the other reads it crosses packed.
  @Test func packedTransfer() throws {
    let text = """
      func.func @main(%x: tensor<64x64xf32>, %v: tensor<64x64xf32>, %w: tensor<64x64xf32>) -> tensor<64x64xf32> {
        %zero = arith.constant 0.0 : f32
        %e = tensor.empty() : tensor<64x64xf32>
        %f = linalg.fill ins(%zero : f32) outs(%e : tensor<64x64xf32>) -> tensor<64x64xf32>
        %y = linalg.matmul ins(%x, %v : tensor<64x64xf32>, tensor<64x64xf32>) outs(%f : tensor<64x64xf32>) -> tensor<64x64xf32> loc("first")
        %t = math.tanh %y : tensor<64x64xf32> loc("second")
        %z = linalg.matmul ins(%t, %w : tensor<64x64xf32>, tensor<64x64xf32>) outs(%f : tensor<64x64xf32>) -> tensor<64x64xf32> loc("third")
        return %z : tensor<64x64xf32>
      }
      """
    let compilation = try compile(text, ["third=b"], packing: "* => generic-gemm m=16 n=16 k=16", through: "specialization")
    #expect(transfers(compilation).contains("tensor<4x4x16x16xf32> to b"), "\(transfers(compilation))")
    #expect(compilation.statistics.contains { $0.name == "packs left at run time on b" && $0.value == "1" }, "\(compilation.statistics)")
    #expect(compilation.statistics.contains { $0.name == "unpacks left at run time on a" && $0.value == "0" })
  }

  /// Estimates: equal devices share nothing; much work goes to the faster device, little stays.
  @Test(arguments: [(2, "a", 0), (512, "b", 4)]) func automatic(_ size: Int, _ expected: String, _ count: Int) throws {
    let type = "tensor<\(size)x\(size)xf32>"
    let text = """
      func.func @main(%x: \(type), %v: \(type)) -> \(type) {
        %zero = arith.constant 0.0 : f32
        %e = tensor.empty() : \(type)
        %f = linalg.fill ins(%zero : f32) outs(%e : \(type)) -> \(type)
        %y = linalg.matmul ins(%x, %v : \(type), \(type)) outs(%f : \(type)) -> \(type) loc("first")
        %t = math.tanh %y : \(type) loc("second")
        return %t : \(type)
      }
      """
    let faster = try ["a=cpu,level=x86-64-v2", "b=cpu,level=x86-64-v4"].map { try ProgramDevice(parsing: $0) }
    let compilation = try compile(text, otherwise: .automatic, devices: faster)
    #expect(
      compilation.placementReasons.first?.contains("first  contraction  \(expected)  estimates: ") == true,
      "\(compilation.placementReasons)")
    #expect(transfers(compilation).count == max(0, count - 1))
    let equal = try ["a", "b"].map { ProgramDevice(name: $0, target: try CPUTarget(named: "x86-64-v3")) }
    #expect(try transfers(compile(text, otherwise: .automatic, devices: equal)).isEmpty)
  }

  /// A device that is written otherwise.
  @Test(arguments: ["a", "=cpu", "a=", "a=cpu,level", "a=cpu,level=", "a=cpu,x=1", "a b=cpu", "a=gpu", "a=cpu,level=x99"])
  func wrongDevices(
    _ text: String
  ) {
    let error = #expect(throws: Diagnostic.self) { try ProgramDevice(parsing: text) }
    #expect(error?.category == .invalidInput)
  }

  @Test(arguments: [
    ("a*c", "abc", true), ("a*c", "ac", true), ("a*c", "acb", false), ("*", "", true), ("?", "", false), ("a?c", "abc", true),
    ("*a*b*", "xxaxxbxx", true), ("**x", "x", true), ("/l.1/*", "/l.1/a/b", true), ("/l.1/*", "/l.10/a", false),
  ]) func patterns(_ pattern: String, _ name: String, _ matches: Bool) {
    #expect(NamePattern(pattern[...]).matches(name) == matches)
  }
}
