// A concatenation becomes a generic over the result that chooses the part by comparing the index.
func.func @concat(%x: tensor<4x3xf32>, %y: tensor<4x5xf32>) -> tensor<4x8xf32> {
  %r = tensor.concat dim(1) %x, %y : (tensor<4x3xf32>, tensor<4x5xf32>) -> tensor<4x8xf32>
  return %r : tensor<4x8xf32>
}

// EXPECT
// #map = affine_map<(d0, d1) -> (d0, d1)>
// module {
//   func.func @concat(%arg0: tensor<4x3xf32>, %arg1: tensor<4x5xf32>) -> tensor<4x8xf32> {
//     %c3 = arith.constant 3 : index
//     %0 = tensor.empty() : tensor<4x8xf32>
//     %1 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel"]} outs(%0 : tensor<4x8xf32>) {
//     ^bb0(%out: f32):
//       %2 = linalg.index 0 : index
//       %3 = linalg.index 1 : index
//       %4 = arith.cmpi slt, %3, %c3 : index
//       %5 = scf.if %4 -> (f32) {
//         %extracted = tensor.extract %arg0[%2, %3] : tensor<4x3xf32>
//         scf.yield %extracted : f32
//       } else {
//         %6 = arith.subi %3, %c3 : index
//         %extracted = tensor.extract %arg1[%2, %6] : tensor<4x5xf32>
//         scf.yield %extracted : f32
//       }
//       linalg.yield %5 : f32
//     } -> tensor<4x8xf32>
//     return %1 : tensor<4x8xf32>
//   }
// }
//
