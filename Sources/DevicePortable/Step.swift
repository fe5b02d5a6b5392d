import TesseraModuleFormat

/// An instruction as the machine reads it: what it needs is where it needs it, and nothing is left to check but addresses.
struct Step {
  /// The part of the machine that runs it.
  var unit: Unit
  /// The instruction.
  var opcode: PortableOpcode
  /// A predicate, a function, a type to convert from, a number, flags.
  var variant: UInt8
  /// The bytes of an element.
  var size: UInt8
  /// The lanes, and the parts of 16 lanes that they take; 0 for scalars.
  var lanes: UInt8
  var blocks: UInt8
  /// The type of the elements.
  var type: PortableType
  /// The registers: their bytes in the frame.
  var d: Int32
  var a: Int32
  var b: Int32
  var c: Int32
  /// The immediate; of branches the distance in steps, of constants the bits.
  var immediate: Int

  /// The parts of the machine. One `switch` finds the part, another one in it the operation.
  enum Unit: UInt8 {
    // What loops are made of, on 64-bit scalars, each without a second `switch`.
    case constant, addIndex, multiplyIndex, loop, branch, branchIf, branchUnless, branchCompare
    // Elements by their bytes, whatever they are.
    case move, broadcast, whole
    case integers8, integers16, integers32, integers64, floats32, floats64
    case compareIntegers, compareFloats, select, convert, reduce
    case load, store, loadSplat, gather, scatter, copy, contract
    case finish, finishWith
  }
}

/// The places of registers and memory in a frame, which a workgroup has for itself.
struct FrameLayout {
  /// The scalars begin at 0; then come the rows, and a row for the machine.
  let rows: Int
  let spareRow: Int
  /// The temporary memory, and the table of regions.
  let temporary: Int
  let regions: Int
  /// The number of regions.
  let regionCount: Int
  /// The bytes of the frame.
  let byteCount: Int

  /// Lays the frame of a kernel with so many bindings out.
  init(_ kernel: PortableKernel, bindingCount: Int) {
    func aligned(_ offset: Int) -> Int { (offset + 63) / 64 * 64 }
    rows = aligned(8 * kernel.scalarCount)
    spareRow = rows + kernel.rowCount * PortableInstruction.rowByteCount
    temporary = spareRow + PortableInstruction.rowByteCount
    regions = aligned(temporary + kernel.temporaryByteCount)
    regionCount = PortableRegion.firstBinding + bindingCount
    byteCount = aligned(regions + regionCount * MemoryLayout<Region>.stride)
  }
}

/// A part of memory that addresses may lie in.
struct Region {
  var base: UnsafeMutableRawPointer?
  var byteCount: Int
  var isWritable: Bool
}
