import TesseraConstants
import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// One node under import, as the lowering of its operator sees it.
struct Node: OperandSite {
  let graph: GraphBuilder
  let walker: GraphWalker
  let proto: NodeProto
  /// The version of the operator set of the node's domain.
  let opset: Int
  /// The node's name, or `<op_type>_<index>`.
  let label: String
  /// The inputs in order; `nil` where an optional one is left out.
  let inputs: [GraphTensor?]

  var operation: String { proto.operation }
  /// How many results the model uses or names.
  var outputCount: Int { proto.outputs.count }
  /// `true` iff output `i` has a name.
  func hasOutput(_ i: Int) -> Bool { i < proto.outputs.count && !proto.outputs[i].isEmpty }

  // MARK: inputs

  /// `true` iff input `i` is there, and its elements are not known now.
  func isComputed(_ i: Int) -> Bool {
    guard let tensor = optionalInput(i) else { return false }
    return tensor.host?.known == nil && tensor.knownCount != 0
  }

  /// The elements of input `i`, which must be constant.
  func knownNumbers(_ i: Int) throws(Diagnostic) -> [Double] {
    let tensor = try input(i)
    guard let known = tensor.knownNumbers else { throw .mustBeConstant(self, tensor) }
    return known
  }

  // MARK: attributes

  private func attribute(_ name: String) -> AttributeProto? { proto.attributes.first { $0.name == name } }

  func integer(_ name: String, default value: Int) -> Int { attribute(name)?.integer.map(Int.init) ?? value }
  func integer(_ name: String) -> Int? { attribute(name)?.integer.map(Int.init) }
  func flag(_ name: String) -> Bool { integer(name, default: 0) != 0 }
  func float(_ name: String, default value: Double) -> Double { attribute(name)?.float.map(Double.init) ?? value }
  func string(_ name: String, default value: String) -> String { attribute(name)?.string ?? value }
  func integers(_ name: String) -> [Int]? { attribute(name)?.integers.map(Int.init) }
  func floats(_ name: String) -> [Float]? { attribute(name)?.floats.map(Float.init(bitPattern:)) }
  func strings(_ name: String) -> [String]? { attribute(name)?.strings }
  func tensor(_ name: String) -> TensorProto? { attribute(name)?.tensor.first }
  func sparseTensor(_ name: String) -> SparseTensorProto? { attribute(name)?.sparse.first }
  func subgraph(_ name: String) -> GraphProto? { attribute(name)?.graph.first }
  /// `true` iff the attribute is given.
  func hasAttribute(_ name: String) -> Bool { attribute(name) != nil }

  /// The integers of attribute `name` as a list of `count` numbers within `bounds`, all `value` if it is not given.
  func integers(_ name: String, count: Int, default value: Int, in bounds: ClosedRange<Int>) throws(Diagnostic) -> [Int] {
    guard let list = integers(name), !list.isEmpty else { return Array(repeating: value, count: count) }
    guard list.count == count, list.allSatisfy(bounds.contains) else {
      throw .invalidAttribute(self, name, "\(list)", expected: "\(count) numbers from \(bounds.lowerBound) to \(bounds.upperBound)")
    }
    return list
  }
}
