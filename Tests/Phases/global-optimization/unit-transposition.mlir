// A transposition that only moves a dimension of size 1 moves no data: it becomes a reshape, which costs nothing.
#id = affine_map<(a, b, c) -> (a, b, c)>
#swapped = affine_map<(a, b, c) -> (b, a, c)>
func.func @unit(%x: tensor<1x32x16xf32>) -> tensor<32x1x16xf32> {
  %empty = tensor.empty() : tensor<32x1x16xf32>
  %t = linalg.generic {indexing_maps = [#swapped, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x : tensor<1x32x16xf32>) outs(%empty : tensor<32x1x16xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } -> tensor<32x1x16xf32>
  return %t : tensor<32x1x16xf32>
}

// EXPECT
// module {
//   func.func @unit(%arg0: tensor<1x32x16xf32>) -> tensor<32x1x16xf32> {
//     %collapsed = tensor.collapse_shape %arg0 [[0, 1], [2]] : tensor<1x32x16xf32> into tensor<32x16xf32>
//     %expanded = tensor.expand_shape %collapsed [[0, 1], [2]] output_shape [32, 1, 16] : tensor<32x16xf32> into tensor<32x1x16xf32>
//     return %expanded : tensor<32x1x16xf32>
//   }
// }
//
