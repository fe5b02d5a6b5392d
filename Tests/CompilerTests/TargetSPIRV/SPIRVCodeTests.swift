import Foundation
import TesseraDiagnostics
import TesseraModuleFormat
import Testing

@testable import TesseraCompiler

/// Kernels in SPIR-V are what the validator of the Khronos group takes, for Vulkan 1.2.
@Suite struct SPIRVCodeTests {
  private static let validator = "/usr/bin/spirv-val"
  static let isAvailable = FileManager.default.isExecutableFile(atPath: validator)
  /// Programs of one rule of fusion each, with dynamic sizes, borders, gathers and several results.
  static let programs = Repository.files(below: "Tests/Phases/dispatch-creation", ending: ".mlir").sorted()
  /// What the processor of the same program computes.
  private static let sorted: Set<String> = ["sort.mlir", "select.mlir"]

  /// The words of all kernels of a program.
  private func kernels(_ path: String) throws -> [SPIRVKernel] {
    var options = CompileOptions()
    options.target = try Targets.parse("vulkan")
    let compilation = try loadModel(path: path, options: options, observer: nil)
    try compilation.run(through: "codegen")
    return try compilation.code.images.flatMap { try SPIRVImage.decode($0) }
  }

  /// Returns what the validator says of a kernel; nothing where it is valid.
  private func problem(_ kernel: SPIRVKernel, in folder: ScratchFolder) throws -> String {
    let path = "\(folder.path)/\(kernel.symbol).spv"
    try kernel.words.withUnsafeBytes { try Data($0).write(to: URL(fileURLWithPath: path)) }
    let process = Process(), pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: Self.validator)
    process.arguments = ["--target-env", "vulkan1.2", path]
    process.standardError = pipe
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 0 ? "" : "\(kernel.symbol): \(text)"
  }

  @Test(.enabled(if: isAvailable, "there is no spirv-val; './dev setup vulkan' installs it"), arguments: programs)
  func fusedPrograms(_ file: String) throws {
    let folder = try ScratchFolder(), path = "\(Repository.path)/\(file)"
    if Self.sorted.contains(URL(fileURLWithPath: file).lastPathComponent) {
      let error = #expect(throws: Diagnostic.self) { _ = try kernels(path) }
      #expect(error?.category == .unsupported)
    } else {
      let kernels = try kernels(path)
      #expect(!kernels.isEmpty)
      for kernel in kernels { #expect(try problem(kernel, in: folder) == "") }
    }
  }

  /// Each type of elements, and what a device must have for it.
  @Test(
    .enabled(if: isAvailable, "there is no spirv-val; './dev setup vulkan' installs it"),
    arguments: [
      ("f32", ["Int64", "SignedZeroInfNanPreserve32"]),
      ("f16", ["Float16", "Int64", "SignedZeroInfNanPreserve16", "SignedZeroInfNanPreserve32", "StorageBuffer16BitAccess"]),
      ("bf16", ["Int16", "Int64", "SignedZeroInfNanPreserve32", "StorageBuffer16BitAccess"]),
      ("f64", ["Float64", "Int64", "SignedZeroInfNanPreserve64"]), ("i8", ["Int64", "Int8", "StorageBuffer8BitAccess"]),
      ("i16", ["Int16", "Int64", "StorageBuffer16BitAccess"]), ("i32", ["Int64"]), ("i64", ["Int64"]),
    ])
  func types(_ element: String, _ features: [String]) throws {
    let folder = try ScratchFolder(), path = "\(folder.path)/program.mlir"
    let isFloat = element.contains("f"), function = element == "f64" ? "math.sqrt %s" : "math.tanh %s"
    let body =
      isFloat
      ? "%s = arith.addf %a, %b : \(element)\n%r = \(function) : \(element)"
      : "%s = arith.addi %a, %b : \(element)\n%r = arith.maxsi %s, %b : \(element)"
    try """
    #id = affine_map<(i) -> (i)>
    func.func @main(%x: tensor<?x\(element)>, %y: tensor<?x\(element)>) -> tensor<?x\(element)> {
      %zero = arith.constant 0 : index
      %n = tensor.dim %x, %zero : tensor<?x\(element)>
      %e = tensor.empty(%n) : tensor<?x\(element)>
      %z = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]}
        ins(%x, %y : tensor<?x\(element)>, tensor<?x\(element)>) outs(%e : tensor<?x\(element)>) {
      ^bb0(%a: \(element), %b: \(element), %o: \(element)):
        \(body)
        linalg.yield %r : \(element)
      } -> tensor<?x\(element)>
      return %z : tensor<?x\(element)>
    }
    """.write(toFile: path, atomically: true, encoding: .utf8)
    let kernels = try kernels(path)
    for kernel in kernels { #expect(try problem(kernel, in: folder) == "") }
    #expect(Set(kernels.flatMap(\.requiredFeatures)).sorted() == features)
  }
}
