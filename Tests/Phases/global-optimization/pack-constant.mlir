// A constant right-hand side is packed into panels as wide as a register tile has columns: [n / 32, k, 32] for AVX-512.
// (The global has no value here, so the packing stands there as an operation; with a value it is done at compile time.)
#lhs = affine_map<(m, n, k) -> (m, k)>
#rhs = affine_map<(m, n, k) -> (k, n)>
#out = affine_map<(m, n, k) -> (m, n)>
ml_program.global private @weight(#ml_program.extern : tensor<128x64xf32>) : tensor<128x64xf32>
func.func @dense(%x: tensor<?x128xf32>, %init: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %w = ml_program.global_load_const @weight : tensor<128x64xf32>
  %y = linalg.generic {indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<?x128xf32>, tensor<128x64xf32>) outs(%init : tensor<?x64xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %m = arith.mulf %a, %b : f32
    %s = arith.addf %c, %m : f32
    linalg.yield %s : f32
  } -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

