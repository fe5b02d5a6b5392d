internal import TesseraDiagnostics
package import TesseraKernels
internal import TesseraLoopNests
package import TesseraMLIR

/// What a target's machine gives to the emitter of kernels.
package struct MachineForm {
  /// The type of an address.
  let addressType: Type
  /// The machine of a kernel, from the address of a workgroup's place among all.
  let machine: (_ place: Value) -> any KernelMachine

  package init(addressType: Type, machine: @escaping (_ place: Value) -> any KernelMachine) {
    (self.addressType, self.machine) = (addressType, machine)
  }
}

/// Emits a kernel after its configurations.
///
/// Before: an executable function over tensors (see `KernelSource`).
/// After: a function with the ABI of kernels, which runs its share of the tiles:
///
///     func.func @dispatch_3(%bindings: !llvm.ptr, %constants: !llvm.ptr, %workgroup: !llvm.ptr, %scratch: !llvm.ptr) -> i32
///
/// Another machine has another type for the four addresses.
struct KernelEmitter {
  let source: KernelSource
  /// The configuration of each nest.
  let configurations: [KernelConfiguration]
  let unit: VectorUnit
  let form: MachineForm

  /// Emits the kernel's function into `module`; returns whether it checks something, and then needs a record in its scratch memory.
  func emit(into module: Module) throws(Diagnostic) -> Bool {
    let kernel = beginFunction(module), borders = kernel.bindOperands()
    let loops = TileLoops(kernel, source.parts[0], configurations[0], unit)
    for border in borders { try BorderFiller(loops: loops, bordered: border).emit() }
    try emitter(loops).emit()
    let zero = kernel.b.scalar(0, .i32(module.context))
    kernel.b.create("func.return", [kernel.loadStatus() ?? zero])
    return kernel.keepsRecord
  }

  /// What emits the nests, or what works on rows as wholes.
  private func emitter(_ loops: TileLoops) throws(Diagnostic) -> any TileEmitter {
    if let rows = try loops.rowEmitter() { return rows }
    return configurations.count == 1 ? NestEmitter(loops) : SequenceEmitter(loops: loops, configurations: configurations)
  }

  /// Creates the function, and the builder of its first nest.
  private func beginFunction(_ module: Module) -> KernelBuilder {
    let context = module.context, location = source.function.location
    let parameters = [Type](repeating: form.addressType, count: 4), region = Region.create()
    let entry = region.appendBlock(parameters, location), given = entry.arguments
    Builder(context, at: module.body, location: location).create(
      "func.func",
      attributes: [
        ("sym_name", .string(source.function.symbolName!, context)),
        ("function_type", .type(.function(parameters, [.i32(context)], context))),
      ], regions: [region])
    return KernelBuilder(
      source, machine: form.machine(given[2]), vectorWidth: configurations[0].vectorWidth,
      arguments: .init(bindings: given[0], constants: given[1], scratch: given[3]), entry: entry, context)
  }
}
