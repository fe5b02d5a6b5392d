/// LLVM's passes for kernels: those of its O3, in their order, that change the code of one of a few hundred kernels.
///
/// A kernel is one function that calls the C library at most, so what works on call graphs is gone. It is vector code already where it can be: most of
/// what is scalar in it is short remainders, which vectorizers make longer and slower. Its loops are unrolled by its configuration; more than that, by
/// processors' tables up to 512 operations, made a quarter of all code and of the time of code generation, and no kernel faster. Loops of at most
/// eight short steps still become none: with O3's limits it was two fifths more code, most of it in the narrow tiles at the edges, for twice the time.
/// It is done once, at the end: what is folded before does not wait for it.
enum KernelOptimization {
  private static let combine = "instcombine<no-verify-fixpoint>"

  static let pipeline =
    "function("
    + [
      // What the translation leaves becomes canonical.
      "simplifycfg", "early-cse", combine, "simplifycfg", "early-cse<memssa>", "jump-threading", "correlated-propagation", combine,
      "reassociate",
      // Loops.
      "loop-mssa(loop-simplifycfg,licm<no-allowspeculation>,loop-rotate,licm,simple-loop-unswitch<nontrivial;trivial>)", "simplifycfg",
      combine,
      "loop(indvars,extra-simple-loop-unswitch-passes)",
      // What the loops have laid open.
      "sroa", "vector-combine", "mldst-motion", "gvn", "sccp", "bdce", combine, "jump-threading", "correlated-propagation", "memcpyopt",
      "dse",
      "loop-mssa(licm)", "vector-combine",
      "loop-unroll<O2;no-partial;no-runtime;no-peeling;full-unroll-max=8>", combine, "loop-mssa(licm)",
      // Ready for code generation.
      "loop-sink", "instsimplify", "div-rem-pairs", "tailcallelim",
      "simplifycfg<hoist-loads-stores-with-cond-faulting;speculate-unpredictables>",
    ].joined(separator: ",") + ")"
}
