import TesseraModuleFormat
import Testing

/// Regular expressions: what they match is compared with ONNX Runtime's in `Tests/Operators`; here is what they refuse, and that time is bounded.
struct PatternTests {
  /// Patterns that are refused, and the words for it.
  @Test(
    arguments: [
      ("a(?=b)", "it looks ahead or behind, '(?=', which RE2 has not"), ("(?<!b)a", "it looks ahead or behind, '(?<!', which RE2 has not"),
      ("(?>a)", "it has a group '(?>', which RE2 has not"), ("(?P=n)", "it has a group '(?P=', which RE2 has not"),
      (#"(a)\1"#, #"it refers back to a group, '\1', which RE2 has not"#), ("a**", "it repeats a repetition, or possessively: '*'"),
      ("a++", "it repeats a repetition, or possessively: '+'"), ("a{2}{3}", "it repeats a repetition: '{'"),
      ("*a", "'*' follows nothing that it could repeat"), ("a|+", "'+' follows nothing that it could repeat"),
      ("(a", "it has a '(' that no ')' closes"), ("(?i", "it has a '(' that no ')' closes"), ("a)", "it has a ')' that no '(' opens"),
      ("[a", "it has a '[' that no ']' closes"), ("[b-a]", "it has the range 'b-a', which is empty"),
      ("[[:name:]]", "it has a class '[:' whose name is not known"),
      (#"\p{Greek}"#, #"it has the class '\p{Greek}', which is not supported; general categories such as Lu are"#),
      (#"\C"#, #"it has the escape '\C', which is not supported"#), (#"\Z"#, #"it has the escape '\Z', which is not supported"#),
      (#"a\"#, "it ends with a backslash"), (#"\x{110000}"#, #"it has an escape '\x' without a character's number in hexadecimal"#),
      (#"\xg1"#, #"it has an escape '\x' without a character's number in hexadecimal"#),
      ("(?x)a", "it has the flag 'x', which RE2 has not"),
      ("(?i)é", "it has a character beyond ASCII under the flag 'i', which is not supported"),
      (#"(?i)\pL"#, #"it has a class '\p' under the flag 'i', which is not supported"#),
      ("a{99999999999999999999}", "it repeats '{99999999999999999999}' times; up to 1000 are possible"),
      ("a{1001}", "it repeats '{1001}' times; up to 1000 are possible"), ("a{3,2}", "it repeats '{3,2}' times; up to 1000 are possible"),
      ("(a{1000}){1000}", "it has more than 4096 steps with its repetitions written out"),
      ("((((){1000}){1000}){1000}){1000}", "it has more than 4096 steps with its repetitions written out"),
      (String(repeating: "(", count: 300), "its groups nest more than 200 deep"),
      (String(repeating: "a", count: 20_000), "it has more than 16384 bytes"),
      ("(?P<>a)", "a group has no name"),
    ])
  func refused(text: String, reason: String) {
    let error = #expect(throws: PatternError.self) { try Pattern(text) }
    #expect(error?.reason == reason)
  }

  /// What ONNX Runtime is not asked.
  @Test(
    arguments: [
      (#"\Q*\E"#, "*", true), (#"\Qa.b"#, "a.b", true), (#"[\x{41}-\x{5a}]"#, "Q", true), ("(?U)a+?", "aaa", true),
      ("(?i-i:a)", "A", false),
      (#"\0\012"#, "\0\n", true), ("x{,3}", "x{,3}", true), ("x{a}", "x{a}", true), (#"\P{^Lu}"#, "A", true), ("a$b", "ab", false),
      (#"(?i)[^\W]"#, "\u{17F}", true),
    ])
  func matches(text: String, subject: String, isMatch: Bool) throws {
    #expect(try Pattern(text).matches(Array(subject.utf8)) == isMatch)
  }

  /// Patterns that take engines which go back exponential time: here the work is the length of the text times that of the pattern. None matches
  /// a long row of `a`; some match it with a last character behind.
  @Test(
    arguments: [
      ("(a*)*b", "b", true), ("(a|aa)+b", "b", true), ("(a|aa)+$b", "b", false), ("((a*)*)*b", "b", true), ("(.*)*x", "x", true),
      ("(a+)+(a+)+b", "b", true), ("(a?){500}a{500}", "", false), ("((()*){1000}a)*b", "b", true),
    ])
  func hostile(text: String, last: String, isMatch: Bool) throws {
    let pattern = try Pattern(text)
    let subject = [UInt8](repeating: 0x61, count: 20_000)
    // It is asked after each million of steps; a pattern has at most 4096.
    func matches(_ subject: [UInt8]) -> Bool? {
      var questions = 0
      let isMatch = pattern.matches(subject) {
        questions += 1
        return questions > 100
      }
      return questions > 100 ? nil : isMatch
    }
    #expect(matches(subject) == false)
    #expect(matches(subject + last.utf8) == isMatch)
  }

  /// How often something may come is counted exactly, however many ways there are to count it.
  @Test(arguments: [(499, false), (500, true), (750, true), (1000, true), (1001, false)]) func counted(length: Int, isMatch: Bool) throws {
    #expect(try Pattern("(a?){500}a{500}").matches([UInt8](repeating: 0x61, count: length)) == isMatch)
  }

  /// A match can be stopped, in patterns too that do much between two characters.
  @Test func stopped() throws {
    let pattern = try Pattern("((()*){1000}a)*b")
    var questions = 0
    let matches = pattern.matches([UInt8](repeating: 0x61, count: 2_000) + [0x62]) {
      questions += 1
      return true
    }
    #expect(!matches && questions == 1)
  }

  /// Damaged patterns: an error or a pattern, never a trap.
  @Test func mutated() {
    let text = Array(#"(?i:a[^b-c]|\x{65}\pL*){2,3}$\b[[:alpha:]](?P<n>\Qx\E)\101"#.utf8)
    for position in text.indices {
      for byte in #"()[]{}\?*+|^$-:,9pxQ"#.utf8 {
        var mutated = text
        mutated[position] = byte
        if let pattern = try? Pattern(String(decoding: mutated, as: UTF8.self)) { _ = pattern.matches(Array("aaX".utf8)) }
      }
      _ = try? Pattern(String(decoding: text.prefix(position), as: UTF8.self))
    }
  }
}
