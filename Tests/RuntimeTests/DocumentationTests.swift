import TesseraFiles
import TesseraLibC
import TesseraModuleFormat
import TesseraRuntime
import Testing

/// Documents hold the tables of instructions as they are.
struct DocumentationTests {
  /// Compares the table in a document, or refreshes it where `TESSERA_UPDATE_DOCS` is set.
  @Test(arguments: [
    ("docs/VM.md", "<!-- begin: InstructionTable"), ("docs/Portable.md", "<!-- begin: PortableTable"),
  ]) func documentation(_ document: String, _ mark: String) throws {
    let table = document == "docs/VM.md" ? InstructionTable.documentation : PortableTable.documentation
    let root = String(#filePath[..<(try #require(#filePath.firstRange(of: "/Tests/RuntimeTests/")).lowerBound)])
    let path = "\(root)/\(document)"
    let text = String(decoding: try #require(contents(of: path)), as: UTF8.self)
    let begin = try #require(text.firstRange(of: mark))
    let lineEnd = try #require(text[begin.upperBound...].firstIndex(of: "\n"))
    let end = try #require(text.firstRange(of: "<!-- end -->"))
    let start = text.index(after: lineEnd)
    if getenv("TESSERA_UPDATE_DOCS") != nil {
      try writeFile(Array((text[..<start] + "\n" + table + "\n" + text[end.lowerBound...]).utf8), to: path)
      return
    }
    #expect(text[start..<end.lowerBound] == "\n" + table + "\n")
  }
}
