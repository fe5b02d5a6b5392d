/// LLVM's passes for kernels: those of its O3, in their order, that make kernels faster.
///
/// A kernel is one function that calls the C library at most, so what works on call graphs is gone. It is vector code already where it can be: most of
/// what is scalar in it is short remainders, which vectorizers make longer and slower. Its loops are unrolled by its configuration; more than that, by
/// processors' tables up to 512 operations, made a quarter of all code and of the time of code generation, and no kernel faster. Loops of at most
/// eight short steps still become none: with O3's limits it was two fifths more code, most of it in the narrow tiles at the edges, for twice the time.
/// It is done once, at the end: what is folded before does not wait for it. Induction variables are left as they are (code generation rewrites them
/// anyway), and jumps are not threaded: the same speed and size of 278 kernels of four models, for a third less time.
public enum KernelOptimization {
  private static let combine = "instcombine<no-verify-fixpoint>"

  /// The passes for kernels that run often.
  public static let pipeline =
    "function("
    + [
      // What the translation leaves becomes canonical.
      "simplifycfg", "early-cse<memssa>", combine, "reassociate",
      // Loops.
      "loop-mssa(loop-simplifycfg,licm<no-allowspeculation>,loop-rotate,licm,simple-loop-unswitch<nontrivial;trivial>)", "simplifycfg",
      // What the loops have laid open.
      "sroa", "vector-combine", "mldst-motion", "gvn", "sccp", "bdce", combine, "memcpyopt", "dse",
      "loop-mssa(licm)", "vector-combine",
      "loop-unroll<O2;no-partial;no-runtime;no-peeling;full-unroll-max=8>", combine, "loop-mssa(licm)",
      // Ready for code generation.
      "loop-sink", "instsimplify", "div-rem-pairs", "tailcallelim",
      "simplifycfg<hoist-loads-stores-with-cond-faulting;speculate-unpredictables>",
    ].joined(separator: ",") + ")"

  /// The passes for kernels that run once: a fifth of the time, for code that is hardly slower where memory is what counts.
  public static let briefPipeline =
    "function(simplifycfg,early-cse<memssa>,\(combine),loop-mssa(loop-rotate,licm),simplifycfg)"
}
