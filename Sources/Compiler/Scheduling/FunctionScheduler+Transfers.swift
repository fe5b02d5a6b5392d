import TesseraDiagnostics
import TesseraDialects
import TesseraMLIR
import TesseraModuleFormat

/// Tensors on several devices.
extension FunctionScheduler {
  /// The storage of a tensor that is read on a device: a constant is on each that reads it. Errors: it is on another one, which placement lets not
  /// happen.
  func storage(of tensor: TensorValue, on device: Int, in operation: Operation) throws(Diagnostic) -> Int {
    if storages[tensor.storage].device == device { return tensor.storage }
    guard let constant = storages[tensor.storage].constant else {
      throw .schedulingBug(
        operation, "reads a tensor of the device '\(tables.devices[storages[tensor.storage].device])' on '\(tables.devices[device])'")
    }
    return constantStorage(constant, device: device)
  }

  /// What a device makes for another. The source is an allocation of its own: nothing takes its place while the other device reads it, which may be
  /// the same memory.
  func lower(_ transfer: TransferOp) throws(Diagnostic) {
    let source = try tensor(transfer.source, in: transfer.operation)
    guard let device = tables.devices.firstIndex(of: transfer.device) else {
      throw .schedulingBug(transfer.operation, "names the device '\(transfer.device)', which is not there")
    }
    var value = source
    value.register = nil
    if let constant = storages[source.storage].constant {
      value.storage = constantStorage(constant, device: device)
    } else if storages[source.storage].device != device {
      escape(source.storage)
      var storage = PlannedBuffer(byteCount: storages[source.storage].byteCount, place: .whole(code.referenceRegister()))
      (storage.device, storage.aliases) = (device, [source.storage])
      storages.append(storage)
      value.storage = storages.count - 1
      current.commands.append(
        HostCommand(kind: .transfer, reads: [source.storage], writes: [value.storage], device: device, segment: current.segmentNumber))
    }
    tensors[transfer.result] = value
  }
}
