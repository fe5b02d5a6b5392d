// swift-tools-version: 6.2
import PackageDescription

/// The folder of Debian's LLVM and MLIR 22. `./dev setup` installs it.
let llvm = "/usr/lib/llvm-22"

/// Static archives and shared libraries of MLIR's C API, in the order in which they link.
let mlirLibraries = [
  "MLIRCAPIRegisterEverything", "MLIRRegisterAllDialects", "MLIRRegisterAllPasses", "MLIRRegisterAllExtensions",
  "MLIRCAPITransformDialectTransforms", "MLIRCAPITransformDialect", "MLIRCAPILLVM", "MLIRCAPILinalg", "MLIRCAPIIRDL",
  "MLIRCAPITarget", "MLIRCAPIConversion", "MLIRCAPITransforms", "MLIRCAPIIR", "MLIR", "LLVM-22", "stdc++",
]

/// Settings of every target that imports the C API, directly or not: only the compiler half has them.
/// `-enable-testing` lets their tests reach what is internal in a release build.
let compilerSettings: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-I\(llvm)/include", "-enable-testing"])]
let compilerLinking: [LinkerSetting] =
  [.unsafeFlags(["-L\(llvm)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(llvm)/lib"])]
  + mlirLibraries.map { .linkedLibrary($0) }

let package = Package(
  name: "tessera",
  products: [
    .library(name: "TesseraRuntime", targets: ["Runtime", "DeviceCPU"]),
    .executable(name: "tessera", targets: ["tessera"]),
    .executable(name: "tessera-compile", targets: ["tessera-compile"]),
  ],
  targets: [
    // What both halves do with files and processes.
    .target(name: "Files"),

    // The contract between the two halves.
    .target(name: "ModuleFormat", dependencies: ["Files"]),

    // The runtime half: no MLIR, no LLVM, no Foundation.
    .target(name: "Runtime", dependencies: ["Files", "ModuleFormat"]),
    .target(name: "DeviceCPU", dependencies: ["Files", "ModuleFormat", "Runtime"]),
    .target(name: "CommandLineOptions"),
    // Linked with the static Swift runtime, so that it can be copied to a bare machine.
    .executableTarget(
      name: "tessera", dependencies: ["Files", "ModuleFormat", "Runtime", "DeviceCPU", "CommandLineOptions"],
      linkerSettings: [.unsafeFlags(["-static-stdlib"])]),

    // The compiler half.
    .systemLibrary(name: "CMLIR"),
    .target(name: "MLIR", dependencies: ["CMLIR"], swiftSettings: compilerSettings),
    .target(name: "Diagnostics", dependencies: ["Files"]),
    .target(name: "Constants", dependencies: ["Files"]),
    .target(name: "Dialects", dependencies: ["MLIR", "Diagnostics", "Constants"], swiftSettings: compilerSettings),
    .target(name: "LoopNests", dependencies: ["MLIR", "Dialects"], swiftSettings: compilerSettings),
    .target(name: "Encodings", dependencies: ["MLIR"], swiftSettings: compilerSettings),
    .target(name: "FrontEnds", dependencies: ["Files", "MLIR", "Diagnostics", "Constants", "Dialects"], swiftSettings: compilerSettings),
    .target(
      name: "Graphs", dependencies: ["FrontEnds", "MLIR", "Diagnostics", "Constants", "Dialects", "ModuleFormat"],
      swiftSettings: compilerSettings),
    .target(
      name: "ImportONNX", dependencies: ["Files", "FrontEnds", "Graphs", "MLIR", "Diagnostics", "Constants", "Dialects", "ModuleFormat"],
      swiftSettings: compilerSettings),
    .target(
      name: "ImportMLIR", dependencies: ["Files", "FrontEnds", "MLIR", "Diagnostics", "Constants", "Dialects"],
      swiftSettings: compilerSettings),
    .target(
      name: "Kernels", dependencies: ["MLIR", "Diagnostics", "Dialects", "Encodings", "LoopNests", "ModuleFormat"],
      swiftSettings: compilerSettings),
    .target(
      name: "TargetCPU", dependencies: ["Files", "MLIR", "Diagnostics", "Dialects", "Encodings", "Kernels", "LoopNests", "ModuleFormat"],
      swiftSettings: compilerSettings),
    .target(
      name: "Compiler",
      dependencies: [
        "MLIR", "Diagnostics", "Constants", "Dialects", "Encodings", "LoopNests", "Kernels", "FrontEnds", "ImportONNX", "ImportMLIR",
        "TargetCPU",
        "ModuleFormat", "Runtime", "DeviceCPU", "Files",
      ],
      swiftSettings: compilerSettings),
    .executableTarget(
      name: "tessera-compile",
      dependencies: [
        "Compiler", "CommandLineOptions", "Diagnostics", "Files", "FrontEnds", "ImportONNX", "Kernels", "MLIR", "ModuleFormat",
      ],
      swiftSettings: compilerSettings, linkerSettings: compilerLinking),

    // What Tests/Fuzz/run.py drives.
    .executableTarget(
      name: "fuzz-driver",
      dependencies: ["Compiler", "DeviceCPU", "Diagnostics", "FrontEnds", "ImportONNX", "MLIR", "ModuleFormat", "Runtime"],
      path: "Tests/FuzzDriver",
      swiftSettings: compilerSettings, linkerSettings: compilerLinking),

    .testTarget(name: "RuntimeTests", dependencies: ["Files", "ModuleFormat", "Runtime", "DeviceCPU", "CommandLineOptions"]),
    .testTarget(
      name: "CompilerTests", dependencies: ["Compiler", "Files"],
      swiftSettings: compilerSettings, linkerSettings: compilerLinking),
  ],
  swiftLanguageModes: [.v6]
)

// Warnings are errors here; packages that depend on this one are not held to it.
for target in package.targets where target.type != .system {
  target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
}
