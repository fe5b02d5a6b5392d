// Private functions are inlined into the public ones: fusion sees the whole program.
func.func private @twice(%x: tensor<8xf32>) -> tensor<8xf32> {
  %empty = tensor.empty() : tensor<8xf32>
  %y = linalg.add ins(%x, %x : tensor<8xf32>, tensor<8xf32>) outs(%empty : tensor<8xf32>) -> tensor<8xf32>
  return %y : tensor<8xf32>
}
func.func @main(%x: tensor<8xf32>) -> tensor<8xf32> {
  %y = func.call @twice(%x) : (tensor<8xf32>) -> tensor<8xf32>
  return %y : tensor<8xf32>
}

// EXPECT
// #map = affine_map<(d0) -> (d0)>
// module {
//   func.func @main(%arg0: tensor<8xf32>) -> tensor<8xf32> {
//     %0 = tensor.empty() : tensor<8xf32>
//     %1 = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel"]} ins(%arg0, %arg0 : tensor<8xf32>, tensor<8xf32>) outs(%0 : tensor<8xf32>) {
//     ^bb0(%in: f32, %in_0: f32, %out: f32):
//       %2 = arith.addf %in, %in_0 : f32
//       linalg.yield %2 : f32
//     } -> tensor<8xf32>
//     return %1 : tensor<8xf32>
//   }
// }
//
