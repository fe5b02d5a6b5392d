import TesseraDeviceCPU
import TesseraFiles
import TesseraLibC
import TesseraRuntime
import Testing

@testable import TesseraCompiler

/// Insertions into tensors that loops carry: what they compute, and that a turn of the loop takes time for what it inserts.
@Suite struct CarriedInsertionTests {
  private typealias Output = (values: [Float], reuses: Int)
  private static let constants = """
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %n = tensor.dim %x, %c0 : tensor<?xf32>

    """

  /// Compiles a function on a vector and returns its session, and how many results took over memory.
  private static func session(_ body: String, results: String = "tensor<?xf32>") throws -> (session: Session, reuses: Int) {
    let folder = try TemporaryFolder()
    let text = "func.func @main(%x: tensor<?xf32>) -> (\(results)) {\n\(constants)\(body)\n}\n"
    let path = try folder.write(Array(text.utf8), to: "model.mlir")
    let compilation = try loadModel(path: path, options: CompileOptions(), observer: nil)
    try compilation.run()
    let reuses = try #require(compilation.scheduled).counts.inPlaceReuses
    return (try Session(TesseraRuntime.Module(bytes: compilation.moduleBytes()), device: CPUDevice(threads: 1)), reuses)
  }

  private static func run(_ body: String, _ x: [Float], results: String = "tensor<?xf32>") throws -> (outputs: [[Float]], reuses: Int) {
    let (session, reuses) = try session(body, results: results)
    let input = try Tensor(shape: [x.count], x)
    let outputs = try session.call("main", [input]).map { try $0.array(of: Float.self) }
    #expect(try input.array(of: Float.self) == x)
    return (outputs, reuses)
  }

  /// x[i] becomes x[i] + x[i - 1], from the second element on.
  private static let sums = """
    %r = scf.for %i = %c1 to %n step %c1 iter_args(%t = %x) -> (tensor<?xf32>) {
      %j = arith.subi %i, %c1 : index
      %a = tensor.extract_slice %t[%i] [1] [1] : tensor<?xf32> to tensor<1xf32>
      %b = tensor.extract_slice %t[%j] [1] [1] : tensor<?xf32> to tensor<1xf32>
      %s = arith.addf %a, %b : tensor<1xf32>
      %u = tensor.insert_slice %s into %t[%i] [1] [1] : tensor<1xf32> into tensor<?xf32>
      scf.yield %u : tensor<?xf32>
    }
    return %r : tensor<?xf32>
    """

  @Test func slices() throws {
    let (outputs, reuses) = try Self.run(Self.sums, [1, 2, 3, 4])
    #expect(outputs == [[1, 3, 6, 10]] && reuses >= 1)
  }

  /// What a turn found is another value of the loop: both are there at its end.
  @Test func carriedTwice() throws {
    let body = """
      %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%t = %x, %old = %x) -> (tensor<?xf32>, tensor<?xf32>) {
        %e = tensor.extract %t[%i] : tensor<?xf32>
        %s = arith.negf %e : f32
        %u = tensor.insert %s into %t[%i] : tensor<?xf32>
        scf.yield %u, %t : tensor<?xf32>, tensor<?xf32>
      }
      return %r#0, %r#1 : tensor<?xf32>, tensor<?xf32>
      """
    let (outputs, reuses) = try Self.run(body, [1, 2, 3], results: "tensor<?xf32>, tensor<?xf32>")
    #expect(outputs == [[-1, -2, -3], [-1, -2, 3]] && reuses == 0)
  }

  /// What a turn found is read after the insertion.
  @Test func readLater() throws {
    let body = """
      %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%t = %x, %sum = %x) -> (tensor<?xf32>, tensor<?xf32>) {
        %e = tensor.extract %t[%i] : tensor<?xf32>
        %s = arith.negf %e : f32
        %u = tensor.insert %s into %t[%i] : tensor<?xf32>
        %d = arith.subf %t, %u : tensor<?xf32>
        %v = arith.addf %sum, %d : tensor<?xf32>
        scf.yield %u, %v : tensor<?xf32>, tensor<?xf32>
      }
      return %r#0, %r#1 : tensor<?xf32>, tensor<?xf32>
      """
    let (outputs, _) = try Self.run(body, [1, 2, 3], results: "tensor<?xf32>, tensor<?xf32>")
    #expect(outputs == [[-1, -2, -3], [3, 6, 9]])
  }

  /// Only some turns insert.
  @Test func inBranch() throws {
    let body = """
      %c2 = arith.constant 2 : index
      %r = scf.for %i = %c0 to %n step %c1 iter_args(%t = %x) -> (tensor<?xf32>) {
        %odd = arith.remui %i, %c2 : index
        %c = arith.cmpi eq, %odd, %c1 : index
        %v = scf.if %c -> (tensor<?xf32>) {
          %e = tensor.extract %t[%i] : tensor<?xf32>
          %s = arith.negf %e : f32
          %u = tensor.insert %s into %t[%i] : tensor<?xf32>
          scf.yield %u : tensor<?xf32>
        } else {
          scf.yield %t : tensor<?xf32>
        }
        scf.yield %v : tensor<?xf32>
      }
      return %r : tensor<?xf32>
      """
    let (outputs, reuses) = try Self.run(body, [1, 2, 3, 4])
    #expect(outputs == [[1, -2, 3, -4]] && reuses >= 1)
  }

  /// Rows backwards, and a part of their columns, in loops in loops.
  @Test func nested() throws {
    let body = """
      %c3 = arith.constant 3 : index
      %k = arith.muli %n, %c3 : index
      %z = arith.constant 0.0 : f32
      %empty = tensor.empty(%n) : tensor<?x4xf32>
      %f = linalg.fill ins(%z : f32) outs(%empty : tensor<?x4xf32>) -> tensor<?x4xf32>
      %last = arith.subi %n, %c1 : index
      %r = scf.for %i = %c0 to %c3 step %c1 iter_args(%t = %f) -> (tensor<?x4xf32>) {
        %q = scf.for %j = %c0 to %i step %c1 iter_args(%w = %t) -> (tensor<?x4xf32>) {
          %v = tensor.expand_shape %x [[0, 1]] output_shape [%n, 1] : tensor<?xf32> into tensor<?x1xf32>
          %u = tensor.insert_slice %v into %w[%last, %i] [%n, 1] [-1, 1] : tensor<?x1xf32> into tensor<?x4xf32>
          scf.yield %u : tensor<?x4xf32>
        }
        scf.yield %q : tensor<?x4xf32>
      }
      return %r : tensor<?x4xf32>
      """
    let (outputs, reuses) = try Self.run(body, [1, 2], results: "tensor<?x4xf32>")
    #expect(outputs == [[0, 2, 2, 0, 0, 1, 1, 0]] && reuses >= 1)
  }

  /// A loop that tests first, and one that goes from block to block.
  @Test func otherLoops() throws {
    let structured = """
      %r:2 = scf.while (%t = %x, %i = %c0) : (tensor<?xf32>, index) -> (tensor<?xf32>, index) {
        %c = arith.cmpi slt, %i, %n : index
        scf.condition(%c) %t, %i : tensor<?xf32>, index
      } do {
      ^bb0(%t: tensor<?xf32>, %i: index):
        %e = tensor.extract %t[%c0] : tensor<?xf32>
        %u = tensor.insert %e into %t[%i] : tensor<?xf32>
        %j = arith.addi %i, %c1 : index
        scf.yield %u, %j : tensor<?xf32>, index
      }
      return %r#0 : tensor<?xf32>
      """
    let blocks = """
        cf.br ^head(%c0, %x : index, tensor<?xf32>)
      ^head(%i: index, %t: tensor<?xf32>):
        %c = arith.cmpi slt, %i, %n : index
        cf.cond_br %c, ^body, ^end
      ^body:
        %e = tensor.extract %t[%c0] : tensor<?xf32>
        %u = tensor.insert %e into %t[%i] : tensor<?xf32>
        %j = arith.addi %i, %c1 : index
        cf.br ^head(%j, %u : index, tensor<?xf32>)
      ^end:
        return %t : tensor<?xf32>
      """
    for body in [structured, blocks] {
      let (outputs, reuses) = try Self.run(body, [7, 2, 3])
      #expect(outputs == [[7, 7, 7]] && reuses >= 1)
    }
  }

  /// As many turns over a thousand times as many elements take no more than sixteen times as long: a copy of all for each took two hundred times.
  @Test func growth() throws {
    let body = Self.sums.replacingOccurrences(of: "%c1 to %n step", with: "%c1 to %turns step")
    let session = try Self.session("%turns = arith.constant 400 : index\n\(body)").session
    func seconds(_ count: Int) throws -> Double {
      let input = try Tensor(shape: [count], [Float](repeating: 1, count: count))
      return try (0..<3).map { _ in
        var start = timespec(), end = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start)
        _ = try session.call("main", [input])
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end)
        return Double(end.tv_sec - start.tv_sec) + Double(end.tv_nsec - start.tv_nsec) / 1e9
      }.min()!
    }
    let few = try seconds(1 << 10), many = try seconds(1 << 20)
    #expect(many < 16 * few, "\(few) s, then \(many) s")
  }
}
