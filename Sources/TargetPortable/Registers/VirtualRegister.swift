/// A register before it has a number of its own: a scalar, or a row.
struct VirtualRegister: Hashable {
  let number: Int
  let isRow: Bool
}
