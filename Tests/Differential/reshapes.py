"""Steps on tensors whose folds meet each other: dimensions that are joined and split in groups, transpositions, copies to more dimensions, chains of pads and slices."""
import numpy as np
from evaluation import Tensor, tensor_of, tensor_type


class Reshapes:
    """For a generator of tensors."""

    def join_groups(self):
        """Neighbours become one dimension, several at a time."""
        name = self.tensor()
        shape, (seen, element) = self.shapes[name], self.types[name]
        if len(shape) < 2:
            return self.split()
        groups, at = [], 0
        while at < len(shape):
            length = self.random.randint(1, len(shape) - at)
            groups.append(list(range(at, at + length)))
            at += length

        def joined(sizes):
            return tuple(None if any(sizes[i] is None for i in g) else int(np.prod([sizes[i] for i in g], dtype=int)) for g in groups)

        text = f"tensor.collapse_shape {{0}} {groups} : {self.text_type(name)} into {tensor_type(joined(seen), element)}"
        return self.add_tensor(text, [name], joined(seen), element, joined(shape), lambda x: [Tensor(joined(shape), x[0].elements)])

    def split(self):
        """A dimension becomes two, of which the first may have an unknown size."""
        name = self.tensor()
        shape, (seen, element) = self.shapes[name], self.types[name]
        axes = [i for i, n in enumerate(shape) if n > 0]
        if not axes:
            return self.cast()
        at = self.random.choice(axes)
        inner = self.random.choice([d for d in range(1, shape[at] + 1) if shape[at] % d == 0])
        operands, sizes = [name], []
        true = shape[:at] + (shape[at] // inner, inner) + shape[at + 1:]
        wide = seen[:at] + (None if seen[at] is None else shape[at] // inner, inner) + seen[at + 1:]
        for axis, n in enumerate(wide):
            if n is not None:
                sizes.append(str(n))
                continue
            index = self.constant(axis if axis <= at else axis - 1, "index")
            size = self.add(f"tensor.dim {{0}}, {{1}} : {self.text_type(name)}", [name, index], ["index"], lambda x: [x[0].shape[x[1]]])[0]
            if axis == at:
                divisor = self.constant(inner, "index")
                size = self.add("arith.divui {0}, {1} : index", [size, divisor], ["index"], lambda x: [x[0] // x[1]])[0]
            operands.append(size)
            sizes.append(f"{{{len(operands) - 1}}}")
        groups = [[i] for i in range(at)] + [[at, at + 1]] + [[i + 1] for i in range(at + 1, len(shape))]
        text = f"tensor.expand_shape {{0}} {groups} output_shape [{', '.join(sizes)}] : {self.text_type(name)} into {tensor_type(wide, element)}"
        return self.add_tensor(text, operands, wide, element, true, lambda x: [Tensor(true, x[0].elements)])

    def empty(self, seen, element, shape, sizes):
        """A tensor for results, which nobody may read."""
        made = self.add_tensor(f"tensor.empty({', '.join(f'{{{i}}}' for i in range(len(sizes)))}) : {tensor_type(seen, element)}", sizes, seen, element, shape,
                               lambda x: [Tensor(shape, [None] * int(np.prod(shape, dtype=int)))])
        self.scope.pop()
        return made

    def transpose(self):
        """`linalg.transpose`."""
        name = self.tensor()
        (seen, element), shape = self.types[name], self.shapes[name]
        if not shape:  # upstream's verifier does not survive it
            return self.cast()
        order = list(range(len(shape)))
        self.random.shuffle(order)
        known = dict(zip([i for i, n in enumerate(seen) if n is None], self.sizes(name)))
        out = self.empty(tuple(seen[i] for i in order), element, tuple(shape[i] for i in order), [known[i] for i in order if seen[i] is None])
        text = f"linalg.transpose ins({{0}} : {self.text_type(name)}) outs({{1}} : {self.text_type(out)}) permutation = {order}"
        return self.add_tensor(text, [name, out], *self.types[out], self.shapes[out], lambda x: [tensor_of(x[0].array().transpose(order), tuple(shape[i] for i in order))])

    def broadcast(self):
        """`linalg.broadcast`."""
        name = self.tensor()
        (seen, element), shape = self.types[name], self.shapes[name]
        if len(shape) > 2:
            return self.transpose()
        axis, size = self.random.randint(0, len(shape)), self.random.choice([1, 2, 5])
        wide, true = seen[:axis] + (size,) + seen[axis:], shape[:axis] + (size,) + shape[axis:]
        out = self.empty(wide, element, true, self.sizes(name))
        text = f"linalg.broadcast ins({{0}} : {self.text_type(name)}) outs({{1}} : {self.text_type(out)}) dimensions = [{axis}]"
        return self.add_tensor(text, [name, out], wide, element, true, lambda x: [tensor_of(np.repeat(np.expand_dims(x[0].array(), axis), size, axis), true)])

    def moves(self):
        """Several movements, each of what the last one made."""
        kinds = [self.pad, self.extract_slice, self.insert_slice, self.join_groups, self.split, self.collapse, self.expand, self.cast, self.transpose]
        for _ in range(self.random.randint(2, 4)):
            last = self.random.choice(kinds)()
            if self.random.random() < 0.8:
                self.only = last
        self.only = None
        return last
