func.func @softmax(%x: tensor<?x384xf32>) -> tensor<?x384xf32> {
  %c0 = arith.constant 0 : index
  %rows = tensor.dim %x, %c0 : tensor<?x384xf32>
  %empty = tensor.empty(%rows) : tensor<?x384xf32>
  %y = linalg.softmax dimension(1) ins(%x : tensor<?x384xf32>) outs(%empty : tensor<?x384xf32>) -> tensor<?x384xf32>
  return %y : tensor<?x384xf32>
}
