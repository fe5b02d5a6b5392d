import TesseraMLIR

/// The commands of one block of a host function, in segments, on the way to code.
struct BlockSchedule {
  /// The block.
  let block: Block
  /// The segments, the current one last.
  var segments = [Segment()]
  /// The commands of all segments, in program order.
  var commands: [HostCommand] = []
  /// The first storage that the block made.
  let firstOwnStorage: Int
  /// The storages of arguments that may be overwritten in this block, once nothing reads them.
  var mortal: Set<Int> = []
  /// The devices on which commands may be running that the next one must wait for.
  var pendingDevices: Set<Int>

  /// Creates the schedule of `block`, without commands.
  init(_ block: Block, firstOwnStorage: Int, pendingDevices: Set<Int>) {
    self.block = block
    self.firstOwnStorage = firstOwnStorage
    self.pendingDevices = pendingDevices
  }

  /// `true` iff commands may be running.
  var hasPendingCommands: Bool { !pendingDevices.isEmpty }

  /// The number of the current segment.
  var segmentNumber: Int { segments.count - 1 }
  /// The current segment.
  var segment: Segment {
    get { segments[segmentNumber] }
    set { segments[segmentNumber] = newValue }
  }
}
