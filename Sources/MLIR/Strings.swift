internal import TesseraCMLIR

/// Calls `body` with a view of `text` that lives as long as the call.
func withStringRef<R>(_ text: String, _ body: (MlirStringRef) -> R) -> R {
  var text = text
  return text.withUTF8 { utf8 in
    utf8.withMemoryRebound(to: CChar.self) { body(mlirStringRefCreate($0.baseAddress, $0.count)) }
  }
}

extension String {
  /// Creates a copy of the characters that `ref` points to.
  init(_ ref: MlirStringRef) {
    let bytes = UnsafeRawBufferPointer(start: ref.data, count: ref.length)
    self = String(decoding: bytes, as: UTF8.self)
  }
}

/// Returns what one of MLIR's print functions prints.
func printed(_ print: (MlirStringCallback, UnsafeMutableRawPointer) -> Void) -> String {
  var bytes: [UInt8] = []
  withUnsafeMutablePointer(to: &bytes) { pointer in
    print(
      { piece, userData in
        let bytes = userData!.assumingMemoryBound(to: [UInt8].self)
        bytes.pointee.append(contentsOf: UnsafeRawBufferPointer(start: piece.data, count: piece.length))
      }, pointer)
  }
  return String(decoding: bytes, as: UTF8.self)
}
