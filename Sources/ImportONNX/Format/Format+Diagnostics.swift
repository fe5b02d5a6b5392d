import TesseraDiagnostics
import TesseraGraphs

extension Diagnostic {
  static func emptyFile(_ path: String) -> Diagnostic {
    Diagnostic(.invalidInput, "'\(path)' is empty: expected an ONNX model")
  }

  static func corruptONNX(_ reader: WireReader, _ what: String, at position: Int) -> Diagnostic {
    Diagnostic(
      .invalidInput, "'\(reader.path)' is not a valid ONNX file: \(what), in a \(reader.message) at byte \(position)",
      help: "the file may be cut off or damaged; copy or export it again")
  }

  static func nestedTooDeep(_ reader: WireReader, at position: Int) -> Diagnostic {
    Diagnostic(
      .unsupported,
      "'\(reader.path)' nests subgraphs too deep: a \(reader.message) at byte \(position) has messages deeper than \(WireReader.depthLimit), "
        + "which is the limit of protobuf's readers too")
  }

  static func noGraph(_ path: String) -> Diagnostic {
    Diagnostic(.invalidInput, "'\(path)' is not a valid ONNX file: it holds no graph")
  }

  static func unsupportedElementType(_ tensor: String, _ type: String) -> Diagnostic {
    Diagnostic(
      .unsupported, "the tensor '\(tensor)' has the element type \(type), which is not supported",
      notes: ["supported are float, double, float16, bfloat16, the floats of 8 and 4 bits, the integers of 2 to 64 bits, bool, and string"])
  }

  static func invalidTensorShape(_ tensor: String, _ dimensions: [Int64]) -> Diagnostic {
    Diagnostic(.invalidInput, "the tensor '\(tensor)' has the impossible shape \(dimensions)")
  }

  static func wrongTensorSize(_ tensor: String, bytes: Int, expected: Int) -> Diagnostic {
    Diagnostic(.invalidInput, "the tensor '\(tensor)' has \(bytes) bytes of data, but its type and shape take \(expected)")
  }

  static func wrongStringCount(_ tensor: String, _ count: Int, expected: Int) -> Diagnostic {
    Diagnostic(.invalidInput, "the tensor '\(tensor)' has \(count) strings, but its shape takes \(expected)")
  }

  static func stringNotUTF8(_ tensor: String) -> Diagnostic {
    Diagnostic(.unsupported, "the tensor '\(tensor)' has a string that is not UTF-8, which is not supported")
  }

  static func externalDataWithoutLocation(_ tensor: String) -> Diagnostic {
    Diagnostic(.invalidInput, "the tensor '\(tensor)' has its data in another file, but does not say in which")
  }

  static func externalDataOutside(_ tensor: String, _ location: String) -> Diagnostic {
    Diagnostic(
      .invalidInput, "the tensor '\(tensor)' has its data in '\(location)', which is not below the folder of the model",
      help: "external data must be named by a relative path without '..'")
  }

  static func externalDataUnreadable(_ tensor: String, _ path: String, _ reason: String, isMissing: Bool) -> Diagnostic {
    Diagnostic(isMissing ? .notFound : .unavailable, "cannot read '\(path)', which holds the data of the tensor '\(tensor)': \(reason)")
  }

  static func externalDataNumber(_ tensor: String, _ key: String, _ text: String) -> Diagnostic {
    Diagnostic(.invalidInput, "the external data of the tensor '\(tensor)' has the \(key) '\(text)': expected a number of bytes")
  }

  static func externalDataTooShort(_ tensor: String, _ location: String, offset: Int, length: Int, available: Int) -> Diagnostic {
    Diagnostic(
      .invalidInput,
      "the data of the tensor '\(tensor)' is \(length) bytes from byte \(offset) of '\(location)', but that file has only \(available) bytes"
    )
  }
}
