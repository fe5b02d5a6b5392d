// A generic whose loops stand in another order, with two sums: the inner one is tiled.
// FROM: input
// PACKING: * => generic-gemm m=8 n=16 k=4 order=mkn
func.func @permuted(%x: tensor<19x5x37xf32>, %w: tensor<37x45x5xf32>, %init: tensor<19x45xf32>) -> tensor<19x45xf32> {
  %y = linalg.generic {
    indexing_maps = [affine_map<(j, n, k, m) -> (m, j, k)>, affine_map<(j, n, k, m) -> (k, n, j)>, affine_map<(j, n, k, m) -> (m, n)>],
    iterator_types = ["reduction", "parallel", "reduction", "parallel"]
  } ins(%x, %w : tensor<19x5x37xf32>, tensor<37x45x5xf32>) outs(%init : tensor<19x45xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %c, %p : f32
    linalg.yield %s : f32
  } -> tensor<19x45xf32>
  return %y : tensor<19x45xf32>
}
// EXPECT
// #map = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>
// #map1 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
// #map2 = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d2, d0, d3, d4, d5)>
// #map3 = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d2, d1, d3, d5, d6)>
// #map4 = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d4, d6)>
// #map5 = affine_map<(d0, d1) -> (d0 floordiv 8, d1 floordiv 16, d0 mod 8, d1 mod 16)>
// #map6 = affine_map<(d0, d1) -> (d0, d1)>
// module {
//   func.func @permuted(%arg0: tensor<19x5x37xf32>, %arg1: tensor<37x45x5xf32>, %arg2: tensor<19x45xf32>) -> tensor<19x45xf32> {
//     %c16 = arith.constant 16 : index
//     %c45 = arith.constant 45 : index
//     %cst = arith.constant 0.000000e+00 : f32
//     %c4 = arith.constant 4 : index
//     %c8 = arith.constant 8 : index
//     %c19 = arith.constant 19 : index
//     %c37 = arith.constant 37 : index
//     %0 = tensor.empty() : tensor<5x3x10x8x4xf32>
//     %1 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} outs(%0 : tensor<5x3x10x8x4xf32>) attrs =  {tessera.pack} {
//     ^bb0(%out: f32):
//       %9 = linalg.index 1 : index
//       %10 = arith.muli %9, %c8 : index
//       %11 = linalg.index 3 : index
//       %12 = arith.addi %10, %11 : index
//       %13 = linalg.index 0 : index
//       %14 = linalg.index 2 : index
//       %15 = arith.muli %14, %c4 : index
//       %16 = linalg.index 4 : index
//       %17 = arith.addi %15, %16 : index
//       %18 = arith.cmpi slt, %12, %c19 : index
//       %19 = arith.cmpi slt, %17, %c37 : index
//       %20 = arith.andi %18, %19 : i1
//       %21 = scf.if %20 -> (f32) {
//         %extracted = tensor.extract %arg0[%12, %13, %17] : tensor<19x5x37xf32>
//         scf.yield %extracted : f32
//       } else {
//         scf.yield %cst : f32
//       }
//       linalg.yield %21 : f32
//     } -> tensor<5x3x10x8x4xf32>
//     %2 = tensor.empty() : tensor<5x3x10x4x16xf32>
//     %3 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} outs(%2 : tensor<5x3x10x4x16xf32>) attrs =  {tessera.pack} {
//     ^bb0(%out: f32):
//       %9 = linalg.index 2 : index
//       %10 = arith.muli %9, %c4 : index
//       %11 = linalg.index 3 : index
//       %12 = arith.addi %10, %11 : index
//       %13 = linalg.index 1 : index
//       %14 = arith.muli %13, %c16 : index
//       %15 = linalg.index 4 : index
//       %16 = arith.addi %14, %15 : index
//       %17 = linalg.index 0 : index
//       %18 = arith.cmpi slt, %12, %c37 : index
//       %19 = arith.cmpi slt, %16, %c45 : index
//       %20 = arith.andi %18, %19 : i1
//       %21 = scf.if %20 -> (f32) {
//         %extracted = tensor.extract %arg1[%12, %16, %17] : tensor<37x45x5xf32>
//         scf.yield %extracted : f32
//       } else {
//         scf.yield %cst : f32
//       }
//       linalg.yield %21 : f32
//     } -> tensor<5x3x10x4x16xf32>
//     %4 = tensor.empty() : tensor<3x3x8x16xf32>
//     %5 = linalg.generic {indexing_maps = [#map1], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} outs(%4 : tensor<3x3x8x16xf32>) attrs =  {tessera.pack} {
//     ^bb0(%out: f32):
//       %9 = linalg.index 0 : index
//       %10 = arith.muli %9, %c8 : index
//       %11 = linalg.index 2 : index
//       %12 = arith.addi %10, %11 : index
//       %13 = linalg.index 1 : index
//       %14 = arith.muli %13, %c16 : index
//       %15 = linalg.index 3 : index
//       %16 = arith.addi %14, %15 : index
//       %17 = arith.cmpi slt, %12, %c19 : index
//       %18 = arith.cmpi slt, %16, %c45 : index
//       %19 = arith.andi %17, %18 : i1
//       %20 = scf.if %19 -> (f32) {
//         %extracted = tensor.extract %arg2[%12, %16] : tensor<19x45xf32>
//         scf.yield %extracted : f32
//       } else {
//         scf.yield %cst : f32
//       }
//       linalg.yield %20 : f32
//     } -> tensor<3x3x8x16xf32>
//     %6 = linalg.generic {indexing_maps = [#map2, #map3, #map4], iterator_types = ["parallel", "parallel", "reduction", "reduction", "parallel", "reduction", "parallel"]} ins(%1, %3 : tensor<5x3x10x8x4xf32>, tensor<5x3x10x4x16xf32>) outs(%5 : tensor<3x3x8x16xf32>) {
//     ^bb0(%in: f32, %in_0: f32, %out: f32):
//       %9 = arith.mulf %in, %in_0 : f32
//       %10 = arith.addf %out, %9 : f32
//       linalg.yield %10 : f32
//     } -> tensor<3x3x8x16xf32>
//     %7 = tensor.empty() : tensor<19x45xf32>
//     %8 = linalg.generic {indexing_maps = [#map5, #map6], iterator_types = ["parallel", "parallel"]} ins(%6 : tensor<3x3x8x16xf32>) outs(%7 : tensor<19x45xf32>) attrs =  {tessera.unpack} {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<19x45xf32>
//     return %8 : tensor<19x45xf32>
//   }
// }
//
