// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "callers", dependencies: [.package(name: "tessera", path: "../..")],
  targets: [.executableTarget(name: "callers", dependencies: [.product(name: "Tessera", package: "tessera")])])
