// A 3 x 3 convolution of enough channels with constant weights is computed by minimal filtering: 16 matrix products between sums and differences.
// The products have the convolution's tags.
#in = affine_map<(n, y, x, f, i, j, c) -> (n, y + i, x + j, c)>
#weights = affine_map<(n, y, x, f, i, j, c) -> (i, j, c, f)>
#out = affine_map<(n, y, x, f, i, j, c) -> (n, y, x, f)>
ml_program.global private @w(dense<0.5> : tensor<3x3x64x64xf32>) : tensor<3x3x64x64xf32>
func.func @convolution(%x: tensor<1x17x16x64xf32>) -> tensor<1x15x14x64xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x15x14x64xf32>
  %f = linalg.generic {
    indexing_maps = [affine_map<(d0, d1, d2, d3) -> ()>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>],
    iterator_types = ["parallel", "parallel", "parallel", "parallel"]
  } ins(%zero : f32) outs(%e : tensor<1x15x14x64xf32>) {
  ^bb0(%value: f32, %old: f32):
    linalg.yield %value : f32
  } -> tensor<1x15x14x64xf32>
  %w = ml_program.global_load_const @w : tensor<3x3x64x64xf32>
  %y = linalg.generic {indexing_maps = [#in, #weights, #out],
      iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"], tessera.tags = ["first"]}
      ins(%x, %w : tensor<1x17x16x64xf32>, tensor<3x3x64x64xf32>) outs(%f : tensor<1x15x14x64xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<1x15x14x64xf32>
  return %y : tensor<1x15x14x64xf32>
}
// EXPECT
// #extern = #ml_program.extern : tensor<3x3x64x64xf32>
// #map = affine_map<(d0, d1, d2, d3) -> ()>
// #map1 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
// #map2 = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d4)>
// #map3 = affine_map<(d0, d1, d2, d3, d4, d5) -> (d1, d5)>
// #map4 = affine_map<(d0, d1, d2, d3, d4, d5) -> (d4, d5, d2, d3)>
// #map5 = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1, d2, d3)>
// #map6 = affine_map<(d0, d1, d2, d3, d4, d5) -> (d2, d3 * 2 + d0 - (d0 floordiv 3) * 2, d4 * 2 + d1 - (d1 floordiv 3) * 2, d5)>
// #map7 = affine_map<(d0, d1, d2, d3, d4, d5) -> (d2, d3 * 2 + d0 - (d0 floordiv 3) * 2, d4 * 2 - d1 floordiv 2 + (d1 floordiv 3) * 2 + 2, d5)>
// #map8 = affine_map<(d0, d1, d2, d3, d4, d5) -> (d2, d3 * 2 - d0 floordiv 2 + (d0 floordiv 3) * 2 + 2, d4 * 2 + d1 - (d1 floordiv 3) * 2, d5)>
// #map9 = affine_map<(d0, d1, d2, d3, d4, d5) -> (d2, d3 * 2 - d0 floordiv 2 + (d0 floordiv 3) * 2 + 2, d4 * 2 - d1 floordiv 2 + (d1 floordiv 3) * 2 + 2, d5)>
// #map10 = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1, d2, d3, d4, d5)>
// #map11 = affine_map<(d0, d1, d2) -> ()>
// #map12 = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// #map13 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>
// #map14 = affine_map<(d0, d1, d2, d3) -> (d0, d3, d2)>
// #map15 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>
// #map16 = affine_map<(d0, d1, d2, d3) -> (d1 mod 2, d2 mod 2, d0, d1 floordiv 2, d2 floordiv 2, d3)>
// #map17 = affine_map<(d0, d1, d2, d3) -> (d1 mod 2, d2 mod 2 + 1, d0, d1 floordiv 2, d2 floordiv 2, d3)>
// #map18 = affine_map<(d0, d1, d2, d3) -> (d1 mod 2, d2 mod 2 + 2, d0, d1 floordiv 2, d2 floordiv 2, d3)>
// #map19 = affine_map<(d0, d1, d2, d3) -> (d1 mod 2 + 1, d2 mod 2, d0, d1 floordiv 2, d2 floordiv 2, d3)>
// #map20 = affine_map<(d0, d1, d2, d3) -> (d1 mod 2 + 1, d2 mod 2 + 1, d0, d1 floordiv 2, d2 floordiv 2, d3)>
// #map21 = affine_map<(d0, d1, d2, d3) -> (d1 mod 2 + 1, d2 mod 2 + 2, d0, d1 floordiv 2, d2 floordiv 2, d3)>
// #map22 = affine_map<(d0, d1, d2, d3) -> (d1 mod 2 + 2, d2 mod 2, d0, d1 floordiv 2, d2 floordiv 2, d3)>
// #map23 = affine_map<(d0, d1, d2, d3) -> (d1 mod 2 + 2, d2 mod 2 + 1, d0, d1 floordiv 2, d2 floordiv 2, d3)>
// #map24 = affine_map<(d0, d1, d2, d3) -> (d1 mod 2 + 2, d2 mod 2 + 2, d0, d1 floordiv 2, d2 floordiv 2, d3)>
// module {
//   ml_program.global private @w(#extern) : tensor<3x3x64x64xf32>
//   func.func @convolution(%arg0: tensor<1x17x16x64xf32>) -> tensor<1x15x14x64xf32> {
//     %c0 = arith.constant 0 : index
//     %c2 = arith.constant 2 : index
//     %cst = arith.constant -1.000000e+00 : f32
//     %cst_0 = arith.constant 1.000000e+00 : f32
//     %c1 = arith.constant 1 : index
//     %c16 = arith.constant 16 : index
//     %c17 = arith.constant 17 : index
//     %cst_1 = arith.constant dense<[[1.000000e+00, 0.000000e+00, 0.000000e+00], [5.000000e-01, 5.000000e-01, 5.000000e-01], [5.000000e-01, -5.000000e-01, 5.000000e-01], [0.000000e+00, 0.000000e+00, 1.000000e+00]]> : tensor<4x3xf32>
//     %cst_2 = arith.constant 0.000000e+00 : f32
//     %w = ml_program.global_load_const @w : tensor<3x3x64x64xf32>
//     %0 = tensor.empty() : tensor<4x4x64x64xf32>
//     %1 = linalg.generic {indexing_maps = [#map, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%cst_2 : f32) outs(%0 : tensor<4x4x64x64xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<4x4x64x64xf32>
//     %2 = linalg.generic {indexing_maps = [#map2, #map3, #map4, #map5], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]} ins(%cst_1, %cst_1, %w : tensor<4x3xf32>, tensor<4x3xf32>, tensor<3x3x64x64xf32>) outs(%1 : tensor<4x4x64x64xf32>) {
//     ^bb0(%in: f32, %in_4: f32, %in_5: f32, %out: f32):
//       %16 = arith.mulf %in, %in_4 : f32
//       %17 = arith.mulf %16, %in_5 : f32
//       %18 = arith.addf %out, %17 : f32
//       linalg.yield %18 : f32
//     } -> tensor<4x4x64x64xf32>
//     %3 = tensor.empty() : tensor<1x18x16x64xf32>
//     %4 = linalg.generic {indexing_maps = [#map1], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} outs(%3 : tensor<1x18x16x64xf32>) {
//     ^bb0(%out: f32):
//       %16 = linalg.index 1 : index
//       %17 = linalg.index 2 : index
//       %18 = linalg.index 3 : index
//       %19 = arith.cmpi slt, %16, %c17 : index
//       %20 = arith.cmpi slt, %17, %c16 : index
//       %21 = arith.andi %19, %20 : i1
//       %22 = scf.if %21 -> (f32) {
//         %extracted = tensor.extract %arg0[%c0, %16, %17, %18] : tensor<1x17x16x64xf32>
//         scf.yield %extracted : f32
//       } else {
//         scf.yield %cst_2 : f32
//       }
//       linalg.yield %22 : f32
//     } -> tensor<1x18x16x64xf32>
//     %5 = tensor.empty() : tensor<4x4x1x8x7x64xf32>
//     %6 = linalg.generic {indexing_maps = [#map6, #map7, #map8, #map9, #map10], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%4, %4, %4, %4 : tensor<1x18x16x64xf32>, tensor<1x18x16x64xf32>, tensor<1x18x16x64xf32>, tensor<1x18x16x64xf32>) outs(%5 : tensor<4x4x1x8x7x64xf32>) {
//     ^bb0(%in: f32, %in_4: f32, %in_5: f32, %in_6: f32, %out: f32):
//       %16 = linalg.index 1 : index
//       %17 = arith.cmpi eq, %16, %c1 : index
//       %18 = arith.select %17, %cst_0, %cst : f32
//       %19 = arith.mulf %18, %in_4 : f32
//       %20 = arith.addf %in, %19 : f32
//       %21 = arith.mulf %18, %in_6 : f32
//       %22 = arith.addf %in_5, %21 : f32
//       %23 = linalg.index 0 : index
//       %24 = arith.cmpi eq, %23, %c1 : index
//       %25 = arith.select %24, %cst_0, %cst : f32
//       %26 = arith.mulf %25, %22 : f32
//       %27 = arith.addf %20, %26 : f32
//       linalg.yield %27 : f32
//     } -> tensor<4x4x1x8x7x64xf32>
//     %collapsed = tensor.collapse_shape %6 [[0, 1], [2, 3, 4], [5]] : tensor<4x4x1x8x7x64xf32> into tensor<16x56x64xf32>
//     %collapsed_3 = tensor.collapse_shape %2 [[0, 1], [2], [3]] : tensor<4x4x64x64xf32> into tensor<16x64x64xf32>
//     %7 = tensor.empty() : tensor<16x56x64xf32>
//     %8 = linalg.generic {indexing_maps = [#map11, #map12], iterator_types = ["parallel", "parallel", "parallel"]} ins(%cst_2 : f32) outs(%7 : tensor<16x56x64xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<16x56x64xf32>
//     %9 = "encoding.set"(%collapsed) : (tensor<16x56x64xf32>) -> tensor<16x56x64xf32, {elements = [f32, f32, f32], loops = ["batch:16", "column:56", "row:64", "reduction:64"], operand = 0 : i64, own = array<i64: 0, 1, 3>, result = array<i64: 0, 1, 2>, tags = ["first"]}>
//     %10 = "encoding.set"(%collapsed_3) : (tensor<16x64x64xf32>) -> tensor<16x64x64xf32, {constant, elements = [f32, f32, f32], loops = ["batch:16", "row:56", "column:64", "reduction:64"], operand = 1 : i64, own = array<i64: 0, 3, 2>, result = array<i64: 0, 1, 2>, tags = ["first"]}>
//     %11 = "encoding.set"(%8) : (tensor<16x56x64xf32>) -> tensor<16x56x64xf32, {elements = [f32, f32, f32], loops = ["batch:16", "row:56", "column:64", "reduction:64"], operand = 2 : i64, own = array<i64: 0, 1, 2>, result = array<i64: 0, 1, 2>, tags = ["first"]}>
//     %12 = linalg.generic {indexing_maps = [#map13, #map14, #map15], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%9, %10 : tensor<16x56x64xf32, {elements = [f32, f32, f32], loops = ["batch:16", "column:56", "row:64", "reduction:64"], operand = 0 : i64, own = array<i64: 0, 1, 3>, result = array<i64: 0, 1, 2>, tags = ["first"]}>, tensor<16x64x64xf32, {constant, elements = [f32, f32, f32], loops = ["batch:16", "row:56", "column:64", "reduction:64"], operand = 1 : i64, own = array<i64: 0, 3, 2>, result = array<i64: 0, 1, 2>, tags = ["first"]}>) outs(%11 : tensor<16x56x64xf32, {elements = [f32, f32, f32], loops = ["batch:16", "row:56", "column:64", "reduction:64"], operand = 2 : i64, own = array<i64: 0, 1, 2>, result = array<i64: 0, 1, 2>, tags = ["first"]}>) attrs =  {tessera.tags = ["first"]} {
//     ^bb0(%in: f32, %in_4: f32, %out: f32):
//       %16 = arith.mulf %in, %in_4 : f32
//       %17 = arith.addf %out, %16 : f32
//       linalg.yield %17 : f32
//     } -> tensor<16x56x64xf32, {elements = [f32, f32, f32], loops = ["batch:16", "row:56", "column:64", "reduction:64"], operand = 2 : i64, own = array<i64: 0, 1, 2>, result = array<i64: 0, 1, 2>, tags = ["first"]}>
//     %13 = "encoding.unset"(%12) : (tensor<16x56x64xf32, {elements = [f32, f32, f32], loops = ["batch:16", "row:56", "column:64", "reduction:64"], operand = 2 : i64, own = array<i64: 0, 1, 2>, result = array<i64: 0, 1, 2>, tags = ["first"]}>) -> tensor<16x56x64xf32>
//     %expanded = tensor.expand_shape %13 [[0, 1], [2, 3, 4], [5]] output_shape [4, 4, 1, 8, 7, 64] : tensor<16x56x64xf32> into tensor<4x4x1x8x7x64xf32>
//     %14 = tensor.empty() : tensor<1x15x14x64xf32>
//     %15 = linalg.generic {indexing_maps = [#map16, #map17, #map18, #map19, #map20, #map21, #map22, #map23, #map24, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded, %expanded, %expanded, %expanded, %expanded, %expanded, %expanded, %expanded, %expanded : tensor<4x4x1x8x7x64xf32>, tensor<4x4x1x8x7x64xf32>, tensor<4x4x1x8x7x64xf32>, tensor<4x4x1x8x7x64xf32>, tensor<4x4x1x8x7x64xf32>, tensor<4x4x1x8x7x64xf32>, tensor<4x4x1x8x7x64xf32>, tensor<4x4x1x8x7x64xf32>, tensor<4x4x1x8x7x64xf32>) outs(%14 : tensor<1x15x14x64xf32>) {
//     ^bb0(%in: f32, %in_4: f32, %in_5: f32, %in_6: f32, %in_7: f32, %in_8: f32, %in_9: f32, %in_10: f32, %in_11: f32, %out: f32):
//       %16 = linalg.index 2 : index
//       %17 = arith.remui %16, %c2 : index
//       %18 = arith.cmpi eq, %17, %c0 : index
//       %19 = arith.select %18, %cst_0, %cst : f32
//       %20 = arith.addf %in_4, %in_5 : f32
//       %21 = arith.mulf %19, %20 : f32
//       %22 = arith.addf %in, %21 : f32
//       %23 = arith.addf %in_7, %in_8 : f32
//       %24 = arith.mulf %19, %23 : f32
//       %25 = arith.addf %in_6, %24 : f32
//       %26 = arith.addf %in_10, %in_11 : f32
//       %27 = arith.mulf %19, %26 : f32
//       %28 = arith.addf %in_9, %27 : f32
//       %29 = linalg.index 1 : index
//       %30 = arith.remui %29, %c2 : index
//       %31 = arith.cmpi eq, %30, %c0 : index
//       %32 = arith.select %31, %cst_0, %cst : f32
//       %33 = arith.addf %25, %28 : f32
//       %34 = arith.mulf %32, %33 : f32
//       %35 = arith.addf %22, %34 : f32
//       linalg.yield %35 : f32
//     } -> tensor<1x15x14x64xf32>
//     return %15 : tensor<1x15x14x64xf32>
//   }
// }
//
