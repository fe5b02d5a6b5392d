import TesseraCompiler
import TesseraConstants
import TesseraDiagnostics
import TesseraModuleFormat
import Testing

@Suite struct SchedulingTests {
  /// The disassembly of the only function.
  func disassembly(_ text: String, inPlace: Set<String> = []) throws -> String {
    try scheduled(text, inPlace: inPlace).description.disassembly
  }

  @Test func independentDispatchesShareAWave() throws {
    let text = try disassembly(
      """
      func.func public @main(%x: tensor<4xf32> {tessera.name = "x"}) -> (tensor<4xf32> {tessera.name = "y"}) {
        %a = "flow.dispatch"(%x) {executable = @relu} : (tensor<4xf32>) -> tensor<4xf32>
        %b = "flow.dispatch"(%x) {executable = @exp} : (tensor<4xf32>) -> tensor<4xf32>
        %c = "flow.dispatch"(%a, %b) {executable = @add} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
        return %c : tensor<4xf32>
      }
      """)
    #expect(
      text == """
        export func main(%x: 4xf32) -> (%y: 4xf32) {  // 0 integers, 4 references
          @0\tallocate to=&2 byteCount=128
          @1\tallocate to=&1 byteCount=16
          @2\tdispatch site=0:relu workgroups=1 constants=[] bindings=[&0[0 +16], &2[0 +16]]
          @3\tdispatch site=1:exp workgroups=1 constants=[] bindings=[&0[0 +16], &2[64 +16]]
          @4\tbarrier
          @5\tdispatch site=2:add workgroups=1 constants=[] bindings=[&2[0 +16], &2[64 +16], &1[0 +16]]
          @6\ttensor to=&3 buffer=&1 elementType=f32 shape=[4]
          @7\treturnValues integers=[] references=[&3]
        }

        """)
  }

  @Test func dynamicSizesArePlannedAtEntry() throws {
    let text = try disassembly(
      """
      func.func public @main(%x: tensor<?x4xf32> {tessera.name = "x", tessera.shape = ["n", "4"]},
          %y: tensor<?x4xf32> {tessera.name = "y", tessera.shape = ["n", "4"]}) -> (tensor<?x4xf32> {tessera.shape = ["n", "4"]}) {
        %c0 = arith.constant 0 : index
        %n = tensor.dim %y, %c0 : tensor<?x4xf32>
        %a = "flow.dispatch"(%n, %x) {executable = @relu, flow.result_dims = array<i64: 0>} : (index, tensor<?x4xf32>) -> tensor<?x4xf32>
        %c = "flow.dispatch"(%n, %a) {executable = @exp, flow.result_dims = array<i64: 0>} : (index, tensor<?x4xf32>) -> tensor<?x4xf32>
        return %c : tensor<?x4xf32>
      }
      """)
    // Both inputs have the size 'n': it is read once.
    #expect(
      text == """
        export func main(%x: nx4xf32, %y: nx4xf32) -> (%output0: nx4xf32) {  // 4 integers, 5 references
          @0\tdimension to=%0 tensor=&0 axis=0
          @1\tinteger operation=mulSaturating to=%1 a=%0 b=16
          @2\tplan offsets=[%2] total=%3 sizes=[%1] first=[1] last=[2]
          @3\tallocate to=&3 byteCount=%3
          @4\tallocate to=&2 byteCount=%1
          @5\tdispatch site=0:relu workgroups=1 constants=[%0] bindings=[&0[0 +%1], &3[%2 +%1]]
          @6\tbarrier
          @7\tdispatch site=1:exp workgroups=1 constants=[%0] bindings=[&3[%2 +%1], &2[0 +%1]]
          @8\ttensor to=&4 buffer=&2 elementType=f32 shape=[%0, 4]
          @9\treturnValues integers=[] references=[&4]
        }

        """)
  }

  @Test func resultTakesOverWhatDies() throws {
    let chain = """
      func.func public @main(%x: tensor<4xf32>) -> tensor<4xf32> {
        %a = "flow.dispatch"(%x) {executable = @relu} : (tensor<4xf32>) -> tensor<4xf32>
        %v = tensor.expand_shape %a [[0, 1]] output_shape [2, 2] : tensor<4xf32> into tensor<2x2xf32>
        %b = "flow.dispatch"(%v) {executable = @exp} : (tensor<2x2xf32>) -> tensor<4xf32>
        %c = "flow.dispatch"(%b) {executable = @exp} : (tensor<4xf32>) -> tensor<4xf32>
        return %c : tensor<4xf32>
      }
      """
    let reused = try scheduled(chain, inPlace: ["exp", "relu"]).module.counts
    // The argument is not taken over; the chain runs in the memory of the result.
    #expect(reused.inPlaceReuses == 2 && reused.arenaBytes == 0)
    #expect(try scheduled(chain).module.counts.arenaBytes == 128)
  }

  @Test func valueReadLaterIsNotTakenOver() throws {
    let text = """
      func.func public @main(%x: tensor<4xf32>) -> tensor<4xf32> {
        %a = "flow.dispatch"(%x) {executable = @relu} : (tensor<4xf32>) -> tensor<4xf32>
        %b = "flow.dispatch"(%a) {executable = @exp} : (tensor<4xf32>) -> tensor<4xf32>
        %c = "flow.dispatch"(%b, %a) {executable = @add} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
        return %c : tensor<4xf32>
      }
      """
    // Only the last dispatch may.
    #expect(try scheduled(text, inPlace: ["exp", "add"]).module.counts.inPlaceReuses == 1)
  }

  @Test func memoryIsTakenOverThroughReshapes() throws {
    let text = """
      func.func public @main(%x: tensor<?x?x3xf32>) -> tensor<?x?x3xf32> {
        %c0 = arith.constant 0 : index
        %c1 = arith.constant 1 : index
        %c3 = arith.constant 3 : index
        %n = tensor.dim %x, %c0 : tensor<?x?x3xf32>
        %m = tensor.dim %x, %c1 : tensor<?x?x3xf32>
        %a = "flow.dispatch"(%m, %n, %x) {executable = @relu, flow.result_dims = array<i64: 1, 0>} : (index, index, tensor<?x?x3xf32>) -> tensor<?x?x3xf32>
        %f = tensor.collapse_shape %a [[0, 1, 2]] : tensor<?x?x3xf32> into tensor<?xf32>
        %k = arith.muli %m, %c3 overflow<nsw> : index
        %s = arith.muli %k, %n overflow<nsw> : index
        %b = "flow.dispatch"(%s, %f) {executable = @exp, flow.result_dims = array<i64: 0>} : (index, tensor<?xf32>) -> tensor<?xf32>
        %y = tensor.expand_shape %b [[0, 1, 2]] output_shape [%n, %m, 3] : tensor<?xf32> into tensor<?x?x3xf32>
        return %y : tensor<?x?x3xf32>
      }
      """
    #expect(try scheduled(text, inPlace: ["exp"]).module.counts.inPlaceReuses == 1)
  }

  @Test func argumentsAndConstantsAreCopiedOut() throws {
    let store = ConstantStore()
    store.set("w", .owned([1, 0, 0, 0, 0, 0, 0, 0]))
    let (module, description) = try scheduled(
      """
      ml_program.global private @w(#ml_program.extern : tensor<1xi64>) : tensor<1xi64>
      func.func public @main(%x: tensor<1xi64>) -> (tensor<1xi64>, tensor<1xi64>, tensor<2xi32>, tensor<1xi64>, tensor<1xi64>) {
        %w = ml_program.global_load_const @w : tensor<1xi64>
        %c = arith.constant dense<[7, 8]> : tensor<2xi32>
        %d = "flow.dispatch"(%x) {executable = @first} : (tensor<1xi64>) -> tensor<1xi64>
        return %x, %w, %c, %d, %d : tensor<1xi64>, tensor<1xi64>, tensor<2xi32>, tensor<1xi64>, tensor<1xi64>
      }
      """, constants: store)
    #expect(module.counts.copies == 4)
    #expect(module.constants.map(\.byteCount) == [8, 8])
    var simulator = try SchedulingSimulator(description, constants: module.constants.map { try $0.withBytes { Array($0) } })
    let results = try simulator.call("main", [([5, 0, 0, 0, 0, 0, 0, 0], [1])]).map(\.bytes)
    #expect(results[0] == [5, 0, 0, 0, 0, 0, 0, 0] && results[1] == [1, 0, 0, 0, 0, 0, 0, 0] && results[2] == [7, 0, 0, 0, 8, 0, 0, 0])
    #expect(results[3] == results[4])
  }

  @Test func f32ScalarsReachKernelsAsTheirBits() throws {
    let text = """
      func.func public @main(%a: f32) -> tensor<8xi8> {
        %d = "flow.dispatch"(%a) {executable = @scale} : (f32) -> tensor<8xi8>
        return %d : tensor<8xi8>
      }
      """
    let (_, description) = try scheduled(text)
    for value in [Float(1.5), -0.0, 3.4e38, Float(-1e-40 as Double), .leastNonzeroMagnitude, .infinity, -.infinity, 1e-38] {
      var simulator = SchedulingSimulator(description)
      let result = try simulator.call("main", [(withUnsafeBytes(of: value.bitPattern) { Array($0) }, [])])
      #expect(result[0].bytes == SchedulingSimulator.kernel("scale", [Int64(value.bitPattern)], [], result: 0, count: 8), "\(value)")
    }
  }

  @Test func sourceNamesReachTheSites() throws {
    let (module, _) = try scheduled(
      """
      func.func public @main(%x: tensor<4xf32>) -> tensor<4xf32> {
        %a = "flow.dispatch"(%x) {executable = @relu} : (tensor<4xf32>) -> tensor<4xf32> loc(fused["Conv_1", "Relu_2"])
        return %a : tensor<4xf32>
      }
      """)
    #expect(module.sites.map(\.sourceOperators) == [["Conv_1", "Relu_2"]])
  }

  @Test func unsupportedOperationsAreNamed() {
    let error = #expect(throws: Diagnostic.self) {
      try scheduled(
        """
        func.func public @main(%x: f32) -> f32 {
          %y = math.erf %x : f32 loc("Erf_7")
          return %y : f32
        }
        """)
    }
    #expect(error?.description == "error: 'math.erf' is not supported in the host program\n  at: Erf_7")
  }

  @Test func missingKernelIsACompilerBug() {
    let error = #expect(throws: Diagnostic.self) {
      try scheduled(
        """
        func.func public @main(%x: tensor<?xf32>) -> tensor<?xf32> {
          %y = "flow.dispatch"(%x) {executable = @relu} : (tensor<?xf32>) -> tensor<?xf32>
          return %y : tensor<?xf32>
        }
        """)
    }
    #expect(error?.category == .compilerBug)
    #expect(error?.message.contains("flow.result_dims") == true)
  }

  /// The arena of a model of thousands of dispatches stays small.
  @Test func deepModelsHaveASmallArena() throws {
    var body = "%v0 = \"flow.dispatch\"(%x) {executable = @first} : (tensor<1024xf32>) -> tensor<1024xf32>\n"
    let count = 3000
    for i in 1..<count {
      let other = i > 7 && i % 3 == 0 ? "%v\(i - 7)" : "%x"
      body +=
        "%v\(i) = \"flow.dispatch\"(%v\(i - 1), \(other)) {executable = @next} : (tensor<1024xf32>, tensor<1024xf32>) -> tensor<1024xf32>\n"
    }
    let text = "func.func public @main(%x: tensor<1024xf32>) -> tensor<1024xf32> {\n\(body)return %v\(count - 1) : tensor<1024xf32>\n}"
    #expect(try scheduled(text).module.counts.arenaBytes <= 10 * 4096)
  }
}
