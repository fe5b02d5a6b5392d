import TesseraDialects
import TesseraKernels
import TesseraLoopNests
import TesseraMLIR

/// Outlines groups of structured operations into executable functions.
///
/// Before: host functions with `linalg.generic` on tensors.
/// After:  host functions with `flow.dispatch`, and one `func.func private @dispatch_N ... {flow.executable}` for each different group.
///
/// Requires: structured operations are `linalg.generic`; no `tensor.dim` of their results.
/// Ensures: no structured operation remains in a host function; equal executables exist once.
struct DispatchCreation {
  let module: Module
  /// `true` iff executables take all layer parameters as scalars, not only those of quantized tensors.
  let liftsNumbers: Bool
  /// The devices of the program, which say how large a dispatch may be.
  let devices: [ProgramDevice]
  private let limits: [FusionLimits]
  /// The devices of structured operations, where there are several.
  private var deviceOf: [Operation: Int] = [:]
  private var context: Context { module.context }
  /// The symbols of the executables, by their text without the name.
  private var symbolByText: [String: String] = [:]

  init(_ module: Module, liftsNumbers: Bool, devices: [ProgramDevice]) {
    self.module = module
    self.liftsNumbers = liftsNumbers
    self.devices = devices
    limits = devices.map(\.target.fusionLimits)
  }

  mutating func run() {
    for function in module.hostFunctions {
      DimensionValues(context: context).resolve(in: function)
      if devices.count > 1 { findDevices(of: function) }
      for region in function.regions { for block in region.blocks { run(on: block) } }
    }
  }

  /// Finds the devices of the function's operations, which all have one, and takes away the marks that say so: executables that differ in them alone
  /// would be two kernels.
  private mutating func findDevices(of function: Operation) {
    var flow = DeviceFlow(devices.map(\.name))
    deviceOf = [:]
    let operations = function.descendants
    for op in operations where op.isStructured { deviceOf[op] = flow.device(of: op) }
    for op in operations { op.removeAttribute(DeviceAttribute.placed) }
  }

  /// Groups and outlines the operations of one block, after those of the blocks nested in it.
  private mutating func run(on block: Block) {
    for op in block.operations where op.name.hasPrefix("scf.") {
      for region in op.regions { for inner in region.blocks { run(on: inner) } }
    }
    let operations = block.operations
    guard let terminator = operations.last else { return }
    let groups = DispatchGroups(operations, context, limits: limits, devices: deviceOf).sorted
    for operation in groups.flatMap(\.operations) where operation != terminator { operation.move(before: terminator) }
    let dispatches = groups.filter { !$0.ops.isEmpty }
    var groupOf: [Operation: FusionGroup] = [:]
    for group in dispatches { for operation in group.operations { groupOf[operation] = group } }
    let named = Set(dispatches.flatMap(\.ops).flatMap(\.operation.location.sourceNames))
    /// Whether the free operations that a group reads can be computed again in it, by its first operation.
    var repeats: [Operation: Bool] = [:]
    for group in dispatches where group.isNeeded && !isCopiedEverywhere(group, groupOf, &repeats) {
      outline(group, at: group.location(besides: named, context))
    }
    for operation in dispatches.flatMap(\.operations).reversed() { operation.erase() }
    eraseUnused(block)
  }

  /// `true` iff the group is free and can be computed again in every group that reads it, and nothing on the host reads it.
  private func isCopiedEverywhere(_ group: FusionGroup, _ groupOf: [Operation: FusionGroup], _ repeats: inout [Operation: Bool]) -> Bool {
    guard group.kind == .free else { return false }
    return !group.ops.flatMap(\.operation.results).contains { result in
      result.isUsed { use in
        guard let reader = groupOf[use.operation], reader.repeatsProducers else { return true }
        if reader.ops == group.ops { return false }
        let key = reader.ops[0].operation
        let isRepeated = repeats[key] ?? reader.canRepeatProducers
        repeats[key] = isRepeated
        return !isRepeated
      }
    }
  }

  private func eraseUnused(_ block: Block) {
    for op in block.operations.reversed() {
      guard ["tensor.empty", "arith.constant", "tensor.dim"].contains(op.name) || op.name.hasPrefix("arith."),
        op.results.allSatisfy({ !$0.hasUses })
      else { continue }
      op.erase()
    }
  }

  // MARK: outlining

  /// Creates the executable of a group, in its collapsed form, and the dispatch that replaces it. The operations themselves stay, without uses.
  private mutating func outline(_ group: FusionGroup, at location: Location, device known: Int? = nil) {
    let device = known ?? group.ops.lazy.compactMap { [deviceOf] in deviceOf[$0.operation] }.first ?? 0
    let last = group.operations.last!
    let b = Builder(context, at: last.block!, before: last.next, location: location)
    if var dimensions = CollapseDimensions(group, rowLimit: limits[device].collapsedRow, context), context.rewrites.allows(last) {
      let collapsed = dimensions.collapse(group, b)
      outline(collapsed, at: location, device: device)
      for operation in collapsed.operations.reversed() { operation.erase() }
      return
    }
    let interface = DispatchInterface(group, liftsNumbers: liftsNumbers, b)
    let mark = devices.count > 1 ? [(DeviceAttribute.placed, Attribute.string(devices[device].name, context))] : []
    let symbol = add(executable(group, interface, mark, location))
    let call = b.create(
      DispatchOp.name, interface.scalars + interface.tensors, results: interface.results.map(\.type),
      attributes: [("executable", .symbol(symbol, context))]
        + (interface.resultDims.isEmpty ? [] : [(ExecutableAttribute.resultDims, .denseI64(interface.resultDims, context))]) + mark)
    let members = Set(group.operations)
    for (old, new) in zip(interface.results, call.results) { replaceOutsideUses(of: old, with: new, members) }
  }

  /// The function of a group, which is not yet in the module.
  private func executable(
    _ group: FusionGroup, _ interface: DispatchInterface, _ mark: [(String, Attribute)], _ location: Location
  ) -> Operation {
    let inputs = interface.scalars + interface.tensors
    let region = Region.create()
    let body = region.appendBlock(inputs.map(\.type), location)
    var map: [Value: Value] = [:]
    for (value, argument) in zip(inputs, body.arguments) { map[value] = argument }
    for (value, scalar) in interface.aliases { map[value] = body.arguments[scalar] }
    let b = Builder(context, at: body, location: location)
    for source in interface.repeated {
      if source.name == "tensor.empty" {
        for size in source.operands { if let c = size.constantAttribute { map[size] = map[size] ?? b.constant(c) } }
      }
      b.copy(source, &map)
    }
    group.withFreeProducers.copy(b, &map)
    b.create("func.return", interface.results.map { map[$0]! })
    let type = Type.function(inputs.map(\.type), interface.results.map(\.type), context)
    return Builder.createDetached(
      context, "func.func",
      attributes: [
        ("sym_name", .string("executable", context)), ("sym_visibility", .string("private", context)), ("function_type", .type(type)),
        (ExecutableAttribute.marker, .unit(context)), (ExecutableAttribute.operandDims, .denseI64(interface.operandDims, context)),
        (ExecutableAttribute.resultDims, .denseI64(interface.resultDims, context)),
        (ExecutableAttribute.readableName, .string(ReadableName.of(group.ops), context)),
      ] + mark, regions: [region], location: location)
  }

  /// Adds `function` to the module, unless there is an equal one, and returns the symbol of the one that is there.
  private mutating func add(_ function: Operation) -> String {
    let text = function.text()
    if let known = symbolByText[text] {
      function.erase()
      return known
    }
    let symbol = "dispatch_\(symbolByText.count)"
    function.setAttribute("sym_name", .string(symbol, context))
    module.body.append(function)
    symbolByText[text] = symbol
    return symbol
  }

  private func replaceOutsideUses(of old: Value, with new: Value, _ members: Set<Operation>) {
    for use in old.uses where !use.operation.isInside(members) { use.operation.setOperand(use.operandNumber, new) }
  }
}
