import TesseraLibC
import TesseraModuleFormat
import TesseraRuntime

/// Reads what C hands over, each pointer checked.
enum Arguments {
  /// Tensors have at most so many dimensions here; more is a rank that was never set.
  static let rankLimit = 64

  /// Returns a pointer that must be there.
  @inline(__always) static func required<Pointer>(_ pointer: Pointer?, _ name: StaticString) throws(RuntimeError) -> Pointer {
    guard let pointer else { throw .nullArgument(name) }
    return pointer
  }

  /// Returns a text that must be there.
  static func text(_ pointer: UnsafePointer<CChar>?, _ name: StaticString) throws(RuntimeError) -> String {
    String(cString: try required(pointer, name))
  }

  /// Returns `count` elements at `pointer`, which may be null where there are none.
  static func elements<Element>(
    _ pointer: UnsafePointer<Element>?, _ count: Int, _ name: StaticString
  ) throws(RuntimeError) -> UnsafeBufferPointer<Element> {
    guard count != 0 else { return UnsafeBufferPointer(start: nil, count: 0) }
    // More than memory has is a number that was never set.
    guard count > 0, count <= Int.max / MemoryLayout<Element>.stride else { throw .countTooLarge(name, count) }
    return UnsafeBufferPointer(start: try required(pointer, name), count: count)
  }

  /// Returns `byteCount` bytes at `pointer`, which may be null where there are none.
  static func bytes(_ pointer: UnsafeRawPointer?, _ byteCount: Int, _ name: StaticString) throws(RuntimeError) -> UnsafeRawBufferPointer {
    guard byteCount != 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    guard byteCount > 0 else { throw .countTooLarge(name, byteCount) }
    return UnsafeRawBufferPointer(start: try required(pointer, name), count: byteCount)
  }

  /// Returns a shape.
  static func shape(_ rank: Int, _ extents: UnsafePointer<Int64>?) throws(RuntimeError) -> [Int] {
    guard rank >= 0, rank <= rankLimit else { throw .rankTooLarge(rank) }
    return try elements(extents, rank, "extents").map { Int($0) }
  }

  /// Returns the type with a number.
  static func type(_ number: Int32) throws(RuntimeError) -> ElementType {
    guard let raw = UInt8(exactly: number), let type = ElementType(rawValue: raw) else { throw .unknownType(number) }
    return type
  }

  /// Returns the type with a number, of elements that are bytes.
  static func bytesType(_ number: Int32) throws(RuntimeError) -> ElementType {
    let type = try type(number)
    guard type != .string else { throw .stringBytes }
    return type
  }

  /// Throws unless a structure has the size that it has here.
  static func check<Structure>(_ size: Int, _: Structure.Type, _ name: StaticString) throws(RuntimeError) {
    guard size == MemoryLayout<Structure>.size else { throw .wrongStructSize(name, size, own: MemoryLayout<Structure>.size) }
  }
}

extension RuntimeError {
  /// A number of elements is more than memory has.
  @inline(never) fileprivate static func countTooLarge(_ name: StaticString, _ count: Int) -> RuntimeError {
    RuntimeError(.invalidArgument, "'\(name)' cannot have \(UInt(bitPattern: count)) elements", id: "countTooLarge")
  }
}
