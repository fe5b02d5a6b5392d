import TesseraFiles
import TesseraModuleFormat
import TesseraRuntime
import Testing

/// Files of several tensors: what is written is read back, and what is damaged is an error.
struct TensorFormsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static func entries() throws -> [TensorFile.Entry] {
    [
      TensorFile.Entry(name: "x", tensors: [try Tensor(shape: [2, 3], [1, 2, 3, 4, 5, 6] as [Float])]),
      TensorFile.Entry(name: "a \"b\"\n\u{1F600}", tensors: [try Tensor(shape: [0, 4], [] as [Int64])]),
      TensorFile.Entry(name: "scalar", tensors: [try Tensor(7 as Int32)]),
    ]
  }

  private func read(_ bytes: [UInt8], _ name: String) throws -> [TensorFile.Entry] {
    try TensorFile.read(path: folder.write(bytes, to: name))
  }

  /// Names, types, shapes and numbers come back.
  @Test(arguments: [TensorFile.Form.npz, .safetensors]) func roundTrip(form: TensorFile.Form) throws {
    let read = try read(TensorFile.bytes(Self.entries(), form), "file.\(form.rawValue)")
    let wanted = try Self.entries()
    #expect(Set(read.map(\.name)) == Set(wanted.map(\.name)))
    for entry in wanted {
      let found = try #require(read.first { $0.name == entry.name }?.tensors.first)
      #expect(found.typeText == entry.tensors[0].typeText)
      #expect(found.withUnsafeBytes { Array($0) } == entry.tensors[0].withUnsafeBytes { Array($0) })
    }
  }

  /// The end of a path says the form.
  @Test func names() {
    #expect(TensorFile.Form(path: "a/b.npz") == .npz)
    #expect(TensorFile.Form(path: "/dev/stdout") == .npy)
    #expect(TensorFile.Form(path: "a.b/c") == .npy)
    #expect(TensorFile.Form(path: ".hidden") == .npy)
    for path in ["a.txt", "a.NPZ", "a.npz.", "a.", "a.pb"] { #expect(TensorFile.Form(path: path) == nil, "\(path)") }
  }

  /// Tensors that a form cannot hold are errors.
  @Test func cannotHold() throws {
    let strings = TensorFile.Entry(name: "s", tensors: [try Tensor(shape: [1], ["a"])])
    #expect(throws: RuntimeError.self) { try TensorFile.bytes([strings], .safetensors) }
    #expect(throws: RuntimeError.self) { try TensorFile.bytes([strings], .bin) }
    let list = TensorFile.Entry(name: "l", tensors: try Self.entries().flatMap(\.tensors))
    #expect(throws: RuntimeError.self) { try TensorFile.bytes([list], .safetensors) }
  }

  /// `numpy.savez_compressed(x=numpy.arange(300, dtype=int16).reshape(3, 100), name=["a", "bc"])`.
  private static let compressed =
    "UEsDBC0AAAAIAAAAIQAUDBxp//////////8FABQAeC5ucHkBABAA2AIAAAAAAAAcAgAAAAAAAJ3R94MOBBzH8df3rHOcvedjPndcObQcTYWUlYSWjnvOHXJ6"
    + "jlKX9hKVIu2hVJpGk3bKbqCkQYOijPae17/Q+7fP+8fPe+7gEYOGjg7nqkgWpcrHpZMFiWSf0h7JvESyuCw9NV04eUxZuij1n+9XOKk8VenLSwqnpCp3Ts+8"
    + "RPf8/Ny8xIzE/ySLkKGKqqqproZMNWWppbZsddRVT30NNNRIY0001UxzLbTUSmtttJXQTnsddNRJZ0k5cnXRVZ4DHKibfN310NNBDnaIQx2mlwK99XG4Ixzp"
    + "KEc7Rl/HOk4//Q1wvIFOcKJBBhtiqGFOMtzJRjjFSKOMdqrTnO4MZxrjLIXGGqdISrHxSpSaYKJJzjZZmSnOkVZuqmmVH59nuvNdoMKFZrjIxS5xqctc7gpX"
    + "usrVrjHTtWaZ7TrXu8EcN7rJXPPcbL5b3Oo2t7vDne5yt3vca4H73G+hBzzoIYs87BGPeszjnrDYEkst86SnPO0Zz3rOcis87wUvesnLXvGq16z0ujesstoa"
    + "a62z3gZvesvb3rHRJpu96z1bvG+rD3zoIx/bZrtPfOozn9thpy98aZfdvvK1PfbaZ79vfOs73/vBj37ys1/86je/+8Of/vK3fyrzR2RElaga1aJ61IjMqBlZ"
    + "UStqR3bUibpRL+pHg2gYjaJxNImm0SyaR4toGa2idbSJtpGIdtE+OkTH6BSdIxk5kRtdomv8C1BLAwQtAAAACAAAACEAcEdtlv//////////CAAUAG5hbWUu"
    + "bnB5AQAQAJAAAAAAAAAATQAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuE2qkrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOpo6CrUKFACu"
    + "RAYISALiZCAGAFBLAQItAy0AAAAIAAAAIQAUDBxpHAIAANgCAAAFAAAAAAAAAAAAAACAAQAAAAB4Lm5weVBLAQItAy0AAAAIAAAAIQBwR22WTQAAAJAAAAAI"
    + "AAAAAAAAAAAAAACAAVMCAABuYW1lLm5weVBLBQYAAAAAAgACAGkAAADaAgAAAAA="

  /// The bytes of base 64.
  private static func decoded(_ text: String) -> [UInt8] {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var result: [UInt8] = []
    var (bits, count) = (0, 0)
    for digit in text.utf8 {
      guard let value = digits.firstIndex(of: digit) else { break }
      (bits, count) = (bits << 6 | value, count + 6)
      if count >= 8 {
        count -= 8
        result.append(UInt8(truncatingIfNeeded: bits >> count))
        bits &= 1 << count - 1
      }
    }
    return result
  }

  /// What NumPy compressed.
  @Test func compressed() throws {
    let read = try read(Self.decoded(Self.compressed), "numpy.npz")
    let x = try #require(read.first { $0.name == "x" }?.tensors[0])
    #expect(x.shape == [3, 100])
    #expect(try x.array(of: Int16.self) == (0..<300).map { Int16($0) })
    #expect(read.first { $0.name == "name" }?.tensors[0].shape == [2])
  }

  /// A message of ONNX's test data: shape [2], i64, name "i", and 5 and -1 as varints or as raw bytes; cut, it is an error.
  @Test func testData() throws {
    let head: [UInt8] = [0x08, 2, 0x10, 7, 0x42, 1, 0x69]
    let varints: [UInt8] = [0x3A, 11, 5] + Array(repeating: 0xFF, count: 9) + [1]
    let raw: [UInt8] = [0x4A, 16, 5, 0, 0, 0, 0, 0, 0, 0] + Array(repeating: 0xFF, count: 8)
    for data in [varints, raw] {
      let entry = try #require(try read(head + data, "input_0.pb").first)
      #expect(entry.name == "i")
      #expect(try entry.tensors[0].array(of: Int64.self) == [5, -1])
      for length in 1..<(head + data).count {
        #expect(throws: RuntimeError.self, "cut at \(length)") { try read(Array((head + data)[..<length]), "input_0.pb") }
      }
    }
  }

  /// Lists name the files that they are read from; brackets without end are looked at once, not once for each.
  @Test func pathsOfLists() {
    #expect(TensorLiteral.paths("[@a.npy; [4xf32=@b.bin; 3]; x]") == ["a.npy", "b.bin"])
    let count = 50_000
    let clock = ContinuousClock()
    let elapsed = clock.measure {
      #expect(TensorLiteral.paths(String(repeating: "[", count: count) + "@a.npy" + String(repeating: "]", count: count)).isEmpty)
    }
    #expect(elapsed < .seconds(20))
  }

  /// Thousands of damaged files are read, or errors.
  @Test func damage() throws {
    var state: UInt64 = 3
    func random(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    let files = [
      ("a.npz", Self.decoded(Self.compressed)), ("b.npz", try TensorFile.bytes(Self.entries(), .npz)),
      ("c.safetensors", try TensorFile.bytes(Self.entries(), .safetensors)),
      ("d.pb", [0x08, 2, 0x10, 7, 0x42, 1, 0x69, 0x4A, 16, 5, 0, 0, 0, 0, 0, 0, 0] + Array(repeating: 0xFF, count: 8)),
    ]
    var refused = 0
    for (name, whole) in files {
      for _ in 0..<600 {
        var bytes = whole
        for _ in 0...random(3) { bytes[random(bytes.count)] = UInt8(random(256)) }
        if random(8) == 0 { bytes.removeLast(random(bytes.count)) }
        do { _ = try read(bytes, name) } catch { refused += 1 }
      }
    }
    #expect(refused > 1200)
  }
}
