// A softmax becomes its four passes over the row; dispatch creation makes them one kernel again.
func.func @softmax(%x: tensor<?x384xf32>) -> tensor<?x384xf32> {
  %c0 = arith.constant 0 : index
  %rows = tensor.dim %x, %c0 : tensor<?x384xf32>
  %empty = tensor.empty(%rows) : tensor<?x384xf32>
  %y = linalg.softmax dimension(1) ins(%x : tensor<?x384xf32>) outs(%empty : tensor<?x384xf32>) -> tensor<?x384xf32>
  return %y : tensor<?x384xf32>
}

// EXPECT
// #map = affine_map<(d0) -> ()>
// #map1 = affine_map<(d0) -> (d0)>
// #map2 = affine_map<(d0, d1) -> (d0, d1)>
// #map3 = affine_map<(d0, d1) -> (d0)>
// module {
//   func.func @softmax(%arg0: tensor<?x384xf32>) -> tensor<?x384xf32> {
//     %cst = arith.constant 0xFF800000 : f32
//     %cst_0 = arith.constant 0.000000e+00 : f32
//     %c0 = arith.constant 0 : index
//     %dim = tensor.dim %arg0, %c0 : tensor<?x384xf32>
//     %0 = tensor.empty(%dim) : tensor<?x384xf32>
//     %1 = tensor.empty(%dim) : tensor<?xf32>
//     %2 = linalg.generic {indexing_maps = [#map, #map1], iterator_types = ["parallel"]} ins(%cst : f32) outs(%1 : tensor<?xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<?xf32>
//     %3 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%arg0 : tensor<?x384xf32>) outs(%2 : tensor<?xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       %8 = arith.maxnumf %out, %in : f32
//       linalg.yield %8 : f32
//     } -> tensor<?xf32>
//     %4 = linalg.generic {indexing_maps = [#map2, #map3, #map2], iterator_types = ["parallel", "parallel"]} ins(%arg0, %3 : tensor<?x384xf32>, tensor<?xf32>) outs(%0 : tensor<?x384xf32>) {
//     ^bb0(%in: f32, %in_1: f32, %out: f32):
//       %8 = arith.subf %in, %in_1 : f32
//       %9 = math.exp %8 fastmath<afn> : f32
//       linalg.yield %9 : f32
//     } -> tensor<?x384xf32>
//     %5 = linalg.generic {indexing_maps = [#map, #map1], iterator_types = ["parallel"]} ins(%cst_0 : f32) outs(%1 : tensor<?xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<?xf32>
//     %6 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%4 : tensor<?x384xf32>) outs(%5 : tensor<?xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       %8 = arith.addf %out, %in : f32
//       linalg.yield %8 : f32
//     } -> tensor<?xf32>
//     %7 = linalg.generic {indexing_maps = [#map2, #map3, #map2], iterator_types = ["parallel", "parallel"]} ins(%4, %6 : tensor<?x384xf32>, tensor<?xf32>) outs(%0 : tensor<?x384xf32>) {
//     ^bb0(%in: f32, %in_1: f32, %out: f32):
//       %8 = arith.divf %in, %in_1 : f32
//       linalg.yield %8 : f32
//     } -> tensor<?x384xf32>
//     return %7 : tensor<?x384xf32>
//   }
// }
//
