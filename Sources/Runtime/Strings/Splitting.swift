/// Returns the parts of `text` between places where `delimiter` stands, at most `limit` + 1 of them; -1 is no limit. `nil` if there
/// are more than `most`.
///
/// Without a delimiter the parts are between white space, none of them is empty, and what is left behind the last cut keeps its white space, as
/// in Python.
func split(_ text: [UInt8], by delimiter: [UInt8], limit: Int, most: Int) -> [[UInt8]]? {
  guard let first = delimiter.first else { return words(text, limit: limit, most: most) }
  var parts: [[UInt8]] = []
  var start = 0, place = 0
  while place + delimiter.count <= text.count, limit < 0 || parts.count < limit {
    if text[place] == first, text[place..<place + delimiter.count].elementsEqual(delimiter) {
      parts.append(Array(text[start..<place]))
      if parts.count >= most { return nil }
      place += delimiter.count
      start = place
    } else {
      place += 1
    }
  }
  return parts + [Array(text[start...])]
}

/// Returns the words of `text`, at most `limit` of them and then the rest; `nil` if there are more than `most`.
private func words(_ text: [UInt8], limit: Int, most: Int) -> [[UInt8]]? {
  var parts: [[UInt8]] = []
  var rest = String(decoding: text, as: UTF8.self).unicodeScalars[...]
  func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value) }
  while true {
    rest = rest.drop(while: isSpace)
    if rest.isEmpty { return parts }
    if parts.count >= most { return nil }
    let word = limit >= 0 && parts.count >= limit ? rest : rest.prefix { !isSpace($0) }
    parts.append(Array(String(word).utf8))
    rest = rest[word.endIndex...]
  }
}
