extension ModuleDescription {
  /// The most programs of a module: more than there are kinds of processors that code is worth having for.
  package static let programLimit = 64

  /// Checks the programs of a module: each by itself, and that users see one, whichever runs: functions of the same signatures, on the same devices.
  static func verify(_ programs: [ModuleDescription], constantCount: Int) throws(FormatError) {
    guard (1...programLimit).contains(programs.count) else { throw .invalid("it has \(programs.count) programs") }
    for program in programs { try program.verify(constantCount: constantCount) }
    let interface = programs[0].interface
    for (number, program) in programs.enumerated().dropFirst() {
      guard program.devices == programs[0].devices else { throw .invalid("its programs 0 and \(number) are for other devices") }
      guard program.interface == interface else { throw .invalid("its programs 0 and \(number) have functions of other signatures") }
    }
  }

  /// What users call: names, inputs and outputs of the exported functions.
  private var interface: [ExportedFunction] {
    functions.filter(\.isExported).map { ExportedFunction(name: $0.name, inputs: $0.inputs, outputs: $0.outputs) }
  }
}

/// A function as users see it. Defaults are the same constants, too.
private struct ExportedFunction: Equatable {
  let name: String
  let inputs: [TensorInfo]
  let outputs: [TensorInfo]
}
