// A contraction reads a transposed left-hand side where it lies: the transposition becomes a map.
#id = affine_map<(i, j) -> (i, j)>
#swapped = affine_map<(i, j) -> (j, i)>
#lhs = affine_map<(m, n, k) -> (m, k)>
#rhs = affine_map<(m, n, k) -> (k, n)>
#out = affine_map<(m, n, k) -> (m, n)>
func.func @transposed(%x: tensor<64x48xf32>, %y: tensor<64x96xf32>, %init: tensor<48x96xf32>) -> tensor<48x96xf32> {
  %empty = tensor.empty() : tensor<48x64xf32>
  %t = linalg.generic {indexing_maps = [#swapped, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<64x48xf32>) outs(%empty : tensor<48x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } -> tensor<48x64xf32>
  %p = linalg.generic {indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%t, %y : tensor<48x64xf32>, tensor<64x96xf32>) outs(%init : tensor<48x96xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %m = arith.mulf %a, %b : f32
    %s = arith.addf %c, %m : f32
    linalg.yield %s : f32
  } -> tensor<48x96xf32>
  return %p : tensor<48x96xf32>
}

// EXPECT
// #map = affine_map<(d0, d1, d2) -> (d2, d0)>
// #map1 = affine_map<(d0, d1, d2) -> (d2, d1)>
// #map2 = affine_map<(d0, d1, d2) -> (d0, d1)>
// module {
//   func.func @transposed(%arg0: tensor<64x48xf32>, %arg1: tensor<64x96xf32>, %arg2: tensor<48x96xf32>) -> tensor<48x96xf32> {
//     %0 = "encoding.set"(%arg0) : (tensor<64x48xf32>) -> tensor<64x48xf32, {elements = [f32, f32, f32], loops = ["column:48", "row:96", "reduction:64"], operand = 0 : i64, own = array<i64: 2, 0>, result = array<i64: 0, 1>}>
//     %1 = "encoding.set"(%arg1) : (tensor<64x96xf32>) -> tensor<64x96xf32, {elements = [f32, f32, f32], loops = ["row:48", "column:96", "reduction:64"], operand = 1 : i64, own = array<i64: 2, 1>, result = array<i64: 0, 1>}>
//     %2 = "encoding.set"(%arg2) : (tensor<48x96xf32>) -> tensor<48x96xf32, {elements = [f32, f32, f32], loops = ["row:48", "column:96", "reduction:64"], operand = 2 : i64, own = array<i64: 0, 1>, result = array<i64: 0, 1>}>
//     %3 = linalg.generic {indexing_maps = [#map, #map1, #map2], iterator_types = ["parallel", "parallel", "reduction"]} ins(%0, %1 : tensor<64x48xf32, {elements = [f32, f32, f32], loops = ["column:48", "row:96", "reduction:64"], operand = 0 : i64, own = array<i64: 2, 0>, result = array<i64: 0, 1>}>, tensor<64x96xf32, {elements = [f32, f32, f32], loops = ["row:48", "column:96", "reduction:64"], operand = 1 : i64, own = array<i64: 2, 1>, result = array<i64: 0, 1>}>) outs(%2 : tensor<48x96xf32, {elements = [f32, f32, f32], loops = ["row:48", "column:96", "reduction:64"], operand = 2 : i64, own = array<i64: 0, 1>, result = array<i64: 0, 1>}>) {
//     ^bb0(%in: f32, %in_0: f32, %out: f32):
//       %5 = arith.mulf %in, %in_0 : f32
//       %6 = arith.addf %out, %5 : f32
//       linalg.yield %6 : f32
//     } -> tensor<48x96xf32, {elements = [f32, f32, f32], loops = ["row:48", "column:96", "reduction:64"], operand = 2 : i64, own = array<i64: 0, 1>, result = array<i64: 0, 1>}>
//     %4 = "encoding.unset"(%3) : (tensor<48x96xf32, {elements = [f32, f32, f32], loops = ["row:48", "column:96", "reduction:64"], operand = 2 : i64, own = array<i64: 0, 1>, result = array<i64: 0, 1>}>) -> tensor<48x96xf32>
//     return %4 : tensor<48x96xf32>
//   }
// }
//
