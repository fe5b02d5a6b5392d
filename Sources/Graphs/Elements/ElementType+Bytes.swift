extension ElementType {
  /// Element `index` of little-endian `bytes`, as a double (64-bit integers are rounded).
  package func number(in bytes: UnsafeRawBufferPointer, at index: Int) -> Double {
    func load<T>(_ type: T.Type) -> T { bytes.loadUnaligned(fromByteOffset: index * byteCount, as: T.self) }
    switch self {
    case .f32: return Double(load(Float.self))
    case .f64: return load(Double.self)
    case .f16: return Self.half(load(UInt16.self))
    case .bf16: return Double(Float(bitPattern: UInt32(load(UInt16.self)) << 16))
    default: return Double(integer(in: bytes, at: index))
    }
  }

  /// Element `index` of little-endian `bytes` of an integer or boolean type.
  package func integer(in bytes: UnsafeRawBufferPointer, at index: Int) -> Int {
    func load<T>(_ type: T.Type) -> T { bytes.loadUnaligned(fromByteOffset: index * byteCount, as: T.self) }
    switch self {
    case .i8: return Int(load(Int8.self))
    case .u8: return Int(load(UInt8.self))
    case .bool: return load(UInt8.self) != 0 ? 1 : 0
    case .i16: return Int(load(Int16.self))
    case .u16: return Int(load(UInt16.self))
    case .i32: return Int(load(Int32.self))
    case .u32: return Int(load(UInt32.self))
    default: return load(Int.self)
    }
  }

  /// The value of the IEEE 754 binary16 with these bits.
  private static func half(_ bits: UInt16) -> Double {
    let sign: Double = bits >> 15 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 31), fraction = Double(bits & 1023)
    if exponent == 31 { return fraction == 0 ? sign * .infinity : .nan }
    return exponent == 0
      ? sign * fraction * 0x1p-24 : sign * (1024 + fraction) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
  }
}
