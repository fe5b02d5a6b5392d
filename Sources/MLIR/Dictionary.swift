internal import CMLIR

extension Attribute {
  /// Creates a dictionary attribute.
  public static func dictionary(_ entries: [(String, Attribute)], _ c: Context) -> Attribute {
    let named = entries.map { name, value in
      MlirNamedAttribute(name: withStringRef(name) { mlirIdentifierGet(c.handle, $0) }, attribute: value.handle)
    }
    return Attribute(handle: mlirDictionaryAttrGet(c.handle, named.count, named))
  }
}
