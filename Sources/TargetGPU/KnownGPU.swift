/// What kernels may assume of a GPU, for compiling where it is not: the least of all drivers that are up to date.
package struct KnownGPU: Sendable, Equatable {
  /// The name that users write, and others for the same.
  package let name: String
  package let aliases: [String]
  /// The invocations of a subgroup, as most kernels run.
  package let subgroupSize: Int
  /// The bytes that the invocations of a workgroup share.
  package let workgroupMemory: Int
  /// The types that it computes with, beside f32 and integers of 32 and 64 bits.
  package let types: Set<Element>

  /// A type that some GPUs lack.
  package enum Element: Sendable { case float16, float64, int8, int16 }

  private init(
    _ name: String, _ aliases: [String] = [], subgroupSize: Int, workgroupMemory: Int, types: Set<Element> = [.float16, .int8, .int16]
  ) {
    (self.name, self.aliases, self.subgroupSize) = (name, aliases, subgroupSize)
    (self.workgroupMemory, self.types) = (workgroupMemory, types)
  }

  /// The one with all types: a device that lacks one that a module uses refuses it.
  package static let any = KnownGPU("any", subgroupSize: 32, workgroupMemory: 16 << 10, types: allTypes)
  private static let allTypes: Set<Element> = [.float16, .float64, .int8, .int16]

  /// All of them. Those of phones, of Apple and of Intel have no f64.
  package static let all: [KnownGPU] = [
    any,
    KnownGPU("llvmpipe", ["lavapipe"], subgroupSize: 8, workgroupMemory: 32 << 10, types: allTypes),
    KnownGPU("turing", ["gtx-1660", "rtx-2080"], subgroupSize: 32, workgroupMemory: 48 << 10, types: allTypes),
    KnownGPU("ampere", ["rtx-3060", "rtx-3090", "a100"], subgroupSize: 32, workgroupMemory: 48 << 10, types: allTypes),
    KnownGPU("ada", ["rtx-4060", "rtx-4090", "l4"], subgroupSize: 32, workgroupMemory: 48 << 10, types: allTypes),
    KnownGPU("hopper", ["h100", "h200"], subgroupSize: 32, workgroupMemory: 48 << 10, types: allTypes),
    KnownGPU("rdna2", ["rx-6800"], subgroupSize: 64, workgroupMemory: 64 << 10, types: allTypes),
    KnownGPU("rdna3", ["rx-7900"], subgroupSize: 64, workgroupMemory: 64 << 10, types: allTypes),
    KnownGPU("arc", ["arc-a770"], subgroupSize: 32, workgroupMemory: 32 << 10),
    KnownGPU("apple", ["m1", "m2", "m3"], subgroupSize: 32, workgroupMemory: 32 << 10),
    KnownGPU("adreno", ["adreno-730", "adreno-740", "adreno-750"], subgroupSize: 64, workgroupMemory: 32 << 10),
    KnownGPU("mali", ["mali-g710", "mali-g715", "mali-g720"], subgroupSize: 16, workgroupMemory: 32 << 10),
  ]

  /// The GPU that users call `name`; `nil` if there is none.
  package static func named(_ name: String) -> KnownGPU? { all.first { $0.name == name || $0.aliases.contains(name) } }
}
