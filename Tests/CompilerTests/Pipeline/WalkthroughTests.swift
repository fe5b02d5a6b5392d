import Testing

/// The pages of `Tests/Walkthroughs`: small models with the output of every stage.
@Suite struct WalkthroughTests {
  @Test(arguments: Repository.files(below: "Tests/Walkthroughs", ending: ".md")) func walkthrough(path: String) throws {
    let expected = try Repository.text(path)
    let found = try Walkthrough(expected).text()
    if Repository.updatesGoldens {
      try Repository.write(found, to: path)
    } else {
      #expect(found == expected, "\(Repository.difference(found, expected))")
    }
  }
}
