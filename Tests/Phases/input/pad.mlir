// Padding becomes a generic over the padded tensor that reads inside, and takes the padding value outside.
func.func @pad(%x: tensor<4x8xf32>) -> tensor<6x8xf32> {
  %zero = arith.constant 0.0 : f32
  %r = tensor.pad %x low[1, 0] high[1, 0] {
  ^bb0(%i: index, %j: index):
    tensor.yield %zero : f32
  } : tensor<4x8xf32> to tensor<6x8xf32>
  return %r : tensor<6x8xf32>
}

// EXPECT
// #map = affine_map<(d0, d1) -> (d0, d1)>
// module {
//   func.func @pad(%arg0: tensor<4x8xf32>) -> tensor<6x8xf32> {
//     %c4 = arith.constant 4 : index
//     %c0 = arith.constant 0 : index
//     %c1 = arith.constant 1 : index
//     %cst = arith.constant 0.000000e+00 : f32
//     %0 = tensor.empty() : tensor<6x8xf32>
//     %1 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel"]} outs(%0 : tensor<6x8xf32>) {
//     ^bb0(%out: f32):
//       %2 = linalg.index 0 : index
//       %3 = linalg.index 1 : index
//       %4 = arith.subi %2, %c1 : index
//       %5 = arith.cmpi sge, %4, %c0 : index
//       %6 = arith.cmpi slt, %4, %c4 : index
//       %7 = arith.andi %5, %6 : i1
//       %8 = scf.if %7 -> (f32) {
//         %extracted = tensor.extract %arg0[%4, %3] : tensor<4x8xf32>
//         scf.yield %extracted : f32
//       } else {
//         scf.yield %cst : f32
//       }
//       linalg.yield %8 : f32
//     } -> tensor<6x8xf32>
//     return %1 : tensor<6x8xf32>
//   }
// }
//
