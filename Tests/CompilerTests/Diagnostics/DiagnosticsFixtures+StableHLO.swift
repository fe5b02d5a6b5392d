extension DiagnosticsFixtures {
  /// Files of StableHLO in which something is wrong, by their names.
  static let refusedStableHLO: [(name: String, text: String)] = [
    (
      "unknown-operations.mlir",
      function(
        "%t = stablehlo.create_token : !stablehlo.token",
        "%0:2 = \"stablehlo.infeed\"(%t) : (!stablehlo.token) -> (tensor<4xf32>, !stablehlo.token)",
        "%1 = stablehlo.custom_call @top_secret(%0#0) : (tensor<4xf32>) -> tensor<4xf32>", "return %1 : tensor<4xf32>")
    ),
    ("no-return.mlir", function("%0 = stablehlo.add %x, %x : tensor<4xf32>")),
    ("undefined-value.mlir", function("%0 = stablehlo.add %x, %y : tensor<4xf32>", "return %0 : tensor<4xf32>")),
    ("cut-off.mlir", function("%0 = stablehlo.add %x, %x : tensor<4xf")),
    (
      "wrong-result.mlir",
      function("%0 = stablehlo.add %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<5xf32>", "return %x : tensor<4xf32>")
    ),
    ("wrong-operands.mlir", function("%0 = stablehlo.and %x, %x : tensor<4xf32>", "return %0 : tensor<4xf32>")),
    ("elided.mlir", function("%0 = stablehlo.constant dense_resource<__elided__> : tensor<4xf32>", "return %0 : tensor<4xf32>")),
    (
      "two-devices.mlir",
      "module @m attributes {mhlo.num_partitions = 2 : i32} {\n" + function("%0 = stablehlo.add %x, %x : tensor<4xf32>") + "}\n"
    ),
    (
      "doubled-attribute.mlir",
      "#a0 = [1, 2]\n" + (1...40).map { "#a\($0) = [#a\($0 - 1), #a\($0 - 1)]\n" }.joined()
        + function("%0 = stablehlo.add %x, %x {a = #a40} : tensor<4xf32>")
    ),
    ("impossible-type.mlir", function("%0 = stablehlo.constant dense<> : tensor<2147483648x0x4611686018427387904x2xf32>")),
    ("endless-attribute.mlir", "#a = [#a]\n" + function("%0 = stablehlo.add %x, %x {a = #a} : tensor<4xf32>")),
  ]

  /// A function of one vector, with these lines.
  private static func function(_ lines: String...) -> String {
    "func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {\n\(lines.map { "  \($0)\n" }.joined())}\n"
  }
}
