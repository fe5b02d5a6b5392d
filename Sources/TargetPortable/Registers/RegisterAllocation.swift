internal import TesseraModuleFormat

/// Gives virtual registers their numbers: those whose lives do not overlap share one.
///
/// A life is a range of instructions, from the first that writes the register to the last that uses it; one that is written before a loop and
/// used in it lives to the loop's end. Registers that instructions want side by side are a group, which lives as long as any of it.
struct RegisterAllocation {
  private(set) var numbers: [VirtualRegister: Int] = [:]
  private(set) var scalarCount = 0
  private(set) var rowCount = 0

  /// One or more registers side by side, and the instructions in which they live.
  private struct Life {
    var registers: [VirtualRegister]
    var first: Int
    var last: Int
    /// `true` iff the last instruction that uses the register may write its result there.
    var endsInPlace: Bool
  }

  /// `loops` are ranges of instructions that are repeated; `groups` the registers that stand side by side.
  init(_ code: [VirtualInstruction], loops: [ClosedRange<Int>], groups: [[VirtualRegister]]) {
    var free: [Bool: [Bool]] = [false: [], true: []]
    var active: [(life: Life, number: Int)] = []
    for life in Self.lives(code, loops, groups).sorted(by: { ($0.first, $0.registers[0].number) < ($1.first, $1.registers[0].number) }) {
      active.removeAll { entry in
        let isOver = entry.life.last < life.first || entry.life.last == life.first && entry.life.endsInPlace
        if isOver {
          for k in entry.life.registers.indices { free[entry.life.registers[0].isRow]![entry.number + k] = true }
        }
        return isOver
      }
      let isRow = life.registers[0].isRow
      let number = Self.take(life.registers.count, &free[isRow]!)
      for (k, register) in life.registers.enumerated() { numbers[register] = number + k }
      active.append((life, number))
    }
    (scalarCount, rowCount) = (free[false]!.count, free[true]!.count)
  }

  /// Takes `count` numbers side by side.
  private static func take(_ count: Int, _ free: inout [Bool]) -> Int {
    var run = 0
    for i in free.indices {
      run = free[i] ? run + 1 : 0
      if run == count {
        for k in 0..<count { free[i - k] = false }
        return i - count + 1
      }
    }
    // What is free at the end counts.
    let first = free.count - run
    for k in first..<free.count { free[k] = false }
    free += [Bool](repeating: false, count: count - run)
    return first
  }

  /// The lives of all registers of `code`.
  private static func lives(_ code: [VirtualInstruction], _ loops: [ClosedRange<Int>], _ groups: [[VirtualRegister]]) -> [Life] {
    var first: [VirtualRegister: Int] = [:], last: [VirtualRegister: Int] = [:], inPlace: [VirtualRegister: Bool] = [:]
    var members: [VirtualRegister: Int] = [:]
    for (g, group) in groups.enumerated() { for register in group { members[register] = g } }
    for (i, instruction) in code.enumerated() {
      for operand in instruction.readOperands {
        guard let register = operand.register else { continue }
        if first[register] == nil { first[register] = i }
        last[register] = i
        inPlace[register] = instruction.worksInPlace && members[register] == nil
      }
      // Groups are named by their first register.
      if instruction.opcode == .contract {
        for operand in [instruction.d, instruction.c] {
          guard let named = operand.register, let g = members[named] else { continue }
          for register in groups[g] {
            if first[register] == nil { first[register] = i }
            (last[register], inPlace[register]) = (i, false)
          }
        }
      }
      if let register = instruction.written {
        if first[register] == nil { first[register] = i }
        if last[register] != i { (last[register], inPlace[register]) = (i, false) }
      }
    }
    // Inner loops end before outer ones.
    for loop in loops.sorted(by: { $0.upperBound < $1.upperBound }) {
      for (register, end) in last where loop.contains(end) && first[register]! < loop.lowerBound && end < loop.upperBound {
        (last[register], inPlace[register]) = (loop.upperBound, false)
      }
    }
    var list = groups.map { group in
      Life(
        registers: group, first: group.compactMap { first[$0] }.min() ?? 0, last: group.compactMap { last[$0] }.max() ?? 0,
        endsInPlace: false)
    }
    for (register, start) in first where members[register] == nil {
      list.append(Life(registers: [register], first: start, last: last[register]!, endsInPlace: inPlace[register]!))
    }
    return list
  }
}
