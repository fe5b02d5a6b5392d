public import TesseraFrontEnds
import TesseraImportMLIR
import TesseraImportONNX
import TesseraImportStableHLO
import TesseraImportTFLite

/// The formats of models that are read.
public enum FrontEndList {
  /// All of them. A file is of the first that recognizes it: those of bytes stand before those of text.
  public static let all: [any FrontEnd] = [TFLiteFrontEnd(), ONNXFrontEnd(), StableHLOFrontEnd(), MLIRFrontEnd()]

  /// The names, as a sentence has them.
  static var names: String {
    let names = all.map(\.name)
    return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
  }
}
