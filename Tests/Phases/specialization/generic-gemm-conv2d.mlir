// A convolution: the rows of the product are the images, the columns the features, the sum runs over the channels. The loops of the window stay outside.
// FROM: input
// PACKING: * => generic-gemm m=8 n=16 k=4 order=mkn
func.func @conv(%x: tensor<9x10x10x21xf32>, %w: tensor<3x3x21x35xf32>, %init: tensor<9x8x8x35xf32>) -> tensor<9x8x8x35xf32> {
  %y = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
    ins(%x, %w : tensor<9x10x10x21xf32>, tensor<3x3x21x35xf32>) outs(%init : tensor<9x8x8x35xf32>) -> tensor<9x8x8x35xf32>
  return %y : tensor<9x8x8x35xf32>
}
// EXPECT
// #map = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1, d2, d3, d4, d5)>
// #map1 = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7, d8, d9) -> (d0 + d4, d1 + d5, d2, d6, d7, d8)>
// #map2 = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7, d8, d9) -> (d4, d5, d3, d6, d8, d9)>
// #map3 = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7, d8, d9) -> (d0, d1, d2, d3, d7, d9)>
// #map4 = affine_map<(d0, d1, d2, d3) -> (d1, d2, d0 floordiv 8, d3 floordiv 16, d0 mod 8, d3 mod 16)>
// #map5 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
// module {
//   func.func @conv(%arg0: tensor<9x10x10x21xf32>, %arg1: tensor<3x3x21x35xf32>, %arg2: tensor<9x8x8x35xf32>) -> tensor<9x8x8x35xf32> {
//     %c16 = arith.constant 16 : index
//     %c35 = arith.constant 35 : index
//     %cst = arith.constant 0.000000e+00 : f32
//     %c4 = arith.constant 4 : index
//     %c8 = arith.constant 8 : index
//     %c9 = arith.constant 9 : index
//     %c21 = arith.constant 21 : index
//     %0 = tensor.empty() : tensor<10x10x2x6x8x4xf32>
//     %1 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "parallel"]} outs(%0 : tensor<10x10x2x6x8x4xf32>) attrs =  {tessera.pack} {
//     ^bb0(%out: f32):
//       %9 = linalg.index 2 : index
//       %10 = arith.muli %9, %c8 : index
//       %11 = linalg.index 4 : index
//       %12 = arith.addi %10, %11 : index
//       %13 = linalg.index 0 : index
//       %14 = linalg.index 1 : index
//       %15 = linalg.index 3 : index
//       %16 = arith.muli %15, %c4 : index
//       %17 = linalg.index 5 : index
//       %18 = arith.addi %16, %17 : index
//       %19 = arith.cmpi slt, %12, %c9 : index
//       %20 = arith.cmpi slt, %18, %c21 : index
//       %21 = arith.andi %19, %20 : i1
//       %22 = scf.if %21 -> (f32) {
//         %extracted = tensor.extract %arg0[%12, %13, %14, %18] : tensor<9x10x10x21xf32>
//         scf.yield %extracted : f32
//       } else {
//         scf.yield %cst : f32
//       }
//       linalg.yield %22 : f32
//     } -> tensor<10x10x2x6x8x4xf32>
//     %2 = tensor.empty() : tensor<3x3x3x6x4x16xf32>
//     %3 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "parallel"]} outs(%2 : tensor<3x3x3x6x4x16xf32>) attrs =  {tessera.pack} {
//     ^bb0(%out: f32):
//       %9 = linalg.index 0 : index
//       %10 = linalg.index 1 : index
//       %11 = linalg.index 3 : index
//       %12 = arith.muli %11, %c4 : index
//       %13 = linalg.index 4 : index
//       %14 = arith.addi %12, %13 : index
//       %15 = linalg.index 2 : index
//       %16 = arith.muli %15, %c16 : index
//       %17 = linalg.index 5 : index
//       %18 = arith.addi %16, %17 : index
//       %19 = arith.cmpi slt, %14, %c21 : index
//       %20 = arith.cmpi slt, %18, %c35 : index
//       %21 = arith.andi %19, %20 : i1
//       %22 = scf.if %21 -> (f32) {
//         %extracted = tensor.extract %arg1[%9, %10, %14, %18] : tensor<3x3x21x35xf32>
//         scf.yield %extracted : f32
//       } else {
//         scf.yield %cst : f32
//       }
//       linalg.yield %22 : f32
//     } -> tensor<3x3x3x6x4x16xf32>
//     %4 = tensor.empty() : tensor<8x8x2x3x8x16xf32>
//     %5 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "parallel"]} outs(%4 : tensor<8x8x2x3x8x16xf32>) attrs =  {tessera.pack} {
//     ^bb0(%out: f32):
//       %9 = linalg.index 2 : index
//       %10 = arith.muli %9, %c8 : index
//       %11 = linalg.index 4 : index
//       %12 = arith.addi %10, %11 : index
//       %13 = linalg.index 0 : index
//       %14 = linalg.index 1 : index
//       %15 = linalg.index 3 : index
//       %16 = arith.muli %15, %c16 : index
//       %17 = linalg.index 5 : index
//       %18 = arith.addi %16, %17 : index
//       %19 = arith.cmpi slt, %12, %c9 : index
//       %20 = arith.cmpi slt, %18, %c35 : index
//       %21 = arith.andi %19, %20 : i1
//       %22 = scf.if %21 -> (f32) {
//         %extracted = tensor.extract %arg2[%12, %13, %14, %18] : tensor<9x8x8x35xf32>
//         scf.yield %extracted : f32
//       } else {
//         scf.yield %cst : f32
//       }
//       linalg.yield %22 : f32
//     } -> tensor<8x8x2x3x8x16xf32>
//     %6 = linalg.generic {indexing_maps = [#map1, #map2, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "parallel", "reduction", "parallel"]} ins(%1, %3 : tensor<10x10x2x6x8x4xf32>, tensor<3x3x3x6x4x16xf32>) outs(%5 : tensor<8x8x2x3x8x16xf32>) {
//     ^bb0(%in: f32, %in_0: f32, %out: f32):
//       %9 = arith.mulf %in, %in_0 : f32
//       %10 = arith.addf %out, %9 : f32
//       linalg.yield %10 : f32
//     } -> tensor<8x8x2x3x8x16xf32>
//     %7 = tensor.empty() : tensor<9x8x8x35xf32>
//     %8 = linalg.generic {indexing_maps = [#map4, #map5], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%6 : tensor<8x8x2x3x8x16xf32>) outs(%7 : tensor<9x8x8x35xf32>) attrs =  {tessera.unpack} {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<9x8x8x35xf32>
//     return %8 : tensor<9x8x8x35xf32>
//   }
// }
//
