/// The sizes of a convolution of floats, as far as its layout depends on them.
public struct WindowSizes: Sendable, Hashable {
  public var groups: Int
  /// Input channels of a group.
  public var channels: Int
  /// Features of a group; 1 in each of many groups is a depthwise convolution.
  public var features: Int
  /// Elements of the window.
  public var window: Int
  /// Positions of a row of the result; `nil` where they are known at run time only.
  public var rowLength: Int?
  /// Positions of the input from one position of the result to the next, along a row.
  public var stride: Int
  /// Positions of the input for each of the result, along all its dimensions.
  public var density: Int
  /// Bytes of an element.
  public var elementByteCount: Int

  public init(
    groups: Int = 1, channels: Int = 1, features: Int, window: Int, rowLength: Int?, stride: Int = 1, density: Int = 1,
    elementByteCount: Int = 4
  ) {
    (self.groups, self.channels, self.features, self.window) = (groups, channels, features, window)
    (self.rowLength, self.stride, self.density, self.elementByteCount) = (rowLength, stride, density, elementByteCount)
  }
}
