// A convolution moves to channels-last layout: its features are the innermost dimension, contiguous for vectors. The transpositions
// at the borders stay, those between two convolutions would cancel.
#in = affine_map<(n, f, y, x, c, i, j) -> (n, c, y + i, x + j)>
#w = affine_map<(n, f, y, x, c, i, j) -> (f, c, i, j)>
#out = affine_map<(n, f, y, x, c, i, j) -> (n, f, y, x)>
func.func @convolution(%x: tensor<1x8x10x10xf32>, %w: tensor<32x8x3x3xf32>) -> tensor<1x32x8x8xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<1x32x8x8xf32>
  %init = linalg.generic {
    indexing_maps = [affine_map<(d0, d1, d2, d3) -> ()>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>],
    iterator_types = ["parallel", "parallel", "parallel", "parallel"]
  } ins(%zero : f32) outs(%empty : tensor<1x32x8x8xf32>) {
  ^bb0(%value: f32, %old: f32):
    linalg.yield %value : f32
  } -> tensor<1x32x8x8xf32>
  %y = linalg.generic {
      indexing_maps = [#in, #w, #out],
      iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%x, %w : tensor<1x8x10x10xf32>, tensor<32x8x3x3xf32>) outs(%init : tensor<1x32x8x8xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %m = arith.mulf %a, %b : f32
    %s = arith.addf %c, %m : f32
    linalg.yield %s : f32
  } -> tensor<1x32x8x8xf32>
  return %y : tensor<1x32x8x8xf32>
}

// EXPECT
// #map = affine_map<(d0, d1, d2, d3) -> (d0, d3, d1, d2)>
// #map1 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
// #map2 = affine_map<(d0, d1, d2, d3) -> (d3, d2, d0, d1)>
// #map3 = affine_map<(d0, d1, d2, d3) -> ()>
// #map4 = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1 + d4, d2 + d5, d6)>
// #map5 = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d4, d5, d6, d3)>
// #map6 = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2, d3)>
// #map7 = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3, d1)>
// module {
//   func.func @convolution(%arg0: tensor<1x8x10x10xf32>, %arg1: tensor<32x8x3x3xf32>) -> tensor<1x32x8x8xf32> {
//     %cst = arith.constant 0.000000e+00 : f32
//     %0 = tensor.empty() : tensor<1x10x10x8xf32>
//     %1 = linalg.generic {indexing_maps = [#map, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg0 : tensor<1x8x10x10xf32>) outs(%0 : tensor<1x10x10x8xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<1x10x10x8xf32>
//     %2 = tensor.empty() : tensor<3x3x8x32xf32>
//     %3 = linalg.generic {indexing_maps = [#map2, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg1 : tensor<32x8x3x3xf32>) outs(%2 : tensor<3x3x8x32xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<3x3x8x32xf32>
//     %4 = tensor.empty() : tensor<1x8x8x32xf32>
//     %5 = linalg.generic {indexing_maps = [#map3, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%cst : f32) outs(%4 : tensor<1x8x8x32xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<1x8x8x32xf32>
//     %6 = "encoding.set"(%1) : (tensor<1x10x10x8xf32>) -> tensor<1x10x10x8xf32, {elements = [f32, f32, f32], loops = ["column:1", "column:8:window", "column:8:window", "row:32", "reduction:3:window", "reduction:3:window", "reduction:8"], operand = 0 : i64, own = array<i64: 0, -1, -1, 6>, result = array<i64: 0, 1, 2, 3>}>
//     %7 = "encoding.set"(%3) : (tensor<3x3x8x32xf32>) -> tensor<3x3x8x32xf32, {elements = [f32, f32, f32], loops = ["row:1", "row:8:window", "row:8:window", "column:32", "reduction:3:window", "reduction:3:window", "reduction:8"], operand = 1 : i64, own = array<i64: 4, 5, 6, 3>, result = array<i64: 0, 1, 2, 3>}>
//     %8 = "encoding.set"(%5) : (tensor<1x8x8x32xf32>) -> tensor<1x8x8x32xf32, {elements = [f32, f32, f32], loops = ["row:1", "row:8:window", "row:8:window", "column:32", "reduction:3:window", "reduction:3:window", "reduction:8"], operand = 2 : i64, own = array<i64: 0, 1, 2, 3>, result = array<i64: 0, 1, 2, 3>}>
//     %9 = linalg.generic {indexing_maps = [#map4, #map5, #map6], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]} ins(%6, %7 : tensor<1x10x10x8xf32, {elements = [f32, f32, f32], loops = ["column:1", "column:8:window", "column:8:window", "row:32", "reduction:3:window", "reduction:3:window", "reduction:8"], operand = 0 : i64, own = array<i64: 0, -1, -1, 6>, result = array<i64: 0, 1, 2, 3>}>, tensor<3x3x8x32xf32, {elements = [f32, f32, f32], loops = ["row:1", "row:8:window", "row:8:window", "column:32", "reduction:3:window", "reduction:3:window", "reduction:8"], operand = 1 : i64, own = array<i64: 4, 5, 6, 3>, result = array<i64: 0, 1, 2, 3>}>) outs(%8 : tensor<1x8x8x32xf32, {elements = [f32, f32, f32], loops = ["row:1", "row:8:window", "row:8:window", "column:32", "reduction:3:window", "reduction:3:window", "reduction:8"], operand = 2 : i64, own = array<i64: 0, 1, 2, 3>, result = array<i64: 0, 1, 2, 3>}>) {
//     ^bb0(%in: f32, %in_0: f32, %out: f32):
//       %13 = arith.mulf %in, %in_0 : f32
//       %14 = arith.addf %out, %13 : f32
//       linalg.yield %14 : f32
//     } -> tensor<1x8x8x32xf32, {elements = [f32, f32, f32], loops = ["row:1", "row:8:window", "row:8:window", "column:32", "reduction:3:window", "reduction:3:window", "reduction:8"], operand = 2 : i64, own = array<i64: 0, 1, 2, 3>, result = array<i64: 0, 1, 2, 3>}>
//     %10 = "encoding.unset"(%9) : (tensor<1x8x8x32xf32, {elements = [f32, f32, f32], loops = ["row:1", "row:8:window", "row:8:window", "column:32", "reduction:3:window", "reduction:3:window", "reduction:8"], operand = 2 : i64, own = array<i64: 0, 1, 2, 3>, result = array<i64: 0, 1, 2, 3>}>) -> tensor<1x8x8x32xf32>
//     %11 = tensor.empty() : tensor<1x32x8x8xf32>
//     %12 = linalg.generic {indexing_maps = [#map7, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%10 : tensor<1x8x8x32xf32>) outs(%11 : tensor<1x32x8x8xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<1x32x8x8xf32>
//     return %12 : tensor<1x32x8x8xf32>
//   }
// }
//
