import Constants
public import Diagnostics
import ImportMLIR
import ImportONNX
import MLIR
import ModuleFormat

/// Reads a model of any supported kind, told apart by the file's content and name, and starts its compilation.
public func loadModel(path: String, options: CompileOptions, observer: (any CompilationObserver)?) throws(Diagnostic) -> Compilation {
  let context = Context()
  if path.hasSuffix(".mlir") || path.hasSuffix(".mlirbc") {
    let (module, constants) = try importMLIR(path: path, context: context)
    try verifyOwnOperations(module, path: path)
    try InputDimensions(module: module).fix(options.dimensions)
    return Compilation(context: context, options: options, module: module, constants: constants, observer: observer)
  }
  var importOptions = ImportOptions()
  importOptions.symbols = options.dimensions
  let model = try importONNX(path: path, context: context, options: importOptions)
  return Compilation(
    context: context, options: options, module: model.module, constants: model.constants, notes: model.notes, observer: observer)
}

/// Writes `text` beside `path` and renames it, so that there is never half a file.
public func writeText(_ text: String, to path: String) throws(Diagnostic) {
  do {
    let file = try OutputFile(path: path)
    try file.write(Array(text.utf8))
    try file.commit()
  } catch {
    throw Diagnostic(.unavailable, id: "unwritableFile", "\(error)")
  }
}

extension Compilation {
  /// Writes the vector code and the assembly of every kernel to `folder`, which must exist.
  public func writeKernels(to folder: String) throws(Diagnostic) {
    for symbol in code.symbols {
      let name = "\(folder)/\(symbol)_\(code.kernels[symbol]?.name ?? "")"
      if let text = code.vectorIR[symbol] { try writeText(text, to: name + ".mlir") }
      if let text = code.assembly[symbol] { try writeText(text, to: name + ".s") }
    }
  }
}
