import TesseraFiles
import TesseraModuleFormat
import TesseraRuntime

/// Writes what each dumped dispatch is given and what it gives, the first time that it runs.
///
/// The folder is what `--dump-dispatches` wrote. Beside `dispatch_3_contraction.mlir` comes the folder `dispatch_3_contraction` with `in0.npy` ... in
/// the order of the file's inputs, and `out0.npy` ...; so `tessera run` and `bench` take it as `--inputs`.
final class DispatchRecorder: DispatchObserver, @unchecked Sendable {
  private let program: ModuleDescription
  private let folder: String
  private let plan: FilePlan
  /// The files that are still to be recorded, by the symbol of their kernel.
  private var files: [String: DispatchFileHeader] = [:]
  /// The file of the dispatch that runs.
  private var current: DispatchFileHeader?
  /// The number of recorded dispatches.
  private(set) var count = 0

  /// Reads the headers of the dumped files in `folder`.
  init(_ program: ModuleDescription, folder: String, plan: FilePlan) throws(RuntimeError) {
    (self.program, self.folder, self.plan) = (program, folder, plan)
    for name in fileNames(in: folder) where name.hasSuffix(".mlir") {
      if let header = try DispatchFileHeader(path: "\(folder)/\(name)", name: String(name.dropLast(5))) { files[header.kernel] = header }
    }
    let kernels = program.dispatchSites.map { program.executables[$0.executable].entries[$0.entry] }
    if let missing = kernels.first(where: { files[$0.symbol] == nil }) {
      throw RuntimeError(
        .invalidArgument,
        "the folder '\(folder)' has no file of the kernel '\(missing.name)' of this module; write them with 'tessera compile MODEL --dump-dispatches=\(folder)'",
        id: "noDispatchFile")
    }
  }

  func willRun(_ dispatch: ObservedDispatch) throws(RuntimeError) {
    let site = program.dispatchSites[dispatch.site]
    current = files.removeValue(forKey: program.executables[site.executable].entries[site.entry].symbol)
    guard let current else { return }
    do throws(FileError) { try makeFolder("\(folder)/\(current.name)") } catch { throw RuntimeError(error) }
    try write(current.inputs, "in", of: current, dispatch)
    count += 1
  }

  func didRun(_ dispatch: ObservedDispatch) throws(RuntimeError) {
    if let current { try write(current.outputs, "out", of: current, dispatch) }
  }

  /// Writes inputs or outputs of a dispatch.
  private func write(
    _ ports: [DispatchFileHeader.Port], _ prefix: String, of file: DispatchFileHeader, _ dispatch: ObservedDispatch
  ) throws(RuntimeError) {
    for (number, port) in ports.enumerated() {
      guard let tensor = try port.tensor(dispatch) else {
        throw RuntimeError(
          .invalidArgument,
          "the file '\(folder)/\(file.name).mlir' does not fit this module: its \(prefix)put \(number) is of another size",
          id: "otherDispatchFile")
      }
      let bytes = try NPYWriter.bytes(tensor)
      do throws(FileError) {
        try writeFile(bytes, to: "\(folder)/\(file.name)/\(prefix)\(number).npy", content: .binary, plan: plan)
      } catch { throw RuntimeError(error) }
    }
  }
}
