// Scores, softmax and weighted sums are one dispatch: its kernel runs the three nests for a few rows at a time.
#scores = affine_map<(h, q, k, d) -> (h, q, k)>
#query = affine_map<(h, q, k, d) -> (h, q, d)>
#key = affine_map<(h, q, k, d) -> (h, k, d)>
#all = affine_map<(h, q, k) -> (h, q, k)>
#row = affine_map<(h, q, k) -> (h, q)>
func.func @attention(%q: tensor<4x48x32xf32>, %k: tensor<4x64x32xf32>, %v: tensor<4x32x64xf32>) -> tensor<4x48x32xf32> {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<4x48x64xf32>
  %r = tensor.empty() : tensor<4x48xf32>
  %o = tensor.empty() : tensor<4x48x32xf32>
  %f0 = linalg.generic {indexing_maps = [affine_map<(a, b, c) -> ()>, #all], iterator_types = ["parallel", "parallel", "parallel"]} ins(%zero : f32) outs(%e : tensor<4x48x64xf32>) {
  ^bb0(%a: f32, %x: f32):
    linalg.yield %a : f32
  } -> tensor<4x48x64xf32>
  %f1 = linalg.generic {indexing_maps = [affine_map<(a, b) -> ()>, affine_map<(a, b) -> (a, b)>], iterator_types = ["parallel", "parallel"]} ins(%low : f32) outs(%r : tensor<4x48xf32>) {
  ^bb0(%a: f32, %x: f32):
    linalg.yield %a : f32
  } -> tensor<4x48xf32>
  %f2 = linalg.generic {indexing_maps = [affine_map<(a, b) -> ()>, affine_map<(a, b) -> (a, b)>], iterator_types = ["parallel", "parallel"]} ins(%zero : f32) outs(%r : tensor<4x48xf32>) {
  ^bb0(%a: f32, %x: f32):
    linalg.yield %a : f32
  } -> tensor<4x48xf32>
  %f3 = linalg.generic {indexing_maps = [affine_map<(a, b, c) -> ()>, #all], iterator_types = ["parallel", "parallel", "parallel"]} ins(%zero : f32) outs(%o : tensor<4x48x32xf32>) {
  ^bb0(%a: f32, %x: f32):
    linalg.yield %a : f32
  } -> tensor<4x48x32xf32>
  %s = linalg.generic {indexing_maps = [#query, #key, #scores], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%q, %k : tensor<4x48x32xf32>, tensor<4x64x32xf32>) outs(%f0 : tensor<4x48x64xf32>) {
  ^bb0(%a: f32, %b: f32, %x: f32):
    %p = arith.mulf %a, %b : f32
    %t = arith.addf %x, %p : f32
    linalg.yield %t : f32
  } -> tensor<4x48x64xf32>
  %m = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%s : tensor<4x48x64xf32>) outs(%f1 : tensor<4x48xf32>) {
  ^bb0(%a: f32, %x: f32):
    %t = arith.maxnumf %x, %a : f32
    linalg.yield %t : f32
  } -> tensor<4x48xf32>
  %w = linalg.generic {indexing_maps = [#all, #row, #all], iterator_types = ["parallel", "parallel", "parallel"]} ins(%s, %m : tensor<4x48x64xf32>, tensor<4x48xf32>) outs(%e : tensor<4x48x64xf32>) {
  ^bb0(%a: f32, %b: f32, %x: f32):
    %p = arith.subf %a, %b : f32
    %t = math.exp %p : f32
    linalg.yield %t : f32
  } -> tensor<4x48x64xf32>
  %n = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%w : tensor<4x48x64xf32>) outs(%f2 : tensor<4x48xf32>) {
  ^bb0(%a: f32, %x: f32):
    %t = arith.addf %x, %a : f32
    linalg.yield %t : f32
  } -> tensor<4x48xf32>
  %c = linalg.generic {indexing_maps = [#all, #row, #all], iterator_types = ["parallel", "parallel", "parallel"]} ins(%w, %n : tensor<4x48x64xf32>, tensor<4x48xf32>) outs(%e : tensor<4x48x64xf32>) {
  ^bb0(%a: f32, %b: f32, %x: f32):
    %t = arith.divf %a, %b : f32
    linalg.yield %t : f32
  } -> tensor<4x48x64xf32>
  %y = linalg.generic {indexing_maps = [#query, affine_map<(h, q, k, d) -> (h, k, d)>, #scores], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%c, %v : tensor<4x48x64xf32>, tensor<4x32x64xf32>) outs(%f3 : tensor<4x48x32xf32>) {
  ^bb0(%a: f32, %b: f32, %x: f32):
    %p = arith.mulf %a, %b : f32
    %t = arith.addf %x, %p : f32
    linalg.yield %t : f32
  } -> tensor<4x48x32xf32>
  return %y : tensor<4x48x32xf32>
}
// EXPECT
// #map = affine_map<(d0, d1, d2) -> ()>
// #map1 = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// #map2 = affine_map<(d0, d1) -> ()>
// #map3 = affine_map<(d0, d1) -> (d0, d1)>
// #map4 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>
// #map5 = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
// #map6 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>
// #map7 = affine_map<(d0, d1, d2) -> (d0, d1)>
// module {
//   func.func @attention(%arg0: tensor<4x48x32xf32>, %arg1: tensor<4x64x32xf32>, %arg2: tensor<4x32x64xf32>) -> tensor<4x48x32xf32> {
//     %0 = "flow.dispatch"(%arg0, %arg1, %arg2) {executable = @dispatch_0} : (tensor<4x48x32xf32>, tensor<4x64x32xf32>, tensor<4x32x64xf32>) -> tensor<4x48x32xf32>
//     return %0 : tensor<4x48x32xf32>
//   }
//   func.func private @dispatch_0(%arg0: tensor<4x48x32xf32>, %arg1: tensor<4x64x32xf32>, %arg2: tensor<4x32x64xf32>) -> tensor<4x48x32xf32> attributes {flow.executable, flow.name = "attention_4x48x64x32_f32", flow.operand_dims = array<i64>, flow.result_dims = array<i64>} {
//     %cst = arith.constant 0xFF800000 : f32
//     %cst_0 = arith.constant 0.000000e+00 : f32
//     %0 = tensor.empty() : tensor<4x48x64xf32>
//     %1 = tensor.empty() : tensor<4x48xf32>
//     %2 = tensor.empty() : tensor<4x48x32xf32>
//     %3 = linalg.generic {indexing_maps = [#map, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%cst_0 : f32) outs(%0 : tensor<4x48x64xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<4x48x64xf32>
//     %4 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "parallel"]} ins(%cst : f32) outs(%1 : tensor<4x48xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<4x48xf32>
//     %5 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "parallel"]} ins(%cst_0 : f32) outs(%1 : tensor<4x48xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<4x48xf32>
//     %6 = linalg.generic {indexing_maps = [#map, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%cst_0 : f32) outs(%2 : tensor<4x48x32xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       linalg.yield %in : f32
//     } -> tensor<4x48x32xf32>
//     %7 = linalg.generic {indexing_maps = [#map4, #map5, #map6], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%arg0, %arg1 : tensor<4x48x32xf32>, tensor<4x64x32xf32>) outs(%3 : tensor<4x48x64xf32>) {
//     ^bb0(%in: f32, %in_1: f32, %out: f32):
//       %13 = arith.mulf %in, %in_1 : f32
//       %14 = arith.addf %out, %13 : f32
//       linalg.yield %14 : f32
//     } -> tensor<4x48x64xf32>
//     %8 = linalg.generic {indexing_maps = [#map1, #map7], iterator_types = ["parallel", "parallel", "reduction"]} ins(%7 : tensor<4x48x64xf32>) outs(%4 : tensor<4x48xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       %13 = arith.maxnumf %out, %in : f32
//       linalg.yield %13 : f32
//     } -> tensor<4x48xf32>
//     %9 = linalg.generic {indexing_maps = [#map1, #map7, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%7, %8 : tensor<4x48x64xf32>, tensor<4x48xf32>) outs(%0 : tensor<4x48x64xf32>) {
//     ^bb0(%in: f32, %in_1: f32, %out: f32):
//       %13 = arith.subf %in, %in_1 : f32
//       %14 = math.exp %13 : f32
//       linalg.yield %14 : f32
//     } -> tensor<4x48x64xf32>
//     %10 = linalg.generic {indexing_maps = [#map1, #map7], iterator_types = ["parallel", "parallel", "reduction"]} ins(%9 : tensor<4x48x64xf32>) outs(%5 : tensor<4x48xf32>) {
//     ^bb0(%in: f32, %out: f32):
//       %13 = arith.addf %out, %in : f32
//       linalg.yield %13 : f32
//     } -> tensor<4x48xf32>
//     %11 = linalg.generic {indexing_maps = [#map1, #map7, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%9, %10 : tensor<4x48x64xf32>, tensor<4x48xf32>) outs(%0 : tensor<4x48x64xf32>) {
//     ^bb0(%in: f32, %in_1: f32, %out: f32):
//       %13 = arith.divf %in, %in_1 : f32
//       linalg.yield %13 : f32
//     } -> tensor<4x48x64xf32>
//     %12 = linalg.generic {indexing_maps = [#map4, #map5, #map6], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%11, %arg2 : tensor<4x48x64xf32>, tensor<4x32x64xf32>) outs(%6 : tensor<4x48x32xf32>) {
//     ^bb0(%in: f32, %in_1: f32, %out: f32):
//       %13 = arith.mulf %in, %in_1 : f32
//       %14 = arith.addf %out, %13 : f32
//       linalg.yield %14 : f32
//     } -> tensor<4x48x32xf32>
//     return %12 : tensor<4x48x32xf32>
//   }
// }
//
