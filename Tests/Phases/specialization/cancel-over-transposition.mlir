// What reads a packed result transposed is computed where the elements lie: the layout of the transposed tensor names the same places.
// FROM: input
#lhs = affine_map<(m, n, k) -> (m, k)>
#rhs = affine_map<(m, n, k) -> (k, n)>
#out = affine_map<(m, n, k) -> (m, n)>
func.func @chain(%x: tensor<19x32xf32>, %w: tensor<32x48xf32>, %v: tensor<19x64xf32>) -> tensor<48x64xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<19x48xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<19x48xf32>) -> tensor<19x48xf32>
  %y = linalg.generic {
    indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "parallel", "reduction"], tessera.layouts = ["", "", "1,0 1:16 0:8"]
  } ins(%x, %w : tensor<19x32xf32>, tensor<32x48xf32>) outs(%i : tensor<19x48xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %c, %p : f32
    linalg.yield %s : f32
  } -> tensor<19x48xf32>
  %ot = tensor.empty() : tensor<48x19xf32>
  %t = linalg.generic {
    indexing_maps = [affine_map<(m, n) -> (n, m)>, affine_map<(m, n) -> (m, n)>], iterator_types = ["parallel", "parallel"]
  } ins(%y : tensor<19x48xf32>) outs(%ot : tensor<48x19xf32>) {
  ^bb0(%a: f32, %c: f32):
    %t = math.absf %a : f32
    linalg.yield %t : f32
  } -> tensor<48x19xf32>
  %e2 = tensor.empty() : tensor<48x64xf32>
  %i2 = linalg.fill ins(%zero : f32) outs(%e2 : tensor<48x64xf32>) -> tensor<48x64xf32>
  %z = linalg.generic {
    indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "parallel", "reduction"], tessera.layouts = ["0,1 0:16 1:8", "", ""]
  } ins(%t, %v : tensor<48x19xf32>, tensor<19x64xf32>) outs(%i2 : tensor<48x64xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %c, %p : f32
    linalg.yield %s : f32
  } -> tensor<48x64xf32>
  return %z : tensor<48x64xf32>
}
// EXPECT
// #map = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// #map1 = affine_map<(d0, d1, d2, d3) -> ()>
// #map2 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
// #map3 = affine_map<(d0, d1, d2, d3, d4) -> (d1, d2, d4)>
// #map4 = affine_map<(d0, d1, d2, d3, d4) -> (d2, d0, d3)>
// #map5 = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d3, d4)>
// #map6 = affine_map<(d0, d1) -> ()>
// #map7 = affine_map<(d0, d1) -> (d0, d1)>
// #map8 = affine_map<(d0, d1, d2) -> (d0 floordiv 16, d2 floordiv 8, d0 mod 16, d2 mod 8)>
// #map9 = affine_map<(d0, d1, d2) -> (d2, d1)>
// #map10 = affine_map<(d0, d1, d2) -> (d0, d1)>
// module {
//   func.func @chain(%arg0: tensor<19x32xf32>, %arg1: tensor<32x48xf32>, %arg2: tensor<19x64xf32>) -> tensor<48x64xf32> {
//     %c16 = arith.constant 16 : index
//     %c8 = arith.constant 8 : index
//     %c19 = arith.constant 19 : index
//     %cst = arith.constant 0.000000e+00 : f32
//     %0 = tensor.empty() : tensor<3x32x8xf32>
//     %1 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel", "parallel"]} outs(%0 : tensor<3x32x8xf32>) attrs =  {tessera.pack} {
//     ^bb0(%out: f32):
//       %11 = linalg.index 0 : index
//       %12 = arith.muli %11, %c8 : index
//       %13 = linalg.index 2 : index
//       %14 = arith.addi %12, %13 : index
//       %15 = linalg.index 1 : index
//       %16 = arith.cmpi slt, %14, %c19 : index
//       %17 = scf.if %16 -> (f32) {
//         %extracted = tensor.extract %arg0[%14, %15] : tensor<19x32xf32>
//         scf.yield %extracted : f32
//       } else {
//         scf.yield %cst : f32
//       }
//       linalg.yield %17 : f32
//     } -> tensor<3x32x8xf32>
//     %2 = tensor.empty() : tensor<32x3x16xf32>
//     %3 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel", "parallel"]} outs(%2 : tensor<32x3x16xf32>) attrs =  {tessera.pack} {
//     ^bb0(%out: f32):
//       %11 = linalg.index 0 : index
//       %12 = linalg.index 1 : index
//       %13 = arith.muli %12, %c16 : index
//       %14 = linalg.index 2 : index
//       %15 = arith.addi %13, %14 : index
//       %extracted = tensor.extract %arg1[%11, %15] : tensor<32x48xf32>
//       linalg.yield %extracted : f32
//     } -> tensor<32x3x16xf32>
//     %4 = tensor.empty() : tensor<3x3x16x8xf32>
//     %5 = linalg.generic {indexing_maps = [#map1, #map2], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%cst : f32) outs(%4 : tensor<3x3x16x8xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<3x3x16x8xf32>
//     %6 = linalg.generic {indexing_maps = [#map3, #map4, #map5], iterator_types = ["parallel", "parallel", "reduction", "parallel", "parallel"]} ins(%1, %3 : tensor<3x32x8xf32>, tensor<32x3x16xf32>) outs(%5 : tensor<3x3x16x8xf32>) attrs =  {tessera.layouts = ["", "", "1,0 1:16 0:8"]} {
//     ^bb0(%in: f32, %in_0: f32, %out: f32):
//       %11 = arith.mulf %in, %in_0 : f32
//       %12 = arith.addf %out, %11 : f32
//       linalg.yield %12 : f32
//     } -> tensor<3x3x16x8xf32>
//     %7 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%6 : tensor<3x3x16x8xf32>) outs(%4 : tensor<3x3x16x8xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       %11 = math.absf %in : f32
//       linalg.yield %11 : f32
//     } -> tensor<3x3x16x8xf32>
//     %8 = tensor.empty() : tensor<48x64xf32>
//     %9 = linalg.generic {indexing_maps = [#map6, #map7], iterator_types = ["parallel", "parallel"]} ins(%cst : f32) outs(%8 : tensor<48x64xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<48x64xf32>
//     %10 = linalg.generic {indexing_maps = [#map8, #map9, #map10], iterator_types = ["parallel", "parallel", "reduction"]} ins(%7, %arg2 : tensor<3x3x16x8xf32>, tensor<19x64xf32>) outs(%9 : tensor<48x64xf32>) attrs =  {tessera.layouts = ["0,1 0:16 1:8", "", ""]} {
//     ^bb0(%in: f32, %in_0: f32, %out: f32):
//       %11 = arith.mulf %in, %in_0 : f32
//       %12 = arith.addf %out, %11 : f32
//       linalg.yield %12 : f32
//     } -> tensor<48x64xf32>
//     return %10 : tensor<48x64xf32>
//   }
// }
//
