import TesseraGraphs
import TesseraMLIR

/// Products, convolutions, pools, and operators about quantized tensors.
extension OperatorTable {
  static let layers: [OperatorRow] = [
    .init("CONV_2D", upTo: 8, options: "Conv2DOptions", quantized: .own, lowerConv2D),
    .init("DEPTHWISE_CONV_2D", upTo: 7, options: "DepthwiseConv2DOptions", quantized: .own, lowerDepthwiseConv2D),
    .init("CONV_3D", options: "Conv3DOptions", quantized: .own, lowerConv3D),
    .init("CONV_3D_TRANSPOSE", options: "Conv3DOptions", quantized: .own, lowerConv3DTranspose),
    .init("TRANSPOSE_CONV", upTo: 5, options: "TransposeConvOptions", quantized: .own, lowerTransposeConv),
    .init("FULLY_CONNECTED", upTo: 14, options: "FullyConnectedOptions", quantized: .own, lowerFullyConnected),
    .init("BATCH_MATMUL", upTo: 5, options: "BatchMatMulOptions", lowerBatchMatMul),
    .init("MAX_POOL_2D", upTo: 3, options: "Pool2DOptions", quantized: .moved, lowerMaxPool),
    .init("AVERAGE_POOL_2D", upTo: 3, options: "Pool2DOptions", lowerAveragePool),
    .init("L2_POOL_2D", options: "Pool2DOptions", lowerL2Pool),
    .init("RESIZE_BILINEAR", upTo: 4, options: "ResizeBilinearOptions", lowerResizeBilinear),
    .init("RESIZE_NEAREST_NEIGHBOR", upTo: 4, options: "ResizeNearestNeighborOptions", quantized: .moved, lowerResizeNearest),
    .init("QUANTIZE", upTo: 4, options: "QuantizeOptions", lowerIdentity),
    .init("DEQUANTIZE", upTo: 7, options: "DequantizeOptions", lowerDequantize),
    .init("DENSIFY", options: "DensifyOptions", quantized: .moved, lowerIdentity),
  ]
}
