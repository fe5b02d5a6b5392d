module @jit__lambda attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main() {
    %in0 = stablehlo.constant dense<"0x6CBF003E7F4607BEBDF2233FDFD5D63DA12109BFFD22B93E79E9A63FE673723FFE2734BF55F9A1BFEA8E1FBF6E45293D"> : tensor<3x4xf32>
    %made:6 = call @tested(%in0) : (tensor<3x4xf32>) -> (tensor<3x4xf32>, tensor<7x6xf32>, tensor<2x3xf32>, tensor<3x8xf32>, tensor<2x6xf32>, tensor<3x2x4xf32>)
    %expected0 = stablehlo.constant dense<"0xDFD5D63DBDF2233F7F4607BE6CBF003EE673723F79E9A63FFD22B93EA12109BF6E45293DEA8E1FBF55F9A1BFFE2734BF"> : tensor<3x4xf32>
    stablehlo.custom_call @check.expect_close(%made#0, %expected0) {has_side_effect = true} : (tensor<3x4xf32>, tensor<3x4xf32>) -> ()
    %expected1 = stablehlo.constant dense<"0x0000104100001041000010410000104100001041000010416CBF003E7F4607BEBDF2233FDFD5D63D0000104100001041000010410000104100001041000010410000104100001041000010410000104100001041000010410000104100001041A12109BFFD22B93E79E9A63FE673723F0000104100001041000010410000104100001041000010410000104100001041000010410000104100001041000010410000104100001041"> : tensor<7x6xf32>
    stablehlo.custom_call @check.expect_close(%made#1, %expected1) {has_side_effect = true} : (tensor<7x6xf32>, tensor<7x6xf32>) -> ()
    %expected2 = stablehlo.constant dense<"0x7F4607BEBDF2233FDFD5D63D55F9A1BFEA8E1FBF6E45293D"> : tensor<2x3xf32>
    stablehlo.custom_call @check.expect_close(%made#2, %expected2) {has_side_effect = true} : (tensor<2x3xf32>, tensor<2x3xf32>) -> ()
    %expected3 = stablehlo.constant dense<"0x6CBF003E7F4607BEBDF2233FDFD5D63D6CBF003E7F4607BEBDF2233FDFD5D63DA12109BFFD22B93E79E9A63FE673723FA12109BFFD22B93E79E9A63FE673723FFE2734BF55F9A1BFEA8E1FBF6E45293DFE2734BF55F9A1BFEA8E1FBF6E45293D"> : tensor<3x8xf32>
    stablehlo.custom_call @check.expect_close(%made#3, %expected3) {has_side_effect = true} : (tensor<3x8xf32>, tensor<3x8xf32>) -> ()
    %expected4 = stablehlo.constant dense<"0x6CBF003EA12109BFFE2734BF7F4607BEFD22B93E55F9A1BFBDF2233F79E9A63FEA8E1FBFDFD5D63DE673723F6E45293D"> : tensor<2x6xf32>
    stablehlo.custom_call @check.expect_close(%made#4, %expected4) {has_side_effect = true} : (tensor<2x6xf32>, tensor<2x6xf32>) -> ()
    %expected5 = stablehlo.constant dense<"0x6CBF003E7F4607BEBDF2233FDFD5D63D6CBF003E7F4607BEBDF2233FDFD5D63DA12109BFFD22B93E79E9A63FE673723FA12109BFFD22B93E79E9A63FE673723FFE2734BF55F9A1BFEA8E1FBF6E45293DFE2734BF55F9A1BFEA8E1FBF6E45293D"> : tensor<3x2x4xf32>
    stablehlo.custom_call @check.expect_close(%made#5, %expected5) {has_side_effect = true} : (tensor<3x2x4xf32>, tensor<3x2x4xf32>) -> ()
    return
  }
  func.func private @tested(%arg0: tensor<3x4xf32>) -> (tensor<3x4xf32> {jax.result_info = "result[0]"}, tensor<7x6xf32> {jax.result_info = "result[1]"}, tensor<2x3xf32> {jax.result_info = "result[2]"}, tensor<3x8xf32> {jax.result_info = "result[3]"}, tensor<2x6xf32> {jax.result_info = "result[4]"}, tensor<3x2x4xf32> {jax.result_info = "result[5]"}) {
    %0 = stablehlo.reverse %arg0, dims = [1] : tensor<3x4xf32>
    %cst = stablehlo.constant dense<9.000000e+00> : tensor<f32>
    %1 = stablehlo.pad %arg0, %cst, low = [1, 0], high = [-1, 2], interior = [2, 0] : (tensor<3x4xf32>, tensor<f32>) -> tensor<7x6xf32>
    %2 = stablehlo.slice %arg0 [0:3:2, 1:4] : (tensor<3x4xf32>) -> tensor<2x3xf32>
    %3 = stablehlo.concatenate %arg0, %arg0, dim = 1 : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3x8xf32>
    %4 = stablehlo.transpose %arg0, dims = [1, 0] : (tensor<3x4xf32>) -> tensor<4x3xf32>
    %5 = stablehlo.reshape %4 : (tensor<4x3xf32>) -> tensor<2x6xf32>
    %6 = stablehlo.broadcast_in_dim %arg0, dims = [0, 2] : (tensor<3x4xf32>) -> tensor<3x2x4xf32>
    return %0, %1, %2, %3, %5, %6 : tensor<3x4xf32>, tensor<7x6xf32>, tensor<2x3xf32>, tensor<3x8xf32>, tensor<2x6xf32>, tensor<3x2x4xf32>
  }
}
