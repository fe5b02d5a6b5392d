import TesseraDiagnostics
import TesseraMLIR
import TesseraModuleFormat

/// Terminators of host blocks.
extension FunctionScheduler {
  /// Lowers the last operation of the block.
  func lowerTerminator(_ operation: Operation) throws(Diagnostic) -> BlockExit {
    switch operation.name {
    case "func.return": return try lowerReturn(operation)
    case "cf.br": return .branch(try edge(0, operation.operands[...], operation))
    case "cf.cond_br":
      let condition = try scalar(operation.operand(0), in: operation)
      let counts = operation.attribute("operandSegmentSizes")?.denseIntegers ?? []
      guard counts.count == 3 else { throw .schedulingBug(operation, "does not say which operands go where") }
      let operands = operation.operands
      return .branchIf(
        condition, then: try edge(0, operands[1..<1 + counts[1]], operation),
        otherwise: try edge(1, operands[(1 + counts[1])...], operation))
    case "cf.switch": return try lowerSwitch(operation)
    default: throw .unsupportedHostOperation(operation)
    }
  }

  private func lowerSwitch(_ operation: Operation) throws(Diagnostic) -> BlockExit {
    let flag = try scalar(operation.operand(0), in: operation)
    let counts = operation.attribute("operandSegmentSizes")?.denseIntegers ?? []
    let perCase = operation.attribute("case_operand_segments")?.denseIntegers ?? []
    let successors = operation.successors
    guard counts.count >= 2, perCase.count == successors.count - 1 else {
      throw .schedulingBug(operation, "does not say which operands go where")
    }
    let operands = operation.operands
    var position = 1 + counts[1]
    let otherwise = try edge(0, operands[1..<position], operation)
    var cases: [(value: Int64, edge: BlockExit.Edge)] = []
    if let values = operation.attribute("case_values"), values.isDenseElements {
      let width = (values.type.element.bitWidth ?? 32) / 8
      let numbers = values.withRawBytes(elementCount: perCase.count, elementByteCount: width) { bytes in
        perCase.indices.map { i in
          let at = values.isSplat ? 0 : i * width
          let raw = bytes[at..<at + width].reversed().reduce(Int64(0)) { ($0 << 8) | Int64($1) }
          return (raw << (64 - 8 * Int64(width))) >> (64 - 8 * Int64(width))
        }
      }
      for (i, number) in numbers.enumerated() {
        cases.append((number, try edge(i + 1, operands[position..<position + perCase[i]], operation)))
        position += perCase[i]
      }
    }
    return .choose(flag, cases: cases, otherwise: otherwise)
  }

  private func edge(_ successor: Int, _ operands: ArraySlice<Value>, _ operation: Operation) throws(Diagnostic) -> BlockExit.Edge {
    let target = operation.successors[successor], way = MemoryOwnership.Edge(terminator: operation, successor: successor)
    guard let label = labels[target] else { throw .schedulingBug(operation, "goes to the entry of its function") }
    var edge = BlockExit.Edge(label: label, isBackward: blockNumbers[target]! <= blockNumbers[block]!)
    for (argument, operand) in zip(target.arguments, operands) {
      let register = argumentRegisters[argument]!
      if ownership.copied.contains(.init(edge: way, argument: argument)) {
        let value = copy(try tensor(operand, in: operation))
        escape(value.storage)
        edge.references.append((register, .tensor(value)))
      } else if operand.type.isReference {
        edge.references.append((register, try referenceValue(operand, in: operation)))
      } else {
        edge.integers.append((register, try scalar(operand, in: operation)))
      }
    }
    return edge
  }

  /// The storage whose memory `storage` is at most, where a transfer made it; itself else.
  private func allocation(of storage: Int) -> Int {
    storages[storage].aliases.count == 1 ? allocation(of: storages[storage].aliases[0]) : storage
  }

  /// Lowers a return. An exported function owns the memory of its results: a result that aliases other memory is copied.
  private func lowerReturn(_ operation: Operation) throws(Diagnostic) -> BlockExit {
    var integers: [IntegerOperand] = []
    var values: [ReferenceValue] = []
    var returned: Set<Int> = []
    for (i, operand) in operation.operands.enumerated() {
      if operand.type.isList {
        values.append(try referenceValue(operand, in: operation))
      } else if operand.type.isTensor {
        var value = try tensor(operand, in: operation)
        if isExported {
          if resultTypes.indices.contains(i), resultTypes[i] != value.elementType {
            value.elementType = resultTypes[i]
            value.register = nil
          }
          let allocation = allocation(of: value.storage)
          let isFresh = storages[allocation].isOwned && returned.insert(allocation).inserted
          if !isFresh {
            value = copy(value)
            escape(value.storage)
          }
        }
        values.append(.tensor(value))
      } else if isExported {
        let value = try scalar(operand, in: operation)
        var result = try upload([value], try elementType(operand.type), operand.type, in: operation)
        if !storages[result.storage].isOwned {
          result = copy(result)
          escape(result.storage)
        }
        values.append(.tensor(result))
      } else {
        integers.append(try scalar(operand, in: operation))
      }
    }
    return .leave(integers: integers, references: values)
  }
}
