internal import CMLIR

extension Attribute {
  /// The entry `name` of a dictionary attribute; `nil` if there is none or this is no dictionary.
  public func dictionaryEntry(_ name: String) -> Attribute? {
    guard mlirAttributeIsADictionary(handle) else { return nil }
    let entry = withStringRef(name) { mlirDictionaryAttrGetElementByName(handle, $0) }
    return mlirAttributeIsNull(entry) ? nil : Attribute(handle: entry)
  }
}
