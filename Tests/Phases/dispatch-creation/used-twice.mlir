// A result that others need too is written once and stays fused: the dispatch has two results.
#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
#column = affine_map<(i, j) -> (j)>
#lhs = affine_map<(m, n, k) -> (m, k)>
#rhs = affine_map<(m, n, k) -> (k, n)>
#out = affine_map<(m, n, k) -> (m, n)>
func.func @both(%x: tensor<64x32xf32>, %w: tensor<32x48xf32>) -> (tensor<64x48xf32>, tensor<64x48xf32>) {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<64x48xf32>
  %init = linalg.generic {indexing_maps = [affine_map<(i, j) -> ()>, #id], iterator_types = ["parallel", "parallel"]}
      ins(%zero : f32) outs(%empty : tensor<64x48xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } -> tensor<64x48xf32>
  %p = linalg.generic {indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<64x32xf32>, tensor<32x48xf32>) outs(%init : tensor<64x48xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %m = arith.mulf %a, %b : f32
    %s = arith.addf %c, %m : f32
    linalg.yield %s : f32
  } -> tensor<64x48xf32>
  %h = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%p : tensor<64x48xf32>) outs(%empty : tensor<64x48xf32>) {
  ^bb0(%a0: f32, %o: f32):
    %v = math.tanh %a0 : f32
    linalg.yield %v : f32
  } -> tensor<64x48xf32>
  return %p, %h : tensor<64x48xf32>, tensor<64x48xf32>
}

// EXPECT
// #map = affine_map<(d0, d1) -> ()>
// #map1 = affine_map<(d0, d1) -> (d0, d1)>
// #map2 = affine_map<(d0, d1, d2) -> (d0, d2)>
// #map3 = affine_map<(d0, d1, d2) -> (d2, d1)>
// #map4 = affine_map<(d0, d1, d2) -> (d0, d1)>
// module {
//   func.func @both(%arg0: tensor<64x32xf32>, %arg1: tensor<32x48xf32>) -> (tensor<64x48xf32>, tensor<64x48xf32>) {
//     %0:2 = "flow.dispatch"(%arg0, %arg1) {executable = @dispatch_0, flow.result_dims = array<i64>} : (tensor<64x32xf32>, tensor<32x48xf32>) -> (tensor<64x48xf32>, tensor<64x48xf32>)
//     return %0#0, %0#1 : tensor<64x48xf32>, tensor<64x48xf32>
//   }
//   func.func private @dispatch_0(%arg0: tensor<64x32xf32>, %arg1: tensor<32x48xf32>) -> (tensor<64x48xf32>, tensor<64x48xf32>) attributes {flow.executable, flow.name = "contraction_64x48x32_f32", flow.operand_dims = array<i64>, flow.result_dims = array<i64>} {
//     %cst = arith.constant 0.000000e+00 : f32
//     %0 = tensor.empty() : tensor<64x48xf32>
//     %1 = linalg.generic {indexing_maps = [#map, #map1], iterator_types = ["parallel", "parallel"]} ins(%cst : f32) outs(%0 : tensor<64x48xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<64x48xf32>
//     %2 = linalg.generic {indexing_maps = [#map2, #map3, #map4], iterator_types = ["parallel", "parallel", "reduction"]} ins(%arg0, %arg1 : tensor<64x32xf32>, tensor<32x48xf32>) outs(%1 : tensor<64x48xf32>) {
//     ^bb0(%in: f32, %in_0: f32, %out: f32):
//       %4 = arith.mulf %in, %in_0 : f32
//       %5 = arith.addf %out, %4 : f32
//       linalg.yield %5 : f32
//     } -> tensor<64x48xf32>
//     %3 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel"]} ins(%2 : tensor<64x48xf32>) outs(%0 : tensor<64x48xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       %4 = math.tanh %in : f32
//       linalg.yield %4 : f32
//     } -> tensor<64x48xf32>
//     return %2, %3 : tensor<64x48xf32>, tensor<64x48xf32>
//   }
// }
//
