"""Odd and very large shapes, many operands, and what must end in an error instead of a crash."""
import numpy as np

from program import NUMPY, Program, random, rng_of

ADD = "%p = arith.addf %a, %b : f32\nyield %p"
SUM = "%p = arith.addf %a, %x : f32\nyield %p"
LARGE = 1000003


def shapes():
    for name, shape in (
        ("1x1", (1, 1)), ("1xn", (1, LARGE)), ("nx1", (LARGE, 1)), ("n", (LARGE,)), ("3xn", (3, LARGE // 3)), ("nx3", (LARGE // 3, 3)),
        ("rank8", (2, 3, 1, 5, 2, 1, 3, 17)),
    ):
        for dynamic in (False, True):
            p = Program(f"large_{name}{'_dynamic' if dynamic else ''}")
            x = p.arg([None] * len(shape) if dynamic else shape)
            loops = ", ".join(f"d{i}" for i in range(len(shape)))
            double = p.elementwise([x, x], ADD)
            last = p.generic(
                [double], [p.fill(x.dims[:-1], 0)], [loops, ", ".join(f"d{i}" for i in range(len(shape) - 1))], "p" * (len(shape) - 1) + "r", SUM)
            everything = p.generic([x], [p.fill([], 0)], [loops, ""], "r" * len(shape), SUM)
            turned = p.generic(
                [x], [p.empty(x.dims[::-1])], [", ".join(f"d{len(shape) - 1 - i}" for i in range(len(shape))), loops], "p" * len(shape), "yield %a")
            p.ret(double, last, everything, turned)
            data = rng_of(name).integers(-1, 2, shape).astype(np.float32)  # sums without rounding
            p.case([data], [data * 2, (data * 2).sum(-1), data.sum(), data.T])
            yield p
    for m, n, k in ((1, LARGE, 1), (LARGE, 1, 1), (1, 1, LARGE), (LARGE, 1, 3), (3, LARGE, 2), (2, 3, LARGE), (1, 1, 1)):
        p = Program(f"large_matmul_{m}x{n}x{k}")
        a, b = p.arg([m, k]), p.arg([k, n])
        p.ret(p.named("matmul", [a, b], p.fill([m, n], 0)))
        rng = rng_of(p.name)
        x, y = rng.integers(-1, 2, (m, k)).astype(np.float32), rng.integers(-1, 2, (k, n)).astype(np.float32)
        p.case([x, y], [x @ y])
        yield p
    # A nest of many tensors, one with deep reuse, and one whose operations all reduce.
    p = Program("many_reductions")
    x = p.arg([None, 33])
    total, values = x, []
    for i in range(12):
        s = p.generic([total], [p.fill([x.dims[0]], -np.inf if i % 2 else 0)], ["d0, d1", "d0"], "pr",
                      "%p = arith.maximumf %a, %x : f32\nyield %p" if i % 2 else f"%h = arith.constant 0.03 : f32\n%q = arith.mulf %a, %h : f32\n%p = arith.addf %q, %x : f32\nyield %p")
        total = p.elementwise([total, s], "%p = arith.subf %a, %b : f32\n%q = math.tanh %p : f32\nyield %q", maps=["d0, d1", "d0"])
        values.append(s)
    p.ret(total, *values)
    for n in (0, 1, 18):
        data = random(rng_of(p.name), (n, 33), "f32")
        t, e = data.astype(np.float64), []
        for i in range(12):
            s = t.max(1) if i % 2 else (t * np.float32(0.03)).sum(1)
            t = np.tanh(t - s[:, None])
            e.append(s.astype(np.float32))
        p.case([data], [t.astype(np.float32), *e], tolerance=2e-4)
    yield p


def divisions():
    for op in ("divsi", "remsi", "divui", "remui", "floordivsi", "ceildivsi"):
        for dtype in ("i8", "i32", "i64"):
            # Only that the process survives: what a division by zero gives is nobody's business.
            p = Program(f"{op}_{dtype}_by_zero")
            x, y = p.arg([None], dtype), p.arg([None], dtype)
            q = p.elementwise([x, y], f"%p = arith.{op} %a, %b : {dtype}\nyield %p")
            p.ret(p.elementwise([q], f"%z = arith.constant 0 : {dtype}\n%p = arith.muli %a, %z : {dtype}\nyield %p"))
            low = np.iinfo(NUMPY[dtype]).min
            for n in (1, 16, 17):
                p.case([np.full(n, low), np.zeros(n)], [np.zeros(n, NUMPY[dtype])])
                p.case([np.full(n, low), np.full(n, -1)], [np.zeros(n, NUMPY[dtype])])
            yield p


def wrapping_positions():
    """Sums and products of positions wrap, at compile time too."""
    p = Program("wrapping_positions")
    x = p.arg([40])
    big = f"arith.constant {2**62} : index"
    r = p.elementwise(
        [x],
        f"%i = linalg.index 0 : index\n%b = {big}\n%j = arith.muli %i, %b : index\n%k = arith.addi %j, %i : index\n%l = arith.addi %k, %j : index\n"
        f"%m = arith.addi %l, %j : index\n%n = arith.addi %m, %j : index\n%e = tensor.extract {x}[%n] : {x.type}\n%q = arith.addf %a, %e : f32\nyield %q")
    back = p.elementwise(
        [x],
        f"%i = linalg.index 0 : index\n%b = arith.constant {-2**63} : index\n%j = arith.subi %i, %b : index\n%k = arith.subi %j, %b : index\n"
        f"%e = tensor.extract {x}[%k] : {x.type}\n%q = arith.addf %a, %e : f32\nyield %q")
    p.ret(r, back)
    data = random(rng_of(p.name), (40,), "f32")
    p.case([data], [data * 2, data * 2])
    yield p
    # Only that it compiles: nobody has as much memory.
    p = Program("products_beyond_counting")
    n = 1 << 22
    x, y, e = p.arg([n, n]), p.arg([n, n]), p.arg([n, n])
    p.ret(p.op(f"linalg.matmul ins({x}, {y} : {x.type}, {y.type}) outs({e} : {e.type}) -> %r", [n, n]))
    yield p


def fills():
    p = Program("reads_of_fills")
    x, ids = p.arg([3, None]), p.arg([2], "i64")
    fill = p.fill([5, 40], 1.5)
    inserted = p.op(f"tensor.insert_slice {x} into {fill}[1, 2] [3, {x.dims[1]}] [1, 1] : {x.type} into %r", [5, 40])
    splat = p.op("arith.constant dense<2.5> : %r", [4, 7])
    joined = p.op(f"tensor.concat dim(1) {splat}, {splat} : ({splat.type}, {splat.type}) -> %r", [4, 14])
    gathered = p.elementwise(
        [ids], f"%i = arith.index_cast %a : i64 to index\n%j = linalg.index 1 : index\n%e = tensor.extract {fill}[%i, %j] : {fill.type}\nyield %e", "f32",
        dims=[2, 40], maps=["d0"])
    from_splat = p.elementwise(
        [ids], f"%i = arith.index_cast %a : i64 to index\n%j = linalg.index 1 : index\n%e = tensor.extract {splat}[%i, %j] : {splat.type}\nyield %e", "f32",
        dims=[2, 7], maps=["d0"])
    p.ret(inserted, joined, gathered, from_splat)
    data = random(rng_of(p.name), (3, 17), "f32")
    e = np.full((5, 40), 1.5, np.float32)
    e[1:4, 2:19] = data
    p.case([data, np.array([0, 3])], [e, np.full((4, 14), 2.5, np.float32), np.full((2, 40), 1.5, np.float32), np.full((2, 7), 2.5, np.float32)])
    yield p
    p = Program("gather_of_constants")
    ids = p.arg([None], "i64")
    table = np.arange(120, dtype=np.float32).reshape(8, 15)
    t = p.constant(table)
    p.ret(p.elementwise(
        [ids], f"%i = arith.index_cast %a : i64 to index\n%j = linalg.index 1 : index\n%e = tensor.extract {t}[%i, %j] : {t.type}\nyield %e", "f32",
        dims=[ids.dims[0], 15], maps=["d0"]))
    p.case([np.array([7, 0, 3])], [table[[7, 0, 3]]])
    p.case([np.array([7, 8, 3])], error="kernel '")
    yield p
    p = Program("gather_by_constants")
    x = p.arg([None, 20])
    ids = p.constant(np.array([4, 1, 1], np.int64), "i64")
    p.ret(p.elementwise(
        [ids], f"%i = arith.index_cast %a : i64 to index\n%j = linalg.index 1 : index\n%e = tensor.extract {x}[%i, %j] : {x.type}\nyield %e", "f32",
        dims=[3, 20], maps=["d0"]))
    data = random(rng_of(p.name), (5, 20), "f32")
    p.case([data], [data[[4, 1, 1]]])
    p.case([data[:4]], error="kernel '")
    yield p


def bounds():
    def positions(p, where):
        """The elements of an i64 input as indices."""
        numbers = []
        for k in range(where.dims[0]):
            element, position = p.fresh(), p.fresh()
            p.line(f"{element} = tensor.extract {where}[{p.index(k)}] : {where.type}")
            p.line(f"{position} = arith.index_cast {element} : i64 to index")
            numbers.append(position)
        return numbers

    p = Program("size_of_the_other_operand")  # which upstream says that this one has, too
    x, w = p.arg([None, None]), p.arg([64, 8])
    p.ret(p.named("matmul", [x, w], p.fill([x.dims[0], 8], 0)))
    weights = random(rng_of(p.name), (64, 8), "f32")
    for depth in (64, 0, 10, 63, 65):
        rows = random(rng_of(p.name), (3, depth), "f32")
        p.case([rows, weights], [rows @ weights]) if depth == 64 else p.case([rows, weights], error="dimension 1 must be 64")
    yield p
    p = Program("stated_expansion")
    x, where = p.arg([None]), p.arg([1], "i64")
    count = positions(p, where)[0]
    y = p.op(f"tensor.expand_shape {x} [[0, 1]] output_shape [{count}, 8] : {x.type} into %r", [count, 8])
    p.ret(p.elementwise([y], "%p = arith.addf %a, %a : f32\nyield %p"))
    for size, rows in ((16, 2), (0, 0), (10, 2), (16, 3), (24, 2), (0, 1), (16, 2**61 + 2)):
        data = random(rng_of(p.name), (size,), "f32")
        if size == 8 * rows:
            p.case([data, np.array([rows])], [2 * data.reshape(rows, 8)])
        else:
            p.case([data, np.array([rows])], error="dimension 0 must be the product")
    yield p
    p = Program("slice_out_of_range")
    x, where = p.arg([None, 40]), p.arg([2], "i64")
    numbers = positions(p, where)
    p.ret(p.op(f"tensor.extract_slice {x}[{numbers[0]}, 3] [{numbers[1]}, 5] [2, 1] : {x.type} to %r", [numbers[1], 5]))
    data = random(rng_of(p.name), (9, 40), "f32")
    for offset, count in ((0, 5), (8, 1), (4, 3), (9, 0), (0, 0)):
        p.case([data, np.array([offset, count])], [data[offset : offset + 2 * count : 2, 3:8]])
    for offset, count in ((0, 6), (9, 1), (-1, 2), (0, -1), (2**62, 1), (2**63 - 1, 2), (2**63 - 1, 1), (0, 2**62)):
        p.case([data, np.array([offset, count])], error="must lie inside of the tensor")
    yield p
    for insert in (False, True):
        p = Program(f"stride_of_{'insert' if insert else 'extract'}")
        x, where = p.arg([9]), p.arg([3], "i64")
        y = p.arg([None]) if insert else None
        slice = "[{}] [{}] [{}]".format(*positions(p, where))
        if insert:
            p.ret(p.op(f"tensor.insert_slice {y} into {x}{slice} : {y.type} into %r", [9]))
        else:
            p.ret(p.op(f"tensor.extract_slice {x}{slice} : {x.type} to %r", [numbers[1]]))
        data = random(rng_of("x"), (9,), "f32")
        small = [random(rng_of("y"), (4,), "f32")[:n] if insert else None for n in range(5)]
        extra = lambda n: [small[n]] if insert else []
        for offset, count, stride in ((0, 4, 2), (8, 4, -2), (3, 4, -1), (2, 2, 6), (5, 1, 77), (5, 1, -77), (8, 0, 3)):
            places = offset + stride * np.arange(count)
            e = data.copy()
            if insert:
                e[places] = small[count]
            p.case([data, np.array([offset, count, stride])] + extra(count), [e if insert else data[places]])
        for offset, count, stride in ((0, 4, -1), (2, 4, -1), (8, 2, 1), (0, 3, 2**63 - 1), (0, 3, -(2**63)), (0, 2, 9), (0, 4, 2**62)):
            p.case([data, np.array([offset, count, stride])] + extra(count), error="must lie inside of the tensor")
        if insert:
            p.case([data, np.array([3, 4, 0]), small[4]], error="the stride of dimension 0 must not be 0")
        yield p
    for stride, is_inside in ((-1, False), (-2, False), (1, True)):
        p = Program(f"fixed_stride_of_{abs(stride)}{'' if is_inside else '_back'}")
        x = p.arg([9])
        p.ret(p.op(f"tensor.extract_slice {x}[1] [4] [{stride}] : {x.type} to %r", [4]))
        data = random(rng_of("x"), (9,), "f32")
        p.case([data], [data[1:5]]) if is_inside else p.case([data], error="must lie inside of the tensor")
        yield p
    p = Program("insert_out_of_range")
    x, y = p.arg([None, 7]), p.arg([None, 40])
    p.ret(p.op(f"tensor.insert_slice {x} into {y}[2, 33] [{x.dims[0]}, 7] [1, 1] : {x.type} into %r", y.dims))
    small, big = random(rng_of("s"), (3, 7), "f32"), random(rng_of("b"), (5, 40), "f32")
    e = big.copy()
    e[2:, 33:] = small
    p.case([small, big], [e])
    p.case([small, big[:4]], error="must lie inside of the tensor")
    yield p
    p = Program("concat_of_unequal")
    x, y = p.arg([None, None]), p.arg([None, None])
    joined = p.fresh()
    p.line(f"{joined} = arith.addi {x.dims[1]}, {y.dims[1]} : index")
    p.ret(p.op(f"tensor.concat dim(1) {x}, {y} : ({x.type}, {y.type}) -> %r", [x.dims[0], joined]))
    p.case([small, small], [np.concatenate([small, small], 1)])
    p.case([small, small[:2]], error="must be as large as that of operand 0")
    yield p


def programs():
    for family in (shapes, divisions, wrapping_positions, fills, bounds):
        yield from family()
