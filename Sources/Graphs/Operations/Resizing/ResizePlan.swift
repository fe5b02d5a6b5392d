/// How a resizing maps positions of the result to positions of the input.
package struct ResizePlan {
  /// One resized dimension.
  package struct Axis {
    package let number: Int
    /// Output size / input size; `nil` if it follows from sizes that only the run knows.
    package var scale: HostNumber?
    /// Where the region of interest starts and ends, from 0 to 1.
    package var region: (start: HostNumber, end: HostNumber)?

    package init(number: Int, scale: HostNumber?) { (self.number, self.scale) = (number, scale) }
  }

  /// The position in the input of an element of the result; ONNX's names.
  package enum Coordinates: String, CaseIterable {
    /// Of the middles of elements, which are half an element from its start.
    case halfPixel = "half_pixel"
    /// Of the starts of elements.
    case asymmetric
    /// The first and the last elements stand on those of the input.
    case alignCorners = "align_corners"
    /// As `halfPixel`; a single element is the first one.
    case halfPixelOfMany = "pytorch_half_pixel"
    /// As `halfPixel`, about the middle of the input where sizes are rounded.
    case halfPixelSymmetric = "half_pixel_symmetric"
    /// Corners stand on those of a region of interest.
    case cropping = "tf_crop_and_resize"
  }

  /// How positions are rounded to the nearest; ONNX's names.
  package enum Rounding: String {
    /// Halves down.
    case preferFloor = "round_prefer_floor"
    /// Halves up.
    case preferCeiling = "round_prefer_ceil"
    case floor
    case ceiling = "ceil"
    /// Up where the result is smaller than the input, else down.
    case simple
  }

  /// The dimensions that change.
  package var axes: [Axis] = []
  package var shape: [IndexExpression]
  package let coordinates: Coordinates
  package let rounding: Rounding
  /// What stands for elements outside of the input, where a region of interest reaches there.
  package let extrapolation: Double

  package init(shape: [IndexExpression], _ coordinates: Coordinates, _ rounding: Rounding, extrapolation: Double = 0) {
    (self.shape, self.coordinates, self.rounding, self.extrapolation) = (shape, coordinates, rounding, extrapolation)
  }
}
