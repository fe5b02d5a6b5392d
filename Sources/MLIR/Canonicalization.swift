/// Upstream's canonicalization, without the patterns that change what a program computes. `docs/Upstream.md` says what each of them does.
public enum Canonicalization {
  /// The patterns that never run, by the names of their classes.
  static let wrongPatterns = [
    // An index that went through a narrower integer is not what it was.
    "(anonymous namespace)::IndexCastOfIndexCast", "(anonymous namespace)::IndexCastUIOfIndexCastUI",
    // A value that a loop's condition forwards twice is not the other branch's value the second time.
    "(anonymous namespace)::WhileMoveIfDown",
  ]

  private static let option = "disable-patterns={\(wrongPatterns.joined(separator: ","))}"

  /// The pass, blocks included.
  public static let pass = "canonicalize{\(option)}"

  /// The pass for modules whose control flow is simplified already: blocks are left alone.
  public static let passWithinBlocks = "canonicalize{\(option) region-simplify=disabled}"

  /// Inlining. By default it would simplify callees with all patterns.
  public static let inlining = "inline{default-pipeline=''}"
}
