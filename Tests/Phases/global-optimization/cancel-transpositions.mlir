// Two transpositions that undo each other go away, also with an elementwise operation between them.
#id = affine_map<(a, b, c) -> (a, b, c)>
#forth = affine_map<(a, b, c) -> (a, c, b)>
func.func @cancel(%x: tensor<8x32x16xf32>) -> tensor<8x32x16xf32> {
  %e1 = tensor.empty() : tensor<8x16x32xf32>
  %t = linalg.generic {indexing_maps = [#forth, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x : tensor<8x32x16xf32>) outs(%e1 : tensor<8x16x32xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } -> tensor<8x16x32xf32>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%t : tensor<8x16x32xf32>) outs(%e1 : tensor<8x16x32xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = math.tanh %a : f32
    linalg.yield %v : f32
  } -> tensor<8x16x32xf32>
  %e2 = tensor.empty() : tensor<8x32x16xf32>
  %y = linalg.generic {indexing_maps = [#forth, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%r : tensor<8x16x32xf32>) outs(%e2 : tensor<8x32x16xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } -> tensor<8x32x16xf32>
  return %y : tensor<8x32x16xf32>
}

// EXPECT
// #map = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// module {
//   func.func @cancel(%arg0: tensor<8x32x16xf32>) -> tensor<8x32x16xf32> {
//     %0 = tensor.empty() : tensor<8x32x16xf32>
//     %1 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%arg0 : tensor<8x32x16xf32>) outs(%0 : tensor<8x32x16xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       %2 = math.tanh %in : f32
//       linalg.yield %2 : f32
//     } -> tensor<8x32x16xf32>
//     return %1 : tensor<8x32x16xf32>
//   }
// }
//
