import TesseraFiles
import TesseraKernels
import TesseraLibC
import TesseraMLIR
import TesseraModuleFormat

/// Compiled kernels on disk, and the images that were linked of them, so that what did not change is not compiled again.
///
/// The key of a kernel is all that its machine code depends on: the executable's text without names and places, the target with its options, and the
/// build of the compiler and of LLVM; the key of an image is that of all its kernels, in order. An entry has the whole key, which is compared: a
/// collision of hashes is a miss. Entries are written beside their place and renamed, so that compilers that run at the same time only see whole
/// ones; damaged ones are ignored and written anew.
public struct KernelCache: Sendable {
  /// The folder of the entries, made with the first of them.
  public let folder: String
  /// `trim` removes the entries that were used longest ago until the rest has at most so many bytes.
  public var byteLimit = 1 << 30

  public init(folder: String) { self.folder = folder }

  /// The folder that users expect: `TESSERA_CACHE_DIR`, else `tessera` in `XDG_CACHE_HOME` or `~/.cache`; `nil` if there is none of them.
  public static func defaultFolder(_ environment: (String) -> String?) -> String? {
    func value(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
    if let folder = value("TESSERA_CACHE_DIR") { return folder }
    // The XDG specification: relative paths are invalid.
    if let base = value("XDG_CACHE_HOME"), base.hasPrefix("/") { return base + "/tessera" }
    return value("HOME").map { $0 + "/.cache/tessera" }
  }

  /// The first bytes of an entry; the digit is the version of its form.
  private static let magic = Array("TSKERN1\n".utf8)

  /// The kinds of entries; the raw value is the suffix of the file name.
  enum Kind: String, CaseIterable { case kernel = ".kernel", image = ".image" }

  /// The path of the entry of `key`.
  func path(_ key: String, _ kind: Kind = .kernel) -> String { "\(folder)/\(Self.hash(key))\(kind.rawValue)" }

  /// 128 bits of `text` as hexadecimal digits.
  static func hash(_ text: String) -> String {
    func half(_ text: String) -> String {
      var text = text
      let digits = String(text.withUTF8 { Checksum.of(UnsafeRawBufferPointer($0)) }, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
    return half(text) + half("second half of \(text)")
  }

  /// Returns the kernel that was stored with `key`; `nil` if there is none, or what is there is damaged.
  func load(_ key: String) -> CompiledKernel? {
    read(key, .kernel).flatMap { CompiledKernel(facts: $0.facts, object: $0.code) }
  }

  /// Stores a kernel. That it cannot be stored is no error: the next compilation takes longer.
  func store(_ kernel: CompiledKernel, _ key: String) { write(facts: kernel.facts, code: kernel.object, key, .kernel) }

  /// Returns the image that was linked of the kernels with `keys`, in this order; `nil` if there is none.
  func loadImage(_ keys: [String]) -> [UInt8]? { read(imageKey(keys), .image)?.code }

  /// Stores an image that was linked.
  func storeImage(_ image: [UInt8], _ keys: [String]) { write(facts: "", code: image, imageKey(keys), .image) }

  private func imageKey(_ keys: [String]) -> String { keys.joined(separator: "\n") }

  /// Returns what was stored with `key`.
  private func read(_ key: String, _ kind: Kind) -> (facts: String, code: [UInt8])? {
    let path = path(key, kind)
    guard let file = try? FileBytes(path: path) else { return nil }
    let parts: (key: String, facts: String, code: [UInt8])? = file.withUnsafeBytes { bytes in
      let head = Self.magic.count + 4 * 8
      guard bytes.count >= head, bytes.prefix(Self.magic.count).elementsEqual(Self.magic) else { return nil }
      func number(_ i: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: Self.magic.count + 8 * i, as: UInt64.self))
      }
      let rest = UnsafeRawBufferPointer(rebasing: bytes[(Self.magic.count + 8)...])
      guard number(0) == Checksum.of(rest) else { return nil }
      let counts = (1...3).map { Int(truncatingIfNeeded: number($0)) }
      guard counts.allSatisfy({ $0 >= 0 && $0 <= bytes.count }), head + counts.reduce(0, +) == bytes.count else { return nil }
      let facts = head + counts[0]
      return (
        String(decoding: bytes[head..<facts], as: UTF8.self), String(decoding: bytes[facts..<facts + counts[1]], as: UTF8.self),
        Array(bytes[(facts + counts[1])...])
      )
    }
    guard let parts, parts.key == key else { return nil }
    // The time of the last use, for `trim`.
    utimensat(AT_FDCWD, path, nil, 0)
    return (parts.facts, parts.code)
  }

  /// Writes an entry, if it can be written.
  private func write(facts: String, code: [UInt8], _ key: String, _ kind: Kind) {
    makeFolders()
    let parts = [Array(key.utf8), Array(facts.utf8), code]
    func bytes(_ number: UInt64) -> [UInt8] { withUnsafeBytes(of: number.littleEndian) { Array($0) } }
    let rest = parts.flatMap { bytes(UInt64($0.count)) } + parts.flatMap { $0 }
    let sum = rest.withUnsafeBytes { Checksum.of($0) }
    guard let file = try? OutputFile(path: path(key, kind), content: .binary) else { return }
    do {
      try file.write(Self.magic + bytes(sum))
      try file.write(rest)
      try file.commit()
    } catch {}
  }

  /// Makes the folder and those above it. Others must not write here: what is read is run.
  private func makeFolders() {
    var path = ""
    for part in folder.split(separator: "/", omittingEmptySubsequences: false) {
      path += (path.isEmpty && !folder.hasPrefix("/") ? "" : path == "/" ? "" : "/") + part
      if path.isEmpty { path = "/" }
      mkdir(path, 0o700)
    }
  }

  /// Removes what was not used for the longest time until at most `byteLimit` bytes are left, and what compilers that were killed left behind.
  func trim() {
    var entries: [(path: String, byteCount: Int, seconds: Int)] = []
    let now = time(nil)
    for name in fileNames(in: folder) where name.hasSuffix(partialSuffix) || Kind.allCases.contains(where: { name.hasSuffix($0.rawValue) })
    {
      let path = "\(folder)/\(name)"
      var status = stat()
      guard stat(path, &status) == 0 else { continue }
      if name.hasSuffix(partialSuffix) {
        if now - status.st_mtim.tv_sec > 3600 { unlink(path) }
      } else {
        entries.append((path, Int(status.st_size), status.st_mtim.tv_sec))
      }
    }
    var total = entries.reduce(0) { $0 + $1.byteCount }
    guard total > byteLimit else { return }
    for entry in entries.sorted(by: { $0.seconds < $1.seconds }) where total > byteLimit {
      unlink(entry.path)
      total -= entry.byteCount
    }
  }

  /// The identity of this build of the compiler and of the code generation libraries: path, size and time of each file.
  static let buildIdentity: String = {
    // What this process has mapped: the program itself, and the shared libraries of LLVM and MLIR.
    let maps = (try? FileBytes(path: "/proc/self/maps"))?.text ?? ""
    let libraries = maps.split(separator: "\n").compactMap { line in
      line.firstIndex(of: "/").map { String(line[$0...]) }.flatMap { $0.contains("/libLLVM") || $0.contains("/libMLIR") ? $0 : nil }
    }
    return (["/proc/self/exe"] + Set(libraries).sorted()).map(fileIdentity).joined(separator: "\n")
  }()
}
