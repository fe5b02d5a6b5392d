import TesseraCompiler
import TesseraDiagnostics
import TesseraFiles
import TesseraLibC
import TesseraMLIR
import TesseraTargetCPU
import Testing

@Suite struct ObjectsTests {
  /// `out[i] = in[i] * 2 + 1` on one vector of eight floats, and the workgroup's number as status.
  static let kernel = """
    llvm.func @kernel(%bindings: !llvm.ptr, %constants: !llvm.ptr, %workgroup: !llvm.ptr, %scratch: !llvm.ptr) -> i32 {
      %in = llvm.load %bindings : !llvm.ptr -> !llvm.ptr
      %second = llvm.getelementptr %bindings[1] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
      %out = llvm.load %second : !llvm.ptr -> !llvm.ptr
      %x = llvm.load %in {alignment = 64 : i64} : !llvm.ptr -> vector<8xf32>
      %two = llvm.mlir.constant(dense<2.0> : vector<8xf32>) : vector<8xf32>
      %one = llvm.mlir.constant(dense<1.0> : vector<8xf32>) : vector<8xf32>
      %y = llvm.intr.fmuladd(%x, %two, %one) : (vector<8xf32>, vector<8xf32>, vector<8xf32>) -> vector<8xf32>
      llvm.store %y, %out {alignment = 64 : i64} : vector<8xf32>, !llvm.ptr
      %status = llvm.load %workgroup : !llvm.ptr -> i32
      llvm.return %status : i32
    }
    """

  typealias Kernel = @convention(c) (UnsafeRawPointer?, UnsafeRawPointer?, UnsafeRawPointer?, UnsafeRawPointer?) -> Int32

  @Test func kernelRunsOnTheHost() throws {
    let module = try Module(parsing: Self.kernel, Context())
    let target = try CPUTarget(named: "host")
    let emitted = try emitObject(module: module, target: target, wantsAssembly: true)
    #expect(emitted.exports == ["kernel"])
    #expect(emitted.assembly?.contains("kernel:") == true)
    let image = try linkSharedObject([emitted.object], exporting: ["kernel"], target: target)
    #expect(try linkSharedObject([emitted.object], exporting: ["kernel"], target: target) == image, "linking is deterministic")

    let folder = try TemporaryFolder()
    let path = try folder.write(image, to: "kernel.so")
    let library = try #require(dlopen(path, RTLD_NOW | RTLD_LOCAL))
    defer { dlclose(library) }
    let kernel = unsafeBitCast(try #require(dlsym(library, "kernel")), to: Kernel.self)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 64)
    defer { memory.deallocate() }
    for i in 0..<8 { memory.storeBytes(of: Float(i), toByteOffset: 4 * i, as: Float.self) }
    let bindings: [UnsafeRawPointer] = [UnsafeRawPointer(memory), UnsafeRawPointer(memory + 64)]
    let workgroup: [UInt32] = [7, 9]
    let status = bindings.withUnsafeBytes { b in workgroup.withUnsafeBytes { kernel(b.baseAddress, nil, $0.baseAddress, nil) } }
    #expect(status == 7)
    for i in 0..<8 { #expect(memory.load(fromByteOffset: 64 + 4 * i, as: Float.self) == Float(2 * i + 1)) }
  }

  @Test func aarch64HasNEON() throws {
    let target = try CPUTarget(named: "aarch64")
    let emitted = try emitObject(module: try Module(parsing: Self.kernel, Context()), target: target, wantsAssembly: true)
    let assembly = try #require(emitted.assembly)
    #expect(assembly.contains("fmla") && assembly.contains(".4s"))
    let image = try linkSharedObject([emitted.object], target: target)
    // e_machine of AArch64
    #expect(image[18] == 183)
  }

  @Test(arguments: [("x86-64-v2", "addps", "vfmadd"), ("x86-64-v3", "ymm", "xmm"), ("znver4", "vfmadd", "mulps")])
  func levelsUseTheirInstructions(target: String, has: String, hasNot: String) throws {
    let emitted = try emitObject(
      module: try Module(parsing: Self.kernel, Context()), target: try CPUTarget(named: target), wantsAssembly: true)
    let assembly = try #require(emitted.assembly)
    #expect(assembly.contains(has))
    #expect(!assembly.contains("\t\(hasNot)"))
  }

  @Test func unknownSymbolsAreRejected() throws {
    let text = """
      llvm.func @launch_missiles()
      llvm.func @sinf(f32) -> f32
      llvm.func @kernel(%x: f32) -> f32 { llvm.call @launch_missiles() : () -> ()
        %y = llvm.call @sinf(%x) : (f32) -> f32
        llvm.return %y : f32 }
      """
    let target = try CPUTarget(named: "x86-64-v3")
    let emitted = try emitObject(module: try Module(parsing: text, Context()), target: target)
    let error = #expect(throws: Diagnostic.self) { try linkSharedObject([emitted.object], target: target) }
    #expect(error?.message == "the kernels need symbols that no runtime offers: 'launch_missiles'")
    #expect(error?.category == .compilerBug)
  }

  @Test func linkerOutputIsInTheDiagnostic() throws {
    let error = #expect(throws: Diagnostic.self) {
      try linkSharedObject([[1, 2, 3]], target: try CPUTarget(named: "x86-64-v3"))
    }
    #expect(error?.notes.isEmpty == false)
  }

  @Test(arguments: ["cpu=i8080", "gpu", "", "cpu=", "host"])
  func badTargets(text: String) {
    let error = #expect(throws: Diagnostic.self) { try Targets.parse(text) }
    #expect(error?.message.contains("'\(text)'") == true)
    #expect(error?.category == .invalidInput)
  }

  @Test func namedTargets() throws {
    #expect(try CPUTarget(named: "x86-64-v2").vectorByteCount == 16)
    #expect(try CPUTarget(named: "x86-64-v3").vectorByteCount == 32)
    let v4 = try CPUTarget(named: "x86-64-v4")
    #expect(v4.vectorByteCount == 64 && v4.vectorRegisterCount == 32 && v4.requiredFeatures.contains("avx512f"))
    #expect(try CPUTarget(named: "znver4").has("avx512bf16"))
  }

  /// What LLVM says of this machine has the names that the runtime looks for.
  @Test func hostFeaturesAreInCPUInfo() throws {
    let file = try #require(fopen("/proc/cpuinfo", "r"))
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 1 << 16)
    var names: Set<String> = []
    while fgets(&line, Int32(line.count), file) != nil {
      let text = line.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
      if text.hasPrefix("flags") || text.hasPrefix("Features") {
        names.formUnion(text.split(whereSeparator: \.isWhitespace).map(String.init))
      }
    }
    let host = CPUTarget.thisMachine
    #expect(!host.requiredFeatures.isEmpty)
    #expect(host.requiredFeatures.filter { !names.contains($0) } == [])
    #expect(host.l1ByteCount >= 8 << 10 && host.l2ByteCount >= host.l1ByteCount)
  }

  @Test func executablesCompileInParallel() async throws {
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<4 {
        group.addTask {
          try emitObject(module: try Module(parsing: Self.kernel, Context()), target: try CPUTarget(named: "x86-64-v4")).object.count
        }
      }
      for try await count in group { #expect(count > 0) }
    }
  }
}
