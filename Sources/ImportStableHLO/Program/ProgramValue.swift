import TesseraGraphs

/// A value of the program under import.
indirect enum ProgramValue {
  case tensor(GraphTensor)
  case tuple([ProgramValue])
  /// What orders effects, of which there are none.
  case token

  var tensor: GraphTensor? { if case .tensor(let tensor) = self { tensor } else { nil } }
}
