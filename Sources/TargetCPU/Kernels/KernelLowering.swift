import MLIR

/// The upstream passes that take an emitted kernel (scf, vector, arith, math, llvm) to the LLVM dialect.
enum KernelLowering {
  // Functions of f64 that LLVM has no intrinsic for are calls of the C library, lane by lane.
  static let pipeline = [
    "canonicalize", "cse", "loop-invariant-code-motion", "convert-scf-to-cf", "convert-math-to-llvm", "convert-math-to-libm",
    "convert-vector-to-llvm", "expand-strided-metadata", "lower-affine", "arith-expand", "convert-complex-to-llvm", "convert-arith-to-llvm",
    "convert-index-to-llvm", "convert-cf-to-llvm",
    "convert-func-to-llvm", "convert-ub-to-llvm", "reconcile-unrealized-casts", "canonicalize", "cse",
  ].joined(separator: ",")

  /// Lowers all functions of `module`.
  static func run(on module: Module) throws(MLIRError) { try module.run(passes: pipeline) }
}
