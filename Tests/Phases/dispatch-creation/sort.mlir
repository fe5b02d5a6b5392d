// A sort is a dispatch of its own: what makes the keys and what reads the order stay outside. It gets the memory that processors sort in, a result that nobody reads.
#same = affine_map<(row, i) -> (row, i)>
func.func @order(%x: tensor<?x300xi32>, %n: index) -> tensor<?x300xi64> {
  %c = arith.constant -1 : i32
  %e = tensor.empty(%n) : tensor<?x300xi32>
  %keys = linalg.generic {indexing_maps = [#same, #same], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<?x300xi32>) outs(%e : tensor<?x300xi32>) {
  ^bb0(%a: i32, %o: i32):
    %k = arith.xori %a, %c : i32
    linalg.yield %k : i32
  } -> tensor<?x300xi32>
  %f = tensor.empty(%n) : tensor<?x300xi64>
  %order = "rows.sort"(%keys, %f) {
    indexing_maps = [#same, #same],
    iterator_types = [#linalg.iterator_type<parallel>, #linalg.iterator_type<reduction>],
    operandSegmentSizes = array<i32: 1, 1>
  } : (tensor<?x300xi32>, tensor<?x300xi64>) -> tensor<?x300xi64>
  %one = arith.constant 1 : i64
  %next = linalg.generic {indexing_maps = [#same, #same], iterator_types = ["parallel", "parallel"]} ins(%order : tensor<?x300xi64>) outs(%f : tensor<?x300xi64>) {
  ^bb0(%a: i64, %o: i64):
    %k = arith.addi %a, %one : i64
    linalg.yield %k : i64
  } -> tensor<?x300xi64>
  return %next : tensor<?x300xi64>
}

// EXPECT
// #map = affine_map<(d0, d1) -> (d0, d1)>
// #map1 = affine_map<(d0, d1, d2) -> (d0, d1)>
// #map2 = affine_map<(d0, d1, d2) -> (d0, d2)>
// module {
//   func.func @order(%arg0: tensor<?x300xi32>, %arg1: index) -> tensor<?x300xi64> {
//     %c0 = arith.constant 0 : index
//     %dim = tensor.dim %arg0, %c0 : tensor<?x300xi32>
//     %0 = "flow.dispatch"(%arg1, %dim, %arg0) {executable = @dispatch_0, flow.result_dims = array<i64: 0>} : (index, index, tensor<?x300xi32>) -> tensor<?x300xi32>
//     %1:2 = "flow.dispatch"(%arg1, %0) {executable = @dispatch_1, flow.result_dims = array<i64: 0, 0>} : (index, tensor<?x300xi32>) -> (tensor<?x300xi64>, tensor<?x600xi64>)
//     %2 = "flow.dispatch"(%arg1, %1#0) {executable = @dispatch_2, flow.result_dims = array<i64: 0>} : (index, tensor<?x300xi64>) -> tensor<?x300xi64>
//     return %2 : tensor<?x300xi64>
//   }
//   func.func private @dispatch_0(%arg0: index, %arg1: index, %arg2: tensor<?x300xi32>) -> tensor<?x300xi32> attributes {flow.executable, flow.name = "elementwise_nx300_i32", flow.operand_dims = array<i64: 1>, flow.result_dims = array<i64: 0>} {
//     %c-1_i32 = arith.constant -1 : i32
//     %0 = tensor.empty(%arg0) : tensor<?x300xi32>
//     %1 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel"]} ins(%arg2 : tensor<?x300xi32>) outs(%0 : tensor<?x300xi32>) {
//     ^bb0(%in: i32, %out: i32):
//       %2 = arith.xori %in, %c-1_i32 : i32
//       linalg.yield %2 : i32
//     } -> tensor<?x300xi32>
//     return %1 : tensor<?x300xi32>
//   }
//   func.func private @dispatch_1(%arg0: index, %arg1: tensor<?x300xi32>) -> (tensor<?x300xi64>, tensor<?x600xi64>) attributes {flow.executable, flow.name = "sort_nx300x600_i64", flow.operand_dims = array<i64: 0>, flow.result_dims = array<i64: 0, 0>} {
//     %0 = tensor.empty(%arg0) : tensor<?x300xi64>
//     %1 = tensor.empty(%arg0) : tensor<?x600xi64>
//     %2:2 = "rows.sort"(%arg1, %0, %1) {indexing_maps = [#map1, #map1, #map2], iterator_types = [#linalg.iterator_type<parallel>, #linalg.iterator_type<reduction>, #linalg.iterator_type<reduction>], operandSegmentSizes = array<i32: 1, 2>} : (tensor<?x300xi32>, tensor<?x300xi64>, tensor<?x600xi64>) -> (tensor<?x300xi64>, tensor<?x600xi64>)
//     return %2#0, %2#1 : tensor<?x300xi64>, tensor<?x600xi64>
//   }
//   func.func private @dispatch_2(%arg0: index, %arg1: tensor<?x300xi64>) -> tensor<?x300xi64> attributes {flow.executable, flow.name = "elementwise_nx300_i64", flow.operand_dims = array<i64: 0>, flow.result_dims = array<i64: 0>} {
//     %c1_i64 = arith.constant 1 : i64
//     %0 = tensor.empty(%arg0) : tensor<?x300xi64>
//     %1 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel"]} ins(%arg1 : tensor<?x300xi64>) outs(%0 : tensor<?x300xi64>) {
//     ^bb0(%in: i64, %out: i64):
//       %2 = arith.addi %in, %c1_i64 : i64
//       linalg.yield %2 : i64
//     } -> tensor<?x300xi64>
//     return %1 : tensor<?x300xi64>
//   }
// }
//
