// A tensor that is only read padded is written into the padded one where it is computed. A padding of the padding with the same element joins it.
// FROM: input
#id = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
func.func @padded(%x: tensor<14x14x64xf32>) -> tensor<17x17x64xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<14x14x64xf32>
  %y = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x : tensor<14x14x64xf32>) outs(%e : tensor<14x14x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = arith.maximumf %a, %zero : f32
    linalg.yield %v : f32
  } -> tensor<14x14x64xf32>
  %p = tensor.pad %y low[1, 1, 0] high[1, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index):
    tensor.yield %zero : f32
  } : tensor<14x14x64xf32> to tensor<16x16x64xf32>
  %q = tensor.pad %p low[0, 0, 0] high[1, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index):
    tensor.yield %zero : f32
  } : tensor<16x16x64xf32> to tensor<17x17x64xf32>
  return %q : tensor<17x17x64xf32>
}
// EXPECT
// #map = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// module {
//   func.func @padded(%arg0: tensor<14x14x64xf32>) -> tensor<17x17x64xf32> {
//     %0 = "flow.dispatch"(%arg0) {executable = @dispatch_0} : (tensor<14x14x64xf32>) -> tensor<17x17x64xf32>
//     return %0 : tensor<17x17x64xf32>
//   }
//   func.func private @dispatch_0(%arg0: tensor<14x14x64xf32>) -> tensor<17x17x64xf32> attributes {flow.executable, flow.name = "elementwise_14x14x64_f32", flow.operand_dims = array<i64>, flow.result_dims = array<i64>} {
//     %cst = arith.constant 0.000000e+00 : f32
//     %0 = tensor.empty() : tensor<14x14x64xf32>
//     %1 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%arg0 : tensor<14x14x64xf32>) outs(%0 : tensor<14x14x64xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       %2 = arith.maximumf %in, %cst : f32
//       linalg.yield %2 : f32
//     } -> tensor<14x14x64xf32>
//     %padded = tensor.pad %1 low[1, 1, 0] high[2, 2, 0] {
//     ^bb0(%arg1: index, %arg2: index, %arg3: index):
//       tensor.yield %cst : f32
//     } : tensor<14x14x64xf32> to tensor<17x17x64xf32>
//     return %padded : tensor<17x17x64xf32>
//   }
// }
//
