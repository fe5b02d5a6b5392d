import TesseraLibC

/// Calls `body` on a thread whose stack has room for the deepest text that `TextLimits` lets through, and waits for it: the caller's stack may be
/// that of any thread, or limited by the user.
func onLargeStack<R>(_ body: () -> R) -> R {
  withoutActuallyEscaping(body) { escaping in
    let work = StackWork(escaping)
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, largeStackBytes)
    var thread = pthread_t()
    let status = pthread_create(
      &thread, &attributes,
      { pointer in
        Unmanaged<AnyStackWork>.fromOpaque(pointer!).takeUnretainedValue().run()
        return nil
      }, Unmanaged<AnyStackWork>.passUnretained(work).toOpaque())
    // Where the system refuses a thread, the caller's stack has to do.
    if status == 0 { pthread_join(thread, nil) } else { work.run() }
    defer { work.forget() }
    return work.takeResult()
  }
}

/// Room for 1,000 levels of upstream's parser and verifier many times over; pages that are never touched take no memory.
private let largeStackBytes = 64 << 20

/// The work of a thread.
private class AnyStackWork {
  func run() {}
}

/// A closure and what it returned.
private final class StackWork<R>: AnyStackWork {
  private var body: (() -> R)?
  private var result: [R] = []

  init(_ body: @escaping () -> R) { self.body = body }

  override func run() { if let body { result = [body()] } }
  func takeResult() -> R { result[0] }
  /// Lets the closure go: it must not live longer than the call.
  func forget() { body = nil }
}
