import Synchronization
internal import TesseraCMLIR

/// A message of MLIR's own verifiers, parsers and passes.
public struct MLIRMessage: Sendable, Equatable {
  /// The severity of the message.
  public enum Severity: Sendable { case error, warning, note, remark }
  public var severity: Severity
  /// The location as MLIR prints it, or an empty string.
  public var location: String
  public var text: String
}

/// An MLIR context with every upstream dialect, pass and translation registered.
///
/// Our own operations belong to no registered dialect: the context accepts unregistered ones, and the verifiers in `Dialects` check them.
/// Use one context on one thread at a time.
public final class Context {
  let handle: MlirContext
  private let messages: MessageSink
  /// Counts the rewrites that programs do as well without.
  public let rewrites = RewriteCounter()

  /// The dialects that we create operations of. Others are loaded when a parser or a pass asks for them: with all 50, every canonicalization
  /// collects the patterns of all, and everything that is printed asks each for its aliases.
  private static let dialects = [
    "affine", "arith", "bufferization", "cf", "complex", "func", "linalg", "llvm", "math", "memref", "ml_program", "scf", "tensor", "ub",
    "vector",
  ]

  /// Creates a context (2 to 5 ms).
  public init() {
    let registry = mlirDialectRegistryCreate()
    mlirRegisterAllDialects(registry)
    let handle = mlirContextCreateWithRegistry(registry, false)
    self.handle = handle
    mlirDialectRegistryDestroy(registry)
    Self.registerPasses
    mlirRegisterAllLLVMTranslations(handle)
    for name in Self.dialects { _ = withStringRef(name) { mlirContextGetOrLoadDialect(handle, $0) } }
    mlirContextSetAllowUnregisteredDialects(handle, true)
    messages = MessageSink()
    _ = mlirContextAttachDiagnosticHandler(
      handle,
      { diagnostic, userData in
        let sink = Unmanaged<MessageSink>.fromOpaque(userData!).takeUnretainedValue()
        sink.append(diagnostic)
        return mlirLogicalResultSuccess()
      }, Unmanaged.passUnretained(messages).toOpaque(), nil)
    let reduction = withStringRef("#linalg.iterator_type<reduction>") { mlirAttributeParseGet(handle, $0) }
    let (key, value) = (UInt(bitPattern: handle.ptr), UInt(bitPattern: reduction.ptr))
    ReductionIterators.table.withLock { $0[key] = value }
  }

  /// Makes dialects known whose operations are created by a target alone.
  public func load(dialects: [String]) { for name in dialects { _ = withStringRef(name) { mlirContextGetOrLoadDialect(handle, $0) } } }

  deinit {
    let key = UInt(bitPattern: handle.ptr)
    ReductionIterators.table.withLock { $0[key] = nil }
    mlirContextDestroy(handle)
  }

  /// Pass registration is global to the process and happens once.
  private static let registerPasses: Void = mlirRegisterAllPasses()

  /// Returns the messages since the last call, and forgets them.
  public func takeMessages() -> [MLIRMessage] {
    defer { messages.list = [] }
    return messages.list
  }

  /// Returns the first error among the messages taken now, as one line, or `fallback`.
  public func takeErrorText(fallback: String) -> String {
    let errors = takeMessages().filter { $0.severity == .error }
    guard let first = errors.first else { return fallback }
    return first.location.isEmpty || first.location == "loc(unknown)" ? first.text : "\(first.location): \(first.text)"
  }
}

/// Collects what MLIR reports.
private final class MessageSink {
  var list: [MLIRMessage] = []

  func append(_ diagnostic: MlirDiagnostic) {
    let severity: MLIRMessage.Severity =
      switch mlirDiagnosticGetSeverity(diagnostic) {
      case MlirDiagnosticError: .error
      case MlirDiagnosticWarning: .warning
      case MlirDiagnosticNote: .note
      default: .remark
      }
    let text = printed { mlirDiagnosticPrint(diagnostic, $0, $1) }
    let location = printed { mlirLocationPrint(mlirDiagnosticGetLocation(diagnostic), $0, $1) }
    list.append(MLIRMessage(severity: severity, location: location, text: text))
    for i in 0..<mlirDiagnosticGetNumNotes(diagnostic) { append(mlirDiagnosticGetNote(diagnostic, i)) }
  }
}

/// A failure that MLIR reported, with its first error as text.
public struct MLIRError: Error, CustomStringConvertible {
  public var text: String
  public init(_ text: String) { self.text = text }
  public var description: String { text }
}

/// The attribute that marks a loop of linalg as a reduction, by the address of its context: MLIR's C API cannot read it, and to print it asks every
/// dialect for aliases. A table, because a handle knows the context of MLIR, and not ours.
enum ReductionIterators {
  fileprivate static let table = Mutex<[UInt: UInt]>([:])

  /// Returns the address of the attribute in the context of `attribute`.
  static func address(for attribute: MlirAttribute) -> UInt? {
    let context = UInt(bitPattern: mlirAttributeGetContext(attribute).ptr)
    return table.withLock { $0[context] }
  }
}
