import TesseraDiagnostics
import TesseraLibC
import TesseraMLIR

/// A processor to compile for: what code generation asks about it, and what LLVM must be told.
///
/// The instructions that may be used are exactly those of `requiredFeatures`, whatever else LLVM believes of a processor of the name: a module
/// lists what it needs. The name only chooses whose timing the code is scheduled for.
public struct CPUTarget: Hashable, Sendable {
  /// The instruction set; the raw value is the name in module files.
  public enum Architecture: String, Sendable { case x86 = "x86_64", aarch64 }

  public var architecture: Architecture
  /// The name that a user reads: `x86-64-v4`, `znver5`, `aarch64`.
  public var cpu: String
  /// The features that code may use, by LLVM's names, sorted.
  public var features: [String]
  /// The features that the machine must have, named as in `/proc/cpuinfo`.
  public var requiredFeatures: [String]
  /// The width of a vector register in bytes.
  public var vectorByteCount: Int
  /// The number of vector registers.
  public var vectorRegisterCount: Int
  /// Cache sizes in bytes, for one core; those of the host when compiling for it, else common ones.
  public var l1ByteCount = 32 << 10
  public var l2ByteCount = 1 << 20
  public var l3ByteCount = 32 << 20

  /// LLVM's triple.
  public var triple: String { "\(architecture.rawValue)-unknown-linux-gnu" }
  /// `true` iff code may use the feature, by LLVM's name.
  public func has(_ feature: String) -> Bool { features.contains(feature) }
  /// `true` iff there is a fused multiply-add on vectors.
  public var hasFMA: Bool { architecture == .aarch64 || has("fma") }

  /// `true` iff there are instructions that convert between f16 and f32.
  public var convertsHalf: Bool { architecture == .aarch64 || has("f16c") || has("avx512fp16") }

  /// The processor whose instruction set is the base of `features`.
  var baseCPU: String { architecture == .aarch64 ? "generic" : "x86-64" }
  /// The processor whose timing the code is scheduled for.
  var tuneCPU: String {
    switch cpu {
    case "aarch64", "x86-64-v2": "generic"
    // The levels have no timing of their own; these are common machines of the level.
    case "x86-64-v3": "haswell"
    case "x86-64-v4": "icelake-server"
    default: cpu
    }
  }
  /// LLVM's text of the features. LLVM prefers 256-bit vectors on many AVX-512 processors: our code says itself how wide it is.
  var featureText: String {
    var text = features.map { "+\($0)" }
    if architecture == .x86 && vectorByteCount == 64 { text.append("-prefer-256-bit") }
    return text.joined(separator: ",")
  }

  /// Creates the target that users call `name`: `host`, `x86-64-v3`, `aarch64`, `znver4` and so on.
  public init(named name: String) throws(Diagnostic) {
    if name == "host" {
      self = .thisMachine
    } else if let known = NamedCPU.all.first(where: { $0.name == name }) {
      self.init(known)
    } else {
      throw .unknownCPU(name)
    }
  }

  /// The machine that the compiler runs on.
  public static var thisMachine: CPUTarget {
    var target: CPUTarget
    #if arch(arm64)
      let present = LLVMHost.features
      let usable = NamedCPU.aarch64CPUInfo.map(\.llvm).filter { present.contains($0) }
      target = CPUTarget(cpu: LLVMHost.cpuName, aarch64Features: usable)
    #else
      let present = LLVMHost.features
      target = CPUTarget(cpu: LLVMHost.cpuName, x86Features: X86Feature.all.filter { present.contains($0.llvm) })
    #endif
    func cache(_ level: Int, _ fallback: Int) -> Int {
      let size = sysconf(Int32(level))
      return size > 0 ? size : fallback
    }
    target.l1ByteCount = cache(Int(_SC_LEVEL1_DCACHE_SIZE), target.l1ByteCount)
    target.l2ByteCount = cache(Int(_SC_LEVEL2_CACHE_SIZE), target.l2ByteCount)
    target.l3ByteCount = cache(Int(_SC_LEVEL3_CACHE_SIZE), target.l3ByteCount)
    return target
  }

  private init(_ known: NamedCPU) {
    switch known.architecture {
    case .aarch64: self.init(cpu: known.name, aarch64Features: ["neon"] + known.extras)
    case .x86:
      self.init(
        cpu: known.name,
        x86Features: X86Feature.all.filter { feature in feature.level.map { $0 <= known.level } ?? known.extras.contains(feature.llvm) })
    }
  }

  private init(cpu: String, x86Features: [X86Feature]) {
    architecture = .x86
    self.cpu = cpu
    features = x86Features.map(\.llvm).sorted()
    requiredFeatures = x86Features.map(\.cpuinfo).sorted()
    // 512-bit code needs all of level 4: without vl, bw and dq much of it would be lowered badly.
    let wide = X86Feature.all.filter { $0.level == 4 }.allSatisfy { feature in x86Features.contains { $0.llvm == feature.llvm } }
    vectorByteCount = wide ? 64 : features.contains("avx2") ? 32 : 16
    vectorRegisterCount = wide ? 32 : 16
  }

  private init(cpu: String, aarch64Features: [String]) {
    architecture = .aarch64
    self.cpu = cpu
    features = aarch64Features.sorted()
    requiredFeatures = NamedCPU.aarch64CPUInfo.filter { aarch64Features.contains($0.llvm) }.map(\.cpuinfo).sorted()
    vectorByteCount = 16
    vectorRegisterCount = 32
  }
}
