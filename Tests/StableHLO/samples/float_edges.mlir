module @jit__lambda attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main() {
    %in0 = stablehlo.constant dense<"0x00000000000000800000C03F000020C00000807F000080FF0000C07F0000003F"> : tensor<8xf32>
    %in1 = stablehlo.constant dense<"0x0000003F0000C07F000080FF0000807F000020C00000C03F0000008000000000"> : tensor<8xf32>
    %made:5 = call @tested(%in0, %in1) : (tensor<8xf32>, tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>, tensor<8xi1>, tensor<8xi1>, tensor<8xf32>)
    %expected0 = stablehlo.constant dense<"0x00000000000000800000803F000080BF0000803F000080BF0000C07F0000803F"> : tensor<8xf32>
    stablehlo.custom_call @check.expect_close(%made#0, %expected0) {has_side_effect = true} : (tensor<8xf32>, tensor<8xf32>) -> ()
    %expected1 = stablehlo.constant dense<"0x0000003F0000C07F0000C03F0000807F0000807F0000C03F0000C07F0000003F"> : tensor<8xf32>
    stablehlo.custom_call @check.expect_close(%made#1, %expected1) {has_side_effect = true} : (tensor<8xf32>, tensor<8xf32>) -> ()
    %expected2 = stablehlo.constant dense<[true, false, false, true, false, true, false, false]> : tensor<8xi1>
    stablehlo.custom_call @check.expect_eq(%made#2, %expected2) {has_side_effect = true} : (tensor<8xi1>, tensor<8xi1>) -> ()
    %expected3 = stablehlo.constant dense<[true, true, true, true, false, false, false, true]> : tensor<8xi1>
    stablehlo.custom_call @check.expect_eq(%made#3, %expected3) {has_side_effect = true} : (tensor<8xi1>, tensor<8xi1>) -> ()
    %expected4 = stablehlo.constant dense<"0x000000000000008000000040000040C00000807F000080FF0000C07F0000803F"> : tensor<8xf32>
    stablehlo.custom_call @check.expect_close(%made#4, %expected4) {has_side_effect = true} : (tensor<8xf32>, tensor<8xf32>) -> ()
    return
  }
  func.func private @tested(%arg0: tensor<8xf32>, %arg1: tensor<8xf32>) -> (tensor<8xf32> {jax.result_info = "result[0]"}, tensor<8xf32> {jax.result_info = "result[1]"}, tensor<8xi1> {jax.result_info = "result[2]"}, tensor<8xi1> {jax.result_info = "result[3]"}, tensor<8xf32> {jax.result_info = "result[4]"}) {
    %0 = stablehlo.sign %arg0 : tensor<8xf32>
    %1 = stablehlo.maximum %arg0, %arg1 : tensor<8xf32>
    %2 = stablehlo.compare LT, %arg0, %arg1, FLOAT : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xi1>
    %3 = stablehlo.is_finite %arg0 : (tensor<8xf32>) -> tensor<8xi1>
    %4 = stablehlo.round_nearest_afz %arg0 : tensor<8xf32>
    return %0, %1, %2, %3, %4 : tensor<8xf32>, tensor<8xf32>, tensor<8xi1>, tensor<8xi1>, tensor<8xf32>
  }
}
