import TesseraConstants
import TesseraDiagnostics
import TesseraFiles
import TesseraKernels
import TesseraLibC
import TesseraModuleFormat
import TesseraRuntime
import Testing

@testable import TesseraCompiler
@testable import TesseraTargetCPU

/// The cache of kernels on disk.
@Suite struct ToolsKernelCacheTests {
  /// A cache in a folder that goes away with the test.
  private final class Fixture {
    let folder: String
    let cache: KernelCache

    init() throws {
      var template = Array("/tmp/tessera-cache-XXXXXX".utf8CString)
      _ = template.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!) }
      folder = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
      cache = KernelCache(folder: folder + "/deep/cache")
    }

    /// The paths of all entries, sorted.
    var entries: [String] { entries("*") }
    /// The paths of the entries of kernels, sorted.
    var kernels: [String] { entries("*.kernel") }
    /// The paths of the entries of images, sorted.
    var images: [String] { entries("*.image") }

    private func entries(_ pattern: String) -> [String] {
      var found = glob_t()
      defer { globfree(&found) }
      guard glob("\(cache.folder)/\(pattern)", 0, nil, &found) == 0 else { return [] }
      return (0..<Int(found.gl_pathc)).map { String(cString: found.gl_pathv[$0]!) }
    }

    deinit {
      for entry in entries { unlink(entry) }
      for path in ["/model.mlir", "/deep/cache", "/deep", ""] { remove(folder + path) }
    }
  }

  private static func compile(_ fixture: Fixture, _ change: (inout CompileOptions) -> Void = { _ in }) throws -> Compilation {
    let path = fixture.folder + "/model.mlir"
    try writeFile(Array(ToolsDispatchFileTests.model.utf8), to: path)
    var options = CompileOptions()
    options.cache = fixture.cache
    change(&options)
    return try ToolsDispatchFileTests.compile(path, options)
  }

  @Test func secondCompilationTakesAllFromTheCache() throws {
    let fixture = try Fixture()
    let first = try Self.compile(fixture)
    #expect(first.code.cacheHits == 0)
    #expect(fixture.kernels.count == first.code.symbols.count)
    #expect(fixture.images.count == 1)
    let second = try Self.compile(fixture)
    #expect(second.code.cacheHits == first.code.symbols.count)
    #expect(second.code.images == first.code.images)
    for (symbol, info) in first.code.kernels {
      let again = try #require(second.code.kernels[symbol])
      // Every property, those that are added later too: one that the cache does not keep would differ.
      #expect("\(again)" == "\(info)")
    }
    #expect(second.code.configurations == first.code.configurations)
    #expect(try second.allStatistics().contains { $0.name == "kernels from the cache" && $0.value == "\(first.code.symbols.count)" })
    let x = try ToolsDispatchFileTests.tensor([3, 24]) { Float($0 % 11) }
    let w = try ToolsDispatchFileTests.tensor([24, 40]) { Float($0 % 3) - 1 }
    let results = try [first, second].map { ToolsDispatchFileTests.floats(try ToolsDispatchFileTests.call($0, [x, w])[0]) }
    #expect(results[0] == results[1])
  }

  @Test func whatTheCodeDependsOnIsInTheKey() throws {
    let fixture = try Fixture()
    _ = try Self.compile(fixture)
    #expect(try Self.compile(fixture) { $0.isStrictMath = true }.code.cacheHits == 0)
    let other = try CPUTarget(named: "x86-64-v2")
    #expect(try Self.compile(fixture) { $0.target = other }.code.cacheHits == 0)
  }

  /// Entries that are cut, changed or of another kernel are misses, and are written anew.
  @Test func damagedEntriesAreMisses() throws {
    let fixture = try Fixture()
    let count = try Self.compile(fixture).code.symbols.count
    let entry = try #require(fixture.kernels.first)
    let whole = try FileBytes(path: entry).withUnsafeBytes { Array($0) }
    var flipped = whole
    flipped[whole.count / 2] ^= 4
    for damaged in [flipped, Array(whole.dropLast()), [], Array(whole.prefix(20))] {
      let file = try OutputFile(path: entry)
      try file.write(damaged)
      try file.commit()
      #expect(try Self.compile(fixture).code.cacheHits == count - 1)
      #expect(try FileBytes(path: entry).withUnsafeBytes { Array($0) } == whole)
    }
    let facts = "s\nn\n\n1 2 3 4 5 1 1\nfixed 7 2,scalar 1 3\n0 1\n2 64\n2 0 1,8\n4 0,12;64 1"
    let kernel = try #require(CompiledKernel(facts: facts, object: [1, 2, 3]))
    #expect(kernel.facts == facts)
    #expect(kernel.info.work.flops == [.init(factor: 2, constants: [0, 1]), .init(factor: 8, constants: [])])
    #expect(kernel.info.work.bytes.map(\.count) == [2, 1])
    #expect(CompiledKernel(facts: kernel.facts.replacing("64 1", with: "64 2"), object: []) == nil, "the kernel has no scalar 2")
    fixture.cache.store(kernel, "one key")
    #expect(fixture.cache.load("one key")?.object == [1, 2, 3])
    rename(fixture.cache.path("one key"), fixture.cache.path("another key"))
    #expect(fixture.cache.load("another key") == nil)
  }

  /// A damaged image is linked anew; one that is whole is not asked of the linker again.
  @Test func imagesAreKept() throws {
    let fixture = try Fixture()
    let first = try Self.compile(fixture)
    let entry = try #require(fixture.images.first)
    let whole = try FileBytes(path: entry).withUnsafeBytes { Array($0) }
    var flipped = whole
    flipped[whole.count / 2] ^= 4
    for damaged in [flipped, Array(whole.dropLast()), []] {
      let file = try OutputFile(path: entry)
      try file.write(damaged)
      try file.commit()
      #expect(try Self.compile(fixture).code.images == first.code.images)
      #expect(try FileBytes(path: entry).withUnsafeBytes { Array($0) } == whole)
    }
    // The order of the kernels counts, and which there are.
    fixture.cache.storeImage([1, 2, 3], ["a", "b"])
    #expect(fixture.cache.loadImage(["a", "b"]) == [1, 2, 3])
    #expect(fixture.cache.loadImage(["b", "a"]) == nil)
    #expect(fixture.cache.loadImage(["a"]) == nil)
  }

  /// Programs that compute constants and differ in numbers only share their kernels.
  @Test func constantProgramsShareKernels() throws {
    let fixture = try Fixture()
    func scaled(_ name: String, _ values: String, by number: String) -> String {
      """
        %\(name)0 = arith.constant dense<\(values)> : tensor<4xf32>
        %\(name)1 = arith.constant \(number) : f32
        %\(name) = linalg.generic {indexing_maps = [#m, #m], iterator_types = ["parallel"]} ins(%\(name)0 : tensor<4xf32>) outs(%e : tensor<4xf32>) {
        ^bb0(%i: f32, %o: f32):
          %v = arith.mulf %i, %\(name)1 : f32
          linalg.yield %v : f32
        } -> tensor<4xf32>

      """
    }
    let text =
      """
      #m = affine_map<(i) -> (i)>
      func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
        %e = tensor.empty() : tensor<4xf32>

      """ + scaled("a", "[1.0, 2.0, 3.0, 4.0]", by: "0.25") + scaled("b", "[5.0, 6.0, 7.0, 8.0]", by: "0.75")
        + """
          %r = linalg.generic {indexing_maps = [#m, #m, #m, #m], iterator_types = ["parallel"]}
              ins(%x, %a, %b : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) {
          ^bb0(%i: f32, %j: f32, %k: f32, %o: f32):
            %p = arith.mulf %i, %j : f32
            %v = arith.addf %p, %k : f32
            linalg.yield %v : f32
          } -> tensor<4xf32>
          return %r : tensor<4xf32>
        }
        """
    let path = fixture.folder + "/model.mlir"
    try writeFile(Array(text.utf8), to: path)
    var options = CompileOptions()
    options.cache = fixture.cache
    let compilation = try ToolsDispatchFileTests.compile(path, options)
    #expect(compilation.statistics.contains { $0.name == "constants evaluated" && $0.value == "2" })
    // That of both constants, and that of the model.
    #expect(fixture.kernels.count == 2)
    let x = try ToolsDispatchFileTests.tensor([4]) { Float($0) }
    #expect(ToolsDispatchFileTests.floats(try ToolsDispatchFileTests.call(compilation, [x])[0]) == [3.75, 5, 6.75, 9])
  }

  @Test func theLeastRecentlyUsedGoFirst() throws {
    let fixture = try Fixture()
    var cache = fixture.cache
    let kernel = try #require(CompiledKernel(facts: "s\nn\n\n0 0 0 0 0 0 0\n\n\n\n\n", object: [UInt8](repeating: 7, count: 1000)))
    for i in 0..<6 {
      cache.store(kernel, "key \(i)")
      let times = [timespec(tv_sec: 0, tv_nsec: Int(omittedTime)), timespec(tv_sec: 1000 + i, tv_nsec: 0)]
      utimensat(AT_FDCWD, cache.path("key \(i)"), times, 0)
    }
    // Used just now.
    #expect(cache.load("key 0") != nil)
    cache.byteLimit = 3500
    cache.trim()
    #expect((0..<6).map { cache.load("key \($0)") != nil } == [true, false, false, false, true, true])
  }

  /// The value of the macro `UTIME_OMIT`.
  private let omittedTime = (1 << 30) - 2

  @Test func folderOfTheUser() {
    func folder(_ variables: [String: String]) -> String? { KernelCache.defaultFolder { variables[$0] } }
    #expect(folder(["TESSERA_CACHE_DIR": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"]) == "/a")
    #expect(folder(["TESSERA_CACHE_DIR": "", "XDG_CACHE_HOME": "/b", "HOME": "/c"]) == "/b/tessera")
    #expect(folder(["XDG_CACHE_HOME": "relative", "HOME": "/c"]) == "/c/.cache/tessera")
    #expect(folder([:]) == nil)
  }
}
