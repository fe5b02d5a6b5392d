import TesseraDiagnostics
import TesseraGraphs

extension Node {
  /// What `body` gives for the axis that integer input `i` holds. Where only the run knows it, that is a choice on the host among `candidates`,
  /// which are all axes if they are not given.
  func alongAxis(
    input i: Int, rank: Int, among candidates: [Int]? = nil, _ body: (Int) throws(Diagnostic) -> GraphTensor
  ) throws(Diagnostic) -> GraphTensor {
    let elements = try hostInput(i, count: 1)
    guard elements.count == 1 else { throw .notAShape(self, try input(i)) }
    return try alongAxis(elements[0], rank: rank, among: candidates, body)
  }
}
