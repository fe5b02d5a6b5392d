import TesseraDiagnostics

// The ONNX schema as plain structs, written from the field numbers of onnx.proto. A field that the importer does not use is skipped.

/// A model: a graph and the operator sets that its nodes are of.
struct ModelProto {
  var irVersion: Int64 = 0
  var producer = ""
  var opsets: [OperatorSetProto] = []
  var graph: GraphProto?
  var functions: [FunctionProto] = []

  init(_ reader: WireReader) throws(Diagnostic) {
    var reader = reader
    while let field = try reader.next() {
      switch field.number {
      case 1: irVersion = try reader.integer(field)
      case 2: producer = try reader.string(field)
      case 7: graph = try GraphProto(reader.nested(field, "GraphProto"))
      case 8: opsets.append(try OperatorSetProto(reader.nested(field, "OperatorSetIdProto")))
      case 25: functions.append(try FunctionProto(reader.nested(field, "FunctionProto")))
      default: break
      }
    }
  }
}

/// The version of an operator domain that a model uses.
struct OperatorSetProto {
  var domain = ""
  var version: Int64 = 0

  init(_ reader: WireReader) throws(Diagnostic) {
    var reader = reader
    while let field = try reader.next() {
      switch field.number {
      case 1: domain = try reader.string(field)
      case 2: version = try reader.integer(field)
      default: break
      }
    }
  }
}

/// A graph: nodes in topological order, with the weights, inputs and outputs.
struct GraphProto {
  var name = ""
  var nodes: [NodeProto] = []
  var initializers: [TensorProto] = []
  var sparseInitializers: [SparseTensorProto] = []
  var inputs: [ValueInfoProto] = []
  var outputs: [ValueInfoProto] = []
  /// What the file tells about values in between.
  var values: [ValueInfoProto] = []

  init(_ reader: WireReader) throws(Diagnostic) {
    var reader = reader
    while let field = try reader.next() {
      switch field.number {
      case 1: nodes.append(try NodeProto(reader.nested(field, "NodeProto")))
      case 2: name = try reader.string(field)
      case 5: initializers.append(try TensorProto(reader.nested(field, "TensorProto")))
      case 11: inputs.append(try ValueInfoProto(reader.nested(field, "ValueInfoProto")))
      case 12: outputs.append(try ValueInfoProto(reader.nested(field, "ValueInfoProto")))
      case 13: values.append(try ValueInfoProto(reader.nested(field, "ValueInfoProto")))
      case 15: sparseInitializers.append(try SparseTensorProto(reader.nested(field, "SparseTensorProto")))
      default: break
      }
    }
  }
}

/// One application of an operator.
struct NodeProto {
  var inputs: [String] = []
  var outputs: [String] = []
  var name = ""
  var operation = ""
  var domain = ""
  var overload = ""
  var attributes: [AttributeProto] = []

  init(_ reader: WireReader) throws(Diagnostic) {
    var reader = reader
    while let field = try reader.next() {
      switch field.number {
      case 1: inputs.append(try reader.string(field))
      case 2: outputs.append(try reader.string(field))
      case 3: name = try reader.string(field)
      case 4: operation = try reader.string(field)
      case 5: attributes.append(try AttributeProto(reader.nested(field, "AttributeProto")))
      case 7: domain = try reader.string(field)
      case 8: overload = try reader.string(field)
      default: break
      }
    }
  }
}

/// A function that the model defines itself: a named list of nodes, expanded where it is called.
struct FunctionProto {
  var name = ""
  var domain = ""
  var overload = ""
  var inputs: [String] = []
  var outputs: [String] = []
  var attributes: [String] = []
  var attributeDefaults: [AttributeProto] = []
  var nodes: [NodeProto] = []
  var opsets: [OperatorSetProto] = []

  init(_ reader: WireReader) throws(Diagnostic) {
    var reader = reader
    while let field = try reader.next() {
      switch field.number {
      case 1: name = try reader.string(field)
      case 4: inputs.append(try reader.string(field))
      case 5: outputs.append(try reader.string(field))
      case 6: attributes.append(try reader.string(field))
      case 7: nodes.append(try NodeProto(reader.nested(field, "NodeProto")))
      case 9: opsets.append(try OperatorSetProto(reader.nested(field, "OperatorSetIdProto")))
      case 10: domain = try reader.string(field)
      case 11: attributeDefaults.append(try AttributeProto(reader.nested(field, "AttributeProto")))
      case 13: overload = try reader.string(field)
      default: break
      }
    }
  }
}
