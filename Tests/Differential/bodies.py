"""Steps on tensors that have a body: elementwise ones, and reductions."""
import itertools

import numpy as np
import semantics as s
from evaluation import ELEMENTS, Region, Step, Tensor, tensor_type, text_of
from programs import Generator


class BodyGenerator(Generator):
    """The scalars of a body: what it computes with is elements, numbers in the text and, if it is asked for, positions."""

    def __init__(self, random, outer, arguments):
        super().__init__(random)
        self.outer, self.depth = outer, 1
        self.declare([n for n, _ in arguments], [t for _, t in arguments])

    def name(self):
        return self.outer.name()

    def leaf(self, type):
        number = self.number(type)
        return self.add(s.constant(number, type), [], [type], lambda _: [number])[0]

    def step(self):
        if self.depth < 3 and self.random.random() < 0.1:
            return self.conditional()
        return self.scalar_step()


class Bodies:
    """For a generator of tensors."""

    def generic(self):
        """An elementwise body over one or two tensors, one of them possibly read with other indices."""
        r = self.random
        name = self.tensor()
        shape = self.shapes[name]
        rank = len(shape)
        operands, maps = [name], [list(range(rank))]
        for _ in range(r.randint(0, 1)):
            axes = sorted(r.sample(range(rank), r.randint(0, rank)))
            r.shuffle(axes)
            operands.append(self.tensor(tuple(shape[a] for a in axes)))
            maps.append(axes)
        # an output of what is known of the first operand's sizes
        seen, sizes = self.types[name][0], self.sizes(name)
        body = BodyGenerator(r, self, [])
        arguments = [self.name() for _ in operands]
        body.declare(arguments, [self.types[o][1] for o in operands])
        positions = []
        for axis in range(rank):
            if r.random() < 0.3:
                index = Step(f"linalg.index {axis} : index", [], ["index"], None)
                index.results = [self.name()]
                positions.append((index, axis))
                body.declare(index.results, ["index"])
        for _ in range(r.randint(1, 5)):
            body.step()
        element = r.choice([t for _, t in body.scope if t in ELEMENTS] or ["i32"])
        result = body.value(element)
        self.types.update(body.types)
        empty = self.add_tensor(f"tensor.empty({', '.join(f'{{{i}}}' for i in range(len(sizes)))}) : {tensor_type(seen, element)}", sizes, seen, element, shape,
                                lambda x: [Tensor(shape, [None] * int(np.prod(shape, dtype=int)))])
        self.scope.pop()  # nobody may read it
        loops = ", ".join(f"d{i}" for i in range(rank))
        texts = [f"affine_map<({loops}) -> ({', '.join(f'd{a}' for a in axes)})>" for axes in [*maps, list(range(rank))]]
        out = self.name()
        listed = ", ".join(f"{a}: {self.types[o][1]}" for a, o in zip(arguments, operands)) + f", {out}: {element}"
        inner = "".join(f"{p.results[0]} = {p.text}\n" for p, _ in positions) + text_of(body.steps, self.types)
        inner = inner.replace("{", "{{").replace("}", "}}")
        iterators = ", ".join(['"parallel"'] * rank)
        ins = ", ".join(f"{{{i}}}" for i in range(len(operands)))
        text = (f"linalg.generic {{{{indexing_maps = [{', '.join(texts)}], iterator_types = [{iterators}]}}}} ins({ins} : "
                f"{', '.join(self.text_type(o) for o in operands)}) outs({{{len(operands)}}} : {tensor_type(seen, element)}) {{{{\n"
                f"^bb0({listed}):\n{inner}linalg.yield {result} : {element}\n}}}} -> {tensor_type(seen, element)}")
        region = Region(arguments + [p.results[0] for p, _ in positions])
        region.steps, region.yields = body.steps, [result]

        def compute(x, budget=None):
            arrays, made = [t.array() for t in x[:-1]], []
            for at in itertools.product(*(range(n) for n in shape)):
                elements = [a[tuple(at[i] for i in axes)] if axes else a.item() for a, axes in zip(arrays, maps)]
                made += region.run(elements + [at[axis] for _, axis in positions], {}, [1000])
            return [Tensor(shape, made)]

        return self.add_tensor(text, [*operands, empty], seen, element, shape, compute)

    def reduction(self):
        """The integers of one axis combined."""
        name = self.tensor(element=self.random.choice(ELEMENTS[1:6]))
        shape, (seen, element) = self.shapes[name], self.types[name]
        if not shape:
            return self.cast()
        axis, kind = self.random.randrange(len(shape)), self.random.choice(list(s.INTEGER_BINARY))
        if kind == "arith.subi":
            kind = "arith.addi"
        left = tuple(n for i, n in enumerate(shape) if i != axis)
        start = self.cast_to(self.tensor(left, element), tuple(n for i, n in enumerate(seen) if i != axis))
        loops = ", ".join(f"d{i}" for i in range(len(shape)))
        kept = ", ".join(f"d{i}" for i in range(len(shape)) if i != axis)
        iterators = ", ".join('"reduction"' if i == axis else '"parallel"' for i in range(len(shape)))
        a, b, c = self.name(), self.name(), self.name()
        result = self.text_type(start)
        text = (f"linalg.generic {{{{indexing_maps = [affine_map<({loops}) -> ({loops})>, affine_map<({loops}) -> ({kept})>], iterator_types = [{iterators}]}}}} "
                f"ins({{0}} : {self.text_type(name)}) outs({{1}} : {result}) {{{{\n^bb0({a}: {element}, {b}: {element}):\n{c} = {kind} {b}, {a} : {element}\n"
                f"linalg.yield {c} : {element}\n}}}} -> {result}")

        def compute(x):
            moved, made = np.moveaxis(x[0].array(), axis, -1).reshape(len(x[1].elements), shape[axis]), []
            for first, row in zip(x[1].elements, moved):
                for e in row:
                    first = s.INTEGER_BINARY[kind](first, e, element)
                made.append(first)
            return [Tensor(left, made)]

        return self.add_tensor(text, [name, start], self.types[start][0], element, left, compute)
