/// A kernel in portable code.
public struct PortableKernel: Hashable, Sendable {
  /// The symbol by which an entry of the executable names it.
  public var symbol: String
  /// The scalar registers, of 64 bits each. All registers are 0 at first.
  public var scalarCount: Int
  /// The row registers, of 64 elements each.
  public var rowCount: Int
  /// The bytes of `PortableRegion.temporary`.
  public var temporaryByteCount: Int
  /// The words of `PortableRegion.pool`.
  public var pool: [UInt64]
  /// The instructions; the first is the beginning.
  public var code: [PortableInstruction]

  /// The most registers, bytes, words and instructions of a kernel.
  public static let scalarLimit = 1 << 12, rowLimit = 1 << 10, temporaryLimit = 1 << 24, poolLimit = 1 << 20, codeLimit = 1 << 20

  /// Creates a kernel.
  public init(
    symbol: String, scalarCount: Int, rowCount: Int, temporaryByteCount: Int = 0, pool: [UInt64] = [], code: [PortableInstruction]
  ) {
    (self.symbol, self.scalarCount, self.rowCount, self.temporaryByteCount) = (symbol, scalarCount, rowCount, temporaryByteCount)
    (self.pool, self.code) = (pool, code)
  }

  /// The code as text, an instruction a line.
  public var text: String {
    "\(symbol): \(scalarCount) scalars, \(rowCount) rows, \(temporaryByteCount) bytes, \(pool.count) words\n"
      + code.enumerated().map { "  @\($0)\t\($1.text)\n" }.joined()
  }
}

/// The image of an executable for the portable machine: kernels one after the other.
public enum PortableImage {
  /// The target and processor of its variants.
  public static let target = "portable", cpu = "any"

  /// Returns the image of kernels.
  public static func encode(_ kernels: [PortableKernel]) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(kernels) { writer, kernel in
      writer.write(kernel.symbol)
      for number in [kernel.scalarCount, kernel.rowCount, kernel.temporaryByteCount] { writer.write(number) }
      writer.write(kernel.pool) { writer, word in withUnsafeBytes(of: word.littleEndian) { writer.write(bytes: Array($0)) } }
      writer.write(kernel.code) { $0.write(bytes: $1.bytes) }
    }
    return writer.bytes
  }

  /// Reads an image, and verifies each kernel. Errors: it is not what `encode` wrote, or code breaks a rule.
  public static func decode(_ image: [UInt8]) throws(FormatError) -> [PortableKernel] {
    try image.withUnsafeBytes { bytes in
      Result { () throws(FormatError) in
        var reader = ByteReader(bytes, section: "portable code")
        let kernels = try reader.list { (r: inout ByteReader) throws(FormatError) in try r.kernel() }
        try reader.finish()
        for kernel in kernels { try kernel.verify() }
        return kernels
      }
    }.get()
  }
}

extension ByteReader {
  /// Reads a kernel.
  fileprivate mutating func kernel() throws(FormatError) -> PortableKernel {
    PortableKernel(
      symbol: try string(), scalarCount: try int(), rowCount: try int(), temporaryByteCount: try int(),
      pool: try list { (r: inout ByteReader) throws(FormatError) in
        UInt64(littleEndian: try r.bytes(8).loadUnaligned(as: UInt64.self))
      },
      code: try list { (r: inout ByteReader) throws(FormatError) in try PortableInstruction(r.bytes(PortableInstruction.byteCount)) })
  }
}

extension ModuleDescription {
  /// `true` iff no kernel is native code: whoever made the module, it touches no memory but what it is given.
  public var isPortable: Bool { nativeCode == nil }

  /// The first kernel that has native code, and what for; `nil` where none has.
  public var nativeCode: (kernel: String, target: String)? {
    for executable in executables {
      guard let variant = executable.variants.first(where: { $0.target != PortableImage.target }) else { continue }
      return (executable.entries.first?.name ?? "", variant.target)
    }
    return nil
  }
}
