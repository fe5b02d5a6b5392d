// A slice (a read by index) is computed where its one reader needs it: no copy of the slice exists.
#id = affine_map<(i, j) -> (i, j)>
func.func @sliced(%x: tensor<64x96xf32>) -> tensor<64x48xf32> {
  %c48 = arith.constant 48 : index
  %empty = tensor.empty() : tensor<64x48xf32>
  %s = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel", "parallel"]} outs(%empty : tensor<64x48xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %k = arith.addi %j, %c48 : index
    %v = tensor.extract %x[%i, %k] : tensor<64x96xf32>
    linalg.yield %v : f32
  } -> tensor<64x48xf32>
  %y = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%s : tensor<64x48xf32>) outs(%empty : tensor<64x48xf32>) {
  ^bb0(%a0: f32, %o: f32):
    %v = math.exp %a0 : f32
    linalg.yield %v : f32
  } -> tensor<64x48xf32>
  return %y : tensor<64x48xf32>
}

// EXPECT
// #map = affine_map<(d0, d1) -> (d0, d1)>
// module {
//   func.func @sliced(%arg0: tensor<64x96xf32>) -> tensor<64x48xf32> {
//     %0 = "flow.dispatch"(%arg0) {executable = @dispatch_0, flow.result_dims = array<i64>} : (tensor<64x96xf32>) -> tensor<64x48xf32>
//     return %0 : tensor<64x48xf32>
//   }
//   func.func private @dispatch_0(%arg0: tensor<64x96xf32>) -> tensor<64x48xf32> attributes {flow.executable, flow.name = "elementwise_64x48_f32", flow.operand_dims = array<i64>, flow.result_dims = array<i64>} {
//     %c48 = arith.constant 48 : index
//     %0 = tensor.empty() : tensor<64x48xf32>
//     %1 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel"]} outs(%0 : tensor<64x48xf32>) {
//     ^bb0(%out: f32):
//       %3 = linalg.index 0 : index
//       %4 = linalg.index 1 : index
//       %5 = arith.addi %4, %c48 : index
//       %extracted = tensor.extract %arg0[%3, %5] : tensor<64x96xf32>
//       linalg.yield %extracted : f32
//     } -> tensor<64x48xf32>
//     %2 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel"]} ins(%1 : tensor<64x48xf32>) outs(%0 : tensor<64x48xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       %3 = math.exp %in : f32
//       linalg.yield %3 : f32
//     } -> tensor<64x48xf32>
//     return %2 : tensor<64x48xf32>
//   }
// }
//
