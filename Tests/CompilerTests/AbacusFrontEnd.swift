import Constants
import Diagnostics
import Files
import FrontEnds
import MLIR

/// A format of three operators on vectors of floats, one to a line:
///
///     abacus
///     input x n
///     add y x x
///     neg z y
///     scale w z 0.5
///     output w
struct AbacusFrontEnd: FrontEnd {
  let name = "abacus"
  let suffixes = [".abacus"]

  func recognizes(_ file: FileBytes) -> Bool {
    defer { withExtendedLifetime(file) {} }
    return FormatBytes(file.bytes).has("abacus\n")
  }

  func load(_ file: FileBytes, context: Context, options: ImportOptions) throws(Diagnostic) -> ImportedModel {
    var program = AbacusProgram(path: file.path)
    for (i, line) in file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().dropFirst() where !line.isEmpty {
      try program.read(line.split(separator: " ").map(String.init), line: i + 1)
    }
    let text = try program.text(options)
    let module: Module
    do throws(MLIRError) { module = try Module(parsing: text, context) } catch {
      throw Diagnostic(.compilerBug, id: "abacusText", "what stands for '\(file.path)' does not parse: \(error)")
    }
    try InputDimensions(module: module).fix(options.symbols)
    return ImportedModel(module: module, constants: ConstantStore())
  }
}

/// The function that a file becomes, line by line.
private struct AbacusProgram {
  let path: String
  private var inputs: [String] = []
  private var output: String?
  private var defined: Set<String> = []
  private var lines: [String] = []

  init(path: String) { self.path = path }

  /// Takes a line of words.
  mutating func read(_ words: [String], line: Int) throws(Diagnostic) {
    func value(_ i: Int) throws(Diagnostic) -> String {
      guard defined.contains(words[i]) else { throw invalid(line, "nothing is called '\(words[i])'") }
      return "%\(words[i])"
    }
    switch (words[0], words.count) {
    case ("input", 3):
      inputs.append("%\(words[1]): tensor<?xf32> {tessera.name = \"\(words[1])\", tessera.shape = [\"\(words[2])\"]}")
      defined.insert(words[1])
    case ("output", 2): output = try value(1)
    case ("add", 4): lines.append("%\(words[1]) = arith.addf \(try value(2)), \(try value(3)) : tensor<?xf32>")
    case ("neg", 3): lines.append("%\(words[1]) = arith.negf \(try value(2)) : tensor<?xf32>")
    case ("scale", 4):
      guard let factor = Float(words[3]), factor.isFinite else { throw invalid(line, "'\(words[3])' is no factor") }
      lines += [
        "%\(words[1])_f = arith.constant \(Double(factor)) : f32", "%\(words[1])_0 = arith.constant 0 : index",
        "%\(words[1])_n = tensor.dim \(try value(2)), %\(words[1])_0 : tensor<?xf32>",
        "%\(words[1])_s = tensor.splat %\(words[1])_f[%\(words[1])_n] : tensor<?xf32>",
        "%\(words[1]) = arith.mulf \(try value(2)), %\(words[1])_s : tensor<?xf32>",
      ]
    default: throw invalid(line, "'\(words.joined(separator: " "))' is no input, output, add, neg or scale")
    }
    if words[0] != "output" { defined.insert(words[1]) }
  }

  func text(_ options: ImportOptions) throws(Diagnostic) -> String {
    guard let output else { throw invalid(1, "there is no output") }
    return """
      func.func @\(options.functionName)(\(inputs.joined(separator: ", "))) -> tensor<?xf32> {
      \(lines.joined(separator: "\n"))
      return \(output) : tensor<?xf32>
      }
      """
  }

  private func invalid(_ line: Int, _ reason: String) -> Diagnostic {
    Diagnostic(.invalidInput, id: "invalidAbacus", "'\(path)' is no valid abacus model: \(reason)", location: "line \(line)")
  }
}
