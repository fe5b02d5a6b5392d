import Synchronization
import TesseraLibC
import TesseraRuntime

/// A recorded command. Trivial: worker threads read it without counting references.
struct Command {
  /// The kernel; `nil` for a copy or a fill.
  var kernel: HostKernel.Function?
  /// What the kernel is given besides.
  var context: UnsafeRawPointer?
  /// The kernel's buffers, or the target and source of a copy or fill; set when the list is submitted.
  var bindings: UnsafeMutablePointer<UInt64>?
  /// The kernel's constants; for a copy or fill its length, pattern, and length of the pattern (0: a copy).
  var constants: UnsafeMutablePointer<Int64>?
  /// The positions of both in the list's arrays.
  var bindingStart: Int
  var constantStart: Int
  /// The dispatch site; -1 for a copy or a fill.
  var site: Int
  /// The number of the first ticket within the wave.
  var firstTicket: Int
  /// The number of tickets, which is the workgroup count of the kernel.
  var ticketCount: Int

  /// Runs one ticket; returns the kernel's status.
  @inline(__always) func run(ticket: Int, scratch: UnsafeMutableRawPointer) -> Int32 {
    if let kernel {
      var workgroup = (UInt32(truncatingIfNeeded: ticket), UInt32(truncatingIfNeeded: ticketCount))
      return withUnsafeBytes(of: &workgroup) {
        kernel(bindings, constants, $0.assumingMemoryBound(to: UInt32.self).baseAddress, scratch, context)
      }
    }
    moveBytes(ticket: ticket)
    return 0
  }

  /// Copies or fills the part of a ticket.
  private func moveBytes(ticket: Int) {
    guard let bindings, let constants, let target = UnsafeMutableRawPointer(bitPattern: UInt(bindings[0])) else { return }
    let byteCount = Int(constants[0])
    // Parts are multiples of 64 bytes, so of every pattern.
    let part = ((byteCount + ticketCount - 1) / ticketCount + 63) / 64 * 64
    let start = min(ticket * part, byteCount)
    let count = min(part, byteCount - start)
    if count == 0 { return }
    let pattern = UInt64(bitPattern: constants[1])
    switch constants[2] {
    case 0: if let source = UnsafeRawPointer(bitPattern: UInt(bindings[1])) { memmove(target + start, source + start, count) }
    case 1: memset(target + start, Int32(pattern & 0xFF), count)
    case 2: fill(target + start, UInt16(truncatingIfNeeded: pattern), count / 2)
    case 4: fill(target + start, UInt32(truncatingIfNeeded: pattern), count / 4)
    default: fill(target + start, pattern, count / 8)
    }
  }

  /// Stores `pattern` `count` times; the target may have any alignment.
  private func fill<Pattern: BitwiseCopyable>(_ target: UnsafeMutableRawPointer, _ pattern: Pattern, _ count: Int) {
    for index in 0..<count { target.storeBytes(of: pattern, toByteOffset: index * MemoryLayout<Pattern>.size, as: Pattern.self) }
  }
}

/// Commands that may run at the same time: those between two barriers.
struct Wave {
  /// The first command, and the one after the last.
  var start: Int
  var end: Int
  /// The tickets of all its commands.
  var ticketCount: Int
  /// `true` iff the wave has one ticket, which runs all its commands in order: small waves in a row, joined into one.
  var isSerial = false
}
