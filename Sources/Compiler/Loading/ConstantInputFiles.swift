import TesseraConstants
public import TesseraDiagnostics
public import TesseraFrontEnds
import TesseraModuleFormat
import TesseraRuntime

extension ConstantInputs {
  /// Reads what the flags `--constant-input` say: `NAME=@FILE`, for the tensor of that name or the only one, or `@FILE`, for all that inputs are called as.
  /// Errors: a text is neither, a file is unreadable or lacks the tensor, or two give one name.
  public init(reading flags: [String]) throws(Diagnostic) {
    self.init()
    for flag in flags {
      let parts = flag.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = parts.count == 2 && !flag.hasPrefix("@") ? String(parts[0]) : nil, text = name == nil ? flag : String(parts[1])
      guard text.hasPrefix("@"), text.count > 1, name != "" else { throw .malformedConstantInput(flag) }
      let path = String(text.dropFirst())
      let entries: [TensorFile.Entry]
      do throws(RuntimeError) { entries = try TensorFile.read(path: path) } catch {
        throw Diagnostic(.wrongUsage, "flag '--constant-input=\(flag)': \(error.message)")
      }
      files.append(path)
      if let name {
        let chosen = entries.first { $0.name == name } ?? (entries.count == 1 ? entries[0] : nil)
        guard let chosen else { throw .absentTensor(flag, name, entries.compactMap(\.name)) }
        guard tensors[name] == nil else { throw Diagnostic(.wrongUsage, "flag '--constant-input' gives '\(name)' twice") }
        tensors[name] = try Self.tensor(chosen, flag)
      } else {
        for entry in entries {
          guard let name = entry.name else { throw .unnamedTensor(flag) }
          guard offered[name] == nil else { throw Diagnostic(.wrongUsage, "flag '--constant-input' gives '\(name)' twice") }
          offered[name] = try Self.tensor(entry, flag)
        }
      }
    }
  }

  private static func tensor(_ entry: TensorFile.Entry, _ flag: String) throws(Diagnostic) -> Tensor {
    guard entry.tensors.count == 1, entry.tensors[0].elementType != .string else {
      throw Diagnostic(.wrongUsage, "flag '--constant-input=\(flag)' names a list or strings: expected one tensor of numbers")
    }
    let tensor = entry.tensors[0]
    return Tensor(tensor.elementType, shape: tensor.shape, bytes: .owned(tensor.withUnsafeBytes { Array($0) }))
  }
}

extension Diagnostic {
  fileprivate static func malformedConstantInput(_ flag: String) -> Diagnostic {
    Diagnostic(
      .wrongUsage, "flag '--constant-input=\(flag)' names no file",
      help: "expected NAME=@FILE, or @FILE for all inputs that the file has tensors of")
  }

  fileprivate static func absentTensor(_ flag: String, _ name: String, _ names: [String]) -> Diagnostic {
    let shown = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
    return Diagnostic(
      .wrongUsage, "flag '--constant-input=\(flag)': the file has no tensor '\(name)'", notes: ["tensors are \(shown)"])
  }

  fileprivate static func unnamedTensor(_ flag: String) -> Diagnostic {
    Diagnostic(
      .wrongUsage, "flag '--constant-input=\(flag)': tensors of this file have no names",
      help: "name the input: '--constant-input=NAME=\(flag)'")
  }
}
