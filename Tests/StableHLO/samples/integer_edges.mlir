module @jit__lambda attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main() {
    %in0 = stablehlo.constant dense<"0x0000000001000000FFFFFFFFFFFFFF7F0000008007000000F9FFFFFF03000000"> : tensor<8xi32>
    %in1 = stablehlo.constant dense<"0x0000000000000000FFFFFFFF00000000FFFFFFFF0200000002000000FEFFFFFF"> : tensor<8xi32>
    %made:6 = call @tested(%in0, %in1) : (tensor<8xi32>, tensor<8xi32>) -> (tensor<8xi32>, tensor<8xi32>, tensor<8xi32>, tensor<8xi32>, tensor<8xi32>, tensor<8xi32>)
    %expected0 = stablehlo.constant dense<"0xFFFFFFFFFFFFFFFF01000000FFFFFFFF0000008003000000FDFFFFFFFFFFFFFF"> : tensor<8xi32>
    stablehlo.custom_call @check.expect_eq(%made#0, %expected0) {has_side_effect = true} : (tensor<8xi32>, tensor<8xi32>) -> ()
    %expected1 = stablehlo.constant dense<"0x000000000100000000000000FFFFFF7F0000000001000000FFFFFFFF01000000"> : tensor<8xi32>
    stablehlo.custom_call @check.expect_eq(%made#1, %expected1) {has_side_effect = true} : (tensor<8xi32>, tensor<8xi32>) -> ()
    %expected2 = stablehlo.constant dense<"0x00000000000000000100000000000000000000800E000000F2FFFFFFFAFFFFFF"> : tensor<8xi32>
    stablehlo.custom_call @check.expect_eq(%made#2, %expected2) {has_side_effect = true} : (tensor<8xi32>, tensor<8xi32>) -> ()
    %expected3 = stablehlo.constant dense<"0x000000000100000001000000FFFFFF7F00000080070000000700000003000000"> : tensor<8xi32>
    stablehlo.custom_call @check.expect_eq(%made#3, %expected3) {has_side_effect = true} : (tensor<8xi32>, tensor<8xi32>) -> ()
    %expected4 = stablehlo.constant dense<"0x0000000001000000200000001F00000001000000030000001E00000002000000"> : tensor<8xi32>
    stablehlo.custom_call @check.expect_eq(%made#4, %expected4) {has_side_effect = true} : (tensor<8xi32>, tensor<8xi32>) -> ()
    %expected5 = stablehlo.constant dense<"0x200000001F0000000000000001000000000000001D000000000000001E000000"> : tensor<8xi32>
    stablehlo.custom_call @check.expect_eq(%made#5, %expected5) {has_side_effect = true} : (tensor<8xi32>, tensor<8xi32>) -> ()
    return
  }
  func.func private @tested(%arg0: tensor<8xi32>, %arg1: tensor<8xi32>) -> (tensor<8xi32> {jax.result_info = "result[0]"}, tensor<8xi32> {jax.result_info = "result[1]"}, tensor<8xi32> {jax.result_info = "result[2]"}, tensor<8xi32> {jax.result_info = "result[3]"}, tensor<8xi32> {jax.result_info = "result[4]"}, tensor<8xi32> {jax.result_info = "result[5]"}) {
    %0 = stablehlo.divide %arg0, %arg1 : tensor<8xi32>
    %1 = stablehlo.remainder %arg0, %arg1 : tensor<8xi32>
    %2 = stablehlo.multiply %arg0, %arg1 : tensor<8xi32>
    %3 = stablehlo.abs %arg0 : tensor<8xi32>
    %4 = stablehlo.popcnt %arg0 : tensor<8xi32>
    %5 = stablehlo.count_leading_zeros %arg0 : tensor<8xi32>
    return %0, %1, %2, %3, %4, %5 : tensor<8xi32>, tensor<8xi32>, tensor<8xi32>, tensor<8xi32>, tensor<8xi32>, tensor<8xi32>
  }
}
