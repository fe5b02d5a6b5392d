import TesseraLibC

/// The files that a command reads and those that it will write, known before it writes any: no output is an input, and no two outputs are one file.
public struct FilePlan: Sendable {
  /// The files that are read, by what the system knows them by.
  private var inputs: [FileIdentity: String] = [:]
  /// The regular files that will be written, those that are not there yet by their paths.
  private var outputs: [FileIdentity: String] = [:]
  private var newOutputs: [String: String] = [:]
  private var readsStandardInput = false

  /// The paths of the files that are read, sorted.
  public var inputPaths: [String] { inputs.values.sorted() }

  /// Creates an empty plan.
  public init() {}

  /// Adds a file that is read. Errors: standard input is read for something else already.
  public mutating func reads(_ path: String) throws(FileError) {
    if path == "-" {
      guard !readsStandardInput else { throw .refused("standard input is given twice, and can be read once") }
      readsStandardInput = true
    }
    if let identity = path == "-" ? FileIdentity(descriptor: STDIN_FILENO) : FileIdentity(path: path) { inputs[identity] = path }
  }

  /// Adds a file that will be written. Errors: it is an input; another output is the same file, unless this one is appended to it.
  public mutating func writes(_ path: String, appending: Bool = false) throws(FileError) {
    let target = try OutputTarget(path: path)
    try check(target, path)
    let earlier: String?
    if let identity = target.identity {
      earlier = outputs.updateValue(path, forKey: identity)
    } else if case .file(let file, _) = target {
      earlier = newOutputs.updateValue(path, forKey: file)
    } else {
      return
    }
    guard let earlier, !appending else { return }
    throw .refused(
      earlier == path
        ? "the output \(FileError.name(path, isOutput: true)) is given twice"
        : "the outputs \(FileError.name(earlier, isOutput: true)) and \(FileError.name(path, isOutput: true)) are the same file")
  }

  /// Checks an output whose name is found late: it must be no input.
  func check(_ target: OutputTarget, _ path: String) throws(FileError) {
    guard let identity = target.identity, let input = inputs[identity] else { return }
    let name = FileError.name(path, isOutput: true)
    throw .refused(
      input == path
        ? "the output \(name) is an input of this command, and would be lost"
        : "the output \(name) is the same file as the input \(FileError.name(input)), which would be lost")
  }
}
