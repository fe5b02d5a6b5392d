/// An x86-64 feature that code may use, by LLVM's name and by the kernel's in `/proc/cpuinfo`.
struct X86Feature {
  /// The psABI level (2, 3 or 4) that has it; `nil` for features beyond the levels.
  let level: Int?
  let llvm: String
  let cpuinfo: String

  /// The features of the x86-64 psABI levels, and those beyond them that are worth having in kernels.
  static let all: [X86Feature] = [
    X86Feature(level: 2, llvm: "cx16", cpuinfo: "cx16"),
    X86Feature(level: 2, llvm: "sahf", cpuinfo: "lahf_lm"),
    X86Feature(level: 2, llvm: "popcnt", cpuinfo: "popcnt"),
    X86Feature(level: 2, llvm: "sse3", cpuinfo: "pni"),
    X86Feature(level: 2, llvm: "ssse3", cpuinfo: "ssse3"),
    X86Feature(level: 2, llvm: "sse4.1", cpuinfo: "sse4_1"),
    X86Feature(level: 2, llvm: "sse4.2", cpuinfo: "sse4_2"),
    X86Feature(level: 3, llvm: "avx", cpuinfo: "avx"),
    X86Feature(level: 3, llvm: "avx2", cpuinfo: "avx2"),
    X86Feature(level: 3, llvm: "bmi", cpuinfo: "bmi1"),
    X86Feature(level: 3, llvm: "bmi2", cpuinfo: "bmi2"),
    X86Feature(level: 3, llvm: "f16c", cpuinfo: "f16c"),
    X86Feature(level: 3, llvm: "fma", cpuinfo: "fma"),
    X86Feature(level: 3, llvm: "lzcnt", cpuinfo: "abm"),
    X86Feature(level: 3, llvm: "movbe", cpuinfo: "movbe"),
    X86Feature(level: 3, llvm: "xsave", cpuinfo: "xsave"),
    X86Feature(level: 4, llvm: "avx512f", cpuinfo: "avx512f"),
    X86Feature(level: 4, llvm: "avx512bw", cpuinfo: "avx512bw"),
    X86Feature(level: 4, llvm: "avx512cd", cpuinfo: "avx512cd"),
    X86Feature(level: 4, llvm: "avx512dq", cpuinfo: "avx512dq"),
    X86Feature(level: 4, llvm: "avx512vl", cpuinfo: "avx512vl"),
    X86Feature(level: nil, llvm: "avx512ifma", cpuinfo: "avx512ifma"),
    X86Feature(level: nil, llvm: "avx512vbmi", cpuinfo: "avx512vbmi"),
    X86Feature(level: nil, llvm: "avx512vbmi2", cpuinfo: "avx512_vbmi2"),
    X86Feature(level: nil, llvm: "avx512vnni", cpuinfo: "avx512_vnni"),
    X86Feature(level: nil, llvm: "avx512bitalg", cpuinfo: "avx512_bitalg"),
    X86Feature(level: nil, llvm: "avx512vpopcntdq", cpuinfo: "avx512_vpopcntdq"),
    X86Feature(level: nil, llvm: "avx512bf16", cpuinfo: "avx512_bf16"),
    X86Feature(level: nil, llvm: "avx512fp16", cpuinfo: "avx512_fp16"),
    X86Feature(level: nil, llvm: "avxvnni", cpuinfo: "avx_vnni"),
    X86Feature(level: nil, llvm: "gfni", cpuinfo: "gfni"),
    X86Feature(level: nil, llvm: "amx-tile", cpuinfo: "amx_tile"),
    X86Feature(level: nil, llvm: "amx-int8", cpuinfo: "amx_int8"),
    X86Feature(level: nil, llvm: "amx-bf16", cpuinfo: "amx_bf16"),
  ]
}

/// A processor that users name: a level of its architecture, features beyond it, and whose timing LLVM schedules for.
struct NamedCPU {
  let name: String
  let architecture: CPUTarget.Architecture
  /// The psABI level on x86-64; 0 on AArch64.
  let level: Int
  /// LLVM's names of features beyond the level.
  let extras: [String]

  private static let icelake = ["avx512ifma", "avx512vbmi", "avx512vbmi2", "avx512vnni", "avx512bitalg", "avx512vpopcntdq", "gfni"]

  /// The named processors. Their features are LLVM's for the same name, as far as kernels use them.
  static let all: [NamedCPU] = [
    NamedCPU(name: "x86-64-v2", architecture: .x86, level: 2, extras: []),
    NamedCPU(name: "x86-64-v3", architecture: .x86, level: 3, extras: []),
    NamedCPU(name: "x86-64-v4", architecture: .x86, level: 4, extras: []),
    NamedCPU(name: "haswell", architecture: .x86, level: 3, extras: []),
    NamedCPU(name: "broadwell", architecture: .x86, level: 3, extras: []),
    NamedCPU(name: "skylake", architecture: .x86, level: 3, extras: []),
    NamedCPU(name: "alderlake", architecture: .x86, level: 3, extras: ["avxvnni", "gfni"]),
    NamedCPU(name: "skylake-avx512", architecture: .x86, level: 4, extras: []),
    NamedCPU(name: "cascadelake", architecture: .x86, level: 4, extras: ["avx512vnni"]),
    NamedCPU(name: "cooperlake", architecture: .x86, level: 4, extras: ["avx512vnni", "avx512bf16"]),
    NamedCPU(name: "icelake-client", architecture: .x86, level: 4, extras: icelake),
    NamedCPU(name: "icelake-server", architecture: .x86, level: 4, extras: icelake),
    NamedCPU(
      name: "sapphirerapids", architecture: .x86, level: 4,
      extras: icelake + ["avx512bf16", "avx512fp16", "avxvnni", "amx-tile", "amx-int8", "amx-bf16"]),
    NamedCPU(name: "tigerlake", architecture: .x86, level: 4, extras: icelake),
    NamedCPU(name: "znver1", architecture: .x86, level: 3, extras: []),
    NamedCPU(name: "znver2", architecture: .x86, level: 3, extras: []),
    NamedCPU(name: "znver3", architecture: .x86, level: 3, extras: []),
    NamedCPU(name: "znver4", architecture: .x86, level: 4, extras: icelake + ["avx512bf16"]),
    NamedCPU(name: "znver5", architecture: .x86, level: 4, extras: icelake + ["avx512bf16", "avxvnni"]),
    NamedCPU(name: "aarch64", architecture: .aarch64, level: 0, extras: []),
    NamedCPU(name: "cortex-a53", architecture: .aarch64, level: 0, extras: []),
    NamedCPU(name: "cortex-a72", architecture: .aarch64, level: 0, extras: []),
    NamedCPU(name: "cortex-a76", architecture: .aarch64, level: 0, extras: ["lse", "dotprod", "fullfp16"]),
    NamedCPU(name: "neoverse-n1", architecture: .aarch64, level: 0, extras: ["lse", "dotprod", "fullfp16"]),
    NamedCPU(name: "neoverse-v1", architecture: .aarch64, level: 0, extras: ["lse", "dotprod", "fullfp16", "bf16", "i8mm"]),
    NamedCPU(name: "neoverse-n2", architecture: .aarch64, level: 0, extras: ["lse", "dotprod", "fullfp16", "bf16", "i8mm"]),
    NamedCPU(name: "neoverse-v2", architecture: .aarch64, level: 0, extras: ["lse", "dotprod", "fullfp16", "bf16", "i8mm"]),
    NamedCPU(name: "apple-m1", architecture: .aarch64, level: 0, extras: ["lse", "dotprod", "fullfp16"]),
  ]

  /// The names in `/proc/cpuinfo` on AArch64 of LLVM's features.
  static let aarch64CPUInfo: [(llvm: String, cpuinfo: String)] = [
    ("neon", "asimd"), ("lse", "atomics"), ("dotprod", "asimddp"), ("fullfp16", "asimdhp"), ("bf16", "bf16"), ("i8mm", "i8mm"),
  ]
}
