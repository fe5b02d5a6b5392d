// A selection reads the elements and makes their keys itself, where nobody else needs the keys; what others need is made once, before it.
#element = affine_map<(row, i, w) -> (row, i)>
#place = affine_map<(row, i, w) -> (row, w)>
#same = affine_map<(row, i) -> (row, i)>
func.func @select(%x: tensor<?x300xi32>, %n: index) -> (tensor<?x4xi64>, tensor<?x4xi64>, tensor<?x300xi32>) {
  %c = arith.constant -1 : i32
  %one = arith.constant 1 : i32
  %e = tensor.empty(%n) : tensor<?x300xi32>
  %keys = linalg.generic {indexing_maps = [#same, #same], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<?x300xi32>) outs(%e : tensor<?x300xi32>) {
  ^bb0(%a: i32, %o: i32):
    %k = arith.xori %a, %c : i32
    linalg.yield %k : i32
  } -> tensor<?x300xi32>
  %shared = linalg.generic {indexing_maps = [#same, #same], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<?x300xi32>) outs(%e : tensor<?x300xi32>) {
  ^bb0(%a: i32, %o: i32):
    %k = arith.addi %a, %one : i32
    linalg.yield %k : i32
  } -> tensor<?x300xi32>
  %f = tensor.empty(%n) : tensor<?x4xi64>
  %first = "rows.select"(%keys, %f) {
    indexing_maps = [#element, #place],
    iterator_types = [#linalg.iterator_type<parallel>, #linalg.iterator_type<reduction>, #linalg.iterator_type<reduction>],
    operandSegmentSizes = array<i32: 1, 1>
  } : (tensor<?x300xi32>, tensor<?x4xi64>) -> tensor<?x4xi64>
  %second = "rows.select"(%shared, %f) {
    indexing_maps = [#element, #place],
    iterator_types = [#linalg.iterator_type<parallel>, #linalg.iterator_type<reduction>, #linalg.iterator_type<reduction>],
    operandSegmentSizes = array<i32: 1, 1>
  } : (tensor<?x300xi32>, tensor<?x4xi64>) -> tensor<?x4xi64>
  return %first, %second, %shared : tensor<?x4xi64>, tensor<?x4xi64>, tensor<?x300xi32>
}

// EXPECT
// #map = affine_map<(d0, d1) -> (d0, d1)>
// #map1 = affine_map<(d0, d1, d2) -> (d0, d1)>
// #map2 = affine_map<(d0, d1, d2) -> (d0, d2)>
// module {
//   func.func @select(%arg0: tensor<?x300xi32>, %arg1: index) -> (tensor<?x4xi64>, tensor<?x4xi64>, tensor<?x300xi32>) {
//     %c0 = arith.constant 0 : index
//     %dim = tensor.dim %arg0, %c0 : tensor<?x300xi32>
//     %0 = "flow.dispatch"(%arg1, %dim, %arg0) {executable = @dispatch_0, flow.result_dims = array<i64: 0>} : (index, index, tensor<?x300xi32>) -> tensor<?x300xi32>
//     %1 = "flow.dispatch"(%arg1, %dim, %arg0) {executable = @dispatch_1, flow.result_dims = array<i64: 0>} : (index, index, tensor<?x300xi32>) -> tensor<?x4xi64>
//     %2 = "flow.dispatch"(%arg1, %0) {executable = @dispatch_2, flow.result_dims = array<i64: 0>} : (index, tensor<?x300xi32>) -> tensor<?x4xi64>
//     return %1, %2, %0 : tensor<?x4xi64>, tensor<?x4xi64>, tensor<?x300xi32>
//   }
//   func.func private @dispatch_0(%arg0: index, %arg1: index, %arg2: tensor<?x300xi32>) -> tensor<?x300xi32> attributes {flow.executable, flow.name = "elementwise_nx300_i32", flow.operand_dims = array<i64: 1>, flow.result_dims = array<i64: 0>} {
//     %c1_i32 = arith.constant 1 : i32
//     %0 = tensor.empty(%arg0) : tensor<?x300xi32>
//     %1 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel"]} ins(%arg2 : tensor<?x300xi32>) outs(%0 : tensor<?x300xi32>) {
//     ^bb0(%in: i32, %out: i32):
//       %2 = arith.addi %in, %c1_i32 : i32
//       linalg.yield %2 : i32
//     } -> tensor<?x300xi32>
//     return %1 : tensor<?x300xi32>
//   }
//   func.func private @dispatch_1(%arg0: index, %arg1: index, %arg2: tensor<?x300xi32>) -> tensor<?x4xi64> attributes {flow.executable, flow.name = "selection_nx300x4_i64", flow.operand_dims = array<i64: 1>, flow.result_dims = array<i64: 0>} {
//     %c-1_i32 = arith.constant -1 : i32
//     %0 = tensor.empty(%arg0) : tensor<?x300xi32>
//     %1 = tensor.empty(%arg0) : tensor<?x4xi64>
//     %2 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel"]} ins(%arg2 : tensor<?x300xi32>) outs(%0 : tensor<?x300xi32>) {
//     ^bb0(%in: i32, %out: i32):
//       %4 = arith.xori %in, %c-1_i32 : i32
//       linalg.yield %4 : i32
//     } -> tensor<?x300xi32>
//     %3 = "rows.select"(%2, %1) {indexing_maps = [#map1, #map2], iterator_types = [#linalg.iterator_type<parallel>, #linalg.iterator_type<reduction>, #linalg.iterator_type<reduction>], operandSegmentSizes = array<i32: 1, 1>} : (tensor<?x300xi32>, tensor<?x4xi64>) -> tensor<?x4xi64>
//     return %3 : tensor<?x4xi64>
//   }
//   func.func private @dispatch_2(%arg0: index, %arg1: tensor<?x300xi32>) -> tensor<?x4xi64> attributes {flow.executable, flow.name = "selection_nx300x4_i64", flow.operand_dims = array<i64: 0>, flow.result_dims = array<i64: 0>} {
//     %0 = tensor.empty(%arg0) : tensor<?x4xi64>
//     %1 = "rows.select"(%arg1, %0) {indexing_maps = [#map1, #map2], iterator_types = [#linalg.iterator_type<parallel>, #linalg.iterator_type<reduction>, #linalg.iterator_type<reduction>], operandSegmentSizes = array<i32: 1, 1>} : (tensor<?x300xi32>, tensor<?x4xi64>) -> tensor<?x4xi64>
//     return %1 : tensor<?x4xi64>
//   }
// }
//
