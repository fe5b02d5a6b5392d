import Foundation
import TesseraMLIR

/// Compiles `@network` of a module, of one tensor argument and one tensor result of f32, with upstream passes, and runs it.
///
/// The functions have `llvm.emit_c_interface`; the shared object stays loaded till the end of the process.
func runWithUpstreamPasses(_ module: Module, _ input: [Float], shape: [Int]) throws -> [Float] {
  let copy = try Module(parsing: module.operation.text(), module.context)
  try copy.run(
    passes: """
      eliminate-empty-tensors,empty-tensor-to-alloc-tensor,one-shot-bufferize{bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map},\
      convert-linalg-to-loops,expand-strided-metadata,lower-affine,convert-scf-to-cf,convert-math-to-llvm,convert-math-to-libm,convert-arith-to-llvm,finalize-memref-to-llvm,\
      convert-cf-to-llvm,convert-func-to-llvm,reconcile-unrealized-casts
      """)
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tessera-run-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
  try copy.operation.text().write(toFile: path("m.mlir"), atomically: true, encoding: .utf8)
  for (tool, arguments) in [
    ("mlir-translate", ["--mlir-to-llvmir", path("m.mlir"), "-o", path("m.ll")]),
    ("llc", ["-O1", "-relocation-model=pic", "-filetype=obj", path("m.ll"), "-o", path("m.o")]),
    ("ld.lld", ["-shared", "-Bsymbolic", path("m.o"), "-o", path("m.so")]),
  ] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/lib/llvm-22/bin/\(tool)")
    process.arguments = arguments
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus != 0 { throw MLIRError("\(tool) failed") }
  }
  guard let library = dlopen(path("m.so"), RTLD_NOW), let symbol = dlsym(library, "_mlir_ciface_network") else {
    throw MLIRError(String(cString: dlerror()))
  }
  typealias Function = @convention(c) (UnsafeMutableRawPointer, UnsafeRawPointer) -> Void
  let function = unsafeBitCast(symbol, to: Function.self)

  // A descriptor: two pointers, an offset, sizes, strides.
  let resultRank = module.lookup("network")!.attribute("function_type")!.typeValue!.functionResults[0].rank
  var result = Array(repeating: 0, count: 3 + 2 * resultRank)
  var data = input
  data.withUnsafeMutableBytes { bytes in
    let address = Int(bitPattern: bytes.baseAddress!)
    let strides = shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
    let argument = [address, address, 0] + shape + strides
    argument.withUnsafeBytes { a in result.withUnsafeMutableBytes { function($0.baseAddress!, a.baseAddress!) } }
  }
  let sizes = result[3..<3 + resultRank]
  let elements = UnsafePointer<Float>(bitPattern: result[1])! + result[2]
  return Array(UnsafeBufferPointer(start: elements, count: sizes.reduce(1, *)))
}
