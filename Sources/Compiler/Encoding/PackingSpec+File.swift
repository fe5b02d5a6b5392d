import Constants
public import Diagnostics
public import Encodings

/// Reads the packing spec in the file `path`.
public func loadPackingSpec(path: String, packings: PackingRegistry = .standard) throws(Diagnostic) -> PackingSpec {
  let file: MappedFile
  do throws(MappedFile.Failure) { file = try MappedFile(path: path) } catch {
    throw Diagnostic(.unreadable(error.reason), id: "missingPackingSpec", "cannot read '\(path)': \(error.reason)")
  }
  do throws(PackingError) { return try PackingSpec(String(decoding: file.bytes, as: UTF8.self), packings: packings) } catch {
    throw Diagnostic(
      .invalidInput, id: "malformedPackingSpec", "'\(path)' is no packing spec: \(error.text)", location: error.line.map { "\(path):\($0)" }
    )
  }
}
