// A 3 x 3 convolution of enough channels with constant weights is computed by minimal filtering: 16 matrix products between sums and differences.
#in = affine_map<(n, y, x, f, i, j, c) -> (n, y + i, x + j, c)>
#weights = affine_map<(n, y, x, f, i, j, c) -> (i, j, c, f)>
#out = affine_map<(n, y, x, f, i, j, c) -> (n, y, x, f)>
ml_program.global private @w(dense<0.5> : tensor<3x3x64x64xf32>) : tensor<3x3x64x64xf32>
func.func @convolution(%x: tensor<1x17x16x64xf32>) -> tensor<1x15x14x64xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x15x14x64xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x15x14x64xf32>) -> tensor<1x15x14x64xf32>
  %w = ml_program.global_load_const @w : tensor<3x3x64x64xf32>
  %y = linalg.generic {indexing_maps = [#in, #weights, #out],
      iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%x, %w : tensor<1x17x16x64xf32>, tensor<3x3x64x64xf32>) outs(%f : tensor<1x15x14x64xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<1x15x14x64xf32>
  return %y : tensor<1x15x14x64xf32>
}
