import TesseraEncodings
import TesseraMLIR
import Testing

/// Rules of packing specs: what they match, and what is said of those that are none.
@Suite struct PackingSpecTests {
  /// A spec, and the layout that it gives the weight of a 4 x 512 x 128 product with the tags `a` and `b`; `nil` where no rule fits.
  static let rules: [(spec: String, layout: String?)] = [
    ("* => layout 1,0 1:64", "1,0 1:64"),
    ("# only a comment\n\n*=>layout 1,0 1:64 # why\r\n", "1,0 1:64"),
    ("computed => layout 1,0\nconstant => layout 0,1 0:4", "0,1 0:4"),
    ("rows=1..3 => layout 1,0\nrows=4 => layout 1,0 0:2", "1,0 0:2"),
    ("columns=513.. => layout 1,0\ncolumns=..512 reduction=128 batch=1 => layout 1,0 0:2 1:8", "1,0 0:2 1:8"),
    ("rows=? => layout 1,0", nil),
    ("elements=f32,_,f32 operand=1 => layout 1,0", "1,0"),
    ("elements=i8,i8,i32 => layout 1,0", nil),
    ("operand=0 => layout 1,0\noperand=result => layout 1,0", nil),
    ("tag=b => layout 1,0", "1,0"),
    ("tag=c => layout 1,0", nil),
    ("rank=3 => layout 1,0", nil),
    // A layout of three dimensions fits no matrix: the next rule counts.
    ("* => layout 2,1,0\n* => identity", "0,1"),
    ("* => generic-gemm m=8 n=16 k=2 order=nkm", "1,0 1:16 0:2"),
    ("* => generic-gemm", "1,0 1:16 0:1"),
    ("* => generic-gemm n=1024", "1,0 1:512 0:1"),
    ("", nil),
  ]

  @Test(arguments: rules) func layout(spec: String, layout: String?) throws {
    let context = Context()
    let row = EncodingResolverTests.Row(name: "", target: "", sizes: ["m": 4, "n": 512, "k": 128], layout: "")
    var encoding = try #require(EncodingResolverTests.encoding(row, context))
    encoding.tags = ["a", "b"]
    let found = try withExtendedLifetime(context) { try PackingSpec(spec).layout(of: encoding) }
    #expect(found?.text == layout)
  }

  static let errors: [(spec: String, error: String)] = [
    ("\nconstant layout 1,0", "line 2: a rule is written as 'CONDITION ... => PACKING'"),
    ("=> layout 1,0", "line 1: there is no condition before '=>'; write '*' for all operands"),
    ("* =>", "line 1: there is no packing behind '=>'"),
    ("* => layout", "line 1: '' is no layout; write the order of the dimensions, then tiles as dimension:size, such as '1,0 1:32'"),
    ("* => layout 1,1", "line 1: '1,1' is no layout; write the order of the dimensions, then tiles as dimension:size, such as '1,0 1:32'"),
    (
      "* => layout 1,0 2:8",
      "line 1: '1,0 2:8' is no layout; write the order of the dimensions, then tiles as dimension:size, such as '1,0 1:32'"
    ),
    (
      "* => layout 1,0 1:9223372036854775807",
      "line 1: '1,0 1:9223372036854775807' is no layout; write the order of the dimensions, then tiles as dimension:size, such as '1,0 1:32'"
    ),
    ("* => mmt4d", "line 1: there is no packing 'mmt4d'; the packings are 'layout' and generic-gemm, identity"),
    ("* => identity m=1", "line 1: there is no parameter 'm'; it has none"),
    ("* => generic-gemm p=1", "line 1: there is no parameter 'p'; the parameters are m, n, k, order"),
    ("* => generic-gemm m=1 m=2", "line 1: the parameter 'm' is given twice"),
    ("* => generic-gemm m", "line 1: 'm' is no parameter; write 'name=value'"),
    ("* => generic-gemm m=0", "line 1: 'm' must be a number from 1 to 65536, not '0'"),
    ("* => generic-gemm m=99999999999999999999", "line 1: 'm' must be a number from 1 to 65536, not '99999999999999999999'"),
    ("* => generic-gemm order=mn", "line 1: 'order' must have each of m, n and k once, not 'mn'"),
    (
      "colums=3 => identity",
      "line 1: 'colums=3' is no condition; the conditions are operand=, constant, computed, elements=, rows=, columns=, reduction=, batch=, rank=, tag="
    ),
    ("rows=8..1 => identity", "line 1: 'rows' must be a size or a range such as 64, 64.., ..64 or 8..64, not '8..1'"),
    ("rows=.. => identity", "line 1: 'rows' must be a size or a range such as 64, 64.., ..64 or 8..64, not '..'"),
    ("operand=3 => identity", "line 1: 'operand' must be 0, 1 or result, not '3'"),
    ("elements=f32 => identity", "line 1: 'elements' must have three types such as f32,f32,f32, not 'f32'"),
    ("rank=x => identity", "line 1: 'rank' must be a number, not 'x'"),
  ]

  @Test(arguments: errors) func error(spec: String, error: String) {
    let found = #expect(throws: PackingError.self) { try PackingSpec(spec) }
    #expect(found?.description == error)
  }
}
