module @jit__lambda attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main() {
    %in0 = stablehlo.constant dense<"0x6CBF003E7F4607BEBDF2233FDFD5D63DA12109BFFD22B93E79E9A63FE673723FFE2734BF55F9A1BFEA8E1FBF6E45293D4ECD14C0EC0A60BE037A9FBFE0753BBF8F540BBF18F2A1BE3DC1D23E1471853F979E03BE46E8AE3F334A2ABF21F9B33ED249673F8589C03DF8553EBF32F66BBF0A5BEABED57A613E2B3B81BF1F3256BEE20B23BEDB740A3F9ACF5B3E69F3B53E506127BF70B904BE9EB2483FC028BF3F0F29A1BF41C8C13F"> : tensor<6x7xf32>
    %in1 = stablehlo.constant dense<"0x020000000100000001000000000000000000000000000000000000000000000000000000020000000100000002000000010000000100000002000000020000000100000001000000010000000200000000000000020000000200000000000000010000000200000001000000000000000200000002000000020000000000000000000000020000000000000001000000000000000000000001000000010000000100000000000000"> : tensor<6x7xi32>
    %made:6 = call @tested(%in0, %in1) : (tensor<6x7xf32>, tensor<6x7xi32>) -> (tensor<6x7xf32>, tensor<6x7xi32>, tensor<6x3xf32>, tensor<6x3xi32>, tensor<6x7xi32>, tensor<6x7xf32>)
    %expected0 = stablehlo.constant dense<"0xA12109BF7F4607BEDFD5D63D6CBF003EFD22B93EBDF2233F79E9A63F4ECD14C055F9A1BFFE2734BFEA8E1FBFEC0A60BE6E45293DE673723F037A9FBFE0753BBF8F540BBF18F2A1BE979E03BE3DC1D23E1471853F32F66BBFF8553EBF334A2ABF8589C03D21F9B33ED249673F46E8AE3F2B3B81BF0A5BEABE1F3256BEE20B23BE9ACF5B3ED57A613EDB740A3F0F29A1BF506127BF70B904BE69F3B53E9EB2483FC028BF3F41C8C13F"> : tensor<6x7xf32>
    stablehlo.custom_call @check.expect_close(%made#0, %expected0) {has_side_effect = true} : (tensor<6x7xf32>, tensor<6x7xf32>) -> ()
    %expected1 = stablehlo.constant dense<"0x030000000400000000000000030000000500000002000000050000000100000000000000030000000500000002000000040000000000000005000000050000000500000000000000030000000000000004000000000000000300000002000000040000000100000003000000020000000400000001000000040000000200000004000000050000000100000002000000020000000100000001000000000000000100000003000000"> : tensor<6x7xi32>
    stablehlo.custom_call @check.expect_eq(%made#1, %expected1) {has_side_effect = true} : (tensor<6x7xi32>, tensor<6x7xi32>) -> ()
    %expected2 = stablehlo.constant dense<"0x79E9A63FBDF2233FFD22B93EE673723F6E45293DEC0A60BE1471853F3DC1D23E979E03BE46E8AE3FD249673F21F9B33EDB740A3FD57A613E9ACF5B3E41C8C13FC028BF3F9EB2483F"> : tensor<6x3xf32>
    stablehlo.custom_call @check.expect_close(%made#2, %expected2) {has_side_effect = true} : (tensor<6x3xf32>, tensor<6x3xf32>) -> ()
    %expected3 = stablehlo.constant dense<"0x060000000200000005000000000000000400000006000000050000000400000006000000000000000300000002000000050000000100000006000000060000000400000003000000"> : tensor<6x3xi32>
    stablehlo.custom_call @check.expect_eq(%made#3, %expected3) {has_side_effect = true} : (tensor<6x3xi32>, tensor<6x3xi32>) -> ()
    %expected4 = stablehlo.constant dense<"0x000000000000000000000000000000000000000000000000000000000100000000000000000000000000000000000000010000000000000002000000010000000100000001000000010000000100000000000000020000000200000001000000010000000100000001000000000000000200000002000000020000000100000002000000020000000000000002000000020000000200000001000000020000000200000001000000"> : tensor<6x7xi32>
    stablehlo.custom_call @check.expect_eq(%made#4, %expected4) {has_side_effect = true} : (tensor<6x7xi32>, tensor<6x7xi32>) -> ()
    %expected5 = stablehlo.constant dense<"0xE673723FFE2734BF70B904BE1F3256BEA12109BFFD22B93E32F66BBF69F3B53E506127BF21F9B33EDFD5D63DE20B23BE4ECD14C0979E03BE037A9FBF7F4607BE8F540BBFEA8E1FBF3DC1D23E0F29A1BF9ACF5B3E0A5BEABEE0753BBFBDF2233F18F2A1BEC028BF3FF8553EBF79E9A63F6CBF003E334A2ABF55F9A1BF9EB2483F6E45293DDB740A3F41C8C13F46E8AE3FD57A613E2B3B81BFD249673F8589C03D1471853FEC0A60BE"> : tensor<6x7xf32>
    stablehlo.custom_call @check.expect_close(%made#5, %expected5) {has_side_effect = true} : (tensor<6x7xf32>, tensor<6x7xf32>) -> ()
    return
  }
  func.func private @tested(%arg0: tensor<6x7xf32>, %arg1: tensor<6x7xi32>) -> (tensor<6x7xf32> {jax.result_info = "result[0]"}, tensor<6x7xi32> {jax.result_info = "result[1]"}, tensor<6x3xf32> {jax.result_info = "result[2][0]"}, tensor<6x3xi32> {jax.result_info = "result[2][1]"}, tensor<6x7xi32> {jax.result_info = "result[3][0]"}, tensor<6x7xf32> {jax.result_info = "result[3][1]"}) {
    %0 = call @sort(%arg0) : (tensor<6x7xf32>) -> tensor<6x7xf32>
    %1 = stablehlo.negate %arg0 : tensor<6x7xf32>
    %2 = call @argsort(%1) : (tensor<6x7xf32>) -> tensor<6x7xi32>
    %values, %indices = chlo.top_k(%arg0, k = 3) : tensor<6x7xf32> -> (tensor<6x3xf32>, tensor<6x3xi32>)
    %3:2 = "stablehlo.sort"(%arg1, %arg0) <{dimension = 0 : i64, is_stable = true}> ({
    ^bb0(%arg2: tensor<i32>, %arg3: tensor<i32>, %arg4: tensor<f32>, %arg5: tensor<f32>):
      %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
      %4 = stablehlo.compare EQ, %arg4, %cst, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %cst_0 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
      %5 = stablehlo.select %4, %cst_0, %arg4 : tensor<i1>, tensor<f32>
      %6 = stablehlo.compare NE, %arg4, %arg4, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %cst_1 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
      %7 = stablehlo.select %6, %cst_1, %5 : tensor<i1>, tensor<f32>
      %cst_2 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
      %8 = stablehlo.compare EQ, %arg5, %cst_2, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %cst_3 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
      %9 = stablehlo.select %8, %cst_3, %arg5 : tensor<i1>, tensor<f32>
      %10 = stablehlo.compare NE, %arg5, %arg5, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %cst_4 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
      %11 = stablehlo.select %10, %cst_4, %9 : tensor<i1>, tensor<f32>
      %12 = stablehlo.compare LT, %7, %11, TOTALORDER : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %13 = stablehlo.compare LT, %arg2, %arg3, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      %14 = stablehlo.compare EQ, %arg2, %arg3, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      %15 = stablehlo.and %14, %12 : tensor<i1>
      %16 = stablehlo.or %13, %15 : tensor<i1>
      stablehlo.return %16 : tensor<i1>
    }) : (tensor<6x7xi32>, tensor<6x7xf32>) -> (tensor<6x7xi32>, tensor<6x7xf32>)
    return %0, %2, %values, %indices, %3#0, %3#1 : tensor<6x7xf32>, tensor<6x7xi32>, tensor<6x3xf32>, tensor<6x3xi32>, tensor<6x7xi32>, tensor<6x7xf32>
  }
  func.func private @sort(%arg0: tensor<6x7xf32>) -> tensor<6x7xf32> {
    %0 = "stablehlo.sort"(%arg0) <{dimension = 1 : i64, is_stable = true}> ({
    ^bb0(%arg1: tensor<f32>, %arg2: tensor<f32>):
      %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
      %1 = stablehlo.compare EQ, %arg1, %cst, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %cst_0 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
      %2 = stablehlo.select %1, %cst_0, %arg1 : tensor<i1>, tensor<f32>
      %3 = stablehlo.compare NE, %arg1, %arg1, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %cst_1 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
      %4 = stablehlo.select %3, %cst_1, %2 : tensor<i1>, tensor<f32>
      %cst_2 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
      %5 = stablehlo.compare EQ, %arg2, %cst_2, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %cst_3 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
      %6 = stablehlo.select %5, %cst_3, %arg2 : tensor<i1>, tensor<f32>
      %7 = stablehlo.compare NE, %arg2, %arg2, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %cst_4 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
      %8 = stablehlo.select %7, %cst_4, %6 : tensor<i1>, tensor<f32>
      %9 = stablehlo.compare LT, %4, %8, TOTALORDER : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %9 : tensor<i1>
    }) : (tensor<6x7xf32>) -> tensor<6x7xf32>
    return %0 : tensor<6x7xf32>
  }
  func.func private @argsort(%arg0: tensor<6x7xf32>) -> tensor<6x7xi32> {
    %0 = stablehlo.iota dim = 0 : tensor<6x7xi32>
    %1:2 = "stablehlo.sort"(%arg0, %0) <{dimension = 0 : i64, is_stable = true}> ({
    ^bb0(%arg1: tensor<f32>, %arg2: tensor<f32>, %arg3: tensor<i32>, %arg4: tensor<i32>):
      %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
      %2 = stablehlo.compare EQ, %arg1, %cst, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %cst_0 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
      %3 = stablehlo.select %2, %cst_0, %arg1 : tensor<i1>, tensor<f32>
      %4 = stablehlo.compare NE, %arg1, %arg1, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %cst_1 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
      %5 = stablehlo.select %4, %cst_1, %3 : tensor<i1>, tensor<f32>
      %cst_2 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
      %6 = stablehlo.compare EQ, %arg2, %cst_2, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %cst_3 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
      %7 = stablehlo.select %6, %cst_3, %arg2 : tensor<i1>, tensor<f32>
      %8 = stablehlo.compare NE, %arg2, %arg2, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %cst_4 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
      %9 = stablehlo.select %8, %cst_4, %7 : tensor<i1>, tensor<f32>
      %10 = stablehlo.compare LT, %5, %9, TOTALORDER : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %10 : tensor<i1>
    }) : (tensor<6x7xf32>, tensor<6x7xi32>) -> (tensor<6x7xf32>, tensor<6x7xi32>)
    return %1#1 : tensor<6x7xi32>
  }
}
