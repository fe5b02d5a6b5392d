import TesseraCommandLineOptions
import TesseraFiles
import TesseraModuleFormat
import TesseraRuntime

/// The values of a function's inputs or outputs that a file or a folder holds, found by name or by number.
struct TensorFiles {
  /// The function, and which side of it: messages and file names differ.
  let function: FunctionDescription
  let isOutput: Bool

  private var infos: [TensorInfo] { isOutput ? function.outputs : function.inputs }
  private var word: String { isOutput ? "output" : "input" }

  /// `true` iff a path may lead to tensors with names, as far as it says itself. (What comes from standard input is in order.)
  static func hasNames(_ path: String) -> Bool {
    isFolder(path) || [".npz", ".safetensors", ".pb"].contains { path.hasSuffix($0) }
  }

  /// Returns what a file of named tensors, or a folder, has; `nil` for another path, whose tensors come in order.
  func read(_ path: String, plan: inout FilePlan) throws -> [(index: Int, value: RuntimeValue)]? {
    if isFolder(path) { return try readFolder(path, plan: &plan) }
    try plan.reads(path)
    let entries = try TensorFile.read(path: path) { name in name.flatMap(place).map { infos[$0].elementType } }
    guard entries.contains(where: { $0.name != nil }) else { return nil }
    var values: [(index: Int, value: RuntimeValue)] = []
    for (position, entry) in entries.enumerated() {
      // A single tensor under a name that the function does not have is taken in order.
      guard let index = place(entry.name ?? "") else {
        if entries.count == 1, path.hasSuffix(".pb") { return nil }
        throw UsageError(
          "function '\(function.name)' has no \(word) '\(entry.name ?? "\(position)")', which stands in '\(path)'\n  signature: \(function.signature)",
          status: "NOT_FOUND")
      }
      guard !values.contains(where: { $0.index == index }) else {
        throw UsageError("\(word) \(index) of function '\(function.name)' stands in '\(path)' twice")
      }
      values.append((index, value(entry.tensors, index)))
    }
    return values
  }

  /// Returns the number of the input or output that a name in a file means: its own name, or `arr_0`, `in0`, `input_0` by its number.
  private func place(_ name: String) -> Int? {
    if let index = infos.firstIndex(where: { $0.name == name }) { return index }
    for prefix in isOutput ? ["arr_", "out", "output", "output_"] : ["arr_", "in", "input", "input_"] where name.hasPrefix(prefix) {
      if let index = Int(name.dropFirst(prefix.count)), infos.indices.contains(index) { return index }
    }
    return nil
  }

  private func value(_ tensors: [Tensor], _ index: Int) -> RuntimeValue {
    let containers = infos[index].containers
    guard containers.isEmpty, let tensor = tensors.first else { return TensorLiteral.list(tensors, containers[...]) }
    return .tensor(tensor)
  }

  /// Reads `in0.npy` or `input_0.pb` and so on; those that are not there are left out.
  private func readFolder(_ folder: String, plan: inout FilePlan) throws -> [(index: Int, value: RuntimeValue)] {
    let there = Set(fileNames(in: folder))
    var values: [(index: Int, value: RuntimeValue)] = []
    let short = isOutput ? "out" : "in"
    for index in infos.indices {
      let names = ["\(short)\(index).npy", "\(word)_\(index).pb"].filter(there.contains)
      guard let name = names.first else { continue }
      let path = "\(folder)/\(name)"
      try plan.reads(path)
      let tensors = try TensorFile.read(path: path) { _ in infos[index].elementType }.flatMap(\.tensors)
      values.append((index, value(tensors, index)))
    }
    guard !values.isEmpty || infos.isEmpty else {
      throw UsageError("the folder '\(folder)' has neither \(short)0.npy nor \(word)_0.pb")
    }
    return values
  }
}
