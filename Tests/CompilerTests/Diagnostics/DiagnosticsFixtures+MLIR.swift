extension DiagnosticsFixtures {
  /// MLIR that is too much for a parser, or that no program on tensors has, by the names of the files.
  static let refusedMLIR: [(name: String, text: String)] = [
    ("brackets.mlir", "module attributes {a.b = \(nested("[", "]", 20_000))} {}\n"),
    ("regions.mlir", nested("\"a.b\"() ({\n", "\n}) : () -> ()", 20_000)),
    ("signs.mlir", "#m = affine_map<(i) -> (\(String(repeating: "-", count: 50_000))i)>\n"),
    ("digits.mlir", "module attributes {a.b = \(String(repeating: "9", count: 100_000))} {}\n"),
    (
      "doubled.mlir",
      "#a0 = [1, 2]\n" + (1...40).map { "#a\($0) = [#a\($0 - 1), #a\($0 - 1)]\n" }.joined() + "module attributes {a.b = #a40} {}\n"
    ),
    ("chained.mlir", "#a0 = [1]\n" + (1...2_000).map { "#a\($0) = [#a\($0 - 1)]\n" }.joined() + "module attributes {a.b = #a2000} {}\n"),
    (
      "foreign.mlir",
      """
      func.func @f(%x: tensor<4xf32>, %c: i1) -> tensor<4xf32> {
        %m = memref.alloc() : memref<4xf32>
        %y = "shiny.twist"(%x) ({
          %z = "shiny.turn"(%x) : (tensor<4xf32>) -> tensor<4xf32>
          "shiny.done"(%z) : (tensor<4xf32>) -> ()
        }) : (tensor<4xf32>) -> tensor<4xf32>
        %w = "shiny.twist"(%y) : (tensor<4xf32>) -> tensor<4xf32>
        %t = async.execute {
          async.yield
        }
        return %w : tensor<4xf32>
      }

      """
    ),
    (
      "body.mlir",
      """
      func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
        %e = tensor.empty() : tensor<4xf32>
        %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
          ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) {
        ^bb0(%a: f32, %b: f32):
          %i = linalg.index 0 : index
          %t = tensor.from_elements %a, %a, %a, %a : tensor<4xf32>
          %q = tensor.extract %t[%i] : tensor<4xf32>
          linalg.yield %q : f32
        } -> tensor<4xf32>
        return %r : tensor<4xf32>
      }

      """
    ),
    (
      "region.mlir",
      """
      func.func private @g(%x: tensor<4xf32>) -> tensor<4xf32> {
        %y = "shiny.twist"(%x) ({
          "shiny.done"() : () -> ()
        }) : (tensor<4xf32>) -> tensor<4xf32>
        return %y : tensor<4xf32>
      }
      func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
        %y = call @g(%x) : (tensor<4xf32>) -> tensor<4xf32>
        return %y : tensor<4xf32>
      }

      """
    ),
    ("types.mlir", "func.func @f(%x: tensor<4xf32, #shiny.layout>, %y: !shiny.thing, %z: vector<4xf32>) {\n  return\n}\n"),
    (
      "numbers.mlir",
      """
      func.func @f(%x: tensor<f128>, %y: tensor<4xcomplex<f8E4M3FN>>, %z: tensor<i64>) -> tensor<i64> {
        %a = tensor.extract %z[] : tensor<i64>
        %b = arith.extsi %a : i64 to i128
        %c = arith.trunci %b : i128 to i64
        %r = tensor.from_elements %c : tensor<i64>
        return %r : tensor<i64>
      }

      """
    ),
    (
      "endless.mlir",
      """
      func.func @even(%n: tensor<i64>) -> tensor<i64> {
        %r = call @odd(%n) : (tensor<i64>) -> tensor<i64>
        return %r : tensor<i64>
      }
      func.func private @odd(%n: tensor<i64>) -> tensor<i64> {
        %r = call @even(%n) : (tensor<i64>) -> tensor<i64>
        return %r : tensor<i64>
      }

      """
    ),
    (
      "declared.mlir",
      """
      func.func private @elsewhere(tensor<4xf32>) -> tensor<4xf32>
      func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
        %y = call @elsewhere(%x) : (tensor<4xf32>) -> tensor<4xf32>
        return %y : tensor<4xf32>
      }

      """
    ),
    ("inner.mlir", "module {\n  module @inner {\n    func.func @f() {\n      return\n    }\n  }\n}\n"),
  ]

  private static func nested(_ open: String, _ close: String, _ depth: Int) -> String {
    String(repeating: open, count: depth) + String(repeating: close, count: depth)
  }
}
