import TesseraDiagnostics
import TesseraFiles
import TesseraFrontEnds
import TesseraGraphs
import TesseraMLIR

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
    var program = AbacusProgram(path: file.path, function: GraphFunction(context, options))
    for (i, line) in file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().dropFirst() where !line.isEmpty {
      try program.read(line.split(separator: " ").map(String.init), line: i + 1)
    }
    guard program.hasOutput else { throw program.invalid(1, "there is no output") }
    try program.function.requireChosenNames()
    return try program.function.finish()
  }
}

/// The function that a file becomes, line by line.
private struct AbacusProgram {
  let path: String
  let function: GraphFunction
  private(set) var hasOutput = false
  private var tensors: [String: GraphTensor] = [:]

  init(path: String, function: GraphFunction) { (self.path, self.function) = (path, function) }

  /// Takes a line of words.
  mutating func read(_ words: [String], line: Int) throws(Diagnostic) {
    func value(_ i: Int) throws(Diagnostic) -> GraphTensor {
      guard let tensor = tensors[words[i]] else { throw invalid(line, "nothing is called '\(words[i])'") }
      return tensor
    }
    let graph = function.graph
    if words.count > 1 { graph.builder.location = .name(words[1], graph.context) }
    switch (words[0], words.count) {
    case ("input", 3): tensors[words[1]] = try function.input(words[1], .f32, [.named(words[2])])
    case ("output", 2):
      function.result(words[1], try value(1))
      hasOutput = true
    case ("add", 4):
      tensors[words[1]] = try graph.elementwise([try value(2), try value(3)], .f32) { Scalars($0, .f32).add($1[0], $1[1]) }
    case ("neg", 3): tensors[words[1]] = try graph.elementwise([try value(2)], .f32) { Scalars($0, .f32).negate($1[0]) }
    case ("scale", 4):
      guard let factor = Float(words[3]), factor.isFinite else { throw invalid(line, "'\(words[3])' is no factor") }
      tensors[words[1]] = try graph.elementwise([try value(2)], .f32) {
        let s = Scalars($0, .f32)
        return s.multiply($1[0], s.constant(Double(factor)))
      }
    default: throw invalid(line, "'\(words.joined(separator: " "))' is no input, output, add, neg or scale")
    }
  }

  func invalid(_ line: Int, _ reason: String) -> Diagnostic {
    Diagnostic(.invalidInput, id: "invalidAbacus", "'\(path)' is no valid abacus model: \(reason)", location: "line \(line)")
  }
}
