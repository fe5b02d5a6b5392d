/// The packed form of a section: the number of its bytes, then an LZ4 block, or the bytes themselves where that is no longer.
package enum SectionPacking {
  /// The most bytes of a description: what it stands for takes more memory, and a block of a hostile file may say 255 bytes with each of its own.
  static let descriptionLimit = 1 << 26

  /// Returns the packed form of `bytes`; the same one each time.
  static func packed(_ bytes: [UInt8], after dictionary: [UInt8] = []) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(bytes.count)
    let block = BlockCompression.block(bytes, after: dictionary)
    return writer.bytes + (block.count < bytes.count ? block : bytes)
  }

  /// Returns the bytes that `content` stands for, at most `limit`, which was packed after the same dictionary.
  package static func bytes(
    _ content: UnsafeRawBufferPointer, section: String, after dictionary: [UInt8] = [], limit: Int = .max
  ) throws(FormatError) -> [UInt8] {
    var reader = ByteReader(content, section: section)
    let count = try reader.int()
    guard count <= limit else { throw reader.error("more than \(limit) bytes") }
    let rest = reader.rest
    return rest.count == count ? Array(rest) : try BlockCompression.bytes(rest, count: count, after: dictionary)
  }

  /// The dictionary of descriptions: strings that most modules have, as `ByteWriter` writes them. Small models would be half names otherwise.
  ///
  /// It is part of the format: another one is another version, whatever names and versions are in it. It is made of one text, as a list of strings takes longer to make than a module to load.
  package static let words: [UInt8] = text.withUTF8Buffer { text in
    var bytes = [UInt8](repeating: 0, count: text.count + 1)
    var start = 0
    for (position, byte) in text.enumerated() {
      if byte == UInt8(ascii: "|") { start = position + 1 } else { bytes[position + 1] = byte }
      bytes[start] = UInt8(position + 1 - start)
    }
    return bytes
  }

  private static let text: StaticString = """
    aarch64|x86_64|emeraldrapids|znver5|znver4|x86-64-v4|abm|amx_bf16|amx_int8|amx_tile|avx|avx2|avx512_bf16|avx512_bitalg|avx512_fp16|\
    avx512_vbmi2|avx512_vnni|avx512_vpopcntdq|avx512bw|avx512cd|avx512dq|avx512f|avx512ifma|avx512vbmi|avx512vl|avx_vnni|bmi1|bmi2|cx16|f16c|fma|\
    gfni|lahf_lm|movbe|pni|popcnt|sse4_1|sse4_2|ssse3|xsave|the size '|' must be at least 1: {0} is below {1}|operator '|': the input sizes of '|\
    ': the sizes of '|' must agree: {0} instead of {1}|': it reads behind the last element of an operand: {0} is not below {1}|attention_nx|\
    contraction_nx|convolution_nx1x|elementwise_nx|gather_nx|movement_nx|normalization_nx|recurrence_nx|reduction_nx|_f32_|_i64|_i8|_u8|main|\
    tessera 0.1.0|dispatches|1|executables|1|constant bytes|0|transient bytes|0 + dynamic|host read-backs|0|values with dynamic shape|0|waves|1|\
    in-place reuses|0|copies|0|code bytes|1|constants evaluated|0|packed operands|0|packs left at run time|0|unpacks left at run time|0|\
    transpositions left at run time|0
    """
}
