import TesseraFiles
import TesseraLibC
import TesseraModuleFormat
import TesseraRuntime
import Testing

/// `docs/VM.md` holds the instruction table as it is.
struct DocumentationTests {
  /// Compares the table in the document, or refreshes it where `TESSERA_UPDATE_DOCS` is set.
  @Test func documentation() throws {
    let root = String(#filePath[..<(try #require(#filePath.firstRange(of: "/Tests/RuntimeTests/")).lowerBound)])
    let path = "\(root)/docs/VM.md"
    let text = String(decoding: try #require(contents(of: path)), as: UTF8.self)
    let begin = try #require(text.firstRange(of: "<!-- begin: InstructionTable"))
    let lineEnd = try #require(text[begin.upperBound...].firstIndex(of: "\n"))
    let end = try #require(text.firstRange(of: "<!-- end -->"))
    let start = text.index(after: lineEnd)
    if getenv("TESSERA_UPDATE_DOCS") != nil {
      try writeFile(Array((text[..<start] + "\n" + InstructionTable.documentation + "\n" + text[end.lowerBound...]).utf8), to: path)
      return
    }
    #expect(text[start..<end.lowerBound] == "\n" + InstructionTable.documentation + "\n")
  }
}
