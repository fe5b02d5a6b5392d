/// The elements of a list. They never change.
final class ReferenceList {
  /// Tensors and lists.
  let elements: [Reference]
  /// How deep lists nest in it: 1 for a list of tensors.
  let depth: Int
  /// How many tensors and lists it has, with those in its lists.
  let total: Int
  /// More elements than this, with those in lists, are an error: a module must not take all memory with an endless loop.
  static let countLimit = 1 << 22

  /// Creates a list.
  init(_ elements: [Reference]) {
    self.elements = elements
    total = elements.reduce(elements.count) { $0 + ($1.list?.total ?? 0) }
    depth = 1 + (elements.map { $0.list?.depth ?? 0 }.max() ?? 0)
  }
}

/// What a reference register holds: nothing, a view of a buffer, a tensor, or a list.
struct Reference {
  /// The memory; `nil` where the register was never set.
  var storage: Storage?
  /// Where the view starts.
  var offset = 0
  /// The length of the view.
  var byteCount = 0
  /// Element type and shape of a tensor; `nil` for a buffer.
  var type: TensorType?
  /// The elements of a list, which has no memory of its own.
  var list: ReferenceList?
  /// `true` iff the host program may write here: into what it allocated, not into constants and callers' inputs.
  var isWritable = false

  /// A register that was never set.
  static var unset: Reference { Reference(storage: nil) }
}

/// The registers of a running function. Frames are kept for the next call at the same depth.
final class Frame {
  /// The integer registers, then the immediates of the function.
  private(set) var integers: UnsafeMutablePointer<Int64>
  /// How many fit.
  private var integerCapacity: Int
  /// The reference registers.
  private(set) var references: UnsafeMutablePointer<Reference>
  /// How many fit; all are initialized.
  private var referenceCapacity: Int

  /// Creates a frame without registers.
  init() {
    integers = .allocate(capacity: 1)
    integerCapacity = 1
    references = .allocate(capacity: 1)
    references.initialize(to: .unset)
    referenceCapacity = 1
  }

  deinit {
    integers.deallocate()
    references.deinitialize(count: referenceCapacity)
    references.deallocate()
  }

  /// Prepares the frame for `function`: integers are zero, references unset.
  func enter(_ function: ProgramFunction) {
    let needed = function.integerCount + function.poolCount
    if needed > integerCapacity {
      integers.deallocate()
      integers = .allocate(capacity: needed)
      integerCapacity = needed
    }
    integers.update(repeating: 0, count: function.integerCount)
    (integers + function.integerCount).update(from: function.pool, count: function.poolCount)
    if function.referenceCount > referenceCapacity {
      references.deinitialize(count: referenceCapacity)
      references.deallocate()
      references = .allocate(capacity: function.referenceCount)
      references.initialize(repeating: .unset, count: function.referenceCount)
      referenceCapacity = function.referenceCount
    }
  }

  /// Lets go of the references of `function`.
  func leave(_ function: ProgramFunction) {
    for index in 0..<function.referenceCount where references[index].storage != nil || references[index].list != nil {
      references[index] = .unset
    }
  }
}
