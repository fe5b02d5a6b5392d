import TesseraFiles

/// A relocatable object of ELF, with a module as the array `PREFIX_module`, and its length as the 64-bit number `PREFIX_module_size`.
///
/// Written here rather than by an assembler: the same bytes each time, for any processor, on a machine without one.
struct ModuleObject {
  let prefix: String
  let module: UnsafeRawBufferPointer
  /// The number of the processor.
  let machine: UInt16

  /// A section's header but its name.
  private struct Section {
    var name: String
    var type: UInt32 = 0
    var flags: UInt64 = 0
    var place = 0
    var byteCount = 0
    var link: UInt32 = 0
    var information: UInt32 = 0
    var alignment: UInt64 = 0
    var entryByteCount: UInt64 = 0
  }

  /// The names of the two symbols.
  private var symbols: [String] { [prefix + "_module", prefix + "_module_size"] }
  /// The place of the length: behind the module, at a multiple of 8.
  private var sizePlace: Int { (module.count + 7) / 8 * 8 }

  /// Writes the object.
  func write(to file: OutputFile) throws(FileError) {
    let (head, tail) = parts()
    try file.write(head)
    try file.write(module)
    try file.write(tail)
  }

  /// Writes an archive of the object alone, with the index that linkers want.
  func writeArchive(to file: OutputFile) throws(FileError) {
    let (head, tail) = parts()
    let names = ObjectBytes(texts: symbols).bytes
    let indexByteCount = 4 + 4 * symbols.count + names.count
    var start = ObjectBytes()
    start.add(text: "!<arch>\n")
    start.addArchiveHeader("/", indexByteCount)
    start.add(UInt32(symbols.count).bigEndian)
    // Behind the signature and the index, which begins with a header too.
    let place = UInt32(8 + 60 + (indexByteCount + 1) / 2 * 2)
    for _ in symbols { start.add(place.bigEndian) }
    start.bytes += names
    if indexByteCount % 2 == 1 { start.bytes.append(10) }
    let objectByteCount = head.count + module.count + tail.count
    start.addArchiveHeader("module.o/", objectByteCount)
    try file.write(start.bytes + head)
    try file.write(module)
    try file.write(tail + (objectByteCount % 2 == 0 ? [] : [10]))
  }

  /// Returns what stands before and behind the module's bytes.
  private func parts() -> (head: [UInt8], tail: [UInt8]) {
    let strings = ObjectBytes(texts: [""] + symbols).bytes
    var table = ObjectBytes()
    table.fill(24)
    var name = 1
    for (symbol, place, byteCount) in [(symbols[0], 0, module.count), (symbols[1], sizePlace, 8)] {
      table.add(UInt32(name))
      // Global data, of section 1.
      table.bytes += [0x11, 0]
      table.add(UInt16(1))
      table.add(UInt64(place))
      table.add(UInt64(byteCount))
      name += symbol.utf8.count + 1
    }
    let tablePlace = 64 + sizePlace + 8
    let stringPlace = tablePlace + table.bytes.count
    var sections = [
      Section(name: ""), Section(name: ".rodata", type: 1, flags: 2, place: 64, byteCount: sizePlace + 8, alignment: 64),
      Section(name: ".note.GNU-stack", type: 1, place: tablePlace, alignment: 1),
      Section(
        name: ".symtab", type: 2, place: tablePlace, byteCount: table.bytes.count, link: 4, information: 1, alignment: 8, entryByteCount: 24
      ),
      Section(name: ".strtab", type: 3, place: stringPlace, byteCount: strings.count, alignment: 1),
      Section(name: ".shstrtab", type: 3, place: stringPlace + strings.count, alignment: 1),
    ]
    let names = ObjectBytes(texts: sections.map(\.name)).bytes
    sections[5].byteCount = names.count

    var tail = ObjectBytes()
    tail.fill(sizePlace - module.count)
    tail.add(UInt64(module.count))
    tail.bytes += table.bytes + strings + names
    let end = 64 + module.count + tail.bytes.count
    let headerPlace = (end + 7) / 8 * 8
    tail.fill(headerPlace - end)
    name = 0
    for section in sections {
      tail.add(UInt32(name))
      tail.add(section.type)
      tail.add(section.flags)
      tail.add(UInt64(0))
      tail.add(UInt64(section.place))
      tail.add(UInt64(section.byteCount))
      tail.add(section.link)
      tail.add(section.information)
      tail.add(section.alignment)
      tail.add(section.entryByteCount)
      name += section.name.utf8.count + 1
    }
    return (head(sectionCount: sections.count, headerPlace), tail.bytes)
  }

  /// Returns the header of the file.
  private func head(sectionCount: Int, _ headerPlace: Int) -> [UInt8] {
    var head = ObjectBytes()
    // 64 bits, little-endian, version 1.
    head.bytes = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1]
    head.fill(9)
    // A relocatable object.
    head.add(UInt16(1))
    head.add(machine)
    head.add(UInt32(1))
    head.fill(16)
    head.add(UInt64(headerPlace))
    head.fill(4)
    head.add(UInt16(64))
    head.fill(4)
    head.add(UInt16(64))
    head.add(UInt16(sectionCount))
    // The section with the names of sections is the last.
    head.add(UInt16(sectionCount - 1))
    return head.bytes
  }
}

/// Bytes of an object that are put together.
private struct ObjectBytes {
  var bytes: [UInt8] = []

  init() {}

  /// Creates the bytes of texts, each of which ends with a zero.
  init(texts: [String]) {
    for text in texts { bytes += Array(text.utf8) + [0] }
  }

  mutating func add<Value: FixedWidthInteger>(_ value: Value) { withUnsafeBytes(of: value) { bytes += Array($0) } }
  mutating func add(text: String) { bytes += Array(text.utf8) }
  mutating func fill(_ count: Int) { bytes += [UInt8](repeating: 0, count: count) }

  /// Adds the header of a member of an archive: columns of text.
  mutating func addArchiveHeader(_ name: String, _ byteCount: Int) {
    for (text, width) in [(name, 16), ("0", 12), ("0", 6), ("0", 6), ("644", 8), ("\(byteCount)", 10)] {
      bytes += Array(text.utf8) + [UInt8](repeating: 32, count: width - text.utf8.count)
    }
    bytes += [96, 10]
  }
}
