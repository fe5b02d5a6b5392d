import TesseraCVulkan
import TesseraLibC
import TesseraModuleFormat
import TesseraRuntime

/// One command buffer with what its commands read: arguments of dispatches, staged bytes, scratch memory, the record of a failure.
///
/// It is recorded, submitted, and once that has run recorded anew. Unchecked: one thread at a time uses it.
final class VulkanRecording: @unchecked Sendable {
  let memory: VulkanMemories
  private let pool: VkCommandPool
  let commands: VkCommandBuffer
  /// The record of a failure, memory of the host.
  let failure: VulkanPart
  private var isOpen = false
  /// `true` iff a command was recorded since the last barrier, and at all.
  private(set) var needsBarrier = false
  private(set) var hasCommands = false
  /// Memory of the host for arguments, and of the device for scratch memory: parts that are used again by the next recording.
  private var arguments: GrowingParts
  private var scratch: GrowingParts
  /// The dispatches that are timed, in the order of their pairs of timestamps.
  private(set) var timedSites: [Int] = []
  private var queries: (pool: VkQueryPool, count: Int)?

  private var context: VulkanContext { memory.context }
  private var vk: VulkanFunctions { memory.context.vk }

  init(_ memory: VulkanMemories) throws(RuntimeError) {
    let context = memory.context
    var info = VkCommandPoolCreateInfo()
    info.sType = UInt32(VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO)
    info.flags = UInt32(VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT)
    info.queueFamilyIndex = context.queueFamily
    var pool: VkCommandPool = 0
    try VulkanResult.check(context.vk.createCommandPool(context.device, &info, nil, &pool), "vkCreateCommandPool")
    var wanted = VkCommandBufferAllocateInfo()
    wanted.sType = UInt32(VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO)
    wanted.commandPool = pool
    wanted.commandBufferCount = 1
    var commands: VkCommandBuffer?
    let status = context.vk.allocateCommands(context.device, &wanted, &commands)
    do throws(RuntimeError) {
      guard let commands else { throw VulkanResult.error(status, "vkAllocateCommandBuffers") }
      failure = try memory.host.take(SPIRVArguments.failureByteCount)
      self.commands = commands
    } catch {
      context.vk.destroyCommandPool(context.device, pool, nil)
      throw error
    }
    (self.memory, self.pool) = (memory, pool)
    arguments = GrowingParts(memory.host, least: 64 << 10)
    scratch = GrowingParts(memory.own, least: 1 << 20)
  }

  deinit {
    if let queries { vk.destroyQueries(context.device, queries.pool, nil) }
    vk.destroyCommandPool(context.device, pool, nil)
    memory.host.give(failure)
    arguments.giveBack()
    scratch.giveBack()
  }

  // MARK: recording

  /// Begins the commands, unless they have begun.
  private func open() throws(RuntimeError) {
    if isOpen { return }
    var info = VkCommandBufferBeginInfo()
    info.sType = UInt32(VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO)
    info.flags = UInt32(VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT)
    try VulkanResult.check(vk.begin(commands, &info), "vkBeginCommandBuffer")
    isOpen = true
    memset(failure.pointer!, 0, SPIRVArguments.failureByteCount)
    // What was submitted before may still run.
    writeBarrier()
  }

  /// Records a dispatch of `count` invocations with `stride` bytes of scratch memory each; `tables` are its bindings, then its constants.
  func dispatch(
    _ kernel: VulkanExecutable.Kernel, site: Int, count: Int, stride: Int, bindings: UnsafeBufferPointer<UInt64>,
    constants: UnsafeBufferPointer<Int64>, isTimed: Bool
  ) throws(RuntimeError) {
    try open()
    var given = SPIRVArguments()
    let tables = try arguments.take(8 * max(1, bindings.count + constants.count))
    let pointer = tables.pointer!
    if let base = bindings.baseAddress { memcpy(pointer, base, 8 * bindings.count) }
    if let base = constants.baseAddress { memcpy(pointer + 8 * bindings.count, base, 8 * constants.count) }
    given.bindings = tables.address
    given.constants = tables.address + UInt64(8 * bindings.count)
    if stride > 0 {
      given.scratch = try scratch.take(stride * count).address
      given.scratchStride = UInt64(stride)
    }
    given.failure = failure.address
    given.count = UInt32(count)
    given.site = UInt32(site)
    if isTimed {
      barrier()
      try writeTimestamp(2 * timedSites.count)
    }
    vk.bindPipeline(commands, UInt32(VK_PIPELINE_BIND_POINT_COMPUTE), kernel.pipeline)
    withUnsafeBytes(of: given) {
      vk.pushConstants(
        commands, context.layout, UInt32(VK_SHADER_STAGE_COMPUTE_BIT), 0, UInt32(SPIRVArguments.byteCount), $0.baseAddress)
    }
    vk.dispatch(commands, UInt32((count + kernel.workgroupSize - 1) / kernel.workgroupSize), 1, 1)
    (needsBarrier, hasCommands) = (true, true)
    if isTimed {
      barrier()
      try writeTimestamp(2 * timedSites.count + 1)
      timedSites.append(site)
    }
  }

  /// Records a copy between two places in buffers.
  func copy(
    from: (block: VulkanBlock, offset: UInt64), to: (block: VulkanBlock, offset: UInt64), byteCount: Int
  ) throws(RuntimeError) {
    try open()
    var region = VkBufferCopy(srcOffset: from.offset, dstOffset: to.offset, size: UInt64(byteCount))
    vk.copy(commands, from.block.buffer, to.block.buffer, 1, &region)
    (needsBarrier, hasCommands) = (true, true)
  }

  /// Records a fill with a pattern of 1, 2, 4 or 8 bytes.
  ///
  /// Vulkan fills whole words with one; what is left before and behind, and patterns of two words, are copies of staged bytes.
  func fill(_ to: (block: VulkanBlock, offset: UInt64), pattern: UInt64, patternByteCount: Int, byteCount: Int) throws(RuntimeError) {
    try open()
    var whole: UInt64 = 0
    for k in 0..<8 { whole |= (pattern >> UInt64(k % patternByteCount * 8) & 0xFF) << UInt64(8 * k) }
    /// The pattern as it continues at a byte.
    func turned(_ byte: Int) -> UInt64 { byte % 8 == 0 ? whole : whole >> UInt64(byte % 8 * 8) | whole << UInt64(64 - byte % 8 * 8) }
    let head = min(byteCount, Int((4 - to.offset & 3) & 3)), words = (byteCount - head) / 4, tail = byteCount - head - 4 * words
    let middle = turned(head)
    if middle >> 32 == middle & 0xFFFF_FFFF {
      if words > 0 { vk.fill(commands, to.block.buffer, to.offset + UInt64(head), UInt64(4 * words), UInt32(middle & 0xFFFF_FFFF)) }
      try stage(to, at: 0, count: head, turned(0))
      try stage(to, at: head + 4 * words, count: tail, turned(head + 4 * words))
    } else {
      try stage(to, at: 0, count: byteCount, whole)
    }
    (needsBarrier, hasCommands) = (true, true)
  }

  /// Copies `count` bytes of a repeated pattern to the place `at` bytes behind `to`.
  private func stage(_ to: (block: VulkanBlock, offset: UInt64), at start: Int, count: Int, _ pattern: UInt64) throws(RuntimeError) {
    if count == 0 { return }
    let piece = min((count + 7) / 8 * 8, 32 << 10)
    let bytes = try arguments.take(piece)
    for k in 0..<piece / 8 { bytes.pointer!.storeBytes(of: pattern, toByteOffset: 8 * k, as: UInt64.self) }
    let regions = stride(from: 0, to: count, by: piece).map {
      VkBufferCopy(srcOffset: UInt64(bytes.offset), dstOffset: to.offset + UInt64(start + $0), size: UInt64(min(piece, count - $0)))
    }
    vk.copy(commands, bytes.block.buffer, to.block.buffer, UInt32(regions.count), regions)
  }

  /// Lets what comes next see what was recorded so far.
  func barrier() {
    guard needsBarrier else { return }
    writeBarrier()
    needsBarrier = false
    scratch.useAgain()
  }

  private func writeBarrier(toHost: Bool = false) {
    let stages = UInt32(VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT)
    var barrier = VkMemoryBarrier()
    barrier.sType = UInt32(VK_STRUCTURE_TYPE_MEMORY_BARRIER)
    barrier.srcAccessMask = UInt32(VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT)
    barrier.dstAccessMask = UInt32(
      VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT
        | (toHost ? VK_ACCESS_HOST_READ_BIT : 0))
    vk.barrier(commands, stages, stages | (toHost ? UInt32(VK_PIPELINE_STAGE_HOST_BIT) : 0), 0, 1, &barrier, 0, nil, 0, nil)
  }

  /// Ends the commands: they can be submitted.
  func close() throws(RuntimeError) {
    try open()
    writeBarrier(toHost: true)
    isOpen = false
    try VulkanResult.check(vk.end(commands), "vkEndCommandBuffer")
  }

  /// Forgets the commands. Requires: they do not run.
  func clear() {
    if isOpen { _ = vk.end(commands) }
    (isOpen, needsBarrier, hasCommands) = (false, false, false)
    timedSites.removeAll(keepingCapacity: true)
    arguments.useAgain()
    scratch.useAgain()
  }

  // MARK: timing

  /// The most dispatches of a recording that are timed.
  static let timedLimit = 1 << 12

  private func writeTimestamp(_ number: Int) throws(RuntimeError) {
    if queries == nil {
      var info = VkQueryPoolCreateInfo()
      info.sType = UInt32(VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO)
      info.queryType = UInt32(VK_QUERY_TYPE_TIMESTAMP)
      info.queryCount = UInt32(2 * Self.timedLimit)
      var pool: VkQueryPool = 0
      try VulkanResult.check(vk.createQueries(context.device, &info, nil, &pool), "vkCreateQueryPool")
      queries = (pool, 2 * Self.timedLimit)
    }
    guard let queries else { return }
    if number == 0 { vk.resetQueries(commands, queries.pool, 0, UInt32(queries.count)) }
    vk.writeTimestamp(commands, UInt32(VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT), queries.pool, UInt32(number))
  }

  /// The dispatches that were timed, in order, in nanoseconds since the first one began. Requires: they have run.
  func times() throws(RuntimeError) -> [(site: Int, begin: UInt64, end: UInt64)] {
    guard let queries, !timedSites.isEmpty else { return [] }
    var stamps = [UInt64](repeating: 0, count: 2 * timedSites.count)
    let flags = UInt32(VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT)
    let status = vk.queryResults(context.device, queries.pool, 0, UInt32(stamps.count), 8 * stamps.count, &stamps, 8, flags)
    try VulkanResult.check(status, "vkGetQueryPoolResults")
    func nanoseconds(_ stamp: UInt64) -> UInt64 { UInt64(min(Double(stamp &- stamps[0]) * context.timestampPeriod, 1e18)) }
    return timedSites.enumerated().map { k, site in
      let begin = nanoseconds(stamps[2 * k])
      return (site, begin, max(begin, nanoseconds(stamps[2 * k + 1])))
    }
  }
}

/// The memory of a device.
struct VulkanMemories: Sendable {
  let context: VulkanContext
  /// What kernels compute in.
  let own: VulkanMemory
  /// What the host writes and reads.
  let host: VulkanMemory

  init(_ context: VulkanContext) {
    self.context = context
    own = VulkanMemory(context, context.memoryTypes.own)
    host = context.memoryTypes.host == context.memoryTypes.own ? own : VulkanMemory(context, context.memoryTypes.host)
  }

  /// Finds the buffer in which an address lies.
  func find(_ address: UInt64) throws(RuntimeError) -> (block: VulkanBlock, offset: UInt64) {
    guard let place = own.find(address) ?? host.find(address) else {
      throw RuntimeError(.internalError, "address \(address) is in no buffer of the device", id: "unknownAddress")
    }
    return place
  }
}

/// Memory that is handed out from front to back, and all at once used again.
struct GrowingParts {
  private let memory: VulkanMemory
  private let least: Int
  private var parts: [VulkanPart] = []
  private var current = 0
  private var used = 0

  init(_ memory: VulkanMemory, least: Int) { (self.memory, self.least) = (memory, least) }

  /// Hands out memory that begins at a multiple of 64.
  mutating func take(_ byteCount: Int) throws(RuntimeError) -> VulkanPart {
    let size = (byteCount + 63) / 64 * 64
    while current < parts.count {
      let part = parts[current]
      if part.byteCount - used >= size {
        defer { used += size }
        return VulkanPart(block: part.block, offset: part.offset + used, byteCount: size)
      }
      current += 1
      used = 0
    }
    let part = try memory.take(max(size, least))
    parts.append(part)
    used = size
    return VulkanPart(block: part.block, offset: part.offset, byteCount: size)
  }

  /// Hands out the same memory from the beginning.
  mutating func useAgain() { (current, used) = (0, 0) }

  /// Gives all of it back.
  mutating func giveBack() {
    for part in parts { memory.give(part) }
    parts = []
  }
}
