import TesseraDialects
import TesseraLoopNests
import TesseraMLIR

/// Gives what is wherever it is read a device, before it becomes a dispatch: fills, and computations on constants that are left. What several devices
/// read is computed on each. Transfers that nothing reads go.
///
/// Requires: placed operations.
/// Ensures: `DeviceFlow` has an answer for every structured operation, by the attribute `flow.device` where nothing that it reads says it.
struct SettleOperations {
  let module: Module
  let devices: [ProgramDevice]
  private var context: Context { module.context }

  init(_ module: Module, devices: [ProgramDevice]) { (self.module, self.devices) = (module, devices) }

  func run() {
    for function in module.hostFunctions {
      TransferOp.eraseUnread(in: function)
      foldEmptyViews(in: function)
      let operations = Array(function.descendants.reversed())
      var flow = DeviceFlow(devices.map(\.name))
      for op in operations {
        let isFreeView = DeviceFlow.views.contains(op.name) && flow.device(of: op) == nil
        guard op.isStructured || isFreeView, flow.device(of: op) == nil else { continue }
        settle(op, &flow)
      }
    }
  }

  /// Makes empty tensors of views of them: a view has the device of what it shows, and there is nothing.
  private func foldEmptyViews(in function: Operation) {
    for view in function.descendants where DeviceFlow.views.contains(view.name) {
      let type = view.result(0).type
      guard type.hasStaticShape, type.encoding == nil, view.operand(0).definingOperation?.name == "tensor.empty" else { continue }
      view.result(0).replaceAllUses(with: Builder(context, before: view).empty(type, []))
      view.erase()
    }
  }

  /// Marks `op`, and copies of it, for the devices that read it. What one cannot compute comes from the first that can.
  private func settle(_ op: Operation, _ flow: inout DeviceFlow) {
    var readers: [Int: [Value.Use]] = [:]
    for result in op.results {
      for use in result.uses {
        let reader = device(of: use.operation, &flow)
        guard op.isStructured, !devices[reader].target.supports(op),
          let able = devices.indices.first(where: { devices[$0].target.supports(op) })
        else {
          readers[reader, default: []].append(use)
          continue
        }
        let moved = TransferOp.create(result, to: devices[reader].name, Builder(context, after: op))
        use.operation.setOperand(use.operandNumber, moved)
        if let transfer = moved.definingOperation { readers[able, default: []].append(.init(operation: transfer, operandNumber: 0)) }
      }
    }
    for (number, device) in readers.keys.sorted().enumerated() {
      var own = op
      if number > 0 {
        var map: [Value: Value] = [:]
        Builder(context, before: op).copy(op, &map)
        own = map[op.result(0)]!.definingOperation!
        for (old, new) in zip(op.results, own.results) {
          for use in readers[device]! where use.operation.operand(use.operandNumber) == old {
            use.operation.setOperand(use.operandNumber, new)
          }
        }
      }
      own.setAttribute(DeviceAttribute.placed, .string(devices[device].name, context))
    }
  }

  /// The device on which an operation reads, 0 for the host.
  private func device(of op: Operation, _ flow: inout DeviceFlow) -> Int {
    var current: Operation? = op
    while let op = current, op.name != "func.func" {
      if op.isStructured || DeviceFlow.views.contains(op.name) {
        let placed = op.attribute(DeviceAttribute.placed)?.stringValue
        return placed.flatMap { name in devices.firstIndex { $0.name == name } } ?? flow.device(of: op) ?? 0
      }
      current = op.parent
    }
    return 0
  }
}
