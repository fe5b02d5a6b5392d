"""Steps that programs are made of beside single operations: functions that are called, blocks, and complex numbers in between."""
import semantics as s


class Structures:
    """For a generator of scalars."""

    def call(self):
        """A private function of its own, which reads its arguments only."""
        r = self.random
        types, results = self.some_types(), self.some_types()
        operands = [self.value(t) for t in types]
        names, scope = [self.name() for _ in types], self.scope
        function = f"@g{self.name()[2:]}"
        was_isolated, self.scope, self.is_isolated = self.is_isolated, [], True
        self.declare(names, types)
        body = self.region(names, results, r.randint(0, 4))
        self.scope, self.is_isolated = scope, was_isolated
        body.function, body.types, body.results = function, types, results
        text = f"func.call {function}({', '.join(f'{{{i}}}' for i in range(len(types)))}) : ({', '.join(types)}) -> ({', '.join(results)})"
        return self.add(text, operands, results, lambda x, e, b: body.run(x, {}, b), [body])

    def blocks(self):
        """A condition, as blocks that branch to each other."""
        r = self.random
        types, condition = self.some_types(), self.value("i1")
        regions = [self.region([], types, r.randint(0, 2)) for _ in range(2)]
        number, names = self.name()[2:], [self.name() for _ in types]
        arguments = ", ".join(f"{n}: {t}" for n, t in zip(names, types))
        text = (f"scf.execute_region -> ({', '.join(types)}) {{{{\ncf.cond_br {{0}}, ^a{number}, ^b{number}\n^a{number}:\n{{r0:cf.br ^c{number}}}"
                f"^b{number}:\n{{r1:cf.br ^c{number}}}^c{number}({arguments}):\nscf.yield {', '.join(names)} : {', '.join(types)}\n}}}}")
        return self.add(text, [condition], types, lambda x, e, b: regions[0 if x[0] else 1].run([], e, b), regions)

    def complex_sum(self):
        """Two complex numbers made, combined and taken apart: exact in each part."""
        r, type = self.random, self.random.choice(["f32", "f64"])
        whole = f"complex<{type}>"
        pairs = [self.add(f"complex.create {{0}}, {{1}} : {whole}", [self.value(type), self.value(type)], [whole], lambda x: [(x[0], x[1])])[0] for _ in range(2)]
        if r.random() < 0.25:
            name = r.choice(["eq", "neq"])
            return self.add(f"complex.{name} {{0}}, {{1}} : {whole}", pairs, ["i1"],
                            lambda x: [int((x[0][0] == x[1][0] and x[0][1] == x[1][1]) == (name == "eq"))])[0]
        for _ in range(r.randint(1, 3)):
            name = r.choice(["add", "sub", "neg", "conj"])
            if name in ("neg", "conj"):
                made = self.add(f"complex.{name} {{0}} : {whole}", pairs[:1], [whole], lambda x, name=name: [(-x[0][0] if name == "neg" else x[0][0], -x[0][1])])[0]
            else:
                function = s.FLOAT_BINARY[f"arith.{name}f"]
                made = self.add(f"complex.{name} {{0}}, {{1}} : {whole}", pairs, [whole],
                                lambda x, function=function: [tuple(s.FLOATS[type](function(a, b)) for a, b in zip(x[0], x[1]))])[0]
            pairs = [made, pairs[r.randrange(2)]]
        part = r.randrange(2)
        return self.add(f"complex.{('re', 'im')[part]} {{0}} : {whole}", pairs[:1], [type], lambda x: [x[0][part]])[0]


def functions_of(steps, types, text_of):
    """The private functions that steps call, as text."""
    texts = []
    for step in steps:
        for region in step.regions:
            texts += functions_of(region.steps, types, text_of)
            if hasattr(region, "function"):
                arguments = ", ".join(f"{n}: {t}" for n, t in zip(region.arguments, region.types))
                texts.append(f"func.func private {region.function}({arguments}) -> ({', '.join(region.results)}) {{\n{text_of(region.steps, types)}"
                             f"return {', '.join(region.yields)} : {', '.join(region.results)}\n}}\n")
    return texts
