// Equal computations on different values are one executable, called twice; its name says what it is.
#id = affine_map<(i, j) -> (i, j)>
func.func @twice(%x: tensor<64x48xf32>, %y: tensor<64x48xf32>) -> (tensor<64x48xf32>, tensor<64x48xf32>) {
  %empty = tensor.empty() : tensor<64x48xf32>
  %a = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<64x48xf32>) outs(%empty : tensor<64x48xf32>) {
  ^bb0(%a0: f32, %o: f32):
    %v = math.exp %a0 : f32
    linalg.yield %v : f32
  } -> tensor<64x48xf32>
  %b = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%y : tensor<64x48xf32>) outs(%empty : tensor<64x48xf32>) {
  ^bb0(%a0: f32, %o: f32):
    %v = math.exp %a0 : f32
    linalg.yield %v : f32
  } -> tensor<64x48xf32>
  return %a, %b : tensor<64x48xf32>, tensor<64x48xf32>
}

// EXPECT
// #map = affine_map<(d0) -> (d0)>
// module {
//   func.func @twice(%arg0: tensor<64x48xf32>, %arg1: tensor<64x48xf32>) -> (tensor<64x48xf32>, tensor<64x48xf32>) {
//     %collapsed = tensor.collapse_shape %arg0 [[0, 1]] : tensor<64x48xf32> into tensor<3072xf32>
//     %0 = "flow.dispatch"(%collapsed) {executable = @dispatch_0} : (tensor<3072xf32>) -> tensor<3072xf32>
//     %expanded = tensor.expand_shape %0 [[0, 1]] output_shape [64, 48] : tensor<3072xf32> into tensor<64x48xf32>
//     %collapsed_0 = tensor.collapse_shape %arg1 [[0, 1]] : tensor<64x48xf32> into tensor<3072xf32>
//     %1 = "flow.dispatch"(%collapsed_0) {executable = @dispatch_0} : (tensor<3072xf32>) -> tensor<3072xf32>
//     %expanded_1 = tensor.expand_shape %1 [[0, 1]] output_shape [64, 48] : tensor<3072xf32> into tensor<64x48xf32>
//     return %expanded, %expanded_1 : tensor<64x48xf32>, tensor<64x48xf32>
//   }
//   func.func private @dispatch_0(%arg0: tensor<3072xf32>) -> tensor<3072xf32> attributes {flow.executable, flow.name = "elementwise_3072_f32", flow.operand_dims = array<i64>, flow.result_dims = array<i64>} {
//     %0 = tensor.empty() : tensor<3072xf32>
//     %1 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%arg0 : tensor<3072xf32>) outs(%0 : tensor<3072xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       %2 = math.exp %in : f32
//       linalg.yield %2 : f32
//     } -> tensor<3072xf32>
//     return %1 : tensor<3072xf32>
//   }
// }
//
