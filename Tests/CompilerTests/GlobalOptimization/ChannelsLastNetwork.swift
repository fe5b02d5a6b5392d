/// Writes small networks as the input phase would leave them, with a dynamic batch and constant weights.
struct NetworkText {
  /// A tensor: its name and its sizes; 0 is the dynamic batch.
  struct Tensor {
    var name: String
    var shape: [Int]
    var type: String { NetworkText.type(shape) }
  }

  private(set) var lines: [String] = []
  private var count = 0
  private var seed: UInt32 = 1

  static func type(_ shape: [Int]) -> String { "tensor<" + shape.map { ($0 == 0 ? "?" : String($0)) + "x" }.joined() + "f32>" }

  /// The module: `body` makes the result of `input`.
  static func module(input shape: [Int], _ body: (inout NetworkText, Tensor) -> Tensor) -> String {
    var network = NetworkText()
    let result = body(&network, Tensor(name: "%x", shape: shape))
    return """
      func.func @network(%x: \(type(shape))) -> \(result.type) attributes {llvm.emit_c_interface} {
        %c0 = arith.constant 0 : index
        %n = tensor.dim %x, %c0 : \(type(shape))
        %zero = arith.constant 0.0 : f32
      \(network.lines.contains { $0.contains("%low") } ? "%low = arith.constant 0xFF800000 : f32" : "")
      \(network.lines.joined(separator: "\n"))
        return \(result.name) : \(result.type)
      }
      """
  }

  /// A fill of `empty`, which is a generic after the input phase.
  static func fill(_ name: String, _ scalar: String, _ empty: Tensor) -> String {
    let loops = empty.shape.indices.map { "d\($0)" }.joined(separator: ", ")
    let kinds = empty.shape.map { _ in "\"parallel\"" }.joined(separator: ", ")
    let maps = "[affine_map<(\(loops)) -> ()>, affine_map<(\(loops)) -> (\(loops))>]"
    return "\(name) = linalg.generic {indexing_maps = \(maps), iterator_types = [\(kinds)]} ins(\(scalar) : f32) "
      + "outs(\(empty.name) : \(empty.type)) { ^bb0(%in: f32, %out: f32): linalg.yield %in : f32 } -> \(empty.type)"
  }

  mutating func append(_ line: String) { lines.append(line) }

  private mutating func fresh() -> String {
    count += 1
    return "%v\(count)"
  }

  /// A constant with small pseudo-random values.
  mutating func weights(_ shape: [Int]) -> Tensor {
    let name = fresh()
    var bytes = ""
    for _ in 0..<shape.reduce(1, *) {
      seed = seed &* 1_664_525 &+ 1_013_904_223
      let bits = ((Float(seed >> 16) / 65536 - 0.5) * 0.5).bitPattern
      for shift in [0, 8, 16, 24] { bytes += String((bits >> UInt32(shift) & 255) + 256, radix: 16).dropFirst() }
    }
    lines.append("\(name) = arith.constant dense<\"0x\(bytes)\"> : \(Self.type(shape))")
    return Tensor(name: name, shape: shape)
  }

  private mutating func empty(_ shape: [Int]) -> Tensor {
    let name = fresh()
    lines.append("\(name) = tensor.empty(\(shape.contains(0) ? "%n" : "")) : \(Self.type(shape))")
    return Tensor(name: name, shape: shape)
  }

  mutating func filled(_ shape: [Int], _ scalar: String = "%zero") -> Tensor {
    let empty = empty(shape), name = fresh()
    lines.append(Self.fill(name, scalar, empty))
    return Tensor(name: name, shape: shape)
  }

  /// A generic; the body's arguments are %a, %b ..., the last one the output's.
  mutating func generic(_ inputs: [Tensor], _ output: Tensor, dims: String, maps: [String], reductions: Int = 0, _ body: String) -> Tensor {
    let name = fresh(), loops = dims.split(separator: ",").count
    let iterators = (0..<loops).map { $0 < loops - reductions ? "\"parallel\"" : "\"reduction\"" }.joined(separator: ", ")
    let ins = inputs.isEmpty ? "" : "ins(\(inputs.map(\.name).joined(separator: ", ")) : \(inputs.map(\.type).joined(separator: ", ")))"
    let arguments = (0...inputs.count).map { "%\(["a", "b", "c", "d"][$0]): f32" }.joined(separator: ", ")
    lines.append(
      """
      \(name) = linalg.generic {indexing_maps = [\(maps.map { "affine_map<(\(dims)) -> (\($0))>" }.joined(separator: ", "))], iterator_types = [\(iterators)]}
        \(ins) outs(\(output.name) : \(output.type)) {
        ^bb0(\(arguments)):
          \(body)
        } -> \(output.type)
      """)
    return Tensor(name: name, shape: output.shape)
  }

  // MARK: operators

  mutating func pad(_ x: Tensor, _ p: Int) -> Tensor {
    let s = x.shape
    let output = empty([s[0], s[1], s[2] + 2 * p, s[3] + 2 * p])
    return generic(
      [], output, dims: "n, c, y, x", maps: ["n, c, y, x"],
      """
      %i0 = linalg.index 0 : index
          %i1 = linalg.index 1 : index
          %i2 = linalg.index 2 : index
          %i3 = linalg.index 3 : index
          %p = arith.constant \(p) : index
          %h = arith.constant \(s[2]) : index
          %w = arith.constant \(s[3]) : index
          %y = arith.subi %i2, %p : index
          %z = arith.subi %i3, %p : index
          %in0 = arith.cmpi ult, %y, %h : index
          %in1 = arith.cmpi ult, %z, %w : index
          %in = arith.andi %in0, %in1 : i1
          %r = scf.if %in -> (f32) {
            %e = tensor.extract \(x.name)[%i0, %i1, %y, %z] : \(x.type)
            scf.yield %e : f32
          } else {
            scf.yield %zero : f32
          }
          linalg.yield %r : f32
      """)
  }

  mutating func convolution(_ x: Tensor, features f: Int, kernel k: Int, stride: Int = 1, dilation: Int = 1) -> Tensor {
    let s = x.shape, w = weights([f, s[1], k, k]), size = { ($0 - dilation * (k - 1) - 1) / stride + 1 }
    let initial = filled([s[0], f, size(s[2]), size(s[3])])
    return generic(
      [x, w], initial, dims: "n, f, y, x, c, i, j",
      maps: ["n, c, y * \(stride) + i * \(dilation), x * \(stride) + j * \(dilation)", "f, c, i, j", "n, f, y, x"], reductions: 3,
      "%m = arith.mulf %a, %b : f32\n    %s = arith.addf %m, %c : f32\n    linalg.yield %s : f32")
  }

  /// A convolution by groups: the input's and the output's channels are split by reshapes.
  mutating func grouped(_ x: Tensor, groups g: Int, features f: Int, kernel k: Int) -> Tensor {
    let s = x.shape, w = weights([g, f / g, s[1] / g, k, k]), split = fresh(), joined = fresh()
    let inner = [s[0], g, s[1] / g, s[2], s[3]], outer = [s[0], g, f / g, s[2] - k + 1, s[3] - k + 1],
      final = [s[0], f, outer[3], outer[4]]
    let shape = inner.map { $0 == 0 ? "%n" : String($0) }.joined(separator: ", ")
    lines.append(
      "\(split) = tensor.expand_shape \(x.name) [[0], [1, 2], [3], [4]] output_shape [\(shape)] : \(x.type) into \(Self.type(inner))")
    let y = generic(
      [Tensor(name: split, shape: inner), w], filled(outer), dims: "n, g, f, y, x, c, i, j",
      maps: ["n, g, c, y + i, x + j", "g, f, c, i, j", "n, g, f, y, x"], reductions: 3,
      "%m = arith.mulf %a, %b : f32\n    %s = arith.addf %m, %c : f32\n    linalg.yield %s : f32")
    lines.append("\(joined) = tensor.collapse_shape \(y.name) [[0], [1, 2], [3], [4]] : \(y.type) into \(Self.type(final))")
    return Tensor(name: joined, shape: final)
  }

  mutating func depthwise(_ x: Tensor, kernel k: Int, stride: Int = 1) -> Tensor {
    let s = x.shape, w = weights([s[1], k, k])
    let initial = filled([s[0], s[1], (s[2] - k) / stride + 1, (s[3] - k) / stride + 1])
    return generic(
      [x, w], initial, dims: "n, c, y, x, i, j", maps: ["n, c, y * \(stride) + i, x * \(stride) + j", "c, i, j", "n, c, y, x"],
      reductions: 2,
      "%m = arith.mulf %a, %b : f32\n    %s = arith.addf %m, %c : f32\n    linalg.yield %s : f32")
  }

  mutating func maxPool(_ x: Tensor, kernel k: Int, stride: Int) -> Tensor {
    let s = x.shape, window = empty([k, k])
    let initial = filled([s[0], s[1], (s[2] - k) / stride + 1, (s[3] - k) / stride + 1], "%low")
    return generic(
      [x, window], initial, dims: "n, c, y, x, i, j", maps: ["n, c, y * \(stride) + i, x * \(stride) + j", "i, j", "n, c, y, x"],
      reductions: 2,
      "%s = arith.maximumf %a, %c : f32\n    linalg.yield %s : f32")
  }

  /// relu(x + bias)
  mutating func biasRelu(_ x: Tensor) -> Tensor {
    let b = weights([x.shape[1]])
    return generic(
      [x, b], empty(x.shape), dims: "n, c, y, x", maps: ["n, c, y, x", "c", "n, c, y, x"],
      "%s = arith.addf %a, %b : f32\n    %r = arith.maximumf %s, %zero : f32\n    linalg.yield %r : f32")
  }

  mutating func add(_ x: Tensor, _ y: Tensor) -> Tensor {
    generic(
      [x, y], empty(x.shape), dims: "n, c, y, x", maps: ["n, c, y, x", "n, c, y, x", "n, c, y, x"],
      "%s = arith.addf %a, %b : f32\n    linalg.yield %s : f32")
  }

  /// Concatenation along the channels.
  mutating func concatenate(_ x: Tensor, _ y: Tensor) -> Tensor {
    var shape = x.shape
    shape[1] += y.shape[1]
    return generic(
      [], empty(shape), dims: "n, c, y, x", maps: ["n, c, y, x"],
      """
      %i0 = linalg.index 0 : index
          %i1 = linalg.index 1 : index
          %i2 = linalg.index 2 : index
          %i3 = linalg.index 3 : index
          %k = arith.constant \(x.shape[1]) : index
          %in = arith.cmpi ult, %i1, %k : index
          %r = scf.if %in -> (f32) {
            %e = tensor.extract \(x.name)[%i0, %i1, %i2, %i3] : \(x.type)
            scf.yield %e : f32
          } else {
            %o = arith.subi %i1, %k : index
            %e = tensor.extract \(y.name)[%i0, %o, %i2, %i3] : \(y.type)
            scf.yield %e : f32
          }
          linalg.yield %r : f32
      """)
  }

  /// The mean over the positions, as [n, c, 1, 1] that is then flattened.
  mutating func globalAverage(_ x: Tensor) -> Tensor {
    let s = x.shape, expanded = fresh(), flat = fresh(), scale = fresh()
    let sum = generic(
      [x], filled([s[0], s[1]]), dims: "n, c, y, x", maps: ["n, c, y, x", "n, c"], reductions: 2,
      "%s = arith.addf %a, %b : f32\n    linalg.yield %s : f32")
    lines.append("\(scale) = arith.constant \(1 / Double(s[2] * s[3])) : f32")
    lines.append(
      "\(expanded) = tensor.expand_shape \(sum.name) [[0], [1, 2, 3]] output_shape [%n, \(s[1]), 1, 1] : \(sum.type) into \(Self.type([0, s[1], 1, 1]))"
    )
    let mean = generic(
      [Tensor(name: expanded, shape: [s[0], s[1], 1, 1])], empty([s[0], s[1], 1, 1]), dims: "n, c, y, x",
      maps: ["n, c, 0, 0", "n, c, y, x"],
      "%s = arith.mulf %a, \(scale) : f32\n    linalg.yield %s : f32")
    lines.append("\(flat) = tensor.collapse_shape \(mean.name) [[0], [1, 2, 3]] : \(mean.type) into \(sum.type)")
    return Tensor(name: flat, shape: sum.shape)
  }

  mutating func dense(_ x: Tensor, _ features: Int) -> Tensor {
    let w = weights([x.shape[1], features])
    return generic(
      [x, w], filled([x.shape[0], features]), dims: "m, n, k", maps: ["m, k", "k, n", "m, n"], reductions: 1,
      "%m = arith.mulf %a, %b : f32\n    %s = arith.addf %m, %c : f32\n    linalg.yield %s : f32")
  }

  mutating func transpose(_ x: Tensor, _ permutation: [Int]) -> Tensor {
    let names = ["p", "q", "r", "s", "t"].prefix(x.shape.count)
    let inverse = permutation.indices.map { i in names[permutation.firstIndex(of: i)!] }
    return generic(
      [x], empty(permutation.map { x.shape[$0] }), dims: names.joined(separator: ", "),
      maps: [inverse.joined(separator: ", "), names.joined(separator: ", ")], "linalg.yield %a : f32")
  }
}

extension NetworkText {
  /// A transposed convolution whose window is its stride: a contraction that interleaves its results.
  mutating func upsample(_ x: Tensor, features f: Int, by k: Int) -> Tensor {
    let s = x.shape, w = weights([s[1], f, k, k])
    let parts = generic(
      [x, w], filled([s[0], f, s[2], k, s[3], k]), dims: "n, f, y, i, x, j, c", maps: ["n, c, y, x", "c, f, i, j", "n, f, y, i, x, j"],
      reductions: 1,
      "%m = arith.mulf %a, %b : f32\n    %s = arith.addf %m, %c : f32\n    linalg.yield %s : f32")
    return collapse(parts, "[[0], [1], [2, 3], [4, 5]]", [s[0], f, s[2] * k, s[3] * k])
  }

  /// A reshape to fewer dimensions.
  mutating func collapse(_ x: Tensor, _ groups: String, _ shape: [Int]) -> Tensor {
    let name = x.name + "c"
    append("\(name) = tensor.collapse_shape \(x.name) \(groups) : \(x.type) into \(Self.type(shape))")
    return Tensor(name: name, shape: shape)
  }
}

extension NetworkText {
  /// x less the mean of its group, by way of [n, groups, everything else] as exporters write it.
  mutating func centredByGroup(_ x: Tensor, groups: Int) -> Tensor {
    let s = x.shape, rest = s[1] / groups * s[2] * s[3]
    let flat = collapse(x, "[[0], [1, 2, 3]]", [s[0], s[1] * s[2] * s[3]])
    let grouped = expand(flat, "[[0], [1, 2]]", [s[0], groups, rest])
    let sum = generic(
      [grouped], filled([s[0], groups]), dims: "n, g, k", maps: ["n, g, k", "n, g"], reductions: 1,
      "%s = arith.addf %a, %b : f32\n    linalg.yield %s : f32")
    let centred = generic(
      [grouped, sum], tensor(like: grouped), dims: "n, g, k", maps: ["n, g, k", "n, g", "n, g, k"],
      "%r = arith.constant \(1 / Double(rest)) : f32\n    %m = arith.mulf %b, %r : f32\n    %d = arith.subf %a, %m : f32\n    linalg.yield %d : f32"
    )
    return expand(collapse(centred, "[[0], [1, 2]]", flat.shape), "[[0], [1, 2, 3]]", s)
  }

  private mutating func tensor(like x: Tensor) -> Tensor {
    append("\(x.name)e = tensor.empty(%n) : \(x.type)")
    return Tensor(name: x.name + "e", shape: x.shape)
  }

  /// A reshape to more dimensions.
  private mutating func expand(_ x: Tensor, _ groups: String, _ shape: [Int]) -> Tensor {
    let name = x.name + "x", sizes = shape.map { $0 == 0 ? "%n" : String($0) }.joined(separator: ", ")
    append("\(name) = tensor.expand_shape \(x.name) \(groups) output_shape [\(sizes)] : \(x.type) into \(Self.type(shape))")
    return Tensor(name: name, shape: shape)
  }
}
