import TesseraCInterface
import TesseraModuleFormat
import TesseraRuntime

private let version = CString(tesseraVersion)
/// The names of types by number.
private let typeNames = ElementType.allCases.map { ($0, CString($0.name)) }

@_cdecl("tessera_check_abi") public func checkABI(_ version: UInt32) -> Int32 {
  reporting { () throws(RuntimeError) in
    let own = UInt32(TESSERA_ABI_VERSION)
    guard version == own else { throw .wrongABI(version, own: own) }
  }
}

@_cdecl("tessera_version") public func libraryVersion() -> UnsafePointer<CChar> { version.pointer }

@_cdecl("tessera_module_format_version") public func moduleFormatVersion() -> UInt32 { ModuleLayout.version }

@_cdecl("tessera_type_name") public func typeName(_ type: Int32) -> UnsafePointer<CChar>? {
  typeNames.first { Int32($0.0.rawValue) == type }?.1.pointer
}

@_cdecl("tessera_type_byte_count") public func typeByteCount(_ type: Int32) -> Int { (try? Arguments.type(type))?.byteCount ?? 0 }
