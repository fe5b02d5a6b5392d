"""Small types at the boundary and in computations, constants in every form, and what does not fit."""
import numpy as np

from linalg_other import function
from program import NUMPY, Program, is_float, rng, tensor

SMALL = ["f8E4M3FN", "f8E5M2", "f8E4M3FNUZ", "f8E5M2FNUZ", "f8E8M0FNU", "f4E2M1FN", "f6E2M3FN", "f6E3M2FN", "f8E4M3", "f8E3M4", "f8E4M3B11FNUZ"]
WIDTH = {"f4": 4, "f6": 6, "f8": 8}


def codes(t):
    """All numbers of the type."""
    return np.arange(1 << WIDTH[t[:2]], dtype=np.uint8).view(NUMPY[t])


def conversions():
    for t in SMALL:
        x = codes(t)
        n = len(x)
        for wide in ("f32", "f16", "bf16", "f64"):
            with np.errstate(all="ignore"):
                yield Program("arith.extf", f"{t} to {wide}", function([("%a", tensor((n,), t))], [f"%r = arith.extf %a : {tensor((n,), t)} to {tensor((n,), wide)}"],
                    [("%r", tensor((n,), wide))]), [x], [x.astype(np.float32).astype(NUMPY[wide])], 0)
                v = np.concatenate([rng(t, wide).normal(0, 2, 40), rng(t, wide).normal(0, 300, 20), x.astype(np.float64)[np.isfinite(x.astype(np.float64))][:60], [0.0]]).astype(NUMPY[wide])
                if t == "f8E8M0FNU":
                    v = np.abs(v) + NUMPY[wide](2.0 ** -10)
                    v = v.astype(NUMPY[wide])
                if t == "f8E4M3B11FNUZ" or wide == "f16":
                    v = v[np.isfinite(v.astype(np.float64))]
                m = len(v)
                yield Program("arith.truncf", f"{wide} to {t}", function([("%a", tensor((m,), wide))], [f"%r = arith.truncf %a : {tensor((m,), wide)} to {tensor((m,), t)}"],
                    [("%r", tensor((m,), t))]), [v], [v.astype(np.float64).astype(NUMPY[t])], 0)
        a = (rng(t).permutation(n)[:16]).astype(np.uint8).view(NUMPY[t])
        b = (rng(t, 2).permutation(n)[:16]).astype(np.uint8).view(NUMPY[t])
        k = tensor((16,), t)
        d = tensor((None,), t)
        with np.errstate(all="ignore"):
            for op, f in (("addf", np.add), ("mulf", np.multiply)):
                want = f(a.astype(np.float32), b.astype(np.float32)).astype(NUMPY[t])
                if t == "f8E8M0FNU" and op == "addf":
                    continue
                yield Program(f"arith.{op}", t, function([("%a", k), ("%b", k)], [f"%r = arith.{op} %a, %b : {k}"], [("%r", k)]), [a, b], [want], 0)
                yield Program(f"arith.{op}", f"{t} dynamic", function([("%a", d), ("%b", d)], [f"%r = arith.{op} %a, %b : {d}"], [("%r", d)]), [a, b], [want], 0)
            yield Program("arith.cmpf", f"ogt {t}", function([("%a", k), ("%b", k)], [f"%r = arith.cmpf ogt, %a, %b : {k}"], [("%r", "tensor<16xi1>")]), [a, b], [a.astype(np.float32) > b.astype(np.float32)])
        bits = f"i{WIDTH[t[:2]]}"
        if bits != "i6":
            yield Program("arith.bitcast", f"{t} to {bits}", function([("%a", k)], [f"%r = arith.bitcast %a : {k} to {tensor((16,), bits)}"], [("%r", tensor((16,), bits))]), [a],
                          [a.view(np.int8) if bits == "i8" else (((a.view(np.uint8) & 15) ^ 8).astype(np.int8) - 8).astype(NUMPY["i4"])])
        yield Program("linalg.transpose", t, function([("%a", tensor((2, 8), t)), ("%o", tensor((8, 2), t))], [
            f"%r = linalg.transpose ins(%a : {tensor((2, 8), t)}) outs(%o : {tensor((8, 2), t)}) permutation = [1, 0]"], [("%r", tensor((8, 2), t))]), [a.reshape(2, 8), a.reshape(8, 2)], [a.reshape(2, 8).T])
        yield Program("tensor.extract_slice", t, function([("%a", k)], [f"%r = tensor.extract_slice %a[3] [5] [2] : {k} to {tensor((5,), t)}"], [("%r", tensor((5,), t))]), [a], [a[3:13:2]])
        yield Program("tensor.pad", t, function([("%a", k)], [f"%c = arith.constant 1.0 : {t}", f"%r = tensor.pad %a low[2] high[1] {{ ^bb0(%i: index): tensor.yield %c : {t} }} : {k} to {tensor((19,), t)}"],
                      [("%r", tensor((19,), t))]), [a], [np.concatenate([[NUMPY[t](1)] * 2, a, [NUMPY[t](1)]]).astype(NUMPY[t])])
        one, two = ("1.0", "2.0")
        yield Program("arith.constant", t, function([], [f"%r = arith.constant dense<[{one}, {two}, {two}]> : {tensor((3,), t)}"], [("%r", tensor((3,), t))]), [], [np.array([1, 2, 2]).astype(NUMPY[t])])
        yield Program("scf.if", t, function([("%a", k), ("%b", k), ("%c", "tensor<i1>")], ["%p = tensor.extract %c[] : tensor<i1>", f"%r = scf.if %p -> {k} {{", f"  scf.yield %a : {k}", "} else {",
                      f"  scf.yield %b : {k}", "}"], [("%r", k)]), [a, b, np.array(False)], [b])
    for t in ("f8E4M3FN", "f8E5M2", "f8E4M3FNUZ", "f4E2M1FN"):
        a, b = (rng(t, i).integers(-2, 3, s).astype(NUMPY[t]) for i, s in ((3, (5, 6)), (4, (6, 7))))
        for wide in ("f32", "f16"):
            yield Program("linalg.matmul", f"{t} x {wide}", function([("%a", tensor((5, 6), t)), ("%b", tensor((6, 7), t)), ("%o", tensor((5, 7), wide))], [
                f"%r = linalg.matmul ins(%a, %b : {tensor((5, 6), t)}, {tensor((6, 7), t)}) outs(%o : {tensor((5, 7), wide)}) -> {tensor((5, 7), wide)}"], [("%r", tensor((5, 7), wide))]),
                [a, b, np.zeros((5, 7), NUMPY[wide])], [(a.astype(np.float64) @ b.astype(np.float64)).astype(NUMPY[wide])])
    s = np.array([0.25, 1, 2, 8, 0.5, 4, 1, 16]).astype(NUMPY["f8E8M0FNU"])
    for t in ("f4E2M1FN", "f8E4M3FN", "f8E5M2", "f6E2M3FN", "f6E3M2FN"):
        x = rng(t, "scaled").uniform(-4, 4, 8).astype(NUMPY[t])
        for wide in ("f32", "bf16", "f16"):
            k, e, o = tensor((8,), t), tensor((8,), "f8E8M0FNU"), tensor((8,), wide)
            yield Program("arith.scaling_extf", f"{t} to {wide}", function([("%a", k), ("%s", e)], [f"%r = arith.scaling_extf %a, %s : {k}, {e} to {o}"], [("%r", o)]), [x, s],
                          [(x.astype(np.float64) * s.astype(np.float64)).astype(NUMPY[wide])], 0)
            y = rng(t, wide).uniform(-4, 4, 8).astype(NUMPY[wide])
            yield Program("arith.scaling_truncf", f"{wide} to {t}", function([("%a", o), ("%s", e)], [f"%r = arith.scaling_truncf %a, %s : {o}, {e} to {k}"], [("%r", k)]), [y, s],
                          [(y.astype(np.float64) / s.astype(np.float64)).astype(NUMPY[wide]).astype(np.float64).astype(NUMPY[t])], 0)
        f = np.array([0.25, 1, 2, 8, 0.5, 4, 1, 16], np.float32)
        yield Program("arith.scaling_extf", f"{t} by f32 scales", function([("%a", tensor((8,), t)), ("%s", "tensor<8xf32>")], [f"%r = arith.scaling_extf %a, %s : {tensor((8,), t)}, tensor<8xf32> to tensor<8xf32>"],
                      [("%r", "tensor<8xf32>")]), [x, f], [(x.astype(np.float64) * f).astype(np.float32)], 0)


def boundary():
    """Arrays of bytes for tensors of less than a byte."""
    for t, fits, not_ in (("i4", [-8, 7, 0, 3], [8, 0, 0, 0]), ("i2", [-2, 1, 0, -1], [2, 0, 0, 0])):
        k = tensor((4,), t)
        text = function([("%a", k)], [f"%r = arith.extsi %a : {k} to tensor<4xi32>"], [("%r", "tensor<4xi32>")])
        yield Program("func.func", f"an array of i8 for {t}", text, [np.array(fits, np.int8)], [np.array(fits, np.int32)])
        yield Program("func.func", f"an array of i8 for {t}, out of range", text, [np.array(not_, np.int8)], [np.array(not_, np.int32)], error="i8")
    for t, held in (("i3", "i8"), ("i7", "i8"), ("i12", "i16"), ("i24", "i32"), ("i48", "i64"), ("i63", "i64")):
        most = (1 << int(t[1:]) - 1) - 1
        a = np.array([-most - 1, most, 0, -1], NUMPY[held])
        for size in (4, None):
            k = tensor((size,), t)
            yield Program("func.func", f"an array of {held} for {t}{'' if size else ' dynamic'}", function([("%a", k)], [f"%r = arith.addi %a, %a : {k}"], [("%r", k)]), [a], [2 * np.array([0, -1, 0, -1], NUMPY[held])])
        beyond = np.array([0, most + 1, 0, 0], NUMPY[held])
        yield Program("func.func", f"an array of {held} for {t}, out of range", function([("%a", tensor((4,), t))], [], [("%a", tensor((4,), t))]), [beyond], [beyond], error="a number that does not fit its type")
        scalar = function([("%a", t)], [f"%e = arith.extsi %a : {t} to i64", "%r = tensor.from_elements %e : tensor<i64>"], [("%r", "tensor<i64>")])
        yield Program("func.func", f"a number for {t}", scalar, [a[0]], [a[0].astype(np.int64)])
        yield Program("func.func", f"a number for {t}, out of range", scalar, [beyond[1]], [beyond[1]], error=f"must be a number of {t}")
        m = tensor((2, 3), t)
        yield Program("linalg.transpose", f"{t} in memory", function([("%a", "tensor<2x3xi64>")], [f"%n = arith.trunci %a : tensor<2x3xi64> to {m}", f"%o = tensor.empty() : {tensor((3, 2), t)}",
            f"%r = linalg.transpose ins(%n : {m}) outs(%o : {tensor((3, 2), t)}) permutation = [1, 0]", f"%s = arith.extsi %n : {m} to tensor<2x3xi64>"],
            [("%r", tensor((3, 2), t)), ("%s", "tensor<2x3xi64>")]), [np.arange(-3, 3).reshape(2, 3)], [np.arange(-3, 3).reshape(2, 3).T.astype(NUMPY[held]), np.arange(-3, 3).reshape(2, 3)])
        yield Program("arith.constant", t, function([], [f"%r = arith.constant dense<[-2, 1, {most}]> : {tensor((3,), t)}"], [("%r", tensor((3,), t))]), [], [np.array([-2, 1, most], NUMPY[held])])
    for t in ("ui4", "si24", "ui7"):
        k = tensor((4,), t)
        yield Program("func.func", t, function([("%a", k)], [], [("%a", k)]), refusal=f"has the type {k}, which is not supported")
    yield Program("func.func", "!shape.size", function([("%a", "!shape.size"), ("%b", "tensor<4xf32>")], [], [("%b", "tensor<4xf32>")]), refusal="has the type !shape.size, which is not supported")


def constants():
    for t in ("f32", "f16", "bf16", "f64", "i8", "i16", "i32", "i64", "i4", "f8E4M3FN"):
        x = rng("resource", t).integers(-4, 5, (5,)).astype(NUMPY[t])
        k = tensor((5,), t)
        stored = x.tobytes() if t != "i4" else (x.astype(np.int8).view(np.uint8) & 15).tobytes()
        blob = f'{{-# dialect_resources: {{ builtin: {{ r_NAME: "0x01000000{stored.hex().upper()}" }} }} #-}}\n'
        yield Program("arith.constant", f"{t}, a resource", function([], [f"%r = arith.constant dense_resource<r_NAME> : {k}"], [("%r", k)]) + blob, [], [x])
        yield Program("ml_program.global", f"{t}, a resource", f"ml_program.global private @g(dense_resource<r_NAME> : {k}) : {k}\n" + function([], [f"%r = ml_program.global_load_const @g : {k}"], [("%r", k)]) + blob, [], [x])
        spelled = ", ".join(str(float(v)) if is_float(t) else str(int(v)) for v in x.astype(np.float64))
        yield Program("ml_program.global", t, f"ml_program.global private @g(dense<[{spelled}]> : {k}) : {k}\n" + function([], [f"%r = ml_program.global_load_const @g : {k}"], [("%r", k)]), [], [x])
    for t, v, n in (("i1", "[true, false, true]", [True, False, True]), ("index", "[1, 2, 3]", [1, 2, 3]), ("complex<f32>", "[(1.0, 2.0), (0.0, 1.0), (3.0, 0.0)]", [1 + 2j, 1j, 3])):
        k = tensor((3,), t)
        yield Program("ml_program.global", t, f"ml_program.global private @g(dense<{v}> : {k}) : {k}\n" + function([], [f"%r = ml_program.global_load_const @g : {k}"], [("%r", k)]), [], [np.array(n, NUMPY[t])])


def programs():
    yield from conversions()
    yield from boundary()
    yield from constants()
