public import TesseraConstants
public import TesseraMLIR
public import TesseraModuleFormat

/// The result of an import: IR on tensors, and the bytes of its globals.
public struct ImportedModel {
  public var module: Module
  public var constants: ConstantStore
  /// Remarks for the user, one a line.
  public var notes: [String]
  /// The files beside the model that hold bytes of it.
  public var externalFiles: [String]
  /// `true` iff a user may have written operations of our own dialects, which are then not verified.
  public var hasUnverifiedOperations: Bool
  /// The operators outside of bodies, each behind those whose values it reads.
  public var operators: [SourceOperator]

  public init(
    module: Module, constants: ConstantStore, notes: [String] = [], externalFiles: [String] = [], hasUnverifiedOperations: Bool = false,
    operators: [SourceOperator] = []
  ) {
    (self.module, self.constants, self.notes, self.externalFiles) = (module, constants, notes, externalFiles)
    self.hasUnverifiedOperations = hasUnverifiedOperations
    self.operators = operators
  }
}
