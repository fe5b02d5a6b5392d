// How calls share a session: calls a second and their latencies for several callers at once, each on a thread of its own.
//
//   swift run -c release callers MODULE.tsm [--threads=N] [--callers=1,2,4] [--seconds=S] [--beside=MODULE.tsm]
//
// With --beside one more caller calls that module all the time on the same device: how long does a short call wait for a long one?
// Symbolic sizes are 1, floating-point inputs 0.5, others 1.
import Glibc
import Tessera
import Synchronization

/// The options.
struct Options {
  var path = ""
  var threads: Int?
  var callers = [1, 2, 4]
  var seconds = 2.0
  var beside: String?

  init(_ words: [String]) {
    for word in words {
      let value = String(word.drop { $0 != "=" }.dropFirst())
      if word.hasPrefix("--threads=") {
        threads = Int(value)
      } else if word.hasPrefix("--callers=") {
        callers = value.split(separator: ",").compactMap { Int($0) }
      } else if word.hasPrefix("--seconds=") {
        seconds = Double(value) ?? seconds
      } else if word.hasPrefix("--beside=") {
        beside = value
      } else {
        path = word
      }
    }
  }
}

func now() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// A function of a session, with inputs.
struct Work: Sendable {
  let session: Session
  let name: String
  let inputs: [Tensor]

  init(_ path: String, _ device: CPUDevice) throws {
    session = try Session(Module(path: path), device: device)
    let function = session.module.functions[0]
    name = function.name
    inputs = try function.inputs.map { info in
      let shape = info.shape.map { if case .fixed(let size) = $0 { Int(size) } else { 1 } }
      return try Tensor(elementType: info.elementType, shape: shape) { bytes in
        let size = info.elementType.byteCount
        for place in stride(from: 0, to: bytes.count, by: size) {
          info.elementType.write(info.elementType.isInteger ? .signed(1) : .float(0.5), to: bytes.baseAddress! + place)
        }
      }
    }
  }

  /// Calls until `deadline`; returns the time of each call.
  func callUntil(_ deadline: UInt64) -> [UInt64] {
    var times: [UInt64] = []
    var start = now()
    while start < deadline {
      _ = try? session.call(name, inputs)
      let end = now()
      times.append(end - start)
      start = end
    }
    return times
  }
}

/// Runs bodies on threads of their own, and waits for all.
func onThreads(_ bodies: [@Sendable () -> Void]) {
  final class Box { let body: @Sendable () -> Void; init(_ body: @escaping @Sendable () -> Void) { self.body = body } }
  let threads = bodies.map { body in
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { argument in
        Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
        return nil
      }, Unmanaged.passRetained(Box(body)).toOpaque())
    return thread
  }
  for thread in threads { pthread_join(thread, nil) }
}

/// Returns a time in microseconds.
func text(_ nanoseconds: UInt64) -> String { "\(Double(nanoseconds) / 1000)" }

let options = Options(Array(CommandLine.arguments.dropFirst()))
let device = CPUDevice(threads: options.threads)
let work = try Work(options.path, device)
let beside = try options.beside.map { try Work($0, device) }
_ = work.callUntil(now() + 300_000_000)
print(
  "threads \(device.threadCount); callers, calls a second, p50 us, p99 us, longest us" + (beside == nil ? "" : "; calls a second beside"))
for count in options.callers {
  let all = Mutex<[UInt64]>([]), besideCount = Mutex(0)
  let deadline = now() + UInt64(options.seconds * 1e9)
  var bodies: [@Sendable () -> Void] = (0..<count).map { _ in
    {
      let times = work.callUntil(deadline)
      all.withLock { $0 += times }
    }
  }
  if let beside {
    bodies.append {
      let calls = beside.callUntil(deadline).count; besideCount.withLock { $0 = calls }
    }
  }
  onThreads(bodies)
  let sorted = all.withLock { $0 }.sorted()
  func quantile(_ share: Double) -> String { sorted.isEmpty ? "-" : text(sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]) }
  let rate = Int(Double(sorted.count) / options.seconds), besideRate = besideCount.withLock { $0 }
  print(
    "\(count) \(rate) \(quantile(0.5)) \(quantile(0.99)) \(quantile(1))"
      + (beside == nil ? "" : " \(Double(Int(Double(besideRate) / options.seconds * 10)) / 10)"))
}
