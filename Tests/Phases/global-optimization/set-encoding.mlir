// An operand of a contraction gets an encoding, which says what it is for and nothing of any processor: the target is not known yet.
#lhs = affine_map<(m, n, k) -> (m, k)>
#rhs = affine_map<(m, n, k) -> (k, n)>
#out = affine_map<(m, n, k) -> (m, n)>
ml_program.global private @weight(#ml_program.extern : tensor<128x64xf32>) : tensor<128x64xf32>
func.func @dense(%x: tensor<?x128xf32>, %init: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %w = ml_program.global_load_const @weight : tensor<128x64xf32>
  %y = linalg.generic {indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<?x128xf32>, tensor<128x64xf32>) outs(%init : tensor<?x64xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %m = arith.mulf %a, %b : f32
    %s = arith.addf %c, %m : f32
    linalg.yield %s : f32
  } -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// EXPECT
// #extern = #ml_program.extern : tensor<128x64xf32>
// #map = affine_map<(d0, d1, d2) -> (d0, d2)>
// #map1 = affine_map<(d0, d1, d2) -> (d2, d1)>
// #map2 = affine_map<(d0, d1, d2) -> (d0, d1)>
// module {
//   ml_program.global private @weight(#extern) : tensor<128x64xf32>
//   func.func @dense(%arg0: tensor<?x128xf32>, %arg1: tensor<?x64xf32>) -> tensor<?x64xf32> {
//     %weight = ml_program.global_load_const @weight : tensor<128x64xf32>
//     %0 = "encoding.set"(%arg0) : (tensor<?x128xf32>) -> tensor<?x128xf32, {elements = [f32, f32, f32], loops = ["column:?", "row:64", "reduction:128"], operand = 0 : i64, own = array<i64: 0, 2>, result = array<i64: 0, 1>}>
//     %1 = "encoding.set"(%weight) : (tensor<128x64xf32>) -> tensor<128x64xf32, {constant, elements = [f32, f32, f32], loops = ["row:?", "column:64", "reduction:128"], operand = 1 : i64, own = array<i64: 2, 1>, result = array<i64: 0, 1>}>
//     %2 = "encoding.set"(%arg1) : (tensor<?x64xf32>) -> tensor<?x64xf32, {elements = [f32, f32, f32], loops = ["row:?", "column:64", "reduction:128"], operand = 2 : i64, own = array<i64: 0, 1>, result = array<i64: 0, 1>}>
//     %3 = linalg.generic {indexing_maps = [#map, #map1, #map2], iterator_types = ["parallel", "parallel", "reduction"]} ins(%0, %1 : tensor<?x128xf32, {elements = [f32, f32, f32], loops = ["column:?", "row:64", "reduction:128"], operand = 0 : i64, own = array<i64: 0, 2>, result = array<i64: 0, 1>}>, tensor<128x64xf32, {constant, elements = [f32, f32, f32], loops = ["row:?", "column:64", "reduction:128"], operand = 1 : i64, own = array<i64: 2, 1>, result = array<i64: 0, 1>}>) outs(%2 : tensor<?x64xf32, {elements = [f32, f32, f32], loops = ["row:?", "column:64", "reduction:128"], operand = 2 : i64, own = array<i64: 0, 1>, result = array<i64: 0, 1>}>) {
//     ^bb0(%in: f32, %in_0: f32, %out: f32):
//       %5 = arith.mulf %in, %in_0 : f32
//       %6 = arith.addf %out, %5 : f32
//       linalg.yield %6 : f32
//     } -> tensor<?x64xf32, {elements = [f32, f32, f32], loops = ["row:?", "column:64", "reduction:128"], operand = 2 : i64, own = array<i64: 0, 1>, result = array<i64: 0, 1>}>
//     %4 = "encoding.unset"(%3) : (tensor<?x64xf32, {elements = [f32, f32, f32], loops = ["row:?", "column:64", "reduction:128"], operand = 2 : i64, own = array<i64: 0, 1>, result = array<i64: 0, 1>}>) -> tensor<?x64xf32>
//     return %4 : tensor<?x64xf32>
//   }
// }
//
