/// Names of the attributes on arguments and results of exported functions, by which a front end tells users' names and types. All are optional.
public enum SignatureAttribute {
  /// String: the name of the input or output.
  public static let name = "tessera.name"
  /// Array of strings, one a dimension: a size, the name of a size, or `?`. On a list without it, tensors have any rank.
  public static let shape = "tessera.shape"
  /// String: the element type as users see it, if the type in memory is another one of that size.
  public static let type = "tessera.type"
  /// Array of strings: the containers of a list, the outermost first.
  public static let containers = "tessera.containers"
  /// Symbol: the global that stands for an argument that a call leaves out.
  public static let defaultValue = "tessera.default"
  /// Array of integers: the sizes of that global.
  public static let defaultShape = "tessera.default_shape"
}
