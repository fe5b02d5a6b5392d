internal import TesseraCMLIR

/// Creates operations at an insertion point.
public struct Builder {
  public let context: Context
  /// The block into which operations go.
  public var block: Block
  /// New operations go before this one; at the end of the block if `nil`.
  public var anchor: Operation?
  /// The location that new operations get.
  public var location: Location

  public init(_ context: Context, at block: Block, before anchor: Operation? = nil, location: Location? = nil) {
    self.context = context
    self.block = block
    self.anchor = anchor
    self.location = location ?? anchor?.location ?? .unknown(context)
  }

  /// Creates a builder that inserts before `operation` and takes its location.
  public init(_ context: Context, before operation: Operation) {
    self.init(context, at: operation.block!, before: operation)
  }

  /// Creates a builder that inserts after `operation` and takes its location.
  public init(_ context: Context, after operation: Operation) {
    self.init(context, at: operation.block!, before: operation.next, location: operation.location)
  }

  /// Creates an operation and inserts it. `results` `nil` asks MLIR to infer the result types.
  ///
  /// An operation that MLIR cannot create is a bug of the caller; it stops the program with MLIR's message.
  @discardableResult
  public func create(
    _ name: String, _ operands: [Value] = [], results: [Type]? = [], attributes: [(String, Attribute)] = [],
    regions: [Region] = [], successors: [Block] = []
  ) -> Operation {
    let operation = Self.createDetached(
      context, name, operands, results: results, attributes: attributes, regions: regions, successors: successors, location: location)
    insert(operation)
    return operation
  }

  /// Inserts an operation that stands in no block.
  public func insert(_ operation: Operation) {
    if let anchor { block.insert(operation, before: anchor) } else { block.append(operation) }
  }

  /// Inserts a copy of `operation`, whose operands, those in its regions too, are what `map` has for them. The results join the map.
  public func copy(_ operation: Operation, _ map: inout [Value: Value]) {
    let clone = operation.clone()
    insert(clone)
    for inner in [clone] + clone.descendants {
      for (i, operand) in inner.operands.enumerated() { if let mapped = map[operand] { inner.setOperand(i, mapped) } }
    }
    for (old, new) in zip(operation.results, clone.results) { map[old] = new }
  }

  /// Creates an operation of one result, whose type MLIR infers if `type` is `nil`.
  public func value(_ name: String, _ operands: [Value] = [], type: Type? = nil, attributes: [(String, Attribute)] = []) -> Value {
    create(name, operands, results: type.map { [$0] }, attributes: attributes).result(0)
  }

  /// Creates an operation that stands in no block.
  public static func createDetached(
    _ context: Context, _ name: String, _ operands: [Value] = [], results: [Type]? = [], attributes: [(String, Attribute)] = [],
    regions: [Region] = [], successors: [Block] = [], location: Location
  ) -> Operation {
    // The state keeps a pointer to the name, so all of it happens while the name is held.
    let created = withStringRef(name) { name in
      var state = mlirOperationStateGet(name, location.handle)
      mlirOperationStateAddOperands(&state, operands.count, operands.map(\.handle))
      if let results {
        mlirOperationStateAddResults(&state, results.count, results.map(\.handle))
      } else {
        mlirOperationStateEnableResultTypeInference(&state)
      }
      let named = attributes.map { name, value in
        MlirNamedAttribute(name: withStringRef(name) { mlirIdentifierGet(context.handle, $0) }, attribute: value.handle)
      }
      mlirOperationStateAddAttributes(&state, named.count, named)
      mlirOperationStateAddOwnedRegions(&state, regions.count, regions.map(\.handle))
      mlirOperationStateAddSuccessors(&state, successors.count, successors.map(\.handle))
      return mlirOperationCreate(&state)
    }
    guard !mlirOperationIsNull(created) else {
      fatalError("compiler bug: cannot create '\(name)': \(context.takeErrorText(fallback: "no reason given"))")
    }
    return Operation(handle: created)
  }
}

// MARK: arith and friends

extension Builder {
  /// `arith.constant` of index type.
  public func index(_ value: Int) -> Value { constant(.integer(value, .index(context))) }
  /// `arith.constant` of an attribute with a type.
  public func constant(_ value: Attribute) -> Value { self.value("arith.constant", type: value.type, attributes: [("value", value)]) }
  /// `arith.constant` of a number in a scalar type (integer, index or float). As an integer, NaN is 0, and what is too large is the largest.
  public func scalar(_ number: Double, _ type: Type) -> Value {
    if type.isFloat { return constant(.float(number, type)) }
    let whole = number.isNaN ? 0 : number >= 0x1p63 ? Int.max : number <= -0x1p63 ? Int.min : Int(number)
    return constant(.integer(whole, type))
  }
  /// A two-operand operation whose result has the type of its operands.
  public func binary(_ name: String, _ a: Value, _ b: Value) -> Value { value(name, [a, b], type: a.type) }
  /// `tensor.dim`
  public func dimension(_ tensor: Value, _ axis: Int) -> Value {
    value("tensor.dim", [tensor, index(axis)], type: .index(context))
  }
  /// `tensor.empty`; `sizes` are those of the dynamic dimensions.
  public func empty(_ type: Type, _ sizes: [Value]) -> Value { value("tensor.empty", sizes, type: type) }

  /// `linalg.generic` on tensors. `body` gets a builder in the body and the body's arguments (inputs, then outputs), and returns what is yielded.
  public func generic(
    inputs: [Value], outputs: [Value], maps: [AffineMap], iterators: [IteratorKind], attributes: [(String, Attribute)] = [],
    body: (Builder, [Value]) -> [Value]
  ) -> Operation {
    let region = Region.create()
    let elements = (inputs + outputs).map { $0.type.isShaped ? $0.type.element : $0.type }
    let block = region.appendBlock(elements, location)
    let inner = Builder(context, at: block, location: location)
    let yielded = body(inner, block.arguments)
    inner.create("linalg.yield", yielded)
    return create(
      "linalg.generic", inputs + outputs, results: outputs.map(\.type),
      attributes: [
        ("indexing_maps", .array(maps.map(Attribute.affineMap), context)),
        ("iterator_types", .iterators(iterators, context)),
        ("operandSegmentSizes", .denseI32([inputs.count, outputs.count], context)),
      ] + attributes, regions: [region])
  }
}

/// The kind of a loop of a structured operation.
public enum IteratorKind: String, Sendable {
  case parallel, reduction

  /// The element of `iterator_types`.
  fileprivate func attribute(_ context: Context) -> Attribute { Attribute("#linalg.iterator_type<\(rawValue)>", context)! }
}

extension Attribute {
  /// A list of kinds of loops, as `iterator_types` has it.
  public static func iterators(_ kinds: some Sequence<IteratorKind>, _ context: Context) -> Attribute {
    .array(kinds.map { $0.attribute(context) }, context)
  }
}
