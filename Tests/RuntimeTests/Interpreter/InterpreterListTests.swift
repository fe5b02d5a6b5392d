import TesseraDeviceCPU
import TesseraModuleFormat
import TesseraRuntime
import Testing

/// Instructions on lists.
struct InterpreterListTests {
  /// Makes a function of `code` that takes a sequence of f32 tensors and a tensor, and gives a sequence.
  private func session(_ code: [Instruction], output: [Container] = [.sequence]) throws -> Session {
    let module = ModuleDescription(functions: [
      FunctionDescription(
        name: "main", isExported: true,
        inputs: [
          TensorInfo(name: "list", elementType: .f32, shape: nil, containers: [.sequence]),
          TensorInfo(name: "x", elementType: .f32, shape: [.symbolic("?")]),
        ], outputs: [TensorInfo(name: "y", elementType: .f32, shape: nil, containers: output)], integerRegisterCount: 2,
        referenceRegisterCount: 4, code: code)
    ])
    return try Session(load(module), device: CPUDevice(threads: 1))
  }

  /// Lists are made, read, and never change.
  @Test func values() throws {
    let session = try session(
      [
        .listCount(to: 0, list: 0), .listInsert(to: 2, list: 0, position: .register(0), element: 1),
        .listElement(to: 3, list: 2, position: 0), .checkTensor(3, elementType: .f32, shape: [-1]),
        .listInsert(to: 2, list: 2, position: 0, element: 1), .listErase(to: 2, list: 2, position: 1), .list(to: 3, elements: [2, 0]),
        .returnValues(integers: [], references: [3]),
      ], output: [.sequence, .sequence])
    let (a, b, x) = (
      try Tensor(shape: [1], [1] as [Float]), try Tensor(shape: [2], [2, 3] as [Float]), try Tensor(shape: [1], [9] as [Float])
    )
    let result = try session.call("main", values: [.list([.tensor(a), .tensor(b)]), .tensor(x)])
    let lists = try result[0].elements?.map { try $0.tensors.map { try $0.array(of: Float.self) } }
    #expect(lists == [[[9], [2, 3], [9]], [[1], [2, 3]]])
  }

  /// Lists that were made of one list at its ends are lists of their own, though they share memory.
  @Test func ends() throws {
    let session = try session(
      [
        .listInsert(to: 2, list: 0, position: 1, element: 1), .listErase(to: 3, list: 2, position: 0),
        .listInsert(to: 3, list: 3, position: 1, element: 1), .listInsert(to: 0, list: 0, position: 1, element: 1),
        .listErase(to: 3, list: 3, position: 0), .listErase(to: 3, list: 3, position: 0),
        .listInsert(to: 3, list: 3, position: 0, element: 1),
        .list(to: 3, elements: [3, 2, 0]), .returnValues(integers: [], references: [3]),
      ], output: [.sequence, .sequence])
    let a = try Tensor(shape: [1], [1] as [Float]), x = try Tensor(shape: [1], [9] as [Float])
    let result = try session.call("main", values: [.list([.tensor(a)]), .tensor(x)])
    let lists = try result[0].elements?.map { try $0.tensors.map { try $0.array(of: Float.self) } }
    #expect(lists == [[[9]], [[1], [9]], [[1], [9]]])
  }

  /// Elements are joined along an axis or a new one.
  @Test func joins() throws {
    func join(_ tensors: [Tensor], axis: Int, isNew: Int, shape: [IntegerOperand]) throws -> Tensor {
      let code: [Instruction] = [
        .listJoin(to: 2, list: 0, axis: axis, isNew: isNew, elementType: .f32, shape: shape), .list(to: 2, elements: [2]),
        .returnValues(integers: [], references: [2]),
      ]
      let x = try Tensor(shape: [1], [1] as [Float])
      let result = try session(code).call("main", values: [.list(tensors.map { .tensor($0) }), .tensor(x)])
      return try #require(result[0].tensors.first)
    }
    let a = try Tensor(shape: [2, 1], [1, 2] as [Float]), b = try Tensor(shape: [2, 2], [3, 4, 5, 6] as [Float])
    let wide = try join([a, b], axis: 1, isNew: 0, shape: [2, -1])
    #expect(wide.shape == [2, 3])
    #expect(try wide.array(of: Float.self) == [1, 3, 4, 2, 5, 6])
    let stack = try join([b, b], axis: 1, isNew: 1, shape: [-1, -1])
    #expect(stack.shape == [2, 2, 2])
    #expect(try stack.array(of: Float.self) == [3, 4, 3, 4, 5, 6, 5, 6])
    #expect(try join([], axis: 0, isNew: 1, shape: [-1, 3]).shape == [0, 0, 3])
    for (tensors, axis, isNew) in [([a, b], 0, 0), ([a, b], 0, 1), ([b, stack], 0, 1)] {
      #expect(throws: RuntimeError.self) { try join(tensors, axis: axis, isNew: isNew, shape: [-1, -1]) }
    }
  }

  /// A list that grows at its end and shrinks at its beginning takes time in proportion to its length.
  @Test func grows() throws {
    let session = try session([
      .move(to: 0, 0), .list(to: 2, elements: []), .moveReference(to: 3, from: 2),
      .listInsert(to: 2, list: 2, position: .register(0), element: 1),
      .integer(.add, to: 0, .register(0), 1), .compare(.slt, to: 1, .register(0), 200_000), .branchIf(.register(1), then: 3, else: 7),
      .listErase(to: 2, list: 2, position: 0), .integer(.sub, to: 0, .register(0), 1), .compare(.sgt, to: 1, .register(0), 1),
      .branchIf(.register(1), then: 7, else: 11), .returnValues(integers: [], references: [2]),
    ])
    let x = try Tensor(shape: [1], [1] as [Float]), clock = ContinuousClock(), start = clock.now
    #expect(try session.call("main", values: [.list([]), .tensor(x)])[0].tensors.count == 1)
    // Copies would take a minute.
    #expect(clock.now - start < .seconds(10))
  }

  /// What is wrong with lists is an error.
  @Test(
    arguments: [
      ([.listElement(to: 2, list: 0, position: 1)], "OUT_OF_RANGE; in function 'main': position 1 of a list of 1"),
      ([.listErase(to: 2, list: 0, position: -1)], "OUT_OF_RANGE; in function 'main': position -1 of a list of 1"),
      ([.listInsert(to: 2, list: 0, position: 2, element: 1)], "OUT_OF_RANGE; in function 'main': position 2 of a list of 1"),
      ([.listCount(to: 0, list: 1)], "INTERNAL; in function 'main': a register holds no list"),
      ([.list(to: 2, elements: [3])], "INTERNAL; in function 'main': an element of a list is neither a tensor nor a list"),
      (
        [.allocate(to: 3, byteCount: 4), .list(to: 2, elements: [3])],
        "INTERNAL; in function 'main': an element of a list is neither a tensor nor a list"
      ),
      ([.checkTensor(0, elementType: .f32, shape: [])], "INVALID_ARGUMENT; in function 'main': an element of the list is not a tensor"),
      (
        [.checkTensor(1, elementType: .i64, shape: [-1, 2])],
        "INVALID_ARGUMENT; in function 'main': an element of a list is 1xf32, but ?x2xi64 is expected"
      ),
      (
        [.list(to: 2, elements: [0]), .list(to: 2, elements: [2]), .branch(1)],
        "RESOURCE_EXHAUSTED; in function 'main': lists that nest more than 8 deep"
      ),
      (
        [.tensor(to: 2, buffer: 0, elementType: .f32, shape: [])],
        "INTERNAL; in function 'main': a tensor of a register that was never set"
      ),
      ([.moveReference(to: 2, from: 1)], "INTERNAL; in function 'main': output 0 is not such a list"),
    ] as [([Instruction], String)])
  func errors(code: [Instruction], message: String) throws {
    let session = try session(code + [.returnValues(integers: [], references: [2])])
    let x = try Tensor(shape: [1], [1] as [Float])
    let error = #expect(throws: RuntimeError.self) { try session.call("main", values: [.list([.tensor(x)]), .tensor(x)]) }
    #expect(error?.description == message)
  }

  /// Lists that do not fit the signature are refused.
  @Test func inputs() throws {
    let session = try session([.returnValues(integers: [], references: [0])])
    let x = try Tensor(shape: [1], [1] as [Float]), y = try Tensor(shape: [1], [1] as [Int64])
    for inputs: [RuntimeValue] in [
      [.tensor(x), .tensor(x)], [.list([.tensor(y)]), .tensor(x)], [.list([.list([])]), .tensor(x)], [.list([]), .list([])],
    ] {
      #expect(throws: RuntimeError.self) { try session.call("main", values: inputs) }
    }
    #expect(throws: RuntimeError.self) { try session.call("main", [x, x]) }
    #expect(try session.call("main", values: [.list([]), .tensor(x)])[0].elements?.count == 0)
  }
}
