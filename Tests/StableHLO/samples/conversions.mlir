module @jit__lambda attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main() {
    %in0 = stablehlo.constant dense<"0x000000000000C0BF0000FF4200009643000096C3F9021550F90215D0CDCCCC3D"> : tensor<8xf32>
    %made:6 = call @tested(%in0) : (tensor<8xf32>) -> (tensor<8xi8>, tensor<8xui8>, tensor<8xi32>, tensor<8xi1>, tensor<8xbf16>, tensor<8xf16>)
    %expected0 = stablehlo.constant dense<"0x00FF7F7F807F8000"> : tensor<8xi8>
    stablehlo.custom_call @check.expect_eq(%made#0, %expected0) {has_side_effect = true} : (tensor<8xi8>, tensor<8xi8>) -> ()
    %expected1 = stablehlo.constant dense<"0x00007FFF00FF0000"> : tensor<8xui8>
    stablehlo.custom_call @check.expect_eq(%made#1, %expected1) {has_side_effect = true} : (tensor<8xui8>, tensor<8xui8>) -> ()
    %expected2 = stablehlo.constant dense<"0x00000000FFFFFFFF7F0000002C010000D4FEFFFFFFFFFF7F0000008000000000"> : tensor<8xi32>
    stablehlo.custom_call @check.expect_eq(%made#2, %expected2) {has_side_effect = true} : (tensor<8xi32>, tensor<8xi32>) -> ()
    %expected3 = stablehlo.constant dense<[false, true, true, true, true, true, true, true]> : tensor<8xi1>
    stablehlo.custom_call @check.expect_eq(%made#3, %expected3) {has_side_effect = true} : (tensor<8xi1>, tensor<8xi1>) -> ()
    %expected4 = stablehlo.constant dense<"0x0000C0BFFF42964396C3155015D0CD3D"> : tensor<8xbf16>
    stablehlo.custom_call @check.expect_close(%made#4, %expected4) {has_side_effect = true} : (tensor<8xbf16>, tensor<8xbf16>) -> ()
    %expected5 = stablehlo.constant dense<"0x000000BEF857B05CB0DC007C00FC662E"> : tensor<8xf16>
    stablehlo.custom_call @check.expect_close(%made#5, %expected5) {has_side_effect = true} : (tensor<8xf16>, tensor<8xf16>) -> ()
    return
  }
  func.func private @tested(%arg0: tensor<8xf32>) -> (tensor<8xi8> {jax.result_info = "result[0]"}, tensor<8xui8> {jax.result_info = "result[1]"}, tensor<8xi32> {jax.result_info = "result[2]"}, tensor<8xi1> {jax.result_info = "result[3]"}, tensor<8xbf16> {jax.result_info = "result[4]"}, tensor<8xf16> {jax.result_info = "result[5]"}) {
    %0 = stablehlo.convert %arg0 : (tensor<8xf32>) -> tensor<8xi8>
    %1 = stablehlo.convert %arg0 : (tensor<8xf32>) -> tensor<8xui8>
    %2 = stablehlo.convert %arg0 : (tensor<8xf32>) -> tensor<8xi32>
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %3 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<8xf32>
    %4 = stablehlo.compare NE, %arg0, %3, FLOAT : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xi1>
    %5 = stablehlo.convert %4 : tensor<8xi1>
    %6 = stablehlo.convert %arg0 : (tensor<8xf32>) -> tensor<8xbf16>
    %7 = stablehlo.convert %arg0 : (tensor<8xf32>) -> tensor<8xf16>
    return %0, %1, %2, %5, %6, %7 : tensor<8xi8>, tensor<8xui8>, tensor<8xi32>, tensor<8xi1>, tensor<8xbf16>, tensor<8xf16>
  }
}
