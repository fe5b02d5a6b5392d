// The places of a batch are a dispatch of their own: the lanes of one that had both would go along the batch, which is all that they share.
func.func @cache(%lengths: tensor<?xi32>, %old: tensor<?x4x?x64xf32>) -> (tensor<?x4x?x64xf32>, tensor<?xi64>) {
  %zero = arith.constant 0 : index
  %two = arith.constant 2 : index
  %batch = tensor.dim %lengths, %zero : tensor<?xi32>
  %count = tensor.dim %old, %two : tensor<?x4x?x64xf32>
  %e = tensor.empty(%batch) : tensor<?xi64>
  %starts = linalg.generic {indexing_maps = [affine_map<(b) -> (b)>, affine_map<(b) -> (b)>], iterator_types = ["parallel"]} ins(%lengths : tensor<?xi32>) outs(%e : tensor<?xi64>) {
  ^bb0(%a: i32, %x: i64):
    %wide = arith.extsi %a : i32 to i64
    %one = arith.constant 1 : i64
    %next = arith.addi %wide, %one : i64
    linalg.yield %next : i64
  } -> tensor<?xi64>
  %o = tensor.empty(%batch, %count) : tensor<?x4x?x64xf32>
  %held = linalg.generic {indexing_maps = [affine_map<(b, h, s, d) -> (b)>, affine_map<(b, h, s, d) -> (b, h, s, d)>, affine_map<(b, h, s, d) -> (b, h, s, d)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%starts, %old : tensor<?xi64>, tensor<?x4x?x64xf32>) outs(%o : tensor<?x4x?x64xf32>) {
  ^bb0(%a: i64, %x: f32, %y: f32):
    %place = linalg.index 2 : index
    %start = arith.index_cast %a : i64 to index
    %isOld = arith.cmpi slt, %place, %start : index
    %nothing = arith.constant 0.0 : f32
    %kept = arith.select %isOld, %x, %nothing : f32
    linalg.yield %kept : f32
  } -> tensor<?x4x?x64xf32>
  return %held, %starts : tensor<?x4x?x64xf32>, tensor<?xi64>
}
// EXPECT
// #map = affine_map<(d0) -> (d0)>
// #map1 = affine_map<(d0, d1, d2, d3) -> (d0)>
// #map2 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
// module {
//   func.func @cache(%arg0: tensor<?xi32>, %arg1: tensor<?x4x?x64xf32>) -> (tensor<?x4x?x64xf32>, tensor<?xi64>) {
//     %c0 = arith.constant 0 : index
//     %c2 = arith.constant 2 : index
//     %dim = tensor.dim %arg0, %c0 : tensor<?xi32>
//     %dim_0 = tensor.dim %arg1, %c2 : tensor<?x4x?x64xf32>
//     %0 = "flow.dispatch"(%dim, %arg0) {executable = @dispatch_0, flow.result_dims = array<i64: 0>} : (index, tensor<?xi32>) -> tensor<?xi64>
//     %dim_1 = tensor.dim %arg1, %c0 : tensor<?x4x?x64xf32>
//     %1 = "flow.dispatch"(%dim, %dim_0, %dim_1, %0, %arg1) {executable = @dispatch_1, flow.result_dims = array<i64: 0, 1>} : (index, index, index, tensor<?xi64>, tensor<?x4x?x64xf32>) -> tensor<?x4x?x64xf32>
//     return %1, %0 : tensor<?x4x?x64xf32>, tensor<?xi64>
//   }
//   func.func private @dispatch_0(%arg0: index, %arg1: tensor<?xi32>) -> tensor<?xi64> attributes {flow.executable, flow.name = "elementwise_n_i64", flow.operand_dims = array<i64: 0>, flow.result_dims = array<i64: 0>} {
//     %c1_i64 = arith.constant 1 : i64
//     %0 = tensor.empty(%arg0) : tensor<?xi64>
//     %1 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%arg1 : tensor<?xi32>) outs(%0 : tensor<?xi64>) {
//     ^bb0(%in: i32, %out: i64):
//       %2 = arith.extsi %in : i32 to i64
//       %3 = arith.addi %2, %c1_i64 : i64
//       linalg.yield %3 : i64
//     } -> tensor<?xi64>
//     return %1 : tensor<?xi64>
//   }
//   func.func private @dispatch_1(%arg0: index, %arg1: index, %arg2: index, %arg3: tensor<?xi64>, %arg4: tensor<?x4x?x64xf32>) -> tensor<?x4x?x64xf32> attributes {flow.executable, flow.name = "elementwise_nx4xnx64_f32", flow.operand_dims = array<i64: 0, 2, 1>, flow.result_dims = array<i64: 0, 1>} {
//     %cst = arith.constant 0.000000e+00 : f32
//     %0 = tensor.empty(%arg0, %arg1) : tensor<?x4x?x64xf32>
//     %1 = linalg.generic {indexing_maps = [#map1, #map2, #map2], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg3, %arg4 : tensor<?xi64>, tensor<?x4x?x64xf32>) outs(%0 : tensor<?x4x?x64xf32>) {
//     ^bb0(%in: i64, %in_0: f32, %out: f32):
//       %2 = linalg.index 2 : index
//       %3 = arith.index_cast %in : i64 to index
//       %4 = arith.cmpi slt, %2, %3 : index
//       %5 = arith.select %4, %in_0, %cst : f32
//       linalg.yield %5 : f32
//     } -> tensor<?x4x?x64xf32>
//     return %1 : tensor<?x4x?x64xf32>
//   }
// }
//
