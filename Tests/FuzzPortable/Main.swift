import Synchronization
import TesseraDevicePortable
import TesseraFiles
import TesseraLibC
import TesseraModuleFormat
import TesseraRuntime

/// Damaged portable modules, with checksums repaired: each ends with results or an error; never with a signal, a hang, or a change of memory that
/// is not its own.
///
///   tessera-fuzz-portable [--seed N] [--first N] [--count N] [--verbose] [MODULE.tsm ...]
///
/// Modules that are named are damaged too, beside code that is made at random. Mutant number i of a seed is always the same. A death of the
/// process is a failure; `--verbose` tells in which mutant. The last line is 'N passed, N failed'.
@main
enum Main {
  /// The most steps of a workgroup: some milliseconds.
  private static let stepLimit = 1 << 16
  /// The seconds after which a call is interrupted: programs of the host may loop.
  private static let patience = 2

  static func main() throws {
    var seed = 1, first = 0, count = 10_000, isVerbose = false
    var originals: [[UInt8]] = []
    var arguments = CommandLine.arguments.dropFirst()
    while let argument = arguments.popFirst() {
      switch argument {
      case "--seed": seed = Int(arguments.popFirst() ?? "") ?? seed
      case "--first": first = Int(arguments.popFirst() ?? "") ?? first
      case "--count": count = Int(arguments.popFirst() ?? "") ?? count
      case "--verbose": isVerbose = true
      default: originals.append(try FileBytes(path: argument).withUnsafeBytes { Array($0) })
      }
    }
    limitMemory()
    let mutants = Mutants(originals: originals)
    let device = PortableDevice(threads: 1, asynchronousCalls: 1, stepLimit: stepLimit)
    let watch = Watch(patience: patience)
    var outcomes: [String: Int] = [:], failed = 0
    for number in first..<first + count {
      if isVerbose {
        print("mutant \(number)")
        fflush(nil)
      }
      let outcome: String
      if let bytes = mutants.module(UInt64(seed) << 40 + UInt64(number)) {
        outcome = run(bytes, device, watch)
      } else {
        outcome = "not written"
      }
      outcomes[outcome, default: 0] += 1
      if outcome == "changed its input" {
        failed += 1
        print("mutant \(number): \(outcome)")
      }
    }
    print(outcomes.sorted { $0.value > $1.value }.map { "\($0.value) \($0.key)" }.joined(separator: ", "))
    print("\(count - failed) passed, \(failed) failed")
    exit(failed == 0 ? 0 : 1)
  }

  /// A module that asks for more memory than this gets an error, as on a machine that has no more.
  private static func limitMemory() {
    var limit = rlimit(rlim_cur: 4 << 30, rlim_max: 4 << 30)
    // Sanitizers take terabytes of addresses.
    if getenv("ASAN_OPTIONS") == nil { setrlimit(__rlimit_resource_t(UInt32(RLIMIT_AS.rawValue)), &limit) }
  }

  /// Runs all functions of a module twice; returns what came of it.
  private static func run(_ bytes: [UInt8], _ device: PortableDevice, _ watch: Watch) -> String {
    let session: Session
    do throws(RuntimeError) { session = try Session(Module(bytes: bytes), device: device) } catch {
      return "refused: \(error.code.rawValue)"
    }
    watch.begin(session)
    defer { watch.end() }
    var outcome = "no function"
    for function in session.module.functions {
      guard let inputs = try? function.inputs.map({ try input($0) }) else { continue }
      let before = inputs.map { $0.withUnsafeBytes { Array($0) } }
      for _ in 0..<2 {
        do throws(RuntimeError) {
          _ = try session.call(function.name, inputs)
          outcome = "results"
        } catch { outcome = error.code.rawValue }
      }
      if zip(inputs, before).contains(where: { tensor, bytes in tensor.withUnsafeBytes { !$0.elementsEqual(bytes) } }) {
        return "changed its input"
      }
    }
    return outcome
  }

  /// Returns an input: each size that is not known is 3.
  private static func input(_ info: TensorInfo) throws -> Tensor {
    let shape = info.shape.map { dimension in if case .fixed(let size) = dimension { Int(clamping: size) } else { 3 } }
    var count = info.elementType.byteCount
    for size in shape {
      guard size >= 0, size < 1 << 20, count < 1 << 20 else { throw RuntimeError(.resourceExhausted, "a large input") }
      count *= size
    }
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    return try bytes.withUnsafeBytes { try Tensor(elementType: info.elementType, shape: shape, bytes: $0) }
  }
}

/// Interrupts the calls of a session that take too long.
final class Watch: Sendable {
  private let session = Mutex<(session: Session, since: Int)?>(nil)

  init(patience: Int) {
    self.patience = patience
    let watch = Unmanaged.passRetained(self)
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let watch = Unmanaged<Watch>.fromOpaque(argument).takeUnretainedValue()
        while true {
          sleep(1)
          watch.look()
        }
      }, watch.toOpaque())
  }

  private let patience: Int

  func begin(_ session: Session) { self.session.withLock { $0 = (session, time(nil)) } }
  func end() { session.withLock { $0 = nil } }

  private func look() {
    session.withLock { watched in
      if let watched, time(nil) - watched.since >= patience { watched.session.interrupt() }
    }
  }
}
