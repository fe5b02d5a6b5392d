"""The dialects scf, cf, func, ml_program, index and shape."""
import numpy as np

from linalg_other import function
from program import Program, rng, values

K, D = "tensor<4xf32>", "tensor<?xf32>"
ADD = "linalg.add ins({0}, {1} : {2}, {2}) outs({1} : {2}) -> {2}"


def constants(*numbers):
    return [f"%c{n} = arith.constant {n} : index" for n in numbers]


def loops():
    x = values(rng("loop"), (4,), "f32")
    n = ("%n", "tensor<index>")
    read = ["%m = tensor.extract %n[] : tensor<index>"] + constants(0, 1)
    for k in (K, D):
        note = "static" if k == K else "dynamic"
        body = ["  %s = " + ADD.format("%w", "%a", k), f"  scf.yield %s : {k}", "}"]
        yield Program("scf.for", f"a tensor carried, {note}", function([("%a", k), n], read + [
            f"%r = scf.for %i = %c0 to %m step %c1 iter_args(%w = %a) -> ({k}) {{"] + body, [("%r", k)]), [x, np.int64(3)], [x * 4])
        yield Program("scf.for", f"a tensor and a number carried, {note}", function([("%a", k), n], read + ["%z = arith.constant 0.5 : f32",
            f"%r:2 = scf.for %i = %c0 to %m step %c1 iter_args(%w = %a, %q = %z) -> ({k}, f32) {{", f"  %e = linalg.fill ins(%q : f32) outs(%a : {k}) -> {k}",
            "  %s = " + ADD.format("%w", "%e", k), "  %t = arith.addf %q, %q : f32", f"  scf.yield %s, %t : {k}, f32", "}"], [("%r#0", k)]), [x, np.int64(3)], [x + 3.5])
        yield Program("scf.while", note, function([("%a", k), n], read + [
            f"%r:2 = scf.while (%w = %a, %i = %c0) : ({k}, index) -> ({k}, index) {{", "  %c = arith.cmpi slt, %i, %m : index", f"  scf.condition(%c) %w, %i : {k}, index",
            "} do {", f"^bb0(%v: {k}, %j: index):", "  %s = " + ADD.format("%v", "%a", k), "  %h = arith.addi %j, %c1 : index", f"  scf.yield %s, %h : {k}, index", "}"],
            [("%r#0", k)]), [x, np.int64(3)], [x * 4])
        for flag in (True, False):
            yield Program("scf.if", f"{note}, {str(flag).lower()}", function([("%a", k), ("%c", "tensor<i1>")], ["%p = tensor.extract %c[] : tensor<i1>",
                f"%r = scf.if %p -> ({k}) {{", "  %s = " + ADD.format("%a", "%a", k), f"  scf.yield %s : {k}", "} else {", f"  scf.yield %a : {k}", "}"], [("%r", k)]),
                [x, np.array(flag)], [x * 2 if flag else x])
        for which in (0, 1, 5):
            yield Program("scf.index_switch", f"{note}, {which}", function([("%a", k), n], read[:1] + [
                f"%r = scf.index_switch %m -> {k}", "case 0 {", f"  scf.yield %a : {k}", "}", "case 5 {", "  %s = " + ADD.format("%a", "%a", k), f"  scf.yield %s : {k}", "}",
                "default {", f"  %e = linalg.negf ins(%a : {k}) outs(%a : {k}) -> {k}", f"  scf.yield %e : {k}", "}"], [("%r", k)]), [x, np.int64(which)], [{0: x, 5: x * 2}.get(which, -x)])
        yield Program("scf.execute_region", note, function([("%a", k)], [f"%r = scf.execute_region -> {k} {{", "  %s = " + ADD.format("%a", "%a", k), f"  scf.yield %s : {k}", "}"],
            [("%r", k)]), [x], [x * 2])
        yield Program("scf.execute_region", f"blocks, {note}", function([("%a", k), ("%c", "tensor<i1>")], ["%p = tensor.extract %c[] : tensor<i1>",
            f"%r = scf.execute_region -> {k} {{", "  cf.cond_br %p, ^bb1, ^bb2", "^bb1:", "  %s = " + ADD.format("%a", "%a", k), f"  scf.yield %s : {k}", "^bb2:", f"  scf.yield %a : {k}", "}"],
            [("%r", k)]), [x, np.array(True)], [x * 2])
        for chosen in (True, False):
            yield Program("cf.cond_br", f"{note}, {str(chosen).lower()}", function([("%a", k), ("%c", "tensor<i1>")], ["%p = tensor.extract %c[] : tensor<i1>",
                f"cf.cond_br %p, ^bb1(%a : {k}), ^bb2", f"^bb1(%x: {k}):", "%s = " + ADD.format("%x", "%a", k), f"cf.br ^bb3(%s : {k})", "^bb2:", f"cf.br ^bb3(%a : {k})",
                f"^bb3(%r: {k}):"], [("%r", k)]), [x, np.array(chosen)], [x * 2 if chosen else x])
        yield Program("cf.br", f"a loop, {note}", function([("%a", k), n], read + [f"cf.br ^head(%c0, %a : index, {k})", f"^head(%i: index, %w: {k}):",
            "%c = arith.cmpi slt, %i, %m : index", "cf.cond_br %c, ^body, ^end", "^body:", "%s = " + ADD.format("%w", "%a", k), "%h = arith.addi %i, %c1 : index",
            f"cf.br ^head(%h, %s : index, {k})", "^end:"], [("%w", k)]), [x, np.int64(3)], [x * 4])
        for which in (42, 43, 0):
            yield Program("cf.switch", f"{note}, {which}", function([("%a", k), ("%n", "tensor<i32>")], ["%m = tensor.extract %n[] : tensor<i32>",
                f"cf.switch %m : i32, [default: ^bb1(%a : {k}), 42: ^bb2, 43: ^bb3]", f"^bb1(%x: {k}):", f"cf.br ^end(%x : {k})", "^bb2:", "%s = " + ADD.format("%a", "%a", k),
                f"cf.br ^end(%s : {k})", "^bb3:", f"%e = linalg.negf ins(%a : {k}) outs(%a : {k}) -> {k}", f"cf.br ^end(%e : {k})", f"^end(%r: {k}):"], [("%r", k)]),
                [x, np.int32(which)], [{42: x * 2, 43: -x}.get(which, x)])
    # Tensors that change their size on the way.
    yield Program("scf.for", "a tensor that grows", function([("%a", D), n], read + [f"%r = scf.for %i = %c0 to %m step %c1 iter_args(%w = %a) -> ({D}) {{",
        f"  %s = tensor.concat dim(0) %w, %a : ({D}, {D}) -> {D}", f"  scf.yield %s : {D}", "}"], [("%r", D)]), [x, np.int64(3)], [np.tile(x, 4)])
    yield Program("scf.for", "numbers only", function([n], read + ["%z = arith.constant 0 : index", "%r = scf.for %i = %c0 to %m step %c1 iter_args(%w = %z) -> (index) {",
        "  %s = arith.addi %w, %i : index", "  scf.yield %s : index", "}", "%t = tensor.from_elements %r : tensor<index>"], [("%t", "tensor<index>")]), [np.int64(5)], [np.array(10)])
    yield Program("scf.for", "f16 numbers", function([n], read + ["%z = arith.constant 0.5 : f16", "%r = scf.for %i = %c0 to %m step %c1 iter_args(%w = %z) -> (f16) {",
        "  %s = arith.addf %w, %w : f16", "  scf.yield %s : f16", "}", "%t = tensor.from_elements %r : tensor<f16>"], [("%t", "tensor<f16>")]), [np.int64(3)], [np.array(4, np.float16)])
    yield Program("scf.for", "i32 bounds", function([("%a", K), ("%n", "tensor<i32>")], ["%m = tensor.extract %n[] : tensor<i32>", "%z = arith.constant 0 : i32", "%o = arith.constant 1 : i32",
        f"%r = scf.for %i = %z to %m step %o iter_args(%w = %a) -> ({K}) : i32 {{", "  %s = " + ADD.format("%w", "%a", K), f"  scf.yield %s : {K}", "}"], [("%r", K)]),
        [x, np.int32(3)], [x * 4])
    yield Program("scf.for", "tensor.insert and extract inside", function([("%a", D)], constants(0, 1) + [f"%m = tensor.dim %a, %c0 : {D}",
        f"%r = scf.for %i = %c1 to %m step %c1 iter_args(%w = %a) -> ({D}) {{", "  %j = arith.subi %i, %c1 : index", f"  %p = tensor.extract %w[%j] : {D}", f"  %q = tensor.extract %w[%i] : {D}",
        "  %s = arith.addf %p, %q : f32", f"  %t = tensor.insert %s into %w[%i] : {D}", f"  scf.yield %t : {D}", "}"], [("%r", D)]), [x], [np.cumsum(x, dtype=np.float32)])
    yield Program("scf.for", "nested", function([("%a", K), n], read + [f"%r = scf.for %i = %c0 to %m step %c1 iter_args(%w = %a) -> ({K}) {{",
        f"  %q = scf.for %j = %c0 to %i step %c1 iter_args(%v = %w) -> ({K}) {{", "  %s = " + ADD.format("%v", "%a", K), f"  scf.yield %s : {K}", "}", f"  scf.yield %q : {K}", "}"], [("%r", K)]),
        [x, np.int64(4)], [x * 7])
    # forall
    a = values(rng("forall"), (4, 6), "f32")
    f = "tensor<4x6xf32>"
    yield Program("scf.forall", "rows", function([("%a", f), ("%o", f)], [f"%r = scf.forall (%i) in (4) shared_outs(%w = %o) -> ({f}) {{",
        f"  %s = tensor.extract_slice %a[%i, 0] [1, 6] [1, 1] : {f} to tensor<6xf32>", "  %e = tensor.empty() : tensor<6xf32>",
        "  %t = linalg.exp ins(%s : tensor<6xf32>) outs(%e : tensor<6xf32>) -> tensor<6xf32>", "  scf.forall.in_parallel {",
        f"    tensor.parallel_insert_slice %t into %w[%i, 0] [1, 6] [1, 1] : tensor<6xf32> into {f}", "  }", "}"], [("%r", f)]), [a, a], [np.exp(a)])
    yield Program("scf.forall", "tiles", function([("%a", f), ("%o", f)], [f"%r = scf.forall (%i, %j) = (0, 0) to (4, 6) step (2, 3) shared_outs(%w = %o) -> ({f}) {{",
        f"  %s = tensor.extract_slice %a[%i, %j] [2, 3] [1, 1] : {f} to tensor<2x3xf32>", "  %e = tensor.empty() : tensor<2x3xf32>",
        "  %t = linalg.negf ins(%s : tensor<2x3xf32>) outs(%e : tensor<2x3xf32>) -> tensor<2x3xf32>", "  scf.forall.in_parallel {",
        f"    tensor.parallel_insert_slice %t into %w[%i, %j] [2, 3] [1, 1] : tensor<2x3xf32> into {f}", "  }", "}"], [("%r", f)]), [a, a], [-a])
    dd = "tensor<?x6xf32>"
    yield Program("scf.forall", "rows, dynamic, two results", function([("%a", dd), ("%o", dd)], constants(0) + [f"%n = tensor.dim %a, %c0 : {dd}",
        f"%r:2 = scf.forall (%i) in (%n) shared_outs(%w = %o, %v = %o) -> ({dd}, {dd}) {{", f"  %s = tensor.extract_slice %a[%i, 0] [1, 6] [1, 1] : {dd} to tensor<6xf32>",
        "  %e = tensor.empty() : tensor<6xf32>", "  %t = linalg.negf ins(%s : tensor<6xf32>) outs(%e : tensor<6xf32>) -> tensor<6xf32>", "  scf.forall.in_parallel {",
        f"    tensor.parallel_insert_slice %t into %w[%i, 0] [1, 6] [1, 1] : tensor<6xf32> into {dd}", f"    tensor.parallel_insert_slice %s into %v[%i, 0] [1, 6] [1, 1] : tensor<6xf32> into {dd}",
        "  }", "}"], [("%r#0", dd), ("%r#1", dd)]), [a, a], [-a, a])
    yield Program("scf.parallel", "a sum", function([n], read + ["%z = arith.constant 0 : index", "%r = scf.parallel (%i) = (%c0) to (%m) step (%c1) init (%z) -> index {",
        "  scf.reduce(%i : index) {", "  ^bb0(%p: index, %q: index):", "    %s = arith.addi %p, %q : index", "    scf.reduce.return %s : index", "  }", "}",
        "%t = tensor.from_elements %r : tensor<index>"], [("%t", "tensor<index>")]), [np.int64(5)], [np.array(10)])


BODY = ("func.func @f({args}) -> tensor<19xf32> {{\n  %e = tensor.empty() : tensor<19xf32>\n  %r = linalg.generic {{indexing_maps = [{maps}], iterator_types = [\"parallel\"]}} "
        "ins({ins} : {types}) outs(%e : tensor<19xf32>) {{\n  ^bb0({block}, %o: f32):\n{lines}\n    linalg.yield %q : f32\n  }} -> tensor<19xf32>\n  return %r : tensor<19xf32>\n}}\n")


def body(types, lines):
    names = [f"%a{i}" for i in range(len(types))]
    return BODY.format(args=", ".join(f"{n}: tensor<19x{t}>" for n, t in zip(names, types)), maps=", ".join(["affine_map<(i) -> (i)>"] * (len(types) + 1)),
                       ins=", ".join(names), types=", ".join(f"tensor<19x{t}>" for t in types), block=", ".join(f"%x{i}: {t}" for i, t in enumerate(types)),
                       lines="\n".join("    " + line for line in lines))


def bodies():
    x = np.linspace(0.5, 2, 19).astype(np.float32)
    n = (np.arange(19) % 5).astype(np.int32)
    yield Program("scf.for", "in the body of a generic", body(["f32"], constants(0, 1, 3) + ["%q = scf.for %i = %c0 to %c3 step %c1 iter_args(%w = %x0) -> (f32) {",
        "  %t = arith.mulf %w, %x0 : f32", "  scf.yield %t : f32", "}"]), [x], [x ** 4])
    yield Program("scf.for", "in a body, bounds from an element", body(["f32", "i32"], constants(0, 1) + ["%m = arith.index_cast %x1 : i32 to index",
        "%q = scf.for %i = %c0 to %m step %c1 iter_args(%w = %x0) -> (f32) {", "  %k = arith.index_cast %i : index to i32", "  %f = arith.sitofp %k : i32 to f32",
        "  %t = arith.addf %w, %f : f32", "  scf.yield %t : f32", "}"]), [x, n], [(x + n * (n - 1) / 2).astype(np.float32)])
    yield Program("scf.while", "in the body of a generic", body(["f32"], ["%h = arith.constant 100.0 : f32", "%q = scf.while (%w = %x0) : (f32) -> f32 {", "  %c = arith.cmpf olt, %w, %h : f32",
        "  scf.condition(%c) %w : f32", "} do {", "^bb0(%v: f32):", "  %t = arith.addf %v, %v : f32", "  scf.yield %t : f32", "}"]), [x],
        [np.array([v * 2 ** max(0, int(np.ceil(np.log2(100 / float(v))))) for v in x], np.float32)])
    yield Program("scf.if", "in the body of a generic", body(["f32"], ["%one = arith.constant 1.0 : f32", "%c = arith.cmpf olt, %x0, %one : f32", "%q = scf.if %c -> (f32) {",
        "  %t = math.exp %x0 : f32", "  scf.yield %t : f32", "} else {", "  %t = arith.negf %x0 : f32", "  scf.yield %t : f32", "}"]), [x], [np.where(x < 1, np.exp(x), -x)])
    yield Program("scf.index_switch", "in the body of a generic", body(["f32", "i32"], ["%m = arith.index_cast %x1 : i32 to index", "%q = scf.index_switch %m -> f32", "case 1 {",
        "  %t = arith.negf %x0 : f32", "  scf.yield %t : f32", "}", "case 3 {", "  %t = arith.addf %x0, %x0 : f32", "  scf.yield %t : f32", "}", "default {", "  scf.yield %x0 : f32", "}"]),
        [x, n], [np.where(n == 1, -x, np.where(n == 3, x * 2, x))])
    yield Program("scf.execute_region", "in the body of a generic", body(["f32"], ["%q = scf.execute_region -> f32 {", "  %t = arith.negf %x0 : f32", "  scf.yield %t : f32", "}"]), [x], [-x])


def functions():
    x = values(rng("call"), (4,), "f32")
    double = f"func.func private @g(%a: {K}) -> {K} {{\n  %s = {ADD.format('%a', '%a', K)}\n  return %s : {K}\n}}\n"
    yield Program("func.call", "a private function", double + function([("%a", K)], [f"%p = func.call @g(%a) : ({K}) -> {K}", f"%r = func.call @g(%p) : ({K}) -> {K}"], [("%r", K)]), [x], [x * 4])
    branch = (f"func.func private @g(%a: {D}, %c: i1) -> {D} {{\n  cf.cond_br %c, ^bb1, ^bb2\n^bb1:\n  %s = {ADD.format('%a', '%a', D)}\n  return %s : {D}\n^bb2:\n  return %a : {D}\n}}\n")
    for c in (True, False):
        yield Program("func.call", f"of blocks, {str(c).lower()}", branch + function([("%a", D), ("%c", "tensor<i1>")], ["%p = tensor.extract %c[] : tensor<i1>",
            f"%r = func.call @g(%a, %p) : ({D}, i1) -> {D}"], [("%r", D)]), [x, np.array(c)], [x * 2 if c else x])
    yield Program("func.call", "in a loop", branch + function([("%a", D), ("%n", "tensor<index>")], ["%m = tensor.extract %n[] : tensor<index>"] + constants(0, 1) + ["%true = arith.constant true",
        f"%r = scf.for %i = %c0 to %m step %c1 iter_args(%w = %a) -> ({D}) {{", f"  %s = func.call @g(%w, %true) : ({D}, i1) -> {D}", f"  scf.yield %s : {D}", "}"], [("%r", D)]),
        [x, np.int64(3)], [x * 8])
    yield Program("func.call", "recursion", f"func.func private @g(%a: {K}) -> {K} {{\n  %s = func.call @g(%a) : ({K}) -> {K}\n  return %s : {K}\n}}\n" + function([("%a", K)], [
        f"%r = func.call @g(%a) : ({K}) -> {K}"], [("%r", K)]), refusal="recursi")
    yield Program("func.call", "recursion of two", f"func.func private @g(%a: {K}) -> {K} {{\n  %s = func.call @h(%a) : ({K}) -> {K}\n  return %s : {K}\n}}\n"
        f"func.func private @h(%a: {K}) -> {K} {{\n  %s = func.call @g(%a) : ({K}) -> {K}\n  return %s : {K}\n}}\n" + function([("%a", K)], [
        f"%r = func.call @g(%a) : ({K}) -> {K}"], [("%r", K)]), refusal="recursi")
    yield Program("func.call", "a function without a body", f"func.func private @g({K}) -> {K}\n" + function([("%a", K)], [f"%r = func.call @g(%a) : ({K}) -> {K}"], [("%r", K)]), refusal="body")
    yield Program("func.call_indirect", "of a constant", double + function([("%a", K)], [f"%c = func.constant @g : ({K}) -> {K}", f"%r = func.call_indirect %c(%a) : ({K}) -> {K}"], [("%r", K)]), refusal="func.c")
    g = f"ml_program.global private @g(dense<[1.0, 2.0, 3.0, 4.0]> : {K}) : {K}\n"
    yield Program("ml_program.global", "constant", g + function([("%a", K)], [f"%w = ml_program.global_load_const @g : {K}", "%r = " + ADD.format("%a", "%w", K)], [("%r", K)]), [x],
                  [x + np.arange(1, 5, dtype=np.float32)])
    yield Program("ml_program.global", "mutable", g.replace("private @g", "private mutable @g") + function([("%a", K)], [f"%w = ml_program.global_load @g : {K}", "%r = " + ADD.format("%a", "%w", K),
        f"ml_program.global_store @g = %r : {K}"], [("%r", K)]), refusal="mutable")
    yield Program("ml_program.func", "a function", f"ml_program.func @f(%a: {K}) -> {K} {{\n  ml_program.return %a : {K}\n}}\n", refusal="ml_program.func")


def index():
    pairs = {"add": lambda x, y: x + y, "sub": lambda x, y: x - y, "mul": lambda x, y: x * y, "divs": lambda x, y: int(x / y), "divu": lambda x, y: x // y,
             "ceildivs": lambda x, y: -(-x // y), "ceildivu": lambda x, y: -(-x // y), "floordivs": lambda x, y: x // y, "rems": lambda x, y: x - int(x / y) * y, "remu": lambda x, y: x % y,
             "maxs": max, "mins": min, "maxu": max, "minu": min, "shl": lambda x, y: x << y, "shrs": lambda x, y: x >> y, "shru": lambda x, y: x >> y,
             "and": lambda x, y: x & y, "or": lambda x, y: x | y, "xor": lambda x, y: x ^ y}
    i = ["%x = tensor.extract %a[] : tensor<index>", "%y = tensor.extract %b[] : tensor<index>"]
    arguments = [("%a", "tensor<index>"), ("%b", "tensor<index>")]
    out = "%t = tensor.from_elements %r : tensor<index>"
    for name, f in pairs.items():
        yield Program(f"index.{name}", "a number", function(arguments, i + [f"%r = index.{name} %x, %y", out], [("%t", "tensor<index>")]), [np.int64(23), np.int64(5)], [np.array(f(23, 5))])
    yield Program("index.cmp", "a number", function(arguments, i + ["%c = index.cmp slt(%x, %y)", "%t = tensor.from_elements %c : tensor<i1>"], [("%t", "tensor<i1>")]), [np.int64(3), np.int64(5)], [np.array(True)])
    yield Program("index.constant", "a number", function([], ["%r = index.constant 42", out], [("%t", "tensor<index>")]), [], [np.array(42)])
    yield Program("index.bool.constant", "a number", function([], ["%r = index.bool.constant true", "%t = tensor.from_elements %r : tensor<i1>"], [("%t", "tensor<i1>")]), [], [np.array(True)])
    yield Program("index.sizeof", "a number", function([], ["%r = index.sizeof", out], [("%t", "tensor<index>")]), [], [np.array(64)])
    for name in ("casts", "castu"):
        yield Program(f"index.{name}", "a number", function([("%a", "tensor<i32>")], ["%x = tensor.extract %a[] : tensor<i32>", f"%r = index.{name} %x : i32 to index", out], [("%t", "tensor<index>")]),
                      [np.int32(-3)], [np.array(-3 if name == "casts" else 2 ** 32 - 3)])
    n = np.arange(19)
    yield Program("index.mul", "in a body", "func.func @f(%a: tensor<19xindex>) -> tensor<19xindex> {\n  %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = [\"parallel\"]} "
                  "outs(%a : tensor<19xindex>) {\n  ^bb0(%o: index):\n    %i = linalg.index 0 : index\n    %q = index.mul %i, %o\n    linalg.yield %q : index\n  } -> tensor<19xindex>\n  return %r : tensor<19xindex>\n}\n",
                  [n + 2], [n * (n + 2)])


def shape():
    x = values(rng("shape"), (2, 5, 3), "f32")
    d = "tensor<?x?x?xf32>"
    size = ["%c1 = arith.constant 1 : index"]
    yield Program("shape.shape_of", "to a tensor", function([("%a", d)], [f"%r = shape.shape_of %a : {d} -> tensor<3xindex>"], [("%r", "tensor<3xindex>")]), [x], [np.array([2, 5, 3])])
    yield Program("shape.num_elements", "of a tensor of sizes", function([("%a", d)], [f"%s = shape.shape_of %a : {d} -> tensor<3xindex>", "%n = shape.num_elements %s : tensor<3xindex> -> index",
        "%r = tensor.from_elements %n : tensor<index>"], [("%r", "tensor<index>")]), [x], [np.array(30)])
    yield Program("shape.get_extent", "of a tensor of sizes", function([("%a", d)], size + [f"%s = shape.shape_of %a : {d} -> tensor<3xindex>",
        "%n = shape.get_extent %s, %c1 : tensor<3xindex>, index -> index", "%r = tensor.from_elements %n : tensor<index>"], [("%r", "tensor<index>")]), [x], [np.array(5)])
    yield Program("shape.dim", "of a tensor", function([("%a", d)], size + [f"%n = shape.dim %a, %c1 : {d}, index -> index", "%r = tensor.from_elements %n : tensor<index>"], [("%r", "tensor<index>")]), [x], [np.array(5)])
    yield Program("shape.const_shape", "to a tensor", function([], ["%r = shape.const_shape [4, 6] : tensor<2xindex>"], [("%r", "tensor<2xindex>")]), [], [np.array([4, 6])])
    yield Program("shape.rank", "of a tensor of sizes", function([("%a", d)], [f"%s = shape.shape_of %a : {d} -> tensor<3xindex>", "%n = shape.rank %s : tensor<3xindex> -> index",
        "%r = tensor.from_elements %n : tensor<index>"], [("%r", "tensor<index>")]), [x], [np.array(3)])
    yield Program("shape.broadcast", "tensors of sizes", function([("%a", "tensor<2xindex>"), ("%b", "tensor<2xindex>")], ["%s = shape.broadcast %a, %b : tensor<2xindex>, tensor<2xindex> -> tensor<2xindex>"],
        [("%s", "tensor<2xindex>")]), [np.array([1, 5]), np.array([4, 5])], [np.array([4, 5])])
    for op, args in (("cstr_broadcastable", "%s, %t : tensor<3xindex>, tensor<3xindex>"), ("cstr_eq", "%s, %t : tensor<3xindex>, tensor<3xindex>")):
        text = function([("%a", d), ("%b", d)], [f"%s = shape.shape_of %a : {d} -> tensor<3xindex>", f"%t = shape.shape_of %b : {d} -> tensor<3xindex>", f"%w = shape.{op} {args}",
            f"%r = shape.assuming %w -> {d} {{", "  %q = " + ADD.format("%a", "%b", d), f"  shape.assuming_yield %q : {d}", "}"], [("%r", d)])
        yield Program(f"shape.{op}", "that holds", text, [x, x], [x * 2])
        yield Program(f"shape.{op}", "that does not hold", text, [x, x[:, :4].copy()], [x], error="")
    yield Program("shape.is_broadcastable", "tensors of sizes", function([("%a", "tensor<2xindex>"), ("%b", "tensor<2xindex>")], ["%s = shape.is_broadcastable %a, %b : tensor<2xindex>, tensor<2xindex>",
        "%r = tensor.from_elements %s : tensor<i1>"], [("%r", "tensor<i1>")]), [np.array([1, 5]), np.array([4, 5])], [np.array(True)])


def programs():
    yield from loops()
    yield from bodies()
    yield from functions()
    yield from index()
    yield from shape()
