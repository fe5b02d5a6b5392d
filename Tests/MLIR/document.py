"""docs/mlir.md: what of MLIR's tensor dialects works, by operation and form."""

HEAD = """# MLIR

Written by `Tests/MLIR/run.py --write docs/mlir.md` from a run of its {count} programs of one operation, each compared with NumPy.

Forms are element types, with what else the program has: `dynamic` is sizes that are known at run time only, `body` stands in the body of a `linalg.generic` (the
others are on whole tensors), `number` on single numbers of the host program. "Refused" is a message that names the operation, and exit code 3.

Of {count} programs, {passed} do what this table says.
"""
NOTES = """
## What is refused

| | why |
|---|---|
| tensors of unknown rank | shapes are planned by dimension |
| recursion | write it as a loop |
| `ml_program` globals that are mutable, `tosa.variable` | a function has no state from call to call; pass it in, and return it |
| `memref`, `vector`, `bufferization`, `gpu`, `sparse_tensor`, ... | programs on tensors come in, before they are bufferized |
| values of `!shape.shape` | shapes are tensors of `index` |
| functions of `ml_program`, functions without a body | functions are `func.func` |
| `tosa.custom` | nobody knows what it computes |
"""


def cell(programs, outcomes):
    """The forms that work, those that are refused, and those that do not work yet."""
    works, refused, broken = [], [], []
    for p in programs:
        kind = broken if outcomes.get(p.name, "did not run") else refused if p.refusal is not None else works
        if p.error is None and p.form not in kind:
            kind.append(p.form)
    return [grouped(kind) for kind in (works, refused, broken)]


def grouped(forms):
    """'f32; f16; f32 dynamic' as 'f32, f16; dynamic: f32'."""
    plain, groups = [], {}
    for form in forms:
        start, _, last = form.rpartition(" ")
        if start and last in ("dynamic", "body", "number"):
            groups.setdefault(last, []).append(start)
        else:
            plain.append(form)
    everything = [plain] + [[f"{name}:"] + types if types != plain else [f"{name}: the same"] for name, types in groups.items()]
    return "; ".join(listed(group) for group in everything if group)


def listed(forms):
    """Forms one after the other, behind a name that ends with a colon."""
    head, forms = (forms[0] + " ", forms[1:]) if forms[0].endswith(":") else ("", forms)
    return head + (" / " if any("," in form for form in forms) else ", ").join(forms)


def document(programs, outcomes):
    """The text of the page for the outcomes of a run of all programs."""
    passed = sum(outcomes.get(p.name, "did not run") is None for p in programs)
    lines = [HEAD.format(count=len(programs), passed=passed)]
    operations = {}
    for p in programs:
        operations.setdefault(p.op, []).append(p)
    for dialect in sorted({op.split(".")[0] for op in operations}):
        own = sorted(op for op in operations if op.split(".")[0] == dialect)
        lines += [f"## {dialect}: {len(own)} operations", "", "| operation | works | refused or not yet |", "|---|---|---|"]
        for op in own:
            works, refused, broken = cell(operations[op], outcomes)
            other = "; ".join(([f"refused: {refused}"] if refused else []) + ([f"not yet: {broken}"] if broken else []))
            lines.append(f"| {op} | {works} | {other} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n" + NOTES
