import Synchronization
import TesseraModuleFormat
import TesseraRuntime

/// The memory that the values between the dispatches of a call take: each from the dispatch that writes it to the last one that reads it.
///
/// Inputs and constants do not count, nor what copies and fills alone have written.
final class LiveMemory: DispatchObserver {
  /// A value: bytes that a dispatch wrote.
  private struct Value {
    var range: Range<UInt>
    var first: Int
    var last: Int
  }

  private struct State {
    /// The values whose memory nothing else was written to so far, and the others.
    var current: [Value] = []
    var past: [Value] = []
    /// The sites in the order in which they ran.
    var sites: [Int] = []
  }

  private let program: ModuleDescription
  private let state = Mutex(State())

  /// Creates an observer for a call of `program`.
  init(_ program: ModuleDescription) { self.program = program }

  func willRun(_ dispatch: ObservedDispatch) throws(RuntimeError) {
    let site = program.dispatchSites[dispatch.site]
    let resultCount = program.executables[site.executable].entries[site.entry].resultCount
    let ranges = dispatch.bindings.map { UInt(bitPattern: $0.baseAddress)..<UInt(bitPattern: $0.baseAddress) + UInt($0.count) }
    let results = ranges.suffix(resultCount).filter { !$0.isEmpty }, operands = ranges.dropLast(resultCount)
    state.withLock { state in
      let number = state.sites.count
      state.sites.append(dispatch.site)
      for index in state.current.indices where operands.contains(where: { $0.overlaps(state.current[index].range) }) {
        state.current[index].last = number
      }
      for result in results {
        // What is overwritten in place is not there twice.
        for var value in state.current where value.range.overlaps(result) {
          value.last = min(value.last, number - 1)
          state.past.append(value)
        }
        state.current.removeAll { $0.range.overlaps(result) }
        state.current.append(Value(range: result, first: number, last: number))
      }
    }
  }

  func didRun(_ dispatch: ObservedDispatch) throws(RuntimeError) {}

  /// The bytes of the values that are needed while each dispatch runs, in the order of the dispatches.
  var steps: [(site: Int, byteCount: Int)] {
    state.withLock { state in
      var changes = [Int](repeating: 0, count: state.sites.count + 1)
      for value in state.current + state.past {
        changes[value.first] += value.range.count
        changes[value.last + 1] -= value.range.count
      }
      var live = 0
      return state.sites.enumerated().map { number, site in
        live += changes[number]
        return (site, live)
      }
    }
  }
}
