/// One extent of a tensor's shape in a signature.
public enum Dimension: Hashable, Sendable {
  /// An extent known at compile time.
  case fixed(Int64)
  /// An extent known at run time. The same symbol in two inputs means the same size; `?` relates to nothing.
  case symbolic(String)

  /// The symbol; `nil` for a fixed extent, and for one that relates to nothing.
  public var name: String? {
    if case .symbolic(let symbol) = self, symbol != "?" { symbol } else { nil }
  }
}

/// A container of tensors: a list, or an optional, which is a list of at most one.
public enum Container: UInt8, CaseIterable, Hashable, Sendable {
  case optional = 0
  case sequence = 1
}

/// A constant of the module that stands for an input which a call leaves out.
public struct DefaultValue: Hashable, Sendable {
  /// The index of the constant.
  public var constant: Int
  /// Its extents, outermost first.
  public var shape: [Int]

  /// Creates a default.
  public init(constant: Int, shape: [Int]) {
    self.constant = constant
    self.shape = shape
  }
}

/// An input or output of a function: a named, typed and shaped tensor, or a list of such tensors.
public struct TensorInfo: Hashable, Sendable {
  /// The name in the user's model; may be empty.
  public var name: String
  /// The type of the elements.
  public var elementType: ElementType
  /// The extents, outermost first; `nil` in lists whose tensors have any rank.
  public var extents: [Dimension]?
  /// The containers, the outermost first. Empty for a tensor.
  public var containers: [Container]
  /// The value of an input that a call leaves out; `nil` for inputs that every call must give, and for outputs.
  public var defaultValue: DefaultValue?
  /// Lists nest at most so deep.
  public static let containerLimit = 8

  /// The extents, outermost first; none where the rank is not known.
  public var shape: [Dimension] {
    get { extents ?? [] }
    set { extents = newValue }
  }

  /// Creates a description of a tensor, or of a list.
  public init(
    name: String, elementType: ElementType, shape: [Dimension]?, containers: [Container] = [], defaultValue: DefaultValue? = nil
  ) {
    self.name = name
    self.elementType = elementType
    self.extents = shape
    self.containers = containers
    self.defaultValue = defaultValue
  }

  /// The elements of the outermost container.
  public var element: TensorInfo {
    TensorInfo(name: name, elementType: elementType, shape: extents, containers: Array(containers.dropFirst()))
  }

  /// The type as users read it: `2x?xf32`, with symbols by name: `batchx128xi64`; `sequence<2x?xf32>`, `optional<sequence<*xf32>>`.
  public var typeText: String {
    let tensor = tensorText
    return containers.reversed().reduce(tensor) { "\($1)<\($0)>" }
  }

  /// The type of the tensor without containers.
  private var tensorText: String {
    var text = extents == nil ? "*x" : ""
    for dimension in shape {
      switch dimension {
      case .fixed(let size): text += "\(size)x"
      case .symbolic(let symbol): text += "\(symbol)x"
      }
    }
    return text + elementType.name
  }
}

/// A function of the host program.
public struct FunctionDescription: Equatable, Sendable {
  /// The name by which users call it.
  public var name: String
  /// `true` iff users can call it.
  public var isExported: Bool
  /// The tensors and lists that an exported function takes, in reference registers `0..<inputs.count`.
  public var inputs: [TensorInfo]
  /// The tensors and lists that an exported function gives.
  public var outputs: [TensorInfo]
  /// The size of a frame's integer register file.
  public var integerRegisterCount: Int
  /// The size of a frame's reference register file.
  public var referenceRegisterCount: Int
  /// The instructions; execution starts at the first.
  public var code: [Instruction]
  /// The number of integers that a caller passes, in integer registers `0..<integerParameterCount`. 0 for exported functions.
  public var integerParameterCount: Int
  /// The number of references that a caller passes, in reference registers `0..<referenceParameterCount`.
  public var referenceParameterCount: Int
  /// The number of integers that it returns. 0 for exported functions.
  public var integerResultCount: Int
  /// The number of references that it returns.
  public var referenceResultCount: Int

  /// Creates a function. The reference counts follow the signature unless given.
  public init(
    name: String, isExported: Bool, inputs: [TensorInfo], outputs: [TensorInfo], integerRegisterCount: Int,
    referenceRegisterCount: Int, code: [Instruction], integerParameterCount: Int = 0, referenceParameterCount: Int? = nil,
    integerResultCount: Int = 0, referenceResultCount: Int? = nil
  ) {
    self.name = name
    self.isExported = isExported
    self.inputs = inputs
    self.outputs = outputs
    self.integerRegisterCount = integerRegisterCount
    self.referenceRegisterCount = referenceRegisterCount
    self.code = code
    self.integerParameterCount = integerParameterCount
    self.referenceParameterCount = referenceParameterCount ?? inputs.count
    self.integerResultCount = integerResultCount
    self.referenceResultCount = referenceResultCount ?? outputs.count
  }

  /// The signature as users read it: `main(%ids: batchx128xi64, %scale: f32 = default) -> (%logits: batchx2xf32)`.
  public var signature: String {
    func list(_ tensors: [TensorInfo], _ fallback: String) -> String {
      tensors.enumerated().map {
        "%\($1.name.isEmpty ? "\(fallback)\($0)" : $1.name): \($1.typeText)\($1.defaultValue == nil ? "" : " = default")"
      }.joined(separator: ", ")
    }
    return "\(name)(\(list(inputs, "input"))) -> (\(list(outputs, "output")))"
  }
}

/// One kernel of an executable.
public struct KernelEntry: Hashable, Sendable {
  /// The exported symbol in the image.
  public var symbol: String
  /// The readable name, such as `matmul_384x512x128_f32`.
  public var name: String
  /// The number of buffers that it takes: operands, then results.
  public var bindingCount: Int
  /// The number of buffers that it writes, the last ones: the others may be memory that nothing writes.
  public var resultCount: Int
  /// The number of 64-bit constants that it takes.
  public var constantCount: Int
  /// The scratch memory that one workgroup needs.
  public var scratch: ScratchSize

  /// Creates an entry.
  public init(symbol: String, name: String, bindingCount: Int, resultCount: Int, constantCount: Int, scratch: ScratchSize) {
    self.symbol = symbol
    self.name = name
    self.bindingCount = bindingCount
    self.resultCount = resultCount
    self.constantCount = constantCount
    self.scratch = scratch
  }
}

/// The code of an executable for one kind of processor.
public struct ExecutableVariant: Equatable, Sendable {
  /// The architecture: `x86_64` or `aarch64`.
  public var target: String
  /// The processor that it was compiled for, such as `x86-64-v4` or `znver5`.
  public var cpu: String
  /// The features that the processor must have, named as in `/proc/cpuinfo`: `avx2`, `fma`, `avx512f`.
  public var requiredFeatures: [String]
  /// An ELF shared object.
  public var image: [UInt8]

  /// Creates a variant.
  public init(target: String, cpu: String, requiredFeatures: [String], image: [UInt8]) {
    self.target = target
    self.cpu = cpu
    self.requiredFeatures = requiredFeatures
    self.image = image
  }
}

/// Kernels of one device, with their code for one or more kinds of processor, the preferred one first.
public struct ExecutableDescription: Equatable, Sendable {
  /// The index of the device.
  public var device: Int
  /// The kernels; every variant exports all of them.
  public var entries: [KernelEntry]
  /// The code; the first variant whose features are all there is used.
  public var variants: [ExecutableVariant]

  /// Creates an executable.
  public init(device: Int = 0, entries: [KernelEntry], variants: [ExecutableVariant]) {
    self.device = device
    self.entries = entries
    self.variants = variants
  }
}

/// A place in the host program that runs a kernel, with what a user wants to know about it.
public struct DispatchSite: Hashable, Sendable {
  /// The index of the executable.
  public var executable: Int
  /// The index of the kernel in the executable.
  public var entry: Int
  /// The names of the user's operators that the dispatch computes.
  public var sourceOperators: [String]
  /// Floating-point operations of one dispatch; 0 where they are not known, or not the same at every dispatch.
  public var flops: Int64
  /// Bytes that one dispatch must read and write; 0 likewise.
  public var bytes: Int64
  /// Both as functions of the constants of the dispatch, if they grow with them.
  public var work: DispatchWork

  /// Creates a dispatch site.
  public init(executable: Int, entry: Int, sourceOperators: [String], flops: Int64, bytes: Int64, work: DispatchWork = DispatchWork()) {
    self.executable = executable
    self.entry = entry
    self.sourceOperators = sourceOperators
    self.flops = flops
    self.bytes = bytes
    self.work = work
  }
}

/// A device that the module wants.
public struct DeviceDescription: Hashable, Sendable {
  /// The name by which the user of the compiler called it; where there is one device, its kind.
  public var name: String
  /// The kind of device, such as `cpu`.
  public var kind: String

  /// Creates a description of a device of a kind, which is its name too unless it has one of its own.
  public init(name: String? = nil, kind: String) { (self.name, self.kind) = (name ?? kind, kind) }

  /// The device as users read it: `cpu`, or `a (cpu)`.
  public var text: String { name == kind ? kind : "\(name) (\(kind))" }
}

/// All of a module but its constants.
public struct ModuleDescription: Sendable {
  /// The program that wrote the module, with its version.
  public var producer: String
  /// The device table, of 1 to 256; the first device has what functions are given and return.
  public var devices: [DeviceDescription]
  /// The host program.
  public var functions: [FunctionDescription]
  /// The kernels.
  public var executables: [ExecutableDescription]
  /// The dispatch sites of the host program.
  public var dispatchSites: [DispatchSite]
  /// The messages of `check` instructions.
  public var strings: [String]
  /// The statistics of the compiler, in the order to print.
  public var statistics: [(name: String, value: String)]

  /// Creates a module description.
  public init(
    producer: String = "tessera", devices: [DeviceDescription] = [DeviceDescription(kind: "cpu")],
    functions: [FunctionDescription] = [], executables: [ExecutableDescription] = [], dispatchSites: [DispatchSite] = [],
    strings: [String] = [], statistics: [(name: String, value: String)] = []
  ) {
    self.producer = producer
    self.devices = devices
    self.functions = functions
    self.executables = executables
    self.dispatchSites = dispatchSites
    self.strings = strings
    self.statistics = statistics
  }
}

extension ModuleDescription {
  /// The processors that the kernels are compiled for, each once, as users name them: `x86-64-v4`.
  public var machines: [String] {
    var names: [String] = []
    for variant in executables.flatMap(\.variants) where !names.contains(variant.cpu) { names.append(variant.cpu) }
    return names
  }

  /// The name of the device that runs a dispatch site of the module.
  public func deviceName(of site: DispatchSite) -> String { devices[executables[site.executable].device].name }
}

extension ModuleDescription: Equatable {
  /// `true` iff both describe the same module.
  public static func == (a: ModuleDescription, b: ModuleDescription) -> Bool {
    a.producer == b.producer && a.devices == b.devices && a.functions == b.functions && a.executables == b.executables
      && a.dispatchSites == b.dispatchSites && a.strings == b.strings
      && a.statistics.elementsEqual(b.statistics) { $0.name == $1.name && $0.value == $1.value }
  }
}
