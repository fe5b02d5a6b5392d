/// An operation that gives its only operand, unknown to upstream's folds: they do not look through it.
///
///     %h = "tessera.hidden"(%constant) : (tensor<2xi1>) -> tensor<2xi1>
public enum HiddenOp {
  public static let name = "tessera.hidden"
}
