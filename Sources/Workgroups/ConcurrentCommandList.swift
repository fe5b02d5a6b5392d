import TesseraRuntime

/// Commands that run on a thread of their own, while whoever submitted them goes on: several devices of one call work at the same time so.
///
/// What is submitted is a list of its own, which is recorded anew once it has run.
package final class ConcurrentCommandList: CommandList {
  private let queue = WorkQueue()
  private let make: () throws(RuntimeError) -> HostCommandList
  /// The list that is recorded, and those that are submitted, in order, each with the moment when it has run.
  private var recording: HostCommandList
  private var submitted: [(list: HostCommandList, moment: Timepoint)] = []
  private var timing: DispatchTiming?
  private var lane: TraceLane?

  /// Creates an empty list of lists that `make` makes.
  package init(_ make: @escaping () throws(RuntimeError) -> HostCommandList) throws(RuntimeError) {
    self.make = make
    recording = try make()
  }

  deinit { queue.stop() }

  package func setTiming(_ timing: DispatchTiming?) {
    self.timing = timing
    recording.setTiming(timing)
  }

  package func setTrace(_ lane: TraceLane?) {
    self.lane = lane
    recording.setTrace(lane)
  }

  package func dispatch(
    site: Int, workgroups: Int, constants: UnsafeBufferPointer<Int64>, bindings: UnsafeBufferPointer<UInt64>,
    byteCounts: UnsafeBufferPointer<Int>
  ) throws(RuntimeError) {
    try recording.dispatch(site: site, workgroups: workgroups, constants: constants, bindings: bindings, byteCounts: byteCounts)
  }

  package func copy(from: UInt64, to: UInt64, byteCount: Int) { recording.copy(from: from, to: to, byteCount: byteCount) }

  package func fill(_ to: UInt64, pattern: UInt64, patternByteCount: Int, byteCount: Int) {
    recording.fill(to, pattern: pattern, patternByteCount: patternByteCount, byteCount: byteCount)
  }

  package func barrier() { recording.barrier() }

  package func submit(after points: [Timepoint]) throws(RuntimeError) -> Timepoint {
    let free = submitted.firstIndex { $0.moment.isReached }
    let next = if let free { submitted.remove(at: free).list } else { try make() }
    // The queue alone uses it until it has run.
    nonisolated(unsafe) let list = recording
    let moment = queue.run(after: points) { () throws(RuntimeError) in
      do throws(RuntimeError) {
        _ = try list.submit(after: [])
      } catch {
        list.endCall()
        throw error
      }
    }
    submitted.append((list, moment))
    recording = next
    recording.setTiming(timing)
    recording.setTrace(lane)
    return moment
  }

  package func endCall() {
    recording.endCall()
    for (list, _) in submitted { list.endCall() }
  }
}
