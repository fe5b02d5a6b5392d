public import Constants
public import MLIR

/// What an import gives: IR on tensors, and the bytes of its globals.
public struct ImportedModel {
  public var module: Module
  public var constants: ConstantStore
  /// Remarks for the user, one a line.
  public var notes: [String]
  /// The files beside the model that hold bytes of it.
  public var externalFiles: [String]
  /// Whether operations of our own dialects may stand in the IR as a user wrote them: nobody has checked those.
  public var hasUnverifiedOperations: Bool

  public init(
    module: Module, constants: ConstantStore, notes: [String] = [], externalFiles: [String] = [], hasUnverifiedOperations: Bool = false
  ) {
    (self.module, self.constants, self.notes, self.externalFiles) = (module, constants, notes, externalFiles)
    self.hasUnverifiedOperations = hasUnverifiedOperations
  }
}
