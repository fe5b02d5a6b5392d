import Synchronization
import TesseraRuntime

/// What a handle of the C interface stands for.
protocol HandleContent: AnyObject, Sendable {
  /// The name of the kind, for messages, and its number, more than 0 and less than 16, in the handle.
  static var kind: (number: UInt, name: String) { get }
}

/// The handles of the C interface: numbers that look like pointers, so that one that was released or never given is seen without reading memory.
///
/// A handle has the kind in 4 bits, the slot in 28, and in 32 how many objects the slot had before.
enum HandleTable {
  private struct Slot {
    var content: (any HandleContent)?
    /// The kind and generation of the content, or of the next one.
    var kind: UInt = 0
    var generation: UInt = 1
  }

  private struct State {
    var slots: [Slot] = []
    /// The slots without content.
    var free: [Int] = []
  }

  private static let state = Mutex(State())
  /// Slots are at most so many, as their numbers have 28 bits.
  private static let slotLimit = 1 << 28
  /// The kinds by number, for messages.
  private static let kinds = [
    HandledDevice.kind, HandledModule.kind, HandledFunction.kind, HandledSession.kind, HandledValue.kind, HandledCall.kind,
  ]

  /// Returns a new handle of an object. Errors: there are too many.
  static func add<Content: HandleContent>(_ content: Content) throws(RuntimeError) -> OpaquePointer {
    let handle = state.withLock { (state) -> UInt? in
      let index: Int
      if let free = state.free.popLast() {
        index = free
      } else {
        guard state.slots.count < slotLimit else { return nil }
        index = state.slots.count
        state.slots.append(Slot())
      }
      state.slots[index].content = content
      state.slots[index].kind = Content.kind.number
      return state.slots[index].generation << 32 | UInt(index) << 4 | Content.kind.number
    }
    guard let handle, let pointer = OpaquePointer(bitPattern: handle) else { throw .tooManyHandles }
    return pointer
  }

  /// Returns the object of a handle. Errors: it is null, closed, of another kind, or no handle.
  static func content<Content: HandleContent>(
    of handle: OpaquePointer?, _ name: StaticString, as _: Content.Type = Content.self
  ) throws(RuntimeError) -> Content {
    guard let handle else { throw .nullArgument(name) }
    let number = UInt(bitPattern: handle)
    let found = state.withLock { slot(number, $0).flatMap { $0.content } }
    guard let found else { throw problem(number, name) }
    guard number & 15 == Content.kind.number else { throw .wrongHandle(name, kindName(number), wanted: Content.kind.name) }
    return unsafeDowncast(found, to: Content.self)
  }

  /// Forgets a handle; null is none. Errors: as those of `content`.
  static func release<Content: HandleContent>(_ handle: OpaquePointer?, _ name: StaticString, as _: Content.Type) throws(RuntimeError) {
    guard let handle else { return }
    let number = UInt(bitPattern: handle)
    _ = try content(of: handle, name, as: Content.self)
    // What the last reference frees is freed without the lock.
    let gone = state.withLock { (state) -> (any HandleContent)? in
      guard let content = slot(number, state)?.content else { return nil }
      let index = slotIndex(number)
      state.slots[index].content = nil
      state.slots[index].generation = (state.slots[index].generation + 1) & 0xFFFF_FFFF
      state.free.append(index)
      return content
    }
    guard gone != nil else { throw problem(number, name) }
  }

  private static func slotIndex(_ number: UInt) -> Int { Int(number >> 4 & 0xFFF_FFFF) }

  /// The slot that a handle is of; `nil` if it has another object, or none.
  @inline(__always) private static func slot(_ number: UInt, _ state: borrowing State) -> Slot? {
    let index = slotIndex(number)
    guard index < state.slots.count, state.slots[index].generation == number >> 32, state.slots[index].kind == number & 15 else {
      return nil
    }
    return state.slots[index]
  }

  /// The name of the kind that a handle says it is of.
  private static func kindName(_ number: UInt) -> String { kinds.first { $0.number == number & 15 }?.name ?? "unknown" }

  /// Returns the error of a handle without an object: it had one, or never was one.
  private static func problem(_ number: UInt, _ name: StaticString) -> RuntimeError {
    let index = slotIndex(number), generation = number >> 32
    let wasGiven = state.withLock { index < $0.slots.count && generation > 0 && generation < $0.slots[index].generation }
    return wasGiven && kinds.contains { $0.number == number & 15 } ? .closedHandle(name, kindName(number)) : .invalidHandle(name)
  }
}
