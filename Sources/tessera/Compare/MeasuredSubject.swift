import TesseraModuleFormat
import TesseraRuntime

/// Something that is measured in turns with another.
protocol MeasuredSubject {
  /// What it is called.
  var name: String { get }
  /// Calls it once.
  func call() throws
  /// Measures it for a time after a tenth of that to warm up, at least 3 calls, and adds the turn to `side`.
  func measure(nanoseconds: Int, threads: Int, into side: inout MeasuredSide) throws
}

/// A function of a module.
struct ModuleSubject: MeasuredSubject {
  let name: String
  let session: Session
  let function: FunctionDescription
  let inputs: [RuntimeValue]
  let perDispatch: Bool

  func call() throws { _ = try session.call(function.name, values: inputs) }

  func measure(nanoseconds: Int, threads: Int, into side: inout MeasuredSide) throws {
    let plan = MeasurementPlan(time: nanoseconds, calls: nil, warmup: nanoseconds / 10)
    side.add(try Measurement(session, function, inputs, plan, threads: threads, repetition: 0, perDispatch: perDispatch))
  }
}

/// A model that a peer has loaded.
struct PeerSubject: MeasuredSubject {
  let name: String
  let worker: PeerWorker
  /// The name of the function that it is compared with.
  let function: String

  func call() throws { _ = try worker.compute() }

  func measure(nanoseconds: Int, threads: Int, into side: inout MeasuredSide) throws {
    side.add(function: function, times: try worker.measure(nanoseconds: nanoseconds, warmup: nanoseconds / 10))
  }
}
