import TesseraDiagnostics
import TesseraDialects
import TesseraLoopNests
import TesseraMLIR

/// Gives every operation a device, and moves what crosses.
///
/// Before (rules: `first=a`, `second=b`):
///
///     %x = linalg.generic ... ins(%arg0) loc("first")
///     %y = linalg.generic ... ins(%x) loc("second")
///     return %y
///
/// After:
///
///     %x = linalg.generic ... ins(%arg0) loc("first")
///     %t = "flow.transfer"(%x) {device = "b"}
///     %y = linalg.generic ... ins(%t) loc("second")
///     %u = "flow.transfer"(%y) {device = "a"}
///     return %u
///
/// An operation runs where the attribute `tessera.device` says, else the first rule that holds for it, else where what it reads was transferred to by
/// the model, else on the first device. Small things follow: an operation that no rule names moves to its only reader where less crosses so.
///
/// Requires: the IR after `global-optimization`.
/// Ensures: what an operation reads is on its device (`DeviceFlow`), or wherever it is read; one transfer of a value to a device.
struct PlaceOperations {
  let module: Module
  let devices: [ProgramDevice]
  let rules: [PlacementRule]
  /// The state of the generator that places operations at random; `nil` where none does.
  private var seed: UInt64?
  /// The rules that held for no operation.
  private(set) var unusedRules: [PlacementRule] = []
  private(set) var transferCount = 0
  private var usedRules = Set<Int>()
  private var context: Context { module.context }
  private var numbers: [String: Int] = [:]

  init(_ module: Module, devices: [ProgramDevice], rules: [PlacementRule], seed: UInt64? = nil) {
    (self.module, self.devices, self.rules, self.seed) = (module, devices, rules, seed)
    numbers = Dictionary(uniqueKeysWithValues: devices.enumerated().map { ($1.name, $0) })
  }

  mutating func run() throws(Diagnostic) {
    for rule in rules { _ = try number(rule.device, "the rule '\(rule.text)'", nil) }
    for function in module.hostFunctions where function.body() != nil {
      let wanted = try wanted(in: function)
      var flow = FunctionPlacement(function, devices: devices.map(\.name), wanted: wanted, context)
      flow.follow()
      transferCount += flow.insertTransfers()
    }
    unusedRules = rules.indices.filter { !usedRules.contains($0) }.map { rules[$0] }
  }

  /// The devices that the user wants for operations, where they say so.
  private mutating func wanted(in function: Operation) throws(Diagnostic) -> [Operation: Int] {
    var wanted: [Operation: Int] = [:]
    for operation in function.descendants {
      if let transfer = TransferOp(operation) { _ = try number(transfer.device, "'flow.transfer'", operation) }
      let attribute = operation.attribute(DeviceAttribute.wanted)
      guard let op = StructuredOp(operation) else { continue }
      if let attribute {
        wanted[operation] = try number(attribute.stringValue ?? "\(attribute)", "'\(DeviceAttribute.wanted)'", operation)
        operation.removeAttribute(DeviceAttribute.wanted)
      }
      for (i, rule) in rules.enumerated() where rule.holds(op) {
        usedRules.insert(i)
        if wanted[operation] == nil { wanted[operation] = numbers[rule.device] }
      }
      if let number = random(), wanted[operation] == nil { wanted[operation] = number }
    }
    return wanted
  }

  /// A device at random, where that is asked for: by a generator of 64 bits whose steps are those of Knuth's MMIX.
  private mutating func random() -> Int? {
    guard let state = seed else { return nil }
    let next = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    seed = next
    return Int((next >> 33) % UInt64(devices.count))
  }

  /// The number of the device called `name`, which `source` names. Errors: there is none.
  private func number(_ name: String, _ source: String, _ op: Operation?) throws(Diagnostic) -> Int {
    if let number = numbers[name] { return number }
    throw Diagnostic(
      .invalidInput, id: "unknownDevice", "\(source) names the device '\(name)', which the program does not have",
      location: op?.location.sourceNames.joined(separator: ", "), notes: ["its devices are \(devices.map(\.name).joined(separator: ", "))"],
      help: "add --device \(name)=KIND")
  }
}
