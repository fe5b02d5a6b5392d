import TesseraModuleFormat
import Testing

/// Host programs with control flow and scalars, run in the simulator.
@Suite struct SchedulingExecutionTests {
  /// Calls `main` in the simulator with i64 vectors or scalars, and gives the results as numbers.
  func run(_ text: String, _ inputs: [[Int64]], scalars: Bool = false) throws -> [[Int64]] {
    let (module, description) = try scheduled(text)
    var simulator = try SchedulingSimulator(description, constants: module.constants.map { try $0.withBytes { Array($0) } })
    let arguments = inputs.map { numbers in
      (bytes: numbers.withUnsafeBytes { Array($0) }, shape: scalars ? [] : [Int64(numbers.count)])
    }
    return try simulator.call("main", arguments).map { result in
      result.bytes.withUnsafeBytes { bytes in (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self) } }
    }
  }

  @Test func loopSwapsItsValues() throws {
    let text = """
      func.func public @main(%x: tensor<2xi64>, %y: tensor<2xi64>, %count: tensor<i64>) -> (tensor<2xi64>, tensor<2xi64>, tensor<i64>) {
        %c0 = arith.constant 0 : index
        %c1 = arith.constant 1 : index
        %one = arith.constant 1 : i64
        %n = tensor.extract %count[] : tensor<i64>
        %m = arith.index_cast %n : i64 to index
        %p, %q, %a, %b = scf.for %i = %c0 to %m step %c1 iter_args(%p = %x, %q = %y, %a = %one, %b = %one)
            -> (tensor<2xi64>, tensor<2xi64>, i64, i64) {
          %s = arith.addi %a, %b : i64
          scf.yield %q, %p, %b, %s : tensor<2xi64>, tensor<2xi64>, i64, i64
        }
        %f = tensor.from_elements %a : tensor<i64>
        return %p, %q, %f : tensor<2xi64>, tensor<2xi64>, tensor<i64>
      }
      """
    #expect(try run(text, [[1, 2], [3, 4], [7]]) == [[3, 4], [1, 2], [21]])
    #expect(try run(text, [[1, 2], [3, 4], [0]]) == [[1, 2], [3, 4], [1]])
  }

  @Test func branchesAndDispatchesInLoops() throws {
    let text = """
      func.func public @main(%x: tensor<2xi64>, %count: tensor<i64>) -> tensor<2xi64> {
        %c0 = arith.constant 0 : index
        %c1 = arith.constant 1 : index
        %c2 = arith.constant 2 : index
        %n = tensor.extract %count[] : tensor<i64>
        %m = arith.index_cast %n : i64 to index
        %r = scf.for %i = %c0 to %m step %c1 iter_args(%p = %x) -> (tensor<2xi64>) {
          %even = arith.remui %i, %c2 : index
          %is = arith.cmpi eq, %even, %c0 : index
          %t = "flow.dispatch"(%p) {executable = @first} : (tensor<2xi64>) -> tensor<2xi64>
          %u = scf.if %is -> (tensor<2xi64>) {
            %v = "flow.dispatch"(%t, %x) {executable = @second} : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
            scf.yield %v : tensor<2xi64>
          } else {
            scf.yield %p : tensor<2xi64>
          }
          scf.yield %u : tensor<2xi64>
        }
        return %r : tensor<2xi64>
      }
      """
    var p: [Int64] = [5, 6]
    func bytes(_ numbers: [Int64]) -> [UInt8] { numbers.withUnsafeBytes { Array($0) } }
    for i in 0..<3 where i % 2 == 0 {
      let t = SchedulingSimulator.kernel("first", [], [bytes(p)], result: 0, count: 16)
      let v = SchedulingSimulator.kernel("second", [], [t, bytes([5, 6])], result: 0, count: 16)
      p = v.withUnsafeBytes { [$0.loadUnaligned(as: Int64.self), $0.loadUnaligned(fromByteOffset: 8, as: Int64.self)] }
    }
    #expect(try run(text, [[5, 6], [3]]) == [p])
  }

  @Test func whileLoopReadsBack() throws {
    let text = """
      func.func public @main(%x: tensor<1xi64>) -> tensor<1xi64> {
        %c0 = arith.constant 0 : index
        %zero = arith.constant 0 : i64
        %r = scf.while (%p = %x) : (tensor<1xi64>) -> tensor<1xi64> {
          %v = tensor.extract %p[%c0] : tensor<1xi64>
          %go = arith.cmpi sgt, %v, %zero : i64
          scf.condition(%go) %p : tensor<1xi64>
        } do {
        ^bb0(%q: tensor<1xi64>):
          %t = "flow.dispatch"(%q) {executable = @mangle} : (tensor<1xi64>) -> tensor<1xi64>
          scf.yield %t : tensor<1xi64>
        }
        return %r : tensor<1xi64>
      }
      """
    var value: Int64 = 77
    while value > 0 {
      let bytes = SchedulingSimulator.kernel("mangle", [], [withUnsafeBytes(of: value) { Array($0) }], result: 0, count: 8)
      value = bytes.withUnsafeBytes { $0.loadUnaligned(as: Int64.self) }
    }
    #expect(try run(text, [[77]]) == [[value]])
  }

  @Test func callsPassIntegersAndTensors() throws {
    let text = """
      func.func private @pick(%k: i64, %a: tensor<2xi64>, %b: tensor<2xi64>) -> (tensor<2xi64>, i64) {
        %zero = arith.constant 0 : i64
        %is = arith.cmpi eq, %k, %zero : i64
        %two = arith.constant 2 : i64
        %r = arith.select %is, %a, %b : tensor<2xi64>
        %d = arith.muli %k, %two : i64
        return %r, %d : tensor<2xi64>, i64
      }
      func.func public @main(%x: tensor<2xi64>, %k: tensor<i64>) -> (tensor<2xi64>, tensor<i64>) {
        %n = tensor.extract %k[] : tensor<i64>
        %a = "flow.dispatch"(%x) {executable = @first} : (tensor<2xi64>) -> tensor<2xi64>
        %r:2 = func.call @pick(%n, %a, %x) : (i64, tensor<2xi64>, tensor<2xi64>) -> (tensor<2xi64>, i64)
        %e = "flow.dispatch"(%x) {executable = @other} : (tensor<2xi64>) -> tensor<2xi64>
        %d = "flow.dispatch"(%r#0, %e) {executable = @second} : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
        %s = tensor.from_elements %r#1 : tensor<i64>
        return %d, %s : tensor<2xi64>, tensor<i64>
      }
      """
    func bytes(_ numbers: [Int64]) -> [UInt8] { numbers.withUnsafeBytes { Array($0) } }
    func kernel(_ name: String, _ operands: [[UInt8]]) -> [UInt8] { SchedulingSimulator.kernel(name, [], operands, result: 0, count: 16) }
    let x = bytes([8, 9])
    for k in [Int64(0), 3] {
      let d = kernel("second", [k == 0 ? kernel("first", [x]) : x, kernel("other", [x])])
      let results = try run(text, [[8, 9], [k]])
      #expect(bytes(results[0]) == d)
      #expect(results[1] == [2 * k])
    }
  }

  @Test func publicFunctionsTakeScalarsAsTensors() throws {
    let text = """
      func.func public @main(%a: i64, %b: i64) -> (i64, i64, i64, i64, i64) {
        %q = arith.floordivsi %a, %b : i64
        %c = arith.ceildivsi %a, %b : i64
        %s = arith.cmpi ult, %a, %b : i64
        %e = arith.extui %s : i1 to i64
        %f = arith.sitofp %a : i64 to f32
        %g = arith.divf %f, %f : f32
        %h = arith.fptosi %g : f32 to i64
        %t = arith.trunci %a : i64 to i8
        %u = arith.extui %t : i8 to i64
        return %q, %c, %e, %h, %u : i64, i64, i64, i64, i64
      }
      """
    #expect(try run(text, [[-7], [2]], scalars: true) == [[-4], [-3], [0], [1], [249]])
  }

  @Test func assertionsKeepTheirMessage() throws {
    let text = """
      func.func public @main(%a: i64) -> i64 {
        %zero = arith.constant 0 : i64
        %ok = arith.cmpi sge, %a, %zero : i64
        cf.assert %ok, "'Gather_3': index out of range"
        return %a : i64
      }
      """
    #expect(try run(text, [[3]], scalars: true) == [[3]])
    #expect { try run(text, [[-3]], scalars: true) } throws: { error in
      if case SchedulingSimulator.Failure.failedCheck("'Gather_3': index out of range: {0} is below {1}") = error { true } else { false }
    }
  }

  @Test func switchGoesToItsCase() throws {
    let text = """
      func.func public @main(%k: i64) -> i64 {
        %i = arith.index_cast %k : i64 to index
        %r = scf.index_switch %i -> i64
        case 2 { %a = arith.constant 20 : i64
          scf.yield %a : i64 }
        case 5 { scf.yield %k : i64 }
        default { %b = arith.constant -1 : i64
          scf.yield %b : i64 }
        return %r : i64
      }
      """
    for (k, result) in [(2, 20), (5, 5), (0, -1)] as [(Int64, Int64)] { #expect(try run(text, [[k]], scalars: true) == [[result]]) }
  }
}
