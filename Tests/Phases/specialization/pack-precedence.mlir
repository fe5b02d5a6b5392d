// Who chooses: the attribute of the operation, then the spec, then the target. Here the left side has an attribute, and the right side a rule.
// FROM: input
// PACKING: operand=1 tag=special => layout 0,1 1:16
// PACKING: * => layout 1,0 1:64
#lhs = affine_map<(m, n, k) -> (m, k)>
#rhs = affine_map<(m, n, k) -> (k, n)>
#out = affine_map<(m, n, k) -> (m, n)>
func.func @dense(%x: tensor<64x32xf32>, %w: tensor<32x128xf32>, %init: tensor<64x128xf32>) -> tensor<64x128xf32> {
  %y = linalg.generic {
    indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "parallel", "reduction"],
    tessera.layouts = ["1,0", "", "0,1"], tessera.tags = ["special"]
  } ins(%x, %w : tensor<64x32xf32>, tensor<32x128xf32>) outs(%init : tensor<64x128xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %c, %p : f32
    linalg.yield %s : f32
  } -> tensor<64x128xf32>
  return %y : tensor<64x128xf32>
}
// EXPECT
// #map = affine_map<(d0, d1) -> (d0, d1)>
// #map1 = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// #map2 = affine_map<(d0, d1, d2) -> (d2, d0)>
// #map3 = affine_map<(d0, d1, d2) -> (d2, d1 floordiv 16, d1 mod 16)>
// #map4 = affine_map<(d0, d1, d2) -> (d0, d1)>
// module {
//   func.func @dense(%arg0: tensor<64x32xf32>, %arg1: tensor<32x128xf32>, %arg2: tensor<64x128xf32>) -> tensor<64x128xf32> {
//     %c16 = arith.constant 16 : index
//     %0 = tensor.empty() : tensor<32x64xf32>
//     %1 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel"]} outs(%0 : tensor<32x64xf32>) attrs =  {tessera.pack} {
//     ^bb0(%out: f32):
//       %5 = linalg.index 1 : index
//       %6 = linalg.index 0 : index
//       %extracted = tensor.extract %arg0[%5, %6] : tensor<64x32xf32>
//       linalg.yield %extracted : f32
//     } -> tensor<32x64xf32>
//     %2 = tensor.empty() : tensor<32x8x16xf32>
//     %3 = linalg.generic {indexing_maps = [#map1], iterator_types = ["parallel", "parallel", "parallel"]} outs(%2 : tensor<32x8x16xf32>) attrs =  {tessera.pack} {
//     ^bb0(%out: f32):
//       %5 = linalg.index 0 : index
//       %6 = linalg.index 1 : index
//       %7 = arith.muli %6, %c16 : index
//       %8 = linalg.index 2 : index
//       %9 = arith.addi %7, %8 : index
//       %extracted = tensor.extract %arg1[%5, %9] : tensor<32x128xf32>
//       linalg.yield %extracted : f32
//     } -> tensor<32x8x16xf32>
//     %4 = linalg.generic {indexing_maps = [#map2, #map3, #map4], iterator_types = ["parallel", "parallel", "reduction"]} ins(%1, %3 : tensor<32x64xf32>, tensor<32x8x16xf32>) outs(%arg2 : tensor<64x128xf32>) attrs =  {tessera.layouts = ["1,0", "", "0,1"], tessera.tags = ["special"]} {
//     ^bb0(%in: f32, %in_0: f32, %out: f32):
//       %5 = arith.mulf %in, %in_0 : f32
//       %6 = arith.addf %out, %5 : f32
//       linalg.yield %6 : f32
//     } -> tensor<64x128xf32>
//     return %4 : tensor<64x128xf32>
//   }
// }
//
