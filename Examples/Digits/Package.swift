// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "digits",
  dependencies: [.package(name: "tessera", path: "../..")],
  targets: [.executableTarget(name: "digits", dependencies: [.product(name: "Tessera", package: "tessera")])],
  swiftLanguageModes: [.v6]
)
