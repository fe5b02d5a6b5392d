module @jit__lambda attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main() {
    %in0 = stablehlo.constant dense<"0x9A99993E8BAF783F2549D23F421D1440F1153F40A10E6A40A8838A400000A040"> : tensor<8xf32>
    %in1 = stablehlo.constant dense<"0x0000803F00000040000040400000803F0000000000000040000080400000803F"> : tensor<8xf32>
    %made:4 = call @tested(%in0, %in1) : (tensor<8xf32>, tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>)
    %expected0 = stablehlo.constant dense<"0xE5ECF03FBBA1B43EE4A4803D68548C3F0000C07F4102063D6162EA396989813F"> : tensor<8xf32>
    stablehlo.custom_call @check.expect_close(%made#0, %expected0) {has_side_effect = true} : (tensor<8xf32>, tensor<8xf32>) -> ()
    %expected1 = stablehlo.constant dense<"0x03ED4341756B26C08408813FF8D7093FCFC86A3F1F96C8BDC5BAD8BC7CA2623E"> : tensor<8xf32>
    stablehlo.custom_call @check.expect_close(%made#1, %expected1) {has_side_effect = true} : (tensor<8xf32>, tensor<8xf32>) -> ()
    %expected2 = stablehlo.constant dense<"0x9B99993E8CAF783F2649D23F411D1440F0153F40A00E6A40A7838A40FFFF9F40"> : tensor<8xf32>
    stablehlo.custom_call @check.expect_close(%made#2, %expected2) {has_side_effect = true} : (tensor<8xf32>, tensor<8xf32>) -> ()
    %expected3 = stablehlo.constant dense<"0x3626E63D1A60533E251F603E071B573EC4D5493E21053D3E56B3313E58E8273E"> : tensor<8xf32>
    stablehlo.custom_call @check.expect_close(%made#3, %expected3) {has_side_effect = true} : (tensor<8xf32>, tensor<8xf32>) -> ()
    return
  }
  func.func private @tested(%arg0: tensor<8xf32>, %arg1: tensor<8xf32>) -> (tensor<8xf32> {jax.result_info = "result[0]"}, tensor<8xf32> {jax.result_info = "result[1]"}, tensor<8xf32> {jax.result_info = "result[2]"}, tensor<8xf32> {jax.result_info = "result[3]"}) {
    %cst = stablehlo.constant dense<1.500000e+00> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<8xf32>
    %1 = stablehlo.add %arg0, %0 : tensor<8xf32>
    %2 = chlo.zeta %1, %arg1 : tensor<8xf32>, tensor<8xf32> -> tensor<8xf32>
    %3 = chlo.polygamma %arg1, %arg0 : tensor<8xf32>, tensor<8xf32> -> tensor<8xf32>
    %4 = chlo.next_after %arg0, %arg1 : tensor<8xf32>, tensor<8xf32> -> tensor<8xf32>
    %5 = chlo.bessel_i1e %arg0 : tensor<8xf32> -> tensor<8xf32>
    return %2, %3, %4, %5 : tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
  }
}
