"""A property test: random chains of structured operations, evaluated by numpy beside their text."""
import numpy as np

from program import Program, random, rng_of

COUNT = 120
CHOICES = [1, 1, 2, 3, 5, 8, 15, 16, 17, 20, 33, 64]

# body text for one and two operands, with numpy's form: all keep values near [-2, 2]
ONE = [
    ("%p = arith.negf %a : f32", lambda a: -a), ("%p = math.tanh %a : f32", np.tanh), ("%p = math.absf %a : f32", np.abs),
    ("%z = arith.constant 0.0 : f32\n%p = arith.maximumf %a, %z : f32", lambda a: np.maximum(a, 0)),
    ("%h = arith.constant 0.5 : f32\n%p = arith.mulf %a, %h : f32", lambda a: a * 0.5),
    ("%t = math.tanh %a : f32\n%p = math.exp %t : f32", lambda a: np.exp(np.tanh(a))),
]
TWO = [
    ("%h = arith.constant 0.5 : f32\n%s = arith.addf %a, %b : f32\n%p = arith.mulf %s, %h : f32", lambda a, b: (a + b) * 0.5),
    ("%p = arith.maximumf %a, %b : f32", np.maximum), ("%p = arith.minimumf %a, %b : f32", np.minimum),
    ("%s = arith.subf %a, %b : f32\n%p = math.tanh %s : f32", lambda a, b: np.tanh(a - b)),
    ("%t = math.tanh %a : f32\n%p = arith.mulf %t, %b : f32", lambda a, b: np.tanh(a) * b),
]


class Chain:
    """A program under construction, with the array of each value."""

    def __init__(self, name, rng):
        self.program, self.rng = Program(name), rng
        self.values = []  # (value, array in float64)
        self.inputs = []
        self.sizes = [int(s) for s in rng.choice(CHOICES, 4)]

    def new_input(self, shape):
        array = random(self.rng, shape, "f32")
        value = self.program.arg([None if self.rng.random() < 0.3 else s for s in shape])
        self.inputs.append(array)
        self.values.append((value, array.astype(np.float64)))

    def pick(self, test=lambda value, array: True):
        """A value, later ones more often; `None` if none passes the test."""
        passing = [v for v in self.values if test(*v)]
        if not passing:
            return None
        weights = np.arange(1, len(passing) + 1) ** 1.5
        return passing[int(self.rng.choice(len(passing), p=weights / weights.sum()))]

    def add(self, value, array):
        self.values.append((value, array))

    @staticmethod
    def dims(*pairs):
        """Sizes out of several (dimension, size) for the same loop: a number where one is known."""
        return next((d for d in pairs if isinstance(d, int)), pairs[0])

    def step(self):
        p, rng = self.program, self.rng
        value, array = self.pick()
        rank = array.ndim
        loops = [f"d{i}" for i in range(rank)]
        identity = ", ".join(loops)
        kind = rng.choice(["one", "two", "broadcast", "reduce", "transpose", "matmul", "slice", "window", "two_results", "normalize"])
        if kind == "one":
            text, function = ONE[rng.integers(len(ONE))]
            self.add(p.elementwise([value], text + "\nyield %p"), function(array))
        elif kind == "two":
            other = self.pick(lambda v, a: a.shape == array.shape)
            text, function = TWO[rng.integers(len(TWO))]
            self.add(p.elementwise([value, other[0]], text + "\nyield %p"), function(array, other[1]))
        elif kind == "broadcast":
            # Another value that has some of the sizes, in some order, or a size of 1.
            def fits(v, a):
                return a.ndim <= rank and self.match(a.shape, array.shape) is not None
            other = self.pick(fits)
            if other is None:
                return
            places = self.match(other[1].shape, array.shape)
            text, function = TWO[rng.integers(len(TWO))]
            form = [1] * rank
            for axis, place in enumerate(places):
                if place is not None:
                    form[place] = other[1].shape[axis]
            order = sorted((place, axis) for axis, place in enumerate(places) if place is not None)
            moved = other[1].transpose([a for _, a in order] + [a for a, q in enumerate(places) if q is None]).reshape(form)
            # A dynamic size of 1 is indexed by constant 0 as well.
            text_map = ", ".join("0" if q is None else loops[q] for q in places)
            self.add(p.elementwise([value, other[0]], text + "\nyield %p", maps=[identity, text_map]), function(array, moved))
        elif kind == "reduce" and rank:
            axes = [a for a in range(rank) if rng.random() < 0.5] or [int(rng.integers(rank))]
            kept = [a for a in range(rank) if a not in axes]
            kinds = "".join("r" if a in axes else "p" for a in range(rank))
            some = ", ".join(loops[a] for a in kept)
            if rng.random() < 0.5:
                out, text = p.fill([value.dims[a] for a in kept], -np.inf), "%p = arith.maximumf %a, %x : f32\nyield %p"
                result = array.max(tuple(axes))
            else:
                out = p.fill([value.dims[a] for a in kept], 0)
                scale = 1 / max(1, int(np.prod([array.shape[a] for a in axes])))
                text = f"%h = arith.constant {scale:.9e} : f32\n%q = arith.mulf %a, %h : f32\n%p = arith.addf %q, %x : f32\nyield %p"
                result = (array * np.float32(scale)).sum(tuple(axes))
            self.add(p.generic([value], [out], [identity, some], kinds, text), np.asarray(result))
        elif kind == "transpose" and rank > 1:
            order = [int(i) for i in rng.permutation(rank)]
            out = p.empty([value.dims[a] for a in order])
            text_map = ", ".join(loops[order.index(a)] for a in range(rank))
            self.add(p.generic([value], [out], [text_map, identity], "p" * rank, "yield %a"), array.transpose(order))
        elif kind == "matmul" and rank == 2:
            other = self.pick(lambda v, a: a.ndim == 2 and array.shape[1] in a.shape)
            if other is None:
                return
            turned = other[1].shape[0] != array.shape[1]
            n = other[0].dims[0 if turned else 1]
            product = array @ (other[1].T if turned else other[1])
            out = p.fill([value.dims[0], n], 0)
            scale = 1 / max(1, array.shape[1])
            r = p.generic(
                [value, other[0]], [out], ["d0, d2", "d1, d2" if turned else "d2, d1", "d0, d1"], "ppr",
                f"%h = arith.constant {scale:.9e} : f32\n%t = arith.mulf %a, %h : f32\n%m = arith.mulf %t, %b : f32\n%p = arith.addf %m, %x : f32\nyield %p"
                if rng.random() < 0.3 else "%m = arith.mulf %a, %b : f32\n%p = arith.addf %m, %x : f32\nyield %p")
            if "constant 0" in p.lines[-3] or any("%h = " in line for line in p.lines[-7:]):
                self.add(r, product * np.float32(scale))
            else:
                t = p.elementwise([r], f"%h = arith.constant {scale:.9e} : f32\n%p = arith.mulf %a, %h : f32\nyield %p")
                self.add(t, product * np.float32(scale))
        elif kind == "slice" and rank and all(s > 0 for s in array.shape):
            offsets = [int(rng.integers(s)) for s in array.shape]
            sizes = [int(rng.integers(1, s - o + 1)) for s, o in zip(array.shape, offsets)]
            r = p.op(f"tensor.extract_slice {value}{offsets} {sizes} {[1] * rank} : {value.type} to %r", sizes)
            self.add(r, array[tuple(slice(o, o + n) for o, n in zip(offsets, sizes))])
        elif kind == "window" and rank and isinstance(value.dims[-1], int) and array.shape[-1] > 3:
            n = array.shape[-1] - 2
            out = p.fill([*value.dims[:-1], n], -np.inf)
            window = p.empty([3])
            maps = [", ".join([*loops[:-1], f"{loops[-1]} + d{rank}"]), f"d{rank}", identity]
            r = p.generic([value, window], [out], maps, "p" * rank + "r", "%p = arith.maximumf %a, %x : f32\nyield %p")
            self.add(r, np.maximum(np.maximum(array[..., :-2], array[..., 1:-1]), array[..., 2:]))
        elif kind == "two_results":
            outs = [p.empty(value.dims), p.empty(value.dims)]
            one, two = p.generic(
                [value], outs, [identity] * 3, "p" * rank, "%h = arith.constant 0.25 : f32\n%s = arith.subf %a, %h : f32\n%n = arith.negf %s : f32\nyield %s, %n")
            self.add(one, array - 0.25)
            self.add(two, 0.25 - array)
        elif kind == "normalize" and rank and array.size:
            axis = int(rng.integers(rank))
            kept = ", ".join(loops[a] for a in range(rank) if a != axis)
            kinds = "".join("r" if a == axis else "p" for a in range(rank))
            dims = [d for a, d in enumerate(value.dims) if a != axis]
            top = p.generic([value], [p.fill(dims, -np.inf)], [identity, kept], kinds, "%p = arith.maximumf %a, %x : f32\nyield %p")
            e = p.elementwise([value, top], "%p = arith.subf %a, %b : f32\n%q = math.exp %p : f32\nyield %q", maps=[identity, kept])
            total = p.generic([e], [p.fill(dims, 0)], [identity, kept], kinds, "%p = arith.addf %a, %x : f32\nyield %p")
            r = p.elementwise([e, total], "%p = arith.divf %a, %b : f32\nyield %p", maps=[identity, kept])
            x = np.exp(array - array.max(axis, keepdims=True))
            self.add(top, array.max(axis))
            self.add(r, x / x.sum(axis, keepdims=True))

    def match(self, small, big):
        """For each axis of `small` a different axis of `big` with its size, or `None` for a size of 1; `None` where there is none."""
        places, free = [], list(range(len(big)))
        for size in small:
            found = [a for a in free if big[a] == size]
            if found:
                place = int(self.rng.choice(found))
                free.remove(place)
                places.append(place)
            elif size == 1:
                places.append(None)
            else:
                return None
        return places


def programs(seed):
    for number in range(COUNT):
        rng = rng_of(f"random {seed} {number}")
        chain = Chain(f"random_{seed}_{number}", rng)
        for _ in range(int(rng.integers(1, 4))):
            chain.new_input([int(s) for s in rng.choice(chain.sizes, int(rng.integers(1, 4)))])
        steps = int(rng.integers(2, 14))
        for _ in range(steps):
            chain.step()
        given = len(chain.inputs)
        made = chain.values[given:] or chain.values
        # The last value, and some of the others.
        results = [v for v in made[:-1] if rng.random() < 0.25] + [made[-1]]
        chain.program.ret(*[v for v, _ in results])
        chain.program.case(chain.inputs, [a.astype(np.float32) for _, a in results], tolerance=2e-4)
        yield chain.program
