// Sizes that are not known travel as scalars in front; attributes say which scalar is which dimension.
#id = affine_map<(i, j) -> (i, j)>
func.func @dynamic(%x: tensor<?x48xf32>) -> tensor<?x48xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x48xf32>
  %empty = tensor.empty(%n) : tensor<?x48xf32>
  %y = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<?x48xf32>) outs(%empty : tensor<?x48xf32>) {
  ^bb0(%a0: f32, %o: f32):
    %v = math.exp %a0 : f32
    linalg.yield %v : f32
  } -> tensor<?x48xf32>
  return %y : tensor<?x48xf32>
}

// EXPECT
// #map = affine_map<(d0) -> (d0)>
// module {
//   func.func @dynamic(%arg0: tensor<?x48xf32>) -> tensor<?x48xf32> {
//     %c48 = arith.constant 48 : index
//     %c0 = arith.constant 0 : index
//     %dim = tensor.dim %arg0, %c0 : tensor<?x48xf32>
//     %collapsed = tensor.collapse_shape %arg0 [[0, 1]] : tensor<?x48xf32> into tensor<?xf32>
//     %0 = arith.muli %dim, %c48 overflow<nsw> : index
//     %1 = "flow.dispatch"(%0, %collapsed) {executable = @dispatch_0, flow.result_dims = array<i64: 0>} : (index, tensor<?xf32>) -> tensor<?xf32>
//     %expanded = tensor.expand_shape %1 [[0, 1]] output_shape [%dim, 48] : tensor<?xf32> into tensor<?x48xf32>
//     return %expanded : tensor<?x48xf32>
//   }
//   func.func private @dispatch_0(%arg0: index, %arg1: tensor<?xf32>) -> tensor<?xf32> attributes {flow.executable, flow.name = "elementwise_n_f32", flow.operand_dims = array<i64: 0>, flow.result_dims = array<i64: 0>} {
//     %0 = tensor.empty(%arg0) : tensor<?xf32>
//     %1 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%arg1 : tensor<?xf32>) outs(%0 : tensor<?xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       %2 = math.exp %in : f32
//       linalg.yield %2 : f32
//     } -> tensor<?xf32>
//     return %1 : tensor<?xf32>
//   }
// }
//
