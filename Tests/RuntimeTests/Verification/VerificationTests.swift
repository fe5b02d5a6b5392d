import TesseraModuleFormat
import TesseraRuntime
import TesseraVerification
import Testing

/// The search for the first operator that two programs compute differently.
struct VerificationTests {
  /// A model whose operators all do the same: `value_n` is the sum of what operator n reads, and 1.
  struct Model {
    /// What each operator reads: earlier ones.
    var sources: [[Int]]
    /// The operators whose values no function returns.
    var hidden: Set<Int> = []

    var operators: [SourceOperator] {
      sources.enumerated().map { number, sources in
        let name = "value_\(number)"
        return SourceOperator(
          function: "main", name: "node_\(number)", operation: "Add", operands: sources.map { "value_\($0)" }, results: [name],
          returnable: hidden.contains(number) ? [] : [name], byteCount: 4)
      }
    }
  }

  /// A model as a program, of which one operator may be wrong.
  final class Program: ValueSource {
    let model: Model
    let output: Int
    let guilty: Int?
    /// Whether the guilty operator is right once its value is returned.
    let hides: Bool
    private(set) var callCount = 0

    init(_ model: Model, output: Int? = nil, guilty: Int? = nil, hides: Bool = false) {
      self.model = model
      self.output = output ?? model.sources.count - 1
      self.guilty = guilty
      self.hides = hides
    }

    func compute(adding values: [String]) throws -> ComputedValues {
      callCount += 1
      var numbers: [Float] = []
      for (number, sources) in model.sources.enumerated() {
        let isWrong = number == guilty && !(hides && values.contains("value_\(number)"))
        numbers.append(sources.reduce(1) { $0 + numbers[$1] } + (isWrong ? 0.5 : 0))
      }
      func value(_ number: Int) throws -> RuntimeValue { .tensor(try Tensor(shape: [2], [numbers[number], 0])) }
      var result = ComputedValues(outputs: [("value_\(output)", try value(output))])
      for name in values where name != "value_\(output)" { result.inner[name] = try value(Int(name.dropFirst(6)) ?? 0) }
      return result
    }
  }

  /// A chain, at whose end an output stands.
  static let chain = Model(sources: (0..<60).map { $0 == 0 ? [] : [$0 - 1] })
  /// Two ways that meet: 0 is read by 1 and 2, those by 3 and 4, and so on.
  static let ladder = Model(
    sources: (0..<20).map { $0 == 0 ? [] : $0 == 19 ? [17, 18] : $0 <= 2 ? [0] : [$0 - 2] }, hidden: [5, 8])

  /// Equal programs agree, in all operators that return something.
  @Test func equalPrograms() throws {
    let result = try Verification(
      operators: Self.ladder.operators, reference: Program(Self.ladder), subject: Program(Self.ladder)
    ).run()
    #expect(result.agrees && result.comparedCount == 18 && result.operatorCount == 20)
  }

  /// The guilty operator is found, wherever it is, and by few comparisons.
  @Test(arguments: 0..<60) func chain(guilty: Int) throws {
    let subject = Program(Self.chain, guilty: guilty)
    let result = try Verification(operators: Self.chain.operators, reference: Program(Self.chain), subject: subject).run()
    #expect(!result.agrees && result.difference?.number == guilty)
    #expect(subject.callCount <= 9)
  }

  /// Of two ways through the graph it is the one on which it is; what returns nothing is seen in what reads it.
  @Test(arguments: 0..<20) func ladder(guilty: Int) throws {
    let result = try Verification(
      operators: Self.ladder.operators, reference: Program(Self.ladder), subject: Program(Self.ladder, guilty: guilty)
    ).run()
    #expect(result.difference?.number == (Self.ladder.hidden.contains(guilty) ? guilty + 2 : guilty))
    #expect(result.difference?.value.mismatchCount == 1 && result.difference?.value.largestError?.place == "[0]")
  }

  /// A fault that is gone once the value is returned is found at the operator after it.
  @Test func hidingFault() throws {
    let result = try Verification(
      operators: Self.chain.operators, reference: Program(Self.chain), subject: Program(Self.chain, guilty: 30, hides: true)
    ).run()
    #expect(result.difference?.number == 31)
  }

  /// A fault that no output shows is found among the values of all operators.
  @Test func unreadFault() throws {
    let result = try Verification(
      operators: Self.chain.operators, reference: Program(Self.chain, output: 10), subject: Program(Self.chain, output: 10, guilty: 40)
    ).run()
    #expect(result.outputs.allSatisfy { $0.agrees })
    #expect(result.difference?.number == 40 && result.difference?.searchCount == 0 && !result.agrees)
  }

  /// A program that fails where the plain one runs differs; if the plain one fails, nothing can be said.
  @Test func failures() throws {
    struct Failing: ValueSource {
      func compute(adding values: [String]) throws -> ComputedValues { throw RuntimeError(.outOfRange, "index 7 of 5") }
    }
    let result = try Verification(operators: Self.chain.operators, reference: Program(Self.chain), subject: Failing()).run()
    #expect(!result.agrees && result.failure == "index 7 of 5")
    #expect(throws: RuntimeError.self) {
      _ = try Verification(operators: Self.chain.operators, reference: Failing(), subject: Program(Self.chain)).run()
    }
  }

  /// Values of one output, compared: whether they agree.
  private func agree(_ actual: RuntimeValue, _ expected: RuntimeValue, _ tolerance: Tolerance = Tolerance()) throws -> Bool {
    struct Constant: ValueSource {
      let value: RuntimeValue
      func compute(adding values: [String]) throws -> ComputedValues { ComputedValues(outputs: [("y", value)]) }
    }
    return try Verification(
      operators: [], reference: Constant(value: expected), subject: Constant(value: actual), tolerance: tolerance
    ).run().agrees
  }

  /// The tolerances of types, and the user's.
  @Test func tolerances() throws {
    func floats(_ elements: [Float]) throws -> RuntimeValue { .tensor(try Tensor(shape: [elements.count], elements)) }
    #expect(try agree(floats([.nan, .infinity, 1]), floats([.nan, .infinity, 1.0005])))
    #expect(try !agree(floats([.nan]), floats([1])))
    #expect(try !agree(floats([.infinity]), floats([-.infinity])))
    #expect(try agree(floats([1000, 0.05]), floats([1000, 0])))
    #expect(try !agree(floats([1, 0.05]), floats([1, 0])))
    #expect(try !agree(floats([1, 1.0005]), floats([1, 1]), Tolerance(atol: 0, rtol: 1e-4)))
    #expect(try agree(.tensor(Tensor(shape: [1], [3] as [Int8])), .tensor(Tensor(shape: [1], [4] as [Int8]))))
    #expect(try !agree(.tensor(Tensor(shape: [1], [3] as [Int8])), .tensor(Tensor(shape: [1], [5] as [Int8]))))
    #expect(try !agree(.tensor(Tensor(shape: [1], [3] as [Int])), .tensor(Tensor(shape: [1], [4] as [Int]))))
    #expect(try !agree(.tensor(Tensor(shape: [1], ["a"])), .tensor(Tensor(shape: [1], ["b"]))))
    #expect(try !agree(floats([1]), .tensor(Tensor(shape: [1, 1], [1] as [Float]))))
  }

  /// Lists have as many elements, which agree.
  @Test func lists() throws {
    func list(_ elements: [Float]) throws -> RuntimeValue { .list(try elements.map { .tensor(try Tensor(shape: [1], [$0])) }) }
    #expect(try agree(list([]), list([])) && agree(list([1, 2]), list([1, 2])))
    #expect(try !agree(list([1, 2]), list([1, 3])))
    #expect(try !agree(list([1, 2]), list([1])))
    #expect(try !agree(list([1]), .tensor(Tensor(shape: [1], [1] as [Float]))))
  }

  /// Operators come back as they were written, whatever their names.
  @Test func operatorText() {
    let operators = [
      SourceOperator(
        function: "main", name: "a b\n", operation: "Conv\\n", operands: ["", " x", "\r"], results: ["\r\n", "é"], returnable: ["é"],
        byteCount: 12),
      SourceOperator(function: "", name: "", operation: "", operands: [], results: [], returnable: [], byteCount: 0),
    ]
    #expect(SourceOperator.parse(SourceOperator.text(of: operators)) == operators)
    #expect(SourceOperator.parse("nonsense\n\noperator\nbytes x").map(\.name) == [""])
  }
}
