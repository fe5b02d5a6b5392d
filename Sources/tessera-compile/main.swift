import Diagnostics
import MLIR
import TargetCPU

let context = Context()
let input = try Module(file: CommandLine.arguments[1], context)
let output = Module(context)
do {
for f in input.functions {
  let k = try emitKernel(f, unit: VectorUnit(vectorByteCount: 64, registerCount: 32, hasFMA: true), into: output)
  print("//", k.configuration, k.info.grid)
}
} catch { print(error) }
print(output.operation)
print(output.operation.verify(), context.takeMessages())
if CommandLine.arguments.count > 2 { do { try lowerKernels(output); print("// LLVM\n", output.operation)} catch {print(error)} }
