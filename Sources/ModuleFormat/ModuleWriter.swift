public import TesseraFiles

/// The bytes of a constant, wherever they are: in memory, or in a mapped model file.
public protocol ConstantSource {
  /// The number of bytes.
  var byteCount: Int { get }
  /// Calls `body` with the bytes.
  func withBytes(_ body: (UnsafeRawBufferPointer) throws -> Void) throws
}

/// A constant in memory.
extension Array: ConstantSource where Element == UInt8 {
  /// The number of bytes.
  public var byteCount: Int { count }
  /// Calls `body` with the bytes.
  public func withBytes(_ body: (UnsafeRawBufferPointer) throws -> Void) throws { try withUnsafeBytes { try body($0) } }
}

/// Writes modules, streaming the constants.
public struct ModuleWriter {
  /// The programs, the preferred one first: all of the module but its constants, which they share.
  public let programs: [ModuleDescription]

  /// Creates a writer of a module of one program.
  public init(_ description: ModuleDescription) { programs = [description] }

  /// Creates a writer of a module of one or more programs, of which a session runs the first that its devices can load.
  public init(programs: [ModuleDescription]) { self.programs = programs }

  /// Writes the module to `path`: beside it first, renamed when complete. On failure nothing is left behind.
  ///
  /// The module is verified before anything is written. Errors of `constants` pass through; others are `FormatError` and `FileError`.
  public func write(to path: String, constants: [any ConstantSource], plan: FilePlan = FilePlan()) throws {
    try ModuleDescription.verify(programs, constantCount: constants.count)
    let file = try OutputFile(path: path, content: .binary, plan: plan)
    if file.isSeekable {
      try write(constants: constants, emit: { try file.write($0) }, finish: { try file.write($0, at: 0) })
    } else {
      try file.write(try bytes(constants: constants))
    }
    try file.commit()
  }

  /// Returns the bytes of the module.
  public func bytes(constants: [any ConstantSource]) throws -> [UInt8] {
    try ModuleDescription.verify(programs, constantCount: constants.count)
    var result: [UInt8] = []
    try write(
      constants: constants, emit: { result.append(contentsOf: $0) },
      finish: { result.replaceSubrange(0..<$0.count, with: $0) })
    return result
  }

  /// Returns the sections of all but images and constants. Of those the first has the lengths: each stands at the next multiple of the alignment.
  private func packedDescriptions(_ constants: [any ConstantSource]) throws(FormatError) -> [[UInt8]] {
    var descriptions = PackedDescriptions()
    var sections: [[UInt8]] = []
    for (number, program) in programs.enumerated() {
      var writer = ByteWriter()
      program.encode(to: &writer)
      if number == 0 { writer.write(constants) { $0.write($1.byteCount) } }
      sections.append(try descriptions.pack(writer.bytes))
    }
    return sections
  }

  /// Hands all bytes of the file to `emit` in order, with an empty header, then the header to `finish`.
  private func write(
    constants: [any ConstantSource], emit: (UnsafeRawBufferPointer) throws -> Void, finish: ([UInt8]) throws -> Void
  ) throws {
    var packed = try packedDescriptions(constants).enumerated().map {
      (kind: ModuleLayout.SectionKind.description, index: UInt32($0.offset), bytes: $0.element)
    }
    for (index, variant) in programs.flatMap(\.executables).flatMap(\.variants).enumerated() {
      packed.append((.image, UInt32(index), SectionPacking.packed(variant.image)))
    }
    guard packed.count < ModuleLayout.sectionLimit else { throw FormatError.invalid("it has too many executable variants") }

    var position: UInt64 = 0
    let zeros = [UInt8](repeating: 0, count: ModuleLayout.alignment)
    func put(_ bytes: UnsafeRawBufferPointer) throws {
      try emit(bytes)
      position += UInt64(bytes.count)
    }
    func pad() throws -> Int {
      let count = Int(ModuleLayout.aligned(position) - position)
      try zeros.withUnsafeBytes { try put(UnsafeRawBufferPointer(rebasing: $0[0..<count])) }
      return count
    }
    let headerByteCount = ModuleLayout.headerByteCount + ModuleLayout.rowByteCount * (packed.count + 1)
    try [UInt8](repeating: 0, count: headerByteCount).withUnsafeBytes { try put($0) }

    var sections: [ModuleLayout.Section] = []
    for section in packed {
      _ = try pad()
      let checksum = section.bytes.withUnsafeBytes { Checksum.of($0) }
      sections.append(
        .init(kind: section.kind, index: section.index, offset: position, length: UInt64(section.bytes.count), checksum: checksum))
      try section.bytes.withUnsafeBytes { try put($0) }
    }
    _ = try pad()
    let start = position
    var checksum = Checksum()
    for constant in constants {
      let padding = try pad()
      zeros.withUnsafeBytes { checksum.update(UnsafeRawBufferPointer(rebasing: $0[0..<padding])) }
      let before = position
      try constant.withBytes { bytes in
        checksum.update(bytes)
        try put(bytes)
      }
      guard position - before == UInt64(constant.byteCount) else {
        throw FormatError.invalid("a constant of \(constant.byteCount) bytes gave \(position - before)")
      }
    }
    sections.append(.init(kind: .constants, index: 0, offset: start, length: position - start, checksum: checksum.value))
    try finish(ModuleLayout.header(sections: sections, fileLength: position))
  }
}
