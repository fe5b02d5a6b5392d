import TesseraFiles
public import TesseraRuntime

/// The processors of this machine, which are one device.
public struct CPUDriver: DeviceDriver {
  public let kind = "cpu"

  public init() {}

  public var devices: [DeviceProperties] {
    let host = CPUFeatures.host, threads = ProcessorCount.available, names = host.names.sorted()
    // Those that decide which variant of a module fits.
    let notable = names.filter { name in
      ["avx", "fma", "f16c", "amx", "sse4_2", "asimd", "sve", "i8mm", "bf16"].contains { name.hasPrefix($0) }
    }
    return [
      DeviceProperties(
        name: kind, architecture: host.architecture, model: host.model,
        details: [.init("threads", .integer(threads), text: "\(threads) threads")], features: names, notableFeatures: notable)
    ]
  }

  public func makeDevice(_ index: Int?, threads: Int?) throws(RuntimeError) -> any Device {
    guard index ?? 0 == 0 else {
      throw RuntimeError(.notFound, "there is no '\(kind)://\(index ?? 0)': all processors are 'cpu'", id: "noDevice")
    }
    return CPUDevice(threads: threads)
  }
}
