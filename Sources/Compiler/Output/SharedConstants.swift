import TesseraConstants
import TesseraModuleFormat

/// The constants of the programs of a module, each stored once.
///
/// Programs of one model have their weights from the same file. What computes a constant differs where they want other layouts; else it is the same text.
struct SharedConstants {
  /// The constants, those of the first program first.
  private(set) var constants: [StoredConstant] = []
  private var numbers: [ConstantIdentity: Int] = [:]

  /// Adds the constants of a program, and returns it with their numbers here.
  mutating func add(_ program: ModuleDescription, _ own: [StoredConstant]) -> ModuleDescription {
    let places = own.map { number($0) }
    var program = program
    for function in program.functions.indices {
      for index in program.functions[function].code.indices {
        guard case .constant(let register, let constant, let device) = program.functions[function].code[index] else { continue }
        program.functions[function].code[index] = .constant(to: register, index: places[constant], device: device)
      }
      for input in program.functions[function].inputs.indices {
        guard let constant = program.functions[function].inputs[input].defaultValue?.constant else { continue }
        program.functions[function].inputs[input].defaultValue?.constant = places[constant]
      }
    }
    return program
  }

  /// The number of a constant, which is added if it is not there.
  private mutating func number(_ constant: StoredConstant) -> Int {
    let identity = constant.identity
    if let number = numbers[identity] { return number }
    constants.append(constant)
    numbers[identity] = constants.count - 1
    return constants.count - 1
  }
}
