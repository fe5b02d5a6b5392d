// A tensor that is read padded and as it is: its dispatch writes both. A border that is much larger than the tensor is left to a dispatch of its own.
// FROM: input
#id = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
func.func @padded(%x: tensor<14x14x64xf32>) -> (tensor<16x16x64xf32>, tensor<14x14x64xf32>, tensor<114x14x64xf32>) {
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
  %q = tensor.pad %y low[50, 0, 0] high[50, 0, 0] {
  ^bb0(%i: index, %j: index, %k: index):
    tensor.yield %zero : f32
  } : tensor<14x14x64xf32> to tensor<114x14x64xf32>
  return %p, %y, %q : tensor<16x16x64xf32>, tensor<14x14x64xf32>, tensor<114x14x64xf32>
}
// EXPECT
// #map = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// module {
//   func.func @padded(%arg0: tensor<14x14x64xf32>) -> (tensor<16x16x64xf32>, tensor<14x14x64xf32>, tensor<114x14x64xf32>) {
//     %0:2 = "flow.dispatch"(%arg0) {executable = @dispatch_0} : (tensor<14x14x64xf32>) -> (tensor<14x14x64xf32>, tensor<16x16x64xf32>)
//     %1 = "flow.dispatch"(%0#0) {executable = @dispatch_1} : (tensor<14x14x64xf32>) -> tensor<114x14x64xf32>
//     return %0#1, %0#0, %1 : tensor<16x16x64xf32>, tensor<14x14x64xf32>, tensor<114x14x64xf32>
//   }
//   func.func private @dispatch_0(%arg0: tensor<14x14x64xf32>) -> (tensor<14x14x64xf32>, tensor<16x16x64xf32>) attributes {flow.executable, flow.name = "elementwise_14x14x64_f32", flow.operand_dims = array<i64>, flow.result_dims = array<i64>} {
//     %cst = arith.constant 0.000000e+00 : f32
//     %0 = tensor.empty() : tensor<14x14x64xf32>
//     %1 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%arg0 : tensor<14x14x64xf32>) outs(%0 : tensor<14x14x64xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       %2 = arith.maximumf %in, %cst : f32
//       linalg.yield %2 : f32
//     } -> tensor<14x14x64xf32>
//     %padded = tensor.pad %1 low[1, 1, 0] high[1, 1, 0] {
//     ^bb0(%arg1: index, %arg2: index, %arg3: index):
//       tensor.yield %cst : f32
//     } : tensor<14x14x64xf32> to tensor<16x16x64xf32>
//     return %1, %padded : tensor<14x14x64xf32>, tensor<16x16x64xf32>
//   }
//   func.func private @dispatch_1(%arg0: tensor<14x14x64xf32>) -> tensor<114x14x64xf32> attributes {flow.executable, flow.name = "gather_114x14x64_f32", flow.operand_dims = array<i64>, flow.result_dims = array<i64>} {
//     %cst = arith.constant 0.000000e+00 : f32
//     %c14 = arith.constant 14 : index
//     %c0 = arith.constant 0 : index
//     %c50 = arith.constant 50 : index
//     %0 = tensor.empty() : tensor<114x14x64xf32>
//     %1 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel", "parallel"]} outs(%0 : tensor<114x14x64xf32>) {
//     ^bb0(%out: f32):
//       %2 = linalg.index 0 : index
//       %3 = linalg.index 1 : index
//       %4 = linalg.index 2 : index
//       %5 = arith.subi %2, %c50 : index
//       %6 = arith.cmpi sge, %5, %c0 : index
//       %7 = arith.cmpi slt, %5, %c14 : index
//       %8 = arith.andi %6, %7 : i1
//       %9 = scf.if %8 -> (f32) {
//         %extracted = tensor.extract %arg0[%5, %3, %4] : tensor<14x14x64xf32>
//         scf.yield %extracted : f32
//       } else {
//         scf.yield %cst : f32
//       }
//       linalg.yield %9 : f32
//     } -> tensor<114x14x64xf32>
//     return %1 : tensor<114x14x64xf32>
//   }
// }
//
