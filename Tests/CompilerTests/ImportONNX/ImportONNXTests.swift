import Foundation
import TesseraConstants
import TesseraDiagnostics
import TesseraFiles
import TesseraFrontEnds
import TesseraMLIR
import Testing

@testable import TesseraImportONNX

/// Imports of small models: the IR that comes out, and the full text of diagnostics.
@Suite struct ImportONNXTests {
  /// The IR of the function of an imported model, without attributes of the arguments.
  private func imported(_ model: TestModel, symbols: [String: Int] = [:]) throws -> String {
    try TestModel.withFile(model.bytes) { path in
      let model = try importONNX(path: path, context: Context(), options: ImportOptions(symbols: symbols))
      return withExtendedLifetime(model.module) { model.module.operation.text() }
    }
  }

  /// The text of the diagnostic that the import of `bytes` ends with.
  private func diagnosis(_ bytes: [UInt8], symbols: [String: Int] = [:]) throws -> String {
    try TestModel.withFile(bytes) { path in
      do {
        _ = try importONNX(path: path, context: Context(), options: ImportOptions(symbols: symbols))
        return "no error"
      } catch { return "\(error)".replacingOccurrences(of: path, with: "model.onnx") }
    }
  }

  @Test func unknownOperatorsAreListedAtOnce() throws {
    let model = TestModel(
      domains: [("com.example", 3)], inputs: [("x", ["2"])],
      nodes: [
        TestNode(operation: "Frobnicate", inputs: ["x"], outputs: ["a"], name: "first"),
        TestNode(operation: "Relu", inputs: ["a"], outputs: ["b"]),
        TestNode(operation: "Frobnicate", inputs: ["b"], outputs: ["c"]),
        TestNode(operation: "Twist", inputs: ["c"], outputs: ["d"], domain: "com.example"),
        TestNode(operation: "Turn", inputs: ["d"], outputs: ["e"], domain: "com.other"),
        TestNode(operation: "Gelu", inputs: ["e"], outputs: ["y"]),
      ], outputs: ["y"])
    #expect(
      try diagnosis(model.bytes) == """
        error: the model uses 4 operators that are not supported, in 5 nodes
          note: Frobnicate (ai.onnx, opset 17): 2 nodes 'first', 'Frobnicate_1'
          note: Twist (com.example, opset 3): node 'Twist_0'
          note: Turn (com.other, whose opset the model does not import): node 'Turn_0'
          note: Gelu (ai.onnx, opset 17; supported from opset 20): node 'Gelu_0'
        """)
  }

  @Test func surveysGoOnBehindWhatIsNotSupported() throws {
    let model = TestModel(
      inputs: [("x", ["2", "3"]), ("w", ["4", "5"]), ("boxes", ["1", "9", "4"]), ("scores", ["1", "1", "9"])],
      nodes: [
        TestNode(operation: "Frobnicate", inputs: ["x"], outputs: ["a"], name: "first"),
        TestNode(operation: "Relu", inputs: ["a"], outputs: ["b"]),
        TestNode(operation: "MatMul", inputs: ["x", "w"], outputs: ["c"]),
        TestNode(operation: "Softmax", inputs: ["x"], outputs: ["d"], integers: [("axis", 7)]),
        TestNode(operation: "Shape", inputs: ["d"], outputs: ["e"]),
        TestNode(operation: "Sub", inputs: ["axis", "axis"], outputs: ["zero"]),
        TestNode(operation: "NonMaxSuppression", inputs: ["boxes", "scores"], outputs: ["y"]),
      ], outputs: ["y"])
    var whole = model
    whole.lists = [("axis", [0])]
    let survey = try TestModel.withFile(whole.bytes) { try surveyONNX(path: $0) }
    #expect(survey.nodeCount == 7 && survey.operatorCount == 7 && survey.skippedCount == 2)
    #expect(
      survey.findings.map { "\($0.kind.rawValue) \($0.operation) \($0.version ?? -1) \($0.node): \($0.reason)" } == [
        "unsupported Frobnicate 17 first: the operator is not supported",
        "invalid MatMul 17 MatMul_0: the MatMul node 'MatMul_0' takes 'x' as f32[2, 3] and 'w' as f32[4, 5]: the inner sizes differ",
        "invalid Softmax 17 Softmax_0: the Softmax node 'Softmax_0' has the axis 7, but its tensor has rank 2",
        "slow NonMaxSuppression 17 NonMaxSuppression_0: boxes are suppressed one after the other",
      ])
  }

  @Test func shapesThatDoNotFitNameTheNode() throws {
    let model = TestModel(
      inputs: [("a", ["2", "3"]), ("b", ["4", "5"])],
      nodes: [TestNode(operation: "MatMul", inputs: ["a", "b"], outputs: ["y"], name: "/layer/MatMul")], outputs: ["y"])
    #expect(
      try diagnosis(model.bytes) == """
        error: the MatMul node '/layer/MatMul' takes 'a' as f32[2, 3] and 'b' as f32[4, 5]: the inner sizes differ
          at: /layer/MatMul
        """)
  }

  @Test func undefinedValuesAndSymbolsAreNamed() throws {
    let model = TestModel(
      inputs: [("x", ["batch", "3"])], nodes: [TestNode(operation: "Add", inputs: ["x", "nothing"], outputs: ["y"])], outputs: ["y"])
    #expect(
      try diagnosis(model.bytes) == """
        error: the Add node 'Add_0' uses 'nothing', which nothing before it defines
          at: Add_0
        """)
    #expect(
      try diagnosis(model.bytes, symbols: ["sequence": 3]) == """
        error: no input of the model has a dimension 'sequence'
          note: its symbolic dimensions are 'batch'
        """)
  }

  /// A graph whose nodes are in no order is the same program; nodes in a circle have no first.
  @Test func nodesArePutInOrder() throws {
    let nodes = [
      TestNode(operation: "Relu", inputs: ["x"], outputs: ["a"], name: "relu"),
      TestNode(operation: "Add", inputs: ["a", "x"], outputs: ["b"], name: "add"),
      TestNode(operation: "Mul", inputs: ["b", "a"], outputs: ["c"], name: "mul"),
      TestNode(operation: "Neg", inputs: ["c"], outputs: ["y"], name: "neg"),
    ]
    func model(_ order: [Int]) -> TestModel { TestModel(inputs: [("x", ["2", "3"])], nodes: order.map { nodes[$0] }, outputs: ["y"]) }
    let expected = try imported(model([0, 1, 2, 3]))
    for order in [[3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 1, 3]] { #expect(try imported(model(order)) == expected, "\(order)") }

    var circle = nodes
    circle[0].inputs = ["c"]
    #expect(
      try diagnosis(TestModel(inputs: [("x", ["2", "3"])], nodes: circle, outputs: ["y"]).bytes)
        == "error: the Add node 'add' uses 'a', which nothing before it defines\n  at: add")
  }

  @Test func cutFilesSayWhere() throws {
    let bytes = TestModel(inputs: [("x", ["2"])], nodes: [TestNode(operation: "Relu", inputs: ["x"], outputs: ["y"])], outputs: ["y"]).bytes
    #expect(
      try diagnosis(Array(bytes.prefix(20))) == """
        error: 'model.onnx' is not a valid ONNX file: field 7 claims 42 bytes, but only 16 are left, in a ModelProto at byte 2
          help: the file may be cut off or damaged; copy or export it again
        """)
    #expect(try diagnosis([]) == "error: 'model.onnx' is empty: expected an ONNX model")
  }

  @Test func deepNestingIsBounded() throws {
    var bytes: [UInt8] = []
    for _ in 0..<5000 {  // a graph in an attribute of a node of a graph ...
      for field in [6, 5, 1] {
        var outer = WireMessage()
        outer.add(field, bytes)
        bytes = outer.bytes
      }
    }
    var model = WireMessage()
    model.add(7, bytes)
    #expect(try diagnosis(model.bytes).contains("nests subgraphs too deep"))
  }

  @Test func shapeArithmeticFolds() throws {
    // Reshape(x, Concat(Shape(x)[0:1], [-1])): static where it can be, and no tensor of sizes anywhere.
    let model = TestModel(
      inputs: [("x", ["batch", "3", "4"])], lists: [("zero", [0]), ("open", [-1])],
      nodes: [
        TestNode(operation: "Shape", inputs: ["x"], outputs: ["shape"]),
        TestNode(operation: "Gather", inputs: ["shape", "zero"], outputs: ["batch"]),
        TestNode(operation: "Concat", inputs: ["batch", "open"], outputs: ["sizes"], integers: [("axis", 0)]),
        TestNode(operation: "Reshape", inputs: ["x", "sizes"], outputs: ["y"], name: "flatten"),
      ], outputs: ["y"])
    let expected = """
      module {
        func.func @main(%arg0: tensor<?x3x4xf32> {tessera.name = "x", tessera.shape = ["batch", "3", "4"]}) \
      -> (tensor<?x12xf32> {tessera.name = "y", tessera.shape = ["batch", "12"]}) {
          %collapsed = tensor.collapse_shape %arg0 [[0], [1, 2]] : tensor<?x3x4xf32> into tensor<?x12xf32>
          return %collapsed : tensor<?x12xf32>
        }
      }

      """
    #expect(try imported(model) == expected)
    #expect(try imported(model, symbols: ["batch": 5]).contains("tensor<5x3x4xf32> into tensor<5x12xf32>"))
  }

  @Test func broadcastIsInTheMaps() throws {
    let model = TestModel(
      inputs: [("a", ["n", "1"]), ("b", ["3"])], nodes: [TestNode(operation: "Add", inputs: ["a", "b"], outputs: ["y"])], outputs: ["y"])
    let text = try imported(model)
    #expect(text.contains("#map = affine_map<(d0, d1) -> (d0, 0)>\n#map1 = affine_map<(d0, d1) -> (d1)>\n"))
    #expect(
      text.contains(
        """
            %1 = linalg.generic {indexing_maps = [#map, #map1, #map2], iterator_types = ["parallel", "parallel"]} \
        ins(%arg0, %arg1 : tensor<?x1xf32>, tensor<3xf32>) outs(%0 : tensor<?x3xf32>) {
            ^bb0(%in: f32, %in_0: f32, %out: f32):
              %2 = arith.addf %in, %in_0 : f32
              linalg.yield %2 : f32
            } -> tensor<?x3xf32>
        """))
  }

  @Test func convolutionHasTheContractsLoops() throws {
    let model = TestModel(
      inputs: [("x", ["1", "4", "8", "8"]), ("w", ["4", "1", "3", "3"])],
      nodes: [TestNode(operation: "Conv", inputs: ["x", "w"], outputs: ["y"], integers: [("group", 4)], lists: [("strides", [2, 2])])],
      outputs: ["y"])
    let text = try imported(model)
    #expect(text.contains("affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1, d2 * 2 + d4, d3 * 2 + d5)>"))
    #expect(text.contains("affine_map<(d0, d1, d2, d3, d4, d5) -> (d1, d4, d5)>"))
    #expect(text.contains("-> tensor<1x4x3x3xf32>"))
  }

  @Test func fileKindIsSeenAtOnce() throws {
    let model = TestModel(inputs: [("x", ["2"])], nodes: [], outputs: ["x"])
    func isModel(_ bytes: [UInt8]) throws -> Bool { try TestModel.withFile(bytes) { isONNX(try FileBytes(path: $0)) } }
    #expect(try isModel(model.bytes))
    #expect(try !isModel(Array("module {\n}\n".utf8)))
    #expect(try !isModel([0x4d, 0x4c, 0xef, 0x52]))
    #expect(try !isModel([]))
  }
}
