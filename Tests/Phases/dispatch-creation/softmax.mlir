// The passes of a softmax share the row: one dispatch, whose rows stay in the cache.
#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
func.func @softmax(%x: tensor<64x48xf32>) -> tensor<64x48xf32> {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %empty = tensor.empty() : tensor<64x48xf32>
  %erow = tensor.empty() : tensor<64xf32>
  %none = linalg.generic {indexing_maps = [affine_map<(i) -> ()>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%low : f32) outs(%erow : tensor<64xf32>) {
  ^bb0(%a0: f32, %o: f32):
    linalg.yield %a0 : f32
  } -> tensor<64xf32>
  %max = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<64x48xf32>) outs(%none : tensor<64xf32>) {
  ^bb0(%a0: f32, %o: f32):
    %v = arith.maximumf %o, %a0 : f32
    linalg.yield %v : f32
  } -> tensor<64xf32>
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %max : tensor<64x48xf32>, tensor<64xf32>) outs(%empty : tensor<64x48xf32>) {
  ^bb0(%a0: f32, %a1: f32, %o: f32):
    %d = arith.subf %a0, %a1 : f32
    %v = math.exp %d : f32
    linalg.yield %v : f32
  } -> tensor<64x48xf32>
  %nil = linalg.generic {indexing_maps = [affine_map<(i) -> ()>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%zero : f32) outs(%erow : tensor<64xf32>) {
  ^bb0(%a0: f32, %o: f32):
    linalg.yield %a0 : f32
  } -> tensor<64xf32>
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%e : tensor<64x48xf32>) outs(%nil : tensor<64xf32>) {
  ^bb0(%a0: f32, %o: f32):
    %v = arith.addf %o, %a0 : f32
    linalg.yield %v : f32
  } -> tensor<64xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%e, %sum : tensor<64x48xf32>, tensor<64xf32>) outs(%empty : tensor<64x48xf32>) {
  ^bb0(%a0: f32, %a1: f32, %o: f32):
    %v = arith.divf %a0, %a1 : f32
    linalg.yield %v : f32
  } -> tensor<64x48xf32>
  return %y : tensor<64x48xf32>
}

// EXPECT
// #map = affine_map<(d0) -> ()>
// #map1 = affine_map<(d0) -> (d0)>
// #map2 = affine_map<(d0, d1) -> (d0, d1)>
// #map3 = affine_map<(d0, d1) -> (d0)>
// module {
//   func.func @softmax(%arg0: tensor<64x48xf32>) -> tensor<64x48xf32> {
//     %0 = "flow.dispatch"(%arg0) {executable = @dispatch_0, flow.result_dims = array<i64>} : (tensor<64x48xf32>) -> tensor<64x48xf32>
//     return %0 : tensor<64x48xf32>
//   }
//   func.func private @dispatch_0(%arg0: tensor<64x48xf32>) -> tensor<64x48xf32> attributes {flow.executable, flow.name = "normalization_64x48_f32", flow.operand_dims = array<i64>, flow.result_dims = array<i64>} {
//     %cst = arith.constant 0.000000e+00 : f32
//     %cst_0 = arith.constant 0xFF800000 : f32
//     %0 = tensor.empty() : tensor<64xf32>
//     %1 = tensor.empty() : tensor<64x48xf32>
//     %2 = linalg.generic {indexing_maps = [#map, #map1], iterator_types = ["parallel"]} ins(%cst_0 : f32) outs(%0 : tensor<64xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<64xf32>
//     %3 = linalg.generic {indexing_maps = [#map, #map1], iterator_types = ["parallel"]} ins(%cst : f32) outs(%0 : tensor<64xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<64xf32>
//     %4 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%arg0 : tensor<64x48xf32>) outs(%2 : tensor<64xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       %8 = arith.maximumf %out, %in : f32
//       linalg.yield %8 : f32
//     } -> tensor<64xf32>
//     %5 = linalg.generic {indexing_maps = [#map2, #map3, #map2], iterator_types = ["parallel", "parallel"]} ins(%arg0, %4 : tensor<64x48xf32>, tensor<64xf32>) outs(%1 : tensor<64x48xf32>) {
//     ^bb0(%in: f32, %in_1: f32, %out: f32):
//       %8 = arith.subf %in, %in_1 : f32
//       %9 = math.exp %8 : f32
//       linalg.yield %9 : f32
//     } -> tensor<64x48xf32>
//     %6 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%5 : tensor<64x48xf32>) outs(%3 : tensor<64xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       %8 = arith.addf %out, %in : f32
//       linalg.yield %8 : f32
//     } -> tensor<64xf32>
//     %7 = linalg.generic {indexing_maps = [#map2, #map3, #map2], iterator_types = ["parallel", "parallel"]} ins(%5, %6 : tensor<64x48xf32>, tensor<64xf32>) outs(%1 : tensor<64x48xf32>) {
//     ^bb0(%in: f32, %in_1: f32, %out: f32):
//       %8 = arith.divf %in, %in_1 : f32
//       linalg.yield %8 : f32
//     } -> tensor<64x48xf32>
//     return %7 : tensor<64x48xf32>
//   }
// }
//
