import Foundation

/// Writes protobuf wire format, to make small ONNX models in tests.
struct ProtoWriter {
  private(set) var bytes: [UInt8] = []

  mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func integer(_ field: Int, _ value: Int) {
    varint(UInt64(field) << 3)
    varint(UInt64(bitPattern: Int64(value)))
  }

  mutating func bytes(_ field: Int, _ value: [UInt8]) {
    varint(UInt64(field) << 3 | 2)
    varint(UInt64(value.count))
    bytes += value
  }

  mutating func string(_ field: Int, _ value: String) { bytes(field, Array(value.utf8)) }

  mutating func message(_ field: Int, _ body: (inout ProtoWriter) -> Void) {
    var nested = ProtoWriter()
    body(&nested)
    bytes(field, nested.bytes)
  }
}

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
    var model = ProtoWriter()
    model.integer(1, 8)
    model.message(7) { graph in
      for node in nodes { graph.message(1) { write(node, to: &$0) } }
      graph.string(2, "test")
      for list in lists {
        graph.message(5) {
          $0.integer(1, list.values.count)
          $0.integer(2, 7)
          $0.string(8, list.name)
          $0.bytes(9, list.values.flatMap { value in withUnsafeBytes(of: Int64(value).littleEndian) { Array($0) } })
        }
      }
      for input in inputs { graph.message(11) { write(input.name, input.shape, to: &$0) } }
      for output in outputs { graph.message(12) { $0.string(1, output) } }
    }
    for (domain, version) in [("", opset)] + domains {
      model.message(8) {
        $0.string(1, domain)
        $0.integer(2, version)
      }
    }
    return model.bytes
  }

  private func write(_ node: TestNode, to writer: inout ProtoWriter) {
    for input in node.inputs { writer.string(1, input) }
    for output in node.outputs { writer.string(2, output) }
    if !node.name.isEmpty { writer.string(3, node.name) }
    writer.string(4, node.operation)
    for (name, value) in node.integers {
      writer.message(5) {
        $0.string(1, name)
        $0.integer(3, value)
      }
    }
    for (name, values) in node.lists {
      writer.message(5) {
        $0.string(1, name)
        for value in values { $0.integer(8, value) }
      }
    }
    if !node.domain.isEmpty { writer.string(7, node.domain) }
  }

  private func write(_ name: String, _ shape: [String], to writer: inout ProtoWriter) {
    writer.string(1, name)
    writer.message(2) { type in
      type.message(1) { tensor in
        tensor.integer(1, 1)
        tensor.message(2) { list in
          for size in shape {
            list.message(1) { if let number = Int(size) { $0.integer(1, number) } else { $0.string(2, size) } }
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
