package import TesseraMLIR

/// Elements at small equal distances, as convolutions of stride 2 and interleaved data have them: neighbouring vectors and shuffles in place of a gather.
///
/// A gather takes an access for each lane; a stride of 2 takes two loads and one shuffle for all of them. Nothing beyond the last element is read:
/// the last vector ends with it, or a mask does.
extension KernelBuilder {
  /// The distances at which vectors and shuffles are fewer than lanes.
  package static let shuffledStrides = 2...4

  /// Loads the elements `position` of all lanes that exist; `nil` where their distance is none of `shuffledStrides` or a mask is not that of a last vector.
  package func loadStrided(_ reference: MemoryReference, _ position: LaneIndex, _ type: Type, mask: Value?) -> BodyValue? {
    let stride = position.stride
    guard Self.shuffledStrides.contains(stride), mask == nil, width > 1, !traits.checksAccesses else { return nil }
    let span = stride * (width - 1) + 1
    let vectorCount = (span + width - 1) / width
    let vectors: [(first: Int, value: Value)]
    if let laneMask {
      guard let masking = laneMask.definingOperation, masking.name == "vector.create_mask", let least = traits.maskedLoadByteCount,
        type.storedByteCount >= least
      else {
        return nil
      }
      // The elements up to the last lane's: stride * (lanes - 1) + 1.
      let scaled = b.binary("arith.muli", masking.operand(0), b.index(stride))
      let count = b.binary("arith.subi", scaled, b.index(stride - 1))
      vectors = (0..<vectorCount).map { k in
        let rest = k == 0 ? count : b.binary("arith.subi", count, b.index(k * width))
        let own = b.value("vector.create_mask", [rest], type: .vector([width], .i1(context)))
        return (k * width, loadVector(reference, position, k * width, type, mask: own))
      }
    } else {
      vectors = (0..<vectorCount).map { k in
        let first = k == vectorCount - 1 ? span - width : k * width
        return (first, loadVector(reference, position, first, type, mask: nil))
      }
    }
    var all = vectors[0].value
    var loaded = width
    for (k, vector) in vectors.enumerated().dropFirst() {
      let places = (0..<width).map { lane -> Int in
        let element = lane * stride
        if element < loaded { return k == 1 ? element : lane }
        // Lanes of later vectors may hold anything yet.
        return width + min(element - vector.first, width - 1)
      }
      all = b.value("vector.shuffle", [all, vector.value], type: all.type, attributes: [("mask", .denseI64(places, context))])
      loaded = vector.first + width
    }
    return .lanes(all)
  }

  /// Loads `width` neighbours from `offset` elements behind lane 0 on.
  private func loadVector(_ reference: MemoryReference, _ position: LaneIndex, _ offset: Int, _ type: Type, mask: Value?) -> Value {
    loadVector(type, from: pointer(reference, position.adding(offset), type), mask: mask)
  }
}
