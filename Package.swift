// swift-tools-version: 6.2
import PackageDescription

/// The folder of Debian's LLVM and MLIR 22. `./dev setup` installs it.
let llvm = "/usr/lib/llvm-22"

/// Static archives and shared libraries of MLIR's C API, in the order in which they link.
let mlirLibraries = [
  "MLIRCAPIRegisterEverything", "MLIRRegisterAllDialects", "MLIRRegisterAllPasses", "MLIRRegisterAllExtensions",
  "MLIRCAPITransformDialectTransforms", "MLIRCAPITransformDialect", "MLIRCAPIGPU", "MLIRCAPILLVM", "MLIRCAPILinalg", "MLIRCAPIIRDL",
  "MLIRCAPITarget", "MLIRCAPIConversion", "MLIRCAPITransforms", "MLIRCAPIIR", "MLIR", "LLVM-22", "stdc++",
]

/// Settings of every target that imports the C API, directly or not: only the compiler half has them.
/// `-enable-testing` lets their tests reach what is internal in a release build.
let compilerSettings: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-I\(llvm)/include", "-enable-testing"])]
let compilerLinking: [LinkerSetting] =
  [.unsafeFlags(["-L\(llvm)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(llvm)/lib"])]
  + mlirLibraries.map { .linkedLibrary($0) }

/// The prefix of every module: names of modules must be unique among all packages of a program, and `Runtime` is not.
let prefix = "Tessera"

/// The names of modules of ours, from those of their folders.
func modules(_ folders: [String]) -> [Target.Dependency] { folders.map { .target(name: prefix + $0) } }

/// The module of the folder `Sources/FOLDER`, named `TesseraFOLDER`.
func runtimeModule(_ folder: String, _ dependencies: [String] = []) -> Target {
  .target(name: prefix + folder, dependencies: modules(dependencies), path: "Sources/\(folder)")
}

/// The same for the compiler half.
func compilerModule(_ folder: String, _ dependencies: [String] = []) -> Target {
  .target(name: prefix + folder, dependencies: modules(dependencies), path: "Sources/\(folder)", swiftSettings: compilerSettings)
}

let package = Package(
  name: "tessera",
  products: [
    .library(name: "Tessera", targets: ["Tessera"]),
    .executable(name: "tessera", targets: ["tessera-program"]),
    .executable(name: "tessera-compile", targets: ["tessera-compile"]),
  ],
  targets: [
    // What both halves do with the system, files and processes.
    runtimeModule("LibC"),
    runtimeModule("Files", ["LibC"]),

    // The contract between the two halves.
    runtimeModule("ModuleFormat", ["Files"]),

    // The runtime half: no MLIR, no LLVM, no Foundation.
    runtimeModule("Runtime", ["Files", "LibC", "ModuleFormat"]),
    runtimeModule("Workgroups", ["LibC", "ModuleFormat", "Runtime"]),
    runtimeModule("DeviceCPU", ["Files", "LibC", "ModuleFormat", "Runtime", "Workgroups"]),
    runtimeModule("DevicePortable", ["Files", "LibC", "ModuleFormat", "Runtime", "Workgroups"]),
    // Declarations of Vulkan; its library is loaded where there is one.
    .systemLibrary(name: "TesseraCVulkan", path: "Sources/CVulkan"),
    runtimeModule("DeviceVulkan", ["CVulkan", "LibC", "ModuleFormat", "Runtime"]),
    runtimeModule("Verification", ["ModuleFormat", "Runtime"]),
    .target(
      name: "Tessera", dependencies: modules(["DeviceCPU", "DevicePortable", "DeviceVulkan", "ModuleFormat", "Runtime"]),
      path: "Sources/Library"),
    // The C interface: Scripts/make-library links it. No product: other packages use the Swift library.
    .systemLibrary(name: "TesseraCInterface", path: "Sources/CInterface"),
    .target(
      name: "TesseraCLibrary", dependencies: ["Tessera"] + modules(["CInterface", "LibC", "ModuleFormat", "Runtime"]),
      path: "Sources/CLibrary"),
    runtimeModule("CommandLineOptions", ["LibC"]),
    // Linked with the static Swift runtime, so that it can be copied to a bare machine. Not called as the product: `Tessera` is the same name
    // where file systems ignore case.
    .executableTarget(
      name: "tessera-program",
      dependencies: ["Tessera"] + modules(["CommandLineOptions", "DeviceCPU", "Files", "LibC", "ModuleFormat", "Runtime", "Verification"]),
      path: "Sources/tessera", linkerSettings: [.unsafeFlags(["-static-stdlib"], .when(platforms: [.linux]))]),

    // The compiler half.
    .systemLibrary(name: "TesseraCMLIR", path: "Sources/CMLIR"),
    compilerModule("MLIR", ["CMLIR"]),
    compilerModule("Diagnostics", ["Files"]),
    compilerModule("Constants", ["Files", "LibC"]),
    compilerModule("FlatBuffers", ["Diagnostics"]),
    compilerModule("Dialects", ["Diagnostics", "MLIR"]),
    compilerModule("LoopNests", ["Dialects", "MLIR"]),
    compilerModule("Encodings", ["MLIR"]),
    compilerModule("FrontEnds", ["Constants", "Diagnostics", "Dialects", "Files", "LibC", "MLIR", "ModuleFormat"]),
    compilerModule("Graphs", ["Constants", "Diagnostics", "Dialects", "FrontEnds", "LibC", "MLIR", "ModuleFormat"]),
    compilerModule("ImportONNX", ["Constants", "Diagnostics", "Dialects", "Files", "FrontEnds", "Graphs", "MLIR", "ModuleFormat"]),
    compilerModule(
      "ImportTFLite", ["Constants", "Diagnostics", "Dialects", "Files", "FlatBuffers", "FrontEnds", "Graphs", "MLIR", "ModuleFormat"]),
    compilerModule("ImportMLIR", ["Constants", "Diagnostics", "Dialects", "Files", "FrontEnds", "LibC", "MLIR", "ModuleFormat"]),
    compilerModule(
      "ImportStableHLO",
      ["Constants", "Diagnostics", "Dialects", "Files", "FlatBuffers", "FrontEnds", "Graphs", "LibC", "MLIR", "ModuleFormat"]),
    compilerModule("Kernels", ["Diagnostics", "Dialects", "Encodings", "LoopNests", "MLIR", "ModuleFormat"]),
    compilerModule("VectorKernels", ["Diagnostics", "Dialects", "Encodings", "Kernels", "LoopNests", "MLIR", "ModuleFormat"]),
    compilerModule(
      "TargetCPU", ["Diagnostics", "Encodings", "Files", "Kernels", "LibC", "MLIR", "ModuleFormat", "VectorKernels"]),
    compilerModule(
      "TargetPortable", ["Diagnostics", "Encodings", "Kernels", "MLIR", "ModuleFormat", "VectorKernels"]),
    compilerModule("TargetGPU", ["Kernels", "LoopNests", "MLIR", "VectorKernels"]),
    compilerModule(
      "TargetSPIRV",
      ["Diagnostics", "Dialects", "Encodings", "Kernels", "LoopNests", "MLIR", "ModuleFormat", "TargetGPU", "VectorKernels"]),
    compilerModule(
      "Compiler",
      [
        "Constants", "DeviceCPU", "Diagnostics", "Dialects", "Encodings", "Files", "FrontEnds", "ImportMLIR", "ImportONNX",
        "ImportStableHLO", "ImportTFLite", "Kernels", "LibC",
        "LoopNests", "MLIR", "ModuleFormat", "Runtime", "TargetCPU", "TargetPortable", "TargetSPIRV",
      ]),
    .executableTarget(
      name: "tessera-compile",
      dependencies: modules([
        "CommandLineOptions", "Compiler", "Diagnostics", "Files", "FrontEnds", "ImportONNX", "Kernels", "LibC", "MLIR", "ModuleFormat",
        "TargetCPU",
      ]),
      swiftSettings: compilerSettings, linkerSettings: compilerLinking),

    // What Tests/Fuzz/run.py drives.
    .executableTarget(
      name: "tessera-fuzz-driver",
      dependencies: modules([
        "Compiler", "DeviceCPU", "DevicePortable", "Diagnostics", "ImportONNX", "LibC", "MLIR", "ModuleFormat", "Runtime",
      ]),
      path: "Tests/FuzzDriver", swiftSettings: compilerSettings, linkerSettings: compilerLinking),

    // Damaged modules of portable code; of the runtime half alone, so that it is soon built with a sanitizer.
    .executableTarget(
      name: "tessera-fuzz-portable", dependencies: modules(["DevicePortable", "Files", "LibC", "ModuleFormat", "Runtime"]),
      path: "Tests/FuzzPortable"),

    .testTarget(
      name: "RuntimeTests",
      dependencies: ["Tessera"]
        + modules([
          "CommandLineOptions", "DeviceCPU", "DevicePortable", "DeviceVulkan", "Files", "LibC", "ModuleFormat", "Runtime", "Verification",
          "Workgroups",
        ])),
    .testTarget(
      name: "CompilerTests", dependencies: modules(["Compiler", "Files"]), swiftSettings: compilerSettings,
      linkerSettings: compilerLinking),
  ],
  swiftLanguageModes: [.v6]
)

// Warnings are errors here; packages that depend on this one are not held to it.
for target in package.targets where target.type != .system {
  target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
}
