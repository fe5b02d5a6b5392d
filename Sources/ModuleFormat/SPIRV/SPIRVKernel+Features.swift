extension SPIRVKernel {
  /// The capabilities of SPIR-V that devices may lack, by their numbers.
  private static let capabilities: [UInt32: String] = [
    9: "Float16", 10: "Float64", 11: "Int64", 22: "Int16", 39: "Int8", 4433: "StorageBuffer16BitAccess", 4448: "StorageBuffer8BitAccess",
  ]

  /// What a device must have to run the kernel, as its words say: capabilities, and the widths of floats that keep zeros' signs, infinities
  /// and NaN.
  public var requiredFeatures: [String] {
    let (capability, executionMode, preserve): (UInt32, UInt32, UInt32) = (17, 16, 4461)
    var features: [String] = [], place = 5
    while place < words.count {
      let (length, opcode) = (Int(words[place] >> 16), words[place] & 0xFFFF)
      guard length > 0, place + length <= words.count else { break }
      if opcode == capability, length == 2, let name = Self.capabilities[words[place + 1]] { features.append(name) }
      if opcode == executionMode, length == 4, words[place + 2] == preserve {
        features.append("SignedZeroInfNanPreserve\(words[place + 3])")
      }
      place += length
    }
    return features
  }
}
