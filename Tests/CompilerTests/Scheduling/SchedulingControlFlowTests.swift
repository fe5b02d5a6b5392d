import TesseraCompiler
import TesseraModuleFormat
import Testing

/// Random nested conditions and loops around dispatches, against evaluation while they are made up.
@Suite struct SchedulingControlFlowTests {
  /// A program under construction: its text, and what it computes for one input.
  struct Program {
    var random: SeededGenerator
    var inPlace: Set<String> = []
    var partial: Set<String> = []
    var count = 0

    /// What a value is at one moment: tensors by bytes.
    typealias Evaluation = ([String: [UInt8]]) -> [String: [UInt8]]

    mutating func name(_ prefix: String) -> String {
      count += 1
      return "%\(prefix)\(count)"
    }

    /// Writes a few operations after which the tensors of `scope` and new ones are there; returns the text, what it evaluates to, and the new names.
    mutating func block(_ scope: [String], depth: Int, flags: [String]) -> (text: String, run: Evaluation, scope: [String]) {
      var (text, scope) = ("", scope)
      var steps: [Evaluation] = []
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let choice = depth > 0 ? Int.random(in: 0..<5, using: &random) : 0
        let result = name("v")
        switch choice {
        case 3:
          let flag = Int.random(in: 0..<flags.count, using: &random)
          let then = block(scope, depth: depth - 1, flags: flags), otherwise = block(scope, depth: depth - 1, flags: flags)
          let (a, b) = (then.scope.randomElement(using: &random)!, otherwise.scope.randomElement(using: &random)!)
          text += "\(result) = scf.if \(flags[flag]) -> (tensor<8xi8>) {\n\(then.text)scf.yield \(a) : tensor<8xi8>\n} else {\n"
          text += "\(otherwise.text)scf.yield \(b) : tensor<8xi8>\n}\n"
          let taken = flag == 0
          steps.append { values in
            var values = values
            let inner = (taken ? then : otherwise).run(values)
            values[result] = inner[taken ? a : b]!
            return values
          }
        case 4:
          // Two values carried, often swapped.
          let (p, q, second) = (name("p"), name("q"), name("r"))
          let turns = Int.random(in: 0...3, using: &random)
          let starts = [scope.randomElement(using: &random)!, scope.randomElement(using: &random)!]
          let body = block(scope + [p, q], depth: depth - 1, flags: flags)
          let yields = Bool.random(using: &random) ? [q, body.scope.last!] : [body.scope.randomElement(using: &random)!, p]
          let bound = name("n"), low = name("l"), by = name("s")
          text += "\(low) = arith.constant 0 : index\n\(by) = arith.constant 1 : index\n\(bound) = arith.constant \(turns) : index\n"
          text +=
            "\(result), \(second) = scf.for \(name("i")) = \(low) to \(bound) step \(by) iter_args(\(p) = \(starts[0]), \(q) = \(starts[1]))"
          text += " -> (tensor<8xi8>, tensor<8xi8>) {\n\(body.text)scf.yield \(yields[0]), \(yields[1]) : tensor<8xi8>, tensor<8xi8>\n}\n"
          scope.append(second)
          steps.append { values in
            var values = values
            var carried = starts.map { values[$0]! }
            for _ in 0..<turns {
              var inner = values
              inner[p] = carried[0]
              inner[q] = carried[1]
              let after = body.run(inner)
              carried = yields.map { after[$0]! }
            }
            values[result] = carried[0]
            values[second] = carried[1]
            return values
          }
        default:
          let operands = (0..<Int.random(in: 1...2, using: &random)).map { _ in scope.suffix(5).randomElement(using: &random)! }
          let kernel = "k\(count)"
          if Bool.random(using: &random) { inPlace.insert(kernel) } else if Bool.random(using: &random) { partial.insert(kernel) }
          text += "\(result) = \"flow.dispatch\"(\(operands.joined(separator: ", "))) {executable = @\(kernel)} : "
          text += "(\(operands.map { _ in "tensor<8xi8>" }.joined(separator: ", "))) -> tensor<8xi8>\n"
          steps.append { values in
            var values = values
            values[result] = SchedulingSimulator.kernel(kernel, [], operands.map { values[$0]! }, result: 0, count: 8)
            return values
          }
        }
        scope.append(result)
      }
      return (text, { values in steps.reduce(values) { $1($0) } }, scope)
    }
  }

  @Test(arguments: 0..<200) func randomPrograms(seed: Int) throws {
    var program = Program(random: .init(state: UInt64(seed) &* 31 &+ 7))
    let body = program.block(["%x", "%y"], depth: 3, flags: ["%yes", "%no"])
    let returned = [body.scope.last!, body.scope.randomElement(using: &program.random)!]
    // The flags are read from inputs, so that nothing folds.
    let text = """
      func.func public @main(%x: tensor<8xi8>, %y: tensor<8xi8>, %f: tensor<2xi1>) -> (tensor<8xi8>, tensor<8xi8>) {
      %zero = arith.constant 0 : index
      %one = arith.constant 1 : index
      %yes = tensor.extract %f[%zero] : tensor<2xi1>
      %no = tensor.extract %f[%one] : tensor<2xi1>
      \(body.text)return \(returned[0]), \(returned[1]) : tensor<8xi8>, tensor<8xi8>
      }
      """
    let inputs: [[UInt8]] = [[1, 2, 3, 4, 5, 6, 7, 8], [9, 9, 9, 9, 1, 1, 1, 1]]
    let expected = body.run(["%x": inputs[0], "%y": inputs[1]])
    let (_, description) = try scheduled(text, inPlace: program.inPlace, partial: program.partial)
    for _ in 0..<2 {
      var simulator = SchedulingSimulator(description)
      let results = try simulator.call("main", [(inputs[0], [8]), (inputs[1], [8]), ([1, 0], [2])])
      #expect(results.map(\.bytes) == returned.map { expected[$0]! }, "\(text)\n\(description.disassembly)")
    }
  }
}
