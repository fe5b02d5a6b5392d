import TesseraConstants

extension Site {
  /// A constant vector or matrix of the IR.
  package func table(_ numbers: [Float], _ shape: [Int]) -> GraphTensor { table(of: .f32, numbers, shape) }

  /// A constant of a float type that is computed with.
  package func table(_ numbers: [Double], _ shape: [Int], _ type: ElementType) -> GraphTensor {
    type == .f64 ? table(of: .f64, numbers, shape) : table(numbers.map { Float($0) }, shape)
  }

  /// A constant vector of i64.
  package func table(_ numbers: [Int]) -> GraphTensor { table(of: .i64, numbers, [numbers.count]) }

  private func table<Number>(of type: ElementType, _ numbers: [Number], _ shape: [Int]) -> GraphTensor {
    let bytes = numbers.withUnsafeBytes { Array($0) }
    return GraphTensor(name: label + "/table", type, shape.map { IndexExpression($0) }, constant: .owned(bytes))
  }
}
