// A slice becomes a generic over the slice, whose indices are linear in the loops: the code generator sees contiguous reads.
func.func @slice(%x: tensor<?x16xf32>, %first: index, %rows: index) -> tensor<?x8xf32> {
  %r = tensor.extract_slice %x[%first, 4] [%rows, 8] [1, 1] : tensor<?x16xf32> to tensor<?x8xf32>
  return %r : tensor<?x8xf32>
}

// EXPECT
// #map = affine_map<(d0, d1) -> (d0, d1)>
// module {
//   func.func @slice(%arg0: tensor<?x16xf32>, %arg1: index, %arg2: index) -> tensor<?x8xf32> {
//     %c-1 = arith.constant -1 : index
//     %c1 = arith.constant 1 : index
//     %c4 = arith.constant 4 : index
//     %c0 = arith.constant 0 : index
//     %dim = tensor.dim %arg0, %c0 : tensor<?x16xf32>
//     %0 = arith.subi %arg2, %c1 : index
//     %1 = arith.addi %0, %arg1 : index
//     %2 = arith.cmpi ult, %1, %dim : index
//     %3 = arith.cmpi ult, %arg1, %dim : index
//     %4 = arith.andi %2, %3 : i1
//     %5 = arith.cmpi ule, %arg2, %dim : index
//     %6 = arith.andi %4, %5 : i1
//     %7 = arith.cmpi eq, %arg2, %c0 : index
//     %8 = arith.ori %6, %7 : i1
//     cf.assert %8, "operator 'slice.mlir:3:8': the slice of dimension 0 must lie inside of the tensor"
//     %9 = tensor.empty(%arg2) : tensor<?x8xf32>
//     %10 = arith.select %7, %c0, %arg1 : index
//     %11 = arith.cmpi sge, %10, %c0 : index
//     cf.assert %11, "operator 'slice.mlir:3:8': it reads before the first element of an operand"
//     %12 = arith.addi %arg2, %arg1 overflow<nsw> : index
//     %13 = arith.addi %12, %c-1 overflow<nsw> : index
//     %14 = arith.select %7, %c-1, %13 : index
//     %15 = arith.cmpi slt, %14, %dim : index
//     cf.assert %15, "operator 'slice.mlir:3:8': it reads behind the last element of an operand"
//     %16 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel"]} outs(%9 : tensor<?x8xf32>) {
//     ^bb0(%out: f32):
//       %17 = linalg.index 0 : index
//       %18 = linalg.index 1 : index
//       %19 = arith.addi %17, %arg1 : index
//       %20 = arith.addi %18, %c4 : index
//       %extracted = tensor.extract %arg0[%19, %20] : tensor<?x16xf32>
//       linalg.yield %extracted : f32
//     } -> tensor<?x8xf32>
//     return %16 : tensor<?x8xf32>
//   }
// }
//
