// Sizes that are not known: the tile is, and how many there are is computed on the host.
// FROM: input
#lhs = affine_map<(m, n, k) -> (m, k)>
#rhs = affine_map<(m, n, k) -> (k, n)>
#out = affine_map<(m, n, k) -> (m, n)>
func.func @dense(%x: tensor<?x?xf32>, %w: tensor<?x?xf32>, %init: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %y = linalg.generic {
    indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "parallel", "reduction"], tessera.layouts = ["", "1,0 1:32"]
  } ins(%x, %w : tensor<?x?xf32>, tensor<?x?xf32>) outs(%init : tensor<?x?xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %c, %p : f32
    linalg.yield %s : f32
  } -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}
// EXPECT
// #map = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// #map1 = affine_map<(d0, d1, d2) -> (d0, d2)>
// #map2 = affine_map<(d0, d1, d2) -> (d1 floordiv 32, d2, d1 mod 32)>
// #map3 = affine_map<(d0, d1, d2) -> (d0, d1)>
// module {
//   func.func @dense(%arg0: tensor<?x?xf32>, %arg1: tensor<?x?xf32>, %arg2: tensor<?x?xf32>) -> tensor<?x?xf32> {
//     %cst = arith.constant 0.000000e+00 : f32
//     %c32 = arith.constant 32 : index
//     %c1 = arith.constant 1 : index
//     %c0 = arith.constant 0 : index
//     %dim = tensor.dim %arg0, %c0 : tensor<?x?xf32>
//     %dim_0 = tensor.dim %arg2, %c0 : tensor<?x?xf32>
//     %0 = arith.cmpi eq, %dim, %dim_0 : index
//     cf.assert %0, "operator 'pack-dynamic.mlir:7:8': dimension 0 of operand 2 must be as large as dimension 0 of operand 0"
//     %dim_1 = tensor.dim %arg1, %c1 : tensor<?x?xf32>
//     %dim_2 = tensor.dim %arg2, %c1 : tensor<?x?xf32>
//     %1 = arith.cmpi eq, %dim_1, %dim_2 : index
//     cf.assert %1, "operator 'pack-dynamic.mlir:7:8': dimension 1 of operand 2 must be as large as dimension 1 of operand 1"
//     %dim_3 = tensor.dim %arg0, %c1 : tensor<?x?xf32>
//     %dim_4 = tensor.dim %arg1, %c0 : tensor<?x?xf32>
//     %2 = arith.cmpi eq, %dim_3, %dim_4 : index
//     cf.assert %2, "operator 'pack-dynamic.mlir:7:8': dimension 0 of operand 1 must be as large as dimension 1 of operand 0"
//     %3 = arith.ceildivui %dim_1, %c32 : index
//     %4 = tensor.empty(%3, %dim_4) : tensor<?x?x32xf32>
//     %5 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel", "parallel"]} outs(%4 : tensor<?x?x32xf32>) attrs =  {tessera.pack} {
//     ^bb0(%out: f32):
//       %7 = linalg.index 1 : index
//       %8 = linalg.index 0 : index
//       %9 = arith.muli %8, %c32 : index
//       %10 = linalg.index 2 : index
//       %11 = arith.addi %9, %10 : index
//       %12 = arith.cmpi slt, %11, %dim_1 : index
//       %13 = scf.if %12 -> (f32) {
//         %extracted = tensor.extract %arg1[%7, %11] : tensor<?x?xf32>
//         scf.yield %extracted : f32
//       } else {
//         scf.yield %cst : f32
//       }
//       linalg.yield %13 : f32
//     } -> tensor<?x?x32xf32>
//     %6 = linalg.generic {indexing_maps = [#map1, #map2, #map3], iterator_types = ["parallel", "parallel", "reduction"]} ins(%arg0, %5 : tensor<?x?xf32>, tensor<?x?x32xf32>) outs(%arg2 : tensor<?x?xf32>) attrs =  {tessera.layouts = ["", "1,0 1:32"]} {
//     ^bb0(%in: f32, %in_5: f32, %out: f32):
//       %7 = arith.mulf %in, %in_5 : f32
//       %8 = arith.addf %out, %7 : f32
//       linalg.yield %8 : f32
//     } -> tensor<?x?xf32>
//     return %6 : tensor<?x?xf32>
//   }
// }
//
