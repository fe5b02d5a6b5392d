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
/// the model, else where the options say: on the first device, or where it is fastest. What that one cannot compute goes to the first that can. Small
/// things follow: an operation that no rule names moves to its only reader where less crosses so.
///
/// Requires: the IR after `global-optimization`.
/// Ensures: what an operation reads is on its device (`DeviceFlow`), or wherever it is read; one transfer of a value to a device.
struct PlaceOperations {
  let module: Module
  let devices: [ProgramDevice]
  let rules: [PlacementRule]
  let otherwise: DefaultPlacement
  /// The rules that held for no operation.
  private(set) var unusedRules: [PlacementRule] = []
  private(set) var transferCount = 0
  /// Where operations run and why, and what is transferred.
  private(set) var reasons: [String] = []
  /// What was asked for and cannot be.
  private(set) var notes: [String] = []
  private var usedRules = Set<Int>()
  private var context: Context { module.context }
  private var numbers: [String: Int] = [:]
  /// The state of the generator that places operations at random.
  private var seed: UInt64 = 0

  init(_ module: Module, devices: [ProgramDevice], rules: [PlacementRule], otherwise: DefaultPlacement) {
    (self.module, self.devices, self.rules, self.otherwise) = (module, devices, rules, otherwise)
    numbers = Dictionary(uniqueKeysWithValues: devices.enumerated().map { ($1.name, $0) })
    if case .random(let seed) = otherwise { self.seed = seed }
  }

  mutating func run() throws(Diagnostic) {
    for rule in rules { _ = try number(rule.device, "the rule '\(rule.text)'", nil) }
    for function in module.hostFunctions where function.body() != nil {
      var choices = try choices(in: function)
      if otherwise == .automatic { addAutomatic(to: &choices, in: function) }
      var placement = FunctionPlacement(function, devices: devices.map(\.name), wanted: choices.mapValues(\.device), context)
      placement.follow()
      if devices.count > 1 { reasons += placement.explanation { choices[$0]?.reason } }
      transferCount += placement.insertTransfers()
      if devices.count > 1 { reasons += placement.transferred }
    }
    unusedRules = rules.indices.filter { !usedRules.contains($0) }.map { rules[$0] }
  }

  /// A device for an operation, and why.
  private struct Choice {
    var device: Int
    var reason: String
  }

  /// What the user says about operations.
  private mutating func choices(in function: Operation) throws(Diagnostic) -> [Operation: Choice] {
    var choices: [Operation: Choice] = [:]
    for operation in function.descendants {
      if let transfer = TransferOp(operation) { _ = try number(transfer.device, "'flow.transfer'", operation) }
      guard let op = StructuredOp(operation) else { continue }
      var choice: Choice?
      if let attribute = operation.attribute(DeviceAttribute.wanted) {
        let device = try number(attribute.stringValue ?? "\(attribute)", "'\(DeviceAttribute.wanted)'", operation)
        choice = Choice(device: device, reason: "its attribute '\(DeviceAttribute.wanted)'")
        operation.removeAttribute(DeviceAttribute.wanted)
      }
      for (i, rule) in rules.enumerated() where rule.holds(op) {
        usedRules.insert(i)
        if choice == nil, let device = numbers[rule.device] { choice = Choice(device: device, reason: "the rule '\(rule.text)'") }
      }
      if choice == nil, case .random = otherwise { choice = Choice(device: random(), reason: "at random") }
      if !devices[choice?.device ?? 0].target.supports(operation) { choice = supported(operation, choice) }
      choices[operation] = choice
    }
    return choices
  }

  /// The first device that computes the operation, which the one of `choice` does not.
  private mutating func supported(_ operation: Operation, _ choice: Choice?) -> Choice? {
    guard let able = devices.indices.first(where: { devices[$0].target.supports(operation) }) else { return choice }
    let name = operation.location.sourceNames.joined(separator: ", ")
    let reason = "the device '\(devices[choice?.device ?? 0].name)' cannot compute it"
    notes.append("'\(name.isEmpty ? operation.name : name)' runs on '\(devices[able].name)': \(reason)")
    return Choice(device: able, reason: reason)
  }

  /// Adds where the operations run that nobody placed.
  private func addAutomatic(to choices: inout [Operation: Choice], in function: Operation) {
    var automatic = AutomaticPlacement(function, devices: devices, fixed: choices.mapValues(\.device))
    for (operation, device) in automatic.run() where choices[operation] == nil {
      let times = devices.indices.map { number in
        let time = automatic.nanoseconds(operation, on: number)
        return "\(devices[number].name) \(time >= Double(FlowNetwork.unlimited) ? "never" : "\(Int(time / 1000)) us")"
      }
      choices[operation] = Choice(device: device, reason: "estimates: \(times.joined(separator: ", "))")
    }
  }

  /// A device at random, by a generator of 64 bits whose steps are those of Knuth's MMIX.
  private mutating func random() -> Int {
    seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((seed >> 33) % UInt64(devices.count))
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
