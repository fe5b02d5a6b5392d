// The size of a computed tensor is traced back to arguments, so that the host can plan before anything is computed.
func.func @sizes(%x: tensor<?x8xf32>) -> (tensor<?x8xf32>, index) {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x8xf32>
  %empty = tensor.empty(%n) : tensor<?x8xf32>
  %e = linalg.exp ins(%x : tensor<?x8xf32>) outs(%empty : tensor<?x8xf32>) -> tensor<?x8xf32>
  %m = tensor.dim %e, %c0 : tensor<?x8xf32>
  return %e, %m : tensor<?x8xf32>, index
}

// EXPECT
// #map = affine_map<(d0, d1) -> (d0, d1)>
// module {
//   func.func @sizes(%arg0: tensor<?x8xf32>) -> (tensor<?x8xf32>, index) {
//     %c0 = arith.constant 0 : index
//     %dim = tensor.dim %arg0, %c0 : tensor<?x8xf32>
//     %0 = tensor.empty(%dim) : tensor<?x8xf32>
//     %1 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel"]} ins(%arg0 : tensor<?x8xf32>) outs(%0 : tensor<?x8xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       %2 = math.exp %in : f32
//       linalg.yield %2 : f32
//     } -> tensor<?x8xf32>
//     return %1, %dim : tensor<?x8xf32>, index
//   }
// }
//
