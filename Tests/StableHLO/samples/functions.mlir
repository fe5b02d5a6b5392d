module @jit__lambda attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main() {
    %in0 = stablehlo.constant dense<"0xCDCC4C3D58FB063E7EC35A3ED145973EE429C13EF70DEB3E05790A3F0E6B1F3F175D343F214F493F2A415E3F3333733F"> : tensor<12xf32>
    %made:10 = call @tested(%in0) : (tensor<12xf32>) -> (tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>)
    %expected0 = stablehlo.constant dense<"0x0D90863F0A09923F6E7C9E3F93FFAB3FA4A9BA3FC593CA3F42D9DB3FB597EE3FA377014069810C401C7C1840447C2540"> : tensor<12xf32>
    stablehlo.custom_call @check.expect_close(%made#0, %expected0) {has_side_effect = true} : (tensor<12xf32>, tensor<12xf32>) -> ()
    %expected1 = stablehlo.constant dense<"0x32D8473D2498FD3D9D44463E8389843ED6E4A33EC970C13EEF5FDD3E09DDF73E4086083FD086143FC0FD1F3FDEF62A3F"> : tensor<12xf32>
    stablehlo.custom_call @check.expect_close(%made#1, %expected1) {has_side_effect = true} : (tensor<12xf32>, tensor<12xf32>) -> ()
    %expected2 = stablehlo.constant dense<"0x25A14C3D9434063EC07E573EFB04933E0A7EB83ED9D2DB3E13C3FC3EFD920D3F69741B3F2B06283FA350333F6C623D3F"> : tensor<12xf32>
    stablehlo.custom_call @check.expect_close(%made#2, %expected2) {has_side_effect = true} : (tensor<12xf32>, tensor<12xf32>) -> ()
    %expected3 = stablehlo.constant dense<"0xF5B64C3D5C97063E751A593EDA14953E239DBC3E5FE2E23E81D1033F0C50153FDACE253FAC31353F255E433F003C503F"> : tensor<12xf32>
    stablehlo.custom_call @check.expect_close(%made#3, %expected3) {has_side_effect = true} : (tensor<12xf32>, tensor<12xf32>) -> ()
    %expected4 = stablehlo.constant dense<"0x579FBC3E4449023FA509193F41812A3FEAFA383FCB7C453F8E95503F7E9C5A3F5BCB633F944A6C3FB137743F01A97B3F"> : tensor<12xf32>
    stablehlo.custom_call @check.expect_close(%made#4, %expected4) {has_side_effect = true} : (tensor<12xf32>, tensor<12xf32>) -> ()
    %expected5 = stablehlo.constant dense<"0x4CE6663DDD6E173ECE24733E86DAA53E330CD03EE5B7F73EB3420E3FD51A1F3FA5512E3FCCE03B3F43CD473FE625523F"> : tensor<12xf32>
    stablehlo.custom_call @check.expect_close(%made#5, %expected5) {has_side_effect = true} : (tensor<12xf32>, tensor<12xf32>) -> ()
    %expected6 = stablehlo.constant dense<"0x2CA14C3D4335063E1586573E8E16933EC3B5B83ED65BDC3E55DEFD3E26950E3F09201D3F43972A3F5007373FCF7F423F"> : tensor<12xf32>
    stablehlo.custom_call @check.expect_close(%made#6, %expected6) {has_side_effect = true} : (tensor<12xf32>, tensor<12xf32>) -> ()
    %expected7 = stablehlo.constant dense<"0x1E023E403E5AFB3FE325BA3FFD508E3F96595B3FB832283F20F2FD3E9070BA3E60BD823EC067293E8029BB3D00B2FD3C"> : tensor<12xf32>
    stablehlo.custom_call @check.expect_close(%made#7, %expected7) {has_side_effect = true} : (tensor<12xf32>, tensor<12xf32>) -> ()
    %expected8 = stablehlo.constant dense<"0x96FBA3C188E3FEC0E17C9EC03CC663C03E132FC042900BC0E228E3BF6BF0BABFC4859ABF342D7FBF955951BFCCA029BF"> : tensor<12xf32>
    stablehlo.custom_call @check.expect_close(%made#8, %expected8) {has_side_effect = true} : (tensor<12xf32>, tensor<12xf32>) -> ()
    %expected9 = stablehlo.constant dense<"0x449E353D1059F03D3240443E3848893E761EB23E525DDD3E4604063FEED31F3F52633D3FEE1E613F3A65883F4B65B13F"> : tensor<12xf32>
    stablehlo.custom_call @check.expect_close(%made#9, %expected9) {has_side_effect = true} : (tensor<12xf32>, tensor<12xf32>) -> ()
    return
  }
  func.func private @tested(%arg0: tensor<12xf32>) -> (tensor<12xf32> {jax.result_info = "result[0]"}, tensor<12xf32> {jax.result_info = "result[1]"}, tensor<12xf32> {jax.result_info = "result[2]"}, tensor<12xf32> {jax.result_info = "result[3]"}, tensor<12xf32> {jax.result_info = "result[4]"}, tensor<12xf32> {jax.result_info = "result[5]"}, tensor<12xf32> {jax.result_info = "result[6]"}, tensor<12xf32> {jax.result_info = "result[7]"}, tensor<12xf32> {jax.result_info = "result[8]"}, tensor<12xf32> {jax.result_info = "result[9]"}) {
    %0 = stablehlo.exponential %arg0 : tensor<12xf32>
    %1 = stablehlo.log_plus_one %arg0 : tensor<12xf32>
    %2 = stablehlo.tanh %arg0 : tensor<12xf32>
    %3 = stablehlo.sine %arg0 : tensor<12xf32>
    %4 = stablehlo.cbrt %arg0 : tensor<12xf32>
    %5 = chlo.erf %arg0 : tensor<12xf32> -> tensor<12xf32>
    %6 = chlo.atan %arg0 : tensor<12xf32> -> tensor<12xf32>
    %7 = chlo.lgamma %arg0 : tensor<12xf32> -> tensor<12xf32>
    %8 = chlo.digamma %arg0 : tensor<12xf32> -> tensor<12xf32>
    %9 = chlo.erf_inv %arg0 : tensor<12xf32> -> tensor<12xf32>
    return %0, %1, %2, %3, %4, %5, %6, %7, %8, %9 : tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>
  }
}
