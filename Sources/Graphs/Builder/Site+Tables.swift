import TesseraConstants

extension Site {
  /// A constant vector or matrix of the IR.
  package func table(_ numbers: [Float], _ shape: [Int]) -> GraphTensor {
    let tensor = GraphTensor(.f32, shape.map { IndexExpression($0) }, constant: .owned(numbers.withUnsafeBytes { Array($0) }))
    tensor.name = label + "/table"
    return tensor
  }

  /// A constant of a float type that is computed with.
  package func table(_ numbers: [Double], _ shape: [Int], _ type: ElementType) -> GraphTensor {
    guard type == .f64 else { return table(numbers.map { Float($0) }, shape) }
    let tensor = GraphTensor(.f64, shape.map { IndexExpression($0) }, constant: .owned(numbers.withUnsafeBytes { Array($0) }))
    tensor.name = label + "/table"
    return tensor
  }

  package func table(_ numbers: [Int]) -> GraphTensor {
    let tensor = GraphTensor(.i64, [IndexExpression(numbers.count)], constant: .owned(numbers.withUnsafeBytes { Array($0) }))
    tensor.name = label + "/table"
    return tensor
  }
}
