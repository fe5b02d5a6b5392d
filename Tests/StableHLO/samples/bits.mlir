module @jit__lambda attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main() {
    %in0 = stablehlo.constant dense<"0x6CBF003E7F4607BEBDF2233FDFD5D63DA12109BF"> : tensor<5xf32>
    %made:3 = call @tested(%in0) : (tensor<5xf32>) -> (tensor<5xui32>, tensor<5x4xui8>, tensor<5xf32>)
    %expected0 = stablehlo.constant dense<"0x6CBF003E7F4607BEBDF2233FDFD5D63DA12109BF"> : tensor<5xui32>
    stablehlo.custom_call @check.expect_eq(%made#0, %expected0) {has_side_effect = true} : (tensor<5xui32>, tensor<5xui32>) -> ()
    %expected1 = stablehlo.constant dense<"0x6CBF003E7F4607BEBDF2233FDFD5D63DA12109BF"> : tensor<5x4xui8>
    stablehlo.custom_call @check.expect_eq(%made#1, %expected1) {has_side_effect = true} : (tensor<5x4xui8>, tensor<5x4xui8>) -> ()
    %expected2 = stablehlo.constant dense<"0x0000003E000000BE0000203F0000D03D000010BF"> : tensor<5xf32>
    stablehlo.custom_call @check.expect_close(%made#2, %expected2) {has_side_effect = true} : (tensor<5xf32>, tensor<5xf32>) -> ()
    return
  }
  func.func private @tested(%arg0: tensor<5xf32>) -> (tensor<5xui32> {jax.result_info = "result[0]"}, tensor<5x4xui8> {jax.result_info = "result[1]"}, tensor<5xf32> {jax.result_info = "result[2]"}) {
    %0 = stablehlo.bitcast_convert %arg0 : (tensor<5xf32>) -> tensor<5xui32>
    %1 = stablehlo.bitcast_convert %arg0 : (tensor<5xf32>) -> tensor<5x4xui8>
    %2 = stablehlo.reduce_precision %arg0, format = e5m3 : tensor<5xf32>
    return %0, %1, %2 : tensor<5xui32>, tensor<5x4xui8>, tensor<5xf32>
  }
}
