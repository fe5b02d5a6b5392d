import TesseraDeviceCPU
import TesseraModuleFormat
import TesseraRuntime
import Testing

/// Random programs that the verifier accepts: each ends with a result or an error, never with a trap.
struct FuzzTests {
  /// The random numbers of one program (PCG's multiplier and increment), so that a failure can be repeated.
  struct Random {
    /// The state.
    var state: UInt64

    /// Returns a number in `0..<limit`.
    mutating func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }

    /// Returns an operand: a register, a small number, or an extreme one.
    mutating func value() -> IntegerOperand {
      switch next(8) {
      case 0...2: .register(next(4))
      case 3: [.immediate(.max), .immediate(.min), -1, .immediate(1 << 40)][next(4)]
      default: .immediate(Int64(next(70)))
      }
    }

    /// Returns a size that is small or impossible, as programs shall not eat the machine's memory.
    mutating func size() -> IntegerOperand {
      next(12) == 0 ? [.immediate(.max), .immediate(.min), -1][next(3)] : .immediate(Int64(next(70)))
    }

    /// Returns an instruction of a function with 4 registers of each kind; branches go forward.
    mutating func instruction(at position: Int, of count: Int) -> Instruction {
      func pick<Variant: CaseIterable>(_: Variant.Type) -> Variant where Variant.AllCases == [Variant] {
        Variant.allCases[next(Variant.allCases.count)]
      }
      let forward = position + 1 + next(count - position - 1)
      switch next(35) {
      case 0: return .move(to: next(4), value())
      case 1: return .moveReference(to: next(4), from: next(4))
      case 2: return .integer(pick(IntegerOperation.self), to: next(4), value(), value())
      case 3: return .compare(pick(IntegerPredicate.self), to: next(4), value(), value())
      case 4: return .float(pick(FloatOperation.self), to: next(4), value(), value())
      case 5: return .compareFloat(pick(FloatPredicate.self), to: next(4), value(), value())
      case 6: return .floatUnary(pick(FloatUnaryOperation.self), to: next(4), value())
      case 7: return .convert(pick(Conversion.self), to: next(4), value())
      case 8: return .signExtend(to: next(4), value(), bits: 1 + next(64))
      case 9: return .zeroExtend(to: next(4), value(), bits: 1 + next(64))
      case 10: return .select(to: next(4), condition: value(), value(), value())
      case 11: return .branch(forward)
      case 12: return .branchIf(value(), then: forward, else: position + 1)
      case 13: return .call(function: 0, integers: [], references: [next(4)], integerResults: [], referenceResults: [next(4)])
      case 14: return .check(value(), message: 0, values: [value()])
      case 15: return .dimension(to: next(4), tensor: next(4), axis: next(3))
      case 16: return .byteCount(to: next(4), reference: next(4))
      case 17: return .constant(to: next(4), index: next(2))
      case 18, 19: return .allocate(to: next(4), byteCount: size())
      case 20: return .slice(to: next(4), from: next(4), offset: value(), byteCount: value())
      case 21:
        return .plan(
          offsets: [next(4), next(4)], total: next(4), sizes: [value(), value()], first: [next(3), next(3)], last: [next(3), next(3)])
      case 22: return .tensor(to: next(4), buffer: next(4), elementType: pick(ElementType.self), shape: (0..<next(3)).map { _ in value() })
      case 23: return .load(to: next(4), buffer: next(4), byteOffset: value(), elementType: pick(ElementType.self))
      case 24: return .store(value(), buffer: next(4), byteOffset: value(), elementType: pick(ElementType.self))
      case 25: return .list(to: next(4), elements: (0..<next(3)).map { _ in next(4) })
      case 26: return .listCount(to: next(4), list: next(4))
      case 27: return .listElement(to: next(4), list: next(4), position: value())
      case 28: return .listInsert(to: next(4), list: next(4), position: value(), element: next(4))
      case 29: return .listErase(to: next(4), list: next(4), position: value())
      case 30: return .checkTensor(next(4), elementType: pick(ElementType.self), shape: (0..<next(3)).map { _ in value() })
      case 31, 32:
        let operation = pick(StringOperation.self)
        let numbers: [ElementType] = [.bool, .i8, .u16, .i64, .f16, .f32, .f64, .f8E5M2, .i4]
        return .strings(
          operation, to: (0..<operation.resultCount).map { _ in next(4) }, from: (0..<operation.operandCount).map { _ in next(4) },
          elementType: operation.resultType ?? numbers[next(numbers.count)], values: (0..<operation.valueCount).map { _ in value() })
      case 33:
        let rank = next(3)
        return .listJoin(
          to: next(4), list: next(4), axis: next(rank + 1), isNew: 1, elementType: pick(ElementType.self),
          shape: (0..<rank).map { _ in value() })
      default:
        return next(2) == 0
          ? .copy(from: next(4), to: next(4), byteCount: value())
          : .fill(buffer: next(4), pattern: value(), patternByteCount: 1 << next(4), byteCount: value())
      }
    }
  }

  /// Some thousand programs; a module that calls itself endlessly ends by its depth.
  @Test(arguments: 0..<8) func programs(batch: Int) throws {
    let device = CPUDevice(threads: 1)
    var results = 0
    for seed in 0..<500 {
      var random = Random(state: UInt64(batch * 500 + seed))
      let count = 5 + random.next(20)
      var code = (0..<count).map { random.instruction(at: $0, of: count + 1) }
      code.append(.returnValues(integers: [], references: [random.next(4)]))
      let module = ModuleDescription(
        functions: [
          FunctionDescription(
            name: "main", isExported: true, inputs: [f32("x", [.symbolic("n")])], outputs: [f32("y", [.symbolic("n")])],
            integerRegisterCount: 4, referenceRegisterCount: 4, code: code)
        ], strings: ["{0}"])
      let session = try Session(load(module, constants: [[1, 2, 3], []]), device: device)
      let input = try Tensor(shape: [5], [1, 2, 3, 4, 5] as [Float])
      for _ in 0..<2 {
        if let outputs = try? session.call("main", [input]) { results += outputs[0].count }
      }
      #expect(try input.array() == [1, 2, 3, 4, 5] as [Float])
    }
    #expect(results > 0)
  }
}
