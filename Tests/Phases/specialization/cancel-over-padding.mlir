// A packed result is padded along a dimension without tiles in its packed form.
// FROM: input
#lhs = affine_map<(m, n, k) -> (m, k)>
#rhs = affine_map<(m, n, k) -> (k, n)>
#out = affine_map<(m, n, k) -> (m, n)>
func.func @chain(%x: tensor<19x32xf32>, %w: tensor<32x48xf32>, %v: tensor<48x64xf32>) -> tensor<22x64xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<19x48xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<19x48xf32>) -> tensor<19x48xf32>
  %y = linalg.generic {
    indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "parallel", "reduction"], tessera.layouts = ["", "", "0,1 1:16"]
  } ins(%x, %w : tensor<19x32xf32>, tensor<32x48xf32>) outs(%i : tensor<19x48xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %c, %p : f32
    linalg.yield %s : f32
  } -> tensor<19x48xf32>
  %h = tensor.pad %y low[1, 0] high[2, 0] {
  ^bb0(%k: index, %j: index):
    tensor.yield %zero : f32
  } : tensor<19x48xf32> to tensor<22x48xf32>
  %e2 = tensor.empty() : tensor<22x64xf32>
  %i2 = linalg.fill ins(%zero : f32) outs(%e2 : tensor<22x64xf32>) -> tensor<22x64xf32>
  %z = linalg.generic {
    indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "parallel", "reduction"], tessera.layouts = ["0,1 1:16", "", ""]
  } ins(%h, %v : tensor<22x48xf32>, tensor<48x64xf32>) outs(%i2 : tensor<22x64xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %c, %p : f32
    linalg.yield %s : f32
  } -> tensor<22x64xf32>
  return %z : tensor<22x64xf32>
}
// EXPECT
// #map = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// #map1 = affine_map<(d0, d1, d2) -> ()>
// #map2 = affine_map<(d0, d1, d2, d3) -> (d0, d2)>
// #map3 = affine_map<(d0, d1, d2, d3) -> (d2, d1, d3)>
// #map4 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>
// #map5 = affine_map<(d0, d1) -> ()>
// #map6 = affine_map<(d0, d1) -> (d0, d1)>
// #map7 = affine_map<(d0, d1, d2) -> (d0, d2 floordiv 16, d2 mod 16)>
// #map8 = affine_map<(d0, d1, d2) -> (d2, d1)>
// #map9 = affine_map<(d0, d1, d2) -> (d0, d1)>
// module {
//   func.func @chain(%arg0: tensor<19x32xf32>, %arg1: tensor<32x48xf32>, %arg2: tensor<48x64xf32>) -> tensor<22x64xf32> {
//     %c16 = arith.constant 16 : index
//     %c19 = arith.constant 19 : index
//     %c0 = arith.constant 0 : index
//     %c1 = arith.constant 1 : index
//     %cst = arith.constant 0.000000e+00 : f32
//     %0 = tensor.empty() : tensor<32x3x16xf32>
//     %1 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel", "parallel"]} outs(%0 : tensor<32x3x16xf32>) attrs =  {tessera.pack} {
//     ^bb0(%out: f32):
//       %10 = linalg.index 0 : index
//       %11 = linalg.index 1 : index
//       %12 = arith.muli %11, %c16 : index
//       %13 = linalg.index 2 : index
//       %14 = arith.addi %12, %13 : index
//       %extracted = tensor.extract %arg1[%10, %14] : tensor<32x48xf32>
//       linalg.yield %extracted : f32
//     } -> tensor<32x3x16xf32>
//     %2 = tensor.empty() : tensor<19x3x16xf32>
//     %3 = linalg.generic {indexing_maps = [#map1, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%cst : f32) outs(%2 : tensor<19x3x16xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<19x3x16xf32>
//     %4 = linalg.generic {indexing_maps = [#map2, #map3, #map4], iterator_types = ["parallel", "parallel", "reduction", "parallel"]} ins(%arg0, %1 : tensor<19x32xf32>, tensor<32x3x16xf32>) outs(%3 : tensor<19x3x16xf32>) attrs =  {tessera.layouts = ["", "", "0,1 1:16"]} {
//     ^bb0(%in: f32, %in_0: f32, %out: f32):
//       %10 = arith.mulf %in, %in_0 : f32
//       %11 = arith.addf %out, %10 : f32
//       linalg.yield %11 : f32
//     } -> tensor<19x3x16xf32>
//     %5 = tensor.empty() : tensor<22x3x16xf32>
//     %6 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel", "parallel"]} outs(%5 : tensor<22x3x16xf32>) {
//     ^bb0(%out: f32):
//       %10 = linalg.index 0 : index
//       %11 = linalg.index 1 : index
//       %12 = linalg.index 2 : index
//       %13 = arith.subi %10, %c1 : index
//       %14 = arith.cmpi sge, %13, %c0 : index
//       %15 = arith.cmpi slt, %13, %c19 : index
//       %16 = arith.andi %14, %15 : i1
//       %17 = scf.if %16 -> (f32) {
//         %extracted = tensor.extract %4[%13, %11, %12] : tensor<19x3x16xf32>
//         scf.yield %extracted : f32
//       } else {
//         scf.yield %cst : f32
//       }
//       linalg.yield %17 : f32
//     } -> tensor<22x3x16xf32>
//     %7 = tensor.empty() : tensor<22x64xf32>
//     %8 = linalg.generic {indexing_maps = [#map5, #map6], iterator_types = ["parallel", "parallel"]} ins(%cst : f32) outs(%7 : tensor<22x64xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<22x64xf32>
//     %9 = linalg.generic {indexing_maps = [#map7, #map8, #map9], iterator_types = ["parallel", "parallel", "reduction"]} ins(%6, %arg2 : tensor<22x3x16xf32>, tensor<48x64xf32>) outs(%8 : tensor<22x64xf32>) attrs =  {tessera.layouts = ["0,1 1:16", "", ""]} {
//     ^bb0(%in: f32, %in_0: f32, %out: f32):
//       %10 = arith.mulf %in, %in_0 : f32
//       %11 = arith.addf %out, %10 : f32
//       linalg.yield %11 : f32
//     } -> tensor<22x64xf32>
//     return %9 : tensor<22x64xf32>
//   }
// }
//
