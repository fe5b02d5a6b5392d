import TesseraModuleFormat
import TesseraRuntime

/// A workgroup that runs: the interpreter of portable code.
///
/// Code was verified: registers, targets and words of the pool are where it says. What it computes is checked where it is used as an address.
/// Nothing here allocates, counts references or throws.
struct Machine {
  /// The registers, and the memory of the workgroup's own.
  let frame: UnsafeMutableRawPointer
  /// The parts of memory.
  let regions: UnsafeMutablePointer<Region>
  let regionCount: Int
  /// Where the row for the machine's own use is.
  let spareRow: Int32
  /// The number of the workgroup, and how many there are.
  let workgroup: (number: Int, count: Int)
  /// The scratch memory, which begins with the record of a failure.
  let record: UnsafeMutablePointer<Int64>
  /// Asks to end what runs.
  let interruption: Unmanaged<Interruption>
  /// The steps until the interruption is looked at, and those that are left then.
  var fuel: Int
  var reserve: Int
  /// The status of a failure.
  var status: Int32 = 0

  /// The steps between two looks at the interruption.
  static let turn = 1 << 14

  /// Runs code until it ends; returns its status.
  mutating func run(_ code: UnsafePointer<Step>) -> Int32 {
    var step = code
    while true {
      switch step.pointee.unit {
      case .constant: self[step.pointee.d] = step.pointee.immediate
      case .addIndex: self[step.pointee.d] = self[step.pointee.a] &+ self[step.pointee.b]
      case .multiplyIndex: self[step.pointee.d] = self[step.pointee.a] &* self[step.pointee.b]
      case .loop:
        if goesOn(step) {
          if !jump(&step) { return status }
          continue
        }
      case .branch:
        if !jump(&step) { return status }
        continue
      case .branchIf:
        if byte(step.pointee.a) != 0 {
          if !jump(&step) { return status }
          continue
        }
      case .branchUnless:
        if byte(step.pointee.a) == 0 {
          if !jump(&step) { return status }
          continue
        }
      case .branchCompare:
        if holds(step) {
          if !jump(&step) { return status }
          continue
        }
      case .move: move(step)
      case .broadcast: broadcast(step)
      case .whole: whole(step)
      case .integers8: integers(step, Int8.self)
      case .integers16: integers(step, Int16.self)
      case .integers32: integers(step, Int32.self)
      case .integers64: integers(step, Int64.self)
      case .floats32: floats(step, Float.self)
      case .floats64: floats(step, Double.self)
      case .compareIntegers: compareIntegers(step)
      case .compareFloats: compareFloats(step)
      case .select: select(step)
      case .convert: convert(step)
      case .reduce: reduce(step)
      case .load: if !load(step) { return status }
      case .loadSplat: if !loadSplat(step) { return status }
      case .store: if !store(step) { return status }
      case .gather: if !gather(step) { return status }
      case .scatter: if !scatter(step) { return status }
      case .copy: if !copy(step) { return status }
      case .contract: if !contract(step) { return status }
      case .finish: return Int32(truncatingIfNeeded: step.pointee.immediate)
      case .finishWith: return Int32(truncatingIfNeeded: self[step.pointee.a])
      }
      step += 1
    }
  }
}
