// Packings cancel where they meet: the first product is left packed, the bias and the activation are computed on tiles, and the second product reads
// them. It sums over incomplete tiles, so zeros are put behind the end. One unpack is left, of the result.
// FROM: input
// PACKING: * => generic-gemm m=8 n=16 k=16 order=mkn
func.func @chain(%x: tensor<19x32xf32>, %w: tensor<32x45xf32>, %bias: tensor<45xf32>, %v: tensor<45x64xf32>) -> tensor<19x64xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<19x45xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<19x45xf32>) -> tensor<19x45xf32>
  %y = linalg.matmul ins(%x, %w : tensor<19x32xf32>, tensor<32x45xf32>) outs(%i : tensor<19x45xf32>) -> tensor<19x45xf32>
  %r = linalg.generic {
    indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (n)>, affine_map<(m, n) -> (m, n)>],
    iterator_types = ["parallel", "parallel"]
  } ins(%y, %bias : tensor<19x45xf32>, tensor<45xf32>) outs(%e : tensor<19x45xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %s = arith.addf %a, %b : f32
    %t = math.exp %s : f32
    linalg.yield %t : f32
  } -> tensor<19x45xf32>
  %e2 = tensor.empty() : tensor<19x64xf32>
  %i2 = linalg.fill ins(%zero : f32) outs(%e2 : tensor<19x64xf32>) -> tensor<19x64xf32>
  %z = linalg.matmul ins(%r, %v : tensor<19x45xf32>, tensor<45x64xf32>) outs(%i2 : tensor<19x64xf32>) -> tensor<19x64xf32>
  return %z : tensor<19x64xf32>
}
// EXPECT
// #map = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
// #map1 = affine_map<(d0, d1, d2, d3) -> ()>
// #map2 = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d2, d3, d4)>
// #map3 = affine_map<(d0, d1, d2, d3, d4, d5) -> (d1, d2, d4, d5)>
// #map4 = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1, d3, d5)>
// #map5 = affine_map<(d0, d1) -> (d0 floordiv 8, d1 floordiv 16, d0 mod 8, d1 mod 16)>
// #map6 = affine_map<(d0, d1) -> (d0, d1)>
// module {
//   func.func @chain(%arg0: tensor<19x32xf32>, %arg1: tensor<32x45xf32>, %arg2: tensor<45xf32>, %arg3: tensor<45x64xf32>) -> tensor<19x64xf32> {
//     %c45 = arith.constant 45 : index
//     %c16 = arith.constant 16 : index
//     %c8 = arith.constant 8 : index
//     %c19 = arith.constant 19 : index
//     %cst = arith.constant 0.000000e+00 : f32
//     %0 = tensor.empty() : tensor<3x2x8x16xf32>
//     %1 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} outs(%0 : tensor<3x2x8x16xf32>) attrs =  {tessera.pack} {
//     ^bb0(%out: f32):
//       %16 = linalg.index 0 : index
//       %17 = arith.muli %16, %c8 : index
//       %18 = linalg.index 2 : index
//       %19 = arith.addi %17, %18 : index
//       %20 = linalg.index 1 : index
//       %21 = arith.muli %20, %c16 : index
//       %22 = linalg.index 3 : index
//       %23 = arith.addi %21, %22 : index
//       %24 = arith.cmpi slt, %19, %c19 : index
//       %25 = scf.if %24 -> (f32) {
//         %extracted = tensor.extract %arg0[%19, %23] : tensor<19x32xf32>
//         scf.yield %extracted : f32
//       } else {
//         scf.yield %cst : f32
//       }
//       linalg.yield %25 : f32
//     } -> tensor<3x2x8x16xf32>
//     %2 = tensor.empty() : tensor<3x2x16x16xf32>
//     %3 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} outs(%2 : tensor<3x2x16x16xf32>) attrs =  {tessera.pack} {
//     ^bb0(%out: f32):
//       %16 = linalg.index 1 : index
//       %17 = arith.muli %16, %c16 : index
//       %18 = linalg.index 2 : index
//       %19 = arith.addi %17, %18 : index
//       %20 = linalg.index 0 : index
//       %21 = arith.muli %20, %c16 : index
//       %22 = linalg.index 3 : index
//       %23 = arith.addi %21, %22 : index
//       %24 = arith.cmpi slt, %23, %c45 : index
//       %25 = scf.if %24 -> (f32) {
//         %extracted = tensor.extract %arg1[%19, %23] : tensor<32x45xf32>
//         scf.yield %extracted : f32
//       } else {
//         scf.yield %cst : f32
//       }
//       linalg.yield %25 : f32
//     } -> tensor<3x2x16x16xf32>
//     %4 = tensor.empty() : tensor<3x3x8x16xf32>
//     %5 = linalg.generic {indexing_maps = [#map1, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%cst : f32) outs(%4 : tensor<3x3x8x16xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<3x3x8x16xf32>
//     %6 = linalg.generic {indexing_maps = [#map2, #map3, #map4], iterator_types = ["parallel", "parallel", "reduction", "parallel", "reduction", "parallel"]} ins(%1, %3 : tensor<3x2x8x16xf32>, tensor<3x2x16x16xf32>) outs(%5 : tensor<3x3x8x16xf32>) {
//     ^bb0(%in: f32, %in_0: f32, %out: f32):
//       %16 = arith.mulf %in, %in_0 : f32
//       %17 = arith.addf %out, %16 : f32
//       linalg.yield %17 : f32
//     } -> tensor<3x3x8x16xf32>
//     %7 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%6 : tensor<3x3x8x16xf32>) outs(%4 : tensor<3x3x8x16xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       %16 = linalg.index 0 : index
//       %17 = arith.muli %16, %c8 : index
//       %18 = linalg.index 2 : index
//       %19 = arith.addi %17, %18 : index
//       %20 = linalg.index 1 : index
//       %21 = arith.muli %20, %c16 : index
//       %22 = linalg.index 3 : index
//       %23 = arith.addi %21, %22 : index
//       %24 = arith.cmpi slt, %19, %c19 : index
//       %25 = arith.cmpi slt, %23, %c45 : index
//       %26 = arith.andi %24, %25 : i1
//       %27 = scf.if %26 -> (f32) {
//         %extracted = tensor.extract %arg2[%23] : tensor<45xf32>
//         scf.yield %extracted : f32
//       } else {
//         scf.yield %cst : f32
//       }
//       %28 = arith.addf %in, %27 : f32
//       %29 = math.exp %28 : f32
//       linalg.yield %29 : f32
//     } -> tensor<3x3x8x16xf32>
//     %8 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%7 : tensor<3x3x8x16xf32>) outs(%4 : tensor<3x3x8x16xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       %16 = linalg.index 1 : index
//       %17 = arith.muli %16, %c16 : index
//       %18 = linalg.index 3 : index
//       %19 = arith.addi %17, %18 : index
//       %20 = arith.cmpi slt, %19, %c45 : index
//       %21 = arith.select %20, %in, %cst : f32
//       linalg.yield %21 : f32
//     } -> tensor<3x3x8x16xf32>
//     %9 = tensor.empty() : tensor<4x3x16x16xf32>
//     %10 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} outs(%9 : tensor<4x3x16x16xf32>) attrs =  {tessera.pack} {
//     ^bb0(%out: f32):
//       %16 = linalg.index 1 : index
//       %17 = arith.muli %16, %c16 : index
//       %18 = linalg.index 2 : index
//       %19 = arith.addi %17, %18 : index
//       %20 = linalg.index 0 : index
//       %21 = arith.muli %20, %c16 : index
//       %22 = linalg.index 3 : index
//       %23 = arith.addi %21, %22 : index
//       %24 = arith.cmpi slt, %19, %c45 : index
//       %25 = scf.if %24 -> (f32) {
//         %extracted = tensor.extract %arg3[%19, %23] : tensor<45x64xf32>
//         scf.yield %extracted : f32
//       } else {
//         scf.yield %cst : f32
//       }
//       linalg.yield %25 : f32
//     } -> tensor<4x3x16x16xf32>
//     %11 = tensor.empty() : tensor<3x4x8x16xf32>
//     %12 = linalg.generic {indexing_maps = [#map1, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%cst : f32) outs(%11 : tensor<3x4x8x16xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<3x4x8x16xf32>
//     %13 = linalg.generic {indexing_maps = [#map2, #map3, #map4], iterator_types = ["parallel", "parallel", "reduction", "parallel", "reduction", "parallel"]} ins(%8, %10 : tensor<3x3x8x16xf32>, tensor<4x3x16x16xf32>) outs(%12 : tensor<3x4x8x16xf32>) {
//     ^bb0(%in: f32, %in_0: f32, %out: f32):
//       %16 = arith.mulf %in, %in_0 : f32
//       %17 = arith.addf %out, %16 : f32
//       linalg.yield %17 : f32
//     } -> tensor<3x4x8x16xf32>
//     %14 = tensor.empty() : tensor<19x64xf32>
//     %15 = linalg.generic {indexing_maps = [#map5, #map6], iterator_types = ["parallel", "parallel"]} ins(%13 : tensor<3x4x8x16xf32>) outs(%14 : tensor<19x64xf32>) attrs =  {tessera.unpack} {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<19x64xf32>
//     return %15 : tensor<19x64xf32>
//   }
// }
//
