import TesseraDiagnostics

extension Diagnostic {
  /// A file that cannot be what it says it is.
  static func damagedModel(_ file: ModelFile, _ reason: String) -> Diagnostic {
    Diagnostic(
      .invalidInput, "'\(file.file.path)' is not a TFLite model that can be read: \(reason)", help: "the file may be cut off or damaged")
  }

  static func unknownSchema(_ path: String, _ version: Int) -> Diagnostic {
    Diagnostic(.unsupported, "'\(path)' has version \(version) of the TFLite schema: version 3 is supported")
  }

  static func impossibleTensor(_ tensor: TensorRecord) -> Diagnostic {
    Diagnostic(.invalidInput, "the tensor '\(tensor.name)' has the impossible shape \(tensor.shape)")
  }

  static func wrongTensorSize(_ tensor: TensorRecord, bytes: Int, expected: Int) -> Diagnostic {
    Diagnostic(
      .invalidInput, "the tensor '\(tensor.name)' has \(bytes) bytes: expected \(expected) for \(tensor.type.name)\(tensor.shape)")
  }

  static func unsupportedTensor(_ tensor: TensorRecord) -> Diagnostic {
    Diagnostic(.unsupported, "the tensor '\(tensor.name)' is of the type \(tensor.type.name), which is not supported")
  }
}
