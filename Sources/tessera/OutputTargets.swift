import TesseraCommandLineOptions
import TesseraFiles
import TesseraModuleFormat
import TesseraRuntime

/// The targets of a call's outputs: the values of `--output` and `--outputs`, checked before the call.
struct OutputTargets {
  /// The target of one output.
  private struct Target {
    var index: Int
    /// `-`, or a path.
    var path: String
    var isAppended: Bool
    /// `nil` where the output is printed.
    var form: TensorFile.Form?
  }

  private let function: FunctionDescription
  private var targets: [Target] = []
  /// The folder or the file of `--outputs`.
  private var all: String?
  private var allForm: TensorFile.Form?
  private let plan: FilePlan

  /// Reads the flags. Errors: an output that there is none of; a file that is an input, or another output; a form that is not written.
  init(_ function: FunctionDescription, _ options: ParsedOptions, plan: FilePlan) throws {
    self.function = function
    var plan = plan
    var next = 0
    for text in options.values("output") {
      var (index, place) = (next, text)
      if let equals = text.firstIndex(of: "="), !"@+-".contains(text.first ?? "-") {
        let name = String(text[..<equals])
        guard let named = function.outputs.firstIndex(where: { $0.name == name }) else {
          throw UsageError(
            "function '\(function.name)' has no output '\(name)'\(suggestion(for: name, in: function.outputs.map(\.name)))\n  signature: \(function.signature)",
            status: "NOT_FOUND")
        }
        (index, place) = (named, String(text[text.index(after: equals)...]))
      } else {
        next += 1
      }
      guard function.outputs.indices.contains(index) else {
        throw UsageError("more outputs are asked for than function '\(function.name)' gives\n  signature: \(function.signature)")
      }
      targets.append(try OutputTargets.target(index, place, function.outputs[index]))
    }
    for target in targets where target.form != nil { try plan.writes(target.path, appending: target.isAppended) }
    all = options.value("outputs")
    if let all {
      if let form = TensorFile.Form(path: all), form == .npz || form == .safetensors {
        allForm = form
        try plan.writes(all)
      } else if isFolder(all) {
        for index in function.outputs.indices { try plan.writes("\(all)/out\(index).npy") }
      }
    }
    self.plan = plan
  }

  /// Reads one value of `--output` without its name.
  private static func target(_ index: Int, _ place: String, _ info: TensorInfo) throws -> Target {
    if place == "-" { return Target(index: index, path: "-", isAppended: false, form: nil) }
    guard let first = place.first, "@+".contains(first), place.count > 1 else {
      throw UsageError(
        "flag '--output' is -, @file.npy, @file.npz, @file.safetensors, @file.bin, or +file.npy to append, but '\(place)' was given")
    }
    let path = String(place.dropFirst())
    guard let form = TensorFile.Form(path: path) else {
      throw UsageError(
        "'\(path)' is of a kind that is not written: outputs go to .npy, .npz, .safetensors and .bin files, or to - as text")
    }
    if first == "+", form != .npy, form != .bin {
      throw UsageError("only .npy and .bin files can be appended to, but '+\(path)' was given")
    }
    if form == .bin || form == .safetensors {
      if !info.containers.isEmpty { throw UsageError("output \(index) is a list, which goes to .npy and .npz files only") }
      if info.elementType == .string { throw UsageError("output \(index) has strings, which go to .npy and .npz files only") }
    }
    return Target(index: index, path: path, isAppended: first == "+", form: form)
  }

  /// `true` iff no flag says where outputs go.
  var isEmpty: Bool { targets.isEmpty && all == nil }

  /// Writes the outputs; `print` shows those that go to standard output as text.
  func write(_ outputs: [RuntimeValue], print: (Int) throws -> Void) throws {
    if let all {
      if let allForm {
        try put(outputs.indices.flatMap { entries(outputs[$0], $0) }, all, allForm, isAppended: false)
      } else {
        try makeFolder(all)
        for index in outputs.indices { try put(entries(outputs[index], index), "\(all)/out\(index).npy", .npy, isAppended: false) }
      }
    }
    for target in targets where outputs.indices.contains(target.index) {
      guard let form = target.form else {
        try print(target.index)
        continue
      }
      try put(entries(outputs[target.index], target.index), target.path, form, isAppended: target.isAppended)
    }
  }

  /// Returns an output under its name; `.npz` files have a list under one name too.
  private func entries(_ output: RuntimeValue, _ index: Int) -> [TensorFile.Entry] {
    let name = function.outputs[index].name
    return [TensorFile.Entry(name: name.isEmpty ? "output\(index)" : name, tensors: output.tensors)]
  }

  private func put(_ entries: [TensorFile.Entry], _ path: String, _ form: TensorFile.Form, isAppended: Bool) throws {
    let file = try OutputFile(path: path, content: .binary, appending: isAppended, plan: plan)
    try file.write(TensorFile.bytes(entries, form))
    try file.commit()
  }
}
