import TesseraFiles
public import TesseraRuntime

/// The interpreter of portable code, which every machine has.
public struct PortableDriver: DeviceDriver {
  public let kind = "portable"

  public init() {}

  public var devices: [DeviceProperties] {
    let threads = ProcessorCount.available
    return [
      DeviceProperties(
        name: kind, architecture: "any", model: "interpreter",
        details: [.init("threads", .integer(threads), text: "\(threads) threads")], features: [], notableFeatures: [])
    ]
  }

  public func makeDevice(_ index: Int?, threads: Int?) throws(RuntimeError) -> any Device {
    guard index ?? 0 == 0 else {
      throw RuntimeError(.notFound, "there is no '\(kind)://\(index ?? 0)': there is one interpreter", id: "noDevice")
    }
    return PortableDevice(threads: threads)
  }
}
