public import TesseraConstants
public import TesseraModuleFormat

/// Tensors that an import puts in the place of inputs, by name: weights that a format has as arguments.
public struct ConstantInputs: FormatOptions {
  /// The elements of a tensor, as modules have them.
  public struct Tensor: Sendable {
    public let elementType: ElementType
    public let shape: [Int]
    public let bytes: ConstantBytes

    /// Creates a tensor of `bytes`: little-endian elements in row-major order.
    public init(_ elementType: ElementType, shape: [Int], bytes: ConstantBytes) {
      (self.elementType, self.shape, self.bytes) = (elementType, shape, bytes)
    }
  }

  public static let flag = "--constant-input"
  public static let purpose = "models of ONNX, StableHLO and TFLite"

  /// What must be the name of an input.
  public var tensors: [String: Tensor]
  /// What counts where an input has its name: all of a file.
  public var offered: [String: Tensor]

  /// The files that they are from.
  public var files: [String]

  public init(_ tensors: [String: Tensor] = [:], offered: [String: Tensor] = [:], files: [String] = []) {
    (self.tensors, self.offered, self.files) = (tensors, offered, files)
  }

  public var isEmpty: Bool { tensors.isEmpty && offered.isEmpty }

  package subscript(name: String) -> Tensor? { tensors[name] ?? offered[name] }
}
