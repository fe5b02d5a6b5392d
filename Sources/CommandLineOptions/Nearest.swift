/// Returns the candidate that is most like `name`, if one is so much like it that a slip of the fingers explains the difference.
public func nearest<Names: Sequence>(_ name: String, in candidates: Names) -> String? where Names.Element == String {
  let slips = max(2, name.count / 3)
  // As many characters at least are wrong as one name is longer than the other: what nobody typed is not looked at.
  let near = candidates.filter { abs($0.count - name.count) <= slips }.map { (name: $0, distance: editDistance($0, name)) }
    .min { $0.distance < $1.distance }
  guard let near, near.distance <= slips, near.distance < max(name.count, near.name.count) else { return nil }
  return near.name
}

/// Returns a question for the end of a sentence, `; did you mean 'batch'?`, or nothing where no candidate is near.
public func suggestion<Names: Sequence>(for name: String, in candidates: Names) -> String where Names.Element == String {
  nearest(name, in: candidates).map { "; did you mean '\($0)'?" } ?? ""
}

/// Returns how many characters to insert, delete or replace to make `b` of `a` (Levenshtein).
func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a), Array(b))
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let cost = min(row[j + 1] + 1, row[j] + 1, diagonal + (x == y ? 0 : 1))
      diagonal = row[j + 1]
      row[j + 1] = cost
    }
  }
  return row[b.count]
}
