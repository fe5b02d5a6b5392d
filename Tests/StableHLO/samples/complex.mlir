module @jit__lambda attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main() {
    %in0 = stablehlo.constant dense<"0x6CBF003E69F0B03E7F4607BE9155523FBDF2233F0C2FA93EDFD5D63DDBCDA6BFA12109BF67C5673FFD22B93E358BE43E"> : tensor<2x3xcomplex<f32>>
    %in1 = stablehlo.constant dense<"0x3697413E6B9E0240D8D205BF049023C0117DD3BE0D11D63E00411CC0595911BFD05CE63FA6C1E7BE0774923F81C55CBE"> : tensor<2x3xcomplex<f32>>
    %made:7 = call @tested(%in0, %in1) : (tensor<2x3xcomplex<f32>>, tensor<2x3xcomplex<f32>>) -> (tensor<2x3xcomplex<f32>>, tensor<2x3xcomplex<f32>>, tensor<2x3xcomplex<f32>>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xcomplex<f32>>, tensor<2x2xcomplex<f32>>)
    %expected0 = stablehlo.constant dense<"0x61792EBF33D5A43E40CE0A409C2DBCBD772DCEBE3C6B063E11FA7EBFC6CF4740A3E20DBFA798EF3FDC8C023FB993DD3E"> : tensor<2x3xcomplex<f32>>
    stablehlo.custom_call @check.expect_close(%made#0, %expected0) {has_side_effect = true} : (tensor<2x3xcomplex<f32>>, tensor<2x3xcomplex<f32>>) -> ()
    %expected1 = stablehlo.constant dense<"0xD1B5313E937C3ABDCFCB98BEBDE0E6BD9852BBBE19CC95BFB1B09D3D010F043FCD40CCBE6C31CE3E6BD36F3EAD57DE3E"> : tensor<2x3xcomplex<f32>>
    stablehlo.custom_call @check.expect_close(%made#1, %expected1) {has_side_effect = true} : (tensor<2x3xcomplex<f32>>, tensor<2x3xcomplex<f32>>) -> ()
    %expected2 = stablehlo.constant dense<"0x4391883FBBACC43E26C5183F0442243FCAB6E53F05971D3F5F60963E7E1889BF5603B93E45BAEB3E05C1A53F29A81E3F"> : tensor<2x3xcomplex<f32>>
    stablehlo.custom_call @check.expect_close(%made#2, %expected2) {has_side_effect = true} : (tensor<2x3xcomplex<f32>>, tensor<2x3xcomplex<f32>>) -> ()
    %expected3 = stablehlo.constant dense<"0x1849BC3E2309553F387C383FFB57A73F7DA6863FA30F133F"> : tensor<2x3xf32>
    stablehlo.custom_call @check.expect_close(%made#3, %expected3) {has_side_effect = true} : (tensor<2x3xf32>, tensor<2x3xf32>) -> ()
    %expected4 = stablehlo.constant dense<"0x6CBF003E7F4607BEBDF2233FDFD5D63DA12109BFFD22B93E"> : tensor<2x3xf32>
    stablehlo.custom_call @check.expect_close(%made#4, %expected4) {has_side_effect = true} : (tensor<2x3xf32>, tensor<2x3xf32>) -> ()
    %expected5 = stablehlo.constant dense<"0x3697413E6B9E02C0D8D205BF04902340117DD3BE0D11D6BE00411CC05959113FD05CE63FA6C1E73E0774923F81C55C3E"> : tensor<2x3xcomplex<f32>>
    stablehlo.custom_call @check.expect_close(%made#5, %expected5) {has_side_effect = true} : (tensor<2x3xcomplex<f32>>, tensor<2x3xcomplex<f32>>) -> ()
    %expected6 = stablehlo.constant dense<"0x71D48A3F68FFB83EF4CF533FAE045D3F40FE9D40FD8A543FEC2785BF48A7AD40"> : tensor<2x2xcomplex<f32>>
    stablehlo.custom_call @check.expect_close(%made#6, %expected6) {has_side_effect = true} : (tensor<2x2xcomplex<f32>>, tensor<2x2xcomplex<f32>>) -> ()
    return
  }
  func.func private @tested(%arg0: tensor<2x3xcomplex<f32>>, %arg1: tensor<2x3xcomplex<f32>>) -> (tensor<2x3xcomplex<f32>> {jax.result_info = "result[0]"}, tensor<2x3xcomplex<f32>> {jax.result_info = "result[1]"}, tensor<2x3xcomplex<f32>> {jax.result_info = "result[2]"}, tensor<2x3xf32> {jax.result_info = "result[3]"}, tensor<2x3xf32> {jax.result_info = "result[4]"}, tensor<2x3xcomplex<f32>> {jax.result_info = "result[5]"}, tensor<2x2xcomplex<f32>> {jax.result_info = "result[6]"}) {
    %0 = stablehlo.multiply %arg0, %arg1 : tensor<2x3xcomplex<f32>>
    %1 = stablehlo.divide %arg0, %arg1 : tensor<2x3xcomplex<f32>>
    %2 = stablehlo.exponential %arg0 : tensor<2x3xcomplex<f32>>
    %3 = stablehlo.abs %arg0 : (tensor<2x3xcomplex<f32>>) -> tensor<2x3xf32>
    %4 = stablehlo.real %arg0 : (tensor<2x3xcomplex<f32>>) -> tensor<2x3xf32>
    %5 = stablehlo.real %arg1 : (tensor<2x3xcomplex<f32>>) -> tensor<2x3xf32>
    %6 = stablehlo.imag %arg1 : (tensor<2x3xcomplex<f32>>) -> tensor<2x3xf32>
    %7 = stablehlo.negate %6 : tensor<2x3xf32>
    %8 = stablehlo.complex %5, %7 : tensor<2x3xcomplex<f32>>
    %9 = stablehlo.transpose %arg1, dims = [1, 0] : (tensor<2x3xcomplex<f32>>) -> tensor<3x2xcomplex<f32>>
    %10 = stablehlo.dot_general %arg0, %9, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<2x3xcomplex<f32>>, tensor<3x2xcomplex<f32>>) -> tensor<2x2xcomplex<f32>>
    return %0, %1, %2, %3, %4, %8, %10 : tensor<2x3xcomplex<f32>>, tensor<2x3xcomplex<f32>>, tensor<2x3xcomplex<f32>>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xcomplex<f32>>, tensor<2x2xcomplex<f32>>
  }
}
