module @jit__lambda attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main() {
    %in0 = stablehlo.constant dense<"0x78563412F0DEBC9AFEFFFFFFFFFFFFFF"> : tensor<4xui32>
    %made:12 = call @tested(%in0) : (tensor<4xui32>) -> (tensor<4xui32>, tensor<4x8xui32>, tensor<4xui32>, tensor<4x8xui32>, tensor<4xui32>, tensor<3x5xui32>, tensor<4xui32>, tensor<3x5xui32>, tensor<4xui32>, tensor<7xui32>, tensor<4xui32>, tensor<7xui32>)
    %expected0 = stablehlo.constant dense<"0x78563412F0DEBC9A0600000000000000"> : tensor<4xui32>
    stablehlo.custom_call @check.expect_eq(%made#0, %expected0) {has_side_effect = true} : (tensor<4xui32>, tensor<4xui32>) -> ()
    %expected1 = stablehlo.constant dense<"0x5C0BE578CB683FD1F512607A28509AB2E072961F663CCB2C7FAF33EC423E478C5488C1EAD82C05506B4456B257CA92F907A2442330BE8CC2A76578537E185DB9583CEF5E6F39824E3A0D430B6188DA8FC53C19360B39CB241E0E0968D50F3C8EDB6D51766E4BCFB7A200F1E14ACBA2DF152B9C88ADA7BB751EACB3FFBF1175B5"> : tensor<4x8xui32>
    stablehlo.custom_call @check.expect_eq(%made#1, %expected1) {has_side_effect = true} : (tensor<4x8xui32>, tensor<4x8xui32>) -> ()
    %expected2 = stablehlo.constant dense<"0x78563412F0DEBC9A0E00000000000000"> : tensor<4xui32>
    stablehlo.custom_call @check.expect_eq(%made#2, %expected2) {has_side_effect = true} : (tensor<4xui32>, tensor<4xui32>) -> ()
    %expected3 = stablehlo.constant dense<"0x08157BB624E6B322790328ED651B10194E16335EFF437C43F3E0453CFA65B23795544ED06654ABFAC373BBA031673262A6FF11791A73926CA8E6C665804434B35E24270B44F4A5D78257ACEF2E27A3A31806FAD8A5EF1A24CFD52D3C0679148C56337215349796EF01595113DA8D166562C9F76F65F6EABDB3E3055A279BAAC6"> : tensor<4x8xui32>
    stablehlo.custom_call @check.expect_eq(%made#3, %expected3) {has_side_effect = true} : (tensor<4x8xui32>, tensor<4x8xui32>) -> ()
    %expected4 = stablehlo.constant dense<"0x78563412F0DEBC9A0200000000000000"> : tensor<4xui32>
    stablehlo.custom_call @check.expect_eq(%made#4, %expected4) {has_side_effect = true} : (tensor<4xui32>, tensor<4xui32>) -> ()
    %expected5 = stablehlo.constant dense<"0x5C0BE578CB683FD1F512607A28509AB2E072961F663CCB2C7FAF33EC423E478C5488C1EAD82C05506B4456B257CA92F907A2442330BE8CC2A7657853"> : tensor<3x5xui32>
    stablehlo.custom_call @check.expect_eq(%made#5, %expected5) {has_side_effect = true} : (tensor<3x5xui32>, tensor<3x5xui32>) -> ()
    %expected6 = stablehlo.constant dense<"0x78563412F0DEBC9A0700000000000000"> : tensor<4xui32>
    stablehlo.custom_call @check.expect_eq(%made#6, %expected6) {has_side_effect = true} : (tensor<4xui32>, tensor<4xui32>) -> ()
    %expected7 = stablehlo.constant dense<"0x08157BB695544ED024E6B3226654ABFA790328ED651B1019316732624E16335EA6FF1179FF437C43F3E0453CA8E6C665FA65B237804434B35E24270B"> : tensor<3x5xui32>
    stablehlo.custom_call @check.expect_eq(%made#7, %expected7) {has_side_effect = true} : (tensor<3x5xui32>, tensor<3x5xui32>) -> ()
    %expected8 = stablehlo.constant dense<"0x78563412F0DEBC9A0000000000000000"> : tensor<4xui32>
    stablehlo.custom_call @check.expect_eq(%made#8, %expected8) {has_side_effect = true} : (tensor<4xui32>, tensor<4xui32>) -> ()
    %expected9 = stablehlo.constant dense<"0x5C0BE578CB683FD1F512607A28509AB2E072961F663CCB2C7FAF33EC"> : tensor<7xui32>
    stablehlo.custom_call @check.expect_eq(%made#9, %expected9) {has_side_effect = true} : (tensor<7xui32>, tensor<7xui32>) -> ()
    %expected10 = stablehlo.constant dense<"0x78563412F0DEBC9A0200000000000000"> : tensor<4xui32>
    stablehlo.custom_call @check.expect_eq(%made#10, %expected10) {has_side_effect = true} : (tensor<4xui32>, tensor<4xui32>) -> ()
    %expected11 = stablehlo.constant dense<"0x08157BB695544ED024E6B3226654ABFA790328EDC373BBA0651B1019"> : tensor<7xui32>
    stablehlo.custom_call @check.expect_eq(%made#11, %expected11) {has_side_effect = true} : (tensor<7xui32>, tensor<7xui32>) -> ()
    return
  }
  func.func private @tested(%arg0: tensor<4xui32>) -> (tensor<4xui32> {jax.result_info = "result[0]"}, tensor<4x8xui32> {jax.result_info = "result[1]"}, tensor<4xui32> {jax.result_info = "result[2]"}, tensor<4x8xui32> {jax.result_info = "result[3]"}, tensor<4xui32> {jax.result_info = "result[4]"}, tensor<3x5xui32> {jax.result_info = "result[5]"}, tensor<4xui32> {jax.result_info = "result[6]"}, tensor<3x5xui32> {jax.result_info = "result[7]"}, tensor<4xui32> {jax.result_info = "result[8]"}, tensor<7xui32> {jax.result_info = "result[9]"}, tensor<4xui32> {jax.result_info = "result[10]"}, tensor<7xui32> {jax.result_info = "result[11]"}) {
    %0 = stablehlo.reshape %arg0 : (tensor<4xui32>) -> tensor<2x2xui32>
    %1 = stablehlo.bitcast_convert %0 : (tensor<2x2xui32>) -> tensor<2xui64>
    %output_state, %output = stablehlo.rng_bit_generator %1, algorithm = DEFAULT : (tensor<2xui64>) -> (tensor<2xui64>, tensor<4x8xui32>)
    %2 = stablehlo.bitcast_convert %output_state : (tensor<2xui64>) -> tensor<2x2xui32>
    %3 = stablehlo.reshape %2 : (tensor<2x2xui32>) -> tensor<4xui32>
    %4 = stablehlo.reshape %arg0 : (tensor<4xui32>) -> tensor<2x2xui32>
    %5 = stablehlo.bitcast_convert %4 : (tensor<2x2xui32>) -> tensor<2xui64>
    %output_state_0, %output_1 = stablehlo.rng_bit_generator %5, algorithm = THREE_FRY : (tensor<2xui64>) -> (tensor<2xui64>, tensor<4x8xui32>)
    %6 = stablehlo.bitcast_convert %output_state_0 : (tensor<2xui64>) -> tensor<2x2xui32>
    %7 = stablehlo.reshape %6 : (tensor<2x2xui32>) -> tensor<4xui32>
    %8 = stablehlo.reshape %arg0 : (tensor<4xui32>) -> tensor<2x2xui32>
    %9 = stablehlo.bitcast_convert %8 : (tensor<2x2xui32>) -> tensor<2xui64>
    %output_state_2, %output_3 = stablehlo.rng_bit_generator %9, algorithm = DEFAULT : (tensor<2xui64>) -> (tensor<2xui64>, tensor<3x5xui32>)
    %10 = stablehlo.bitcast_convert %output_state_2 : (tensor<2xui64>) -> tensor<2x2xui32>
    %11 = stablehlo.reshape %10 : (tensor<2x2xui32>) -> tensor<4xui32>
    %12 = stablehlo.reshape %arg0 : (tensor<4xui32>) -> tensor<2x2xui32>
    %13 = stablehlo.bitcast_convert %12 : (tensor<2x2xui32>) -> tensor<2xui64>
    %output_state_4, %output_5 = stablehlo.rng_bit_generator %13, algorithm = THREE_FRY : (tensor<2xui64>) -> (tensor<2xui64>, tensor<3x5xui32>)
    %14 = stablehlo.bitcast_convert %output_state_4 : (tensor<2xui64>) -> tensor<2x2xui32>
    %15 = stablehlo.reshape %14 : (tensor<2x2xui32>) -> tensor<4xui32>
    %16 = stablehlo.reshape %arg0 : (tensor<4xui32>) -> tensor<2x2xui32>
    %17 = stablehlo.bitcast_convert %16 : (tensor<2x2xui32>) -> tensor<2xui64>
    %output_state_6, %output_7 = stablehlo.rng_bit_generator %17, algorithm = DEFAULT : (tensor<2xui64>) -> (tensor<2xui64>, tensor<7xui32>)
    %18 = stablehlo.bitcast_convert %output_state_6 : (tensor<2xui64>) -> tensor<2x2xui32>
    %19 = stablehlo.reshape %18 : (tensor<2x2xui32>) -> tensor<4xui32>
    %20 = stablehlo.reshape %arg0 : (tensor<4xui32>) -> tensor<2x2xui32>
    %21 = stablehlo.bitcast_convert %20 : (tensor<2x2xui32>) -> tensor<2xui64>
    %output_state_8, %output_9 = stablehlo.rng_bit_generator %21, algorithm = THREE_FRY : (tensor<2xui64>) -> (tensor<2xui64>, tensor<7xui32>)
    %22 = stablehlo.bitcast_convert %output_state_8 : (tensor<2xui64>) -> tensor<2x2xui32>
    %23 = stablehlo.reshape %22 : (tensor<2x2xui32>) -> tensor<4xui32>
    return %3, %output, %7, %output_1, %11, %output_3, %15, %output_5, %19, %output_7, %23, %output_9 : tensor<4xui32>, tensor<4x8xui32>, tensor<4xui32>, tensor<4x8xui32>, tensor<4xui32>, tensor<3x5xui32>, tensor<4xui32>, tensor<3x5xui32>, tensor<4xui32>, tensor<7xui32>, tensor<4xui32>, tensor<7xui32>
  }
}
