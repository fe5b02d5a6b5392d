import TesseraDialects
import TesseraLoopNests
import TesseraMLIR

/// The placement of the operations of one host function.
struct FunctionPlacement {
  private let function: Operation
  private let devices: [String]
  private let context: Context
  /// The structured operations, in program order.
  private let operations: [Operation]
  /// The devices that the user wants.
  private let wanted: [Operation: Int]
  /// The device of each operation that reads something from one.
  private var chosen: [Operation: Int] = [:]
  /// The device of each tensor; no entry for those that are wherever they are read.
  private var places: [Value: Int] = [:]
  /// The forms that values have on other devices.
  private var moved: [Place: Value] = [:]
  private var transferCount = 0

  private struct Place: Hashable {
    let value: Value
    let device: Int
  }

  /// Places the operations of `function` on the devices that are `wanted`, and the others where their operands or the function's are.
  init(_ function: Operation, devices: [String], wanted: [Operation: Int], _ context: Context) {
    (self.function, self.devices, self.wanted, self.context) = (function, devices, wanted, context)
    let all = function.descendants
    operations = all.filter(\.isStructured)
    // A model with transfers says itself where it goes on.
    let followsTransfers = all.contains { TransferOp($0) != nil }
    var flow = DeviceFlow(devices)
    for op in all {
      if op.isStructured {
        let operand = reads(op).lazy.compactMap { [places] in places[$0] }.first
        // What reads nothing from a device is computed where it is read, whatever was wanted: weights in another order, fills.
        if operand == nil && flow.device(of: op) == nil { continue }
        guard let device = wanted[op] ?? (followsTransfers || op.location.sourceNames.isEmpty ? operand : 0) else { continue }
        chosen[op] = device
        for result in op.results { places[result] = device }
      } else if DeviceFlow.views.contains(op.name) {
        places[op.result(0)] = places[op.operand(0)] ?? (flow.device(of: op.operand(0)))
      } else {
        for result in op.results where result.type.isTensor { places[result] = flow.device(of: op) }
      }
    }
  }

  private func reads(_ op: Operation) -> [Value] { DeviceFlow.reads(op) }

  /// The device of a value, arguments of blocks included; `nil` where it is wherever it is read.
  private func place(_ value: Value) -> Int? { value.definingOperation == nil ? 0 : places[value] }

  // MARK: small things

  /// Moves operations that no rule names to the only device that reads them, where less crosses so, readers first.
  mutating func follow() {
    for op in operations.reversed() where wanted[op] == nil {
      guard let device = chosen[op], !StructuredOp(op)!.hasReduction, let reader = onlyReader(of: op), reader != device else { continue }
      let operands = reads(op).filter { place($0).map { $0 != reader } ?? false }
      let before = op.results.reduce(0.0) { $0 + Double($1.estimatedByteCount) }
      let after = Set(operands).reduce(0.0) { $0 + Double($1.estimatedByteCount) }
      guard after < before || after == before && op.location.sourceNames.isEmpty else { continue }
      chosen[op] = reader
      for result in op.results { setPlace(result, reader) }
    }
  }

  private mutating func setPlace(_ value: Value, _ device: Int) {
    places[value] = device
    for use in value.uses where DeviceFlow.views.contains(use.operation.name) { setPlace(use.operation.result(0), device) }
  }

  /// The device on which all operations run that read the results of `op`; `nil` where it is several, or the host reads them.
  private func onlyReader(of op: Operation) -> Int? {
    var found: Int?
    var pending = op.results
    while let value = pending.popLast() {
      for use in value.uses {
        if DeviceFlow.views.contains(use.operation.name) {
          pending.append(use.operation.result(0))
          continue
        }
        if use.operation.name == "tensor.dim" { continue }
        guard let device = use.operation.structuredAround.flatMap({ chosen[$0] }), found == nil || found == device else { return nil }
        found = device
      }
    }
    return found
  }

  // MARK: reasons

  /// A line for each operation that reads something from a device, with what `reason` says of it.
  func explanation(_ reason: (Operation) -> String?) -> [String] {
    operations.compactMap { op in
      guard let device = chosen[op], let structured = StructuredOp(op) else { return nil }
      let names = op.location.sourceNames.joined(separator: ", ")
      let why = wanted[op] == device ? reason(op) : nil
      return
        "\(names.isEmpty ? "-" : names)  \(OperationKind(structured).rawValue)  \(devices[device])  \(why ?? "it goes with what it reads or who reads it")"
    }
  }

  /// A line for each transfer.
  private(set) var transferred: [String] = []

  // MARK: transfers

  /// Moves what is read on another device than it is on, and erases views that nothing reads then; returns the number of transfers.
  mutating func insertTransfers() -> Int {
    for op in function.descendants {
      if let transfer = TransferOp(op) {
        if let device = devices.firstIndex(of: transfer.device), place(transfer.source) ?? device == device {
          transfer.result.replaceAllUses(with: transfer.source)
          op.erase()
        } else {
          transferCount += 1
        }
        continue
      }
      guard let device = device(reading: op) else { continue }
      move(op.operands, of: op, to: device)
      guard let structured = StructuredOp(op) else { continue }
      let captures = Set(structured.captures.filter(\.type.isTensor))
      if captures.isEmpty { continue }
      for inner in op.descendants { move(inner.operands, of: inner, to: device, among: captures) }
    }
    for view in function.descendants.reversed() where DeviceFlow.views.contains(view.name) && !view.result(0).hasUses { view.erase() }
    return transferCount
  }

  /// The device on which an operation of the function reads its operands; `nil` where it does not matter.
  private func device(reading op: Operation) -> Int? {
    if op.isStructured { return chosen[op] }
    let name = op.name
    if name == "arith.select" { return op.result(0).type.isTensor ? place(op.result(0)) : nil }
    if DeviceFlow.views.contains(name) || ["tensor.extract", "tensor.dim"].contains(name) || op.structuredAround != nil { return nil }
    return 0
  }

  private mutating func move(_ operands: [Value], of op: Operation, to device: Int, among values: Set<Value>? = nil) {
    for (i, value) in operands.enumerated() where value.type.isTensor && values?.contains(value) ?? true {
      if let from = place(value), from != device { op.setOperand(i, form(of: value, on: device)) }
    }
  }

  /// The value on a device: a view of its source there, or a transfer of it.
  private mutating func form(of value: Value, on device: Int) -> Value {
    if let known = moved[Place(value: value, device: device)] { return known }
    let form: Value
    // No tensor crosses with an encoding, which is for one contraction.
    if let view = value.definingOperation, DeviceFlow.views.contains(view.name), view.name != UnsetEncodingOp.name {
      let source = self.form(of: view.operand(0), on: device)
      var map = [view.operand(0): source]
      Builder(context, after: view).copy(view, &map)
      form = map[value]!
    } else {
      let b =
        value.definingOperation.map { Builder(context, after: $0) }
        ?? Builder(context, at: value.owningBlock!, before: value.owningBlock!.operations.first)
      form = TransferOp.create(value, to: devices[device], b)
      let names = value.definingOperation?.location.sourceNames.joined(separator: ", ") ?? "an argument"
      transferred.append("transfer of \(names.isEmpty ? "a value" : names)  \(value.type)  to \(devices[device])")
      transferCount += 1
    }
    places[form] = device
    moved[Place(value: value, device: device)] = form
    return form
  }
}
