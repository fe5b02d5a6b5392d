public import TesseraDiagnostics
public import TesseraEncodings
import TesseraFiles

/// Reads the packing spec in the file `path`.
public func loadPackingSpec(path: String, packings: PackingRegistry = .standard) throws(Diagnostic) -> PackingSpec {
  let file: FileBytes
  do throws(FileError) { file = try FileBytes(path: path) } catch { throw Diagnostic(error) }
  do throws(PackingError) { return try PackingSpec(file.text, packings: packings) } catch {
    throw Diagnostic(
      .invalidInput, id: "malformedPackingSpec", "'\(path)' is no packing spec: \(error.text)", location: error.line.map { "\(path):\($0)" }
    )
  }
}
