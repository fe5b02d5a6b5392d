import TesseraDiagnostics
import TesseraKernels
import TesseraMLIR

/// The kernels of the roof, as vector code that is written down here.
struct RoofText {
  let target: CPUTarget
  /// Lanes of f32 in a vector.
  private let width: Int
  /// Vectors that are added to at the same time: many more than the two or three cycles that an addition takes need.
  private let accumulators: Int

  init(_ target: CPUTarget) {
    self.target = target
    width = target.vectorByteCount / 4
    // An FMA takes 4 cycles and two begin in each: at least 8. The operands and a spare register stay beside them.
    accumulators = target.vectorRegisterCount >= 32 ? 24 : 12
  }

  /// Elements of `x` that a pass handles at a time, for every vector width.
  private static let block = 512

  /// A kernel as text.
  private struct Kernel {
    var name: String
    var bindingCount: Int
    var resultCount: Int
    var constantCount: Int
    var text: String
  }

  /// Compiles all of them.
  func compiled() throws(Diagnostic) -> RoofKernels {
    var compiled: [CompiledKernel] = []
    for kernel in [fma, read("read", streams: 1), read("read4", streams: 4), copy] {
      let module: Module
      do throws(MLIRError) { module = try Module(parsing: kernel.text, Context()) } catch {
        throw Diagnostic(.compilerBug, id: "roofKernel", "the kernel '\(kernel.name)' does not parse: \(error)")
      }
      try lowerKernels(module, for: target)
      let info = KernelInfo(
        symbol: kernel.name, name: kernel.name, bindingCount: kernel.bindingCount, resultCount: kernel.resultCount,
        constantCount: kernel.constantCount, scratch: 0, grid: [GridTerm(extent: .scalar(0), tile: 1)], inPlace: [], sourceOperators: [],
        flops: 0, bytes: 0)
      compiled.append(CompiledKernel(info: info, configuration: "", object: try emitObject(module: module, target: target).object))
    }
    return RoofKernels(kernels: compiled, flops: 2 * width * accumulators)
  }

  private var vector: String { "vector<\(width)xf32>" }

  /// A function with the ABI of kernels; `body` ends without returning.
  private func function(_ name: String, _ body: [String]) -> String {
    "func.func @\(name)(%bindings: !llvm.ptr, %constants: !llvm.ptr, %group: !llvm.ptr, %scratch: !llvm.ptr) -> i32 {\n"
      + body.map { "  \($0)\n" }.joined() + "  %status = arith.constant 0 : i32\n  return %status : i32\n}\n"
  }

  /// Loads 64-bit constant `i` as an index.
  private func constant(_ name: String, _ i: Int) -> [String] {
    [
      "%\(name)_p = llvm.getelementptr %constants[\(i)] : (!llvm.ptr) -> !llvm.ptr, i64",
      "%\(name)_i = llvm.load %\(name)_p : !llvm.ptr -> i64",
      "%\(name) = arith.index_cast %\(name)_i : i64 to index",
    ]
  }

  /// Loads the pointer of binding `i`.
  private func binding(_ name: String, _ i: Int) -> [String] {
    [
      "%\(name)_p = llvm.getelementptr %bindings[\(i)] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr",
      "%\(name) = llvm.load %\(name)_p : !llvm.ptr -> !llvm.ptr",
    ]
  }

  /// The number of the workgroup, and how many there are.
  private var workgroup: [String] {
    [
      "%id_32 = llvm.load %group : !llvm.ptr -> i32", "%id = arith.index_castui %id_32 : i32 to index",
      "%count_p = llvm.getelementptr %group[1] : (!llvm.ptr) -> !llvm.ptr, i32", "%count_32 = llvm.load %count_p : !llvm.ptr -> i32",
      "%count = arith.index_castui %count_32 : i32 to index",
    ]
  }

  private let numbers = ["%c0 = arith.constant 0 : index", "%c1 = arith.constant 1 : index"]

  /// Adds up the vectors `%name0`, `%name1` ... in pairs of neighbours, so that all are needed, and stores the sum in the workgroup's row of `%out`.
  private func storeSum(_ name: String, _ count: Int) -> [String] {
    var lines: [String] = []
    var last = "%\(name)#0"
    for i in 1..<count {
      lines.append("%sum\(i) = arith.addf \(last), %\(name)#\(i) : \(vector)")
      last = "%sum\(i)"
    }
    return lines + [
      "%row_length = arith.constant 16 : index", "%row = arith.muli %id, %row_length : index",
      "%row_i = arith.index_cast %row : index to i64",
      "%row_p = llvm.getelementptr %out[%row_i] : (!llvm.ptr, i64) -> !llvm.ptr, f32",
      "llvm.store \(last), %row_p {alignment = 4 : i64} : \(vector), !llvm.ptr",
    ]
  }

  /// Independent multiply-adds whose operands never leave the registers.
  private var fma: Kernel {
    let list = { (name: String) in (0..<accumulators).map { "\(name)\($0)" }.joined(separator: ", ") }
    let types = Array(repeating: vector, count: accumulators).joined(separator: ", ")
    var body = numbers + constant("repetitions", 1) + binding("out", 0) + workgroup
    body += ["%x = arith.constant dense<0.9999999> : \(vector)", "%y = arith.constant dense<1.0e-9> : \(vector)"]
    body += (0..<accumulators).map { "%start\($0) = arith.constant dense<\($0).5> : \(vector)" }
    let arguments = (0..<accumulators).map { "%a\($0) = %start\($0)" }.joined(separator: ", ")
    body.append("%a:\(accumulators) = scf.for %i = %c0 to %repetitions step %c1 iter_args(\(arguments)) -> (\(types)) {")
    for i in 0..<accumulators {
      if target.hasFMA {
        body.append("  %f\(i) = math.fma %a\(i), %x, %y : \(vector)")
      } else {
        body += ["  %m\(i) = arith.mulf %a\(i), %x : \(vector)", "  %f\(i) = arith.addf %m\(i), %y : \(vector)"]
      }
    }
    body += ["  scf.yield \(list("%f")) : \(types)", "}"] + storeSum("a", accumulators)
    return Kernel(name: "roof_fma", bindingCount: 1, resultCount: 1, constantCount: 2, text: function("roof_fma", body))
  }

  /// The part of `%x`, from element `%start`, of `%length` elements, that belongs to the workgroup: whole blocks in each of `streams` streams.
  private func part(streams: Int) -> [String] {
    [
      "%block = arith.constant \(Self.block) : index", "%share = arith.divui %n, %count : index",
      "%blocks = arith.divui %share, %block : index",
      "%length = arith.muli %blocks, %block : index", "%start = arith.muli %id, %length : index",
      "%streams = arith.constant \(streams) : index", "%stream = arith.divui %length, %streams : index",
    ]
  }

  /// Reads the workgroup's part again and again, in one stream or in several that the prefetchers follow by themselves.
  private func read(_ name: String, streams: Int) -> Kernel {
    let count = 8
    let types = Array(repeating: vector, count: count).joined(separator: ", ")
    let perStream = count / streams
    var body = numbers + constant("passes", 1) + constant("n", 2) + binding("x", 0) + binding("out", 1) + workgroup + part(streams: streams)
    body += [
      "%step = arith.constant \(perStream * width) : index", "%zero = arith.constant dense<0.0> : \(vector)",
      "%a:\(count) = scf.for %p = %c0 to %passes step %c1 iter_args(\((0..<count).map { "%o\($0) = %zero" }.joined(separator: ", "))) -> (\(types)) {",
      "  %b:\(count) = scf.for %i = %c0 to %stream step %step iter_args(\((0..<count).map { "%v\($0) = %o\($0)" }.joined(separator: ", "))) -> (\(types)) {",
      "    %first = arith.addi %start, %i : index",
    ]
    for s in 0..<streams {
      body += [
        "    %s\(s) = arith.constant \(s) : index", "    %offset\(s) = arith.muli %stream, %s\(s) : index",
        "    %base\(s) = arith.addi %first, %offset\(s) : index", "    %base_i\(s) = arith.index_cast %base\(s) : index to i64",
        "    %base_p\(s) = llvm.getelementptr %x[%base_i\(s)] : (!llvm.ptr, i64) -> !llvm.ptr, f32",
      ]
      for k in 0..<perStream {
        let v = s * perStream + k
        body += [
          "    %q\(v) = llvm.getelementptr %base_p\(s)[\(k * width)] : (!llvm.ptr) -> !llvm.ptr, f32",
          "    %l\(v) = llvm.load %q\(v) {alignment = 4 : i64} : !llvm.ptr -> \(vector)",
          "    %w\(v) = arith.addf %v\(v), %l\(v) : \(vector)",
        ]
      }
    }
    body += ["    scf.yield \((0..<count).map { "%w\($0)" }.joined(separator: ", ")) : \(types)", "  }"]
    body += ["  scf.yield \((0..<count).map { "%b#\($0)" }.joined(separator: ", ")) : \(types)", "}"] + storeSum("a", count)
    return Kernel(name: "roof_\(name)", bindingCount: 2, resultCount: 1, constantCount: 3, text: function("roof_\(name)", body))
  }

  /// Copies the workgroup's part again and again.
  private var copy: Kernel {
    var body = numbers + constant("passes", 1) + constant("n", 2) + binding("x", 0) + binding("out", 1) + workgroup + part(streams: 1)
    body += [
      "%step = arith.constant \(4 * width) : index", "scf.for %p = %c0 to %passes step %c1 {", "  scf.for %i = %c0 to %length step %step {",
      "    %first = arith.addi %start, %i : index", "    %first_i = arith.index_cast %first : index to i64",
      "    %from = llvm.getelementptr %x[%first_i] : (!llvm.ptr, i64) -> !llvm.ptr, f32",
      "    %to = llvm.getelementptr %out[%first_i] : (!llvm.ptr, i64) -> !llvm.ptr, f32",
    ]
    for k in 0..<4 {
      body += [
        "    %f\(k) = llvm.getelementptr %from[\(k * width)] : (!llvm.ptr) -> !llvm.ptr, f32",
        "    %t\(k) = llvm.getelementptr %to[\(k * width)] : (!llvm.ptr) -> !llvm.ptr, f32",
        "    %v\(k) = llvm.load %f\(k) {alignment = 4 : i64} : !llvm.ptr -> \(vector)",
        "    llvm.store %v\(k), %t\(k) {alignment = 4 : i64} : \(vector), !llvm.ptr",
      ]
    }
    body += ["  }", "}"]
    return Kernel(name: "roof_copy", bindingCount: 2, resultCount: 1, constantCount: 3, text: function("roof_copy", body))
  }
}
