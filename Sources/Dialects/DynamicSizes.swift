public import TesseraMLIR

/// The dynamic sizes of an executable's operands or results: for each tensor and axis the number of the scalar operand that is the size.
///
///     flow.operand_dims = [0, 1, 0]    // of tensor<?x?xf32>, tensor<4x?xf32>: scalars 0 and 1 for the first, 0 for the second
public struct DynamicSizes {
  /// The size of a tensor along an axis.
  public enum Size: Hashable, Sendable {
    case fixed(Int)
    /// The number of the scalar operand that is the size.
    case scalar(Int)
  }

  /// The types of the tensors.
  private let types: [Type]
  /// The scalars of all dynamic dimensions, tensor by tensor.
  private let scalars: [Int]
  /// The position in `scalars` of the first dynamic dimension of each tensor.
  private let starts: [Int]

  /// Creates the sizes of tensors of `types`, whose dynamic dimensions are `scalars`, in order.
  public init(_ types: [Type], scalars: [Int]) {
    self.types = types
    self.scalars = scalars
    var position = 0
    starts = types.map { type in
      defer { position += type.dynamicCount }
      return position
    }
  }

  /// Creates the sizes of the tensors among the arguments of an executable function.
  public init(operandsOf executable: Operation) {
    let types = executable.attribute("function_type")?.typeValue?.functionInputs ?? []
    self.init(types.filter(\.isTensor), scalars: executable.attribute(ExecutableAttribute.operandDims)?.denseIntegers ?? [])
  }

  /// Creates the sizes of the results of an executable function.
  public init(resultsOf executable: Operation) {
    let types = executable.attribute("function_type")?.typeValue?.functionResults ?? []
    self.init(types, scalars: executable.attribute(ExecutableAttribute.resultDims)?.denseIntegers ?? [])
  }

  /// Returns the size of a tensor along an axis; `nil` for a dynamic one of which the attribute says nothing.
  public func size(_ tensor: Int, _ axis: Int) -> Size? {
    let type = types[tensor], size = type.shape[axis]
    if size != Type.dynamic { return .fixed(size) }
    let position = starts[tensor] + type.dynamicPosition(of: axis)
    return scalars.indices.contains(position) ? .scalar(scalars[position]) : nil
  }

  /// Returns the number of the scalar that is a dynamic size of a tensor; `nil` for a size that is fixed, or of which the attribute says nothing.
  public func scalar(_ tensor: Int, _ axis: Int) -> Int? {
    if case .scalar(let scalar)? = size(tensor, axis) { scalar } else { nil }
  }

  /// Returns the sizes of a tensor along all axes.
  public func sizes(_ tensor: Int) -> [Size?] { types[tensor].shape.indices.map { size(tensor, $0) } }
}
