/// A TFLite model of one subgraph that a test writes.
struct TFLiteModel: Sendable {
  struct Tensor: Sendable {
    var name: String
    var shape: [Int32]
    /// The number of its type in the schema.
    var type: Int8 = 0
    var bytes: [UInt8] = []
    var signature: [Int32]?
    /// Scale and zero point.
    var scale: (Float, Int64)?
  }

  struct Operator: Sendable {
    /// The number of its kind in the schema, and the name of a custom one.
    var code: Int32
    var custom: String?
    var version: Int32 = 1
    var inputs: [Int32]
    var outputs: [Int32]
    /// The number of its table of options, and the fields of that.
    var options: (kind: Int8, fields: [Int: FlatValue])?
  }

  var tensors: [Tensor]
  var operators: [Operator]
  var inputs: [Int32]
  var outputs: [Int32]

  /// The file.
  var bytes: [UInt8] {
    let codes = operators.map { node -> [Int: FlatValue] in
      var fields: [Int: FlatValue] = [0: .i8(Int8(min(node.code, 127))), 2: .i32(node.version), 3: .i32(node.code)]
      if let custom = node.custom { fields[1] = .text(custom) }
      return fields
    }
    let tables = tensors.enumerated().map { i, tensor -> [Int: FlatValue] in
      var fields: [Int: FlatValue] = [0: .i32s(tensor.shape), 1: .i8(tensor.type), 2: .u32(UInt32(i + 1)), 3: .text(tensor.name)]
      if let signature = tensor.signature { fields[7] = .i32s(signature) }
      if let (scale, zero) = tensor.scale { fields[4] = .table([2: .f32s([scale]), 3: .i64s([zero])]) }
      return fields
    }
    let nodes = operators.enumerated().map { i, node -> [Int: FlatValue] in
      var fields: [Int: FlatValue] = [0: .u32(UInt32(i)), 1: .i32s(node.inputs), 2: .i32s(node.outputs)]
      if let options = node.options {
        fields[3] = .i8(options.kind)
        fields[4] = .table(options.fields)
      }
      return fields
    }
    let buffers: [[Int: FlatValue]] = [[:]] + tensors.map { $0.bytes.isEmpty ? [:] : [0: .bytes($0.bytes)] }
    let graph: [Int: FlatValue] = [0: .tables(tables), 1: .i32s(inputs), 2: .i32s(outputs), 3: .tables(nodes), 4: .text("main")]
    return FlatValue.table([0: .u32(3), 1: .tables(codes), 2: .tables([graph]), 4: .tables(buffers)]).buffer(identifier: "TFL3")
  }

  /// A network of several kinds of operators: a convolution, a depthwise one of bytes, shape arithmetic, a slice.
  static let sample: TFLiteModel = {
    func floats(_ count: Int) -> [UInt8] {
      (0..<count).flatMap { withUnsafeBytes(of: (Float($0 % 7) - 3).bitPattern.littleEndian, Array.init) }
    }
    func integers(_ list: [Int32]) -> [UInt8] { list.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) } }
    return TFLiteModel(
      tensors: [
        Tensor(name: "x", shape: [1, 6, 6, 2], signature: [-1, 6, 6, 2]), Tensor(name: "w", shape: [3, 3, 3, 2], bytes: floats(54)),
        Tensor(name: "b", shape: [3], bytes: floats(3)), Tensor(name: "conv", shape: [1, 3, 3, 3]),
        Tensor(name: "q", shape: [1, 3, 3, 3], type: 9, scale: (0.5, 3)),
        Tensor(name: "k", shape: [1, 2, 2, 3], type: 9, bytes: Array(1...12), scale: (0.25, 0)),
        Tensor(name: "c", shape: [3], type: 2, bytes: integers([1, -2, 3]), scale: (0.125, 0)),
        Tensor(name: "depthwise", shape: [1, 3, 3, 3], type: 9, scale: (0.75, -4)), Tensor(name: "real", shape: [1, 3, 3, 3]),
        Tensor(name: "shape", shape: [4], type: 2), Tensor(name: "zero", shape: [1], type: 2, bytes: integers([0])),
        Tensor(name: "one", shape: [1], type: 2, bytes: integers([1])), Tensor(name: "batch", shape: [], type: 2),
        Tensor(name: "rest", shape: [], type: 2, bytes: integers([-1])), Tensor(name: "sizes", shape: [2], type: 2),
        Tensor(name: "y", shape: [1, 27]),
      ],
      operators: [
        Operator(code: 3, inputs: [0, 1, 2], outputs: [3], options: (1, [0: .i8(0), 1: .i32(2), 2: .i32(2), 3: .i8(1)])),
        Operator(code: 114, inputs: [3], outputs: [4]),
        Operator(
          code: 4, version: 3, inputs: [4, 5, 6], outputs: [7], options: (2, [0: .i8(0), 1: .i32(1), 2: .i32(1), 3: .i32(1), 4: .i8(3)])),
        Operator(code: 6, version: 2, inputs: [7], outputs: [8]), Operator(code: 77, inputs: [8], outputs: [9]),
        Operator(code: 45, inputs: [9, 10, 11, 11], outputs: [12], options: (32, [4: .i32(1)])),
        Operator(code: 83, inputs: [12, 13], outputs: [14], options: (59, [0: .i32(2)])),
        Operator(code: 22, inputs: [8, 14], outputs: [15]),
      ], inputs: [0], outputs: [15])
  }()
}
