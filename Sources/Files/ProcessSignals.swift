import Synchronization
import TesseraLibC

/// The handling of signals: the program removes unfinished files, and ends as the signal says.
public enum ProcessSignals {
  /// The signals that ask a program to end, or say that its time is over.
  private static let ending = [SIGINT, SIGTERM, SIGHUP, SIGXCPU]
  /// The address that could not be read, where a mapped file has become shorter.
  private static let lostAddress = Atomic<UInt>(0)

  /// 1 from when a handler of a crash asks for what is temporary to be removed, 2 when it is.
  private static let crashStage = Atomic<Int>(0)

  /// Prepares this process; called first, before there are threads. `report` prints an error.
  public static func install(report: @escaping @Sendable (String) -> Void) {
    openStandardFiles()
    // A reader that goes away early, or a limit on the size of files, ends a program with an error, not with a signal.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    // What is asked of a thread of its own may take locks and remove files, which a handler may not. A signal that is ignored stays so (nohup).
    var waited = sigset_t()
    sigemptyset(&waited)
    for number in ending where !isIgnored(number) { sigaddset(&waited, number) }
    sigaddset(&waited, SIGURG)
    pthread_sigmask(SIG_BLOCK, &waited, nil)
    handleLostMappings()
    let work = Waiter(signals: waited, report: report)
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let argument = Unmanaged.passRetained(work)
    let failure = pthread_create(
      &thread, &attributes, { Unmanaged<Waiter>.fromOpaque($0!).takeRetainedValue().wait() }, argument.toOpaque())
    pthread_attr_destroy(&attributes)
    if failure != 0 {
      argument.release()
      pthread_sigmask(SIG_UNBLOCK, &waited, nil)
    }
  }

  /// Removes what is temporary, where a handler of a crash asks for it: the waiting thread does it, for which a few seconds are enough.
  public static func removeTemporaries() {
    crashStage.store(1, ordering: .releasing)
    kill(getpid(), SIGURG)
    for _ in 0..<300 where crashStage.load(ordering: .acquiring) == 1 { usleep(10_000) }
  }

  /// Leaves signals as a program expects them that this process becomes.
  public static func restore() {
    signal(SIGPIPE, SIG_DFL)
    var none = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, nil)
  }

  /// Opens what of the three standard files is closed, so that no other file gets its number; reads find nothing, and writes fail.
  private static func openStandardFiles() {
    for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 {
      _ = open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    sigaction(number, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// The thread that waits for signals.
  private final class Waiter: Sendable {
    let signals: sigset_t
    let report: @Sendable (String) -> Void

    init(signals: sigset_t, report: @escaping @Sendable (String) -> Void) { (self.signals, self.report) = (signals, report) }

    /// Waits for a signal, and ends the program.
    func wait() -> Never {
      var set = signals
      var number: Int32 = 0
      while true {
        guard sigwait(&set, &number) == 0 else { continue }
        if number == SIGURG, ProcessSignals.crashStage.load(ordering: .acquiring) == 1 {
          TemporaryNames.removeAll()
          ProcessSignals.crashStage.store(2, ordering: .releasing)
          continue
        }
        let address = ProcessSignals.lostAddress.load(ordering: .acquiring)
        // This one means something where a mapping is lost.
        if number == SIGURG && address == 0 { continue }
        if address != 0 {
          let name = MappedRanges.path(at: address).map { "'\($0)'" } ?? "a mapped file"
          report("cannot read \(name): the file became shorter while it was read, or its disk failed")
          TemporaryNames.removeAll { _exit(1) }
        }
        TemporaryNames.removeAll { [number] in
          signal(number, SIG_DFL)
          var one = sigset_t()
          sigemptyset(&one)
          sigaddset(&one, number)
          pthread_sigmask(SIG_UNBLOCK, &one, nil)
          kill(getpid(), number)
          _exit(128 + number)
        }
      }
    }
  }

  /// Makes an error of the signal that comes where a mapped file has no bytes any more. The thread that met it stops, and the waiting one ends the program.
  private static func handleLostMappings() {
    var action = sigaction()
    action.__sigaction_handler.sa_sigaction = { _, information, _ in
      ProcessSignals.lostAddress.store(UInt(bitPattern: information?.pointee._sifields._sigfault.si_addr) | 1, ordering: .releasing)
      kill(getpid(), SIGURG)
      while true { pause() }
    }
    action.sa_flags = Int32(SA_SIGINFO)
    sigaction(SIGBUS, &action, nil)
  }
}
