internal import TesseraKernels
internal import TesseraMLIR
internal import TesseraModuleFormat

/// Makes the entry point of a kernel out of its function.
///
/// Before: `func.func @name(%bindings: i64, %constants: i64, %place: i64, %scratch: i64) -> i32`.
/// After: `spirv.func @main`, which reads `SPIRVArguments` from push constants, and does nothing in invocations without work, or where a kernel
/// has failed before:
///
///     scf.if %hasWork {
///       the kernel
///       scf.if %failed { the first failure of all is remembered }
///     }
struct EntryPoint {
  private let module: Module
  private let context: Context
  /// The invocations of a workgroup.
  private let workgroupSize: Int
  /// The bytes of temporary memory, which comes first in an invocation's scratch memory.
  private let temporaryByteCount: Int

  static let name = "main"
  private static let push = "arguments", builtIns = ["WorkgroupId", "LocalInvocationId"]

  init(_ module: Module, workgroupSize: Int, temporaryByteCount: Int) {
    (self.module, context) = (module, module.context)
    (self.workgroupSize, self.temporaryByteCount) = (workgroupSize, (temporaryByteCount + 63) / 64 * 64)
  }

  /// What the entry point reads.
  private struct Given {
    let bindings: Value, constants: Value, scratch: Value, stride: Value, failure: Value
    let count: Value, site: Value
  }

  /// Turns `function` into the entry point.
  func make(of function: Operation) {
    let location = function.location, region = Region.create()
    let entry = region.appendBlock([], location)
    let b = Builder(context, at: entry, location: location), m = Builder(context, at: module.body, location: location)
    makeVariables(m)
    m.create(
      "spirv.func",
      attributes: [
        ("sym_name", .string(Self.name, context)), ("function_type", .type(.function([], [], context))),
        ("function_control", Attribute("#spirv.function_control<None>", context)!),
      ], regions: [region])
    let given = readArguments(b)
    let number = invocation(b), hasFailed = b.loadElement(.i32(context), at: given.failure)
    let hasWork = b.and(
      b.compare(.unsignedLess, number, given.count), b.compare(.equal, hasFailed, b.scalar(0, .i32(context))))
    let inside = Region.create()
    let work = Builder(context, at: inside.appendBlock([], location), location: location)
    let place = fill(work, function, given, number)
    work.create("scf.yield")
    b.create("scf.if", [hasWork], regions: [inside, Region.create()])
    b.create("spirv.Return")
    function.erase()
    settle(place)
  }

  /// Where an invocation is: its number, how many there are, and its scratch memory.
  private struct Place { let number: Value, count: Value, memory: Value }

  /// Puts values in place of what the machine left open.
  private func settle(_ place: Place) {
    for op in module.operation.descendants {
      let b = Builder(context, before: op)
      switch op.name {
      case SPIRVMachine.Name.place:
        for (result, value) in zip(op.results, [place.number, place.count]) {
          result.replaceAllUses(with: b.value("arith.index_castui", [value], type: .index(context)))
        }
      case SPIRVMachine.Name.temporary:
        let offset = op.attribute(SPIRVMachine.Name.offset)?.integerValue ?? 0
        op.result(0).replaceAllUses(with: offset == 0 ? place.memory : b.plus(place.memory, b.constant64(offset)))
      default: continue
      }
      op.erase()
    }
  }

  /// Moves the kernel, and says what becomes of its status; returns where it is.
  private func fill(_ b: Builder, _ function: Operation, _ given: Given, _ number: Value) -> Place {
    let i64 = Type.i64(context)
    let wide = b.value("arith.extui", [number], type: i64)
    let own = b.plus(given.scratch, b.times(wide, given.stride))
    let scratch = temporaryByteCount == 0 ? own : b.plus(own, b.constant64(temporaryByteCount))
    let body = function.body()!
    for (argument, value) in zip(body.arguments, [given.bindings, given.constants, given.bindings, scratch]) {
      argument.replaceAllUses(with: value)
    }
    for op in body.operations where op.name != "func.return" {
      op.detach()
      b.insert(op)
    }
    let place = Place(number: number, count: given.count, memory: own)
    guard let status = body.terminator?.operand(0), status.definingOperation?.name != "arith.constant" else { return place }
    let inner = Region.create(), i = Builder(context, at: inner.appendBlock([], b.location), location: b.location)
    remember(status, given, record: scratch, i)
    i.create("scf.yield")
    let isFailure = b.compare(.notEqual, status, b.scalar(0, .i32(context)))
    b.create("scf.if", [isFailure], regions: [inner, Region.create()])
    return place
  }

  /// Makes each loop that ends early a failure. After simplification: upstream replaces a count of turns by what it should be.
  func checkTurns() {
    TurnChecks(context: context) { b in
      remember(b.constant(.integer(Int(KernelFailure.turns.rawValue), .i32(context))), readArguments(b), record: nil, b)
    }.run(on: module.operation)
  }

  /// Keeps a failure, unless another was before it, and what the kernel wrote of it at `record`.
  private func remember(_ status: Value, _ given: Given, record: Value?, _ b: Builder) {
    let i64 = Type.i64(context), zero = b.scalar(0, .i32(context))
    let semantics = Attribute("#spirv.memory_semantics<None>", context)!
    let before = b.value(
      "spirv.AtomicCompareExchange", [b.pointer(given.failure, to: .i32(context)), status, zero], type: .i32(context),
      attributes: [
        ("memory_scope", Attribute("#spirv.scope<Device>", context)!), ("equal_semantics", semantics), ("unequal_semantics", semantics),
      ])
    let first = Region.create(), r = Builder(context, at: first.appendBlock([], b.location), location: b.location)
    r.storeElement(given.site, at: r.plus(given.failure, r.constant64(4)))
    for word in 0..<2 {
      guard let record else { continue }
      let value = r.loadElement(i64, at: r.plus(record, r.constant64(8 * word)))
      r.storeElement(value, at: r.plus(given.failure, r.constant64(8 + 8 * word)))
    }
    r.create("scf.yield")
    b.create("scf.if", [b.compare(.equal, before, zero)], regions: [first, Region.create()])
  }

  // MARK: arguments

  private static let fields = "i64 [0], i64 [8], i64 [16], i64 [24], i64 [32], i32 [40], i32 [44]"

  private func makeVariables(_ m: Builder) {
    let push = "!spirv.ptr<!spirv.struct<(\(Self.fields)), Block>, PushConstant>"
    m.create(
      "spirv.GlobalVariable",
      attributes: [("sym_name", .string(Self.push, context)), ("type", .type(Type(push, context)!))])
    for name in Self.builtIns {
      m.create(
        "spirv.GlobalVariable",
        attributes: [
          ("sym_name", .string(name, context)), ("type", .type(Type("!spirv.ptr<vector<3xi32>, Input>", context)!)),
          ("built_in", .string(name, context)),
        ])
    }
  }

  /// The operations that say how the function is entered, which stand behind it.
  func makeEntry(floatWidths: [Int]) {
    let m = Builder(context, at: module.body, location: .unknown(context))
    let function = Attribute("@\(Self.name)", context)!
    m.create(
      "spirv.EntryPoint",
      attributes: [
        ("execution_model", Attribute("#spirv.execution_model<GLCompute>", context)!), ("fn", function),
        ("interface", .array(([Self.push] + Self.builtIns).map { .symbol($0, context) }, context)),
      ])
    func mode(_ name: String, _ values: [Int]) {
      m.create(
        "spirv.ExecutionMode",
        attributes: [
          ("fn", function), ("execution_mode", Attribute("#spirv.execution_mode<\(name)>", context)!),
          ("values", .array(values.map { .integer($0, .i32(context)) }, context)),
        ])
    }
    mode("LocalSize", [workgroupSize, 1, 1])
    for width in floatWidths { mode("SignedZeroInfNanPreserve", [width]) }
  }

  private func variable(_ b: Builder, _ name: String, _ type: String) -> Value {
    b.value("spirv.mlir.addressof", type: Type(type, context)!, attributes: [("variable", .symbol(name, context))])
  }

  private func readArguments(_ b: Builder) -> Given {
    let base = variable(b, Self.push, "!spirv.ptr<!spirv.struct<(\(Self.fields)), Block>, PushConstant>")
    func field(_ number: Int, _ type: Type) -> Value {
      let place = b.value("spirv.Constant", type: .i32(context), attributes: [("value", .integer(number, .i32(context)))])
      let pointer = b.value("spirv.AccessChain", [base, place], type: Type("!spirv.ptr<\(type), PushConstant>", context)!)
      return b.value("spirv.Load", [pointer], type: type)
    }
    let i64 = Type.i64(context), i32 = Type.i32(context)
    return Given(
      bindings: field(0, i64), constants: field(1, i64), scratch: field(2, i64), stride: field(3, i64), failure: field(4, i64),
      count: field(5, i32), site: field(6, i32))
  }

  /// The number of the invocation among all of the dispatch.
  private func invocation(_ b: Builder) -> Value {
    let i32 = Type.i32(context)
    let places = Self.builtIns.map { name -> Value in
      let all = b.value(
        "spirv.Load", [variable(b, name, "!spirv.ptr<vector<3xi32>, Input>")], type: Type("vector<3xi32>", context)!)
      return b.value("spirv.CompositeExtract", [all], type: i32, attributes: [("indices", Attribute("[0 : i32]", context)!)])
    }
    return b.plus(b.times(places[0], b.constant(.integer(workgroupSize, i32))), places[1])
  }
}
