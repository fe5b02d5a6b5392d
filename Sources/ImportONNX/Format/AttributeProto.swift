import TesseraDiagnostics

/// A named attribute of a node. Which of the fields counts is said by `kind`, or by what is there in old files.
struct AttributeProto {
  var name = ""
  /// In a function: the attribute of the call that this one takes its value from.
  var referencedName = ""
  var kind: Int64 = 0
  var float: Float?
  var integer: Int64?
  var string: String?
  /// Boxed: tensors and graphs are large, rare, and recursive.
  var tensor: [TensorProto] = []
  var sparse: [SparseTensorProto] = []
  var graph: [GraphProto] = []
  var floats: [UInt32] = []
  var integers: [Int64] = []
  var strings: [String] = []

  init(_ reader: WireReader) throws(Diagnostic) {
    var reader = reader
    while let field = try reader.next() {
      switch field.number {
      case 1: name = try reader.string(field)
      case 2: float = try reader.float(field)
      case 3: integer = try reader.integer(field)
      case 4: string = try reader.string(field)
      case 5: tensor.append(try TensorProto(reader.nested(field, "TensorProto")))
      case 6: graph.append(try GraphProto(reader.nested(field, "GraphProto")))
      case 7: try reader.appendFixed(field, to: &floats)
      case 8: try reader.appendIntegers(field, to: &integers)
      case 9: strings.append(try reader.string(field))
      case 22: sparse.append(try SparseTensorProto(reader.nested(field, "SparseTensorProto")))
      case 20: kind = try reader.integer(field)
      case 21: referencedName = try reader.string(field)
      default: break
      }
    }
  }
}
