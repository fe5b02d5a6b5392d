import TesseraDiagnostics
import TesseraFiles
import TesseraLibC

/// The external functions of kernels: LLVM makes calls of these out of loops and float operations.
enum RuntimeSymbols {
  static let allowed: Set<String> = {
    let math = [
      "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "ceil", "copysign", "cos", "cosh", "erf", "erfc", "exp", "exp2",
      "expm1", "fabs", "floor", "fma", "fmax", "fmin", "fmod", "ldexp", "log", "log10", "log1p", "log2", "nearbyint", "pow", "remainder",
      "rint", "round", "roundeven", "sin", "sincos", "sinh", "sqrt", "tan", "tanh", "trunc",
    ]
    return Set(["memcpy", "memset", "memmove", "memcmp"] + math + math.map { $0 + "f" })
  }()
}

/// Links objects to one ELF shared object.
///
/// The result depends on the inputs only, has no debug information, and exports `symbols` (all that the objects export if `nil`). Undefined symbols that
/// the runtime does not offer are a compiler bug.
public func linkSharedObject(
  _ objects: [[UInt8]], exporting symbols: [String]? = nil, target: CPUTarget
) throws(Diagnostic) -> [UInt8] {
  let folder: TemporaryFolder
  let output: String
  var arguments = [
    "-shared", "-m", target.architecture == .aarch64 ? "aarch64linux" : "elf_x86_64", "--gc-sections", "--strip-all", "--build-id=none",
    "--hash-style=gnu", "--threads=1", "--no-dependent-libraries", "--no-rosegment", "-z", "noexecstack", "-z", "norelro",
  ]
  do throws(FileError) {
    folder = try TemporaryFolder()
    var inputs = ""
    for (i, object) in objects.enumerated() { inputs += "\"\(try folder.write(object, to: "\(i).o"))\"\n" }
    output = folder.file("out.so")
    arguments += ["-o", output]
    if let symbols {
      let script = "{ global: \(symbols.map { "\"\($0)\";" }.joined(separator: " ")) local: *; };\n"
      arguments += ["--version-script", try folder.write(Array(script.utf8), to: "exports")]
    }
    // Inputs go in through a response file: thousands of kernels would not fit on a command line.
    arguments.append("@\(try folder.write(Array(inputs.utf8), to: "inputs"))")
  } catch {
    throw .temporaryFileFailed(error)
  }
  try runLinker(arguments, in: folder)
  let bytes: [UInt8]
  do throws(FileError) { bytes = try FileBytes(path: output).array } catch { throw .temporaryFileFailed(error) }
  let image = try ELFImage(bytes)
  let dynamic = try image.dynamicSymbols()
  let unknown = dynamic.undefined.filter { !RuntimeSymbols.allowed.contains($0) }
  guard unknown.isEmpty else { throw .undefinedSymbols(unknown.sorted()) }
  if let symbols {
    let defined = Set(dynamic.defined)
    let missing = symbols.filter { !defined.contains($0) }
    guard missing.isEmpty else { throw .malformedImage("no symbol '\(missing[0])'") }
  }
  return try image.bytesOfSegments()
}

/// Links the relocatable object at `object` to a shared library of C at `path`, called `name`, which exports all that it defines.
package func linkSharedLibrary(of object: String, name: String, to path: String) throws(Diagnostic) {
  let folder: TemporaryFolder
  do throws(FileError) { folder = try TemporaryFolder() } catch { throw .temporaryFileFailed(error) }
  try runLinker(
    ["-shared", "--build-id=none", "--hash-style=gnu", "-z", "noexecstack", "-soname", name, "-o", path, object], in: folder)
}

/// The path of the linker in Debian's LLVM 22; else `PATH` is searched.
package let linkerPath = "/usr/lib/llvm-22/bin/ld.lld"

/// Runs the linker and waits for it; what it prints goes into the diagnostic.
private func runLinker(_ arguments: [String], in folder: TemporaryFolder) throws(Diagnostic) {
  let program = access(linkerPath, X_OK) == 0 ? linkerPath : "ld.lld"
  let log = folder.file("log")
  let end: ChildProcess.End
  do throws(FileError) { end = try ChildProcess.run(program, arguments, output: .file(log)) } catch {
    throw .linkerNotStarted(program, error.reason)
  }
  guard case .exited(0) = end else {
    let output = (try? FileBytes(path: log))?.text ?? ""
    throw .linkerFailed(program, end, output: output)
  }
}
