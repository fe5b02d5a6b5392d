// With three features the positions of a row stand in the lanes: a convolution in channels-first layout stays, one in channels-last layout moves.
#in = affine_map<(n, f, y, x, c, i, j) -> (n, c, y + i, x + j)>
#w = affine_map<(n, f, y, x, c, i, j) -> (f, c, i, j)>
#out = affine_map<(n, f, y, x, c, i, j) -> (n, f, y, x)>
func.func @convolution(%x: tensor<1x8x10x10xf32>, %w: tensor<3x8x3x3xf32>) -> tensor<1x3x8x8xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<1x3x8x8xf32>
  %init = linalg.generic {
    indexing_maps = [affine_map<(d0, d1, d2, d3) -> ()>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>],
    iterator_types = ["parallel", "parallel", "parallel", "parallel"]
  } ins(%zero : f32) outs(%empty : tensor<1x3x8x8xf32>) {
  ^bb0(%value: f32, %old: f32):
    linalg.yield %value : f32
  } -> tensor<1x3x8x8xf32>
  %y = linalg.generic {
      indexing_maps = [#in, #w, #out],
      iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%x, %w : tensor<1x8x10x10xf32>, tensor<3x8x3x3xf32>) outs(%init : tensor<1x3x8x8xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %m = arith.mulf %a, %b : f32
    %s = arith.addf %c, %m : f32
    linalg.yield %s : f32
  } -> tensor<1x3x8x8xf32>
  return %y : tensor<1x3x8x8xf32>
}

#in_last = affine_map<(n, y, x, f, i, j, c) -> (n, y + i, x + j, c)>
#w_last = affine_map<(n, y, x, f, i, j, c) -> (i, j, c, f)>
#out_last = affine_map<(n, y, x, f, i, j, c) -> (n, y, x, f)>
func.func @last(%x: tensor<1x50x50x4xf32>, %w: tensor<3x3x4x3xf32>, %init: tensor<1x48x48x3xf32>) -> tensor<1x48x48x3xf32> {
  %y = linalg.generic {
      indexing_maps = [#in_last, #w_last, #out_last],
      iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%x, %w : tensor<1x50x50x4xf32>, tensor<3x3x4x3xf32>) outs(%init : tensor<1x48x48x3xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %m = arith.mulf %a, %b : f32
    %s = arith.addf %c, %m : f32
    linalg.yield %s : f32
  } -> tensor<1x48x48x3xf32>
  return %y : tensor<1x48x48x3xf32>
}

// EXPECT
// #map = affine_map<(d0, d1, d2, d3) -> ()>
// #map1 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
// #map2 = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d4, d2 + d5, d3 + d6)>
// #map3 = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d1, d4, d5, d6)>
// #map4 = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2, d3)>
// #map5 = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3, d1)>
// #map6 = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d5, d6, d4, d1)>
// #map7 = affine_map<(d0, d1, d2, d3) -> (d0, d3, d1, d2)>
// module {
//   func.func @convolution(%arg0: tensor<1x8x10x10xf32>, %arg1: tensor<3x8x3x3xf32>) -> tensor<1x3x8x8xf32> {
//     %cst = arith.constant 0.000000e+00 : f32
//     %0 = tensor.empty() : tensor<1x3x8x8xf32>
//     %1 = linalg.generic {indexing_maps = [#map, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%cst : f32) outs(%0 : tensor<1x3x8x8xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<1x3x8x8xf32>
//     %2 = "encoding.set"(%arg0) : (tensor<1x8x10x10xf32>) -> tensor<1x8x10x10xf32, {elements = [f32, f32, f32], loops = ["column:1", "row:3", "column:8:window", "column:8:window", "reduction:8", "reduction:3:window", "reduction:3:window"], operand = 0 : i64, own = array<i64: 0, 4, -1, -1>, result = array<i64: 0, 1, 2, 3>}>
//     %3 = "encoding.set"(%arg1) : (tensor<3x8x3x3xf32>) -> tensor<3x8x3x3xf32, {elements = [f32, f32, f32], loops = ["row:1", "column:3", "row:8:window", "row:8:window", "reduction:8", "reduction:3:window", "reduction:3:window"], operand = 1 : i64, own = array<i64: 1, 4, 5, 6>, result = array<i64: 0, 1, 2, 3>}>
//     %4 = "encoding.set"(%1) : (tensor<1x3x8x8xf32>) -> tensor<1x3x8x8xf32, {elements = [f32, f32, f32], loops = ["row:1", "column:3", "row:8:window", "row:8:window", "reduction:8", "reduction:3:window", "reduction:3:window"], operand = 2 : i64, own = array<i64: 0, 1, 2, 3>, result = array<i64: 0, 1, 2, 3>}>
//     %5 = linalg.generic {indexing_maps = [#map2, #map3, #map4], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]} ins(%2, %3 : tensor<1x8x10x10xf32, {elements = [f32, f32, f32], loops = ["column:1", "row:3", "column:8:window", "column:8:window", "reduction:8", "reduction:3:window", "reduction:3:window"], operand = 0 : i64, own = array<i64: 0, 4, -1, -1>, result = array<i64: 0, 1, 2, 3>}>, tensor<3x8x3x3xf32, {elements = [f32, f32, f32], loops = ["row:1", "column:3", "row:8:window", "row:8:window", "reduction:8", "reduction:3:window", "reduction:3:window"], operand = 1 : i64, own = array<i64: 1, 4, 5, 6>, result = array<i64: 0, 1, 2, 3>}>) outs(%4 : tensor<1x3x8x8xf32, {elements = [f32, f32, f32], loops = ["row:1", "column:3", "row:8:window", "row:8:window", "reduction:8", "reduction:3:window", "reduction:3:window"], operand = 2 : i64, own = array<i64: 0, 1, 2, 3>, result = array<i64: 0, 1, 2, 3>}>) {
//     ^bb0(%in: f32, %in_0: f32, %out: f32):
//       %7 = arith.mulf %in, %in_0 : f32
//       %8 = arith.addf %out, %7 : f32
//       linalg.yield %8 : f32
//     } -> tensor<1x3x8x8xf32, {elements = [f32, f32, f32], loops = ["row:1", "column:3", "row:8:window", "row:8:window", "reduction:8", "reduction:3:window", "reduction:3:window"], operand = 2 : i64, own = array<i64: 0, 1, 2, 3>, result = array<i64: 0, 1, 2, 3>}>
//     %6 = "encoding.unset"(%5) : (tensor<1x3x8x8xf32, {elements = [f32, f32, f32], loops = ["row:1", "column:3", "row:8:window", "row:8:window", "reduction:8", "reduction:3:window", "reduction:3:window"], operand = 2 : i64, own = array<i64: 0, 1, 2, 3>, result = array<i64: 0, 1, 2, 3>}>) -> tensor<1x3x8x8xf32>
//     return %6 : tensor<1x3x8x8xf32>
//   }
//   func.func @last(%arg0: tensor<1x50x50x4xf32>, %arg1: tensor<3x3x4x3xf32>, %arg2: tensor<1x48x48x3xf32>) -> tensor<1x48x48x3xf32> {
//     %0 = tensor.empty() : tensor<1x4x50x50xf32>
//     %1 = linalg.generic {indexing_maps = [#map5, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg0 : tensor<1x50x50x4xf32>) outs(%0 : tensor<1x4x50x50xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<1x4x50x50xf32>
//     %2 = tensor.empty() : tensor<1x3x48x48xf32>
//     %3 = linalg.generic {indexing_maps = [#map5, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg2 : tensor<1x48x48x3xf32>) outs(%2 : tensor<1x3x48x48xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<1x3x48x48xf32>
//     %4 = "encoding.set"(%1) : (tensor<1x4x50x50xf32>) -> tensor<1x4x50x50xf32, {elements = [f32, f32, f32], loops = ["column:1", "row:3", "column:48:window", "column:48:window", "reduction:4", "reduction:3:window", "reduction:3:window"], operand = 0 : i64, own = array<i64: 0, 4, -1, -1>, result = array<i64: 0, 1, 2, 3>}>
//     %5 = "encoding.set"(%arg1) : (tensor<3x3x4x3xf32>) -> tensor<3x3x4x3xf32, {elements = [f32, f32, f32], loops = ["row:1", "column:3", "row:48:window", "row:48:window", "reduction:4", "reduction:3:window", "reduction:3:window"], operand = 1 : i64, own = array<i64: 5, 6, 4, 1>, result = array<i64: 0, 1, 2, 3>}>
//     %6 = "encoding.set"(%3) : (tensor<1x3x48x48xf32>) -> tensor<1x3x48x48xf32, {elements = [f32, f32, f32], loops = ["row:1", "column:3", "row:48:window", "row:48:window", "reduction:4", "reduction:3:window", "reduction:3:window"], operand = 2 : i64, own = array<i64: 0, 1, 2, 3>, result = array<i64: 0, 1, 2, 3>}>
//     %7 = linalg.generic {indexing_maps = [#map2, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]} ins(%4, %5 : tensor<1x4x50x50xf32, {elements = [f32, f32, f32], loops = ["column:1", "row:3", "column:48:window", "column:48:window", "reduction:4", "reduction:3:window", "reduction:3:window"], operand = 0 : i64, own = array<i64: 0, 4, -1, -1>, result = array<i64: 0, 1, 2, 3>}>, tensor<3x3x4x3xf32, {elements = [f32, f32, f32], loops = ["row:1", "column:3", "row:48:window", "row:48:window", "reduction:4", "reduction:3:window", "reduction:3:window"], operand = 1 : i64, own = array<i64: 5, 6, 4, 1>, result = array<i64: 0, 1, 2, 3>}>) outs(%6 : tensor<1x3x48x48xf32, {elements = [f32, f32, f32], loops = ["row:1", "column:3", "row:48:window", "row:48:window", "reduction:4", "reduction:3:window", "reduction:3:window"], operand = 2 : i64, own = array<i64: 0, 1, 2, 3>, result = array<i64: 0, 1, 2, 3>}>) {
//     ^bb0(%in: f32, %in_0: f32, %out: f32):
//       %11 = arith.mulf %in, %in_0 : f32
//       %12 = arith.addf %out, %11 : f32
//       linalg.yield %12 : f32
//     } -> tensor<1x3x48x48xf32, {elements = [f32, f32, f32], loops = ["row:1", "column:3", "row:48:window", "row:48:window", "reduction:4", "reduction:3:window", "reduction:3:window"], operand = 2 : i64, own = array<i64: 0, 1, 2, 3>, result = array<i64: 0, 1, 2, 3>}>
//     %8 = "encoding.unset"(%7) : (tensor<1x3x48x48xf32, {elements = [f32, f32, f32], loops = ["row:1", "column:3", "row:48:window", "row:48:window", "reduction:4", "reduction:3:window", "reduction:3:window"], operand = 2 : i64, own = array<i64: 0, 1, 2, 3>, result = array<i64: 0, 1, 2, 3>}>) -> tensor<1x3x48x48xf32>
//     %9 = tensor.empty() : tensor<1x48x48x3xf32>
//     %10 = linalg.generic {indexing_maps = [#map7, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%8 : tensor<1x3x48x48xf32>) outs(%9 : tensor<1x48x48x3xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<1x48x48x3xf32>
//     return %10 : tensor<1x48x48x3xf32>
//   }
// }
//
