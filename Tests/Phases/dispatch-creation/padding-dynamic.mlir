// Sizes that are not known: the padded ones must be those of the tensor and the border.
// FROM: input
#id = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
func.func @padded(%x: tensor<?x?x64xf32>) -> tensor<?x?x64xf32> {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = tensor.dim %x, %c0 : tensor<?x?x64xf32>
  %m = tensor.dim %x, %c1 : tensor<?x?x64xf32>
  %e = tensor.empty(%n, %m) : tensor<?x?x64xf32>
  %y = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x : tensor<?x?x64xf32>) outs(%e : tensor<?x?x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = arith.maximumf %a, %zero : f32
    linalg.yield %v : f32
  } -> tensor<?x?x64xf32>
  %p = tensor.pad %y low[1, 2, 0] high[1, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index):
    tensor.yield %zero : f32
  } : tensor<?x?x64xf32> to tensor<?x?x64xf32>
  return %p : tensor<?x?x64xf32>
}
// EXPECT
// #map = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// module {
//   func.func @padded(%arg0: tensor<?x?x64xf32>) -> tensor<?x?x64xf32> {
//     %c2 = arith.constant 2 : index
//     %c3 = arith.constant 3 : index
//     %c1 = arith.constant 1 : index
//     %c0 = arith.constant 0 : index
//     %dim = tensor.dim %arg0, %c0 : tensor<?x?x64xf32>
//     %dim_0 = tensor.dim %arg0, %c1 : tensor<?x?x64xf32>
//     %0 = arith.addi %dim, %c2 : index
//     %1 = arith.addi %dim_0, %c3 : index
//     %2 = "flow.dispatch"(%dim, %dim_0, %0, %1, %arg0) {executable = @dispatch_0, flow.result_dims = array<i64: 2, 3>} : (index, index, index, index, tensor<?x?x64xf32>) -> tensor<?x?x64xf32>
//     return %2 : tensor<?x?x64xf32>
//   }
//   func.func private @dispatch_0(%arg0: index, %arg1: index, %arg2: index, %arg3: index, %arg4: tensor<?x?x64xf32>) -> tensor<?x?x64xf32> attributes {flow.executable, flow.name = "elementwise_nxnx64_f32", flow.operand_dims = array<i64: 0, 1>, flow.result_dims = array<i64: 2, 3>} {
//     %cst = arith.constant 0.000000e+00 : f32
//     %0 = tensor.empty(%arg0, %arg1) : tensor<?x?x64xf32>
//     %1 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%arg4 : tensor<?x?x64xf32>) outs(%0 : tensor<?x?x64xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       %2 = arith.maximumf %in, %cst : f32
//       linalg.yield %2 : f32
//     } -> tensor<?x?x64xf32>
//     %padded = tensor.pad %1 low[1, 2, 0] high[1, 1, 0] {
//     ^bb0(%arg5: index, %arg6: index, %arg7: index):
//       tensor.yield %cst : f32
//     } : tensor<?x?x64xf32> to tensor<?x?x64xf32>
//     return %padded : tensor<?x?x64xf32>
//   }
// }
//
