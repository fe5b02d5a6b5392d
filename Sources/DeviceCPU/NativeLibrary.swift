import TesseraFiles
import TesseraLibC
import TesseraModuleFormat
import TesseraRuntime

/// A shared object that was loaded from memory; unloaded with the last reference.
final class NativeLibrary: @unchecked Sendable {
  /// The system's handle.
  private let handle: UnsafeMutableRawPointer
  /// The memory file. It stays open, because the loader knows libraries by path: a number that is used again would find the old one.
  private let descriptor: Int32

  /// Loads an image. Errors: it is no ELF shared object of this architecture, or the system refuses it.
  init(_ image: [UInt8]) throws(RuntimeError) {
    try NativeLibrary.check(image)
    typealias MemoryFile = @convention(c) (UnsafePointer<CChar>, UInt32) -> Int32
    guard let symbol = dlsym(nil, "memfd_create") else { throw .cannotLoad("this system has no memfd_create") }
    let file = unsafeBitCast(symbol, to: MemoryFile.self)("tessera-kernels", 1 /* MFD_CLOEXEC */)
    guard file >= 0 else { throw .cannotLoad("memfd_create: \(systemMessage(errno))") }
    var done = 0
    while done < image.count {
      let count = image.withUnsafeBytes { write(file, $0.baseAddress.map { $0 + done }, image.count - done) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        let message = systemMessage(errno)
        close(file)
        throw .cannotLoad("writing to memory: \(message)")
      }
      done += count
    }
    guard let handle = dlopen("/proc/self/fd/\(file)", RTLD_NOW | RTLD_LOCAL) else {
      let message = dlerror().map { String(cString: $0) } ?? "unknown reason"
      close(file)
      throw .cannotLoad(message)
    }
    self.handle = handle
    descriptor = file
  }

  deinit {
    dlclose(handle)
    close(descriptor)
  }

  /// Returns the address of a symbol.
  func symbol(_ name: String) -> UnsafeMutableRawPointer? { dlsym(handle, name) }

  /// Checks the parts of the ELF header that tell a wrong or cut file, so that the system's loader is not asked about one.
  private static func check(_ image: [UInt8]) throws(RuntimeError) {
    func number(_ offset: Int, _ count: Int) -> UInt64 {
      (0..<count).reduce(0) { $0 | UInt64(image[offset + $1]) << UInt64(8 * $1) }
    }
    guard image.count >= 64, image.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]) else {
      throw .cannotLoad("the image is no 64-bit little-endian ELF file")
    }
    #if arch(x86_64)
      let machine: UInt64 = 62
    #else
      let machine: UInt64 = 183
    #endif
    guard number(16, 2) == 3, number(18, 2) == machine else { throw .cannotLoad("the image is no shared object for this processor") }
    let (table, size, count) = (number(32, 8), number(54, 2), number(56, 2))
    guard size == 56, count > 0, table <= UInt64(image.count), size * count <= UInt64(image.count) - table else {
      throw .cannotLoad("the image's program headers are out of bounds")
    }
    for index in 0..<Int(count) {
      let header = Int(table) + index * 56
      let (offset, length) = (number(header + 8, 8), number(header + 32, 8))
      guard offset <= UInt64(image.count), length <= UInt64(image.count) - offset else {
        throw .cannotLoad("a segment of the image is out of bounds")
      }
    }
  }
}

extension RuntimeError {
  /// The kernels cannot be loaded.
  @inline(never) static func cannotLoad(_ reason: String) -> RuntimeError {
    RuntimeError(.failedPrecondition, "cannot load the module's kernels: \(reason)")
  }

  /// No variant fits the processor.
  @inline(never) static func unsuitableProcessor(_ variants: [ExecutableVariant], _ host: CPUFeatures) -> RuntimeError {
    let reasons = variants.map { variant in
      if variant.target != host.architecture {
        return "the variant for '\(variant.cpu)' is for \(variant.target), this is \(host.architecture)"
      }
      return
        "the variant for '\(variant.cpu)' needs \(host.missing(variant.requiredFeatures).map { "'\($0)'" }.joined(separator: ", ")), which this processor lacks"
    }
    return RuntimeError(
      .failedPrecondition,
      "the module does not fit this processor (\(host.model)): \(reasons.isEmpty ? "it has no kernels" : reasons.joined(separator: "; "))"
    )
  }
}
