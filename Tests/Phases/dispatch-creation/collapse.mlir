// Rows of ten elements are collapsed with the dimensions before them, where all tensors of a dispatch are contiguous: fully with a number as second
// operand, but not past the column of each channel. A body that asks for its position keeps that dimension.
#all = affine_map<(a, b, c) -> (a, b, c)>
func.func @flat(%x: tensor<?x?x10xf32>, %y: tensor<?x?x10xf32>) -> tensor<?x?x10xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = tensor.dim %x, %c0 : tensor<?x?x10xf32>
  %m = tensor.dim %x, %c1 : tensor<?x?x10xf32>
  %e = tensor.empty(%n, %m) : tensor<?x?x10xf32>
  %r = linalg.generic {indexing_maps = [#all, #all, #all], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %y : tensor<?x?x10xf32>, tensor<?x?x10xf32>) outs(%e : tensor<?x?x10xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %t = arith.addf %a, %b : f32
    linalg.yield %t : f32
  } -> tensor<?x?x10xf32>
  return %r : tensor<?x?x10xf32>
}
func.func @channels(%x: tensor<4x1x7x5xf32>, %y: tensor<4xf32>) -> tensor<4x1x7x5xf32> {
  %e = tensor.empty() : tensor<4x1x7x5xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(a, b, c, d) -> (a, b, c, d)>, affine_map<(a, b, c, d) -> (a)>, affine_map<(a, b, c, d) -> (a, b, c, d)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x, %y : tensor<4x1x7x5xf32>, tensor<4xf32>) outs(%e : tensor<4x1x7x5xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %t = arith.addf %a, %b : f32
    linalg.yield %t : f32
  } -> tensor<4x1x7x5xf32>
  return %r : tensor<4x1x7x5xf32>
}
func.func @position(%x: tensor<4x6x5xf32>) -> tensor<4x6x5xi64> {
  %e = tensor.empty() : tensor<4x6x5xi64>
  %r = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x : tensor<4x6x5xf32>) outs(%e : tensor<4x6x5xi64>) {
  ^bb0(%a: f32, %o: i64):
    %i = linalg.index 0 : index
    %p = arith.index_cast %i : index to i64
    %v = arith.fptosi %a : f32 to i64
    %t = arith.addi %p, %v : i64
    linalg.yield %t : i64
  } -> tensor<4x6x5xi64>
  return %r : tensor<4x6x5xi64>
}
func.func @transposed(%x: tensor<6x5x40xf32>) -> tensor<40x6x5xf32> {
  %e = tensor.empty() : tensor<40x6x5xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(a, b, c) -> (b, c, a)>, #all], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x : tensor<6x5x40xf32>) outs(%e : tensor<40x6x5xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } -> tensor<40x6x5xf32>
  return %r : tensor<40x6x5xf32>
}
// EXPECT
// #map = affine_map<(d0) -> (d0)>
// #map1 = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// #map2 = affine_map<(d0, d1, d2) -> (d0)>
// #map3 = affine_map<(d0, d1) -> (d0, d1)>
// #map4 = affine_map<(d0, d1) -> (d1, d0)>
// module {
//   func.func @flat(%arg0: tensor<?x?x10xf32>, %arg1: tensor<?x?x10xf32>) -> tensor<?x?x10xf32> {
//     %c10 = arith.constant 10 : index
//     %c0 = arith.constant 0 : index
//     %c1 = arith.constant 1 : index
//     %dim = tensor.dim %arg0, %c0 : tensor<?x?x10xf32>
//     %dim_0 = tensor.dim %arg0, %c1 : tensor<?x?x10xf32>
//     %collapsed = tensor.collapse_shape %arg0 [[0, 1, 2]] : tensor<?x?x10xf32> into tensor<?xf32>
//     %collapsed_1 = tensor.collapse_shape %arg1 [[0, 1, 2]] : tensor<?x?x10xf32> into tensor<?xf32>
//     %0 = arith.muli %dim, %dim_0 overflow<nsw> : index
//     %1 = arith.muli %0, %c10 overflow<nsw> : index
//     %dim_2 = tensor.dim %arg1, %c0 : tensor<?x?x10xf32>
//     %dim_3 = tensor.dim %arg1, %c1 : tensor<?x?x10xf32>
//     %2 = arith.muli %dim_2, %dim_3 overflow<nsw> : index
//     %3 = arith.muli %2, %c10 overflow<nsw> : index
//     %4 = "flow.dispatch"(%1, %3, %collapsed, %collapsed_1) {executable = @dispatch_0, flow.result_dims = array<i64: 0>} : (index, index, tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
//     %expanded = tensor.expand_shape %4 [[0, 1, 2]] output_shape [%dim, %dim_0, 10] : tensor<?xf32> into tensor<?x?x10xf32>
//     return %expanded : tensor<?x?x10xf32>
//   }
//   func.func @channels(%arg0: tensor<4x1x7x5xf32>, %arg1: tensor<4xf32>) -> tensor<4x1x7x5xf32> {
//     %collapsed = tensor.collapse_shape %arg0 [[0], [1], [2, 3]] : tensor<4x1x7x5xf32> into tensor<4x1x35xf32>
//     %0 = "flow.dispatch"(%collapsed, %arg1) {executable = @dispatch_1} : (tensor<4x1x35xf32>, tensor<4xf32>) -> tensor<4x1x35xf32>
//     %expanded = tensor.expand_shape %0 [[0], [1], [2, 3]] output_shape [4, 1, 7, 5] : tensor<4x1x35xf32> into tensor<4x1x7x5xf32>
//     return %expanded : tensor<4x1x7x5xf32>
//   }
//   func.func @position(%arg0: tensor<4x6x5xf32>) -> tensor<4x6x5xi64> {
//     %collapsed = tensor.collapse_shape %arg0 [[0], [1, 2]] : tensor<4x6x5xf32> into tensor<4x30xf32>
//     %0 = "flow.dispatch"(%collapsed) {executable = @dispatch_2} : (tensor<4x30xf32>) -> tensor<4x30xi64>
//     %expanded = tensor.expand_shape %0 [[0], [1, 2]] output_shape [4, 6, 5] : tensor<4x30xi64> into tensor<4x6x5xi64>
//     return %expanded : tensor<4x6x5xi64>
//   }
//   func.func @transposed(%arg0: tensor<6x5x40xf32>) -> tensor<40x6x5xf32> {
//     %collapsed = tensor.collapse_shape %arg0 [[0, 1], [2]] : tensor<6x5x40xf32> into tensor<30x40xf32>
//     %0 = "flow.dispatch"(%collapsed) {executable = @dispatch_3} : (tensor<30x40xf32>) -> tensor<40x30xf32>
//     %expanded = tensor.expand_shape %0 [[0], [1, 2]] output_shape [40, 6, 5] : tensor<40x30xf32> into tensor<40x6x5xf32>
//     return %expanded : tensor<40x6x5xf32>
//   }
//   func.func private @dispatch_0(%arg0: index, %arg1: index, %arg2: tensor<?xf32>, %arg3: tensor<?xf32>) -> tensor<?xf32> attributes {flow.executable, flow.name = "elementwise_n_f32", flow.operand_dims = array<i64: 0, 1>, flow.result_dims = array<i64: 0>} {
//     %0 = tensor.empty(%arg0) : tensor<?xf32>
//     %1 = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel"]} ins(%arg2, %arg3 : tensor<?xf32>, tensor<?xf32>) outs(%0 : tensor<?xf32>) {
//     ^bb0(%in: f32, %in_0: f32, %out: f32):
//       %2 = arith.addf %in, %in_0 : f32
//       linalg.yield %2 : f32
//     } -> tensor<?xf32>
//     return %1 : tensor<?xf32>
//   }
//   func.func private @dispatch_1(%arg0: tensor<4x1x35xf32>, %arg1: tensor<4xf32>) -> tensor<4x1x35xf32> attributes {flow.executable, flow.name = "elementwise_4x1x35_f32", flow.operand_dims = array<i64>, flow.result_dims = array<i64>} {
//     %0 = tensor.empty() : tensor<4x1x35xf32>
//     %1 = linalg.generic {indexing_maps = [#map1, #map2, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%arg0, %arg1 : tensor<4x1x35xf32>, tensor<4xf32>) outs(%0 : tensor<4x1x35xf32>) {
//     ^bb0(%in: f32, %in_0: f32, %out: f32):
//       %2 = arith.addf %in, %in_0 : f32
//       linalg.yield %2 : f32
//     } -> tensor<4x1x35xf32>
//     return %1 : tensor<4x1x35xf32>
//   }
//   func.func private @dispatch_2(%arg0: tensor<4x30xf32>) -> tensor<4x30xi64> attributes {flow.executable, flow.name = "elementwise_4x30_i64", flow.operand_dims = array<i64>, flow.result_dims = array<i64>} {
//     %0 = tensor.empty() : tensor<4x30xi64>
//     %1 = linalg.generic {indexing_maps = [#map3, #map3], iterator_types = ["parallel", "parallel"]} ins(%arg0 : tensor<4x30xf32>) outs(%0 : tensor<4x30xi64>) {
//     ^bb0(%in: f32, %out: i64):
//       %2 = linalg.index 0 : index
//       %3 = arith.index_cast %2 : index to i64
//       %4 = arith.fptosi %in : f32 to i64
//       %5 = arith.addi %3, %4 : i64
//       linalg.yield %5 : i64
//     } -> tensor<4x30xi64>
//     return %1 : tensor<4x30xi64>
//   }
//   func.func private @dispatch_3(%arg0: tensor<30x40xf32>) -> tensor<40x30xf32> attributes {flow.executable, flow.name = "movement_40x30_f32", flow.operand_dims = array<i64>, flow.result_dims = array<i64>} {
//     %0 = tensor.empty() : tensor<40x30xf32>
//     %1 = linalg.generic {indexing_maps = [#map4, #map3], iterator_types = ["parallel", "parallel"]} ins(%arg0 : tensor<30x40xf32>) outs(%0 : tensor<40x30xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<40x30xf32>
//     return %1 : tensor<40x30xf32>
//   }
// }
//
