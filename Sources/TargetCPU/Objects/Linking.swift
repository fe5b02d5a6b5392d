import Diagnostics
import Glibc

/// What kernels may call without bringing it along: LLVM makes calls of these out of loops and float operations.
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
  var folder = try TemporaryFolder()
  var inputs: [String] = []
  for (i, object) in objects.enumerated() { inputs.append(try folder.write(object, to: "\(i).o")) }
  let output = folder.file("out.so")
  // Inputs go in through a response file: thousands of kernels would not fit on a command line.
  let response = try folder.write(Array(inputs.map { "\"\($0)\"\n" }.joined().utf8), to: "inputs")
  var arguments = [
    "-shared", "-m", target.architecture == .aarch64 ? "aarch64linux" : "elf_x86_64", "--gc-sections", "--strip-all", "--build-id=none",
    "--hash-style=gnu", "--threads=1", "--no-dependent-libraries", "-z", "noexecstack", "-o", output,
  ]
  if let symbols {
    let script = "{ global: \(symbols.map { "\"\($0)\";" }.joined(separator: " ")) local: *; };\n"
    arguments += ["--version-script", try folder.write(Array(script.utf8), to: "exports")]
  }
  try runLinker(arguments + ["@\(response)"], in: &folder)
  let image = try folder.read(output)
  let dynamic = try ELFSymbols(reading: image)
  let unknown = dynamic.undefined.filter { !RuntimeSymbols.allowed.contains($0) }
  guard unknown.isEmpty else { throw .undefinedSymbols(unknown.sorted()) }
  if let symbols {
    let defined = Set(dynamic.defined)
    let missing = symbols.filter { !defined.contains($0) }
    guard missing.isEmpty else { throw .malformedImage("no symbol '\(missing[0])'") }
  }
  return image
}

/// Where Debian's LLVM 22 has its linker; else `PATH` is searched.
package let linkerPath = "/usr/lib/llvm-22/bin/ld.lld"

/// Runs the linker and waits for it; what it prints goes into the diagnostic.
private func runLinker(_ arguments: [String], in folder: inout TemporaryFolder) throws(Diagnostic) {
  let program = access(linkerPath, X_OK) == 0 ? linkerPath : "ld.lld"
  let log = folder.file("log")
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  posix_spawn_file_actions_adddup2(&actions, 1, 2)
  var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
  words.append(nil)
  defer { for word in words { free(word) } }
  var process = pid_t()
  let failure = posix_spawnp(&process, program, &actions, nil, &words, environ)
  guard failure == 0 else { throw .linkerNotStarted(program, String(cString: strerror(failure))) }
  var status: Int32 = 0
  while waitpid(process, &status, 0) < 0 && errno == EINTR {}
  guard status == 0 else {
    let output = String(decoding: (try? folder.read(log)) ?? [], as: UTF8.self)
    throw .linkerFailed(program, status: status & 0x7f == 0 ? (status >> 8) & 0xff : status & 0x7f, output: output)
  }
}
