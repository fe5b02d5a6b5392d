import Foundation
import TesseraKernels
import TesseraMLIR
import TesseraTargetCPU

/// A shared object with one loop of vector code for each function under test.
///
/// Each kernel is `void name(const float *a, const float *b, float *out, int64_t count)`; `count` is a multiple of 16.
final class MathKernels {
  typealias Function = @convention(c) (UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, Int) -> Void

  /// One kernel: an operation, the MLIR types of its lanes, the kernel's name.
  struct Kernel {
    var symbol: String
    var operation: String
    var left = "f32", right: String? = nil
    /// The lanes of a vector; 1 makes scalar code.
    var lanes = 16
    var hasFusedMultiplyAdd = true
    var scalesExponents = false
    var mayApproximate = false
    /// A constant second operand, as MLIR text.
    var constant: String? = nil

    /// The text of the kernel, with `test.math` where the expansion will stand.
    var text: String {
      func type(_ element: String) -> String { lanes == 1 ? element : "vector<\(lanes)x\(element)>" }
      let operands = right == nil ? "%x" : "%x, %y", types = right.map { "\(type(left)), \(type($0))" } ?? type(left)
      let second =
        if let right {
          constant.map { "%y = arith.constant \($0) : \(type(right))" } ?? """
            %q = llvm.getelementptr %b[%j] : (!llvm.ptr, i64) -> !llvm.ptr, \(right)
            %y = llvm.load %q {alignment = 4} : !llvm.ptr -> \(type(right))
            """
        } else { "" }
      return """
        func.func @\(symbol)(%a: !llvm.ptr, %b: !llvm.ptr, %out: !llvm.ptr, %n: index) {
          %zero = arith.constant 0 : index
          %step = arith.constant \(lanes) : index
          scf.for %i = %zero to %n step %step {
            %j = arith.index_cast %i : index to i64
            %p = llvm.getelementptr %a[%j] : (!llvm.ptr, i64) -> !llvm.ptr, \(left)
            %x = llvm.load %p {alignment = 4} : !llvm.ptr -> \(type(left))
            \(second)
            %r = "test.math"(\(operands)) {name = "\(operation)", fused = \(hasFusedMultiplyAdd), scales = \(scalesExponents), approximate = \(mayApproximate)} : (\(types)) -> \(type(left))
            %o = llvm.getelementptr %out[%j] : (!llvm.ptr, i64) -> !llvm.ptr, \(left)
            llvm.store %r, %o {alignment = 4} : \(type(left)), !llvm.ptr
          }
          return
        }
        """
    }
  }

  private let library: UnsafeMutableRawPointer
  /// The folder with the shared object and its sources, removed at the end.
  private let folder: URL

  /// Compiles `kernels` for this machine with upstream tools, and loads them.
  init(_ kernels: [Kernel]) throws {
    folder = try Self.compile(kernels, ["-mcpu=native"])
    let object = folder.appendingPathComponent("k.so").path
    try Self.tool("ld.lld", ["-shared", folder.appendingPathComponent("k.o").path, "-o", object])
    // For measuring outside, over more floats than a test has time for.
    if let keep = ProcessInfo.processInfo.environment["TESSERA_KEEP_MATH_KERNELS"] {
      try? FileManager.default.copyItem(atPath: object, toPath: keep)
    }
    guard let handle = dlopen(object, RTLD_NOW) else { throw MLIRError(String(cString: dlerror())) }
    library = handle
  }

  /// The library functions that `kernels` call when compiled for another target.
  static func undefinedSymbols(_ kernels: [Kernel], _ target: [String]) throws -> [String] {
    let folder = try compile(kernels, target)
    defer { try? FileManager.default.removeItem(at: folder) }
    let list = folder.appendingPathComponent("symbols").path
    try tool("llvm-nm", ["--undefined-only", "--format=just-symbols", folder.appendingPathComponent("k.o").path], output: list)
    return try String(contentsOfFile: list, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  /// Expands the kernels and compiles them to `k.o` in a new folder.
  private static func compile(_ kernels: [Kernel], _ target: [String]) throws -> URL {
    let context = Context()
    let module = try Module(parsing: kernels.map(\.text).joined(separator: "\n"), context)
    for operation in module.operation.descendants where operation.name == "test.math" {
      func flag(_ name: String) -> Bool { operation.attribute(name)!.description == "true" }
      let name = operation.attribute("name")!.stringValue!
      guard
        let y = emitMath(
          "math." + name, operation.operands, Builder(context, before: operation),
          MachineTraits(hasFMA: flag("fused"), exponents: flag("scales") ? AVX512Exponents() : nil), mayApproximate: flag("approximate"))
      else { throw MLIRError("no expansion of \(name)") }
      operation.result(0).replaceAllUses(with: y)
      operation.erase()
    }
    try module.run(
      passes:
        "convert-scf-to-cf,convert-math-to-llvm,convert-arith-to-llvm,convert-cf-to-llvm,convert-func-to-llvm,reconcile-unrealized-casts")
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tessera-math-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
    try module.operation.text().write(toFile: path("k.mlir"), atomically: true, encoding: .utf8)
    try tool("mlir-translate", ["--mlir-to-llvmir", path("k.mlir"), "-o", path("k.ll")])
    try tool("opt", ["-O3"] + target + [path("k.ll"), "-o", path("k.bc")])
    try tool("llc", ["-O3", "-relocation-model=pic", "-filetype=obj"] + target + [path("k.bc"), "-o", path("k.o")])
    return folder
  }

  deinit {
    dlclose(library)
    try? FileManager.default.removeItem(at: folder)
  }

  /// The kernel of this name.
  subscript(symbol: String) -> Function { unsafeBitCast(dlsym(library, symbol)!, to: Function.self) }

  /// Runs a kernel over arrays; the second may be empty.
  func run<A, B>(_ symbol: String, _ a: [A], _ b: [B]) -> [A] {
    let padding = (16 - a.count % 16) % 16
    let left = a + Array(repeating: a[0], count: padding)
    let right = b.isEmpty ? b : b + Array(repeating: b[0], count: padding)
    var out = left
    let function = self[symbol]
    left.withUnsafeBytes { l in
      right.withUnsafeBytes { r in
        out.withUnsafeMutableBytes { function(l.baseAddress!, r.baseAddress ?? l.baseAddress!, $0.baseAddress!, left.count) }
      }
    }
    return Array(out[..<a.count])
  }

  private static func tool(_ name: String, _ arguments: [String], output: String? = nil) throws {
    let process = Process()
    if let output {
      _ = FileManager.default.createFile(atPath: output, contents: nil)
      process.standardOutput = FileHandle(forWritingAtPath: output)
    }
    process.executableURL = URL(fileURLWithPath: "/usr/lib/llvm-22/bin/\(name)")
    process.arguments = arguments
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus != 0 { throw MLIRError("\(name) failed") }
  }
}
