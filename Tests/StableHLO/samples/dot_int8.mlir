module @jit__lambda attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main() {
    %in0 = stablehlo.constant dense<"0x230D01E8ECD2D5CFDF1F0E29000A2F160D04052BE91F11CE"> : tensor<3x8xi8>
    %in1 = stablehlo.constant dense<"0xFD01192DD1DC202CE6ED24F8E920E7F60E04D6D0241921031FEEFB1CDAECDAFB"> : tensor<8x4xi8>
    %made:1 = call @tested(%in0, %in1) : (tensor<3x8xi8>, tensor<8x4xi8>) -> (tensor<3x4xi32>)
    %expected0 = stablehlo.constant dense<"0xC3F9FFFF48FDFFFFFE0C0000C20800006CF9FFFF8DFBFFFFB9FBFFFF5102000053070000DF090000220D0000A6080000"> : tensor<3x4xi32>
    stablehlo.custom_call @check.expect_eq(%made#0, %expected0) {has_side_effect = true} : (tensor<3x4xi32>, tensor<3x4xi32>) -> ()
    return
  }
  func.func private @tested(%arg0: tensor<3x8xi8>, %arg1: tensor<8x4xi8>) -> (tensor<3x4xi32> {jax.result_info = "result"}) {
    %0 = stablehlo.dot_general %arg0, %arg1, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<3x8xi8>, tensor<8x4xi8>) -> tensor<3x4xi32>
    return %0 : tensor<3x4xi32>
  }
}
