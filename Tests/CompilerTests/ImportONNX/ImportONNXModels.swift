import Foundation

/// A node of a test model.
struct TestNode {
  var operation: String
  var inputs: [String]
  var outputs: [String]
  var name = ""
  var domain = ""
  var integers: [(String, Int)] = []
  var lists: [(String, [Int])] = []
}

/// A model of f32 inputs (a size is a number or a symbol), i64 lists as initializers, and nodes.
struct TestModel {
  var opset = 17
  var domains: [(String, Int)] = []
  var inputs: [(name: String, shape: [String])]
  var lists: [(name: String, values: [Int])] = []
  var nodes: [TestNode]
  var outputs: [String]

  /// The bytes of the file.
  var bytes: [UInt8] {
    var model = WireMessage()
    model.add(1, 8)
    model.add(7) { graph in
      for node in nodes { graph.add(1) { write(node, to: &$0) } }
      graph.add(2, "test")
      for list in lists {
        graph.add(5) {
          $0.add(1, list.values.count)
          $0.add(2, 7)
          $0.add(8, list.name)
          $0.add(9, list.values.flatMap { value in withUnsafeBytes(of: Int64(value).littleEndian) { Array($0) } })
        }
      }
      for input in inputs { graph.add(11) { write(input.name, input.shape, to: &$0) } }
      for output in outputs { graph.add(12) { $0.add(1, output) } }
    }
    for (domain, version) in [("", opset)] + domains {
      model.add(8) {
        $0.add(1, domain)
        $0.add(2, version)
      }
    }
    return model.bytes
  }

  private func write(_ node: TestNode, to writer: inout WireMessage) {
    for input in node.inputs { writer.add(1, input) }
    for output in node.outputs { writer.add(2, output) }
    if !node.name.isEmpty { writer.add(3, node.name) }
    writer.add(4, node.operation)
    for (name, value) in node.integers {
      writer.add(5) {
        $0.add(1, name)
        $0.add(3, value)
      }
    }
    for (name, values) in node.lists {
      writer.add(5) {
        $0.add(1, name)
        for value in values { $0.add(8, value) }
      }
    }
    if !node.domain.isEmpty { writer.add(7, node.domain) }
  }

  private func write(_ name: String, _ shape: [String], to writer: inout WireMessage) {
    writer.add(1, name)
    writer.add(2) { type in
      type.add(1) { tensor in
        tensor.add(1, 1)
        tensor.add(2) { list in
          for size in shape {
            list.add(1) { if let number = Int(size) { $0.add(1, number) } else { $0.add(2, size) } }
          }
        }
      }
    }
  }

  /// Calls `body` with the path of a temporary file that holds `bytes`.
  static func withFile<R>(_ bytes: [UInt8], _ body: (String) throws -> R) throws -> R {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).onnx").path
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }
}
