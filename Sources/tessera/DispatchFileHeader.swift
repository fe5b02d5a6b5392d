import TesseraFiles
import TesseraModuleFormat
import TesseraRuntime

/// The lines at the start of a dumped dispatch that say how its inputs and outputs lie in a dispatch:
///
///     // kernel: k_0f3a
///     // input 0: tensor 0 f32[s0, 24]
///     // input 1: scalar 1 i64[]
///     // output 0: tensor 1 f32[s0, 40]
struct DispatchFileHeader {
  /// The file's name without its suffix.
  let name: String
  /// The symbol of the kernel in modules.
  let kernel: String
  private(set) var inputs: [Port] = []
  private(set) var outputs: [Port] = []

  /// An input or output of the file's function.
  struct Port {
    /// The number of the binding or of the scalar operand.
    var number: Int
    var isScalar: Bool
    var elementType: ElementType
    /// A size, or the number of the scalar operand that is the size.
    var shape: [Extent]

    enum Extent {
      case fixed(Int), scalar(Int)
    }

    /// Returns what a dispatch has at this place; `nil` where it does not fit.
    func tensor(_ dispatch: ObservedDispatch) throws(RuntimeError) -> Tensor? {
      if isScalar {
        guard dispatch.constants.indices.contains(number) else { return nil }
        let bits = dispatch.constants[number].littleEndian
        return try withUnsafeBytes(of: bits) { (bytes) throws(RuntimeError) in
          try Tensor(elementType: elementType, shape: [], bytes: UnsafeRawBufferPointer(rebasing: bytes[..<min(8, elementType.byteCount)]))
        }
      }
      var sizes: [Int] = []
      for extent in shape {
        switch extent {
        case .fixed(let size): sizes.append(size)
        case .scalar(let number):
          guard dispatch.constants.indices.contains(number) else { return nil }
          sizes.append(Int(dispatch.constants[number]))
        }
      }
      guard dispatch.bindings.indices.contains(number), let byteCount = try? Tensor.byteCount(elementType, sizes),
        byteCount <= dispatch.bindings[number].count
      else { return nil }
      return try Tensor(
        elementType: elementType, shape: sizes, bytes: UnsafeRawBufferPointer(rebasing: dispatch.bindings[number][..<byteCount]))
    }
  }

  /// Reads the header of a file; `nil` where the file is no dumped dispatch.
  init?(path: String, name: String) throws(RuntimeError) {
    let file: FileBytes
    do throws(FileError) { file = try FileBytes(path: path) } catch { throw RuntimeError(error) }
    self.name = name
    var kernel: String?
    for line in file.text.split(separator: "\n") {
      guard line.hasPrefix("// ") else { break }
      let words = line.dropFirst(3).split(separator: " ", maxSplits: 4).map(String.init)
      if words.count == 2, words[0] == "kernel:" { kernel = words[1] }
      guard words.count >= 5, words[0] == "input" || words[0] == "output", let port = Self.port(words[2], words[3], words[4]) else {
        continue
      }
      if words[0] == "input" { inputs.append(port) } else { outputs.append(port) }
    }
    guard let kernel else { return nil }
    self.kernel = kernel
  }

  /// Reads `tensor`, `0`, `f32[s0, 24]`.
  private static func port(_ kind: String, _ number: String, _ type: String) -> Port? {
    guard let number = Int(number), let bracket = type.firstIndex(of: "["), let element = ElementType(name: String(type[..<bracket])) else {
      return nil
    }
    var shape: [Port.Extent] = []
    for size in type[type.index(after: bracket)...].dropLast().split(separator: ",") {
      let size = size.drop { $0 == " " }
      if let fixed = Int(size) {
        shape.append(.fixed(fixed))
      } else if let scalar = Int(size.dropFirst()) {
        shape.append(.scalar(scalar))
      } else {
        return nil
      }
    }
    return Port(number: number, isScalar: kind == "scalar", elementType: element, shape: shape)
  }
}
