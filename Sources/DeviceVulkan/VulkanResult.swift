import TesseraCVulkan
import TesseraRuntime

/// What Vulkan's functions return.
enum VulkanResult {
  /// Throws unless the function succeeded.
  @inline(__always) static func check(_ status: VkResult, _ what: @autoclosure () -> String) throws(RuntimeError) {
    if status != 0 { throw error(status, what()) }
  }

  /// The error of a status other than 0.
  @inline(never) static func error(_ status: VkResult, _ what: String) -> RuntimeError {
    let code: StatusCode =
      switch status {
      case -1, -2, -10: .resourceExhausted
      case -4: .unavailable
      default: .internalError
      }
    return RuntimeError(code, "Vulkan: \(what): \(name(status))", id: status == -4 ? "deviceLost" : "vulkan")
  }

  /// The words for a status.
  static func name(_ status: VkResult) -> String {
    switch status {
    case 2: "timeout"
    case -1: "out of memory of the host"
    case -2: "out of memory of the device"
    case -3: "initialization failed"
    case -4: "the device is lost"
    case -5: "memory cannot be mapped"
    case -6: "a layer is not present"
    case -7: "an extension is not present"
    case -8: "a feature is not present"
    case -9: "no driver is compatible"
    case -10: "too many objects"
    case -13: "an unknown error"
    default: "error \(status)"
    }
  }
}

extension RuntimeError {
  /// There is no Vulkan on this machine.
  static func noVulkan(_ why: String) -> RuntimeError {
    RuntimeError(.unavailable, "this machine has no Vulkan device: \(why)", id: "noVulkan")
  }
}
