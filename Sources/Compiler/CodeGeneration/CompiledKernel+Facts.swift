import TesseraKernels
import TesseraModuleFormat

/// A kernel as the cache keeps it: without the user's operators, which are those of the executable that asks.
extension CompiledKernel {
  /// All but the object, as text: one fact a line.
  var facts: String {
    var lines = [
      info.symbol, info.name, configuration,
      [info.bindingCount, info.constantCount, info.scratch.byteCount, info.flops, info.bytes, info.fillsBorder ? 1 : 0, info.resultCount]
        .map(String.init).joined(separator: " "),
    ]
    lines.append(
      info.grid.map { term in
        switch term.extent {
        case .fixed(let size): "fixed \(size) \(term.tile)"
        case .scalar(let number): "scalar \(number) \(term.tile)"
        }
      }.joined(separator: ","))
    lines.append(info.inPlace.map { "\($0.result) \($0.operand)" }.joined(separator: ","))
    lines.append(info.scratch.terms.map { "\($0.constant) \($0.byteCount)" }.joined(separator: ","))
    func text(_ terms: [DispatchWork.Term]) -> String {
      terms.map { ([$0.factor] + $0.constants).map(String.init).joined(separator: " ") }.joined(separator: ",")
    }
    lines.append(text(info.work.flops))
    lines.append(info.work.bytes.map(text).joined(separator: ";"))
    return lines.joined(separator: "\n")
  }

  /// Reads what `facts` wrote; `nil` if it is something else.
  init?(facts: String, object: [UInt8]) {
    let lines = facts.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count == 9 else { return nil }
    let numbers = lines[3].split(separator: " ").compactMap { Int($0) }
    guard numbers.count == 7 else { return nil }
    var grid: [GridTerm] = []
    for term in lines[4].split(separator: ",") {
      let words = term.split(separator: " ")
      guard words.count == 3, let size = Int(words[1]), let tile = Int(words[2]) else { return nil }
      grid.append(GridTerm(extent: words[0] == "fixed" ? .fixed(size) : .scalar(size), tile: tile))
    }
    /// The pairs of numbers that a line has; `nil` if it has something else.
    func pairs(_ line: Substring) -> [(Int, Int)]? {
      var list: [(Int, Int)] = []
      for pair in line.split(separator: ",") {
        let words = pair.split(separator: " ").compactMap { Int($0) }
        guard words.count == 2 else { return nil }
        list.append((words[0], words[1]))
      }
      return list
    }
    /// The products that a part of a line has; `nil` if it has something else.
    func products(_ text: Substring) -> [DispatchWork.Term]? {
      var list: [DispatchWork.Term] = []
      for term in text.split(separator: ",") {
        let words = term.split(separator: " ").compactMap { Int($0) }
        guard let factor = words.first, words.dropFirst().allSatisfy({ (0..<numbers[1]).contains($0) }) else { return nil }
        list.append(.init(factor: factor, constants: Array(words.dropFirst())))
      }
      return list
    }
    let bytes = lines[8].split(separator: ";").map(products)
    guard let inPlace = pairs(lines[5]), let terms = pairs(lines[6]), let flops = products(lines[7]), !bytes.contains(where: { $0 == nil })
    else { return nil }
    let info = KernelInfo(
      symbol: String(lines[0]), name: String(lines[1]), bindingCount: numbers[0], resultCount: numbers[6], constantCount: numbers[1],
      scratch: ScratchSize(byteCount: numbers[2], terms: terms.map { .init(constant: $0, byteCount: $1) }), grid: grid,
      inPlace: inPlace.map { (result: $0, operand: $1) }, fillsBorder: numbers[5] == 1, sourceOperators: [], flops: numbers[3],
      bytes: numbers[4], work: DispatchWork(flops: flops, bytes: bytes.compactMap { $0 }))
    self.init(info: info, configuration: String(lines[2]), object: object)
  }
}
