import TesseraFiles
import TesseraModuleFormat

/// Reads arrays in NumPy's `.npy` format, versions 1 to 3. A file may hold several arrays, one after the other.
public enum NPYReader {
  /// Reads all arrays of a file. `expected` decides what `V1` means: a type of at most 8 bits that NumPy lacks.
  public static func read(path: String, expected: ElementType? = nil) throws(RuntimeError) -> [Tensor] {
    let file: FileBytes
    do throws(FileError) { file = try FileBytes(path: path) } catch { throw RuntimeError(error) }
    return try file.withUnsafeBytes { (bytes) throws(RuntimeError) in try read(bytes, name: path, expected: expected) }
  }

  /// Reads all arrays in `bytes`; `name` is the file's name for errors.
  public static func read(_ bytes: UnsafeRawBufferPointer, name: String, expected: ElementType? = nil) throws(RuntimeError) -> [Tensor] {
    var tensors: [Tensor] = []
    var position = 0
    repeat {
      let (tensor, end) = try readOne(bytes, position, name, expected)
      tensors.append(tensor)
      position = end
    } while position < bytes.count
    return tensors
  }

  /// Reads the array at `start`; returns it and where it ends.
  private static func readOne(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ name: String, _ expected: ElementType?
  ) throws(RuntimeError) -> (Tensor, Int) {
    func fail(_ what: String) -> RuntimeError {
      RuntimeError(.invalidArgument, "'\(name)' is no valid .npy file: \(what)", id: "malformedNPY")
    }
    let left = bytes.count - start
    guard left >= 10 else { throw fail(left == 0 ? "it is empty" : "it ends within the header") }
    guard bytes[start..<start + 6].elementsEqual([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]) else {
      throw fail("it does not begin with the signature of one")
    }
    let major = bytes[start + 6]
    guard (1...3).contains(major) else { throw fail("its version \(major).\(bytes[start + 7]) is not 1, 2 or 3") }
    let lengthBytes = major == 1 ? 2 : 4
    guard left >= 8 + lengthBytes else { throw fail("it ends within the header") }
    let headerLength = (0..<lengthBytes).reduce(0) { $0 | Int(bytes[start + 8 + $1]) << (8 * $1) }
    let headerStart = start + 8 + lengthBytes
    guard headerLength <= bytes.count - headerStart else { throw fail("it ends within the header") }
    guard headerLength <= 1 << 20 else { throw fail("its header has \(headerLength) bytes") }
    let text = String(decoding: bytes[headerStart..<headerStart + headerLength], as: UTF8.self)
    let header: NPYHeader
    do throws(NPYHeader.Problem) { header = try NPYHeader(text) } catch { throw fail(error.reason) }
    if let form = NPYStrings.Form(String(header.descriptor.drop { "<>=|".contains($0) })) {
      return try readStrings(bytes, headerStart + headerLength, header, form, fail)
    }
    let (elementType, swaps) = try type(header.descriptor, expected, fail)
    let byteCount: Int
    do throws(RuntimeError) { byteCount = try Tensor.byteCount(elementType, header.shape) } catch { throw fail(error.message) }
    let dataStart = headerStart + headerLength
    guard byteCount <= bytes.count - dataStart else {
      throw fail(
        "its shape \(shapeText(header.shape)) of \(elementType.name) needs \(byteCount) bytes of data, but \(bytes.count - dataStart) are there"
      )
    }
    let data = UnsafeRawBufferPointer(rebasing: bytes[dataStart..<dataStart + byteCount])
    let tensor = try Tensor(elementType: elementType, shape: header.shape) { target in
      if header.isFortranOrder && header.shape.count > 1 {
        copyTransposed(data, target, header.shape, elementType.byteCount)
      } else {
        target.copyMemory(from: data)
      }
      if swaps { swapBytes(target, elementType.isComplex ? elementType.byteCount / 2 : elementType.byteCount) }
      if elementType == .bool { for index in target.indices where target[index] > 1 { target[index] = 1 } }
    }
    if let expected, expected.isShortInteger, elementType == .i8 || elementType == .u8 {
      return (try narrowed(tensor, expected, fail), dataStart + byteCount)
    }
    return (tensor, dataStart + byteCount)
  }

  /// Returns an array of bytes as one of the integers of less than 8 bits that are expected. Errors: an element that is none of them.
  private static func narrowed(_ tensor: Tensor, _ type: ElementType, _ fail: (String) -> RuntimeError) throws(RuntimeError) -> Tensor {
    let given = tensor.elementType
    let isSigned = type == .i4 || type == .i2, bits = type.bitCount
    let least: Int64 = isSigned ? -(1 << (bits - 1)) : 0, largest: Int64 = (1 << (isSigned ? bits - 1 : bits)) - 1
    return try tensor.withUnsafeBytes { (source) throws(RuntimeError) in
      for index in source.indices {
        let number = given == .i8 ? Int64(Int8(bitPattern: source[index])) : Int64(source[index])
        guard (least...largest).contains(number) else {
          let limits = "\(least) to \(largest)"
          throw fail("element \(index) of \(given.name) is \(number), and \(type.name) is expected, which has \(limits)")
        }
      }
      return try Tensor(elementType: type, shape: tensor.shape) { target in
        for index in target.indices { target[index] = source[index] & (1 << UInt8(bits) - 1) }
      }
    }
  }

  /// Reads the strings at `start`; returns them and where they end.
  private static func readStrings(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ header: NPYHeader, _ form: NPYStrings.Form, _ fail: (String) -> RuntimeError
  ) throws(RuntimeError) -> (Tensor, Int) {
    let count: Int
    do throws(RuntimeError) { count = try Tensor.byteCount(.u8, header.shape) } catch { throw fail(error.message) }
    let (byteCount, overflow) = count.multipliedReportingOverflow(by: form.byteCount)
    guard !overflow, byteCount <= bytes.count - start, count <= max(byteCount, 1 << 20) else {
      throw fail("its shape \(shapeText(header.shape)) of strings of \(form.byteCount) bytes needs more data than is there")
    }
    var data = Array(bytes[start..<start + byteCount])
    if header.isFortranOrder && header.shape.count > 1 && byteCount > 0 {
      let given = data
      given.withUnsafeBytes { source in data.withUnsafeMutableBytes { copyTransposed(source, $0, header.shape, form.byteCount) } }
    }
    let texts: Result<[[UInt8]], NPYStrings.Problem> = data.withUnsafeBytes { data in
      do throws(NPYStrings.Problem) {
        return .success(try NPYStrings.read(data, form, count: count, swaps: header.descriptor.first == ">"))
      } catch { return .failure(error) }
    }
    switch texts {
    case .success(let texts): return (try Tensor(shape: header.shape, texts: texts), start + byteCount)
    case .failure(let problem): throw fail(problem.reason)
    }
  }

  /// Returns the element type of a descriptor, and whether its bytes are the other way around.
  private static func type(
    _ descriptor: String, _ expected: ElementType?, _ fail: (String) -> RuntimeError
  ) throws(RuntimeError) -> (ElementType, Bool) {
    let order = descriptor.first ?? "|"
    let code = "<>=|".contains(order) ? String(descriptor.dropFirst()) : descriptor
    let swaps = order == ">"
    switch code {
    case "b1", "?": return (.bool, false)
    case "i1": return (.i8, false)
    case "i2": return (.i16, swaps)
    case "i4": return (.i32, swaps)
    case "i8": return (.i64, swaps)
    case "u1": return (.u8, false)
    case "u2": return (.u16, swaps)
    case "u4": return (.u32, swaps)
    case "u8": return (.u64, swaps)
    case "f2": return (.f16, swaps)
    case "f4": return (.f32, swaps)
    case "f8": return (.f64, swaps)
    case "c8": return (.complex64, swaps)
    case "c16": return (.complex128, swaps)
    // NumPy has no such numbers: ml_dtypes writes them as bytes without a meaning.
    case "V2": return (.bf16, false)
    case "f1": return (.f8E5M2, false)
    case "V1":
      if let expected, expected.isForeignToNumPy, expected.byteCount == 1 { return (expected, false) }
      return (.f8E4M3FN, false)
    case "O": throw fail("its elements are objects of Python; save strings with a type of their own: array.astype(str)")
    default: throw fail("its element type '\(descriptor)' is not supported")
    }
  }

  /// Copies an array whose first index runs fastest into one whose last does.
  private static func copyTransposed(
    _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer, _ shape: [Int], _ size: Int
  ) {
    guard let from = source.baseAddress, let to = target.baseAddress else { return }
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in 1..<shape.count { strides[axis] = strides[axis - 1] * shape[axis - 1] }
    var index = [Int](repeating: 0, count: shape.count)
    var position = 0
    for element in 0..<target.count / size {
      (to + element * size).copyMemory(from: from + position * size, byteCount: size)
      var axis = shape.count - 1
      while axis >= 0 {
        index[axis] += 1
        position += strides[axis]
        if index[axis] < shape[axis] { break }
        position -= strides[axis] * shape[axis]
        index[axis] = 0
        axis -= 1
      }
    }
  }

  /// Turns the bytes of each number of `size` bytes around.
  private static func swapBytes(_ bytes: UnsafeMutableRawBufferPointer, _ size: Int) {
    for start in stride(from: 0, to: bytes.count, by: size) { bytes[start..<start + size].reverse() }
  }
}
