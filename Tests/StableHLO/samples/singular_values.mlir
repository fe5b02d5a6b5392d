module @jit__lambda attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main() {
    %in0 = stablehlo.constant dense<"0x6CBF003E7F4607BEBDF2233FDFD5D63DA12109BFFD22B93E79E9A63FE673723FFE2734BF55F9A1BFEA8E1FBF6E45293D4ECD14C0EC0A60BE037A9FBFE0753BBF8F540BBF18F2A1BE3DC1D23E1471853F979E03BE46E8AE3F334A2ABF21F9B33ED249673F8589C03DF8553EBF32F66BBF0A5BEABED57A613E"> : tensor<2x5x3xf32>
    %in1 = stablehlo.constant dense<"0x69F0B03E9155523F0C2FA93EDBCDA6BF67C5673F358BE43EC47509BF28C4143F3CA9BA3E8998963EC3D5E83C62F50B3F41883CBFDED126BE58D8F6BEFC4D193FA6B3223DE4BC95BE272B48BFB4AE83BEC866053C"> : tensor<3x7xf32>
    %in2 = stablehlo.constant dense<"0x0000803F0000803F0000803F0000803F0000803F0000803F0000803F0000803F0000803F0000803F0000803F0000803F0000803F0000803F0000803F0000803F"> : tensor<4x4xf32>
    %in3 = stablehlo.constant dense<"0x000000000000000000000000000000000000000000000000"> : tensor<3x2xf32>
    %in4 = stablehlo.constant dense<"0xBB3ABB141F6D8195078A4C95981E979601CB5E1611A40D163F242195D295BF15B03F0B15B11E8995B308F215B9C71995"> : tensor<4x3xf32>
    %made:42 = call @tested(%in0, %in1, %in2, %in3, %in4) : (tensor<2x5x3xf32>, tensor<3x7xf32>, tensor<4x4xf32>, tensor<3x2xf32>, tensor<4x3xf32>) -> (tensor<2x3xf32>, tensor<2x5x3xf32>, tensor<2x5x5xf32>, tensor<2x3x3xf32>, tensor<2x3xf32>, tensor<2x5x3xf32>, tensor<2x3x3xf32>, tensor<2x3x3xf32>, tensor<3xf32>, tensor<3x7xf32>, tensor<3x3xf32>, tensor<7x7xf32>, tensor<3xf32>, tensor<3x7xf32>, tensor<3x3xf32>, tensor<3x3xf32>, tensor<4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<2xf32>, tensor<3x2xf32>, tensor<3x3xf32>, tensor<2x2xf32>, tensor<2xf32>, tensor<3x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<3xf32>, tensor<4x3xf32>, tensor<4x4xf32>, tensor<3x3xf32>, tensor<3xf32>, tensor<4x3xf32>, tensor<3x3xf32>, tensor<3x3xf32>, tensor<2x3xf32>, tensor<2x3x5xf32>)
    %expected0 = stablehlo.constant dense<"0x62A8494053CBDA3F1772AB3ED25705403523B73F27A05B3F"> : tensor<2x3xf32>
    stablehlo.custom_call @check.expect_close(%made#0, %expected0) {has_side_effect = true} : (tensor<2x3xf32>, tensor<2x3xf32>) -> ()
    %expected1 = stablehlo.constant dense<"0x72BF003E784607BEBAF2233FE0D5D63DA12109BFF522B93E7BE9A63FE473723FF62734BF55F9A1BFEA8E1FBF3245293D50CD14C0FA0A60BE017A9FBFE1753BBF90540BBF17F2A1BE3BC1D23E1371853F909E03BE46E8AE3F2F4A2ABF1EF9B33ECF49673F8989C03DF6553EBF2FF66BBF095BEABED57A613E"> : tensor<2x5x3xf32>
    stablehlo.custom_call @check.expect_close(%made#1, %expected1) {has_side_effect = true} : (tensor<2x5x3xf32>, tensor<2x5x3xf32>) -> ()
    %expected2 = stablehlo.constant dense<"0xFFFF7F3F2065DAB25333E032003CCAAFB0D75D332065DAB2FBFF7F3F23826333C9C2E4B2868EE2B25333E03223826333FBFF7F3FBC3BC132AF5E0433003CCAAFC9C2E4B2BC3BC1320000803F289D0EB1B0D75D33868EE2B2AF5E0433289D0EB1FFFF7F3F0000803F461440B3282F89B382A30BB39A66D732461440B3FDFF7F3FBD7A82B2182203B2C007F5B1282F89B3BD7A82B20000803F6A422333A6BBA63182A30BB3182203B26A422333FFFF7F3F68999F319A66D732C007F5B1A6BBA63168999F310000803F"> : tensor<2x5x5xf32>
    stablehlo.custom_call @check.expect_close(%made#2, %expected2) {has_side_effect = true} : (tensor<2x5x5xf32>, tensor<2x5x5xf32>) -> ()
    %expected3 = stablehlo.constant dense<"0x0100803F2D668A327808B3B32D668A320100803FA8C8B1B27808B3B3A8C8B1B20300803FFFFF7F3FDD53D9B230269130DD53D9B2FDFF7F3FA49B133230269130A49B1332FEFF7F3F"> : tensor<2x3x3xf32>
    stablehlo.custom_call @check.expect_close(%made#3, %expected3) {has_side_effect = true} : (tensor<2x3x3xf32>, tensor<2x3x3xf32>) -> ()
    %expected4 = stablehlo.constant dense<"0x62A8494053CBDA3F1772AB3ED25705403523B73F27A05B3F"> : tensor<2x3xf32>
    stablehlo.custom_call @check.expect_close(%made#4, %expected4) {has_side_effect = true} : (tensor<2x3xf32>, tensor<2x3xf32>) -> ()
    %expected5 = stablehlo.constant dense<"0x72BF003E784607BEBAF2233FE0D5D63DA12109BFF522B93E7BE9A63FE473723FF62734BF55F9A1BFEA8E1FBF3245293D50CD14C0FA0A60BE017A9FBFE1753BBF90540BBF17F2A1BE3BC1D23E1371853F909E03BE46E8AE3F2F4A2ABF1EF9B33ECF49673F8989C03DF6553EBF2FF66BBF095BEABED57A613E"> : tensor<2x5x3xf32>
    stablehlo.custom_call @check.expect_close(%made#5, %expected5) {has_side_effect = true} : (tensor<2x5x3xf32>, tensor<2x5x3xf32>) -> ()
    %expected6 = stablehlo.constant dense<"0xFFFF7F3F2065DAB25333E0322065DAB2FBFF7F3F238263335333E03223826333FBFF7F3F0000803F461440B3282F89B3461440B3FDFF7F3FBD7A82B2282F89B3BD7A82B20000803F"> : tensor<2x3x3xf32>
    stablehlo.custom_call @check.expect_close(%made#6, %expected6) {has_side_effect = true} : (tensor<2x3x3xf32>, tensor<2x3x3xf32>) -> ()
    %expected7 = stablehlo.constant dense<"0x0100803F2D668A327808B3B32D668A320100803FA8C8B1B27808B3B3A8C8B1B20300803FFFFF7F3FDD53D9B230269130DD53D9B2FDFF7F3FA49B133230269130A49B1332FEFF7F3F"> : tensor<2x3x3xf32>
    stablehlo.custom_call @check.expect_close(%made#7, %expected7) {has_side_effect = true} : (tensor<2x3x3xf32>, tensor<2x3x3xf32>) -> ()
    %expected8 = stablehlo.constant dense<"0xF49C0240BD4A9E3F4C877F3F"> : tensor<3xf32>
    stablehlo.custom_call @check.expect_close(%made#8, %expected8) {has_side_effect = true} : (tensor<3xf32>, tensor<3xf32>) -> ()
    %expected9 = stablehlo.constant dense<"0x76F0B03E9955523F122FA93EE0CDA6BF6EC5673F378BE43EC87509BF2BC4143F37A9BA3E8998963EB4D5E83C67F50B3F3F883CBFDFD126BE5BD8F6BEFA4D193F99B3223DE5BC95BE282B48BFADAE83BECA66053C"> : tensor<3x7xf32>
    stablehlo.custom_call @check.expect_close(%made#9, %expected9) {has_side_effect = true} : (tensor<3x7xf32>, tensor<3x7xf32>) -> ()
    %expected10 = stablehlo.constant dense<"0x0600803FEC43C7B3287D5033EC43C7B3FFFF7F3F4AB329B3287D50334AB329B3FDFF7F3F"> : tensor<3x3xf32>
    stablehlo.custom_call @check.expect_close(%made#10, %expected10) {has_side_effect = true} : (tensor<3x3xf32>, tensor<3x3xf32>) -> ()
    %expected11 = stablehlo.constant dense<"0x0200803FB3418E31EFE555B2C2FA19B2FAF4C5320BEAD2317CCA42B3B3418E31FFFF7F3FA6B0FEB1C0B3F133F4902F3250E357B306C82232EFE555B2A6B0FEB1FBFF7F3F63F498337C9B6131ED3CEFB344273832C2FA19B2C0B3F13363F498330000803F765A7632D30C2BB2F8361D32FAF4C532F4902F327C9B6131765A76320000803FB13B12B3383176310BEAD23150E357B3ED3CEFB3D30C2BB2B13B12B3FEFF7F3F6AB960B27CCA42B306C8223244273832F8361D32383176316AB960B20000803F"> : tensor<7x7xf32>
    stablehlo.custom_call @check.expect_close(%made#11, %expected11) {has_side_effect = true} : (tensor<7x7xf32>, tensor<7x7xf32>) -> ()
    %expected12 = stablehlo.constant dense<"0xF49C0240BD4A9E3F4C877F3F"> : tensor<3xf32>
    stablehlo.custom_call @check.expect_close(%made#12, %expected12) {has_side_effect = true} : (tensor<3xf32>, tensor<3xf32>) -> ()
    %expected13 = stablehlo.constant dense<"0x76F0B03E9955523F122FA93EE0CDA6BF6EC5673F378BE43EC87509BF2BC4143F37A9BA3E8998963EB4D5E83C67F50B3F3F883CBFDFD126BE5BD8F6BEFA4D193F99B3223DE5BC95BE282B48BFADAE83BECA66053C"> : tensor<3x7xf32>
    stablehlo.custom_call @check.expect_close(%made#13, %expected13) {has_side_effect = true} : (tensor<3x7xf32>, tensor<3x7xf32>) -> ()
    %expected14 = stablehlo.constant dense<"0x0600803FEC43C7B3287D5033EC43C7B3FFFF7F3F4AB329B3287D50334AB329B3FDFF7F3F"> : tensor<3x3xf32>
    stablehlo.custom_call @check.expect_close(%made#14, %expected14) {has_side_effect = true} : (tensor<3x3xf32>, tensor<3x3xf32>) -> ()
    %expected15 = stablehlo.constant dense<"0x0200803FB3418E31EFE555B2B3418E31FFFF7F3FA6B0FEB1EFE555B2A6B0FEB1FBFF7F3F"> : tensor<3x3xf32>
    stablehlo.custom_call @check.expect_close(%made#15, %expected15) {has_side_effect = true} : (tensor<3x3xf32>, tensor<3x3xf32>) -> ()
    %expected16 = stablehlo.constant dense<"0x01008040FEFF2F346141991B578C6E03"> : tensor<4xf32>
    stablehlo.custom_call @check.expect_close(%made#16, %expected16) {has_side_effect = true} : (tensor<4xf32>, tensor<4xf32>) -> ()
    %expected17 = stablehlo.constant dense<"0x0000803F0400803F0300803F0300803FFFFF7F3F0200803F0100803F0100803FFFFF7F3F0200803F0100803F0100803FFFFF7F3F0200803F0100803F0100803F"> : tensor<4x4xf32>
    stablehlo.custom_call @check.expect_close(%made#17, %expected17) {has_side_effect = true} : (tensor<4x4xf32>, tensor<4x4xf32>) -> ()
    %expected18 = stablehlo.constant dense<"0x0100803F0000C0B3000000B3000000000000C0B3FEFF7F3FC3A81534FE891032000000B3C3A81534FCFF7F3F08A553B300000000FE89103208A553B3FFFF7F3F"> : tensor<4x4xf32>
    stablehlo.custom_call @check.expect_close(%made#18, %expected18) {has_side_effect = true} : (tensor<4x4xf32>, tensor<4x4xf32>) -> ()
    %expected19 = stablehlo.constant dense<"0xFFFF7F3F000080330000C03300000033000080330000803F087774B3D8E86EB20000C033087774B30000803FD85E973200000033D8E86EB2D85E97320000803F"> : tensor<4x4xf32>
    stablehlo.custom_call @check.expect_close(%made#19, %expected19) {has_side_effect = true} : (tensor<4x4xf32>, tensor<4x4xf32>) -> ()
    %expected20 = stablehlo.constant dense<"0x01008040FEFF2F346141991B578C6E03"> : tensor<4xf32>
    stablehlo.custom_call @check.expect_close(%made#20, %expected20) {has_side_effect = true} : (tensor<4xf32>, tensor<4xf32>) -> ()
    %expected21 = stablehlo.constant dense<"0x0000803F0400803F0300803F0300803FFFFF7F3F0200803F0100803F0100803FFFFF7F3F0200803F0100803F0100803FFFFF7F3F0200803F0100803F0100803F"> : tensor<4x4xf32>
    stablehlo.custom_call @check.expect_close(%made#21, %expected21) {has_side_effect = true} : (tensor<4x4xf32>, tensor<4x4xf32>) -> ()
    %expected22 = stablehlo.constant dense<"0x0100803F0000C0B3000000B3000000000000C0B3FEFF7F3FC3A81534FE891032000000B3C3A81534FCFF7F3F08A553B300000000FE89103208A553B3FFFF7F3F"> : tensor<4x4xf32>
    stablehlo.custom_call @check.expect_close(%made#22, %expected22) {has_side_effect = true} : (tensor<4x4xf32>, tensor<4x4xf32>) -> ()
    %expected23 = stablehlo.constant dense<"0xFFFF7F3F000080330000C03300000033000080330000803F087774B3D8E86EB20000C033087774B30000803FD85E973200000033D8E86EB2D85E97320000803F"> : tensor<4x4xf32>
    stablehlo.custom_call @check.expect_close(%made#23, %expected23) {has_side_effect = true} : (tensor<4x4xf32>, tensor<4x4xf32>) -> ()
    %expected24 = stablehlo.constant dense<"0x0000000000000000"> : tensor<2xf32>
    stablehlo.custom_call @check.expect_close(%made#24, %expected24) {has_side_effect = true} : (tensor<2xf32>, tensor<2xf32>) -> ()
    %expected25 = stablehlo.constant dense<"0x000000000000000000000000000000000000000000000000"> : tensor<3x2xf32>
    stablehlo.custom_call @check.expect_close(%made#25, %expected25) {has_side_effect = true} : (tensor<3x2xf32>, tensor<3x2xf32>) -> ()
    %expected26 = stablehlo.constant dense<"0x0000803F0000000000000000000000000000803F0000000000000000000000000000803F"> : tensor<3x3xf32>
    stablehlo.custom_call @check.expect_close(%made#26, %expected26) {has_side_effect = true} : (tensor<3x3xf32>, tensor<3x3xf32>) -> ()
    %expected27 = stablehlo.constant dense<"0x0000803F00000000000000000000803F"> : tensor<2x2xf32>
    stablehlo.custom_call @check.expect_close(%made#27, %expected27) {has_side_effect = true} : (tensor<2x2xf32>, tensor<2x2xf32>) -> ()
    %expected28 = stablehlo.constant dense<"0x0000000000000000"> : tensor<2xf32>
    stablehlo.custom_call @check.expect_close(%made#28, %expected28) {has_side_effect = true} : (tensor<2xf32>, tensor<2xf32>) -> ()
    %expected29 = stablehlo.constant dense<"0x000000000000000000000000000000000000000000000000"> : tensor<3x2xf32>
    stablehlo.custom_call @check.expect_close(%made#29, %expected29) {has_side_effect = true} : (tensor<3x2xf32>, tensor<3x2xf32>) -> ()
    %expected30 = stablehlo.constant dense<"0x0000803F00000000000000000000803F"> : tensor<2x2xf32>
    stablehlo.custom_call @check.expect_close(%made#30, %expected30) {has_side_effect = true} : (tensor<2x2xf32>, tensor<2x2xf32>) -> ()
    %expected31 = stablehlo.constant dense<"0x0000803F00000000000000000000803F"> : tensor<2x2xf32>
    stablehlo.custom_call @check.expect_close(%made#31, %expected31) {has_side_effect = true} : (tensor<2x2xf32>, tensor<2x2xf32>) -> ()
    %expected32 = stablehlo.constant dense<"0x85A4D8162A49C5158C757515"> : tensor<3xf32>
    stablehlo.custom_call @check.expect_close(%made#32, %expected32) {has_side_effect = true} : (tensor<3xf32>, tensor<3xf32>) -> ()
    %expected33 = stablehlo.constant dense<"0xA43ABB141F6D8195058A4C95981E979601CB5E1611A40D1642242195D395BF15B13F0B15B11E8995B308F215B2C71995"> : tensor<4x3xf32>
    stablehlo.custom_call @check.expect_close(%made#33, %expected33) {has_side_effect = true} : (tensor<4x3xf32>, tensor<4x3xf32>) -> ()
    %expected34 = stablehlo.constant dense<"0xF9FF7F3F86FC23B3CD1A5B332C43EDB286FC23B30100803F9EAD0DB4E1460F34CD1A5B339EAD0DB4FFFF7F3F3B8389B32C43EDB2E1460F343B8389B30200803F"> : tensor<4x4xf32>
    stablehlo.custom_call @check.expect_close(%made#34, %expected34) {has_side_effect = true} : (tensor<4x4xf32>, tensor<4x4xf32>) -> ()
    %expected35 = stablehlo.constant dense<"0x0200803FDE331032888A11B3DE331032FBFF7F3F42291C34888A11B342291C34FCFF7F3F"> : tensor<3x3xf32>
    stablehlo.custom_call @check.expect_close(%made#35, %expected35) {has_side_effect = true} : (tensor<3x3xf32>, tensor<3x3xf32>) -> ()
    %expected36 = stablehlo.constant dense<"0x85A4D8162A49C5158C757515"> : tensor<3xf32>
    stablehlo.custom_call @check.expect_close(%made#36, %expected36) {has_side_effect = true} : (tensor<3xf32>, tensor<3xf32>) -> ()
    %expected37 = stablehlo.constant dense<"0xA33ABB141F6D8195068A4C95981E979601CB5E1611A40D1642242195D395BF15B13F0B15B11E8995B308F215B2C71995"> : tensor<4x3xf32>
    stablehlo.custom_call @check.expect_close(%made#37, %expected37) {has_side_effect = true} : (tensor<4x3xf32>, tensor<4x3xf32>) -> ()
    %expected38 = stablehlo.constant dense<"0xF9FF7F3F86FC23B3F881C1B086FC23B30100803FA6AE00B4F881C1B0A6AE00B40000803F"> : tensor<3x3xf32>
    stablehlo.custom_call @check.expect_close(%made#38, %expected38) {has_side_effect = true} : (tensor<3x3xf32>, tensor<3x3xf32>) -> ()
    %expected39 = stablehlo.constant dense<"0x0200803FDE331032888A11B3DE331032FBFF7F3F42291C34888A11B342291C34FCFF7F3F"> : tensor<3x3xf32>
    stablehlo.custom_call @check.expect_close(%made#39, %expected39) {has_side_effect = true} : (tensor<3x3xf32>, tensor<3x3xf32>) -> ()
    %expected40 = stablehlo.constant dense<"0x63A8494053CBDA3F1772AB3ED25705403523B73F26A05B3F"> : tensor<2x3xf32>
    stablehlo.custom_call @check.expect_close(%made#40, %expected40) {has_side_effect = true} : (tensor<2x3xf32>, tensor<2x3xf32>) -> ()
    %expected41 = stablehlo.constant dense<"0x102009BF2C97573F085CA93EBD7EFCBC3D0760BEA8F8913FB84903C0B16E28BEE06DB7BE9826933DB93E7A3F51018ABF87C413BFD86166BD5AEB93BE1B1B2CBE829C4B3D5EF9BF3ED3013B3E14FD46BEBC27AABE86C9033FC5F0ACBEF5BE1DBE319D21BEB34E10BF1B4BAC3DA4CCBB3EA06667BF1C9C123E"> : tensor<2x3x5xf32>
    stablehlo.custom_call @check.expect_close(%made#41, %expected41) {has_side_effect = true} : (tensor<2x3x5xf32>, tensor<2x3x5xf32>) -> ()
    return
  }
  func.func private @tested(%arg0: tensor<2x5x3xf32>, %arg1: tensor<3x7xf32>, %arg2: tensor<4x4xf32>, %arg3: tensor<3x2xf32>, %arg4: tensor<4x3xf32>) -> (tensor<2x3xf32> {jax.result_info = "result[0]"}, tensor<2x5x3xf32> {jax.result_info = "result[1]"}, tensor<2x5x5xf32> {jax.result_info = "result[2]"}, tensor<2x3x3xf32> {jax.result_info = "result[3]"}, tensor<2x3xf32> {jax.result_info = "result[4]"}, tensor<2x5x3xf32> {jax.result_info = "result[5]"}, tensor<2x3x3xf32> {jax.result_info = "result[6]"}, tensor<2x3x3xf32> {jax.result_info = "result[7]"}, tensor<3xf32> {jax.result_info = "result[8]"}, tensor<3x7xf32> {jax.result_info = "result[9]"}, tensor<3x3xf32> {jax.result_info = "result[10]"}, tensor<7x7xf32> {jax.result_info = "result[11]"}, tensor<3xf32> {jax.result_info = "result[12]"}, tensor<3x7xf32> {jax.result_info = "result[13]"}, tensor<3x3xf32> {jax.result_info = "result[14]"}, tensor<3x3xf32> {jax.result_info = "result[15]"}, tensor<4xf32> {jax.result_info = "result[16]"}, tensor<4x4xf32> {jax.result_info = "result[17]"}, tensor<4x4xf32> {jax.result_info = "result[18]"}, tensor<4x4xf32> {jax.result_info = "result[19]"}, tensor<4xf32> {jax.result_info = "result[20]"}, tensor<4x4xf32> {jax.result_info = "result[21]"}, tensor<4x4xf32> {jax.result_info = "result[22]"}, tensor<4x4xf32> {jax.result_info = "result[23]"}, tensor<2xf32> {jax.result_info = "result[24]"}, tensor<3x2xf32> {jax.result_info = "result[25]"}, tensor<3x3xf32> {jax.result_info = "result[26]"}, tensor<2x2xf32> {jax.result_info = "result[27]"}, tensor<2xf32> {jax.result_info = "result[28]"}, tensor<3x2xf32> {jax.result_info = "result[29]"}, tensor<2x2xf32> {jax.result_info = "result[30]"}, tensor<2x2xf32> {jax.result_info = "result[31]"}, tensor<3xf32> {jax.result_info = "result[32]"}, tensor<4x3xf32> {jax.result_info = "result[33]"}, tensor<4x4xf32> {jax.result_info = "result[34]"}, tensor<3x3xf32> {jax.result_info = "result[35]"}, tensor<3xf32> {jax.result_info = "result[36]"}, tensor<4x3xf32> {jax.result_info = "result[37]"}, tensor<3x3xf32> {jax.result_info = "result[38]"}, tensor<3x3xf32> {jax.result_info = "result[39]"}, tensor<2x3xf32> {jax.result_info = "result[40]"}, tensor<2x3x5xf32> {jax.result_info = "result[41]"}) {
    %0:3 = call @svd(%arg0) : (tensor<2x5x3xf32>) -> (tensor<2x5x5xf32>, tensor<2x3xf32>, tensor<2x3x3xf32>)
    %1 = stablehlo.slice %0#0 [0:2, 0:5, 0:3] : (tensor<2x5x5xf32>) -> tensor<2x5x3xf32>
    %2 = stablehlo.broadcast_in_dim %0#1, dims = [0, 2] : (tensor<2x3xf32>) -> tensor<2x1x3xf32>
    %3 = stablehlo.broadcast_in_dim %2, dims = [0, 1, 2] : (tensor<2x1x3xf32>) -> tensor<2x5x3xf32>
    %4 = stablehlo.multiply %1, %3 : tensor<2x5x3xf32>
    %5 = stablehlo.dot_general %4, %0#2, batching_dims = [0] x [0], contracting_dims = [2] x [1], precision = [DEFAULT, DEFAULT] : (tensor<2x5x3xf32>, tensor<2x3x3xf32>) -> tensor<2x5x3xf32>
    %6 = stablehlo.transpose %0#0, dims = [0, 2, 1] : (tensor<2x5x5xf32>) -> tensor<2x5x5xf32>
    %7 = stablehlo.dot_general %6, %0#0, batching_dims = [0] x [0], contracting_dims = [2] x [1], precision = [DEFAULT, DEFAULT] : (tensor<2x5x5xf32>, tensor<2x5x5xf32>) -> tensor<2x5x5xf32>
    %8 = stablehlo.transpose %0#2, dims = [0, 2, 1] : (tensor<2x3x3xf32>) -> tensor<2x3x3xf32>
    %9 = stablehlo.dot_general %0#2, %8, batching_dims = [0] x [0], contracting_dims = [2] x [1], precision = [DEFAULT, DEFAULT] : (tensor<2x3x3xf32>, tensor<2x3x3xf32>) -> tensor<2x3x3xf32>
    %10:3 = call @svd_0(%arg0) : (tensor<2x5x3xf32>) -> (tensor<2x5x3xf32>, tensor<2x3xf32>, tensor<2x3x3xf32>)
    %11 = stablehlo.broadcast_in_dim %10#1, dims = [0, 2] : (tensor<2x3xf32>) -> tensor<2x1x3xf32>
    %12 = stablehlo.broadcast_in_dim %11, dims = [0, 1, 2] : (tensor<2x1x3xf32>) -> tensor<2x5x3xf32>
    %13 = stablehlo.multiply %10#0, %12 : tensor<2x5x3xf32>
    %14 = stablehlo.dot_general %13, %10#2, batching_dims = [0] x [0], contracting_dims = [2] x [1], precision = [DEFAULT, DEFAULT] : (tensor<2x5x3xf32>, tensor<2x3x3xf32>) -> tensor<2x5x3xf32>
    %15 = stablehlo.transpose %10#0, dims = [0, 2, 1] : (tensor<2x5x3xf32>) -> tensor<2x3x5xf32>
    %16 = stablehlo.dot_general %15, %10#0, batching_dims = [0] x [0], contracting_dims = [2] x [1], precision = [DEFAULT, DEFAULT] : (tensor<2x3x5xf32>, tensor<2x5x3xf32>) -> tensor<2x3x3xf32>
    %17 = stablehlo.transpose %10#2, dims = [0, 2, 1] : (tensor<2x3x3xf32>) -> tensor<2x3x3xf32>
    %18 = stablehlo.dot_general %10#2, %17, batching_dims = [0] x [0], contracting_dims = [2] x [1], precision = [DEFAULT, DEFAULT] : (tensor<2x3x3xf32>, tensor<2x3x3xf32>) -> tensor<2x3x3xf32>
    %19:3 = call @svd_1(%arg1) : (tensor<3x7xf32>) -> (tensor<3x3xf32>, tensor<3xf32>, tensor<7x7xf32>)
    %20 = stablehlo.broadcast_in_dim %19#1, dims = [1] : (tensor<3xf32>) -> tensor<1x3xf32>
    %21 = stablehlo.broadcast_in_dim %20, dims = [0, 1] : (tensor<1x3xf32>) -> tensor<3x3xf32>
    %22 = stablehlo.multiply %19#0, %21 : tensor<3x3xf32>
    %23 = stablehlo.slice %19#2 [0:3, 0:7] : (tensor<7x7xf32>) -> tensor<3x7xf32>
    %24 = stablehlo.dot_general %22, %23, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<3x3xf32>, tensor<3x7xf32>) -> tensor<3x7xf32>
    %25 = stablehlo.transpose %19#0, dims = [1, 0] : (tensor<3x3xf32>) -> tensor<3x3xf32>
    %26 = stablehlo.dot_general %25, %19#0, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<3x3xf32>, tensor<3x3xf32>) -> tensor<3x3xf32>
    %27 = stablehlo.transpose %19#2, dims = [1, 0] : (tensor<7x7xf32>) -> tensor<7x7xf32>
    %28 = stablehlo.dot_general %19#2, %27, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<7x7xf32>, tensor<7x7xf32>) -> tensor<7x7xf32>
    %29:3 = call @svd_2(%arg1) : (tensor<3x7xf32>) -> (tensor<3x3xf32>, tensor<3xf32>, tensor<3x7xf32>)
    %30 = stablehlo.broadcast_in_dim %29#1, dims = [1] : (tensor<3xf32>) -> tensor<1x3xf32>
    %31 = stablehlo.broadcast_in_dim %30, dims = [0, 1] : (tensor<1x3xf32>) -> tensor<3x3xf32>
    %32 = stablehlo.multiply %29#0, %31 : tensor<3x3xf32>
    %33 = stablehlo.dot_general %32, %29#2, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<3x3xf32>, tensor<3x7xf32>) -> tensor<3x7xf32>
    %34 = stablehlo.transpose %29#0, dims = [1, 0] : (tensor<3x3xf32>) -> tensor<3x3xf32>
    %35 = stablehlo.dot_general %34, %29#0, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<3x3xf32>, tensor<3x3xf32>) -> tensor<3x3xf32>
    %36 = stablehlo.transpose %29#2, dims = [1, 0] : (tensor<3x7xf32>) -> tensor<7x3xf32>
    %37 = stablehlo.dot_general %29#2, %36, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<3x7xf32>, tensor<7x3xf32>) -> tensor<3x3xf32>
    %38:3 = call @svd_3(%arg2) : (tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4xf32>, tensor<4x4xf32>)
    %39 = stablehlo.broadcast_in_dim %38#1, dims = [1] : (tensor<4xf32>) -> tensor<1x4xf32>
    %40 = stablehlo.broadcast_in_dim %39, dims = [0, 1] : (tensor<1x4xf32>) -> tensor<4x4xf32>
    %41 = stablehlo.multiply %38#0, %40 : tensor<4x4xf32>
    %42 = stablehlo.dot_general %41, %38#2, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %43 = stablehlo.transpose %38#0, dims = [1, 0] : (tensor<4x4xf32>) -> tensor<4x4xf32>
    %44 = stablehlo.dot_general %43, %38#0, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %45 = stablehlo.transpose %38#2, dims = [1, 0] : (tensor<4x4xf32>) -> tensor<4x4xf32>
    %46 = stablehlo.dot_general %38#2, %45, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %47:3 = call @svd_4(%arg2) : (tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4xf32>, tensor<4x4xf32>)
    %48 = stablehlo.broadcast_in_dim %47#1, dims = [1] : (tensor<4xf32>) -> tensor<1x4xf32>
    %49 = stablehlo.broadcast_in_dim %48, dims = [0, 1] : (tensor<1x4xf32>) -> tensor<4x4xf32>
    %50 = stablehlo.multiply %47#0, %49 : tensor<4x4xf32>
    %51 = stablehlo.dot_general %50, %47#2, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %52 = stablehlo.transpose %47#0, dims = [1, 0] : (tensor<4x4xf32>) -> tensor<4x4xf32>
    %53 = stablehlo.dot_general %52, %47#0, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %54 = stablehlo.transpose %47#2, dims = [1, 0] : (tensor<4x4xf32>) -> tensor<4x4xf32>
    %55 = stablehlo.dot_general %47#2, %54, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %56:3 = call @svd_5(%arg3) : (tensor<3x2xf32>) -> (tensor<3x3xf32>, tensor<2xf32>, tensor<2x2xf32>)
    %57 = stablehlo.slice %56#0 [0:3, 0:2] : (tensor<3x3xf32>) -> tensor<3x2xf32>
    %58 = stablehlo.broadcast_in_dim %56#1, dims = [1] : (tensor<2xf32>) -> tensor<1x2xf32>
    %59 = stablehlo.broadcast_in_dim %58, dims = [0, 1] : (tensor<1x2xf32>) -> tensor<3x2xf32>
    %60 = stablehlo.multiply %57, %59 : tensor<3x2xf32>
    %61 = stablehlo.dot_general %60, %56#2, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<3x2xf32>, tensor<2x2xf32>) -> tensor<3x2xf32>
    %62 = stablehlo.transpose %56#0, dims = [1, 0] : (tensor<3x3xf32>) -> tensor<3x3xf32>
    %63 = stablehlo.dot_general %62, %56#0, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<3x3xf32>, tensor<3x3xf32>) -> tensor<3x3xf32>
    %64 = stablehlo.transpose %56#2, dims = [1, 0] : (tensor<2x2xf32>) -> tensor<2x2xf32>
    %65 = stablehlo.dot_general %56#2, %64, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
    %66:3 = call @svd_6(%arg3) : (tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<2xf32>, tensor<2x2xf32>)
    %67 = stablehlo.broadcast_in_dim %66#1, dims = [1] : (tensor<2xf32>) -> tensor<1x2xf32>
    %68 = stablehlo.broadcast_in_dim %67, dims = [0, 1] : (tensor<1x2xf32>) -> tensor<3x2xf32>
    %69 = stablehlo.multiply %66#0, %68 : tensor<3x2xf32>
    %70 = stablehlo.dot_general %69, %66#2, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<3x2xf32>, tensor<2x2xf32>) -> tensor<3x2xf32>
    %71 = stablehlo.transpose %66#0, dims = [1, 0] : (tensor<3x2xf32>) -> tensor<2x3xf32>
    %72 = stablehlo.dot_general %71, %66#0, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<2x3xf32>, tensor<3x2xf32>) -> tensor<2x2xf32>
    %73 = stablehlo.transpose %66#2, dims = [1, 0] : (tensor<2x2xf32>) -> tensor<2x2xf32>
    %74 = stablehlo.dot_general %66#2, %73, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
    %75:3 = call @svd_7(%arg4) : (tensor<4x3xf32>) -> (tensor<4x4xf32>, tensor<3xf32>, tensor<3x3xf32>)
    %76 = stablehlo.slice %75#0 [0:4, 0:3] : (tensor<4x4xf32>) -> tensor<4x3xf32>
    %77 = stablehlo.broadcast_in_dim %75#1, dims = [1] : (tensor<3xf32>) -> tensor<1x3xf32>
    %78 = stablehlo.broadcast_in_dim %77, dims = [0, 1] : (tensor<1x3xf32>) -> tensor<4x3xf32>
    %79 = stablehlo.multiply %76, %78 : tensor<4x3xf32>
    %80 = stablehlo.dot_general %79, %75#2, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<4x3xf32>, tensor<3x3xf32>) -> tensor<4x3xf32>
    %81 = stablehlo.transpose %75#0, dims = [1, 0] : (tensor<4x4xf32>) -> tensor<4x4xf32>
    %82 = stablehlo.dot_general %81, %75#0, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %83 = stablehlo.transpose %75#2, dims = [1, 0] : (tensor<3x3xf32>) -> tensor<3x3xf32>
    %84 = stablehlo.dot_general %75#2, %83, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<3x3xf32>, tensor<3x3xf32>) -> tensor<3x3xf32>
    %85:3 = call @svd_8(%arg4) : (tensor<4x3xf32>) -> (tensor<4x3xf32>, tensor<3xf32>, tensor<3x3xf32>)
    %86 = stablehlo.broadcast_in_dim %85#1, dims = [1] : (tensor<3xf32>) -> tensor<1x3xf32>
    %87 = stablehlo.broadcast_in_dim %86, dims = [0, 1] : (tensor<1x3xf32>) -> tensor<4x3xf32>
    %88 = stablehlo.multiply %85#0, %87 : tensor<4x3xf32>
    %89 = stablehlo.dot_general %88, %85#2, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<4x3xf32>, tensor<3x3xf32>) -> tensor<4x3xf32>
    %90 = stablehlo.transpose %85#0, dims = [1, 0] : (tensor<4x3xf32>) -> tensor<3x4xf32>
    %91 = stablehlo.dot_general %90, %85#0, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<3x4xf32>, tensor<4x3xf32>) -> tensor<3x3xf32>
    %92 = stablehlo.transpose %85#2, dims = [1, 0] : (tensor<3x3xf32>) -> tensor<3x3xf32>
    %93 = stablehlo.dot_general %85#2, %92, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<3x3xf32>, tensor<3x3xf32>) -> tensor<3x3xf32>
    %94 = call @svd_9(%arg0) : (tensor<2x5x3xf32>) -> tensor<2x3xf32>
    %95 = call @_pinv(%arg0) : (tensor<2x5x3xf32>) -> tensor<2x3x5xf32>
    return %0#1, %5, %7, %9, %10#1, %14, %16, %18, %19#1, %24, %26, %28, %29#1, %33, %35, %37, %38#1, %42, %44, %46, %47#1, %51, %53, %55, %56#1, %61, %63, %65, %66#1, %70, %72, %74, %75#1, %80, %82, %84, %85#1, %89, %91, %93, %94, %95 : tensor<2x3xf32>, tensor<2x5x3xf32>, tensor<2x5x5xf32>, tensor<2x3x3xf32>, tensor<2x3xf32>, tensor<2x5x3xf32>, tensor<2x3x3xf32>, tensor<2x3x3xf32>, tensor<3xf32>, tensor<3x7xf32>, tensor<3x3xf32>, tensor<7x7xf32>, tensor<3xf32>, tensor<3x7xf32>, tensor<3x3xf32>, tensor<3x3xf32>, tensor<4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<2xf32>, tensor<3x2xf32>, tensor<3x3xf32>, tensor<2x2xf32>, tensor<2xf32>, tensor<3x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<3xf32>, tensor<4x3xf32>, tensor<4x4xf32>, tensor<3x3xf32>, tensor<3xf32>, tensor<4x3xf32>, tensor<3x3xf32>, tensor<3x3xf32>, tensor<2x3xf32>, tensor<2x3x5xf32>
  }
  func.func private @svd(%arg0: tensor<2x5x3xf32>) -> (tensor<2x5x5xf32>, tensor<2x3xf32>, tensor<2x3x3xf32>) {
    %0:5 = stablehlo.custom_call @lapack_sgesdd_ffi(%arg0) {backend_config = "", mhlo.backend_config = {mode = 65 : ui8}, mhlo.frontend_attributes = {num_batch_dims = "1"}, operand_layouts = [dense<[1, 2, 0]> : tensor<3xindex>], output_operand_aliases = [#stablehlo.output_operand_alias<output_tuple_indices = [0], operand_index = 0, operand_tuple_indices = []>], result_layouts = [dense<[1, 2, 0]> : tensor<3xindex>, dense<[1, 0]> : tensor<2xindex>, dense<[1, 2, 0]> : tensor<3xindex>, dense<[1, 2, 0]> : tensor<3xindex>, dense<0> : tensor<1xindex>], sdy.sharding_rule = #sdy.op_sharding_rule<([i, j, k])->([i, l, m], [i, n], [i, o, p], [i, q, r], [i]) {i=2, j=5, k=3, l=5, m=3, n=3, o=5, p=5, q=3, r=3}, custom>} : (tensor<2x5x3xf32>) -> (tensor<2x5x3xf32>, tensor<2x3xf32>, tensor<2x5x5xf32>, tensor<2x3x3xf32>, tensor<2xi32>)
    %c = stablehlo.constant dense<0> : tensor<i32>
    %1 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<2xi32>
    %2 = stablehlo.compare EQ, %0#4, %1, SIGNED : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi1>
    %3 = stablehlo.broadcast_in_dim %2, dims = [0] : (tensor<2xi1>) -> tensor<2x1xi1>
    %cst = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %4 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<2x3xf32>
    %5 = stablehlo.broadcast_in_dim %3, dims = [0, 1] : (tensor<2x1xi1>) -> tensor<2x3xi1>
    %6 = stablehlo.select %5, %0#1, %4 : tensor<2x3xi1>, tensor<2x3xf32>
    %7 = stablehlo.broadcast_in_dim %2, dims = [0] : (tensor<2xi1>) -> tensor<2x1x1xi1>
    %cst_0 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %8 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<2x5x5xf32>
    %9 = stablehlo.broadcast_in_dim %7, dims = [0, 1, 2] : (tensor<2x1x1xi1>) -> tensor<2x5x5xi1>
    %10 = stablehlo.select %9, %0#2, %8 : tensor<2x5x5xi1>, tensor<2x5x5xf32>
    %11 = stablehlo.broadcast_in_dim %2, dims = [0] : (tensor<2xi1>) -> tensor<2x1x1xi1>
    %cst_1 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %12 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<2x3x3xf32>
    %13 = stablehlo.broadcast_in_dim %11, dims = [0, 1, 2] : (tensor<2x1x1xi1>) -> tensor<2x3x3xi1>
    %14 = stablehlo.select %13, %0#3, %12 : tensor<2x3x3xi1>, tensor<2x3x3xf32>
    return %10, %6, %14 : tensor<2x5x5xf32>, tensor<2x3xf32>, tensor<2x3x3xf32>
  }
  func.func private @svd_0(%arg0: tensor<2x5x3xf32>) -> (tensor<2x5x3xf32>, tensor<2x3xf32>, tensor<2x3x3xf32>) {
    %0:5 = stablehlo.custom_call @lapack_sgesdd_ffi(%arg0) {backend_config = "", mhlo.backend_config = {mode = 83 : ui8}, mhlo.frontend_attributes = {num_batch_dims = "1"}, operand_layouts = [dense<[1, 2, 0]> : tensor<3xindex>], output_operand_aliases = [#stablehlo.output_operand_alias<output_tuple_indices = [0], operand_index = 0, operand_tuple_indices = []>], result_layouts = [dense<[1, 2, 0]> : tensor<3xindex>, dense<[1, 0]> : tensor<2xindex>, dense<[1, 2, 0]> : tensor<3xindex>, dense<[1, 2, 0]> : tensor<3xindex>, dense<0> : tensor<1xindex>], sdy.sharding_rule = #sdy.op_sharding_rule<([i, j, k])->([i, l, m], [i, n], [i, o, p], [i, q, r], [i]) {i=2, j=5, k=3, l=5, m=3, n=3, o=5, p=3, q=3, r=3}, custom>} : (tensor<2x5x3xf32>) -> (tensor<2x5x3xf32>, tensor<2x3xf32>, tensor<2x5x3xf32>, tensor<2x3x3xf32>, tensor<2xi32>)
    %c = stablehlo.constant dense<0> : tensor<i32>
    %1 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<2xi32>
    %2 = stablehlo.compare EQ, %0#4, %1, SIGNED : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi1>
    %3 = stablehlo.broadcast_in_dim %2, dims = [0] : (tensor<2xi1>) -> tensor<2x1xi1>
    %cst = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %4 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<2x3xf32>
    %5 = stablehlo.broadcast_in_dim %3, dims = [0, 1] : (tensor<2x1xi1>) -> tensor<2x3xi1>
    %6 = stablehlo.select %5, %0#1, %4 : tensor<2x3xi1>, tensor<2x3xf32>
    %7 = stablehlo.broadcast_in_dim %2, dims = [0] : (tensor<2xi1>) -> tensor<2x1x1xi1>
    %cst_0 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %8 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<2x5x3xf32>
    %9 = stablehlo.broadcast_in_dim %7, dims = [0, 1, 2] : (tensor<2x1x1xi1>) -> tensor<2x5x3xi1>
    %10 = stablehlo.select %9, %0#2, %8 : tensor<2x5x3xi1>, tensor<2x5x3xf32>
    %11 = stablehlo.broadcast_in_dim %2, dims = [0] : (tensor<2xi1>) -> tensor<2x1x1xi1>
    %cst_1 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %12 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<2x3x3xf32>
    %13 = stablehlo.broadcast_in_dim %11, dims = [0, 1, 2] : (tensor<2x1x1xi1>) -> tensor<2x3x3xi1>
    %14 = stablehlo.select %13, %0#3, %12 : tensor<2x3x3xi1>, tensor<2x3x3xf32>
    return %10, %6, %14 : tensor<2x5x3xf32>, tensor<2x3xf32>, tensor<2x3x3xf32>
  }
  func.func private @svd_1(%arg0: tensor<3x7xf32>) -> (tensor<3x3xf32>, tensor<3xf32>, tensor<7x7xf32>) {
    %0:5 = stablehlo.custom_call @lapack_sgesdd_ffi(%arg0) {backend_config = "", mhlo.backend_config = {mode = 65 : ui8}, mhlo.frontend_attributes = {num_batch_dims = "0"}, operand_layouts = [dense<[0, 1]> : tensor<2xindex>], output_operand_aliases = [#stablehlo.output_operand_alias<output_tuple_indices = [0], operand_index = 0, operand_tuple_indices = []>], result_layouts = [dense<[0, 1]> : tensor<2xindex>, dense<0> : tensor<1xindex>, dense<[0, 1]> : tensor<2xindex>, dense<[0, 1]> : tensor<2xindex>, dense<> : tensor<0xindex>], sdy.sharding_rule = #sdy.op_sharding_rule<([i, j])->([k, l], [m], [n, o], [p, q], []) {i=3, j=7, k=3, l=7, m=3, n=3, o=3, p=7, q=7}, custom>} : (tensor<3x7xf32>) -> (tensor<3x7xf32>, tensor<3xf32>, tensor<3x3xf32>, tensor<7x7xf32>, tensor<i32>)
    %c = stablehlo.constant dense<0> : tensor<i32>
    %1 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<i32>
    %2 = stablehlo.compare EQ, %0#4, %1, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %3 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1xi1>
    %cst = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %4 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<3xf32>
    %5 = stablehlo.broadcast_in_dim %3, dims = [0] : (tensor<1xi1>) -> tensor<3xi1>
    %6 = stablehlo.select %5, %0#1, %4 : tensor<3xi1>, tensor<3xf32>
    %7 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1x1xi1>
    %cst_0 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %8 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<3x3xf32>
    %9 = stablehlo.broadcast_in_dim %7, dims = [0, 1] : (tensor<1x1xi1>) -> tensor<3x3xi1>
    %10 = stablehlo.select %9, %0#2, %8 : tensor<3x3xi1>, tensor<3x3xf32>
    %11 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1x1xi1>
    %cst_1 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %12 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<7x7xf32>
    %13 = stablehlo.broadcast_in_dim %11, dims = [0, 1] : (tensor<1x1xi1>) -> tensor<7x7xi1>
    %14 = stablehlo.select %13, %0#3, %12 : tensor<7x7xi1>, tensor<7x7xf32>
    return %10, %6, %14 : tensor<3x3xf32>, tensor<3xf32>, tensor<7x7xf32>
  }
  func.func private @svd_2(%arg0: tensor<3x7xf32>) -> (tensor<3x3xf32>, tensor<3xf32>, tensor<3x7xf32>) {
    %0:5 = stablehlo.custom_call @lapack_sgesdd_ffi(%arg0) {backend_config = "", mhlo.backend_config = {mode = 83 : ui8}, mhlo.frontend_attributes = {num_batch_dims = "0"}, operand_layouts = [dense<[0, 1]> : tensor<2xindex>], output_operand_aliases = [#stablehlo.output_operand_alias<output_tuple_indices = [0], operand_index = 0, operand_tuple_indices = []>], result_layouts = [dense<[0, 1]> : tensor<2xindex>, dense<0> : tensor<1xindex>, dense<[0, 1]> : tensor<2xindex>, dense<[0, 1]> : tensor<2xindex>, dense<> : tensor<0xindex>], sdy.sharding_rule = #sdy.op_sharding_rule<([i, j])->([k, l], [m], [n, o], [p, q], []) {i=3, j=7, k=3, l=7, m=3, n=3, o=3, p=3, q=7}, custom>} : (tensor<3x7xf32>) -> (tensor<3x7xf32>, tensor<3xf32>, tensor<3x3xf32>, tensor<3x7xf32>, tensor<i32>)
    %c = stablehlo.constant dense<0> : tensor<i32>
    %1 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<i32>
    %2 = stablehlo.compare EQ, %0#4, %1, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %3 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1xi1>
    %cst = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %4 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<3xf32>
    %5 = stablehlo.broadcast_in_dim %3, dims = [0] : (tensor<1xi1>) -> tensor<3xi1>
    %6 = stablehlo.select %5, %0#1, %4 : tensor<3xi1>, tensor<3xf32>
    %7 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1x1xi1>
    %cst_0 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %8 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<3x3xf32>
    %9 = stablehlo.broadcast_in_dim %7, dims = [0, 1] : (tensor<1x1xi1>) -> tensor<3x3xi1>
    %10 = stablehlo.select %9, %0#2, %8 : tensor<3x3xi1>, tensor<3x3xf32>
    %11 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1x1xi1>
    %cst_1 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %12 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<3x7xf32>
    %13 = stablehlo.broadcast_in_dim %11, dims = [0, 1] : (tensor<1x1xi1>) -> tensor<3x7xi1>
    %14 = stablehlo.select %13, %0#3, %12 : tensor<3x7xi1>, tensor<3x7xf32>
    return %10, %6, %14 : tensor<3x3xf32>, tensor<3xf32>, tensor<3x7xf32>
  }
  func.func private @svd_3(%arg0: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4xf32>, tensor<4x4xf32>) {
    %0:5 = stablehlo.custom_call @lapack_sgesdd_ffi(%arg0) {backend_config = "", mhlo.backend_config = {mode = 65 : ui8}, mhlo.frontend_attributes = {num_batch_dims = "0"}, operand_layouts = [dense<[0, 1]> : tensor<2xindex>], output_operand_aliases = [#stablehlo.output_operand_alias<output_tuple_indices = [0], operand_index = 0, operand_tuple_indices = []>], result_layouts = [dense<[0, 1]> : tensor<2xindex>, dense<0> : tensor<1xindex>, dense<[0, 1]> : tensor<2xindex>, dense<[0, 1]> : tensor<2xindex>, dense<> : tensor<0xindex>], sdy.sharding_rule = #sdy.op_sharding_rule<([i, j])->([k, l], [m], [n, o], [p, q], []) {i=4, j=4, k=4, l=4, m=4, n=4, o=4, p=4, q=4}, custom>} : (tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<i32>)
    %c = stablehlo.constant dense<0> : tensor<i32>
    %1 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<i32>
    %2 = stablehlo.compare EQ, %0#4, %1, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %3 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1xi1>
    %cst = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %4 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %5 = stablehlo.broadcast_in_dim %3, dims = [0] : (tensor<1xi1>) -> tensor<4xi1>
    %6 = stablehlo.select %5, %0#1, %4 : tensor<4xi1>, tensor<4xf32>
    %7 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1x1xi1>
    %cst_0 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %8 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<4x4xf32>
    %9 = stablehlo.broadcast_in_dim %7, dims = [0, 1] : (tensor<1x1xi1>) -> tensor<4x4xi1>
    %10 = stablehlo.select %9, %0#2, %8 : tensor<4x4xi1>, tensor<4x4xf32>
    %11 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1x1xi1>
    %cst_1 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %12 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<4x4xf32>
    %13 = stablehlo.broadcast_in_dim %11, dims = [0, 1] : (tensor<1x1xi1>) -> tensor<4x4xi1>
    %14 = stablehlo.select %13, %0#3, %12 : tensor<4x4xi1>, tensor<4x4xf32>
    return %10, %6, %14 : tensor<4x4xf32>, tensor<4xf32>, tensor<4x4xf32>
  }
  func.func private @svd_4(%arg0: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4xf32>, tensor<4x4xf32>) {
    %0:5 = stablehlo.custom_call @lapack_sgesdd_ffi(%arg0) {backend_config = "", mhlo.backend_config = {mode = 83 : ui8}, mhlo.frontend_attributes = {num_batch_dims = "0"}, operand_layouts = [dense<[0, 1]> : tensor<2xindex>], output_operand_aliases = [#stablehlo.output_operand_alias<output_tuple_indices = [0], operand_index = 0, operand_tuple_indices = []>], result_layouts = [dense<[0, 1]> : tensor<2xindex>, dense<0> : tensor<1xindex>, dense<[0, 1]> : tensor<2xindex>, dense<[0, 1]> : tensor<2xindex>, dense<> : tensor<0xindex>], sdy.sharding_rule = #sdy.op_sharding_rule<([i, j])->([k, l], [m], [n, o], [p, q], []) {i=4, j=4, k=4, l=4, m=4, n=4, o=4, p=4, q=4}, custom>} : (tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<i32>)
    %c = stablehlo.constant dense<0> : tensor<i32>
    %1 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<i32>
    %2 = stablehlo.compare EQ, %0#4, %1, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %3 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1xi1>
    %cst = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %4 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %5 = stablehlo.broadcast_in_dim %3, dims = [0] : (tensor<1xi1>) -> tensor<4xi1>
    %6 = stablehlo.select %5, %0#1, %4 : tensor<4xi1>, tensor<4xf32>
    %7 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1x1xi1>
    %cst_0 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %8 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<4x4xf32>
    %9 = stablehlo.broadcast_in_dim %7, dims = [0, 1] : (tensor<1x1xi1>) -> tensor<4x4xi1>
    %10 = stablehlo.select %9, %0#2, %8 : tensor<4x4xi1>, tensor<4x4xf32>
    %11 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1x1xi1>
    %cst_1 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %12 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<4x4xf32>
    %13 = stablehlo.broadcast_in_dim %11, dims = [0, 1] : (tensor<1x1xi1>) -> tensor<4x4xi1>
    %14 = stablehlo.select %13, %0#3, %12 : tensor<4x4xi1>, tensor<4x4xf32>
    return %10, %6, %14 : tensor<4x4xf32>, tensor<4xf32>, tensor<4x4xf32>
  }
  func.func private @svd_5(%arg0: tensor<3x2xf32>) -> (tensor<3x3xf32>, tensor<2xf32>, tensor<2x2xf32>) {
    %0:5 = stablehlo.custom_call @lapack_sgesdd_ffi(%arg0) {backend_config = "", mhlo.backend_config = {mode = 65 : ui8}, mhlo.frontend_attributes = {num_batch_dims = "0"}, operand_layouts = [dense<[0, 1]> : tensor<2xindex>], output_operand_aliases = [#stablehlo.output_operand_alias<output_tuple_indices = [0], operand_index = 0, operand_tuple_indices = []>], result_layouts = [dense<[0, 1]> : tensor<2xindex>, dense<0> : tensor<1xindex>, dense<[0, 1]> : tensor<2xindex>, dense<[0, 1]> : tensor<2xindex>, dense<> : tensor<0xindex>], sdy.sharding_rule = #sdy.op_sharding_rule<([i, j])->([k, l], [m], [n, o], [p, q], []) {i=3, j=2, k=3, l=2, m=2, n=3, o=3, p=2, q=2}, custom>} : (tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<2xf32>, tensor<3x3xf32>, tensor<2x2xf32>, tensor<i32>)
    %c = stablehlo.constant dense<0> : tensor<i32>
    %1 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<i32>
    %2 = stablehlo.compare EQ, %0#4, %1, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %3 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1xi1>
    %cst = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %4 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<2xf32>
    %5 = stablehlo.broadcast_in_dim %3, dims = [0] : (tensor<1xi1>) -> tensor<2xi1>
    %6 = stablehlo.select %5, %0#1, %4 : tensor<2xi1>, tensor<2xf32>
    %7 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1x1xi1>
    %cst_0 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %8 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<3x3xf32>
    %9 = stablehlo.broadcast_in_dim %7, dims = [0, 1] : (tensor<1x1xi1>) -> tensor<3x3xi1>
    %10 = stablehlo.select %9, %0#2, %8 : tensor<3x3xi1>, tensor<3x3xf32>
    %11 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1x1xi1>
    %cst_1 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %12 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<2x2xf32>
    %13 = stablehlo.broadcast_in_dim %11, dims = [0, 1] : (tensor<1x1xi1>) -> tensor<2x2xi1>
    %14 = stablehlo.select %13, %0#3, %12 : tensor<2x2xi1>, tensor<2x2xf32>
    return %10, %6, %14 : tensor<3x3xf32>, tensor<2xf32>, tensor<2x2xf32>
  }
  func.func private @svd_6(%arg0: tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<2xf32>, tensor<2x2xf32>) {
    %0:5 = stablehlo.custom_call @lapack_sgesdd_ffi(%arg0) {backend_config = "", mhlo.backend_config = {mode = 83 : ui8}, mhlo.frontend_attributes = {num_batch_dims = "0"}, operand_layouts = [dense<[0, 1]> : tensor<2xindex>], output_operand_aliases = [#stablehlo.output_operand_alias<output_tuple_indices = [0], operand_index = 0, operand_tuple_indices = []>], result_layouts = [dense<[0, 1]> : tensor<2xindex>, dense<0> : tensor<1xindex>, dense<[0, 1]> : tensor<2xindex>, dense<[0, 1]> : tensor<2xindex>, dense<> : tensor<0xindex>], sdy.sharding_rule = #sdy.op_sharding_rule<([i, j])->([k, l], [m], [n, o], [p, q], []) {i=3, j=2, k=3, l=2, m=2, n=3, o=2, p=2, q=2}, custom>} : (tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<2xf32>, tensor<3x2xf32>, tensor<2x2xf32>, tensor<i32>)
    %c = stablehlo.constant dense<0> : tensor<i32>
    %1 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<i32>
    %2 = stablehlo.compare EQ, %0#4, %1, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %3 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1xi1>
    %cst = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %4 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<2xf32>
    %5 = stablehlo.broadcast_in_dim %3, dims = [0] : (tensor<1xi1>) -> tensor<2xi1>
    %6 = stablehlo.select %5, %0#1, %4 : tensor<2xi1>, tensor<2xf32>
    %7 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1x1xi1>
    %cst_0 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %8 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<3x2xf32>
    %9 = stablehlo.broadcast_in_dim %7, dims = [0, 1] : (tensor<1x1xi1>) -> tensor<3x2xi1>
    %10 = stablehlo.select %9, %0#2, %8 : tensor<3x2xi1>, tensor<3x2xf32>
    %11 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1x1xi1>
    %cst_1 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %12 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<2x2xf32>
    %13 = stablehlo.broadcast_in_dim %11, dims = [0, 1] : (tensor<1x1xi1>) -> tensor<2x2xi1>
    %14 = stablehlo.select %13, %0#3, %12 : tensor<2x2xi1>, tensor<2x2xf32>
    return %10, %6, %14 : tensor<3x2xf32>, tensor<2xf32>, tensor<2x2xf32>
  }
  func.func private @svd_7(%arg0: tensor<4x3xf32>) -> (tensor<4x4xf32>, tensor<3xf32>, tensor<3x3xf32>) {
    %0:5 = stablehlo.custom_call @lapack_sgesdd_ffi(%arg0) {backend_config = "", mhlo.backend_config = {mode = 65 : ui8}, mhlo.frontend_attributes = {num_batch_dims = "0"}, operand_layouts = [dense<[0, 1]> : tensor<2xindex>], output_operand_aliases = [#stablehlo.output_operand_alias<output_tuple_indices = [0], operand_index = 0, operand_tuple_indices = []>], result_layouts = [dense<[0, 1]> : tensor<2xindex>, dense<0> : tensor<1xindex>, dense<[0, 1]> : tensor<2xindex>, dense<[0, 1]> : tensor<2xindex>, dense<> : tensor<0xindex>], sdy.sharding_rule = #sdy.op_sharding_rule<([i, j])->([k, l], [m], [n, o], [p, q], []) {i=4, j=3, k=4, l=3, m=3, n=4, o=4, p=3, q=3}, custom>} : (tensor<4x3xf32>) -> (tensor<4x3xf32>, tensor<3xf32>, tensor<4x4xf32>, tensor<3x3xf32>, tensor<i32>)
    %c = stablehlo.constant dense<0> : tensor<i32>
    %1 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<i32>
    %2 = stablehlo.compare EQ, %0#4, %1, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %3 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1xi1>
    %cst = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %4 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<3xf32>
    %5 = stablehlo.broadcast_in_dim %3, dims = [0] : (tensor<1xi1>) -> tensor<3xi1>
    %6 = stablehlo.select %5, %0#1, %4 : tensor<3xi1>, tensor<3xf32>
    %7 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1x1xi1>
    %cst_0 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %8 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<4x4xf32>
    %9 = stablehlo.broadcast_in_dim %7, dims = [0, 1] : (tensor<1x1xi1>) -> tensor<4x4xi1>
    %10 = stablehlo.select %9, %0#2, %8 : tensor<4x4xi1>, tensor<4x4xf32>
    %11 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1x1xi1>
    %cst_1 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %12 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<3x3xf32>
    %13 = stablehlo.broadcast_in_dim %11, dims = [0, 1] : (tensor<1x1xi1>) -> tensor<3x3xi1>
    %14 = stablehlo.select %13, %0#3, %12 : tensor<3x3xi1>, tensor<3x3xf32>
    return %10, %6, %14 : tensor<4x4xf32>, tensor<3xf32>, tensor<3x3xf32>
  }
  func.func private @svd_8(%arg0: tensor<4x3xf32>) -> (tensor<4x3xf32>, tensor<3xf32>, tensor<3x3xf32>) {
    %0:5 = stablehlo.custom_call @lapack_sgesdd_ffi(%arg0) {backend_config = "", mhlo.backend_config = {mode = 83 : ui8}, mhlo.frontend_attributes = {num_batch_dims = "0"}, operand_layouts = [dense<[0, 1]> : tensor<2xindex>], output_operand_aliases = [#stablehlo.output_operand_alias<output_tuple_indices = [0], operand_index = 0, operand_tuple_indices = []>], result_layouts = [dense<[0, 1]> : tensor<2xindex>, dense<0> : tensor<1xindex>, dense<[0, 1]> : tensor<2xindex>, dense<[0, 1]> : tensor<2xindex>, dense<> : tensor<0xindex>], sdy.sharding_rule = #sdy.op_sharding_rule<([i, j])->([k, l], [m], [n, o], [p, q], []) {i=4, j=3, k=4, l=3, m=3, n=4, o=3, p=3, q=3}, custom>} : (tensor<4x3xf32>) -> (tensor<4x3xf32>, tensor<3xf32>, tensor<4x3xf32>, tensor<3x3xf32>, tensor<i32>)
    %c = stablehlo.constant dense<0> : tensor<i32>
    %1 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<i32>
    %2 = stablehlo.compare EQ, %0#4, %1, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %3 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1xi1>
    %cst = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %4 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<3xf32>
    %5 = stablehlo.broadcast_in_dim %3, dims = [0] : (tensor<1xi1>) -> tensor<3xi1>
    %6 = stablehlo.select %5, %0#1, %4 : tensor<3xi1>, tensor<3xf32>
    %7 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1x1xi1>
    %cst_0 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %8 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<4x3xf32>
    %9 = stablehlo.broadcast_in_dim %7, dims = [0, 1] : (tensor<1x1xi1>) -> tensor<4x3xi1>
    %10 = stablehlo.select %9, %0#2, %8 : tensor<4x3xi1>, tensor<4x3xf32>
    %11 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1x1xi1>
    %cst_1 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %12 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<3x3xf32>
    %13 = stablehlo.broadcast_in_dim %11, dims = [0, 1] : (tensor<1x1xi1>) -> tensor<3x3xi1>
    %14 = stablehlo.select %13, %0#3, %12 : tensor<3x3xi1>, tensor<3x3xf32>
    return %10, %6, %14 : tensor<4x3xf32>, tensor<3xf32>, tensor<3x3xf32>
  }
  func.func private @svd_9(%arg0: tensor<2x5x3xf32>) -> tensor<2x3xf32> {
    %0:5 = stablehlo.custom_call @lapack_sgesdd_ffi(%arg0) {backend_config = "", mhlo.backend_config = {mode = 78 : ui8}, mhlo.frontend_attributes = {num_batch_dims = "1"}, operand_layouts = [dense<[1, 2, 0]> : tensor<3xindex>], output_operand_aliases = [#stablehlo.output_operand_alias<output_tuple_indices = [0], operand_index = 0, operand_tuple_indices = []>], result_layouts = [dense<[1, 2, 0]> : tensor<3xindex>, dense<[1, 0]> : tensor<2xindex>, dense<[1, 2, 0]> : tensor<3xindex>, dense<[1, 2, 0]> : tensor<3xindex>, dense<0> : tensor<1xindex>], sdy.sharding_rule = #sdy.op_sharding_rule<([i, j, k])->([i, l, m], [i, n], [i, o, p], [i, q, r], [i]) {i=2, j=5, k=3, l=5, m=3, n=3, o=5, p=5, q=3, r=3}, custom>} : (tensor<2x5x3xf32>) -> (tensor<2x5x3xf32>, tensor<2x3xf32>, tensor<2x5x5xf32>, tensor<2x3x3xf32>, tensor<2xi32>)
    %c = stablehlo.constant dense<0> : tensor<i32>
    %1 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<2xi32>
    %2 = stablehlo.compare EQ, %0#4, %1, SIGNED : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi1>
    %3 = stablehlo.broadcast_in_dim %2, dims = [0] : (tensor<2xi1>) -> tensor<2x1xi1>
    %cst = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %4 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<2x3xf32>
    %5 = stablehlo.broadcast_in_dim %3, dims = [0, 1] : (tensor<2x1xi1>) -> tensor<2x3xi1>
    %6 = stablehlo.select %5, %0#1, %4 : tensor<2x3xi1>, tensor<2x3xf32>
    return %6 : tensor<2x3xf32>
  }
  func.func private @_pinv(%arg0: tensor<2x5x3xf32>) -> tensor<2x3x5xf32> {
    %cst = stablehlo.constant dense<5.000000e+01> : tensor<f32>
    %cst_0 = stablehlo.constant dense<1.1920929E-7> : tensor<f32>
    %0 = stablehlo.multiply %cst, %cst_0 : tensor<f32>
    %1:3 = call @svd_10(%arg0) : (tensor<2x5x3xf32>) -> (tensor<2x5x3xf32>, tensor<2x3xf32>, tensor<2x3x3xf32>)
    %2 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<f32>) -> tensor<1xf32>
    %3 = stablehlo.broadcast_in_dim %2, dims = [1] : (tensor<1xf32>) -> tensor<1x1xf32>
    %4 = stablehlo.slice %1#1 [0:2, 0:1] : (tensor<2x3xf32>) -> tensor<2x1xf32>
    %5 = stablehlo.broadcast_in_dim %3, dims = [0, 1] : (tensor<1x1xf32>) -> tensor<2x1xf32>
    %6 = stablehlo.multiply %5, %4 : tensor<2x1xf32>
    %7 = stablehlo.broadcast_in_dim %6, dims = [0, 1] : (tensor<2x1xf32>) -> tensor<2x3xf32>
    %8 = stablehlo.compare GT, %1#1, %7, FLOAT : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xi1>
    %cst_1 = stablehlo.constant dense<0x7F800000> : tensor<f32>
    %9 = call @_where(%8, %1#1, %cst_1) : (tensor<2x3xi1>, tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
    %10 = stablehlo.transpose %1#2, dims = [0, 2, 1] : (tensor<2x3x3xf32>) -> tensor<2x3x3xf32>
    %11 = stablehlo.transpose %1#0, dims = [0, 2, 1] : (tensor<2x5x3xf32>) -> tensor<2x3x5xf32>
    %12 = stablehlo.broadcast_in_dim %9, dims = [0, 1] : (tensor<2x3xf32>) -> tensor<2x3x1xf32>
    %13 = stablehlo.broadcast_in_dim %12, dims = [0, 1, 2] : (tensor<2x3x1xf32>) -> tensor<2x3x5xf32>
    %14 = stablehlo.divide %11, %13 : tensor<2x3x5xf32>
    %15 = stablehlo.dot_general %10, %14, batching_dims = [0] x [0], contracting_dims = [2] x [1], precision = [HIGHEST, HIGHEST] : (tensor<2x3x3xf32>, tensor<2x3x5xf32>) -> tensor<2x3x5xf32>
    return %15 : tensor<2x3x5xf32>
  }
  func.func private @svd_10(%arg0: tensor<2x5x3xf32>) -> (tensor<2x5x3xf32>, tensor<2x3xf32>, tensor<2x3x3xf32>) {
    %0:5 = stablehlo.custom_call @lapack_sgesdd_ffi(%arg0) {backend_config = "", mhlo.backend_config = {mode = 83 : ui8}, mhlo.frontend_attributes = {num_batch_dims = "1"}, operand_layouts = [dense<[1, 2, 0]> : tensor<3xindex>], output_operand_aliases = [#stablehlo.output_operand_alias<output_tuple_indices = [0], operand_index = 0, operand_tuple_indices = []>], result_layouts = [dense<[1, 2, 0]> : tensor<3xindex>, dense<[1, 0]> : tensor<2xindex>, dense<[1, 2, 0]> : tensor<3xindex>, dense<[1, 2, 0]> : tensor<3xindex>, dense<0> : tensor<1xindex>], sdy.sharding_rule = #sdy.op_sharding_rule<([i, j, k])->([i, l, m], [i, n], [i, o, p], [i, q, r], [i]) {i=2, j=5, k=3, l=5, m=3, n=3, o=5, p=3, q=3, r=3}, custom>} : (tensor<2x5x3xf32>) -> (tensor<2x5x3xf32>, tensor<2x3xf32>, tensor<2x5x3xf32>, tensor<2x3x3xf32>, tensor<2xi32>)
    %c = stablehlo.constant dense<0> : tensor<i32>
    %1 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<2xi32>
    %2 = stablehlo.compare EQ, %0#4, %1, SIGNED : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi1>
    %3 = stablehlo.broadcast_in_dim %2, dims = [0] : (tensor<2xi1>) -> tensor<2x1xi1>
    %cst = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %4 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<2x3xf32>
    %5 = stablehlo.broadcast_in_dim %3, dims = [0, 1] : (tensor<2x1xi1>) -> tensor<2x3xi1>
    %6 = stablehlo.select %5, %0#1, %4 : tensor<2x3xi1>, tensor<2x3xf32>
    %7 = stablehlo.broadcast_in_dim %2, dims = [0] : (tensor<2xi1>) -> tensor<2x1x1xi1>
    %cst_0 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %8 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<2x5x3xf32>
    %9 = stablehlo.broadcast_in_dim %7, dims = [0, 1, 2] : (tensor<2x1x1xi1>) -> tensor<2x5x3xi1>
    %10 = stablehlo.select %9, %0#2, %8 : tensor<2x5x3xi1>, tensor<2x5x3xf32>
    %11 = stablehlo.broadcast_in_dim %2, dims = [0] : (tensor<2xi1>) -> tensor<2x1x1xi1>
    %cst_1 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %12 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<2x3x3xf32>
    %13 = stablehlo.broadcast_in_dim %11, dims = [0, 1, 2] : (tensor<2x1x1xi1>) -> tensor<2x3x3xi1>
    %14 = stablehlo.select %13, %0#3, %12 : tensor<2x3x3xi1>, tensor<2x3x3xf32>
    return %10, %6, %14 : tensor<2x5x3xf32>, tensor<2x3xf32>, tensor<2x3x3xf32>
  }
  func.func private @_where(%arg0: tensor<2x3xi1>, %arg1: tensor<2x3xf32>, %arg2: tensor<f32>) -> tensor<2x3xf32> {
    %0 = stablehlo.convert %arg2 : tensor<f32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<f32>) -> tensor<2x3xf32>
    %2 = stablehlo.select %arg0, %arg1, %1 : tensor<2x3xi1>, tensor<2x3xf32>
    return %2 : tensor<2x3xf32>
  }
}
