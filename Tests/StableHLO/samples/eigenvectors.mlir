module @jit__lambda attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main() {
    %in0 = stablehlo.constant dense<"0x6CBF003E7F4607BEBDF2233FDFD5D63DA12109BFFD22B93E79E9A63FE673723FFE2734BF55F9A1BFEA8E1FBF6E45293D4ECD14C0EC0A60BE037A9FBFE0753BBF8F540BBF18F2A1BE3DC1D23E1471853F979E03BE46E8AE3F334A2ABF21F9B33ED249673F8589C03DF8553EBF32F66BBF0A5BEABED57A613E2B3B81BF1F3256BEE20B23BEDB740A3F9ACF5B3E69F3B53E506127BF70B904BE9EB2483FC028BF3F0F29A1BF41C8C13FA545AC3F0604483FBA66873E7EBAA0BE6CA0BA3FBFE9FA3FF99BE63F5255A83F"> : tensor<2x5x5xf32>
    %in1 = stablehlo.constant dense<"0x69F0B03E3697413E9155523FD8D205BF0C2FA93E117DD3BEDBCDA6BF00411CC067C5673FD05CE63F358BE43E0774923FC47509BFD29DA6BE28C4143F3018463F3CA9BA3ED8FA8F3E8998963E55C70DBFC3D5E83CDC417A3F62F50B3F45019FBE41883CBF9B5BA8BEDED126BE21CA4ABF58D8F6BE44F0E83EFC4D193F5928CBBDA6B3223D0B980B3FE4BC95BE86701BBF272B48BF29DF013EB4AE83BE126C64BFC866053C406A573FD31B8DBE458C403EE2A3A53F9A40A93E58DC803F922DD23EB0832DC0806081BF30CBF1BF8D7E483F75F732BE05A103405729D8BE7CB8D1BF3BC55A3E5B5DDDBFA4895E3E519EC0BFAC8A0740DA69573FB2568EBF0ACE033E7255C1BE20078A3FC5BC02403BF1383F548E253F23A0573E85BE293F736D913E"> : tensor<6x6xcomplex<f32>>
    %in2 = stablehlo.constant dense<"0x0000C07F0000803F0000803F0000803F0000C07F0000803F0000803F0000803F0000C07F"> : tensor<3x3xf32>
    %made:9 = call @tested(%in0, %in1, %in2) : (tensor<2x5x5xf32>, tensor<6x6xcomplex<f32>>, tensor<3x3xf32>) -> (tensor<2x5xf32>, tensor<2x5x5xf32>, tensor<2x5x5xf32>, tensor<6xf32>, tensor<6x6xcomplex<f32>>, tensor<6x6xcomplex<f32>>, tensor<3xf32>, tensor<3x3xf32>, tensor<3x3xf32>)
    %expected0 = stablehlo.constant dense<"0x7DA2A9C060A0F4BE4B99AD3DB4F51B4046198340E11D82C06F84AEBFFCF102BF7B420B403AFDEE40"> : tensor<2x5xf32>
    stablehlo.custom_call @check.expect_close(%made#0, %expected0) {has_side_effect = true} : (tensor<2x5xf32>, tensor<2x5xf32>) -> ()
    %expected1 = stablehlo.constant dense<"0x6EBF803E8BFF6A3E6B7A8C3C279B20BF4A092ABF8DFF6A3E7CE926404B087D3F45BE9FBFFDEECE3D707A8C3C4B087D3F4DCD94C0BDFB08BF219FF4BF289B20BF45BE9FBFBDFB08BF41C1523F5D6FB23F4A092ABFF2EECE3D219FF4BF5D6FB23FD249E73F8889403E2B66E0BF7DFC10BFD4BFDBBF78F4BFBD2A66E0BF1E32D6BE3F2450BF5D8103406A1AD63F7CFC10BF432450BFAFB984BE7F4F084044095D40D4BFDBBF5D8103407F4F08400604C83FD83A04408AF4BFBD6C1AD63F44095D40D83A044054552840"> : tensor<2x5x5xf32>
    stablehlo.custom_call @check.expect_close(%made#1, %expected1) {has_side_effect = true} : (tensor<2x5x5xf32>, tensor<2x5x5xf32>) -> ()
    %expected2 = stablehlo.constant dense<"0x0000803FA03AEA3326A27E3291DFEB329BE71DB4A03AEA33FCFF7F3F0079B7B240A3E8330080883026A27E320079B7B2FEFF7F3F1BDC0C33B875553391DFEB3240A3E8331BDC0C330200803F18EB33B39BE71DB400808830B875553318EB33B30300803F0400803FE6227C34A5F883336FD171B458AEA633E6227C340100803F7355A2B3C8E6D532A093DCB2A5F883337355A2B30100803F288774339015ADB36FD171B4C8E6D53228877433FFFF7F3F007556B258AEA633A093DCB29015ADB3007556B20200803F"> : tensor<2x5x5xf32>
    stablehlo.custom_call @check.expect_close(%made#2, %expected2) {has_side_effect = true} : (tensor<2x5x5xf32>, tensor<2x5x5xf32>) -> ()
    %expected3 = stablehlo.constant dense<"0xAC95D5C00E8F4DC0C85C89BFEE790F40C2F0824031F3D640"> : tensor<6xf32>
    stablehlo.custom_call @check.expect_close(%made#3, %expected3) {has_side_effect = true} : (tensor<6xf32>, tensor<6xf32>) -> ()
    %expected4 = stablehlo.constant dense<"0x5AF0303F0000000093BF913EA00F4ABE6BE1CFBED485ACBDB57105C0F05E24C0A424E7BF9EDE33400A1C24405AFC9A3E94BF913EA00F4A3E28C4943F00000034A4804E3EC763893FE84D173D6D49AD3ED727EEBF400D473E02B810BF60E8E0BE6CE1CFBED485AC3DA6804E3EC76389BF70D876BF0000000094631B3F4DCF70BFA04A0ABE0076C1BF20892BBF61BFD7BFB57105C0F05E2440EB4D173D6D49ADBE94631B3F4DCF703FB11B0DBF0000403413335F3F9308FC3FEC2A4340E0B49FBEA424E7BF9EDE33C0D627EEBF420D47BEA24A0ABE0076C13F14335F3F9308FCBF16C5DA3E00000000B8305D3F4892DBBF0A1C24405AFC9ABE01B810BF61E8E03E1E892BBF61BFD73FEC2A4340E0B49F3EB7305D3F4892DB3F7ABEA93F00000000"> : tensor<6x6xcomplex<f32>>
    stablehlo.custom_call @check.expect_close(%made#4, %expected4) {has_side_effect = true} : (tensor<6x6xcomplex<f32>>, tensor<6x6xcomplex<f32>>) -> ()
    %expected5 = stablehlo.constant dense<"0xF6FF7F3F00000000000080B3000040B3000040B300008033000050B30000A0B30000E0330000C0320000103400000033000080B3000040330000803F000000000000B033000000B3000070B4000000000000603300000000000000330000C0B2000040B3000080B30000B033000000330100803F0000000000006834000030330000C0B3000000B30000003400004033000050B30000A033000070B40000000000006834000030B30000803F000000000000203300000000000000000000C0B30000E0330000C0B200006033000000000000C0B3000000330000203300000000FEFF7F3F00000000000050B40000000000001034000000B3000000330000C03200000034000040B3000000000000C033000050B400000000F4FF7F3F00000000"> : tensor<6x6xcomplex<f32>>
    stablehlo.custom_call @check.expect_close(%made#5, %expected5) {has_side_effect = true} : (tensor<6x6xcomplex<f32>>, tensor<6x6xcomplex<f32>>) -> ()
    %expected6 = stablehlo.constant dense<"0x0000C07F0000C07F0000C07F"> : tensor<3xf32>
    stablehlo.custom_call @check.expect_close(%made#6, %expected6) {has_side_effect = true} : (tensor<3xf32>, tensor<3xf32>) -> ()
    %expected7 = stablehlo.constant dense<"0x0000C07F0000C07F0000C07F0000C07F0000C07F0000C07F0000C07F0000C07F0000C07F"> : tensor<3x3xf32>
    stablehlo.custom_call @check.expect_close(%made#7, %expected7) {has_side_effect = true} : (tensor<3x3xf32>, tensor<3x3xf32>) -> ()
    %expected8 = stablehlo.constant dense<"0x0000C07F0000C07F0000C07F0000C07F0000C07F0000C07F0000C07F0000C07F0000C07F"> : tensor<3x3xf32>
    stablehlo.custom_call @check.expect_close(%made#8, %expected8) {has_side_effect = true} : (tensor<3x3xf32>, tensor<3x3xf32>) -> ()
    return
  }
  func.func private @tested(%arg0: tensor<2x5x5xf32>, %arg1: tensor<6x6xcomplex<f32>>, %arg2: tensor<3x3xf32>) -> (tensor<2x5xf32> {jax.result_info = "result[0]"}, tensor<2x5x5xf32> {jax.result_info = "result[1]"}, tensor<2x5x5xf32> {jax.result_info = "result[2]"}, tensor<6xf32> {jax.result_info = "result[3]"}, tensor<6x6xcomplex<f32>> {jax.result_info = "result[4]"}, tensor<6x6xcomplex<f32>> {jax.result_info = "result[5]"}, tensor<3xf32> {jax.result_info = "result[6]"}, tensor<3x3xf32> {jax.result_info = "result[7]"}, tensor<3x3xf32> {jax.result_info = "result[8]"}) {
    %0 = stablehlo.transpose %arg0, dims = [0, 2, 1] : (tensor<2x5x5xf32>) -> tensor<2x5x5xf32>
    %1 = stablehlo.add %arg0, %0 : tensor<2x5x5xf32>
    %2:2 = call @eigh(%1) : (tensor<2x5x5xf32>) -> (tensor<2x5xf32>, tensor<2x5x5xf32>)
    %3 = stablehlo.broadcast_in_dim %2#0, dims = [0, 2] : (tensor<2x5xf32>) -> tensor<2x1x5xf32>
    %4 = stablehlo.broadcast_in_dim %3, dims = [0, 1, 2] : (tensor<2x1x5xf32>) -> tensor<2x5x5xf32>
    %5 = stablehlo.multiply %2#1, %4 : tensor<2x5x5xf32>
    %6 = stablehlo.transpose %2#1, dims = [0, 2, 1] : (tensor<2x5x5xf32>) -> tensor<2x5x5xf32>
    %7 = stablehlo.dot_general %5, %6, batching_dims = [0] x [0], contracting_dims = [2] x [1], precision = [DEFAULT, DEFAULT] : (tensor<2x5x5xf32>, tensor<2x5x5xf32>) -> tensor<2x5x5xf32>
    %8 = stablehlo.transpose %2#1, dims = [0, 2, 1] : (tensor<2x5x5xf32>) -> tensor<2x5x5xf32>
    %9 = stablehlo.dot_general %8, %2#1, batching_dims = [0] x [0], contracting_dims = [2] x [1], precision = [DEFAULT, DEFAULT] : (tensor<2x5x5xf32>, tensor<2x5x5xf32>) -> tensor<2x5x5xf32>
    %10 = stablehlo.real %arg1 : (tensor<6x6xcomplex<f32>>) -> tensor<6x6xf32>
    %11 = stablehlo.imag %arg1 : (tensor<6x6xcomplex<f32>>) -> tensor<6x6xf32>
    %12 = stablehlo.negate %11 : tensor<6x6xf32>
    %13 = stablehlo.complex %10, %12 : tensor<6x6xcomplex<f32>>
    %14 = stablehlo.transpose %13, dims = [1, 0] : (tensor<6x6xcomplex<f32>>) -> tensor<6x6xcomplex<f32>>
    %15 = stablehlo.add %arg1, %14 : tensor<6x6xcomplex<f32>>
    %16:2 = call @eigh_0(%15) : (tensor<6x6xcomplex<f32>>) -> (tensor<6xf32>, tensor<6x6xcomplex<f32>>)
    %17 = stablehlo.broadcast_in_dim %16#0, dims = [1] : (tensor<6xf32>) -> tensor<1x6xf32>
    %18 = stablehlo.convert %17 : (tensor<1x6xf32>) -> tensor<1x6xcomplex<f32>>
    %19 = stablehlo.broadcast_in_dim %18, dims = [0, 1] : (tensor<1x6xcomplex<f32>>) -> tensor<6x6xcomplex<f32>>
    %20 = stablehlo.multiply %16#1, %19 : tensor<6x6xcomplex<f32>>
    %21 = stablehlo.real %16#1 : (tensor<6x6xcomplex<f32>>) -> tensor<6x6xf32>
    %22 = stablehlo.imag %16#1 : (tensor<6x6xcomplex<f32>>) -> tensor<6x6xf32>
    %23 = stablehlo.negate %22 : tensor<6x6xf32>
    %24 = stablehlo.complex %21, %23 : tensor<6x6xcomplex<f32>>
    %25 = stablehlo.transpose %24, dims = [1, 0] : (tensor<6x6xcomplex<f32>>) -> tensor<6x6xcomplex<f32>>
    %26 = stablehlo.dot_general %20, %25, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<6x6xcomplex<f32>>, tensor<6x6xcomplex<f32>>) -> tensor<6x6xcomplex<f32>>
    %27 = stablehlo.real %16#1 : (tensor<6x6xcomplex<f32>>) -> tensor<6x6xf32>
    %28 = stablehlo.imag %16#1 : (tensor<6x6xcomplex<f32>>) -> tensor<6x6xf32>
    %29 = stablehlo.negate %28 : tensor<6x6xf32>
    %30 = stablehlo.complex %27, %29 : tensor<6x6xcomplex<f32>>
    %31 = stablehlo.transpose %30, dims = [1, 0] : (tensor<6x6xcomplex<f32>>) -> tensor<6x6xcomplex<f32>>
    %32 = stablehlo.dot_general %31, %16#1, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<6x6xcomplex<f32>>, tensor<6x6xcomplex<f32>>) -> tensor<6x6xcomplex<f32>>
    %33 = stablehlo.transpose %arg2, dims = [1, 0] : (tensor<3x3xf32>) -> tensor<3x3xf32>
    %34 = stablehlo.add %arg2, %33 : tensor<3x3xf32>
    %35:2 = call @eigh_1(%34) : (tensor<3x3xf32>) -> (tensor<3xf32>, tensor<3x3xf32>)
    %36 = stablehlo.broadcast_in_dim %35#0, dims = [1] : (tensor<3xf32>) -> tensor<1x3xf32>
    %37 = stablehlo.broadcast_in_dim %36, dims = [0, 1] : (tensor<1x3xf32>) -> tensor<3x3xf32>
    %38 = stablehlo.multiply %35#1, %37 : tensor<3x3xf32>
    %39 = stablehlo.transpose %35#1, dims = [1, 0] : (tensor<3x3xf32>) -> tensor<3x3xf32>
    %40 = stablehlo.dot_general %38, %39, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<3x3xf32>, tensor<3x3xf32>) -> tensor<3x3xf32>
    %41 = stablehlo.transpose %35#1, dims = [1, 0] : (tensor<3x3xf32>) -> tensor<3x3xf32>
    %42 = stablehlo.dot_general %41, %35#1, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<3x3xf32>, tensor<3x3xf32>) -> tensor<3x3xf32>
    return %2#0, %7, %9, %16#0, %26, %32, %35#0, %40, %42 : tensor<2x5xf32>, tensor<2x5x5xf32>, tensor<2x5x5xf32>, tensor<6xf32>, tensor<6x6xcomplex<f32>>, tensor<6x6xcomplex<f32>>, tensor<3xf32>, tensor<3x3xf32>, tensor<3x3xf32>
  }
  func.func private @eigh(%arg0: tensor<2x5x5xf32>) -> (tensor<2x5xf32>, tensor<2x5x5xf32>) {
    %0 = stablehlo.transpose %arg0, dims = [0, 2, 1] : (tensor<2x5x5xf32>) -> tensor<2x5x5xf32>
    %1 = stablehlo.add %arg0, %0 : tensor<2x5x5xf32>
    %cst = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %2 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<2x5x5xf32>
    %3 = stablehlo.divide %1, %2 : tensor<2x5x5xf32>
    %4:3 = stablehlo.custom_call @lapack_ssyevd_ffi(%3) {backend_config = "", mhlo.backend_config = {mode = 86 : ui8, uplo = 76 : ui8}, mhlo.frontend_attributes = {num_batch_dims = "1"}, operand_layouts = [dense<[1, 2, 0]> : tensor<3xindex>], output_operand_aliases = [#stablehlo.output_operand_alias<output_tuple_indices = [0], operand_index = 0, operand_tuple_indices = []>], result_layouts = [dense<[1, 2, 0]> : tensor<3xindex>, dense<[1, 0]> : tensor<2xindex>, dense<0> : tensor<1xindex>], sdy.sharding_rule = #sdy.op_sharding_rule<([i, j, k])->([i, l, m], [i, n], [i]) {i=2, j=5, k=5, l=5, m=5, n=5}, custom>} : (tensor<2x5x5xf32>) -> (tensor<2x5x5xf32>, tensor<2x5xf32>, tensor<2xi32>)
    %c = stablehlo.constant dense<0> : tensor<i32>
    %5 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<2xi32>
    %6 = stablehlo.compare EQ, %4#2, %5, SIGNED : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi1>
    %7 = stablehlo.broadcast_in_dim %6, dims = [0] : (tensor<2xi1>) -> tensor<2x1x1xi1>
    %cst_0 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %8 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<2x5x5xf32>
    %9 = stablehlo.broadcast_in_dim %7, dims = [0, 1, 2] : (tensor<2x1x1xi1>) -> tensor<2x5x5xi1>
    %10 = stablehlo.select %9, %4#0, %8 : tensor<2x5x5xi1>, tensor<2x5x5xf32>
    %11 = stablehlo.broadcast_in_dim %6, dims = [0] : (tensor<2xi1>) -> tensor<2x1xi1>
    %cst_1 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %12 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<2x5xf32>
    %13 = stablehlo.broadcast_in_dim %11, dims = [0, 1] : (tensor<2x1xi1>) -> tensor<2x5xi1>
    %14 = stablehlo.select %13, %4#1, %12 : tensor<2x5xi1>, tensor<2x5xf32>
    return %14, %10 : tensor<2x5xf32>, tensor<2x5x5xf32>
  }
  func.func private @eigh_0(%arg0: tensor<6x6xcomplex<f32>>) -> (tensor<6xf32>, tensor<6x6xcomplex<f32>>) {
    %0 = stablehlo.transpose %arg0, dims = [1, 0] : (tensor<6x6xcomplex<f32>>) -> tensor<6x6xcomplex<f32>>
    %1 = stablehlo.real %0 : (tensor<6x6xcomplex<f32>>) -> tensor<6x6xf32>
    %2 = stablehlo.imag %0 : (tensor<6x6xcomplex<f32>>) -> tensor<6x6xf32>
    %3 = stablehlo.negate %2 : tensor<6x6xf32>
    %4 = stablehlo.complex %1, %3 : tensor<6x6xcomplex<f32>>
    %5 = stablehlo.add %arg0, %4 : tensor<6x6xcomplex<f32>>
    %cst = stablehlo.constant dense<(2.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %6 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<complex<f32>>) -> tensor<6x6xcomplex<f32>>
    %7 = stablehlo.divide %5, %6 : tensor<6x6xcomplex<f32>>
    %8:3 = stablehlo.custom_call @lapack_cheevd_ffi(%7) {backend_config = "", mhlo.backend_config = {mode = 86 : ui8, uplo = 76 : ui8}, mhlo.frontend_attributes = {num_batch_dims = "0"}, operand_layouts = [dense<[0, 1]> : tensor<2xindex>], output_operand_aliases = [#stablehlo.output_operand_alias<output_tuple_indices = [0], operand_index = 0, operand_tuple_indices = []>], result_layouts = [dense<[0, 1]> : tensor<2xindex>, dense<0> : tensor<1xindex>, dense<> : tensor<0xindex>], sdy.sharding_rule = #sdy.op_sharding_rule<([i, j])->([k, l], [m], []) {i=6, j=6, k=6, l=6, m=6}, custom>} : (tensor<6x6xcomplex<f32>>) -> (tensor<6x6xcomplex<f32>>, tensor<6xf32>, tensor<i32>)
    %c = stablehlo.constant dense<0> : tensor<i32>
    %9 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<i32>
    %10 = stablehlo.compare EQ, %8#2, %9, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %11 = stablehlo.broadcast_in_dim %10, dims = [] : (tensor<i1>) -> tensor<1x1xi1>
    %cst_0 = stablehlo.constant dense<(0x7FC00000,0x7FC00000)> : tensor<complex<f32>>
    %12 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<complex<f32>>) -> tensor<6x6xcomplex<f32>>
    %13 = stablehlo.broadcast_in_dim %11, dims = [0, 1] : (tensor<1x1xi1>) -> tensor<6x6xi1>
    %14 = stablehlo.select %13, %8#0, %12 : tensor<6x6xi1>, tensor<6x6xcomplex<f32>>
    %15 = stablehlo.broadcast_in_dim %10, dims = [] : (tensor<i1>) -> tensor<1xi1>
    %cst_1 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %16 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<6xf32>
    %17 = stablehlo.broadcast_in_dim %15, dims = [0] : (tensor<1xi1>) -> tensor<6xi1>
    %18 = stablehlo.select %17, %8#1, %16 : tensor<6xi1>, tensor<6xf32>
    return %18, %14 : tensor<6xf32>, tensor<6x6xcomplex<f32>>
  }
  func.func private @eigh_1(%arg0: tensor<3x3xf32>) -> (tensor<3xf32>, tensor<3x3xf32>) {
    %0 = stablehlo.transpose %arg0, dims = [1, 0] : (tensor<3x3xf32>) -> tensor<3x3xf32>
    %1 = stablehlo.add %arg0, %0 : tensor<3x3xf32>
    %cst = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %2 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<3x3xf32>
    %3 = stablehlo.divide %1, %2 : tensor<3x3xf32>
    %4:3 = stablehlo.custom_call @lapack_ssyevd_ffi(%3) {backend_config = "", mhlo.backend_config = {mode = 86 : ui8, uplo = 76 : ui8}, mhlo.frontend_attributes = {num_batch_dims = "0"}, operand_layouts = [dense<[0, 1]> : tensor<2xindex>], output_operand_aliases = [#stablehlo.output_operand_alias<output_tuple_indices = [0], operand_index = 0, operand_tuple_indices = []>], result_layouts = [dense<[0, 1]> : tensor<2xindex>, dense<0> : tensor<1xindex>, dense<> : tensor<0xindex>], sdy.sharding_rule = #sdy.op_sharding_rule<([i, j])->([k, l], [m], []) {i=3, j=3, k=3, l=3, m=3}, custom>} : (tensor<3x3xf32>) -> (tensor<3x3xf32>, tensor<3xf32>, tensor<i32>)
    %c = stablehlo.constant dense<0> : tensor<i32>
    %5 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<i32>
    %6 = stablehlo.compare EQ, %4#2, %5, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %7 = stablehlo.broadcast_in_dim %6, dims = [] : (tensor<i1>) -> tensor<1x1xi1>
    %cst_0 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %8 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<3x3xf32>
    %9 = stablehlo.broadcast_in_dim %7, dims = [0, 1] : (tensor<1x1xi1>) -> tensor<3x3xi1>
    %10 = stablehlo.select %9, %4#0, %8 : tensor<3x3xi1>, tensor<3x3xf32>
    %11 = stablehlo.broadcast_in_dim %6, dims = [] : (tensor<i1>) -> tensor<1xi1>
    %cst_1 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %12 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<3xf32>
    %13 = stablehlo.broadcast_in_dim %11, dims = [0] : (tensor<1xi1>) -> tensor<3xi1>
    %14 = stablehlo.select %13, %4#1, %12 : tensor<3xi1>, tensor<3xf32>
    return %14, %10 : tensor<3xf32>, tensor<3x3xf32>
  }
}
