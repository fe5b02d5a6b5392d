// Functions that tests of the C interface and of Python call.
func.func @relu(%x: tensor<1xf32> {tessera.name = "x"}) -> tensor<1xf32> {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %e = tensor.empty() : tensor<1xf32>
  %y = linalg.max ins(%x, %zero : tensor<1xf32>, tensor<1xf32>) outs(%e : tensor<1xf32>) -> tensor<1xf32>
  return %y : tensor<1xf32>
}
func.func @sum(
  %x: tensor<?xf32> {tessera.name = "x", tessera.shape = ["n"]}, %y: tensor<?xf32> {tessera.name = "y", tessera.shape = ["n"]}
) -> (tensor<?xf32> {tessera.name = "z", tessera.shape = ["n"]}) {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?xf32>
  %e = tensor.empty(%n) : tensor<?xf32>
  %s = linalg.add ins(%x, %y : tensor<?xf32>, tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  return %s : tensor<?xf32>
}
func.func @same(%x: tensor<2x2xi32> {tessera.name = "x"}) -> tensor<2x2xi32> {
  return %x : tensor<2x2xi32>
}
func.func @constant() -> tensor<2xf64> {
  %c = arith.constant dense<[1.5, 2.5]> : tensor<2xf64>
  return %c : tensor<2xf64>
}
func.func @halves(%x: tensor<2x3xf16> {tessera.name = "x"}, %y: tensor<2xbf16> {tessera.name = "y"}) -> (tensor<2x3xf16>, tensor<2xbf16>) {
  %e = tensor.empty() : tensor<2x3xf16>
  %s = linalg.add ins(%x, %x : tensor<2x3xf16>, tensor<2x3xf16>) outs(%e : tensor<2x3xf16>) -> tensor<2x3xf16>
  %f = tensor.empty() : tensor<2xbf16>
  %t = linalg.add ins(%y, %y : tensor<2xbf16>, tensor<2xbf16>) outs(%f : tensor<2xbf16>) -> tensor<2xbf16>
  return %s, %t : tensor<2x3xf16>, tensor<2xbf16>
}
// Turns a loop n times: with a large n what a call has to be ended in.
func.func @spin(%n: tensor<i64> {tessera.name = "n"}, %x: tensor<4xf32> {tessera.name = "x"}) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %count = tensor.extract %n[] : tensor<i64>
  %limit = arith.index_cast %count : i64 to index
  %r = scf.for %i = %c0 to %limit step %c1 iter_args(%a = %x) -> (tensor<4xf32>) {
    %e = tensor.empty() : tensor<4xf32>
    %s = linalg.add ins(%a, %x : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    scf.yield %s : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}
