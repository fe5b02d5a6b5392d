import TesseraLibC
import TesseraRuntime

/// The last error of a thread, as C reads it.
private final class LastError {
  let message: CString
  let id: CString

  init(_ error: RuntimeError) {
    message = CString(error.message)
    id = CString(error.id)
  }

  /// The place of each thread's own.
  static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key) { pointer in
      if let pointer { Unmanaged<LastError>.fromOpaque(pointer).release() }
    }
    return key
  }()

  /// The calling thread's.
  static var current: LastError? {
    get { pthread_getspecific(key).map { Unmanaged<LastError>.fromOpaque($0).takeUnretainedValue() } }
    set {
      let old = pthread_getspecific(key)
      pthread_setspecific(key, newValue.map { Unmanaged.passRetained($0).toOpaque() })
      if let old { Unmanaged<LastError>.fromOpaque(old).release() }
    }
  }
}

/// Runs what a function of the C interface does; returns its code, and keeps an error for the calling thread.
@inline(__always) func reporting(_ body: () throws(RuntimeError) -> Void) -> Int32 {
  do throws(RuntimeError) {
    try body()
    return 0
  } catch {
    return report(error)
  }
}

/// Keeps an error for the calling thread; returns its code.
@inline(never) private func report(_ error: RuntimeError) -> Int32 {
  LastError.current = LastError(error)
  Log.write(.error) { "\(error) [\(error.id)]" }
  return error.code.number
}

extension StatusCode {
  /// The number that gRPC gave it.
  var number: Int32 {
    switch self {
    case .cancelled: 1
    case .invalidArgument: 3
    case .notFound: 5
    case .resourceExhausted: 8
    case .failedPrecondition: 9
    case .outOfRange: 11
    case .unimplemented: 12
    case .internalError: 13
    case .unavailable: 14
    case .dataLoss: 15
    }
  }

  /// The names by number.
  private static let names: [Int32: CString] = {
    let all: [StatusCode] = [
      .invalidArgument, .notFound, .failedPrecondition, .outOfRange, .resourceExhausted, .unavailable, .dataLoss, .cancelled,
      .unimplemented,
      .internalError,
    ]
    return Dictionary(uniqueKeysWithValues: all.map { ($0.number, CString($0.rawValue)) }).merging([0: CString("OK")]) { own, _ in own }
  }()
  private static let unknown = CString("UNKNOWN")

  /// Returns the name of a number, for ever.
  static func name(_ number: Int32) -> UnsafePointer<CChar> { (names[number] ?? unknown).pointer }
}

private let empty = CString("")

@_cdecl("tessera_code_name") public func codeName(_ code: Int32) -> UnsafePointer<CChar> { StatusCode.name(code) }

@_cdecl("tessera_error_message") public func errorMessage() -> UnsafePointer<CChar> { (LastError.current?.message ?? empty).pointer }

@_cdecl("tessera_error_id") public func errorID() -> UnsafePointer<CChar> { (LastError.current?.id ?? empty).pointer }
