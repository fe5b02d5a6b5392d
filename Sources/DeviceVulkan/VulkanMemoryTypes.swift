import TesseraCVulkan
import TesseraRuntime

/// The types of memory that buffers get.
struct VulkanMemoryTypes {
  /// A type as allocations name it.
  struct Kind: Hashable {
    let index: UInt32
    /// `true` iff the host maps it.
    let isMapped: Bool
    /// `true` iff the host reads it as fast as its own memory.
    let isCached: Bool
  }

  /// What kernels compute in: the device's own memory, which the host maps where it can.
  let own: Kind
  /// What the host writes for the device, and reads of it: arguments, staged bytes.
  let host: Kind

  /// Chooses the types. `hidesMemory` leaves what kernels compute in to the device alone, as on a graphics card, for tests.
  ///
  /// A card may show a small part of its memory to the host: all of it or nothing is what `own` asks for.
  init(_ physical: PhysicalDevice, hidesMemory: Bool) throws(RuntimeError) {
    let types = physical.memoryTypes, heaps = physical.heaps
    func flags(_ index: Int) -> UInt32 { types[index].propertyFlags }
    func has(_ index: Int, _ wanted: Int...) -> Bool { wanted.allSatisfy { flags(index) & UInt32($0) != 0 } }
    func heap(_ index: Int) -> UInt64 { heaps[Int(types[index].heapIndex)].size }
    let (visible, coherent) = (Int(VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT), Int(VK_MEMORY_PROPERTY_HOST_COHERENT_BIT))
    let (local, cached) = (Int(VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT), Int(VK_MEMORY_PROPERTY_HOST_CACHED_BIT))
    let largest = types.indices.filter { has($0, local) }.map(heap).max() ?? 0
    let mapped = types.indices.filter { has($0, visible, coherent) }
    guard let host = mapped.first(where: { has($0, cached) }) ?? mapped.first else { throw .noVulkan("it has no memory for the host") }
    let whole = hidesMemory ? [] : mapped.filter { has($0, local) && heap($0) == largest }
    let own =
      whole.first { has($0, cached) } ?? whole.first ?? types.indices.first { has($0, local) && heap($0) == largest } ?? host
    self.host = Kind(index: UInt32(host), isMapped: true, isCached: has(host, cached))
    self.own = Kind(
      index: UInt32(own), isMapped: !hidesMemory && has(own, visible, coherent),
      isCached: !hidesMemory && has(own, visible, coherent, cached))
  }
}
