import TesseraDialects
import TesseraKernels
import TesseraLoopNests
import TesseraMLIR

/// The placement of operations for which nobody said where they run, by what the devices' targets estimate.
///
/// It is a minimum cut over the time of every operation on either side and the transfers between: for two devices the best there is, for more an
/// expansion of one device after the other. Time is that of one operation after the other: that devices could work at the same time does not count.
struct AutomaticPlacement {
  private let function: Operation
  private let devices: [ProgramDevice]
  /// The devices of operations that are fixed.
  private let fixed: [Operation: Int]
  /// Operations that read something from a device, in program order.
  private let operations: [Operation]
  private var labels: [Operation: Int] = [:]

  /// What it takes to begin a transfer, and its bytes a nanosecond.
  private static let transferStart = 5000.0
  private static let transferRate = 8.0

  init(_ function: Operation, devices: [ProgramDevice], fixed: [Operation: Int]) {
    (self.function, self.devices, self.fixed) = (function, devices, fixed)
    var flow = DeviceFlow(devices.map(\.name))
    operations = function.descendants.filter { $0.isStructured && flow.device(of: $0) != nil }
  }

  /// The devices of all operations that read something from one.
  mutating func run() -> [Operation: Int] {
    for op in operations { labels[op] = fixed[op] ?? devices.indices.first { devices[$0].target.supports(op) } ?? 0 }
    for device in devices.indices.dropFirst() { expand(device) }
    // The first one too: an operation may be on a later one only because the first does not support it.
    if devices.count > 2 { expand(0) }
    return labels
  }

  /// The estimate of an operation on a device, in nanoseconds.
  func nanoseconds(_ op: Operation, on device: Int) -> Double {
    let target = devices[device].target
    guard target.supports(op) else { return Double(FlowNetwork.unlimited) }
    return StructuredOp(op).map { target.nanoseconds($0.placementWork) } ?? 0
  }

  /// Moves the operations to `device` that are better there, others on it or not.
  private mutating func expand(_ device: Int) {
    var network = FlowNetwork()
    var ids: [Operation: Int] = [:]
    for op in operations {
      let node = network.addNode()
      ids[op] = node
      if let pinned = fixed[op] {
        if pinned == device { network.addEdge(node, FlowNetwork.sink, FlowNetwork.unlimited) }
        if pinned != device { network.addEdge(FlowNetwork.source, node, FlowNetwork.unlimited) }
        continue
      }
      network.addEdge(FlowNetwork.source, node, Int(min(nanoseconds(op, on: device), Double(FlowNetwork.unlimited))))
      network.addEdge(node, FlowNetwork.sink, Int(min(nanoseconds(op, on: labels[op]!), Double(FlowNetwork.unlimited))))
    }
    let host = device == 0 ? FlowNetwork.sink : FlowNetwork.source
    let arguments = function.body()?.arguments ?? []
    for value in arguments + operations.flatMap(\.results) where value.type.isTensor {
      addTransfers(of: value, from: value.definingOperation.map { ids[$0]! } ?? host, host: host, &network, ids)
    }
    let moved = network.sinkSideOfMinimumCut()
    for op in operations where moved.contains(ids[op]!) { labels[op] = device }
  }

  /// Adds what it costs where a value is made on one side and read on the other: one transfer, however many read it.
  private func addTransfers(of value: Value, from maker: Int, host: Int, _ network: inout FlowNetwork, _ ids: [Operation: Int]) {
    var readers = Set<Int>(), pending = [value]
    while let next = pending.popLast() {
      for use in next.uses {
        let op = use.operation
        if DeviceFlow.views.contains(op.name) {
          pending.append(op.result(0))
        } else if let reader = op.structuredAround {
          if let id = ids[reader] { readers.insert(id) }
        } else if !["tensor.dim", "tensor.extract"].contains(op.name) {
          readers.insert(host)
        }
      }
    }
    if readers.isEmpty { return }
    let cost = Int(Self.transferStart + Double(value.estimatedByteCount) / Self.transferRate)
    let toDevice = network.addNode(), fromDevice = network.addNode()
    network.addEdge(maker, toDevice, cost)
    network.addEdge(fromDevice, maker, cost)
    for reader in readers {
      network.addEdge(toDevice, reader, FlowNetwork.unlimited)
      network.addEdge(reader, fromDevice, FlowNetwork.unlimited)
    }
  }
}

extension Value {
  /// The bytes of a tensor; sizes that are not known count as 64.
  var estimatedByteCount: Int {
    type.shape.reduce(max(1, (type.element.bitWidth ?? 64) / 8)) { bytes, size in
      let (product, isTooLarge) = bytes.multipliedReportingOverflow(by: size == Type.dynamic ? 64 : size)
      return isTooLarge ? Int.max / 8 : min(product, Int.max / 8)
    }
  }
}

extension StructuredOp {
  /// The work of the operation; sizes that are not known count as 64.
  var placementWork: OperationWork {
    let turns = staticLoopSizes.reduce(1.0) { $0 * Double($1 ?? 64) }
    let perTurn = worksOnRows ? 32 : max(1, operation.descendants.count { !$0.name.hasPrefix("linalg.") && $0.name != "arith.constant" })
    let bytes = DeviceFlow.reads(operation).prefix(inputCount).reduce(0.0) { $0 + Double($1.estimatedByteCount) }
    let written = operation.results.reduce(0.0) { $0 + Double($1.estimatedByteCount) }
    return OperationWork(operations: turns * Double(perTurn), bytes: bytes + written, reusesInputs: reusesInputs)
  }
}
