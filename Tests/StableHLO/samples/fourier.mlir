module @jit__lambda attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main() {
    %in0 = stablehlo.constant dense<"0x6CBF003E7F4607BEBDF2233FDFD5D63DA12109BFFD22B93E79E9A63FE673723FFE2734BF55F9A1BFEA8E1FBF6E45293D4ECD14C0EC0A60BE037A9FBFE0753BBF8F540BBF18F2A1BE3DC1D23E1471853F979E03BE46E8AE3F334A2ABF21F9B33E"> : tensor<4x6xf32>
    %in1 = stablehlo.constant dense<"0x6CBF003E69F0B03E7F4607BE9155523FBDF2233F0C2FA93EDFD5D63DDBCDA6BFA12109BF67C5673FFD22B93E358BE43E79E9A63FC47509BFE673723F28C4143FFE2734BF3CA9BA3E55F9A1BF8998963EEA8E1FBFC3D5E83C6E45293D62F50B3F4ECD14C041883CBFEC0A60BEDED126BE037A9FBF58D8F6BEE0753BBFFC4D193F8F540BBFA6B3223D18F2A1BEE4BC95BE3DC1D23E272B48BF1471853FB4AE83BE979E03BEC866053C46E8AE3FD31B8DBE334A2ABFE2A3A53F21F9B33E58DC803F"> : tensor<4x6xcomplex<f32>>
    %made:5 = call @tested(%in0, %in1) : (tensor<4x6xf32>, tensor<4x6xcomplex<f32>>) -> (tensor<4x6xcomplex<f32>>, tensor<4x6xcomplex<f32>>, tensor<4x4xcomplex<f32>>, tensor<4x6xf32>, tensor<4x6xcomplex<f32>>)
    %expected0 = stablehlo.constant dense<"0x929B103F4BEAC53FDFC1B7BDA674893F5EE9623F1E6D43BF19CDD4BDD6EACE3F2A6542BF80F469C07922833E315F1040C69C99BEAB95A33F8C89814098D596BFE0E25ABDB6BCEDBFF00C823E2270C8BFD23AF03EA4B918BE80FF5940B88A803EEE3DACC0108784BFFA08A7BF8C8E51BF6A4FAABFBBFAC2BE0A4336C02242A9BFC05C1DC0576E803FEE1F20BFF2B7EEBF82371840A8857E3F776D04C02A44ECBFD29DBF3F13E40DC0202049C0B8EC3D3DE8BCBA3F4590F9BFA43916409DA38F3E"> : tensor<4x6xcomplex<f32>>
    stablehlo.custom_call @check.expect_close(%made#0, %expected0) {has_side_effect = true} : (tensor<4x6xcomplex<f32>>, tensor<4x6xcomplex<f32>>) -> ()
    %expected1 = stablehlo.constant dense<"0x98A3F7BD7CD8DABEDAC0D13EE88D7B3E7608B8BE4C56623D42BD06BE5F8F2FBED39317BFC51F113FB452E03D9D8ADA3EEC2B0D3F65B9FC3E676A40BEC69B633EE0D3C33E680D733DDCEC883D9D1591BF021AA33E7655683EECA6913EA577DB3D3B8E7ABFE0906D3E9ACA15BF9868AB3D6C39683DDF3E06BE06793ABE150C39BEB08B553DA23BC1BDEAF0B1BD7523B3BE9E862C3F8838423D9DCC6C3E253C8A3E72890F3F05A2B13E6515B43E86D93A3E14E7A0BEE4DE523EF01C5F3D2346863E"> : tensor<4x6xcomplex<f32>>
    stablehlo.custom_call @check.expect_close(%made#1, %expected1) {has_side_effect = true} : (tensor<4x6xcomplex<f32>>, tensor<4x6xcomplex<f32>>) -> ()
    %expected2 = stablehlo.constant dense<"0x929B103F000000000264AA3DBE4917BFCE10823D3919B93F20CDD4BD00000000C89C99BE000000004C896E4045F836BF78DE543E83A55ABFF00C823E00000000EF3DACC000000000F21877BFACF0053F7584F2BF062D31BF0A4336C00000000082371840000000006C610E3E881688BF5E2DBD3F88DF08BE202049C000000000"> : tensor<4x4xcomplex<f32>>
    stablehlo.custom_call @check.expect_close(%made#2, %expected2) {has_side_effect = true} : (tensor<4x4xcomplex<f32>>, tensor<4x4xcomplex<f32>>) -> ()
    %expected3 = stablehlo.constant dense<"0xE0DD543EA86BEABE369640BE499F853E069BC33DFF42543ECB4AB33D325ADC3ECBEAC5BD8BEDF9BD7E84E83C67F3793FC46E7FBFC045BC3DC814B7BEFE9A1BBF927131BECE9A8FBEB3DB193FA00ADD3DCFE8613E42AB0CBF78158A3D9BE012BD"> : tensor<4x6xf32>
    stablehlo.custom_call @check.expect_close(%made#3, %expected3) {has_side_effect = true} : (tensor<4x6xf32>, tensor<4x6xf32>) -> ()
    %expected4 = stablehlo.constant dense<"0x0F512FC0DE1D3240548C153F313631C000D87F3F86FEA6C0FAE3BAC008D89CBF7820A5BF880898C0BC4AAC400A246C3F1666C740E451A8406EFBF03F4D3187C0C4E72440097D953FBAD9903F105AEABEFEFF5F4092D46AC0B8245A3F4EF5434070ACDCC04575E1BF2DE857C091E3514076A1F1BFCF873B40205E81BD7029E83FECADA4C05CA60DBF68EEC3C0282910BEAA3CB540A04DC6BD943C0C3FA2270041A8B8ED3FC96CF7BF32668B401DBCCA405022CFBD63C1B4C09C3D693F83C0A540"> : tensor<4x6xcomplex<f32>>
    stablehlo.custom_call @check.expect_close(%made#4, %expected4) {has_side_effect = true} : (tensor<4x6xcomplex<f32>>, tensor<4x6xcomplex<f32>>) -> ()
    return
  }
  func.func private @tested(%arg0: tensor<4x6xf32>, %arg1: tensor<4x6xcomplex<f32>>) -> (tensor<4x6xcomplex<f32>> {jax.result_info = "result[0]"}, tensor<4x6xcomplex<f32>> {jax.result_info = "result[1]"}, tensor<4x4xcomplex<f32>> {jax.result_info = "result[2]"}, tensor<4x6xf32> {jax.result_info = "result[3]"}, tensor<4x6xcomplex<f32>> {jax.result_info = "result[4]"}) {
    %0 = call @fft(%arg1) : (tensor<4x6xcomplex<f32>>) -> tensor<4x6xcomplex<f32>>
    %1 = stablehlo.transpose %arg1, dims = [1, 0] : (tensor<4x6xcomplex<f32>>) -> tensor<6x4xcomplex<f32>>
    %2 = call @fft_0(%1) : (tensor<6x4xcomplex<f32>>) -> tensor<6x4xcomplex<f32>>
    %3 = stablehlo.transpose %2, dims = [1, 0] : (tensor<6x4xcomplex<f32>>) -> tensor<4x6xcomplex<f32>>
    %4 = call @fft_1(%arg0) : (tensor<4x6xf32>) -> tensor<4x4xcomplex<f32>>
    %5 = stablehlo.slice %arg1 [0:4, 0:4] : (tensor<4x6xcomplex<f32>>) -> tensor<4x4xcomplex<f32>>
    %c = stablehlo.constant dense<0> : tensor<i32>
    %6 = call @_pad(%5, %c) : (tensor<4x4xcomplex<f32>>, tensor<i32>) -> tensor<4x4xcomplex<f32>>
    %7 = call @fft_2(%6) : (tensor<4x4xcomplex<f32>>) -> tensor<4x6xf32>
    %8 = call @fft_3(%arg1) : (tensor<4x6xcomplex<f32>>) -> tensor<4x6xcomplex<f32>>
    return %0, %3, %4, %7, %8 : tensor<4x6xcomplex<f32>>, tensor<4x6xcomplex<f32>>, tensor<4x4xcomplex<f32>>, tensor<4x6xf32>, tensor<4x6xcomplex<f32>>
  }
  func.func private @fft(%arg0: tensor<4x6xcomplex<f32>>) -> tensor<4x6xcomplex<f32>> {
    %0 = stablehlo.fft %arg0, type = FFT, length = [6] : (tensor<4x6xcomplex<f32>>) -> tensor<4x6xcomplex<f32>>
    return %0 : tensor<4x6xcomplex<f32>>
  }
  func.func private @fft_0(%arg0: tensor<6x4xcomplex<f32>>) -> tensor<6x4xcomplex<f32>> {
    %0 = stablehlo.fft %arg0, type = IFFT, length = [4] : (tensor<6x4xcomplex<f32>>) -> tensor<6x4xcomplex<f32>>
    return %0 : tensor<6x4xcomplex<f32>>
  }
  func.func private @fft_1(%arg0: tensor<4x6xf32>) -> tensor<4x4xcomplex<f32>> {
    %0 = stablehlo.fft %arg0, type = RFFT, length = [6] : (tensor<4x6xf32>) -> tensor<4x4xcomplex<f32>>
    return %0 : tensor<4x4xcomplex<f32>>
  }
  func.func private @_pad(%arg0: tensor<4x4xcomplex<f32>>, %arg1: tensor<i32>) -> tensor<4x4xcomplex<f32>> {
    %0 = stablehlo.convert %arg1 : (tensor<i32>) -> tensor<complex<f32>>
    %1 = stablehlo.pad %arg0, %0, low = [0, 0], high = [0, 0], interior = [0, 0] : (tensor<4x4xcomplex<f32>>, tensor<complex<f32>>) -> tensor<4x4xcomplex<f32>>
    return %1 : tensor<4x4xcomplex<f32>>
  }
  func.func private @fft_2(%arg0: tensor<4x4xcomplex<f32>>) -> tensor<4x6xf32> {
    %0 = stablehlo.fft %arg0, type = IRFFT, length = [6] : (tensor<4x4xcomplex<f32>>) -> tensor<4x6xf32>
    return %0 : tensor<4x6xf32>
  }
  func.func private @fft_3(%arg0: tensor<4x6xcomplex<f32>>) -> tensor<4x6xcomplex<f32>> {
    %0 = stablehlo.fft %arg0, type = FFT, length = [4, 6] : (tensor<4x6xcomplex<f32>>) -> tensor<4x6xcomplex<f32>>
    return %0 : tensor<4x6xcomplex<f32>>
  }
}
