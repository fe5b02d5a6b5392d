import TesseraLibC

/// A folder of this process alone, removed with the files in it when the object goes, or when a signal ends the program.
public final class TemporaryFolder: Sendable {
  /// The path of the folder.
  public let path: String

  /// Makes a folder that only this user can read, in `TMPDIR` or `/tmp`.
  public init() throws(FileError) {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    let parent = base.isEmpty ? "/tmp" : base
    guard let path = TemporaryNames.makeFolder("\(parent)/tessera-XXXXXX") else {
      throw .system("make a temporary folder in", parent, errno)
    }
    self.path = path
  }

  deinit {
    TemporaryNames.removeFolder(path)
    TemporaryNames.forget(path)
  }

  /// Returns the path of a file in the folder.
  public func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file into the folder; returns its path.
  public func write(_ bytes: [UInt8], to name: String) throws(FileError) -> String {
    let file = file(name)
    try writeFile(bytes, to: file)
    return file
  }
}
