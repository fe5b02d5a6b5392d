"""Random programs on small tensors: elementwise bodies, reductions, and everything that moves elements."""
import numpy as np
from bodies import Bodies
from evaluation import ELEMENTS, Tensor, tensor_of, tensor_type
from programs import Generator
from reshapes import Reshapes


class TensorGenerator(Bodies, Reshapes, Generator):
    """Scalars and tensors side by side."""

    def shape(self):
        return tuple(self.random.choice([1, 1, 2, 3, 4, 5, 17]) for _ in range(self.random.choice([0, 1, 1, 2, 2, 3])))

    def tensor_leaf(self, shape=None, element=None):
        """A tensor from outside, whose sizes the program may not see."""
        shape = self.shape() if shape is None else shape
        element = element or self.random.choice(ELEMENTS)
        seen = tuple(None if self.random.random() < 0.4 else n for n in shape)
        name = self.name()
        count = int(np.prod(shape, dtype=int))
        self.types[name] = (seen, element)
        self.leaves.append((name, (seen, element), Tensor(shape, [self.number(element) for _ in range(count)])))
        self.shapes[name] = shape
        return name

    def __init__(self, random):
        super().__init__(random)
        self.only = None  # the tensor that steps are to be on
        self.shapes = {}  # the true sizes of tensors, which steps on them are made for

    def tensor(self, shape=None, element=None):
        """A tensor that is there, or a new one."""
        if self.only and shape is None and element is None:
            return self.only
        known = [n for n, t in self.scope if not isinstance(t, str) and (shape is None or self.shapes[n] == shape) and (element is None or t[1] == element)]
        return self.random.choice(known[-5:]) if known and self.random.random() < 0.8 else self.tensor_leaf(shape, element)

    def value(self, type):
        known = [n for n, t in self.scope if t == type]
        if not known and not self.is_isolated and self.random.random() < 0.5 and type in ELEMENTS:
            return self.extract(type)
        return super().value(type)

    def add_tensor(self, text, operands, seen, element, shape, compute):
        name = self.add(text, operands, [(seen, element)], compute)[0]
        self.shapes[name] = shape
        return name

    def text_type(self, name):
        return tensor_type(*self.types[name])

    def sizes(self, name):
        """The dynamic sizes of a tensor, as values."""
        seen = self.types[name][0]
        sizes = []
        for axis, n in enumerate(seen):
            if n is None:
                index = self.constant(axis, "index")
                sizes.append(self.add(f"tensor.dim {{0}}, {{1}} : {self.text_type(name)}", [name, index], ["index"], lambda x, axis=axis: [x[0].shape[axis]])[0])
        return sizes

    # ------------------------------------------------------------ elements
    def position(self, size):
        """An index below `size`."""
        value, limit = self.value("index"), self.constant(size, "index")
        return self.add("arith.remui {0}, {1} : index", [value, limit], ["index"], lambda x: [x[0] % x[1]])[0]

    def extract(self, element=None):
        name = self.tensor(element=element)
        shape, element = self.shapes[name], self.types[name][1]
        at = [self.position(n) for n in shape]
        text = f"tensor.extract {{0}}[{', '.join(f'{{{i + 1}}}' for i in range(len(at)))}] : {self.text_type(name)}"
        return self.add(text, [name, *at], [element], lambda x: [x[0].array()[tuple(x[1:])]] if shape else [x[0].elements[0]])[0]

    def insert(self):
        name = self.tensor()
        shape, (seen, element) = self.shapes[name], self.types[name]
        at = [self.position(n) for n in shape]
        value = self.value(element)
        text = f"tensor.insert {{0}} into {{1}}[{', '.join(f'{{{i + 2}}}' for i in range(len(at)))}] : {self.text_type(name)}"

        def compute(x):
            array = x[1].array().copy()
            array[tuple(x[2:])] = x[0]
            return [tensor_of(array, shape)]

        return self.add_tensor(text, [value, name, *at], seen, element, shape, compute)

    def from_elements(self):
        element, shape = self.random.choice(ELEMENTS), self.random.choice([(), (1,), (2,), (3,), (2, 2)])
        values = [self.value(element) for _ in range(int(np.prod(shape, dtype=int)))]
        text = f"tensor.from_elements {', '.join(f'{{{i}}}' for i in range(len(values)))} : {tensor_type(shape, element)}"
        return self.add_tensor(text, values, shape, element, shape, lambda x: [Tensor(shape, x)])

    # ------------------------------------------------------------ movements
    def mixed(self, number, operands):
        """A number of a slice: in the text, or as a value that is a constant or comes from outside."""
        if self.random.random() < 0.5:
            return str(number), number
        if self.random.random() < 0.5:
            name = self.constant(number, "index")
        else:
            name = self.name()
            self.types[name] = "index"
            self.leaves.append((name, "index", number))
        operands.append(name)
        return f"{{{len(operands) - 1}}}", None

    def part(self, shape):
        """Random offsets, sizes and strides inside of a shape."""
        parts = []
        for n in shape:
            size = self.random.randint(1, n)
            step = self.random.choice([1, 1, 1, 2]) if (size - 1) * 2 < n else 1
            offset = self.random.randint(0, n - 1 - (size - 1) * step)
            parts.append((offset, size, step))
        return parts

    def lists(self, parts, operands):
        """The three lists of a slice as text, and its sizes as they can be seen."""
        texts, seen = [], None
        for k in range(3):
            made = [self.mixed(p[k], operands) for p in parts]
            texts.append(f"[{', '.join(t for t, _ in made)}]")
            if k == 1:
                seen = tuple(n for _, n in made)
        return " ".join(texts), seen

    def reduced(self, seen, shape):
        """The shapes without some dimensions that are known to be 1."""
        kept = [i for i, n in enumerate(seen) if n != 1 or self.random.random() < 0.5]
        return tuple(seen[i] for i in kept), tuple(shape[i] for i in kept)

    def extract_slice(self):
        name = self.tensor()
        element, operands, parts = self.types[name][1], [name], self.part(self.shapes[name])
        text, seen = self.lists(parts, operands)
        window = tuple(slice(o, o + (n - 1) * t + 1, t) for o, n, t in parts)
        seen, shape = self.reduced(seen, tuple(p[1] for p in parts))
        full = f"tensor.extract_slice {{0}}{text} : {self.text_type(name)} to {tensor_type(seen, element)}"
        return self.add_tensor(full, operands, seen, element, shape, lambda x: [tensor_of(x[0].array()[window] if window else x[0].array(), shape)])

    def insert_slice(self):
        name = self.tensor()
        (own, element), shape, parts = self.types[name], self.shapes[name], self.part(self.shapes[name])
        operands = [None, name]
        text, seen = self.lists(parts, operands)
        window = tuple(slice(o, o + (n - 1) * t + 1, t) for o, n, t in parts)
        seen, part = self.reduced(seen, tuple(p[1] for p in parts))
        source = self.cast_to(self.tensor(part, element), seen)
        operands[0] = source
        full = f"tensor.insert_slice {{0}} into {{1}}{text} : {tensor_type(seen, element)} into {self.text_type(name)}"

        def compute(x):
            array = x[1].array().copy()
            array[window] = x[0].array().reshape([p[1] for p in parts])
            return [tensor_of(array, shape)]

        return self.add_tensor(full, operands, own, element, shape, compute)

    def cast_to(self, name, seen):
        if self.types[name][0] == seen:
            return name
        element = self.types[name][1]
        # through what both know: a cast may not turn one size into another
        meet = tuple(a if a == b else None for a, b in zip(self.types[name][0], seen))
        if meet != self.types[name][0]:
            name = self.add_tensor(f"tensor.cast {{0}} : {self.text_type(name)} to {tensor_type(meet, element)}", [name], meet, element, self.shapes[name], lambda x: x)
        if meet == seen:
            return name
        return self.add_tensor(f"tensor.cast {{0}} : {self.text_type(name)} to {tensor_type(seen, element)}", [name], seen, element, self.shapes[name], lambda x: x)

    def cast(self):
        name = self.tensor()
        return self.cast_to(name, tuple(n if self.random.random() < 0.5 else None for n in self.shapes[name]))

    def concat(self):
        name = self.tensor()
        shape, (seen, element) = self.shapes[name], self.types[name]
        if not shape:
            return self.cast()
        axis, other = self.random.randrange(len(shape)), self.tensor(shape, element)
        sizes = [self.types[n][0][axis] for n in (name, other)]
        joined = tuple(None if i == axis and None in sizes else sum(sizes) if i == axis else (n if self.types[other][0][i] is None else self.types[other][0][i])
                       for i, n in enumerate(seen))
        text = f"tensor.concat dim({axis}) {{0}}, {{1}} : ({self.text_type(name)}, {self.text_type(other)}) -> {tensor_type(joined, element)}"
        return self.add_tensor(text, [name, other], joined, element, tuple(2 * n if i == axis else n for i, n in enumerate(shape)),
                               lambda x: [tensor_of(np.concatenate([x[0].array(), x[1].array()], axis))])

    def pad(self):
        name = self.tensor()
        shape, (seen, element) = self.shapes[name], self.types[name]
        if not shape:
            return self.cast()
        operands, border = [name], self.value(element)
        low, high = [[self.random.choice([0, 0, 1, 2]) for _ in shape] for _ in range(2)]
        lows, highs = [self.mixed(n, operands) for n in low], [self.mixed(n, operands) for n in high]
        result = tuple(None if None in (n, a[1], b[1]) else n + a[1] + b[1] for n, a, b in zip(seen, lows, highs))
        operands.append(border)
        arguments = ", ".join(f"{self.name()}: index" for _ in shape)
        text = (f"tensor.pad {{0}} low[{', '.join(t for t, _ in lows)}] high[{', '.join(t for t, _ in highs)}] {{{{\n^bb0({arguments}):\n"
                f"tensor.yield {{{len(operands) - 1}}} : {element}\n}}}} : {self.text_type(name)} to {tensor_type(result, element)}")

        def compute(x):
            array = np.empty([n + a + b for n, a, b in zip(shape, low, high)], object)
            array.fill(x[-1])
            array[tuple(slice(a, a + n) for a, n in zip(low, shape))] = x[0].array()
            return [tensor_of(array)]

        return self.add_tensor(text, operands, result, element, tuple(n + a + b for n, a, b in zip(shape, low, high)), compute)

    def collapse(self):
        """Two dimensions become one, or a dimension of size 1 comes in."""
        name = self.tensor()
        shape, (seen, element) = self.shapes[name], self.types[name]
        if len(shape) < 2:
            return self.cast()
        at = self.random.randrange(len(shape) - 1)
        groups = [[i] for i in range(at)] + [[at, at + 1]] + [[i] for i in range(at + 2, len(shape))]

        def joined(sizes):
            return tuple(None if any(sizes[i] is None for i in g) else int(np.prod([sizes[i] for i in g], dtype=int)) for g in groups)

        text = f"tensor.collapse_shape {{0}} {groups} : {self.text_type(name)} into {tensor_type(joined(seen), element)}"
        return self.add_tensor(text, [name], joined(seen), element, joined(shape), lambda x: [Tensor(joined(shape), x[0].elements)])

    def expand(self):
        name = self.tensor()
        shape, (seen, element) = self.shapes[name], self.types[name]
        if not shape:
            return self.cast()
        at = self.random.randrange(len(shape))
        groups = [[i] for i in range(at)] + [[at, at + 1]] + [[i + 1] for i in range(at + 1, len(shape))]
        wide = seen[:at] + (1,) + seen[at:]
        sizes = self.sizes(name)
        listed, count = [], 1
        for n in wide:
            listed.append(str(n) if n is not None else f"{{{count}}}")
            count += n is None
        text = f"tensor.expand_shape {{0}} {groups} output_shape [{', '.join(listed)}] : {self.text_type(name)} into {tensor_type(wide, element)}"
        true = shape[:at] + (1,) + shape[at:]
        return self.add_tensor(text, [name, *sizes], wide, element, true, lambda x: [Tensor(true, x[0].elements)])

    def step(self):
        if self.depth == 0 and self.random.random() < 0.75:
            kinds = [self.extract, self.insert, self.from_elements, self.extract_slice, self.extract_slice, self.insert_slice, self.insert_slice, self.cast]
            kinds += [self.concat, self.pad, self.join_groups, self.split, self.transpose, self.broadcast, self.moves, self.moves, self.collapse, self.expand, self.generic, self.generic, self.generic, self.reduction]
            return self.random.choice(kinds)()
        return super().step()
