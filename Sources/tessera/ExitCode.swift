import TesseraRuntime

/// The exit code of the program.
enum ExitCode: Int32 {
  /// All went well.
  case done = 0
  /// Something failed at run time.
  case failed = 1
  /// The command line makes no sense.
  case usage = 2
  /// The model needs what is not supported.
  case unsupported = 3
  /// Results differ from the expected ones.
  case differs = 4
  /// The module is corrupt, of another version, or for another processor.
  case badModule = 5

  /// The code for an error.
  init(_ error: RuntimeError) {
    self =
      switch error.code {
      case .dataLoss, .failedPrecondition: .badModule
      case .unimplemented: .unsupported
      default: .failed
      }
  }
}

/// A failure whose message was printed already.
struct ReportedFailure: Error {
  /// The exit code.
  let code: ExitCode
}
