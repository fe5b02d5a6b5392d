import TargetCPU

/// A compiled kernel as the cache keeps it.
struct StoredKernel: Sendable {
  /// Without the user's operators: they are those of the executable that asks.
  var info: KernelInfo
  /// The configuration as text.
  var configuration: String
  /// The relocatable object, which exports `info.symbol`.
  var object: [UInt8]
}

extension StoredKernel {
  /// All but the object, as text: one fact a line.
  var facts: String {
    var lines = [
      info.symbol, info.name, configuration,
      [info.bindingCount, info.constantCount, info.scratchByteCount, info.flops, info.bytes].map(String.init).joined(separator: " "),
    ]
    lines.append(
      info.grid.map { term in
        switch term.extent {
        case .fixed(let size): "fixed \(size) \(term.tile)"
        case .scalar(let number): "scalar \(number) \(term.tile)"
        }
      }.joined(separator: ","))
    lines.append(info.inPlace.map { "\($0.result) \($0.operand)" }.joined(separator: ","))
    return lines.joined(separator: "\n")
  }

  /// Reads what `facts` wrote; `nil` if it is something else.
  init?(facts: String, object: [UInt8]) {
    let lines = facts.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count == 6 else { return nil }
    let numbers = lines[3].split(separator: " ").compactMap { Int($0) }
    guard numbers.count == 5 else { return nil }
    var grid: [GridTerm] = []
    for term in lines[4].split(separator: ",") {
      let words = term.split(separator: " ")
      guard words.count == 3, let size = Int(words[1]), let tile = Int(words[2]) else { return nil }
      grid.append(GridTerm(extent: words[0] == "fixed" ? .fixed(size) : .scalar(size), tile: tile))
    }
    var inPlace: [(result: Int, operand: Int)] = []
    for pair in lines[5].split(separator: ",") {
      let words = pair.split(separator: " ").compactMap { Int($0) }
      guard words.count == 2 else { return nil }
      inPlace.append((words[0], words[1]))
    }
    info = KernelInfo(
      symbol: String(lines[0]), name: String(lines[1]), bindingCount: numbers[0], constantCount: numbers[1], scratchByteCount: numbers[2],
      grid: grid, inPlace: inPlace, sourceOperators: [], flops: numbers[3], bytes: numbers[4])
    configuration = String(lines[2])
    self.object = object
  }
}
