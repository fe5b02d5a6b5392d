/// Names of the attributes on operations of bodies that say what is known of a number.
public enum NumberAttribute {
  /// String, `"signed"` or `"unsigned"`, on a conversion to integers: the operand is a whole number within the bounds of the type that the
  /// result is narrowed to. A kernel that widens it again takes the operand.
  public static let whole = "tessera.whole"
}
