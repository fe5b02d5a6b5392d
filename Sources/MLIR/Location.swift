internal import TesseraCMLIR

/// The origin of an operation: a file position, a name of the user's (an ONNX node), or several of them fused.
public struct Location: CustomStringConvertible {
  let handle: MlirLocation

  /// The location of something that has none.
  public static func unknown(_ context: Context) -> Location { Location(handle: mlirLocationUnknownGet(context.handle)) }

  /// A name of the user's.
  public static func name(_ name: String, _ context: Context) -> Location {
    withStringRef(name) { Location(handle: mlirLocationNameGet(context.handle, $0, mlirLocationUnknownGet(context.handle))) }
  }

  /// A position in a file; lines and columns count from 1.
  public static func file(_ file: String, line: Int, column: Int, _ context: Context) -> Location {
    withStringRef(file) { Location(handle: mlirLocationFileLineColGet(context.handle, $0, UInt32(line), UInt32(column))) }
  }

  /// One location made of several.
  public static func fused(_ parts: [Location], _ context: Context) -> Location {
    if parts.count == 1 { return parts[0] }
    let handles = parts.map(\.handle)
    return Location(
      handle: handles.withUnsafeBufferPointer {
        mlirLocationFusedGet(context.handle, $0.count, $0.baseAddress, MlirAttribute(ptr: nil))
      })
  }

  /// The readable leaves of this location, in order and without repetition: names, and positions as `file:line:column`.
  public var sourceNames: [String] {
    var names: [String] = []
    collect(into: &names)
    return names
  }

  /// The names for modules, which must not depend on the path of the model: files are without their folders.
  public var namesInModules: [String] {
    var names: [String] = []
    collect(into: &names, withFolders: false)
    return names
  }

  private func collect(into names: inout [String], withFolders: Bool = true) {
    func add(_ name: String) { if !names.contains(name) { names.append(name) } }
    if mlirLocationIsAFused(handle) {
      let count = Int(mlirLocationFusedGetNumLocations(handle))
      guard count > 0 else { return }
      let parts = [MlirLocation](unsafeUninitializedCapacity: count) { buffer, used in
        mlirLocationFusedGetLocations(handle, buffer.baseAddress)
        used = count
      }
      for part in parts { Location(handle: part).collect(into: &names, withFolders: withFolders) }
    } else if mlirLocationIsAName(handle) {
      add(String(mlirIdentifierStr(mlirLocationNameGetName(handle))))
    } else if mlirLocationIsACallSite(handle) {
      Location(handle: mlirLocationCallSiteGetCallee(handle)).collect(into: &names, withFolders: withFolders)
    } else if mlirLocationIsAFileLineColRange(handle) {
      var file = String(mlirIdentifierStr(mlirLocationFileLineColRangeGetFilename(handle)))
      if !withFolders, let slash = file.lastIndex(of: "/") { file = String(file[file.index(after: slash)...]) }
      add("\(file):\(mlirLocationFileLineColRangeGetStartLine(handle)):\(mlirLocationFileLineColRangeGetStartColumn(handle))")
    }
  }

  public var description: String { printed { mlirLocationPrint(handle, $0, $1) } }
}
