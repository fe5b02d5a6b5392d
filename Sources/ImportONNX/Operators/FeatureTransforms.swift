import TesseraConstants
import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

// Operators of ai.onnx.ml that rearrange, replace and encode features.

/// `ArrayFeatureExtractor`: the elements at some places of the last dimension.
let lowerArrayFeatureExtractor: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit), places = try node.input(1)
  guard places.elementType.isInteger else { throw .wrongType(node, places, expected: "integers") }
  let graph = node.graph
  let rows = x.rank == 1 ? graph.reshape(x, to: [.one] + x.shape) : x
  return [graph.gather(rows, graph.reshape(places, to: [places.shape.product]), axis: rows.rank - 1)]
}

/// `FeatureVectorizer`: rows of features of all inputs one after the other, each cut or filled with zeros to the width that is listed for it.
let lowerFeatureVectorizer: Lowering = { node throws(Diagnostic) in
  let widths = node.integers("inputdimensions") ?? []
  guard widths.count == node.inputs.count, !widths.isEmpty, widths.allSatisfy({ (0...Windows.limit).contains($0) }) else {
    throw .invalidAttribute(node, "inputdimensions", "\(widths)", expected: "a size for each input")
  }
  var parts: [GraphTensor] = []
  for (i, width) in widths.enumerated() {
    let x = try node.with(inputs: [node.input(i)]).features()
    let part = node.graph.pad(x, begins: [.zero, .zero], shape: [x.shape[0], IndexExpression(width)]) { Scalars($0, .f32).constant(0) }
    part.name = try node.input(i).name
    parts.append(part)
  }
  return [try node.concatenation(parts, 1)]
}

/// `Imputer`: a value, or one for each feature, in the place of what is missing.
let lowerImputer: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...2)
  let isFloat = x.elementType.isFloat
  let values = isFloat ? node.floats("imputed_value_floats") ?? [] : []
  let integers = isFloat ? [] : node.integers("imputed_value_int64s") ?? []
  let count = isFloat ? values.count : integers.count
  guard x.elementType == .f32 || x.elementType == .i64,
    count == 1 || node.graph.unify(x.shape[x.rank - 1], IndexExpression(count), "the features of '\(x.name)' and the values") != nil
  else {
    throw .invalidAttribute(node, "imputed values", "\(count) numbers for \(x.description)", expected: "one of its type, or one a feature")
  }
  let replaced = node.float("replaced_value_float", default: 0), number = node.integer("replaced_value_int64", default: 0)
  let list = isFloat ? node.table(values, [count]) : node.table(integers)
  let operand = count == 1 ? Operand(node.graph.reshape(list, to: []), []) : Operand(list, [x.rank - 1])
  return [
    node.graph.map([Operand(x, x.shape.indices.map { $0 }), operand], shape: x.shape, x.elementType) { b, e in
      let s = Scalars(b, x.elementType)
      let isMissing: Value
      if isFloat, replaced.isNaN {
        isMissing = b.isNaN(e[0])
      } else {
        isMissing = s.compare(.equal, e[0], isFloat ? s.constant(replaced) : b.constant64(number))
      }
      return s.select(isMissing, e[1], e[0])
    }
  ]
}

/// `OneHotEncoder`: 1 for the category that an element is. Without `zeros` an element of no category stops the call.
let lowerOneHotEncoder: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  let graph = node.graph
  let categories: [Int], places: GraphTensor
  if x.elementType == .string, let names = try node.texts("cats_strings"), !names.isEmpty {
    places = graph.find(x, in: node.table(names))
    categories = Array(names.indices)
  } else if let numbers = node.integers("cats_int64s"), !numbers.isEmpty, x.elementType != .bool, x.elementType != .string {
    places = graph.convert(x, to: .i64)
    categories = numbers
  } else {
    throw .wrongType(node, x, expected: "what its categories are: strings or numbers")
  }
  let all: [Int?] = x.shape.indices.map { $0 }
  let shape = x.shape + [IndexExpression(categories.count)]
  let list = Operand(node.table(categories), [categories.count == 1 ? nil : x.rank])
  let result = graph.map([Operand(places, all), list], shape: shape, .f32) { b, e in
    let s = Scalars(b, .f32)
    return s.select(b.compare(.equal, e[0], e[1]), s.constant(1), s.constant(0))
  }
  if node.integer("zeros", default: 1) == 0 {
    let axes = Array(shape.indices)
    let found = graph.reduceAxes(result, axes, .f32, initial: 0, combine: { $0.add($1, $2) })
    let count = graph.builder.element(graph.value(graph.convert(found, to: .i64)), [])
    graph.require(
      graph.compare(.equal, graph.builder.asIndex(count), graph.index(x.shape.product)),
      "'\(node.label)' takes an unknown category")
  }
  return [result]
}

/// `ZipMap`: a list of maps from classes to numbers, for which its operand stands: a row for each map, a column for each class.
let lowerZipMap: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...2)
  let names = node.strings("classlabels_strings") ?? (node.integers("classlabels_int64s") ?? []).map(String.init)
  if let columns = x.shape[x.rank - 1].known, !names.isEmpty, columns != names.count {
    throw .invalidAttribute(node, "classlabels", "\(names.count) labels", expected: "\(columns), one for each column of '\(x.name)'")
  }
  let shown = names.prefix(8).joined(separator: ", ") + (names.count > 8 ? " ..." : "")
  node.graph.notes.append(
    "the ZipMap node '\(node.label)' gives a list of maps, for which its tensor stands: a row for each map, a column for each of \(shown)")
  return [x]
}
