/// The elements of a list. They never change.
///
/// Lists that were made of each other at their ends share memory: a list is a range of a buffer, and one that ends where the buffer does
/// gets one element more in place. So a list that grows by one element after the other takes time in proportion to its length.
final class ReferenceList {
  /// Elements of several lists.
  private final class Buffer {
    var elements: [Reference]
    init(_ elements: [Reference]) { self.elements = elements }
  }

  private let buffer: Buffer
  /// The elements of the buffer that are the list's.
  private let range: Range<Int>
  /// The nesting depth: 1 for a list of tensors.
  let depth: Int
  /// The number of tensors and lists, those in its lists included.
  let total: Int
  /// The most elements, those in lists included: a module must not take all memory with an endless loop.
  static let countLimit = 1 << 22

  /// Creates a list.
  init(_ elements: [Reference]) {
    buffer = Buffer(elements)
    range = 0..<elements.count
    total = elements.reduce(elements.count) { $0 + ($1.list?.total ?? 0) }
    depth = 1 + (elements.map { $0.list?.depth ?? 0 }.max() ?? 0)
  }

  private init(_ buffer: Buffer, _ range: Range<Int>, depth: Int, total: Int) {
    self.buffer = buffer
    self.range = range
    self.depth = depth
    self.total = total
  }

  /// Tensors and lists.
  var elements: ArraySlice<Reference> { buffer.elements[range] }
  var count: Int { range.count }
  /// Element `index`, which must be there.
  subscript(index: Int) -> Reference { buffer.elements[range.lowerBound + index] }

  /// The list with `element` before the one at `index`, or at the end.
  func inserting(_ element: Reference, at index: Int) -> ReferenceList {
    // Where elements that are gone outnumber the others, the others move: what a queue has given away must not stay in memory.
    if index == count, buffer.elements.count == range.upperBound, range.lowerBound <= count {
      buffer.elements.append(element)
      return ReferenceList(
        buffer, range.lowerBound..<range.upperBound + 1, depth: max(depth, 1 + (element.list?.depth ?? 0)),
        total: total + 1 + (element.list?.total ?? 0))
    }
    var copy = Array(elements)
    copy.insert(element, at: index)
    return ReferenceList(copy)
  }

  /// The list without the element at `index`.
  func erasing(at index: Int) -> ReferenceList {
    if index == 0, self[0].list == nil {
      return ReferenceList(buffer, range.dropFirst(), depth: depth, total: total - 1)
    }
    var copy = Array(elements)
    copy.remove(at: index)
    return ReferenceList(copy)
  }
}
