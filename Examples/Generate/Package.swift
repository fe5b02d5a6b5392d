// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "generate",
  dependencies: [.package(name: "tessera", path: "../..")],
  targets: [.executableTarget(name: "generate", dependencies: [.product(name: "Tessera", package: "tessera")])],
  swiftLanguageModes: [.v6]
)
