import TesseraConstants
import TesseraMLIR

/// The globals of a module: their symbols, and what stands in each, so that weights that are alike are one, in all functions of the module.
package final class GlobalTable {
  /// The bytes of the globals.
  package let constants = ConstantStore()
  /// All symbols of the module.
  private var symbols: Set<String> = []
  /// Globals by the place of their bytes in the file, so that tied weights are one.
  private var byPlace: [Place: String] = [:]
  /// Globals by their bytes, so that equal weights are one.
  private var equal = EqualConstants()

  private struct Place: Hashable {
    let path: String
    let offset: Int
    let type: String
  }

  package init() {}

  /// Takes a symbol like `base` that the module does not have yet.
  package func newSymbol(_ base: String) -> String {
    var symbol = base, suffix = 1
    while !symbols.insert(symbol).inserted {
      symbol = "\(base)_\(suffix)"
      suffix += 1
    }
    return symbol
  }

  private func place(_ bytes: ConstantBytes, _ type: Type) -> Place? {
    guard case .mapped(let file, let offset, _) = bytes else { return nil }
    return Place(path: file.path, offset: offset, type: "\(type)")
  }

  /// The global of the type with these bytes, if there is one.
  func symbol(of bytes: ConstantBytes, _ type: Type) -> String? {
    place(bytes, type).flatMap { byPlace[$0] } ?? equal.symbol(ofEqual: bytes, type: "\(type)")
  }

  /// Adds a global, whose symbol is like `base`.
  func add(_ base: String, _ bytes: ConstantBytes, _ type: Type) -> String {
    let symbol = newSymbol(base)
    if let place = place(bytes, type) { byPlace[place] = symbol }
    equal.add(symbol, bytes, type: "\(type)")
    constants.set(symbol, bytes)
    return symbol
  }
}
