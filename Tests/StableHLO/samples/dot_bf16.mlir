module @jit__lambda attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main() {
    %in0 = stablehlo.constant dense<"0x013E07BE243FD73D09BFB93EA73F723F34BFA2BF20BF293D15C060BE9FBF3BBF0BBFA2BED33E853F04BEAF3F2ABFB43E"> : tensor<3x8xbf16>
    %in1 = stablehlo.constant dense<"0xB13E523FA93EA7BF683FE53E09BF153FBB3E973EE93C0C3F3DBF27BEF7BE193F233D96BE48BF84BE053C8DBEA63F813F2EC0F2BF33BED8BE5B3E5F3E08408EBF"> : tensor<8x4xbf16>
    %made:1 = call @tested(%in0, %in1) : (tensor<3x8xbf16>, tensor<8x4xbf16>) -> (tensor<3x4xbf16>)
    %expected0 = stablehlo.constant dense<"0x52C0FEBF30406DBFBD3FCD3F1C3FCA3F4C3FB83E0F402B40"> : tensor<3x4xbf16>
    stablehlo.custom_call @check.expect_close(%made#0, %expected0) {has_side_effect = true} : (tensor<3x4xbf16>, tensor<3x4xbf16>) -> ()
    return
  }
  func.func private @tested(%arg0: tensor<3x8xbf16>, %arg1: tensor<8x4xbf16>) -> (tensor<3x4xbf16> {jax.result_info = "result"}) {
    %0 = stablehlo.dot_general %arg0, %arg1, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<3x8xbf16>, tensor<8x4xbf16>) -> tensor<3x4xbf16>
    return %0 : tensor<3x4xbf16>
  }
}
