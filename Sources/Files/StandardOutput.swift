import TesseraLibC

/// The standard output of a program, for other programs and for people.
public enum StandardOutput {
  /// Prints `text`. Errors: the reader has gone, or the disk is full.
  public static func print(_ text: String) throws(FileError) {
    var text = text
    let number = text.withUTF8 { DescriptorIO.write(UnsafeRawBufferPointer($0), to: STDOUT_FILENO) }
    guard number == 0 else { throw .printing(number) }
  }
}
