/// Rows of text in columns.
struct Table {
  /// A column's heading, and whether it is aligned to the right.
  let columns: [(title: String, isNumber: Bool)]
  /// The rows.
  var rows: [[String]] = []

  /// Creates an empty table.
  init(_ columns: [(String, Bool)]) { self.columns = columns.map { (title: $0.0, isNumber: $0.1) } }

  /// The text, with two spaces between columns.
  var text: String {
    let all = [columns.map(\.title)] + rows
    let widths = columns.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      let cells = columns.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return columns[column].isNumber ? padding + row[column] : row[column] + padding
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
    }.joined()
  }
}
