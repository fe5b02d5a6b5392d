import TesseraMLIR

/// Things of the same kind that were found in a program: each name once, with how often and where.
struct Findings {
  /// One name.
  struct Entry {
    let name: String
    var count = 1
    /// The first location.
    let place: String?
  }

  private(set) var entries: [Entry] = []
  private var numbers: [String: Int] = [:]

  var isEmpty: Bool { entries.isEmpty }

  /// Adds what `operation` has.
  mutating func add(_ name: String, _ operation: Operation) {
    if let known = numbers[name] {
      entries[known].count += 1
    } else {
      numbers[name] = entries.count
      let places = operation.location.sourceNames
      entries.append(Entry(name: name, place: places.isEmpty ? nil : places.joined(separator: ", ")))
    }
  }

  /// The most names that a message lists.
  private static let limit = 20

  /// One line for each name; the last one tells how many are left out.
  var lines: [String] {
    let shown = entries.prefix(Self.limit).map { entry in
      let place = entry.place.map { entry.count == 1 ? " at \($0)" : ", first at \($0)" } ?? ""
      return "'\(entry.name)'" + (entry.count == 1 ? "" : ", \(entry.count) times") + place
    }
    return shown + (entries.count > Self.limit ? ["and \(entries.count - Self.limit) more"] : [])
  }
}
