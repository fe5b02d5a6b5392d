// Reads of bodies: the first is proven by its condition, the second is checked before the operation, the third by the kernel, and a window that slides
// over an operand must end inside of it.
#row = affine_map<(d0) -> (d0)>
#window = affine_map<(d0, d1) -> (d0 + d1)>
#out = affine_map<(d0, d1) -> (d0)>
#taps = affine_map<(d0, d1) -> (d1)>
func.func @reads(%x: tensor<?xf32>, %n: index, %shift: index, %taps: tensor<3xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %size = tensor.dim %x, %c0 : tensor<?xf32>
  %empty = tensor.empty(%n) : tensor<?xf32>
  %sum = linalg.generic {indexing_maps = [#row], iterator_types = ["parallel"]} outs(%empty : tensor<?xf32>) {
  ^bb0(%out: f32):
    %i = linalg.index 0 : index
    %is_inside = arith.cmpi slt, %i, %size : index
    %first = scf.if %is_inside -> (f32) {
      %a = tensor.extract %x[%i] : tensor<?xf32>
      scf.yield %a : f32
    } else {
      scf.yield %zero : f32
    }
    %moved = arith.addi %i, %shift : index
    %second = tensor.extract %x[%moved] : tensor<?xf32>
    %is_small = arith.cmpi slt, %i, %shift : index
    %chosen = arith.select %is_small, %shift, %c0 : index
    %third = tensor.extract %x[%chosen] : tensor<?xf32>
    %b = arith.addf %first, %second : f32
    %c = arith.addf %b, %third : f32
    linalg.yield %c : f32
  } -> tensor<?xf32>
  %filled = linalg.fill ins(%zero : f32) outs(%empty : tensor<?xf32>) -> tensor<?xf32>
  %slid = linalg.generic {indexing_maps = [#window, #taps, #out], iterator_types = ["parallel", "reduction"]}
      ins(%x, %taps : tensor<?xf32>, tensor<3xf32>) outs(%filled : tensor<?xf32>) {
  ^bb0(%a: f32, %t: f32, %out: f32):
    %p = arith.mulf %a, %t : f32
    %s = arith.addf %out, %p : f32
    linalg.yield %s : f32
  } -> tensor<?xf32>
  return %sum, %slid : tensor<?xf32>, tensor<?xf32>
}
// EXPECT
// #map = affine_map<(d0) -> (d0)>
// #map1 = affine_map<(d0) -> ()>
// #map2 = affine_map<(d0, d1) -> (d0 + d1)>
// #map3 = affine_map<(d0, d1) -> (d1)>
// #map4 = affine_map<(d0, d1) -> (d0)>
// module {
//   func.func @reads(%arg0: tensor<?xf32>, %arg1: index, %arg2: index, %arg3: tensor<3xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
//     %c1 = arith.constant 1 : index
//     %c-1 = arith.constant -1 : index
//     %cst = arith.constant 0.000000e+00 : f32
//     %c0 = arith.constant 0 : index
//     %dim = tensor.dim %arg0, %c0 : tensor<?xf32>
//     %0 = tensor.empty(%arg1) : tensor<?xf32>
//     %1 = arith.cmpi eq, %arg1, %c0 : index
//     %2 = arith.select %1, %c0, %arg2 : index
//     %3 = arith.cmpi sge, %2, %c0 : index
//     cf.assert %3, "operator 'reads.mlir:12:10': it reads before the first element of an operand"
//     %4 = arith.addi %arg1, %arg2 overflow<nsw> : index
//     %5 = arith.addi %4, %c-1 overflow<nsw> : index
//     %6 = arith.select %1, %c-1, %5 : index
//     %7 = arith.cmpi slt, %6, %dim : index
//     cf.assert %7, "operator 'reads.mlir:12:10': it reads behind the last element of an operand"
//     %8 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel"]} outs(%0 : tensor<?xf32>) {
//     ^bb0(%out: f32):
//       %14 = linalg.index 0 : index
//       %15 = arith.cmpi slt, %14, %dim : index
//       %16 = scf.if %15 -> (f32) {
//         %extracted_1 = tensor.extract %arg0[%14] : tensor<?xf32>
//         scf.yield %extracted_1 : f32
//       } else {
//         scf.yield %cst : f32
//       }
//       %17 = arith.addi %14, %arg2 : index
//       %extracted = tensor.extract %arg0[%17] : tensor<?xf32>
//       %18 = arith.cmpi slt, %14, %arg2 : index
//       %19 = arith.select %18, %arg2, %c0 : index
//       %extracted_0 = tensor.extract %arg0[%19] {tessera.checked_axes = array<i64: 0>} : tensor<?xf32>
//       %20 = arith.addf %16, %extracted : f32
//       %21 = arith.addf %20, %extracted_0 : f32
//       linalg.yield %21 : f32
//     } -> tensor<?xf32>
//     %9 = linalg.generic {indexing_maps = [#map1, #map], iterator_types = ["parallel"]} ins(%cst : f32) outs(%0 : tensor<?xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<?xf32>
//     %10 = arith.addi %arg1, %c1 overflow<nsw> : index
//     %11 = arith.select %1, %c-1, %10 : index
//     %12 = arith.cmpi slt, %11, %dim : index
//     cf.assert %12, "operator 'reads.mlir:32:11': it reads behind the last element of an operand"
//     %13 = linalg.generic {indexing_maps = [#map2, #map3, #map4], iterator_types = ["parallel", "reduction"]} ins(%arg0, %arg3 : tensor<?xf32>, tensor<3xf32>) outs(%9 : tensor<?xf32>) {
//     ^bb0(%in: f32, %in_0: f32, %out: f32):
//       %14 = arith.mulf %in, %in_0 : f32
//       %15 = arith.addf %out, %14 : f32
//       linalg.yield %15 : f32
//     } -> tensor<?xf32>
//     return %8, %13 : tensor<?xf32>, tensor<?xf32>
//   }
// }
//
