import TesseraLibC
import TesseraModuleFormat
import TesseraRuntime
import TesseraWorkgroups

/// A kernel that was verified and translated.
final class PortableProgram: @unchecked Sendable {
  /// The steps.
  let steps: UnsafeMutablePointer<Step>
  /// The frame of a workgroup.
  let layout: FrameLayout
  /// The bytes of the kernel's temporary memory.
  let temporaryByteCount: Int
  /// The words of the pool, and the addresses of the bindings.
  let pool: UnsafeMutablePointer<UInt64>
  let poolCount: Int
  let bindings: UnsafeMutablePointer<Int64>
  /// The kernel's entry.
  let entry: KernelEntry

  /// The scratch memory begins with a record even where the kernel has none.
  private static let leastScratch = KernelFailure.recordByteCount
  /// What the frame is aligned to.
  private static let alignment = 128

  /// Translates a kernel, which was verified.
  init(_ kernel: PortableKernel, entry: KernelEntry) {
    self.entry = entry
    let layout = FrameLayout(kernel, bindingCount: entry.bindingCount)
    self.layout = layout
    temporaryByteCount = kernel.temporaryByteCount
    steps = .allocate(capacity: kernel.code.count)
    for (index, instruction) in kernel.code.enumerated() {
      (steps + index).initialize(to: Step(instruction, at: index, of: kernel, layout))
    }
    poolCount = kernel.pool.count
    pool = .allocate(capacity: max(poolCount, 1))
    for (index, word) in kernel.pool.enumerated() { (pool + index).initialize(to: word.littleEndian) }
    bindings = .allocate(capacity: max(entry.bindingCount, 1))
    for index in 0..<entry.bindingCount {
      (bindings + index).initialize(to: PortableRegion.address(PortableRegion.firstBinding + index))
    }
  }

  deinit {
    steps.deallocate()
    pool.deallocate()
    bindings.deallocate()
  }

  /// The scratch memory and the frame behind it.
  var memory: ScratchSize {
    ScratchSize(
      byteCount: max(entry.scratch.byteCount, Self.leastScratch) + Self.alignment + layout.byteCount, terms: entry.scratch.terms)
  }

  /// Runs a workgroup in memory as large as `memory` says, with the addresses and then the byte counts of bindings.
  func run(
    bindings: UnsafePointer<UInt64>?, constants: UnsafePointer<Int64>?, workgroup: (Int, Int), memory: UnsafeMutableRawPointer,
    interruption: Unmanaged<Interruption>, stepLimit: Int
  ) -> Int32 {
    let constants = UnsafeBufferPointer(start: constants, count: entry.constantCount)
    // The list made room for as much when the dispatch was recorded.
    guard let scratch = entry.scratch.byteCount(constants: constants) else { return KernelFailure.range.rawValue }
    let frame = memory + (max(scratch, Self.leastScratch) + Self.alignment - 1) / Self.alignment * Self.alignment
    let regions = (frame + layout.regions).assumingMemoryBound(to: Region.self)
    memset(memory, 0, KernelFailure.recordByteCount)
    memset(frame, 0, layout.regions)
    for index in 0..<PortableRegion.firstBinding { regions[index] = Region(base: nil, byteCount: 0, isWritable: false) }
    regions[PortableRegion.scratch] = Region(base: memory, byteCount: scratch, isWritable: true)
    regions[PortableRegion.temporary] = Region(base: frame + layout.temporary, byteCount: temporaryByteCount, isWritable: true)
    regions[PortableRegion.bindings] = Region(base: self.bindings, byteCount: 8 * entry.bindingCount, isWritable: false)
    regions[PortableRegion.constants] = Region(
      base: UnsafeMutableRawPointer(mutating: constants.baseAddress), byteCount: 8 * entry.constantCount, isWritable: false)
    regions[PortableRegion.pool] = Region(base: pool, byteCount: 8 * poolCount, isWritable: false)
    if let bindings {
      let count = entry.bindingCount
      for index in 0..<count {
        regions[PortableRegion.firstBinding + index] = Region(
          base: UnsafeMutableRawPointer(bitPattern: UInt(bindings[index])), byteCount: Int(bindings[count + index]),
          isWritable: index >= count - entry.resultCount)
      }
    }
    var machine = Machine(
      frame: frame, regions: regions, regionCount: layout.regionCount, spareRow: Int32(layout.spareRow), workgroup: workgroup,
      record: memory.assumingMemoryBound(to: Int64.self), interruption: interruption, fuel: 0, reserve: stepLimit)
    return machine.run(steps)
  }
}

/// What the function of a kernel is given besides: the program, and what the list says.
struct SiteContext {
  let program: Unmanaged<PortableProgram>
  let interruption: Unmanaged<Interruption>
  let stepLimit: Int
}

/// The kernels of the sites of a command list, which it keeps.
final class SiteContexts {
  /// The contexts, at the indices of the sites.
  let contexts: UnsafeMutablePointer<SiteContext>
  /// What they refer to.
  private let programs: [PortableProgram?]
  private let interruption: Interruption

  init(_ programs: [PortableProgram?], interruption: Interruption, stepLimit: Int) {
    self.programs = programs
    self.interruption = interruption
    contexts = .allocate(capacity: max(programs.count, 1))
    for (index, program) in programs.enumerated() {
      guard let program else { continue }
      (contexts + index).initialize(
        to: SiteContext(program: .passUnretained(program), interruption: .passUnretained(interruption), stepLimit: stepLimit))
    }
  }

  deinit { contexts.deallocate() }

  /// The kernels for a list; `nil` for sites of other devices.
  var kernels: [HostKernel?] {
    programs.enumerated().map { index, program in
      program.map { HostKernel(function: runWorkgroup, context: contexts + index, scratch: $0.memory) }
    }
  }
}

/// Runs one workgroup of a site.
private let runWorkgroup: HostKernel.Function = { bindings, constants, workgroup, memory, context in
  guard let workgroup, let memory, let context = context?.assumingMemoryBound(to: SiteContext.self).pointee else { return -1 }
  return context.program._withUnsafeGuaranteedRef {
    $0.run(
      bindings: bindings, constants: constants, workgroup: (Int(workgroup[0]), Int(workgroup[1])), memory: memory,
      interruption: context.interruption, stepLimit: context.stepLimit)
  }
}
