/// A small ONNX model under construction, by the field numbers of the format.
struct ONNXText {
  private var graph = WireMessage()
  private var opset: Int

  init(opset: Int = 17) {
    self.opset = opset
    graph.add(2, "graph")
  }

  /// Adds an input or output: element type 1 is f32, 7 is i64, 8 is a string; a size is a number or a symbol.
  mutating func value(_ name: String, _ shape: [String], type: Int = 1, isOutput: Bool = false) {
    graph.add(isOutput ? 12 : 11) { info in
      info.add(1, name)
      info.add(2) {
        $0.add(1) { tensor in
          tensor.add(1, type)
          tensor.add(2) { dimensions in
            for size in shape { dimensions.add(1) { if let number = Int(size) { $0.add(1, number) } else { $0.add(2, size) } } }
          }
        }
      }
    }
  }

  /// Adds a node.
  mutating func node(
    _ operation: String, _ name: String, _ inputs: [String], _ outputs: [String], domain: String = "",
    attributes: KeyValuePairs<String, String> = [:], graphs: KeyValuePairs<String, ONNXText> = [:]
  ) {
    graph.add(1) { node in
      for input in inputs { node.add(1, input) }
      for output in outputs { node.add(2, output) }
      node.add(3, name)
      node.add(4, operation)
      for (key, value) in attributes {
        node.add(5) {
          $0.add(1, key); $0.add(4, value)
          $0.add(20, 3)
        }
      }
      for (key, value) in graphs {
        node.add(5) {
          $0.add(1, key); $0.add(6, value.graph.bytes)
          $0.add(20, 5)
        }
      }
      if !domain.isEmpty { node.add(7, domain) }
    }
  }

  /// The graph of a branch that gives a tensor from outside.
  static func passing(_ input: String, as output: String, _ shape: [String]) -> ONNXText {
    var text = ONNXText()
    text.node("Identity", "/\(output)", [input], [output])
    text.value(output, shape, isOutput: true)
    return text
  }

  /// Adds an initializer of f32 with its data in another file.
  mutating func external(_ name: String, _ shape: [Int], location: String) {
    graph.add(5) { tensor in
      for size in shape { tensor.add(1, size) }
      tensor.add(2, 1)
      tensor.add(8, name)
      tensor.add(13) {
        $0.add(1, "location"); $0.add(2, location)
      }
      tensor.add(14, 1)
    }
  }

  /// Adds an initializer of f32 with data that need not fit its shape.
  mutating func constant(_ name: String, _ shape: [Int], byteCount: Int) {
    graph.add(5) { tensor in
      for size in shape { tensor.add(1, size) }
      tensor.add(2, 1)
      tensor.add(8, name)
      tensor.add(9, [UInt8](repeating: 0, count: byteCount))
    }
  }

  /// The file.
  var bytes: [UInt8] {
    var model = WireMessage()
    model.add(1, 8)
    model.add(7, graph.bytes)
    model.add(8) {
      $0.add(1, ""); $0.add(2, opset)
    }
    model.add(8) {
      $0.add(1, "com.example"); $0.add(2, 3)
    }
    return model.bytes
  }
}
