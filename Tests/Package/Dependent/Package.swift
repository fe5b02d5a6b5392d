// swift-tools-version: 6.2
import PackageDescription

// A package with targets of names that others like too: names of targets must be unique in a whole program.
let common = ["Runtime", "Compiler", "Diagnostics", "Files", "Kernels", "Graphs"]

let package = Package(
  name: "dependent",
  dependencies: [.package(url: "TESSERA", exact: "0.0.1")],
  targets: common.map { .target(name: $0, path: "Sources/\($0)") } + [
    .executableTarget(
      name: "dependent", dependencies: [.product(name: "Tessera", package: "tessera")] + common.map { .target(name: $0) },
      swiftSettings: [.strictMemorySafety(), .enableUpcomingFeature("MemberImportVisibility"), .treatAllWarnings(as: .error)])
  ],
  swiftLanguageModes: [.v6]
)
