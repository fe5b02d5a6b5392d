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
// #map = affine_map<(d0, d1) -> (d0, d1)>
// module {
//   func.func @dynamic(%arg0: tensor<?x48xf32>) -> tensor<?x48xf32> {
//     %c0 = arith.constant 0 : index
//     %dim = tensor.dim %arg0, %c0 : tensor<?x48xf32>
//     %0 = "flow.dispatch"(%dim, %arg0) {executable = @dispatch_0, flow.result_dims = array<i64: 0>} : (index, tensor<?x48xf32>) -> tensor<?x48xf32>
//     return %0 : tensor<?x48xf32>
//   }
//   func.func private @dispatch_0(%arg0: index, %arg1: tensor<?x48xf32>) -> tensor<?x48xf32> attributes {flow.executable, flow.name = "elementwise_nx48_f32", flow.operand_dims = array<i64: 0>, flow.result_dims = array<i64: 0>} {
//     %0 = tensor.empty(%arg0) : tensor<?x48xf32>
//     %1 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel"]} ins(%arg1 : tensor<?x48xf32>) outs(%0 : tensor<?x48xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       %2 = math.exp %in : f32
//       linalg.yield %2 : f32
//     } -> tensor<?x48xf32>
//     return %1 : tensor<?x48xf32>
//   }
// }
//
