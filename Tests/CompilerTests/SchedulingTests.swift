import Constants
import Diagnostics
import ModuleFormat
import Testing

@testable import Compiler

@Suite struct SchedulingTests {
  @Test func smoke() throws {
    let (module, description) = try scheduled(
      """
      func.func public @main(%x: tensor<?x4xf32> {tessera.name = "x", tessera.shape = ["n", "4"]}) -> tensor<?x4xf32> {
        %c0 = arith.constant 0 : index
        %n = tensor.dim %x, %c0 : tensor<?x4xf32>
        %a = "flow.dispatch"(%n, %x) {executable = @relu, flow.result_dims = array<i64: 0>} : (index, tensor<?x4xf32>) -> tensor<?x4xf32>
        %b = "flow.dispatch"(%n, %x) {executable = @exp, flow.result_dims = array<i64: 0>} : (index, tensor<?x4xf32>) -> tensor<?x4xf32>
        %c = "flow.dispatch"(%n, %a, %b) {executable = @add, flow.result_dims = array<i64: 0>} : (index, tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x4xf32>
        return %c : tensor<?x4xf32>
      }
      """)
    print(description.disassembly, module.statistics)
    let (_, second) = try scheduled(
      """
      func.func public @main(%x: tensor<4xf32>, %k: tensor<i32>) -> (tensor<4xf32>, tensor<4xf32>) {
        %c0 = arith.constant 0 : index
        %c1 = arith.constant 1 : index
        %n = tensor.extract %k[] : tensor<i32>
        %m = arith.index_cast %n : i32 to index
        %r:2 = scf.for %i = %c0 to %m step %c1 iter_args(%p = %x, %q = %x) -> (tensor<4xf32>, tensor<4xf32>) {
          %t = "flow.dispatch"(%i, %p) {executable = @step} : (index, tensor<4xf32>) -> tensor<4xf32>
          %u = "flow.dispatch"(%t) {executable = @next} : (tensor<4xf32>) -> tensor<4xf32>
          scf.yield %q, %u : tensor<4xf32>, tensor<4xf32>
        }
        return %r#0, %r#1 : tensor<4xf32>, tensor<4xf32>
      }
      """)
    print(second.disassembly)
  }
}
