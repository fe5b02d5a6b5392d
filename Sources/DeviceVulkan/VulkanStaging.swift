import Synchronization
import TesseraCVulkan
import TesseraRuntime

/// Copies between the host and memory that it does not map, by way of memory that it does.
final class VulkanStaging: Sendable {
  /// What one copy at a time uses.
  private struct State {
    var recording: VulkanRecording?
    var bytes: VulkanPart?
    var semaphore: VkSemaphore = 0
    var count: UInt64 = 0
  }

  private let memory: VulkanMemories
  private let state = Mutex(State())
  /// The bytes that are copied at a time.
  private static let pieceByteCount = 1 << 20

  init(_ memory: VulkanMemories) { self.memory = memory }

  deinit {
    state.withLock { state in
      if let bytes = state.bytes { memory.host.give(bytes) }
      if state.semaphore != 0 { memory.context.vk.destroySemaphore(memory.context.device, state.semaphore, nil) }
    }
  }

  /// Copies from a place in a buffer.
  func read(_ place: (block: VulkanBlock, offset: UInt64), into bytes: UnsafeMutableRawBufferPointer) throws(RuntimeError) {
    nonisolated(unsafe) let bytes = bytes
    try inPieces(bytes.count) { (state, range, staged) throws(RuntimeError) in
      let source = (place.block, place.offset + UInt64(range.lowerBound))
      try self.run(&state, from: source, to: (staged.block, UInt64(staged.offset)), range.count)
      UnsafeMutableRawBufferPointer(rebasing: bytes[range]).copyMemory(
        from: UnsafeRawBufferPointer(start: staged.pointer, count: range.count))
    }
  }

  /// Copies to a place in a buffer.
  func write(_ bytes: UnsafeRawBufferPointer, to place: (block: VulkanBlock, offset: UInt64)) throws(RuntimeError) {
    nonisolated(unsafe) let bytes = bytes
    try inPieces(bytes.count) { (state, range, staged) throws(RuntimeError) in
      UnsafeMutableRawBufferPointer(start: staged.pointer, count: range.count).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: bytes[range]))
      let target = (place.block, place.offset + UInt64(range.lowerBound))
      try self.run(&state, from: (staged.block, UInt64(staged.offset)), to: target, range.count)
    }
  }

  /// Calls `body` for each piece of so many bytes.
  private func inPieces(
    _ count: Int, _ body: (inout State, Range<Int>, VulkanPart) throws(RuntimeError) -> Void
  ) throws(RuntimeError) {
    nonisolated(unsafe) let body = body
    let result = state.withLock { state in
      Result { () throws(RuntimeError) in
        if state.recording == nil {
          state.recording = try VulkanRecording(memory)
          state.semaphore = try memory.context.makeSemaphore()
        }
        let staged = if let bytes = state.bytes { bytes } else { try memory.host.take(Self.pieceByteCount) }
        state.bytes = staged
        for start in stride(from: 0, to: count, by: Self.pieceByteCount) {
          try body(&state, start..<min(start + Self.pieceByteCount, count), staged)
        }
      }
    }
    try result.get()
  }

  /// Runs a copy, and waits for it.
  private func run(
    _ state: inout State, from: (block: VulkanBlock, offset: UInt64), to: (block: VulkanBlock, offset: UInt64), _ byteCount: Int
  ) throws(RuntimeError) {
    guard let recording = state.recording else { return }
    defer { recording.clear() }
    try recording.copy(from: from, to: to, byteCount: byteCount)
    try recording.close()
    try memory.context.submit(recording.commands, signaling: state.semaphore, value: state.count + 1)
    state.count += 1
    _ = try memory.context.wait(state.semaphore, for: state.count, nanoseconds: .max)
  }
}
