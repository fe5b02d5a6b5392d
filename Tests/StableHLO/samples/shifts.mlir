module @jit__lambda attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main() {
    %in0 = stablehlo.constant dense<"0x0000000001000000FFFFFFFFFFFFFF7F0000008007000000F9FFFFFF03000000"> : tensor<8xi32>
    %in1 = stablehlo.constant dense<"0x00000000010000001F0000002000000021000000FFFFFFFF050000001F000000"> : tensor<8xi32>
    %made:3 = call @tested(%in0, %in1) : (tensor<8xi32>, tensor<8xi32>) -> (tensor<8xi32>, tensor<8xi32>, tensor<8xi32>)
    %expected0 = stablehlo.constant dense<"0x00000000020000000000008000000000000000000000000020FFFFFF00000080"> : tensor<8xi32>
    stablehlo.custom_call @check.expect_eq(%made#0, %expected0) {has_side_effect = true} : (tensor<8xi32>, tensor<8xi32>) -> ()
    %expected1 = stablehlo.constant dense<"0x000000000000000001000000000000000000000000000000FFFFFF0700000000"> : tensor<8xi32>
    stablehlo.custom_call @check.expect_eq(%made#1, %expected1) {has_side_effect = true} : (tensor<8xi32>, tensor<8xi32>) -> ()
    %expected2 = stablehlo.constant dense<"0x0000000000000000FFFFFFFF00000000FFFFFFFF00000000FFFFFFFF00000000"> : tensor<8xi32>
    stablehlo.custom_call @check.expect_eq(%made#2, %expected2) {has_side_effect = true} : (tensor<8xi32>, tensor<8xi32>) -> ()
    return
  }
  func.func private @tested(%arg0: tensor<8xi32>, %arg1: tensor<8xi32>) -> (tensor<8xi32> {jax.result_info = "result[0]"}, tensor<8xi32> {jax.result_info = "result[1]"}, tensor<8xi32> {jax.result_info = "result[2]"}) {
    %0 = stablehlo.shift_left %arg0, %arg1 : tensor<8xi32>
    %1 = stablehlo.shift_right_logical %arg0, %arg1 : tensor<8xi32>
    %2 = stablehlo.shift_right_arithmetic %arg0, %arg1 : tensor<8xi32>
    return %0, %1, %2 : tensor<8xi32>, tensor<8xi32>, tensor<8xi32>
  }
}
