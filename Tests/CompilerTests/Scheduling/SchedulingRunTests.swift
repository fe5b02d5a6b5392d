import TesseraCompiler
import TesseraConstants
import TesseraDeviceCPU
import TesseraMLIR
import TesseraModuleFormat
import TesseraRuntime
import TesseraTargetCPU
import Testing

/// The way from kernels in the LLVM dialect and host IR to numbers: objects, linking, schedule, module file, runtime.
@Suite struct SchedulingRunTests {
  /// A kernel over four floats: `body` computes `%r` from `%x` (and `%y`, the second operand, if there is one).
  static func kernel(_ name: String, operands: Int, _ body: String) -> String {
    let result = operands
    var text = "llvm.func @\(name)(%bindings: !llvm.ptr, %constants: !llvm.ptr, %workgroup: !llvm.ptr, %scratch: !llvm.ptr) -> i32 {\n"
    for (i, value) in ["x", "y"].prefix(operands).enumerated() {
      text += "%p\(i) = llvm.getelementptr %bindings[\(i)] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr\n"
      text += "%b\(i) = llvm.load %p\(i) : !llvm.ptr -> !llvm.ptr\n%\(value) = llvm.load %b\(i) : !llvm.ptr -> vector<4xf32>\n"
    }
    text += "\(body)\n%q = llvm.getelementptr %bindings[\(result)] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr\n"
    text += "%o = llvm.load %q : !llvm.ptr -> !llvm.ptr\nllvm.store %r, %o : vector<4xf32>, !llvm.ptr\n"
    return text + "%z = llvm.mlir.constant(0 : i32) : i32\nllvm.return %z : i32\n}\n"
  }

  @Test func loopOfDispatches() throws {
    let target = CPUTarget.thisMachine
    let kernels = [
      Self.kernel("add", operands: 2, "%r = llvm.fadd %x, %y : vector<4xf32>"),
      Self.kernel("twice", operands: 1, "%r = llvm.fadd %x, %x : vector<4xf32>"),
    ]
    var objects: [[UInt8]] = []
    for text in kernels { objects.append(try emitObject(module: try TesseraMLIR.Module(parsing: text, Context()), target: target).object) }
    let image = try linkSharedObject(objects, exporting: ["add", "twice"], target: target)

    let store = ConstantStore()
    store.set("w", .owned([Float(1), 2, 3, 4].withUnsafeBytes { Array($0) }))
    // x = 2 x + w, n times.
    let (scheduled, description) = try scheduled(
      """
      ml_program.global private @w(#ml_program.extern : tensor<4xf32>) : tensor<4xf32>
      func.func public @main(%x: tensor<4xf32>, %n: tensor<i64>) -> (tensor<4xf32>, tensor<4xf32>) {
        %c0 = arith.constant 0 : index
        %c1 = arith.constant 1 : index
        %w = ml_program.global_load_const @w : tensor<4xf32>
        %k = tensor.extract %n[] : tensor<i64>
        %m = arith.index_cast %k : i64 to index
        %y = scf.for %i = %c0 to %m step %c1 iter_args(%p = %x) -> (tensor<4xf32>) {
          %t = "flow.dispatch"(%p) {executable = @twice} : (tensor<4xf32>) -> tensor<4xf32>
          %u = "flow.dispatch"(%t, %w) {executable = @add} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
          scf.yield %u : tensor<4xf32>
        }
        return %y, %w : tensor<4xf32>, tensor<4xf32>
      }
      """, constants: store, inPlace: ["add", "twice"])
    #expect(scheduled.counts.inPlaceReuses == 1)
    var complete = description
    complete.executables[0].variants = [
      ExecutableVariant(
        target: target.architecture.rawValue, cpu: target.cpu, requiredFeatures: target.requiredFeatures, image: image)
    ]
    let bytes = try ModuleWriter(complete).bytes(constants: scheduled.constants.map { try $0.withBytes { Array($0) } })
    let session = try Session(try TesseraRuntime.Module(bytes: bytes), device: CPUDevice(threads: 2))
    for turns in [0, 1, 5, 200] {
      let results = try session.call("main", [try Tensor(shape: [4], [Float](repeating: 1, count: 4)), try Tensor(Int64(turns))])
      var expected = [Float](repeating: 1, count: 4)
      for _ in 0..<turns { for i in 0..<4 { expected[i] = 2 * expected[i] + Float(i + 1) } }
      #expect(try results[0].array(of: Float.self) == expected)
      #expect(try results[1].array(of: Float.self) == [1, 2, 3, 4])
    }
  }
}
