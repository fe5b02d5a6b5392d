import TesseraEncodings
import TesseraMLIR
import TesseraTargetCPU
import TesseraVectorKernels
import Testing

/// From a contraction and a target to layouts, by tables.
@Suite struct EncodingResolverTests {
  /// One contraction, one operand of it, and its layout for a target, in the form that users write.
  struct Row: CustomTestStringConvertible, Sendable {
    var name: String
    var target: String
    var operand = 1
    var isConstant = true
    /// The loops by letter with their sizes, `nil` where they are not known: `b` batch, `m` rows, `n` columns, `k` reduction, as an einsum.
    var sizes: [Character: Int?]
    var product = "mk,kn->mn"
    var element = "f32"
    var layout: String
    var testDescription: String { "\(name) on \(target)" }
  }

  static let rows: [Row] = [
    // Constants for many rows: panels of the register tile's columns.
    Row(name: "weight", target: "x86-64-v4", sizes: ["m": 384, "n": 512, "k": 128], layout: "1,0 1:32"),
    Row(name: "weight", target: "x86-64-v3", sizes: ["m": 384, "n": 512, "k": 128], layout: "1,0 1:16"),
    Row(name: "weight", target: "x86-64-v2", sizes: ["m": 384, "n": 512, "k": 128], layout: "1,0 1:8"),
    Row(name: "weight", target: "aarch64", sizes: ["m": 384, "n": 512, "k": 128], layout: "1,0 1:8"),
    Row(name: "weight of doubles", target: "x86-64-v4", sizes: ["m": 384, "n": 512, "k": 128], element: "f64", layout: "1,0 1:16"),
    Row(name: "weight, any rows", target: "x86-64-v4", sizes: ["m": nil, "n": 512, "k": 128], layout: "1,0 1:32"),
    Row(name: "transposed weight", target: "x86-64-v4", sizes: ["m": 384, "n": 512, "k": 128], product: "mk,nk->mn", layout: "0,1 0:32"),
    Row(
      name: "weight of a batch", target: "x86-64-v4", sizes: ["b": 12, "m": 384, "n": 64, "k": 64], product: "bmk,kbn->bmn",
      layout: "1,2,0 2:32"),
    Row(
      name: "weight of heads", target: "x86-64-v4", sizes: ["m": 384, "h": 12, "n": 64, "k": 768], product: "mk,khn->mhn",
      layout: "1,2,0 2:32"),
    Row(
      name: "constant on the left of a transposed result", target: "x86-64-v4", operand: 0, sizes: ["m": 256, "n": 384, "k": 64],
      product: "mk,kn->nm", layout: "0,1 0:32"),
    // Few rows: low and wide, and never padded.
    Row(name: "one row", target: "x86-64-v4", sizes: ["m": 1, "n": 4096, "k": 4096], layout: "1,0 1:128"),
    Row(name: "one row", target: "x86-64-v3", sizes: ["m": 1, "n": 4096, "k": 4096], layout: "1,0 1:64"),
    Row(name: "four rows", target: "x86-64-v4", sizes: ["m": 4, "n": 4096, "k": 4096], layout: "1,0 1:32"),
    Row(name: "the rows themselves", target: "x86-64-v4", operand: 0, sizes: ["m": 4, "n": 4096, "k": 4096], layout: "0,1"),
    Row(name: "matrix times vector", target: "x86-64-v4", operand: 0, sizes: ["m": 512, "n": 1, "k": 64], layout: "0,1 0:128"),
    // Few columns: dot products.
    Row(name: "four columns", target: "x86-64-v4", sizes: ["m": 384, "n": 4, "k": 512], layout: "1,0"),
    Row(name: "eight columns", target: "x86-64-v4", sizes: ["m": 384, "n": 8, "k": 512], layout: "1,0"),
    Row(name: "eight columns", target: "x86-64-v3", sizes: ["m": 384, "n": 8, "k": 512], layout: "1,0 1:8"),
    Row(name: "four columns", target: "x86-64-v2", sizes: ["m": 384, "n": 4, "k": 512], layout: "1,0 1:4"),
    Row(name: "four columns, short", target: "x86-64-v4", sizes: ["m": 384, "n": 4, "k": 32], layout: "0,1"),
    Row(name: "computed four columns", target: "x86-64-v4", isConstant: false, sizes: ["m": 384, "n": 4, "k": 512], layout: "1,0"),
    Row(name: "computed four columns, few rows", target: "x86-64-v4", isConstant: false, sizes: ["m": 8, "n": 4, "k": 512], layout: "0,1"),
    // Short and long reductions.
    Row(name: "long reduction", target: "x86-64-v4", sizes: ["m": 384, "n": 512, "k": 100_000], layout: "1,0 1:32"),
    Row(name: "computed, short", target: "x86-64-v4", isConstant: false, sizes: ["m": 384, "n": 65536, "k": 3], layout: "0,1"),
    // Computed operands: only where packing pays.
    Row(name: "computed, large", target: "x86-64-v4", isConstant: false, sizes: ["m": 1024, "n": 1024, "k": 1024], layout: "1,0 1:32"),
    Row(name: "computed, small", target: "x86-64-v4", isConstant: false, sizes: ["m": 384, "n": 384, "k": 32], layout: "0,1"),
    Row(name: "computed, few rows", target: "x86-64-v4", isConstant: false, sizes: ["m": 32, "n": 1024, "k": 1024], layout: "0,1"),
    Row(name: "computed, few rows", target: "x86-64-v3", isConstant: false, sizes: ["m": 32, "n": 1024, "k": 1024], layout: "1,0 1:16"),
    Row(name: "computed, any columns", target: "x86-64-v4", isConstant: false, sizes: ["m": 512, "n": nil, "k": 64], layout: "0,1"),
    Row(name: "computed, any rows", target: "x86-64-v4", isConstant: false, sizes: ["m": nil, "n": 1024, "k": 1024], layout: "0,1"),
    // What has no columns along the lanes stays.
    Row(name: "the left side", target: "x86-64-v4", operand: 0, sizes: ["m": 384, "n": 512, "k": 128], layout: "0,1"),
    Row(name: "result", target: "x86-64-v4", operand: 2, sizes: ["m": 384, "n": 512, "k": 128], layout: "0,1"),
  ]

  @Test(arguments: rows) func layout(_ row: Row) throws {
    let target = try CPUTarget(named: "\(row.target)")
    // The types of an encoding live as long as their context.
    let context = Context()
    let encoding = try #require(Self.encoding(row, context))
    let layout = withExtendedLifetime(context) { target.encodingResolver(unit: target.vectorUnit).layout(of: encoding) }
    #expect(layout?.text == row.layout)
    #expect(IdentityResolver().layout(of: encoding)?.isIdentity == true)
  }

  /// Dot products add in another order than the program, which strict arithmetic forbids.
  @Test func strictMathHasNoDotProducts() throws {
    let target = try CPUTarget(named: "x86-64-v4")
    var unit = target.vectorUnit
    unit.isStrict = true
    let row = try #require(Self.rows.first { $0.layout == "1,0" })
    let context = Context()
    let encoding = try #require(Self.encoding(row, context))
    let layout = withExtendedLifetime(context) { target.encodingResolver(unit: unit).layout(of: encoding) }
    #expect(layout?.isIdentity == true)
  }

  /// The text of an encoding is read back as it was.
  @Test(arguments: rows) func attribute(_ row: Row) throws {
    let context = Context()
    var encoding = try #require(Self.encoding(row, context))
    encoding.tags = ["a", "b c"]
    encoding.loops[0].isWindow = true
    encoding.own[0] = nil
    let type = Type.tensor([Int](repeating: 4, count: encoding.own.count), .f32(context), encoding: encoding.attribute(context))
    withExtendedLifetime(context) { #expect(ContractionEncoding(type) == encoding) }
  }

  /// The encoding of an operand of an einsum, whose loops are in the order of the letters' sizes: batches, rows, columns, reductions.
  static func encoding(_ row: Row, _ context: Context) -> ContractionEncoding? {
    let parts = row.product.split { ",->".contains($0) }.map(Array.init)
    guard parts.count == 3, let element = Type(row.element, context) else { return nil }
    let letters = Array(Set(parts.joined())).sorted { ("bmhnk".firstIndex(of: $0)!) < ("bmhnk".firstIndex(of: $1)!) }
    func numbers(_ letterList: [Character]) -> [Int] { letterList.map { letters.firstIndex(of: $0)! } }
    let own = parts[row.operand], other = parts[row.operand == 2 ? 0 : 1 - row.operand]
    let loops = letters.map { letter -> ContractionEncoding.Loop in
      let isOwn = row.operand == 2 ? parts[1].contains(letter) : own.contains(letter)
      let kind: ContractionEncoding.LoopKind =
        !parts[2].contains(letter) ? .reduction : isOwn && other.contains(letter) ? .batch : isOwn ? .column : .row
      return .init(kind: kind, size: row.sizes[letter] ?? nil)
    }
    return ContractionEncoding(
      operand: row.operand, isConstant: row.isConstant, elements: [element, element, element], loops: loops, own: numbers(own),
      result: numbers(parts[2]))
  }
}
