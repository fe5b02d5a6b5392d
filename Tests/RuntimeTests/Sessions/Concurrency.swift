import Foundation
import Synchronization
import TesseraModuleFormat
import TesseraRuntime

/// Runs `body` on so many threads at once, each with its number, and waits for all; throws the first error.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) throws {
  let group = DispatchGroup()
  let failure = Mutex<(any Error)?>(nil)
  for index in 0..<count {
    group.enter()
    Thread.detachNewThread {
      do { try body(index) } catch { failure.withLock { $0 = $0 ?? error } }
      group.leave()
    }
  }
  group.wait()
  if let error = failure.withLock({ $0 }) { throw error }
}

/// A condition that threads share.
final class Flag: Sendable {
  private let value = Atomic(false)

  /// `true` iff it was set.
  var isSet: Bool { value.load(ordering: .sequentiallyConsistent) }

  /// Sets it.
  func set() { value.store(true, ordering: .sequentiallyConsistent) }
}

/// The module `sumModule`, whose `main` fails where `n` is 7, with functions `forever`, which loops without end, and `long`, which takes
/// minutes in dispatches without a branch.
func busyModule() throws -> ModuleDescription {
  var module = try sumModule()
  module.dispatchSites.append(DispatchSite(executable: 0, entry: 3, sourceOperators: ["/layer/Fails"], flops: 0, bytes: 0))
  module.dispatchSites.append(DispatchSite(executable: 0, entry: 2, sourceOperators: ["/layer/Slow"], flops: 0, bytes: 0))
  module.functions[0].integerRegisterCount = 4
  module.functions[0].code.insert(
    contentsOf: [
      .compare(.eq, to: 2, .register(0), 7), .integer(.mul, to: 2, .register(2), 90),
      .dispatch(site: 2, workgroups: 1, constants: [.register(2)], bindings: []),
    ], at: 3)
  module.functions.append(
    FunctionDescription(
      name: "forever", isExported: true, inputs: [], outputs: [], integerRegisterCount: 0, referenceRegisterCount: 0, code: [.branch(0)]))
  var code: [Instruction] = [.allocate(to: 0, byteCount: 400_000)]
  for _ in 0..<20_000 {
    code += [
      .dispatch(site: 3, workgroups: 100, constants: [100_000], bindings: [Binding(reference: 0, offset: 0, byteCount: 400_000)]),
      .barrier(),
    ]
  }
  code.append(.returnValues(integers: [], references: []))
  module.functions.append(
    FunctionDescription(
      name: "long", isExported: true, inputs: [], outputs: [], integerRegisterCount: 0, referenceRegisterCount: 1, code: code))
  return module
}
