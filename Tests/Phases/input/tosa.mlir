// TOSA goes through the upstream lowerings to linalg when it is read.
func.func @clamped(%x: tensor<2x3xf32>, %y: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %sum = tosa.add %x, %y : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %r = tosa.clamp %sum {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// EXPECT
// #map = affine_map<(d0, d1) -> (d0, d1)>
// module {
//   func.func @clamped(%arg0: tensor<2x3xf32>, %arg1: tensor<2x3xf32>) -> tensor<2x3xf32> {
//     %cst = arith.constant 6.000000e+00 : f32
//     %cst_0 = arith.constant 0.000000e+00 : f32
//     %0 = tensor.empty() : tensor<2x3xf32>
//     %1 = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel", "parallel"]} ins(%arg0, %arg1 : tensor<2x3xf32>, tensor<2x3xf32>) outs(%0 : tensor<2x3xf32>) {
//     ^bb0(%in: f32, %in_1: f32, %out: f32):
//       %3 = arith.addf %in, %in_1 : f32
//       linalg.yield %3 : f32
//     } -> tensor<2x3xf32>
//     %2 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel"]} ins(%1 : tensor<2x3xf32>) outs(%0 : tensor<2x3xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       %3 = arith.minimumf %in, %cst : f32
//       %4 = arith.maximumf %3, %cst_0 : f32
//       linalg.yield %4 : f32
//     } -> tensor<2x3xf32>
//     return %2 : tensor<2x3xf32>
//   }
// }
//
