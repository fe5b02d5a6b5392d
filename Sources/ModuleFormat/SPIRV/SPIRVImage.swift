/// A kernel in SPIR-V, for Vulkan.
///
/// Its entry point is `main`, which finds what it is given in push constants, as `SPIRVArguments` has them.
public struct SPIRVKernel: Hashable, Sendable {
  /// The symbol by which an entry of the executable names it.
  public var symbol: String
  /// The invocations of one workgroup of Vulkan, all along its first dimension.
  public var workgroupSize: Int
  /// The words of the module.
  public var words: [UInt32]

  /// The most invocations of a workgroup, and the most words of a module.
  public static let workgroupLimit = 1 << 10, wordLimit = 1 << 24
  /// The first word of every module.
  public static let magic: UInt32 = 0x0723_0203

  /// Creates a kernel.
  public init(symbol: String, workgroupSize: Int, words: [UInt32]) {
    (self.symbol, self.workgroupSize, self.words) = (symbol, workgroupSize, words)
  }
}

/// What a kernel in SPIR-V is given: one structure of push constants, the same for all kernels.
///
/// An invocation is what other devices call a workgroup: it has a number, there are `count` of them, and those of higher numbers do nothing.
/// Where the word at `failure` is not 0, a kernel of the submission has failed before, and nothing is done at all.
public struct SPIRVArguments: Hashable, Sendable {
  /// The address of the addresses of the bindings.
  public var bindings: UInt64 = 0
  /// The address of the constants, i64 each.
  public var constants: UInt64 = 0
  /// The address of the scratch memory of all invocations, and the bytes of each.
  public var scratch: UInt64 = 0
  public var scratchStride: UInt64 = 0
  /// The address of the record of the submission's first failure: status (i32), number of the dispatch site (u32), and the two words of
  /// `KernelFailure.recordByteCount`.
  public var failure: UInt64 = 0
  /// How many invocations have work.
  public var count: UInt32 = 1
  /// The number of the dispatch site.
  public var site: UInt32 = 0

  /// The bytes of the structure, and of the record of a failure.
  public static let byteCount = 48, failureByteCount = 24

  /// Creates arguments of nothing.
  public init() {}
}

/// The image of an executable for Vulkan: kernels one after the other.
public enum SPIRVImage {
  /// The target of its variants.
  public static let target = "spirv"

  /// Returns the image of kernels.
  public static func encode(_ kernels: [SPIRVKernel]) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(kernels) { writer, kernel in
      writer.write(kernel.symbol)
      writer.write(kernel.workgroupSize)
      writer.write(kernel.words) { writer, word in withUnsafeBytes(of: word.littleEndian) { writer.write(bytes: Array($0)) } }
    }
    return writer.bytes
  }

  /// Reads an image. Errors: it is not what `encode` wrote, or a kernel is no SPIR-V.
  public static func decode(_ image: [UInt8]) throws(FormatError) -> [SPIRVKernel] {
    try image.withUnsafeBytes { bytes in
      Result { () throws(FormatError) in
        var reader = ByteReader(bytes, section: "SPIR-V")
        let kernels = try reader.list { (r: inout ByteReader) throws(FormatError) in try r.kernel() }
        try reader.finish()
        return kernels
      }
    }.get()
  }
}

extension ByteReader {
  /// Reads a kernel, and looks at its head.
  fileprivate mutating func kernel() throws(FormatError) -> SPIRVKernel {
    let symbol = try string(), workgroupSize = try int()
    let words = try list { (r: inout ByteReader) throws(FormatError) in UInt32(littleEndian: try r.bytes(4).loadUnaligned(as: UInt32.self))
    }
    guard (1...SPIRVKernel.workgroupLimit).contains(workgroupSize), (5...SPIRVKernel.wordLimit).contains(words.count),
      words[0] == SPIRVKernel.magic
    else { throw FormatError(.corrupt, "kernel '\(symbol)' is no SPIR-V", id: "spirvImage") }
    return SPIRVKernel(symbol: symbol, workgroupSize: workgroupSize, words: words)
  }
}
