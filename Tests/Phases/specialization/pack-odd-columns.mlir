// Columns that fill no whole panel are padded with zeros, which are computed and never stored.
#extern = #ml_program.extern : tensor<128x50xf32>
#map = affine_map<(d0, d1, d2) -> (d0, d2)>
#map1 = affine_map<(d0, d1, d2) -> (d2, d1)>
#map2 = affine_map<(d0, d1, d2) -> (d0, d1)>
module {
  ml_program.global private @weight(#extern) : tensor<128x50xf32>
  func.func @dense(%arg0: tensor<?x128xf32>, %arg1: tensor<?x50xf32>) -> tensor<?x50xf32> {
    %weight = ml_program.global_load_const @weight : tensor<128x50xf32>
    %0 = "encoding.set"(%weight) : (tensor<128x50xf32>) -> tensor<128x50xf32, {constant, elements = [f32, f32, f32], loops = ["row:?", "column:50", "reduction:128"], operand = 1 : i64, own = array<i64: 2, 1>, result = array<i64: 0, 1>}>
    %1 = linalg.generic {indexing_maps = [#map, #map1, #map2], iterator_types = ["parallel", "parallel", "reduction"]} ins(%arg0, %0 : tensor<?x128xf32>, tensor<128x50xf32, {constant, elements = [f32, f32, f32], loops = ["row:?", "column:50", "reduction:128"], operand = 1 : i64, own = array<i64: 2, 1>, result = array<i64: 0, 1>}>) outs(%arg1 : tensor<?x50xf32>) {
    ^bb0(%in: f32, %in_0: f32, %out: f32):
      %2 = arith.mulf %in, %in_0 : f32
      %3 = arith.addf %out, %2 : f32
      linalg.yield %3 : f32
    } -> tensor<?x50xf32>
    return %1 : tensor<?x50xf32>
  }
}

// EXPECT
// #extern = #ml_program.extern : tensor<128x50xf32>
// #map = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// #map1 = affine_map<(d0, d1, d2) -> (d0, d2)>
// #map2 = affine_map<(d0, d1, d2) -> (d1 floordiv 32, d2, d1 mod 32)>
// #map3 = affine_map<(d0, d1, d2) -> (d0, d1)>
// module {
//   ml_program.global private @weight(#extern) : tensor<128x50xf32>
//   func.func @dense(%arg0: tensor<?x128xf32>, %arg1: tensor<?x50xf32>) -> tensor<?x50xf32> {
//     %cst = arith.constant 0.000000e+00 : f32
//     %c32 = arith.constant 32 : index
//     %c50 = arith.constant 50 : index
//     %weight = ml_program.global_load_const @weight : tensor<128x50xf32>
//     %0 = tensor.empty() : tensor<2x128x32xf32>
//     %1 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel", "parallel"]} outs(%0 : tensor<2x128x32xf32>) attrs =  {tessera.pack} {
//     ^bb0(%out: f32):
//       %3 = linalg.index 1 : index
//       %4 = linalg.index 0 : index
//       %5 = arith.muli %4, %c32 : index
//       %6 = linalg.index 2 : index
//       %7 = arith.addi %5, %6 : index
//       %8 = arith.cmpi slt, %7, %c50 : index
//       %9 = scf.if %8 -> (f32) {
//         %extracted = tensor.extract %weight[%3, %7] : tensor<128x50xf32>
//         scf.yield %extracted : f32
//       } else {
//         scf.yield %cst : f32
//       }
//       linalg.yield %9 : f32
//     } -> tensor<2x128x32xf32>
//     %2 = linalg.generic {indexing_maps = [#map1, #map2, #map3], iterator_types = ["parallel", "parallel", "reduction"]} ins(%arg0, %1 : tensor<?x128xf32>, tensor<2x128x32xf32>) outs(%arg1 : tensor<?x50xf32>) {
//     ^bb0(%in: f32, %in_0: f32, %out: f32):
//       %3 = arith.mulf %in, %in_0 : f32
//       %4 = arith.addf %out, %3 : f32
//       linalg.yield %4 : f32
//     } -> tensor<?x50xf32>
//     return %2 : tensor<?x50xf32>
//   }
// }
//
