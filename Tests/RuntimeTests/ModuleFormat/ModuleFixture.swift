import TesseraDeviceCPU
import TesseraDevicePortable
import TesseraDeviceVulkan
import TesseraFiles
import TesseraLibC
import TesseraModuleFormat
import TesseraRuntime
import Testing

/// Kernels in C that tests compile once.
enum KernelFixture {
  /// The source: every kernel splits its work over the workgroups it is called with.
  static let source = """
    #include <stdint.h>
    #define KERNEL(name) int32_t name(const void *const *b, const int64_t *c, const uint32_t *w, void *s)
    KERNEL(add) { // c = a + b over c[0] floats
      int64_t n = c[0], from = n * w[0] / w[1], to = n * (w[0] + 1) / w[1];
      const float *x = b[0], *y = b[1]; float *z = (float *)b[2];
      for (int64_t i = from; i < to; i++) z[i] = x[i] + y[i];
      return 0;
    }
    KERNEL(scale) { // in place: a *= c[1]
      int64_t n = c[0], from = n * w[0] / w[1], to = n * (w[0] + 1) / w[1];
      float *x = (float *)b[0];
      for (int64_t i = from; i < to; i++) x[i] *= (float)c[1];
      return 0;
    }
    KERNEL(through_scratch) { // writes its workgroup's number through scratch memory
      int64_t n = c[0], from = n * w[0] / w[1], to = n * (w[0] + 1) / w[1];
      volatile float *t = s; float *x = (float *)b[0];
      for (int64_t i = from; i < to; i++) { for (int j = 0; j < 256; j++) t[j] = (float)i; x[i] = t[i & 255]; }
      return 0;
    }
    KERNEL(reverses) { // reverses c[0] floats, by way of as many in scratch memory
      int64_t n = c[0]; volatile float *t = s; float *x = (float *)b[0];
      if (w[0] == 0) { for (int64_t i = 0; i < n; i++) t[i] = x[i]; for (int64_t i = 0; i < n; i++) x[i] = t[n - 1 - i]; }
      return 0;
    }
    KERNEL(fails) { return w[0] == 0 ? (int32_t)c[0] : 0; }
    KERNEL(misaligned) { for (int i = 0; i < 3; i++) if ((uintptr_t)b[i] & 63) return 9; return 0; }
    """

  /// The image, or why there is none.
  static let image: Result<[UInt8], Problem> = build()

  /// Why kernels could not be compiled.
  struct Problem: Error { let reason: String }

  /// Compiles the source with the system's C compiler.
  private static func build() -> Result<[UInt8], Problem> {
    let base = "/tmp/tessera-kernels-\(getpid())"
    let source = "\(base).c"
    let object = "\(base).so"
    defer {
      unlink(source)
      unlink(object)
    }
    do {
      let file = try OutputFile(path: source)
      try file.write(Array(self.source.utf8))
      try file.commit()
    } catch { return .failure(Problem(reason: "\(error)")) }
    guard run(["cc", "-O2", "-shared", "-fPIC", "-o", object, source]) == 0, let bytes = contents(of: object) else {
      return .failure(Problem(reason: "no C compiler"))
    }
    return .success(bytes)
  }

  /// `true` iff there are kernels; tests that need them are skipped otherwise.
  static var isAvailable: Bool { if case .success = image { true } else { false } }

  /// An executable of all kernels for this machine.
  static func executable(requiredFeatures: [String] = [], target: String = CPUFeatures.hostArchitecture) throws -> ExecutableDescription {
    func entry(_ name: String, _ bindings: Int, results: Int = 0, _ constants: Int, scratch: ScratchSize = 0) -> KernelEntry {
      KernelEntry(
        symbol: name, name: "\(name)_f32", bindingCount: bindings, resultCount: results, constantCount: constants,
        scratch: scratch)
    }
    return ExecutableDescription(
      entries: [
        entry("add", 3, results: 1, 1), entry("scale", 1, results: 1, 2), entry("through_scratch", 1, results: 1, 1, scratch: 1024),
        entry("fails", 0, 1),
        entry("misaligned", 3, 0),
        entry("reverses", 1, results: 1, 1, scratch: ScratchSize(byteCount: 0, terms: [.init(constant: 0, byteCount: 4)])),
      ],
      variants: [ExecutableVariant(target: target, cpu: "test", requiredFeatures: requiredFeatures, image: try image.get())])
  }
}

extension ExecutableDescription {
  /// The same kernels of `KernelFixture` in code for a device.
  func made(for device: any Device) -> ExecutableDescription {
    var made = self
    if device is PortableDevice { made.variants = [PortableFixture.variant] }
    if device is VulkanDevice { made.variants = [VulkanFixture.variant] }
    return made
  }
}

/// Runs a program and returns its exit status.
func run(_ arguments: [String]) -> Int32 {
  var pid = pid_t()
  var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
  defer { for pointer in pointers { free(pointer) } }
  guard posix_spawnp(&pid, arguments[0], nil, nil, &pointers, environ) == 0 else { return -1 }
  var status: Int32 = 0
  while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
  return status >> 8 & 0xFF
}

/// Returns the bytes of a file.
func contents(of path: String) -> [UInt8]? {
  guard let file = fopen(path, "rb") else { return nil }
  defer { fclose(file) }
  var result: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65536)
  while true {
    let count = fread(&chunk, 1, chunk.count, file)
    if count == 0 { return result }
    result.append(contentsOf: chunk[0..<count])
  }
}

/// Returns the description of an `f32` tensor.
func f32(_ name: String, _ shape: [Dimension]) -> TensorInfo { TensorInfo(name: name, elementType: .f32, shape: shape) }

/// A module with `main(a: nxf32, b: nxf32) -> (sum: nxf32)`, computing `(a + b) * 3` with two dispatches and an arena.
func sumModule(executable: ExecutableDescription? = nil) throws -> ModuleDescription {
  let n = IntegerOperand.register(0)
  let bytes = IntegerOperand.register(1)
  return ModuleDescription(
    producer: "test 1",
    functions: [
      FunctionDescription(
        name: "main", isExported: true, inputs: [f32("a", [.symbolic("n")]), f32("b", [.symbolic("n")])],
        outputs: [f32("sum", [.symbolic("n")])], integerRegisterCount: 2, referenceRegisterCount: 4,
        code: [
          .dimension(to: 0, tensor: 0, axis: 0),
          .integer(.mul, to: 1, n, 4),
          .allocate(to: 2, byteCount: bytes),
          .dispatch(
            site: 0, workgroups: n, constants: [n],
            bindings: [0, 1, 2].map { Binding(reference: $0, offset: 0, byteCount: bytes) }),
          .barrier(),
          .dispatch(site: 1, workgroups: n, constants: [n, 3], bindings: [Binding(reference: 2, offset: 0, byteCount: bytes)]),
          .tensor(to: 3, buffer: 2, elementType: .f32, shape: [n]),
          .returnValues(integers: [], references: [3]),
        ])
    ],
    executables: [try executable ?? KernelFixture.executable()],
    dispatchSites: [
      DispatchSite(executable: 0, entry: 0, sourceOperators: ["/layer/Add"], flops: 0, bytes: 0),
      DispatchSite(executable: 0, entry: 1, sourceOperators: ["/layer/Mul"], flops: 0, bytes: 0),
    ],
    strings: ["sizes {0} and {1} differ"], statistics: [(name: "dispatches", value: "2")])
}

/// Returns a loaded module, for a device where it is given.
func load(_ description: ModuleDescription, constants: [[UInt8]] = [], for device: (any Device)? = nil) throws -> Module {
  var description = description
  if let device {
    description.devices = [DeviceDescription(kind: device.name)]
    description.executables = description.executables.map { $0.made(for: device) }
  }
  return try Module(bytes: ModuleWriter(description).bytes(constants: constants))
}
