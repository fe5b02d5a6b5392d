module @jit__lambda attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main() {
    %in0 = stablehlo.constant dense<"0x6CBF003E7F46073EBDF2233FDFD5D63DA121093FFD22B93E79E9A63FE673723FFE27343F55F9A13FEA8E1F3F6E45293D"> : tensor<4x3xf32>
    %in1 = stablehlo.constant dense<"0x69F0B03E9155523F0C2FA93EDBCDA63F67C5673F358BE43EC475093F28C4143F3CA9BA3E8998963EC3D5E83C62F50B3F"> : tensor<4x3xf32>
    %in2 = stablehlo.constant dense<"0x3697413ED8D2053F117DD33E00411C40D05CE63F0774923FD29DA63E3018463FD8FA8F3E55C70D3FDC417A3F45019F3E"> : tensor<4x3xf32>
    %in3 = stablehlo.constant dense<"0x6B9E0240049023400D11D63E5959113FA6C1E73E81C55C3E74470140AE7F6D3E9B7E5D3F06AC54409B34673E068CB43E"> : tensor<4x3xf32>
    %made:2 = call @tested(%in0, %in1, %in2, %in3) : (tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>) -> (tensor<4x3xf32>, tensor<4x3xf32>)
    %expected0 = stablehlo.constant dense<"0xD799003ED8EB063EB2C9233FEA83D03D1A7B083FB1F3B73E7BE1A63F3E0D723F9513343FD7EFA13F1E151F3F4EF7263D"> : tensor<4x3xf32>
    stablehlo.custom_call @check.expect_close(%made#0, %expected0) {has_side_effect = true} : (tensor<4x3xf32>, tensor<4x3xf32>) -> ()
    %expected1 = stablehlo.constant dense<"0x929E513E84790D3F1042CF3EFEF7144033EADA3F8185893F6472B13E6229413F7B3F943E6D21073F8AF5613F9E18AB3E"> : tensor<4x3xf32>
    stablehlo.custom_call @check.expect_close(%made#1, %expected1) {has_side_effect = true} : (tensor<4x3xf32>, tensor<4x3xf32>) -> ()
    return
  }
  func.func private @tested(%arg0: tensor<4x3xf32>, %arg1: tensor<4x3xf32>, %arg2: tensor<4x3xf32>, %arg3: tensor<4x3xf32>) -> (tensor<4x3xf32> {jax.result_info = "result[0]"}, tensor<4x3xf32> {jax.result_info = "result[1]"}) {
    %cst = stablehlo.constant dense<0.899999976> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<4x3xf32>
    %1 = stablehlo.multiply %arg2, %0 : tensor<4x3xf32>
    %cst_0 = stablehlo.constant dense<1.000000e-01> : tensor<f32>
    %2 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<4x3xf32>
    %3 = stablehlo.multiply %2, %arg1 : tensor<4x3xf32>
    %4 = stablehlo.add %1, %3 : tensor<4x3xf32>
    %cst_1 = stablehlo.constant dense<1.000000e-03> : tensor<f32>
    %5 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<4x3xf32>
    %6 = stablehlo.multiply %5, %4 : tensor<4x3xf32>
    %cst_2 = stablehlo.constant dense<9.990000e-01> : tensor<f32>
    %7 = stablehlo.broadcast_in_dim %cst_2, dims = [] : (tensor<f32>) -> tensor<4x3xf32>
    %8 = stablehlo.multiply %7, %arg3 : tensor<4x3xf32>
    %cst_3 = stablehlo.constant dense<1.000000e-03> : tensor<f32>
    %9 = stablehlo.broadcast_in_dim %cst_3, dims = [] : (tensor<f32>) -> tensor<4x3xf32>
    %10 = stablehlo.multiply %9, %arg1 : tensor<4x3xf32>
    %11 = stablehlo.multiply %10, %arg1 : tensor<4x3xf32>
    %12 = stablehlo.add %8, %11 : tensor<4x3xf32>
    %13 = stablehlo.sqrt %12 : tensor<4x3xf32>
    %cst_4 = stablehlo.constant dense<9.99999993E-9> : tensor<f32>
    %14 = stablehlo.broadcast_in_dim %cst_4, dims = [] : (tensor<f32>) -> tensor<4x3xf32>
    %15 = stablehlo.add %13, %14 : tensor<4x3xf32>
    %16 = stablehlo.divide %6, %15 : tensor<4x3xf32>
    %17 = stablehlo.subtract %arg0, %16 : tensor<4x3xf32>
    %cst_5 = stablehlo.constant dense<0.899999976> : tensor<f32>
    %18 = stablehlo.broadcast_in_dim %cst_5, dims = [] : (tensor<f32>) -> tensor<4x3xf32>
    %19 = stablehlo.multiply %18, %arg2 : tensor<4x3xf32>
    %cst_6 = stablehlo.constant dense<1.000000e-01> : tensor<f32>
    %20 = stablehlo.broadcast_in_dim %cst_6, dims = [] : (tensor<f32>) -> tensor<4x3xf32>
    %21 = stablehlo.multiply %20, %arg1 : tensor<4x3xf32>
    %22 = stablehlo.add %19, %21 : tensor<4x3xf32>
    return %17, %22 : tensor<4x3xf32>, tensor<4x3xf32>
  }
}
