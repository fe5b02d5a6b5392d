import TesseraCompiler
import TesseraModuleFormat
import TesseraRuntime

/// Runs scheduled code with kernels that hash what they read, and notices races.
///
/// Commands between two barriers run in a random order; a command that writes what another of the same wave reads or writes is a race. Memory is fresh
/// garbage at every allocation, so that a value that was overwritten, or read before it was written, gives another result.
struct SchedulingSimulator {
  struct View {
    var buffer: Int
    var offset: Int
    var count: Int
    var shape: [Int64] = []
  }
  enum Failure: Error { case race(String), outOfBounds, failedCheck(String), unknown(Instruction) }

  let description: ModuleDescription
  let constants: [[UInt8]]
  var generator = SystemRandomNumberGenerator()
  var memory: [[UInt8]] = []
  /// The commands of the current wave: what they read and write, and what they do.
  private var wave: [(reads: [View], writes: [View], run: (inout SchedulingSimulator) -> Void)] = []
  private(set) var dispatches = 0
  private(set) var waves = 0

  init(_ description: ModuleDescription, constants: [[UInt8]] = []) {
    self.description = description
    self.constants = constants
  }

  /// What kernel `name` writes into result `number`, of `count` bytes.
  static func kernel(_ name: String, _ scalars: [Int64], _ operands: [[UInt8]], result number: Int, count: Int) -> [UInt8] {
    var state: UInt64 = 0xcbf2_9ce4_8422_2325
    func mix(_ byte: UInt64) { state = (state ^ byte) &* 0x100_0000_01b3 }
    for byte in name.utf8 { mix(UInt64(byte)) }
    for scalar in scalars { mix(UInt64(bitPattern: scalar)) }
    for operand in operands { for byte in operand { mix(UInt64(byte)) } }
    mix(UInt64(number))
    return (0..<count).map { i in
      state = state &* 6_364_136_223_846_793_005 &+ UInt64(i) | 1
      return UInt8(truncatingIfNeeded: state >> 33)
    }
  }

  /// Calls an exported function with tensors given as bytes and shape.
  mutating func call(_ name: String, _ inputs: [(bytes: [UInt8], shape: [Int64])]) throws -> [(bytes: [UInt8], shape: [Int64])] {
    let number = description.functions.firstIndex { $0.name == name }!
    let arguments = inputs.map { input -> View in
      memory.append(input.bytes)
      return View(buffer: memory.count - 1, offset: 0, count: input.bytes.count, shape: input.shape)
    }
    let results = try run(number, [], arguments).references
    try flush()
    for (argument, input) in zip(arguments, inputs) where memory[argument.buffer] != input.bytes {
      throw Failure.race("an argument was written")
    }
    return results.map { (Array(memory[$0.buffer][$0.offset..<$0.offset + $0.count]), $0.shape) }
  }

  /// Runs the commands of the wave.
  private mutating func flush() throws {
    for (i, a) in wave.enumerated() {
      for (j, b) in wave.enumerated() where i != j {
        for x in a.writes {
          for y in b.reads + b.writes
          where x.buffer == y.buffer && x.offset < y.offset + y.count && y.offset < x.offset + x.count { throw Failure.race("\(x) \(y)") }
        }
      }
    }
    waves += wave.isEmpty ? 0 : 1
    let commands = wave.shuffled(using: &generator)
    wave = []
    for command in commands { command.run(&self) }
  }

  private func bytes(_ view: View) -> [UInt8] { Array(memory[view.buffer][view.offset..<view.offset + view.count]) }

  private mutating func run(_ number: Int, _ integers: [Int64], _ references: [View]) throws -> (integers: [Int64], references: [View]) {
    let function = description.functions[number]
    var r = integers + [Int64](repeating: 0x5a5a, count: function.integerRegisterCount - integers.count)
    var b = references.map(Optional.some) + [View?](repeating: nil, count: function.referenceRegisterCount - references.count)
    func v(_ operand: IntegerOperand) -> Int64 {
      switch operand {
      case .register(let register): r[register]
      case .immediate(let value): value
      }
    }
    func view(_ reference: Int, _ offset: Int64, _ count: Int64) throws -> View {
      let base = b[reference]!
      guard offset >= 0, count >= 0, Int(offset + count) <= base.count else { throw Failure.outOfBounds }
      return View(buffer: base.buffer, offset: base.offset + Int(offset), count: Int(count))
    }
    func float(_ operand: IntegerOperand) -> Double { Double(bitPattern: UInt64(bitPattern: v(operand))) }
    var pc = 0
    while true {
      let instruction = function.code[pc]
      pc += 1
      switch instruction {
      case .move(let to, let a): r[to] = v(a)
      case .moveReference(let to, let from): b[to] = b[from]
      case .integer(let operation, let to, let x, let y): r[to] = operation.evaluate(v(x), v(y))!
      case .compare(let predicate, let to, let x, let y): r[to] = predicate.evaluate(v(x), v(y)) ? 1 : 0
      case .float(let operation, let to, let x, let y):
        let (p, q) = (float(x), float(y))
        let result: Double =
          switch operation {
          case .add: p + q
          case .sub: p - q
          case .mul: p * q
          case .div: p / q
          case .min: min(p, q)
          case .max: max(p, q)
          default: throw Failure.unknown(instruction)
          }
        r[to] = Int64(bitPattern: result.bitPattern)
      case .compareFloat(let predicate, let to, let x, let y):
        let (p, q) = (float(x), float(y))
        let holds: Bool =
          switch predicate {
          case .eq: p == q
          case .ne: p != q
          case .lt: p < q
          case .le: p <= q
          case .gt: p > q
          case .ge: p >= q
          }
        r[to] = holds ? 1 : 0
      case .floatUnary(.roundToF32, let to, let x): r[to] = Int64(bitPattern: Double(Float(float(x))).bitPattern)
      case .floatUnary(.abs, let to, let x): r[to] = Int64(bitPattern: abs(float(x)).bitPattern)
      case .convert(.intToFloat, let to, let x): r[to] = Int64(bitPattern: Double(v(x)).bitPattern)
      case .convert(.floatToInt, let to, let x): r[to] = float(x).isFinite && abs(float(x)) < 1e18 ? Int64(float(x)) : 0
      case .signExtend(let to, let x, let bits): r[to] = (v(x) << (64 - bits)) >> (64 - bits)
      case .zeroExtend(let to, let x, let bits): r[to] = bits == 64 ? v(x) : v(x) & ((1 << bits) - 1)
      case .select(let to, let condition, let x, let y): r[to] = v(condition) != 0 ? v(x) : v(y)
      case .branch(let target): pc = target
      case .branchIf(let condition, let then, let otherwise): pc = v(condition) != 0 ? then : otherwise
      case .call(let callee, let integers, let references, let integerResults, let referenceResults):
        let results = try run(callee, integers.map(v), references.map { b[$0]! })
        for (to, value) in zip(integerResults, results.integers) { r[to] = value }
        for (to, value) in zip(referenceResults, results.references) { b[to] = value }
      case .returnValues(let integers, let references): return (integers.map(v), references.map { b[$0]! })
      case .check(let condition, let message, _):
        if v(condition) == 0 { throw Failure.failedCheck(description.strings[message]) }
      case .dimension(let to, let tensor, let axis): r[to] = b[tensor]!.shape[axis]
      case .constant(let to, let index, _):
        memory.append(constants[index])
        b[to] = View(buffer: memory.count - 1, offset: 0, count: constants[index].count)
      case .allocate(let to, let count, _):
        memory.append((0..<Int(v(count))).map { _ in UInt8.random(in: 0...255, using: &generator) })
        b[to] = View(buffer: memory.count - 1, offset: 0, count: Int(v(count)))
      case .slice(let to, let from, let offset, let count): b[to] = try view(from, v(offset), v(count))
      case .plan(let offsets, let total, let sizes, let first, let last):
        let plan = MemoryPlan.offsets(sizes: sizes.map { Int(v($0)) }, first: first, last: last)
        for (to, offset) in zip(offsets, plan.offsets) { r[to] = Int64(offset) }
        r[total] = Int64(plan.total)
      case .tensor(let to, let buffer, let element, let shape):
        let count = shape.map(v).reduce(Int64(element.byteCount), *)
        b[to] = try view(buffer, 0, count)
        b[to]!.shape = shape.map(v)
      case .load(let to, let buffer, let offset, let element):
        try flush()
        let raw = bytes(try view(buffer, v(offset), Int64(element.byteCount))).reversed().reduce(UInt64(0)) { ($0 << 8) | UInt64($1) }
        r[to] =
          switch element {
          case .f32: Int64(bitPattern: Double(Float(bitPattern: UInt32(raw))).bitPattern)
          case .i32: Int64(Int32(bitPattern: UInt32(raw)))
          default: Int64(bitPattern: raw)
          }
      case .store(let value, let buffer, let offset, let element):
        try flush()
        let target = try view(buffer, v(offset), Int64(element.byteCount))
        let raw = element == .f32 ? UInt64(Float(float(value)).bitPattern) : UInt64(bitPattern: v(value))
        for i in 0..<target.count { memory[target.buffer][target.offset + i] = UInt8(truncatingIfNeeded: raw >> UInt64(8 * i)) }
      case .copy(let from, let to, let count):
        let (source, target) = (try view(from, 0, v(count)), try view(to, 0, v(count)))
        wave.append(([source], [target], { $0.write($0.bytes(source), to: target) }))
      case .dispatch(let site, _, let scalars, let bindings):
        dispatches += 1
        let entry = description.executables[0].entries[description.dispatchSites[site].entry]
        let operandCount = entry.bindingCount - resultCount(entry.symbol)
        let views = try bindings.map { try view($0.reference, v($0.offset), v($0.byteCount)) }
        let values = scalars.map(v)
        let (reads, writes) = (Array(views[..<operandCount]), Array(views[operandCount...]))
        wave.append(
          (
            reads, writes,
            { simulator in
              let operands = reads.map { simulator.bytes($0) }
              for (i, write) in writes.enumerated() {
                simulator.write(Self.kernel(entry.symbol, values, operands, result: i, count: write.count), to: write)
              }
            }
          ))
      case .barrier, .submit: try flush()
      default: throw Failure.unknown(instruction)
      }
    }
  }

  private mutating func write(_ bytes: [UInt8], to view: View) {
    memory[view.buffer].replaceSubrange(view.offset..<view.offset + view.count, with: bytes)
  }

  /// Kernels have one result, or as many as the digit after an underscore at the end of their name says.
  private func resultCount(_ symbol: String) -> Int {
    let parts = symbol.split(separator: "_")
    return parts.count > 1 ? Int(parts.last!) ?? 1 : 1
  }
}
