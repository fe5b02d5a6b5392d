import MLIR

/// The upstream passes that take an emitted kernel (scf, vector, arith, math, llvm) to the LLVM dialect.
enum KernelLowering {
  // bf16 is computed in f32 and rounded by integer operations: LLVM calls a library on processors without it.
  // Functions of f64 that LLVM has no intrinsic for are calls of the C library, lane by lane.
  static let pipeline = [
    Canonicalization.pass, "cse", "loop-invariant-code-motion", "convert-scf-to-cf",
    "arith-emulate-unsupported-floats{source-types=bf16 target-type=f32}",
    "math-extend-to-supported-types{extra-types=f16 target-type=f32}", "arith-expand{include-bf16=true}", "convert-math-to-llvm",
    "convert-math-to-libm",
    "convert-vector-to-llvm", "expand-strided-metadata", "lower-affine", "convert-complex-to-llvm", "convert-arith-to-llvm",
    "convert-index-to-llvm", "convert-cf-to-llvm",
    "convert-func-to-llvm", "convert-ub-to-llvm", "reconcile-unrealized-casts", Canonicalization.pass, "cse",
  ].joined(separator: ",")

  /// Lowers all functions of `module`. LLVM verifies what comes out.
  static func run(on module: Module) throws(MLIRError) { try module.run(passes: pipeline, verify: false) }
}
