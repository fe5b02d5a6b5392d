import Foundation
import TesseraDeviceVulkan
import TesseraModuleFormat
import TesseraRuntime
import Testing

/// The kernels of `KernelFixture` for Vulkan.
enum VulkanFixture {
  /// The code for any device with a Vulkan driver.
  static let variant = ExecutableVariant(
    target: SPIRVImage.target, cpu: "any", requiredFeatures: ["Int64"],
    image: SPIRVImage.encode(code.map { SPIRVKernel(symbol: $0.symbol, workgroupSize: 64, words: words($0.words)) }))

  private static func words(_ text: String) -> [UInt32] {
    let bytes = [UInt8](Data(base64Encoded: text) ?? Data())
    return stride(from: 0, to: bytes.count, by: 4).map { k in (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[k + $1]) << UInt32(8 * $1) } }
  }

  /// `true` iff the machine has a device that can run modules.
  static let isAvailable = VulkanDeviceDescription.all.contains { $0.missing.isEmpty }

  /// The devices that the suite tries, in the driver's order the first that can run modules; none where there is no Vulkan.
  static var devices: [TestedDevice] {
    guard isAvailable else { return [] }
    return [
      TestedDevice(testDescription: "vulkan") { device() },
      TestedDevice(testDescription: "vulkan, memory that the host does not map") { device(hidesMemory: true) },
    ]
  }

  private static func device(hidesMemory: Bool = false) -> any Device {
    do { return try VulkanDevice(index: nil, hidesMemory: hidesMemory) } catch { preconditionFailure("\(error)") }
  }
}

struct VulkanDeviceTests {
  /// A machine that says so has a driver: `./dev test` does, so that the suite cannot leave Vulkan out unseen.
  @Test(
    .enabled(
      if: VulkanFixture.isAvailable || getenv("TESSERA_NEEDS_VULKAN") != nil, "there is no Vulkan device; './dev setup' installs a driver"))
  func isThere() { #expect(VulkanFixture.isAvailable) }

  /// Devices describe themselves.
  @Test(.enabled(if: VulkanFixture.isAvailable, "there is no Vulkan device")) func descriptions() throws {
    for description in VulkanDeviceDescription.all {
      #expect(!description.name.isEmpty && description.memory > 0 && description.subgroupSize > 0)
    }
    let device = try VulkanDevice()
    #expect(device.description.features.contains("Int64"))
    let error = #expect(throws: RuntimeError.self) { _ = try VulkanDevice(index: 99) }
    #expect(error?.message.contains("there is no 'vulkan://99'") == true)
  }

  /// Code that asks for what the device lacks, code for others, and no code at all are refused with what is missing.
  @Test(.enabled(if: VulkanFixture.isAvailable, "there is no Vulkan device")) func unsuitableCode() throws {
    let device = try VulkanDevice()
    var executable = try KernelFixture.executable()
    executable.variants = [VulkanFixture.variant]
    executable.variants[0].requiredFeatures.append("Teleportation")
    #expect(!device.fits(executable))
    let error = #expect(throws: RuntimeError.self) { _ = try device.load(executable) }
    #expect(error?.message.contains("needs Teleportation") == true)
    executable.variants[0].requiredFeatures = []
    #expect(device.fits(executable))
    for damaged in [[], [1], Array(executable.variants[0].image.dropLast())] as [[UInt8]] {
      executable.variants[0].image = damaged
      #expect(throws: RuntimeError.self) { _ = try device.load(executable) }
    }
  }

  /// Parts of blocks overlap no other, whatever is given back in between, and blocks fill up to the last byte.
  @Test(.enabled(if: VulkanFixture.isAvailable, "there is no Vulkan device")) func partsOfBlocks() throws {
    let device = try VulkanDevice()
    var parts: [Storage] = []
    for step in 0..<400 {
      parts.append(try device.allocate(byteCount: [100, 3 << 20, 1 << 16, 700_000][step % 4]))
      if step % 3 == 2 { parts.remove(at: step * 7 % parts.count) }
      if parts.count > 60 { parts.removeFirst(20) }
      let sorted = parts.sorted { $0.address < $1.address }
      for (first, second) in zip(sorted, sorted.dropFirst()) { #expect(first.address + UInt64(first.byteCount) <= second.address) }
    }
  }

  /// What kernels need is read from their words.
  @Test func features() {
    let kernel = SPIRVKernel(
      symbol: "k", workgroupSize: 64, words: [SPIRVKernel.magic, 0, 0, 0, 0, 2 << 16 | 17, 10, 4 << 16 | 16, 1, 4461, 64, 9 << 16 | 17])
    #expect(kernel.requiredFeatures == ["Float64", "SignedZeroInfNanPreserve64"])
  }
}
