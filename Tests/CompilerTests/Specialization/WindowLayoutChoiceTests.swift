import Testing

@testable import TesseraKernels
@testable import TesseraTargetCPU
@testable import TesseraVectorKernels

/// From the sizes of a convolution to what stands in the lanes, by tables.
@Suite struct WindowLayoutChoiceTests {
  struct Row: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var lanes = 16
    var sizes: WindowSizes
    var prefersPositions: Bool
  }

  @Test(arguments: [
    Row(testDescription: "one feature", sizes: .init(channels: 32, features: 1, window: 81, rowLength: 96), prefersPositions: true),
    Row(testDescription: "three colours", sizes: .init(channels: 3, features: 3, window: 25, rowLength: 112), prefersPositions: true),
    Row(testDescription: "ten features", sizes: .init(channels: 3, features: 10, window: 60, rowLength: nil), prefersPositions: true),
    Row(
      testDescription: "a vector of features", sizes: .init(channels: 3, features: 16, window: 9, rowLength: 112), prefersPositions: false),
    Row(testDescription: "many features", sizes: .init(channels: 64, features: 128, window: 108, rowLength: 11), prefersPositions: false),
    Row(
      testDescription: "few features in groups", sizes: .init(groups: 8, channels: 4, features: 8, window: 60, rowLength: 61),
      prefersPositions: true),
    Row(
      testDescription: "few features, short rows", sizes: .init(groups: 8, channels: 4, features: 8, window: 9, rowLength: 7),
      prefersPositions: false),
    Row(
      testDescription: "many features in groups", sizes: .init(groups: 32, channels: 32, features: 32, window: 9, rowLength: 28),
      prefersPositions: false),
    Row(
      testDescription: "depthwise, three channels", sizes: .init(groups: 3, features: 1, window: 121, rowLength: 112),
      prefersPositions: true),
    Row(
      testDescription: "depthwise, 64 channels", sizes: .init(groups: 64, features: 1, window: 9, rowLength: 56), prefersPositions: false),
    Row(
      testDescription: "large strides", sizes: .init(channels: 3, features: 4, window: 49, rowLength: 56, stride: 8, density: 64),
      prefersPositions: false),
    Row(
      testDescription: "four lanes", lanes: 4, sizes: .init(channels: 8, features: 8, window: 9, rowLength: 112), prefersPositions: false),
    Row(
      testDescription: "1 x 1, a few features", sizes: .init(channels: 64, features: 8, window: 1, rowLength: 64), prefersPositions: false),
    Row(testDescription: "no vectors", lanes: 1, sizes: .init(channels: 3, features: 3, window: 9, rowLength: 8), prefersPositions: false),
  ])
  func layout(_ row: Row) {
    let choice = WindowLayoutChoice(row.sizes, vectorByteCount: 4 * row.lanes)
    #expect(choice.prefersPositions == row.prefersPositions, "\(choice.cyclesOfPositions), \(choice.cyclesOfFeatures)")
  }
}
