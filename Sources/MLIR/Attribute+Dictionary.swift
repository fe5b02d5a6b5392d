internal import TesseraCMLIR

extension Attribute {
  /// Creates a dictionary attribute.
  public static func dictionary(_ entries: [(String, Attribute)], _ c: Context) -> Attribute {
    let named = entries.map { name, value in
      MlirNamedAttribute(name: withStringRef(name) { mlirIdentifierGet(c.handle, $0) }, attribute: value.handle)
    }
    return Attribute(handle: mlirDictionaryAttrGet(c.handle, named.count, named))
  }

  /// The entries of a dictionary attribute; none for other attributes.
  public var dictionaryEntries: [(String, Attribute)] {
    guard mlirAttributeIsADictionary(handle) else { return [] }
    return (0..<mlirDictionaryAttrGetNumElements(handle)).map {
      let entry = mlirDictionaryAttrGetElement(handle, $0)
      return (String(mlirIdentifierStr(entry.name)), Attribute(handle: entry.attribute))
    }
  }

  /// The entry `name` of a dictionary attribute; `nil` if there is none or this is no dictionary.
  public func dictionaryEntry(_ name: String) -> Attribute? {
    guard mlirAttributeIsADictionary(handle) else { return nil }
    let entry = withStringRef(name) { mlirDictionaryAttrGetElementByName(handle, $0) }
    return mlirAttributeIsNull(entry) ? nil : Attribute(handle: entry)
  }
}
