module @jit__lambda attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main() {
    %in0 = stablehlo.constant dense<"0x69F0B03E9155523F0C2FA93EDBCDA6BF67C5673F"> : tensor<5xf32>
    %in1 = stablehlo.constant dense<"0x6CBF003E7F4607BEBDF2233FDFD5D63DA12109BFFD22B93E79E9A63FE673723FFE2734BF55F9A1BFEA8E1FBF6E45293D4ECD14C0EC0A60BE037A9FBFE0753BBF8F540BBF18F2A1BE3DC1D23E1471853F"> : tensor<4x5xf32>
    %in2 = stablehlo.constant dense<"0x3697413ED8D205BF117DD3BE00411CC0D05CE63F0774923FD29DA6BE3018463FD8FA8F3E55C70DBF"> : tensor<5x2xf32>
    %in3 = stablehlo.constant dense<"0x6B9E0240049023C00D11D63E595911BFA6C1E7BE81C55CBE744701C0AE7F6DBE9B7E5DBF06AC54409B34673E068CB4BEE80490BE16052BBF2C0F87BF1117C8BE8CC1F63E664774BEAD2F753FEE984CBEFFBBC63C75DDC53F098C0B3FAC5601BF"> : tensor<6x4xf32>
    %in4 = stablehlo.constant dense<"0xC9DB26BF17E932BEE8F4D43FE8BD283F4E19D2BF2580AABB529B1FBFDD32183E19D9CDBF0C93773EB207713E1DAEC93F"> : tensor<6x2xf32>
    %made:4 = call @tested(%in0, %in1, %in2, %in3, %in4) : (tensor<5xf32>, tensor<4x5xf32>, tensor<5x2xf32>, tensor<6x4xf32>, tensor<6x2xf32>) -> (tensor<f32>, tensor<5xf32>, tensor<4x5xf32>, tensor<5x2xf32>)
    %expected0 = stablehlo.constant dense<"0xB8929840"> : tensor<f32>
    stablehlo.custom_call @check.expect_close(%made#0, %expected0) {has_side_effect = true} : (tensor<f32>, tensor<f32>) -> ()
    %expected1 = stablehlo.constant dense<"0xFB0DDF3EB9A8D73F2C86B2BEB77F83BE9ADF6B3E"> : tensor<5xf32>
    stablehlo.custom_call @check.expect_close(%made#1, %expected1) {has_side_effect = true} : (tensor<5xf32>, tensor<5xf32>) -> ()
    %expected2 = stablehlo.constant dense<"0x83955BBEADFC5E3DEBA9F0BC0FA6E23E0145A43D3C9C203F036DCABE25410EBF56659ABE777AA63B218B173E2FDC23BF124996BE178D043F6632583EE3BBE3BD05ECC4BE3260243EDD25CE3CC55D42BD"> : tensor<4x5xf32>
    stablehlo.custom_call @check.expect_close(%made#2, %expected2) {has_side_effect = true} : (tensor<4x5xf32>, tensor<4x5xf32>) -> ()
    %expected3 = stablehlo.constant dense<"0xBE8D863FD269A0BF520C563F61ECDDBFF4E7A13FD07082BFECAC84BF6BA9F13FDF1CF3BDA2E9583F"> : tensor<5x2xf32>
    stablehlo.custom_call @check.expect_close(%made#3, %expected3) {has_side_effect = true} : (tensor<5x2xf32>, tensor<5x2xf32>) -> ()
    return
  }
  func.func private @tested(%arg0: tensor<5xf32>, %arg1: tensor<4x5xf32>, %arg2: tensor<5x2xf32>, %arg3: tensor<6x4xf32>, %arg4: tensor<6x2xf32>) -> (tensor<f32> {jax.result_info = "result[0]"}, tensor<5xf32> {jax.result_info = "result[1]['b1']"}, tensor<4x5xf32> {jax.result_info = "result[1]['w1']"}, tensor<5x2xf32> {jax.result_info = "result[1]['w2']"}) {
    %0 = stablehlo.dot_general %arg3, %arg1, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<6x4xf32>, tensor<4x5xf32>) -> tensor<6x5xf32>
    %1 = stablehlo.broadcast_in_dim %arg0, dims = [1] : (tensor<5xf32>) -> tensor<1x5xf32>
    %2 = stablehlo.broadcast_in_dim %1, dims = [0, 1] : (tensor<1x5xf32>) -> tensor<6x5xf32>
    %3 = stablehlo.add %0, %2 : tensor<6x5xf32>
    %4 = stablehlo.tanh %3 : tensor<6x5xf32>
    %cst = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %5 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<6x5xf32>
    %6 = stablehlo.subtract %5, %4 : tensor<6x5xf32>
    %7 = stablehlo.dot_general %4, %arg2, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<6x5xf32>, tensor<5x2xf32>) -> tensor<6x2xf32>
    %8 = stablehlo.subtract %7, %arg4 : tensor<6x2xf32>
    %9 = stablehlo.multiply %8, %8 : tensor<6x2xf32>
    %cst_0 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %10 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<6x2xf32>
    %11 = stablehlo.multiply %10, %8 : tensor<6x2xf32>
    %cst_1 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %12 = stablehlo.reduce(%9 init: %cst_1) applies stablehlo.add across dimensions = [0, 1] : (tensor<6x2xf32>, tensor<f32>) -> tensor<f32>
    %cst_2 = stablehlo.constant dense<1.200000e+01> : tensor<f32>
    %13 = stablehlo.divide %12, %cst_2 : tensor<f32>
    %cst_3 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %cst_4 = stablehlo.constant dense<1.200000e+01> : tensor<f32>
    %14 = stablehlo.divide %cst_3, %cst_4 : tensor<f32>
    %15 = stablehlo.broadcast_in_dim %14, dims = [] : (tensor<f32>) -> tensor<6x2xf32>
    %16 = stablehlo.multiply %15, %11 : tensor<6x2xf32>
    %17 = stablehlo.dot_general %16, %4, contracting_dims = [0] x [0], precision = [DEFAULT, DEFAULT] : (tensor<6x2xf32>, tensor<6x5xf32>) -> tensor<2x5xf32>
    %18 = stablehlo.transpose %17, dims = [1, 0] : (tensor<2x5xf32>) -> tensor<5x2xf32>
    %19 = stablehlo.dot_general %16, %arg2, contracting_dims = [1] x [1], precision = [DEFAULT, DEFAULT] : (tensor<6x2xf32>, tensor<5x2xf32>) -> tensor<6x5xf32>
    %20 = stablehlo.multiply %19, %6 : tensor<6x5xf32>
    %21 = stablehlo.multiply %20, %4 : tensor<6x5xf32>
    %22 = stablehlo.add %20, %21 : tensor<6x5xf32>
    %cst_5 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %23 = stablehlo.reduce(%22 init: %cst_5) applies stablehlo.add across dimensions = [0] : (tensor<6x5xf32>, tensor<f32>) -> tensor<5xf32>
    %24 = stablehlo.reshape %23 : (tensor<5xf32>) -> tensor<1x5xf32>
    %cst_6 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %25 = stablehlo.reduce(%24 init: %cst_6) applies stablehlo.add across dimensions = [0] : (tensor<1x5xf32>, tensor<f32>) -> tensor<5xf32>
    %26 = stablehlo.dot_general %22, %arg3, contracting_dims = [0] x [0], precision = [DEFAULT, DEFAULT] : (tensor<6x5xf32>, tensor<6x4xf32>) -> tensor<5x4xf32>
    %27 = stablehlo.transpose %26, dims = [1, 0] : (tensor<5x4xf32>) -> tensor<4x5xf32>
    return %13, %25, %27, %18 : tensor<f32>, tensor<5xf32>, tensor<4x5xf32>, tensor<5x2xf32>
  }
}
