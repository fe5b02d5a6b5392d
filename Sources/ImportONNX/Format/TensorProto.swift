import TesseraDiagnostics

/// A tensor in the file: its type, its shape, and where its elements are.
struct TensorProto {
  var name = ""
  var dimensions: [Int64] = []
  var dataType: Int64 = 0
  /// The elements as little-endian bytes: a range of the file.
  var rawData: Range<Int>?
  var floatBits: [UInt32] = []
  var doubleBits: [UInt64] = []
  /// Also i8, u8, i16, u16, bool, f16, bf16 and the 8-bit floats (bit patterns), and bytes of packed small types.
  var int32Data: [Int64] = []
  /// The elements of a tensor of strings.
  var stringData: [Range<Int>] = []
  var int64Data: [Int64] = []
  /// Also u32.
  var uint64Data: [Int64] = []
  /// `true` iff the elements stand in another file, as `external` says.
  var isExternal = false
  var external: [StringEntryProto] = []

  init(_ reader: WireReader) throws(Diagnostic) {
    var reader = reader
    while let field = try reader.next() {
      switch field.number {
      case 1: try reader.appendIntegers(field, to: &dimensions)
      case 2: dataType = try reader.integer(field)
      case 4: try reader.appendFixed(field, to: &floatBits)
      case 5: try reader.appendIntegers(field, to: &int32Data)
      case 6: stringData.append(try reader.range(field))
      case 7: try reader.appendIntegers(field, to: &int64Data)
      case 8: name = try reader.string(field)
      case 9: rawData = try reader.range(field)
      case 10: try reader.appendFixed(field, to: &doubleBits)
      case 11: try reader.appendIntegers(field, to: &uint64Data)
      case 13: external.append(try StringEntryProto(reader.nested(field, "StringStringEntryProto")))
      case 14: isExternal = try reader.integer(field) == 1
      default: break
      }
    }
  }
}

/// A pair of strings.
struct StringEntryProto {
  var key = ""
  var value = ""

  init(_ reader: WireReader) throws(Diagnostic) {
    var reader = reader
    while let field = try reader.next() {
      switch field.number {
      case 1: key = try reader.string(field)
      case 2: value = try reader.string(field)
      default: break
      }
    }
  }
}

/// The name and type of a value of a graph.
struct ValueInfoProto {
  var name = ""
  var type: TypeProto?

  init(_ reader: WireReader) throws(Diagnostic) {
    var reader = reader
    while let field = try reader.next() {
      switch field.number {
      case 1: name = try reader.string(field)
      case 2: type = try TypeProto(reader.nested(field, "TypeProto"))
      default: break
      }
    }
  }
}

/// The type of a value: a tensor, or something else that has a name here.
struct TypeProto {
  /// One size: a number, a symbol, or unknown.
  enum Dimension { case fixed(Int64), symbol(String), unknown }

  /// What a tensor is wrapped in.
  enum Container: String { case optional, sequence }

  /// What the tensor is wrapped in, the outermost first.
  var containers: [Container] = []
  /// What is neither a tensor nor wraps one: "map", "sparse tensor".
  var otherKind: String?
  var elementType: Int64 = 0
  /// `nil` if even the rank is unknown.
  var shape: [Dimension]?

  init(_ reader: WireReader) throws(Diagnostic) {
    var reader = reader
    while let field = try reader.next() {
      switch field.number {
      case 1: try readTensor(reader.nested(field, "TypeProto.Tensor"))
      case 4: try readContainer(.sequence, reader.nested(field, "TypeProto.Sequence"))
      case 5: otherKind = "map"
      case 8: otherKind = "sparse tensor"
      case 9: try readContainer(.optional, reader.nested(field, "TypeProto.Optional"))
      default: break
      }
    }
  }

  /// Reads the type of the elements of a container.
  private mutating func readContainer(_ container: Container, _ reader: WireReader) throws(Diagnostic) {
    var reader = reader
    while let field = try reader.next() {
      if field.number == 1 { self = try TypeProto(reader.nested(field, "TypeProto")) }
    }
    containers.insert(container, at: 0)
  }

  private mutating func readTensor(_ reader: WireReader) throws(Diagnostic) {
    var reader = reader
    while let field = try reader.next() {
      switch field.number {
      case 1: elementType = try reader.integer(field)
      case 2:
        var dimensions: [Dimension] = []
        var list = try reader.nested(field, "TensorShapeProto")
        while let item = try list.next() {
          if item.number == 1 { dimensions.append(try Self.dimension(list.nested(item, "TensorShapeProto.Dimension"))) }
        }
        shape = dimensions
      default: break
      }
    }
  }

  private static func dimension(_ reader: WireReader) throws(Diagnostic) -> Dimension {
    var reader = reader
    var dimension = Dimension.unknown
    while let field = try reader.next() {
      switch field.number {
      case 1: dimension = .fixed(try reader.integer(field))
      case 2:
        let symbol = try reader.string(field)
        dimension = symbol.isEmpty ? .unknown : .symbol(symbol)
      default: break
      }
    }
    return dimension
  }
}
