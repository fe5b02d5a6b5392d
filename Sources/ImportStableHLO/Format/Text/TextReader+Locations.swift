import TesseraDiagnostics

extension TextReader {
  /// Passes over `loc(...)`, if it stands next.
  func location() throws(Diagnostic) -> Bool { try locationLabel() != nil }

  /// The name in `loc(...)`, which is `nil` within if it has none; `nil` if there is no location.
  func locationLabel() throws(Diagnostic) -> String?? {
    guard cursor.sees("loc(") else { return nil }
    cursor.position += 3
    let body = try cursor.balanced()
    return .some(label(at: body.lowerBound + 1, depth: 0))
  }

  /// The first name in the location at `position`: a string with a location in brackets behind it, or alone. Files are no names.
  private func label(at position: Int, depth: Int) -> String? {
    if let known = labels[position] { return known }
    guard depth < 16 else { return nil }
    var trial = cursor
    trial.position = position
    var found: String?
    if trial.sees("\"") {
      if let name = try? trial.string(), !trial.isHere(":") { found = name }
    } else if trial.take("#") {
      if let name = try? trial.word(), let place = aliases["#" + name] {
        trial.position = place
        if trial.take("loc(") { found = label(at: trial.position, depth: depth + 1) }
      }
    } else if trial.take("callsite(") {
      found = label(at: trial.position, depth: depth + 1)
    } else if trial.take("fused") {
      if trial.isHere("<") { _ = try? trial.balanced() }
      if trial.take("[") { found = label(at: trial.position, depth: depth + 1) }
    } else if trial.take("loc(") {
      found = label(at: trial.position, depth: depth + 1)
    }
    labels[position] = .some(found)
    return found
  }
}
