// Sizes that must agree and are not known to do so are compared at run time; the message has the place in the user's file.
func.func @add(%x: tensor<?x8xf32>, %y: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x8xf32>
  %empty = tensor.empty(%n) : tensor<?x8xf32>
  %sum = linalg.add ins(%x, %y : tensor<?x8xf32>, tensor<?x8xf32>) outs(%empty : tensor<?x8xf32>) -> tensor<?x8xf32>
  return %sum : tensor<?x8xf32>
}

// EXPECT
// #map = affine_map<(d0, d1) -> (d0, d1)>
// module {
//   func.func @add(%arg0: tensor<?x8xf32>, %arg1: tensor<?x8xf32>) -> tensor<?x8xf32> {
//     %c0 = arith.constant 0 : index
//     %dim = tensor.dim %arg0, %c0 : tensor<?x8xf32>
//     %dim_0 = tensor.dim %arg1, %c0 : tensor<?x8xf32>
//     %0 = tensor.empty(%dim) : tensor<?x8xf32>
//     %1 = arith.cmpi eq, %dim, %dim_0 : index
//     cf.assert %1, "operator 'size-checks.mlir:6:10': dimension 0 of operand 1 must be as large as dimension 0 of operand 0"
//     %2 = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel", "parallel"]} ins(%arg0, %arg1 : tensor<?x8xf32>, tensor<?x8xf32>) outs(%0 : tensor<?x8xf32>) {
//     ^bb0(%in: f32, %in_1: f32, %out: f32):
//       %3 = arith.addf %in, %in_1 : f32
//       linalg.yield %3 : f32
//     } -> tensor<?x8xf32>
//     return %2 : tensor<?x8xf32>
//   }
// }
//
