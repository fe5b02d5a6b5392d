internal import TesseraMLIR

/// What a kernel asks of a device, by the types that it uses.
struct SPIRVCapabilities {
  /// The widths of its floats.
  private(set) var floatWidths: Set<Int> = []
  private var integerWidths: Set<Int> = []

  /// Looks at the types of all values below `root`.
  init(_ root: Operation) {
    for op in root.descendants {
      for region in op.regions { for block in region.blocks { block.arguments.forEach { add($0.type) } } }
      for result in op.results { add(result.type) }
    }
  }

  private mutating func add(_ type: Type) {
    guard let width = type.bitWidth else { return }
    if type.isFloat { floatWidths.insert(width) } else { integerWidths.insert(width) }
  }

  private var names: [String] {
    var list = ["Shader", "Int64", "PhysicalStorageBufferAddresses"]
    if integerWidths.contains(8) { list += ["Int8", "StorageBuffer8BitAccess"] }
    if integerWidths.contains(16) { list.append("Int16") }
    if floatWidths.contains(16) { list.append("Float16") }
    if integerWidths.contains(16) || floatWidths.contains(16) { list.append("StorageBuffer16BitAccess") }
    if floatWidths.contains(64) { list.append("Float64") }
    if !floatWidths.isEmpty { list.append("SignedZeroInfNanPreserve") }
    return list
  }

  /// Version, capabilities and extensions. The version is that in which entry points list all variables, of Vulkan 1.2.
  private var triple: String {
    "#spirv.vce<v1.5, [\(names.joined(separator: ", "))], [SPV_KHR_storage_buffer_storage_class, SPV_KHR_physical_storage_buffer]>"
  }

  /// The attribute by which conversions know what there is.
  var environment: String { "#spirv.target_env<\(triple), #spirv.resource_limits<>>" }

  /// An empty module, in what serializes it.
  var container: String {
    """
    module attributes {gpu.container_module} {
      gpu.module @kernel [\(environment)] {
        spirv.module @kernel PhysicalStorageBuffer64 GLSL450 requires \(triple) {}
      }
    }
    """
  }
}
