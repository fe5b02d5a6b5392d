import TesseraFiles

/// An operation of a StableHLO program, in the vocabulary of VHLO's newest version: the names of StableHLO, attributes without nesting.
final class ProgramOperation {
  /// The dialect and the operation: `stablehlo.add`.
  var name: String
  var operands: [Int]
  var results: [Int] = []
  var resultTypes: [ProgramType] = []
  var attributes: [String: ProgramAttribute] = [:]
  var regions: [ProgramRegion] = []
  /// What the model calls it; `nil` if it does not.
  var label: String?
  /// The line of text, or the number of the operation.
  var place: Int

  init(_ name: String, operands: [Int] = [], place: Int) { (self.name, self.operands, self.place) = (name, operands, place) }
}

/// A value that a region begins with.
struct ProgramArgument {
  var value: Int
  var type: ProgramType
  /// What the model calls it.
  var label: String?
  var attributes: [String: ProgramAttribute] = [:]
}

/// A list of operations with arguments; regions of several blocks are refused when they are read.
struct ProgramRegion {
  var arguments: [ProgramArgument] = []
  var operations: [ProgramOperation] = []

  /// The operands of its last operation, which ends it.
  var results: [Int] { operations.last?.operands ?? [] }
}

/// A function of a program.
struct ProgramFunction {
  var name: String
  var isPublic: Bool
  var resultTypes: [ProgramType]
  var resultAttributes: [[String: ProgramAttribute]] = []
  /// `nil` if it is declared only.
  var body: ProgramRegion?
}

/// A StableHLO program, in whatever form it was written.
struct Program {
  /// The file, whose bytes constants are slices of.
  var file: FileBytes
  var name = ""
  var attributes: [String: ProgramAttribute] = [:]
  var functions: [ProgramFunction] = []
  /// Remarks for the user.
  var notes: [String] = []
}
