// A slice becomes a generic over the slice, whose indices are linear in the loops: the code generator sees contiguous reads.
func.func @slice(%x: tensor<?x16xf32>, %first: index, %rows: index) -> tensor<?x8xf32> {
  %r = tensor.extract_slice %x[%first, 4] [%rows, 8] [1, 1] : tensor<?x16xf32> to tensor<?x8xf32>
  return %r : tensor<?x8xf32>
}

// EXPECT
// #map = affine_map<(d0, d1) -> (d0, d1)>
// module {
//   func.func @slice(%arg0: tensor<?x16xf32>, %arg1: index, %arg2: index) -> tensor<?x8xf32> {
//     %c4 = arith.constant 4 : index
//     %0 = tensor.empty(%arg2) : tensor<?x8xf32>
//     %1 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel"]} outs(%0 : tensor<?x8xf32>) {
//     ^bb0(%out: f32):
//       %2 = linalg.index 0 : index
//       %3 = linalg.index 1 : index
//       %4 = arith.addi %2, %arg1 : index
//       %5 = arith.addi %3, %c4 : index
//       %extracted = tensor.extract %arg0[%4, %5] : tensor<?x16xf32>
//       linalg.yield %extracted : f32
//     } -> tensor<?x8xf32>
//     return %1 : tensor<?x8xf32>
//   }
// }
//
