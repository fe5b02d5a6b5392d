import Synchronization
import TesseraCVulkan
import TesseraRuntime

/// Memory of one type, in blocks of which allocations are parts: drivers give some thousands of blocks at most.
final class VulkanMemory: Sendable {
  let context: VulkanContext
  let kind: VulkanMemoryTypes.Kind
  private let blocks = Mutex<[VulkanBlock]>([])
  /// The bytes of a block for small parts, and the least of a part that gets a block of its own.
  private static let blockByteCount = 16 << 20, largePart = 4 << 20
  /// Parts begin at multiples of this.
  private static let alignment = 256

  init(_ context: VulkanContext, _ kind: VulkanMemoryTypes.Kind) { (self.context, self.kind) = (context, kind) }

  /// Takes memory with arbitrary content, which begins at a multiple of 256. Errors: there is none left.
  func take(_ byteCount: Int) throws(RuntimeError) -> VulkanPart {
    guard byteCount >= 0, UInt64(byteCount) <= context.allocationLimit, byteCount <= 1 << 46 else { throw .outOfVulkanMemory(byteCount) }
    let size = (max(byteCount, 1) + Self.alignment - 1) / Self.alignment * Self.alignment
    let isLarge = size >= Self.largePart
    if !isLarge, let part = blocks.withLock({ list in Self.part(of: list, size) }) { return part }
    let block = try VulkanBlock(context, kind, byteCount: isLarge ? size : Self.blockByteCount)
    return blocks.withLock { list in
      let place = list.firstIndex { $0.address > block.address } ?? list.count
      list.insert(block, at: place)
      // A new block has room.
      return block.take(size)!
    }
  }

  /// Takes a part of the first block that has one; `nil` where none has.
  private static func part(of blocks: [VulkanBlock], _ size: Int) -> VulkanPart? {
    for block in blocks { if let part = block.take(size) { return part } }
    return nil
  }

  /// Gives memory back. Blocks without parts go, but for one small one.
  func give(_ part: VulkanPart) {
    blocks.withLock { list in
      part.block.give(part)
      guard part.block.isEmpty else { return }
      let isSpare =
        part.block.byteCount == Self.blockByteCount && !list.contains { $0 !== part.block && $0.byteCount == Self.blockByteCount }
      if !isSpare { list.removeAll { $0 === part.block } }
    }
  }

  /// Finds the block in which an address lies, and its place there.
  func find(_ address: UInt64) -> (block: VulkanBlock, offset: UInt64)? {
    blocks.withLock { list in
      var (low, high) = (0, list.count)
      while low < high {
        let middle = (low + high) / 2
        if list[middle].address <= address { low = middle + 1 } else { high = middle }
      }
      guard low > 0, address - list[low - 1].address < UInt64(list[low - 1].byteCount) else { return nil }
      return (list[low - 1], address - list[low - 1].address)
    }
  }
}

/// A part of a block.
struct VulkanPart: Sendable {
  let block: VulkanBlock
  let offset: Int
  let byteCount: Int

  /// The address on the device.
  var address: UInt64 { block.address + UInt64(offset) }
  /// The pointer of the host; `nil` where the memory is not mapped.
  var pointer: UnsafeMutableRawPointer? { block.pointer.map { $0 + offset } }
}

/// A buffer with memory of its own. Unchecked: the mutex of `VulkanMemory` guards what is free.
final class VulkanBlock: @unchecked Sendable {
  private let context: VulkanContext
  private let memory: VkDeviceMemory
  let buffer: VkBuffer
  let address: UInt64
  let pointer: UnsafeMutableRawPointer?
  let byteCount: Int
  /// What is free, by offset; neighbours are joined.
  private var free: [Range<Int>]

  /// Allocates a block. Errors: the device has no such memory left.
  init(_ context: VulkanContext, _ kind: VulkanMemoryTypes.Kind, byteCount: Int) throws(RuntimeError) {
    let (vk, device) = (context.vk, context.device)
    self.context = context
    self.byteCount = byteCount
    free = [0..<byteCount]
    var info = VkBufferCreateInfo()
    info.sType = UInt32(VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO)
    info.size = UInt64(byteCount)
    info.usage = UInt32(
      VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT
        | VK_BUFFER_USAGE_TRANSFER_DST_BIT)
    var buffer: VkBuffer = 0
    guard vk.createBuffer(device, &info, nil, &buffer) == 0 else { throw .outOfVulkanMemory(byteCount) }
    var needed = VkMemoryRequirements()
    vk.bufferRequirements(device, buffer, &needed)
    guard needed.memoryTypeBits & 1 << kind.index != 0 else {
      vk.destroyBuffer(device, buffer, nil)
      throw RuntimeError(.internalError, "Vulkan: buffers cannot have memory of type \(kind.index)", id: "vulkan")
    }
    guard let memory = Self.memory(context, kind, needed.size) else {
      vk.destroyBuffer(device, buffer, nil)
      throw .outOfVulkanMemory(byteCount)
    }
    var pointer: UnsafeMutableRawPointer?
    var status = vk.bindMemory(device, buffer, memory, 0)
    if status == 0, kind.isMapped { status = vk.mapMemory(device, memory, 0, .max, 0, &pointer) }
    guard status == 0 else {
      vk.destroyBuffer(device, buffer, nil)
      vk.freeMemory(device, memory, nil)
      throw VulkanResult.error(status, "memory of \(byteCount) bytes")
    }
    var query = VkBufferDeviceAddressInfo()
    query.sType = UInt32(VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO)
    query.buffer = buffer
    (self.buffer, self.memory, self.pointer) = (buffer, memory, pointer)
    address = vk.bufferAddress(device, &query)
  }

  deinit {
    context.vk.destroyBuffer(context.device, buffer, nil)
    context.vk.freeMemory(context.device, memory, nil)
  }

  /// Allocates memory whose buffers have addresses; `nil` where there is none left.
  private static func memory(_ context: VulkanContext, _ kind: VulkanMemoryTypes.Kind, _ byteCount: UInt64) -> VkDeviceMemory? {
    var flags = VkMemoryAllocateFlagsInfo()
    flags.sType = UInt32(VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO)
    flags.flags = UInt32(VK_MEMORY_ALLOCATE_DEVICE_ADDRESS_BIT)
    var memory: VkDeviceMemory = 0
    let status = withUnsafePointer(to: &flags) { flags in
      var info = VkMemoryAllocateInfo()
      info.sType = UInt32(VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO)
      info.pNext = UnsafeRawPointer(flags)
      info.allocationSize = byteCount
      info.memoryTypeIndex = kind.index
      return context.vk.allocateMemory(context.device, &info, nil, &memory)
    }
    return status == 0 ? memory : nil
  }

  /// `true` iff no part is taken.
  var isEmpty: Bool { free.count == 1 && free[0].count == byteCount }

  /// Takes the first free part of so many bytes; `nil` where there is none.
  func take(_ size: Int) -> VulkanPart? {
    guard let place = free.firstIndex(where: { $0.count >= size }) else { return nil }
    let offset = free[place].lowerBound
    if free[place].count == size { free.remove(at: place) } else { free[place] = offset + size..<free[place].upperBound }
    return VulkanPart(block: self, offset: offset, byteCount: size)
  }

  /// Gives a part back.
  func give(_ part: VulkanPart) {
    var range = part.offset..<part.offset + part.byteCount
    var place = free.firstIndex { $0.lowerBound > range.lowerBound } ?? free.count
    if place < free.count, free[place].lowerBound == range.upperBound { range = range.lowerBound..<free.remove(at: place).upperBound }
    if place > 0, free[place - 1].upperBound == range.lowerBound {
      place -= 1
      range = free.remove(at: place).lowerBound..<range.upperBound
    }
    free.insert(range, at: place)
  }
}

extension RuntimeError {
  /// The device has no such memory left.
  static func outOfVulkanMemory(_ byteCount: Int) -> RuntimeError {
    RuntimeError(.resourceExhausted, "the Vulkan device has no \(byteCount) bytes of memory left", id: "outOfMemory")
  }
}
