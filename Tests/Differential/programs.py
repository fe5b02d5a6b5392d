"""Random small programs of arith, math, tensor, linalg and scf, as text and as a function in Python that computes the same."""
import math

import semantics as s
from evaluation import INTEGERS, SCALARS, Region, Step
from structures import Structures


class Generator(Structures):
    """Makes one program. Every value has a name; `scope` has those that can be read now, by their types: texts of scalars, (shape, element) of tensors."""

    def __init__(self, random):
        self.random, self.count = random, 0
        self.leaves = []  # name, type, value, for tensors the type that the program sees
        self.types = {}
        self.steps = []
        self.scope = []
        self.depth = 0
        self.is_isolated = False  # in a function that sees nothing from outside

    # ------------------------------------------------------------ values
    def name(self):
        self.count += 1
        return f"%v{self.count}"

    def number(self, type):
        """A random number, often one at which something changes."""
        r = self.random
        if type in s.FLOATS:
            if r.random() < 0.35:
                return s.FLOATS[type](r.choice([0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, math.inf, -math.inf, math.nan, 1e30, -1e30, 1e-40, 3e-39, 255.5]))
            return s.FLOATS[type](r.uniform(-100, 100) if r.random() < 0.7 else r.uniform(-1, 1))
        bits = s.width(type)
        if r.random() < 0.4:
            return s.wrap(r.choice([0, 1, 2, 3, -1, -2, (1 << (bits - 1)) - 1, 1 << (bits - 1), 1 << (bits // 2), 7, 8, 100, -100, 255, 256]), type)
        return s.wrap(r.randrange(-12, 13) if r.random() < 0.6 else r.getrandbits(bits), type)

    def leaf(self, type):
        """A number from outside, which never changes: an argument or a constant."""
        if self.is_isolated:
            number = self.number(type)
            return self.add(s.constant(number, type), [], [type], lambda _: [number])[0]
        name = self.name()
        self.types[name] = type
        self.leaves.append((name, type, self.number(type)))
        return name

    def value(self, type):
        """A value of a type: one that is there, a new number, or a constant in the text."""
        known = [n for n, t in self.scope if t == type]
        roll = self.random.random()
        if known and roll < 0.75:
            return self.random.choice(known[-6:])
        if roll < 0.9 or self.depth == 0:
            return self.leaf(type)
        number = self.number(type)
        return self.add(s.constant(number, type), [], [type], lambda _: [number])[0]

    def add(self, text, operands, types, compute, regions=()):
        step = Step(text, operands, types, compute, regions)
        step.results = [self.name() for _ in types]
        self.steps.append(step)
        self.declare(step.results, types)
        return step.results

    def declare(self, names, types):
        """Makes values known to the steps that follow."""
        self.scope += zip(names, types)
        self.types.update(zip(names, types))

    # ------------------------------------------------------------ scalars
    def scalar_step(self, only=None):
        r = self.random
        kinds = [self.integer_binary] * 6 + [self.float_binary] * 3 + [self.complex_sum, self.division, self.shift, self.unary, self.compare, self.compare, self.select]
        kinds += [self.conversion] * 5 + [self.narrow_index, self.extended, self.float_unary, self.chain]
        return r.choice(only or kinds)()

    def binary(self, name, type, function, flags=""):
        a, b = self.value(type), self.value(type)
        if self.random.random() < 0.1:
            b = a
        return self.add(f"{name} {{0}}, {{1}}{flags} : {type}", [a, b], [type], lambda x: [function(x[0], x[1])])[0]

    def integer_binary(self):
        type, name = self.random.choice(INTEGERS), self.random.choice(list(s.INTEGER_BINARY))
        # a promise that may not hold changes nothing here: arithmetic wraps
        flags = self.random.choice(["", "", " overflow<nsw>", " overflow<nuw>", " overflow<nsw, nuw>"]) if name in s.FLAGGED else ""
        return self.binary(name, type, lambda a, b: s.INTEGER_BINARY[name](a, b, type), flags)

    def float_binary(self):
        type, name = self.random.choice(list(s.FLOATS)), self.random.choice(list(s.FLOAT_BINARY))
        return self.binary(name, type, lambda a, b: s.FLOATS[type](s.FLOAT_BINARY[name](a, b)))

    def constant(self, number, type):
        return self.add(s.constant(s.wrap(number, type), type), [], [type], lambda _: [s.wrap(number, type)])[0]

    def division(self):
        type, name = self.random.choice(INTEGERS[1:]), self.random.choice(list(s.DIVISIONS))
        a, b = self.value(type), self.value(type)
        if self.random.random() < 0.7:
            one = self.constant(1, type)
            b = self.add(f"arith.ori {{0}}, {{1}} : {type}", [b, one], [type], lambda x: [x[0] | x[1]])[0]
        return self.add(f"{name} {{0}}, {{1}} : {type}", [a, b], [type], lambda x: [s.DIVISIONS[name](x[0], x[1], type)])[0]

    def shift(self):
        type, name = self.random.choice(INTEGERS), self.random.choice(list(s.SHIFTS))
        mask = self.constant(s.width(type) - 1, type)
        amount = self.add(f"arith.andi {{0}}, {{1}} : {type}", [self.value(type), mask], [type], lambda x: [x[0] & x[1]])[0]
        return self.add(f"{name} {{0}}, {{1}} : {type}", [self.value(type), amount], [type], lambda x: [s.SHIFTS[name](x[0], x[1], type)])[0]

    def unary(self):
        type, name = self.random.choice(INTEGERS[1:6]), self.random.choice(list(s.INTEGER_UNARY))
        return self.add(f"{name} {{0}} : {type}", [self.value(type)], [type], lambda x: [s.INTEGER_UNARY[name](x[0], type)])[0]

    def float_unary(self):
        type, name = self.random.choice(list(s.FLOATS)), self.random.choice(list(s.FLOAT_UNARY))
        return self.add(f"{name} {{0}} : {type}", [self.value(type)], [type], lambda x: [s.FLOATS[type](s.FLOAT_UNARY[name](x[0]))])[0]

    def compare(self):
        type = self.random.choice(SCALARS)
        a, b = self.value(type), self.value(type)
        if type in s.FLOATS:
            p = self.random.choice(s.FLOAT_PREDICATES)
            return self.add(f"arith.cmpf {p}, {{0}}, {{1}} : {type}", [a, b], ["i1"], lambda x: [int(s.compare_floats(p, x[0], x[1]))])[0]
        p = self.random.choice(list(s.COMPARISONS))
        return self.add(f"arith.cmpi {p}, {{0}}, {{1}} : {type}", [a, b], ["i1"], lambda x: [int(s.COMPARISONS[p](x[0], x[1], type))])[0]

    def select(self):
        type = self.random.choice(SCALARS)
        return self.add(f"arith.select {{0}}, {{1}}, {{2}} : {type}", [self.value("i1"), self.value(type), self.value(type)], [type],
                        lambda x: [x[1] if x[0] else x[2]])[0]

    def convert(self, name, value, source, target):
        return self.add(f"{name} {{0}} : {source} to {target}", [value], [target], lambda x: [s.convert(name, x[0], source, target)])[0]

    def conversion(self):
        r = self.random
        kind = r.randrange(6)
        if kind == 0:
            source, target = sorted(r.sample(INTEGERS[:6], 2), key=s.width)
            return self.convert(r.choice(["arith.extsi", "arith.extui"]), self.value(source), source, target)
        if kind == 1:
            source, target = sorted(r.sample(INTEGERS[:6], 2), key=s.width, reverse=True)
            return self.convert("arith.trunci", self.value(source), source, target)
        if kind == 2:
            other, name = r.choice(INTEGERS[:6]), r.choice(["arith.index_cast", "arith.index_castui"])
            source, target = ("index", other) if r.random() < 0.5 else (other, "index")
            return self.convert(name, self.value(source), source, target)
        if kind == 3:
            name, source, target = r.choice(["arith.sitofp", "arith.uitofp"]), r.choice(INTEGERS[:6]), r.choice(["f32", "f64"])
            return self.convert(name, self.value(source), source, target)
        if kind == 4:
            name, source, target = r.choice(["arith.fptosi", "arith.fptoui"]), r.choice(["f32", "f64"]), r.choice(INTEGERS[1:6])
            return self.convert(name, self.value(source), source, target)
        source, target = r.choice([("f32", "f64"), ("f64", "f32"), ("f16", "f32"), ("f32", "f16"), ("bf16", "f32"), ("f32", "bf16"), ("f16", "f64")])
        return self.convert("arith.extf" if s.bytes_of(source) < s.bytes_of(target) else "arith.truncf", self.value(source), source, target)

    def narrow_index(self):
        """An index through a narrow integer and back."""
        r = self.random
        narrow, names = r.choice(INTEGERS[:6]), ["arith.index_cast", "arith.index_castui"]
        inner = self.convert(r.choice(names), self.value("index"), "index", narrow)
        return self.convert(r.choice(names), inner, narrow, "index")

    def chain(self):
        """Two operations with constants after each other, as folds like them."""
        type = self.random.choice(INTEGERS[1:])
        value = self.value(type)
        for _ in range(2):
            name = self.random.choice(list(s.INTEGER_BINARY))
            number = self.constant(self.number(type), type)
            operands = [value, number] if self.random.random() < 0.7 else [number, value]
            value = self.add(f"{name} {{0}}, {{1}} : {type}", operands, [type], lambda x, name=name: [s.INTEGER_BINARY[name](x[0], x[1], type)])[0]
        return value

    def extended(self):
        type, is_signed = self.random.choice(INTEGERS[1:6]), self.random.random() < 0.5
        name = "arith.mulsi_extended" if is_signed else "arith.mului_extended"
        return self.add(f"{name} {{0}}, {{1}} : {type}", [self.value(type), self.value(type)], [type, type],
                        lambda x: s.extended_product(x[0], x[1], type, is_signed))[0]

    # ------------------------------------------------------------ control flow
    def region(self, arguments, types, size):
        """A region of `size` random steps, which yields values of `types`."""
        outer, scope = self.steps, list(self.scope)
        region = Region(arguments)
        self.steps, self.depth = region.steps, self.depth + 1
        for _ in range(size):
            self.step()
        region.yields = [self.value(t) for t in types]
        self.steps, self.scope, self.depth = outer, scope, self.depth - 1
        return region

    def some_types(self):
        return [self.random.choice(SCALARS) for _ in range(self.random.randint(1, 3))]

    def conditional(self):
        types, condition = self.some_types(), self.value("i1")
        regions = [self.region([], types, self.random.randint(0, 3)) for _ in range(2)]
        text = f"scf.if {{0}} -> ({', '.join(types)}) {{{{\n{{r0}}}}}} else {{{{\n{{r1}}}}}}"
        return self.add(text, [condition], types, lambda x, e, b: regions[0 if x[0] else 1].run([], e, b), regions)

    def switch(self):
        types, cases = self.some_types(), sorted(self.random.sample(range(-2, 6), self.random.randint(1, 3)))
        chosen = self.value("index")
        regions = [self.region([], types, self.random.randint(0, 2)) for _ in range(len(cases) + 1)]
        text = f"scf.index_switch {{0}} -> {', '.join(types)}\n"
        text += "".join(f"case {c} {{{{\n{{r{i}}}}}}}\n" for i, c in enumerate(cases)) + f"default {{{{\n{{r{len(cases)}}}}}}}"
        find = lambda x: cases.index(s.signed(x, "index")) if s.signed(x, "index") in cases else len(cases)
        return self.add(text, [chosen], types, lambda x, e, b: regions[find(x[0])].run([], e, b), regions)

    def small_index(self):
        """An index of 0 to 7."""
        mask = self.constant(7, "index")
        return self.add("arith.andi {0}, {1} : index", [self.value("index"), mask], ["index"], lambda x: [x[0] & x[1]])[0]

    def loop(self):
        types = self.some_types()
        starts = [self.value(t) for t in types]
        first, last = self.small_index(), self.small_index()
        step = self.constant(self.random.choice([1, 1, 2, 3]), "index")
        names = [self.name() for _ in types]
        induction = self.name()
        scope = list(self.scope)
        self.declare([induction, *names], ["index", *types])
        body = self.region([induction, *names], types, self.random.randint(0, 4))
        self.scope = list(scope)
        carried = ", ".join(f"{n} = {{{i + 3}}}" for i, n in enumerate(names))
        text = f"scf.for {induction} = {{0}} to {{1}} step {{2}} iter_args({carried}) -> ({', '.join(types)}) {{{{\n{{r0}}}}}}"

        def compute(x, e, b):
            values = x[3:]
            for i in range(x[0], x[1], x[2]):
                values = body.run([i, *values], e, b)
            return values

        return self.add(text, [first, last, step, *starts], types, compute, [body])

    def while_loop(self):
        """A loop that counts to a small number, and forwards some values to its body and others to its end."""
        types = ["index", *self.some_types()]
        starts = [self.constant(0, "index"), *(self.value(t) for t in types[1:])]
        limit = self.small_index()
        before_names, scope = [self.name() for _ in types], list(self.scope)
        self.declare(before_names, types)
        # what the condition forwards: values of the loop and values computed in it, some of them twice
        forwarded = ["index", *(self.random.choice(types[1:]) for _ in range(self.random.randint(1, 3)))]
        before = self.region(before_names, [], 0)
        outer, kept = self.steps, list(self.scope)
        self.steps, self.depth = before.steps, self.depth + 1
        goes = self.add("arith.cmpi slt, {0}, {1} : index", [before_names[0], limit], ["i1"], lambda x: [int(s.signed(x[0], "index") < s.signed(x[1], "index"))])[0]
        for _ in range(self.random.randint(0, 2)):
            self.step()
        if self.random.random() < 0.6:
            chosen = self.random.choice(forwarded[1:])
            sides = [self.region([], [chosen], self.random.randint(0, 2)) for _ in range(2)]
            text = f"scf.if {{0}} -> ({chosen}) {{{{\n{{r0}}}}}} else {{{{\n{{r1}}}}}}"
            value = self.add(text, [goes], [chosen], lambda x, e, b: sides[0 if x[0] else 1].run([], e, b), sides)[0]
            handed = [value if t == chosen else self.value(t) for t in forwarded[1:]]
        else:
            handed = [self.value(t) for t in forwarded[1:]]
        before.yields = [goes, before_names[0], *handed]
        self.steps, self.scope, self.depth = outer, kept, self.depth - 1
        self.scope = list(scope)
        after_names = [self.name() for _ in forwarded]
        self.declare(after_names, forwarded)
        after = self.region(after_names, types[1:], self.random.randint(0, 2))
        one = self.name()
        step_one = Step("arith.constant 1 : index", [], ["index"], lambda _: [1])
        step_one.results = [one]
        step_next = Step("arith.addi {0}, {1} : index", [after_names[0], one], ["index"], lambda x: [s.wrap(x[0] + x[1], "index")])
        step_next.results = [self.name()]
        self.types.update({one: "index", step_next.results[0]: "index"})
        after.steps += [step_one, step_next]
        after.yields = [step_next.results[0], *after.yields]
        self.scope = list(scope)
        carried = ", ".join(f"{n} = {{{i}}}" for i, n in enumerate(before_names))
        arguments = ", ".join(f"{n}: {t}" for n, t in zip(after_names, forwarded))
        text = f"scf.while ({carried}) : ({', '.join(types)}) -> ({', '.join(forwarded)}) {{{{\n{{c0}}}}}} do {{{{\n^bb0({arguments}):\n{{r1}}}}}}"

        def compute(x, e, b):
            values = x
            while True:
                decision, *values = before.run(values, e, b)
                if not decision:
                    return values
                values = after.run(values, e, b)

        return self.add(text, starts, forwarded, compute, [before, after])

    # ------------------------------------------------------------ one step of any kind
    def step(self):
        roll = self.random.random()
        if self.depth < 2 and roll < 0.18:
            return self.random.choice([self.conditional, self.loop, self.while_loop, self.switch, self.blocks, self.call])()
        return self.scalar_step()
