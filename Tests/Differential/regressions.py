"""Programs that upstream's rewrites or ours once computed wrongly, with what is right. Each is one function @f; docs/Upstream.md tells what went wrong."""
import numpy as np


def case(name, text, inputs, wanted):
    return name, text, [np.asarray(i) for i in inputs], [np.asarray(w) for w in wanted]


def scalars(body, types, result):
    """A function on numbers: `%x0`, `%x1` ... are those of the inputs, `%r` is the result."""
    arguments = ", ".join(f"%a{i}: tensor<{t}>" for i, t in enumerate(types))
    loads = "".join(f"%x{i} = tensor.extract %a{i}[] : tensor<{t}>\n" for i, t in enumerate(types))
    return f"func.func @f({arguments}) -> tensor<{result}> {{\n{loads}{body}\n%o = tensor.from_elements %r : tensor<{result}>\nreturn %o : tensor<{result}>\n}}"


def body(line, type, result):
    """A function on a vector whose body has `line`, of `%x` to `%r`."""
    return f"""
func.func @f(%a: tensor<?x{type}>) -> tensor<?x{result}> {{
  %c0 = arith.constant 0 : index
  %n = tensor.dim %a, %c0 : tensor<?x{type}>
  %e = tensor.empty(%n) : tensor<?x{result}>
  %g = linalg.generic {{indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}}
    ins(%a : tensor<?x{type}>) outs(%e : tensor<?x{result}>) {{
  ^bb0(%x: {type}, %z: {result}):
    {line}
    linalg.yield %r : {result}
  }} -> tensor<?x{result}>
  return %g : tensor<?x{result}>
}}"""


def index_casts():
    for op, narrow, x, right in (("index_castui", "i8", 10000, 16), ("index_cast", "i8", 200, -56), ("index_castui", "i32", 2**32 + 5, 5), ("index_cast", "i32", 2**32 + 5, 5),
                                 ("index_cast", "i1", 3, -1), ("index_castui", "i16", -1, 65535)):
        lines = f"%1 = arith.{op} %x0 : i64 to index\n%2 = arith.{op} %1 : index to {narrow}\n%3 = arith.{op} %2 : {narrow} to index\n%r = arith.{op} %3 : index to i64"
        yield case(f"{op} through {narrow} and back", scalars(lines, ["i64"], "i64"), [np.int64(x)], [np.int64(right)])
        yield case(f"{op} through {narrow} and back, in a body", body(lines.replace("%x0", "%x"), "i64", "i64"), [np.array([x, 1])], [np.array([right, -1 if narrow == "i1" and op == "index_cast" else 1])])
    # a callee is simplified before it is inlined
    text = """
func.func private @narrow(%i: index) -> index {
  %1 = arith.index_cast %i : index to i8
  %2 = arith.index_cast %1 : i8 to index
  return %2 : index
}
""" + scalars("%i = arith.index_cast %x0 : i64 to index\n%j = func.call @narrow(%i) : (index) -> index\n%r = arith.index_cast %j : index to i64", ["i64"], "i64")
    yield case("index_cast through i8 and back, in a function that is inlined", text, [np.int64(200)], [np.int64(-56)])


LOOP = """
%s0 = arith.constant 0 : i64
%two = arith.constant 2 : i64
%w:3 = scf.while (%s = %s0) : (i64) -> (i64, i64, i64) {
  %go = arith.cmpi slt, %s, %x0 : i64
  %v = scf.if %go -> (i64) {
    %n = arith.addi %s, %two : i64
    scf.yield %n : i64
  } else {
    scf.yield %x1 : i64
  }
  scf.condition(%go) %v, %v, %s : i64, i64, i64
} do {
^bb0(%p: i64, %q: i64, %o: i64):
  scf.yield %q : i64
}
%r = arith.addi %w#2, %s0 : i64"""


def loops():
    for limit, other, right in ((1, 20, 2), (7, -3, 8)):
        yield case(f"a loop that forwards a value twice, to {limit}", scalars(LOOP, ["i64", "i64"], "i64"), [np.int64(limit), np.int64(other)], [np.int64(right)])
    # the lowering of a switch looks at 32 bits
    text = """%i = arith.index_cast %x0 : i64 to index
%r = scf.index_switch %i -> i64
case -1 {
  %a = arith.constant 1 : i64
  scf.yield %a : i64
}
case 2 {
  %b = arith.constant 2 : i64
  scf.yield %b : i64
}
default {
  %c = arith.constant 3 : i64
  scf.yield %c : i64
}"""
    for x, right in ((-1, 1), (2, 2), (2**32 + 2, 3), (2**63 - 1, 3), (2**32 - 1, 3)):
        yield case(f"a switch on {x}", scalars(text, ["i64"], "i64"), [np.int64(x)], [np.int64(right)])


def slices():
    x, y = np.arange(4, dtype=np.float32).reshape(1, 2, 2) + 1, np.zeros((1, 4, 1, 4), np.float32)
    inserted = y.copy()
    inserted[0, :2, 0, :2] = x[0]
    yield case("a slice that lacks a dimension, into sizes that become known", """
func.func @f(%c: tensor<1x2x2xf32>, %d: tensor<1x4x1x4xf32>) -> tensor<1x4x1x4xf32> {
  %k = arith.constant 2 : index
  %s = tensor.cast %c : tensor<1x2x2xf32> to tensor<1x?x?xf32>
  %r = tensor.insert_slice %s into %d[0, 0, 0, 0] [1, %k, 1, %k] [1, 1, 1, 1] : tensor<1x?x?xf32> into tensor<1x4x1x4xf32>
  return %r : tensor<1x4x1x4xf32>
}""", [x, y], [inserted])
    z = np.arange(8, dtype=np.float32).reshape(1, 1, 8, 1)
    yield case("a slice of a size that becomes known, without two dimensions", """
func.func @f(%x: tensor<1x1x8x1xf32>) -> tensor<1x?xf32> {
  %c4 = arith.constant 4 : index
  %r = tensor.extract_slice %x[0, 0, 0, 0] [1, 1, %c4, 1] [1, 1, 1, 1] : tensor<1x1x8x1xf32> to tensor<1x?xf32>
  return %r : tensor<1x?xf32>
}""", [z], [z[0, 0, :4].T])
    w = np.arange(6, dtype=np.float32).reshape(1, 2, 3)
    for kept, at, right in (("?x?", "[1, %m, %n]", w[0]), ("1x?", "[1, 1, %n]", w[:, 0]), ("?", "[1, 1, %n]", w[0, 0]), ("1x?", "[1, 1, %c2]", w[:, 0, :2])):
        yield case(f"a slice {at} of 1x?x? to {kept}", f"""
func.func @f(%x: tensor<1x?x?xf32>) -> tensor<{kept}xf32> {{
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %m = tensor.dim %x, %c1 : tensor<1x?x?xf32>
  %n = tensor.dim %x, %c2 : tensor<1x?x?xf32>
  %r = tensor.extract_slice %x[0, 0, 0] {at} [1, 1, 1] : tensor<1x?x?xf32> to tensor<{kept}xf32>
  return %r : tensor<{kept}xf32>
}}""", [w], [right])


def origin():
    """The angle of the origin, whose coordinates are known."""
    for type, numpy_type in (("f32", np.float32), ("f64", np.float64)):
        for y in (0.0, -0.0):
            for x in (0.0, -0.0):
                text = f"%y = arith.constant {y} : {type}\n%x = arith.constant {x} : {type}\n%r = math.atan2 %y, %x : {type}"
                yield case(f"atan2 of {y} and {x} of {type}", scalars(text, [], type), [], [np.arctan2(numpy_type(y), numpy_type(x))])


def unpacks():
    x = np.arange(30 * 32, dtype=np.float32).reshape(30, 2, 16)
    for rows, columns in ((28, 32), (30, 20), (28, 20)):
        yield case(f"{rows} x {columns} of what is unpacked in its columns", f"""
func.func @f(%x: tensor<30x2x16xf32>) -> tensor<{rows}x{columns}xf32> {{
  %d = tensor.empty() : tensor<30x32xf32>
  %u = linalg.unpack %x inner_dims_pos = [1] inner_tiles = [16] into %d : tensor<30x2x16xf32> -> tensor<30x32xf32>
  %r = tensor.extract_slice %u[0, 0] [{rows}, {columns}] [1, 1] : tensor<30x32xf32> to tensor<{rows}x{columns}xf32>
  return %r : tensor<{rows}x{columns}xf32>
}}""", [x], [x.reshape(30, 32)[:rows, :columns]])


def tosa():
    """Of constants: what TOSA's folds make of them."""
    def constant(name, type, value, shape="2"):
        return f'%{name} = "tosa.const"() <{{values = dense<{value}> : tensor<{shape}x{type}>}}> : () -> tensor<{shape}x{type}>\n'

    def function(lines, type, argument=""):
        return f"func.func @f({argument}) -> tensor<2x{type}> {{\n{lines}return %r : tensor<2x{type}>\n}}"

    for t, numpy_type in (("f16", np.float16), ("f32", np.float32), ("f64", np.float64)):
        yield case(f"true as {t}", function(constant("a", "i1", "true") + f"%r = tosa.cast %a : (tensor<2xi1>) -> tensor<2x{t}>\n", t), [], [np.ones(2, numpy_type)])
    yield case("true as i32", function(constant("a", "i1", "true") + "%r = tosa.cast %a : (tensor<2xi1>) -> tensor<2xi32>\n", "i32"), [], [np.ones(2, np.int32)])
    yield case("0.5 as a truth value", function(constant("a", "f32", "0.5") + "%r = tosa.cast %a : (tensor<2xf32>) -> tensor<2xi1>\n", "i1"), [], [np.ones(2, bool)])
    yield case("a comparison of constants, as a float, added", function(
        constant("a", "i32", "1") + constant("z", "i32", "0") + "%g = tosa.greater %a, %z : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi1>\n"
        "%c = tosa.cast %g : (tensor<2xi1>) -> tensor<2xf32>\n%r = tosa.add %x, %c : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>\n", "f32", "%x: tensor<2xf32>"),
        [np.array([1, 2], np.float32)], [np.array([2, 3], np.float32)])
    zero = '%s = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>\n'
    yield case("NaN and infinity times a constant 0", function(
        constant("z", "f32", "0.0") + zero + "%r = tosa.mul %x, %z, %s : (tensor<2xf32>, tensor<2xf32>, tensor<1xi8>) -> tensor<2xf32>\n", "f32", "%x: tensor<2xf32>"),
        [np.array([np.nan, np.inf], np.float32)], [np.array([np.nan, np.nan], np.float32)])
    yield case("-0.0 plus a constant 0", function(
        constant("z", "f32", "0.0") + "%r = tosa.add %x, %z : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>\n", "f32", "%x: tensor<2xf32>"),
        [np.array([-0.0, 1], np.float32)], [np.array([0.0, 1], np.float32)])
    yield case("exp of log of a negative number", function(
        "%l = tosa.log %x : (tensor<2xf32>) -> tensor<2xf32>\n%r = tosa.exp %l : (tensor<2xf32>) -> tensor<2xf32>\n", "f32", "%x: tensor<2xf32>"),
        [np.array([-1, 1], np.float32)], [np.array([np.nan, 1], np.float32)])


def divisions():
    """Strict math divides by a number that the kernel is given, as it does by one in the text."""
    x, d = np.linspace(1, 50, 64, dtype=np.float32), np.float32(7.78)
    yield case("a division of all elements by one number", """
func.func @f(%x: tensor<64xf32>, %d: tensor<f32>) -> tensor<64xf32> {
  %e = tensor.empty() : tensor<64xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
    ins(%x, %d : tensor<64xf32>, tensor<f32>) outs(%e : tensor<64xf32>) {
  ^bb0(%a: f32, %b: f32, %z: f32):
    %q = arith.divf %a, %b : f32
    linalg.yield %q : f32
  } -> tensor<64xf32>
  return %r : tensor<64xf32>
}""", [x, d], [x / d])


CASES = [*divisions(), *index_casts(), *loops(), *slices(), *origin(), *unpacks(), *tosa()]


def count():
    return len(CASES)


def encoded(array):
    name = {"float32": "f32", "float64": "f64", "float16": "f16", "int64": "i64", "int32": "i32", "bool": "bool"}[array.dtype.name]
    return f"{name}:{'x'.join(map(str, array.shape))}:{array.tobytes().hex()}"


def agrees(text, wanted):
    name, sizes, data = text.split(":")
    if tuple(int(n) for n in sizes.split("x") if n) != wanted.shape:
        return False
    got = np.frombuffer(bytes.fromhex(data), wanted.dtype).reshape(wanted.shape)
    if wanted.dtype.kind != "f":
        return np.array_equal(got, wanted)
    return bool(np.array_equal(got, wanted, equal_nan=True) and np.array_equal(np.signbit(got)[~np.isnan(got)], np.signbit(wanted)[~np.isnan(wanted)]))


def run(driver):
    """Returns what is wrong, a line for each case."""
    failures = []
    for name, text, inputs, wanted in CASES:
        driver.path.with_name(driver.path.name + ".calls").write_text("f " + " ".join(map(encoded, inputs)) + "\n")
        answer = driver.ask(driver.command, text.encode())
        outputs = answer[3:].split(" ") if answer.startswith("ok ") else []
        if len(outputs) != len(wanted) or ":" not in outputs[0] or not all(map(agrees, outputs, wanted)):
            failures.append(f"{name}: {answer[:200]}, not {' '.join(map(encoded, wanted))}")
    return failures
