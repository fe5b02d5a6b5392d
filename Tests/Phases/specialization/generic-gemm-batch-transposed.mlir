// A batch, with both operands transposed: the same tiles and the same product behind a batch.
// FROM: input
// PACKING: * => generic-gemm m=8 n=16 k=4 order=mkn
func.func @batch(%x: tensor<3x37x19xf32>, %w: tensor<3x45x37xf32>, %init: tensor<3x19x45xf32>) -> tensor<3x19x45xf32> {
  %y = linalg.generic {
    indexing_maps = [affine_map<(b, m, n, k) -> (b, k, m)>, affine_map<(b, m, n, k) -> (b, n, k)>, affine_map<(b, m, n, k) -> (b, m, n)>],
    iterator_types = ["parallel", "parallel", "parallel", "reduction"]
  } ins(%x, %w : tensor<3x37x19xf32>, tensor<3x45x37xf32>) outs(%init : tensor<3x19x45xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %c, %p : f32
    linalg.yield %s : f32
  } -> tensor<3x19x45xf32>
  return %y : tensor<3x19x45xf32>
}
// EXPECT
// #map = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>
// #map1 = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d3, d4, d5)>
// #map2 = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d2, d3, d5, d6)>
// #map3 = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2, d4, d6)>
// #map4 = affine_map<(d0, d1, d2) -> (d0, d1 floordiv 8, d2 floordiv 16, d1 mod 8, d2 mod 16)>
// #map5 = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// module {
//   func.func @batch(%arg0: tensor<3x37x19xf32>, %arg1: tensor<3x45x37xf32>, %arg2: tensor<3x19x45xf32>) -> tensor<3x19x45xf32> {
//     %c16 = arith.constant 16 : index
//     %c45 = arith.constant 45 : index
//     %cst = arith.constant 0.000000e+00 : f32
//     %c8 = arith.constant 8 : index
//     %c4 = arith.constant 4 : index
//     %c37 = arith.constant 37 : index
//     %c19 = arith.constant 19 : index
//     %0 = tensor.empty() : tensor<3x3x10x8x4xf32>
//     %1 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} outs(%0 : tensor<3x3x10x8x4xf32>) attrs =  {tessera.pack} {
//     ^bb0(%out: f32):
//       %9 = linalg.index 0 : index
//       %10 = linalg.index 2 : index
//       %11 = arith.muli %10, %c4 : index
//       %12 = linalg.index 4 : index
//       %13 = arith.addi %11, %12 : index
//       %14 = linalg.index 1 : index
//       %15 = arith.muli %14, %c8 : index
//       %16 = linalg.index 3 : index
//       %17 = arith.addi %15, %16 : index
//       %18 = arith.cmpi slt, %13, %c37 : index
//       %19 = arith.cmpi slt, %17, %c19 : index
//       %20 = arith.andi %18, %19 : i1
//       %21 = scf.if %20 -> (f32) {
//         %extracted = tensor.extract %arg0[%9, %13, %17] : tensor<3x37x19xf32>
//         scf.yield %extracted : f32
//       } else {
//         scf.yield %cst : f32
//       }
//       linalg.yield %21 : f32
//     } -> tensor<3x3x10x8x4xf32>
//     %2 = tensor.empty() : tensor<3x3x10x4x16xf32>
//     %3 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} outs(%2 : tensor<3x3x10x4x16xf32>) attrs =  {tessera.pack} {
//     ^bb0(%out: f32):
//       %9 = linalg.index 0 : index
//       %10 = linalg.index 1 : index
//       %11 = arith.muli %10, %c16 : index
//       %12 = linalg.index 4 : index
//       %13 = arith.addi %11, %12 : index
//       %14 = linalg.index 2 : index
//       %15 = arith.muli %14, %c4 : index
//       %16 = linalg.index 3 : index
//       %17 = arith.addi %15, %16 : index
//       %18 = arith.cmpi slt, %13, %c45 : index
//       %19 = arith.cmpi slt, %17, %c37 : index
//       %20 = arith.andi %18, %19 : i1
//       %21 = scf.if %20 -> (f32) {
//         %extracted = tensor.extract %arg1[%9, %13, %17] : tensor<3x45x37xf32>
//         scf.yield %extracted : f32
//       } else {
//         scf.yield %cst : f32
//       }
//       linalg.yield %21 : f32
//     } -> tensor<3x3x10x4x16xf32>
//     %4 = tensor.empty() : tensor<3x3x3x8x16xf32>
//     %5 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} outs(%4 : tensor<3x3x3x8x16xf32>) attrs =  {tessera.pack} {
//     ^bb0(%out: f32):
//       %9 = linalg.index 0 : index
//       %10 = linalg.index 1 : index
//       %11 = arith.muli %10, %c8 : index
//       %12 = linalg.index 3 : index
//       %13 = arith.addi %11, %12 : index
//       %14 = linalg.index 2 : index
//       %15 = arith.muli %14, %c16 : index
//       %16 = linalg.index 4 : index
//       %17 = arith.addi %15, %16 : index
//       %18 = arith.cmpi slt, %13, %c19 : index
//       %19 = arith.cmpi slt, %17, %c45 : index
//       %20 = arith.andi %18, %19 : i1
//       %21 = scf.if %20 -> (f32) {
//         %extracted = tensor.extract %arg2[%9, %13, %17] : tensor<3x19x45xf32>
//         scf.yield %extracted : f32
//       } else {
//         scf.yield %cst : f32
//       }
//       linalg.yield %21 : f32
//     } -> tensor<3x3x3x8x16xf32>
//     %6 = linalg.generic {indexing_maps = [#map1, #map2, #map3], iterator_types = ["parallel", "parallel", "parallel", "reduction", "parallel", "reduction", "parallel"]} ins(%1, %3 : tensor<3x3x10x8x4xf32>, tensor<3x3x10x4x16xf32>) outs(%5 : tensor<3x3x3x8x16xf32>) {
//     ^bb0(%in: f32, %in_0: f32, %out: f32):
//       %9 = arith.mulf %in, %in_0 : f32
//       %10 = arith.addf %out, %9 : f32
//       linalg.yield %10 : f32
//     } -> tensor<3x3x3x8x16xf32>
//     %7 = tensor.empty() : tensor<3x19x45xf32>
//     %8 = linalg.generic {indexing_maps = [#map4, #map5], iterator_types = ["parallel", "parallel", "parallel"]} ins(%6 : tensor<3x3x3x8x16xf32>) outs(%7 : tensor<3x19x45xf32>) attrs =  {tessera.unpack} {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<3x19x45xf32>
//     return %8 : tensor<3x19x45xf32>
//   }
// }
//
