/// An array of trivial values that grows and is cleared without giving memory back.
struct GrowingBuffer<Element>: ~Copyable {
  /// The elements; uninitialized from `count` on.
  private(set) var base: UnsafeMutablePointer<Element>
  /// How many there are.
  var count = 0
  /// How many fit.
  private var capacity: Int

  /// Creates an empty buffer.
  init() {
    capacity = 64
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  /// Makes room for `extra` more elements.
  @inline(__always) private mutating func reserve(_ extra: Int) {
    if count + extra > capacity { grow(extra) }
  }

  /// Moves to a larger memory.
  @inline(never) private mutating func grow(_ extra: Int) {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: max(2 * capacity, count + extra))
    larger.moveInitialize(from: base, count: count)
    base.deallocate()
    base = larger
    capacity = max(2 * capacity, count + extra)
  }

  /// Appends an element.
  @inline(__always) mutating func append(_ element: Element) {
    reserve(1)
    (base + count).initialize(to: element)
    count += 1
  }

  /// Appends elements.
  @inline(__always) mutating func append(contentsOf elements: UnsafeBufferPointer<Element>) {
    guard let start = elements.baseAddress else { return }
    reserve(elements.count)
    (base + count).initialize(from: start, count: elements.count)
    count += elements.count
  }
}
