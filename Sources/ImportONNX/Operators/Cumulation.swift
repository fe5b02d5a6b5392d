import TesseraDiagnostics
import TesseraGraphs

/// `CumSum`, `CumProd`: each element combines those before it, in one pass.
func cumulation(_ kind: ReductionKind) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0, ranks: 1...GraphTensor.rankLimit)
    return [
      try node.alongAxis(input: 1, rank: x.rank) { axis in
        node.cumulation(x, axis, kind, isExclusive: node.flag("exclusive"), isReversed: node.flag("reverse"))
      }
    ]
  }
}
