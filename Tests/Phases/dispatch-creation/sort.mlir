// A sort is a dispatch of its own: what makes the keys and what reads the order stay outside. Its memory is a result that nobody reads.
#element = affine_map<(row, i, w) -> (row, i)>
#word = affine_map<(row, i, w) -> (row, w)>
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
  %m = tensor.empty(%n) : tensor<?x600xi64>
  %order:2 = "rows.sort"(%keys, %f, %m) {
    indexing_maps = [#element, #element, #word],
    iterator_types = [#linalg.iterator_type<parallel>, #linalg.iterator_type<reduction>, #linalg.iterator_type<reduction>],
    operandSegmentSizes = array<i32: 1, 2>
  } : (tensor<?x300xi32>, tensor<?x300xi64>, tensor<?x600xi64>) -> (tensor<?x300xi64>, tensor<?x600xi64>)
  %one = arith.constant 1 : i64
  %next = linalg.generic {indexing_maps = [#same, #same], iterator_types = ["parallel", "parallel"]} ins(%order#0 : tensor<?x300xi64>) outs(%f : tensor<?x300xi64>) {
  ^bb0(%a: i64, %o: i64):
    %k = arith.addi %a, %one : i64
    linalg.yield %k : i64
  } -> tensor<?x300xi64>
  return %next : tensor<?x300xi64>
}

// EXPECT
