/// An array of trivial values that grows and is cleared without giving memory back.
///
/// Where the elements are and how many stands in memory too, not in the object that has the buffer: Swift checks at run time that accesses to
/// an object's variables do not overlap, and those to a command list's buffers took 70 ns of a call.
struct GrowingBuffer<Element>: ~Copyable {
  /// The elements, how many there are, and how many fit.
  private struct State {
    var base: UnsafeMutablePointer<Element>
    var count: Int
    var capacity: Int
  }

  /// The state.
  private let state: UnsafeMutablePointer<State>

  /// Creates an empty buffer.
  init() {
    state = .allocate(capacity: 1)
    state.initialize(to: State(base: .allocate(capacity: 64), count: 0, capacity: 64))
  }

  deinit {
    state.pointee.base.deallocate()
    state.deallocate()
  }

  /// The elements; uninitialized from `count` on.
  @inline(__always) var base: UnsafeMutablePointer<Element> { state.pointee.base }

  /// The number of elements.
  @inline(__always) var count: Int {
    get { state.pointee.count }
    nonmutating set { state.pointee.count = newValue }
  }

  /// Makes room for `extra` more elements.
  @inline(__always) private func reserve(_ extra: Int) {
    if count + extra > state.pointee.capacity { grow(extra) }
  }

  /// Moves to a larger memory.
  @inline(never) private func grow(_ extra: Int) {
    let capacity = max(2 * state.pointee.capacity, count + extra)
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    larger.moveInitialize(from: base, count: count)
    base.deallocate()
    state.pointee.base = larger
    state.pointee.capacity = capacity
  }

  /// Appends an element.
  @inline(__always) func append(_ element: Element) {
    reserve(1)
    (base + count).initialize(to: element)
    count += 1
  }

  /// Appends elements.
  @inline(__always) func append(contentsOf elements: UnsafeBufferPointer<Element>) {
    guard let start = elements.baseAddress else { return }
    reserve(elements.count)
    (base + count).initialize(from: start, count: elements.count)
    count += elements.count
  }
}
