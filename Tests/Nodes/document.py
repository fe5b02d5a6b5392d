"""docs/operators.md: which ONNX operators there are, since when, and how many of their node tests pass."""

import subprocess

import onnx.defs

from expectations import reason

HEAD = """# ONNX operators

Written by `./dev nodes --write docs/operators.md` from the importer's table (`tessera check --operators`) and a run of all node tests of onnx {version}.
*From* is the oldest operator set whose form is handled. *Tests* counts the onnx package's tests of the operator and of its function's body: passed / all.
"""


def supported(tessera):
    """Returns the rows of the importer's table: (domain, name) and the oldest operator set with the operands."""
    text = subprocess.run([str(tessera), "check", "--operators"], capture_output=True, text=True, check=True).stdout
    rows = {}
    for line in text.splitlines():
        domain, name, since, operands = line.split("\t")
        rows[domain, name] = (since, operands)
    return rows


def standard():
    """Returns the (domain, name) of all operators that the onnx package defines and has not deprecated."""
    return {(schema.domain or "ai.onnx", schema.name) for schema in onnx.defs.get_all_schemas() if not schema.deprecated}


def count(results):
    """Returns 'passed / all' of `results`, and the number of those that did not pass."""
    passed = sum(result.status == "passed" for _, result in results)
    return f"{passed} / {len(results)}" if results else "-", len(results) - passed


def table(keys, rows, tests, groups):
    """Returns the lines of a table of operators of one domain."""
    lines = ["| operator | from | operands | tests | what does not pass |", "|---|---:|---|---:|---|"]
    for key in sorted(keys, key=lambda key: key[1].lower()):
        results = tests.get(key, [])
        since, operands = rows[key]
        reasons = sorted({reason(test.name, groups) or result.status for test, result in results if result.status != "passed"})
        lines.append(f"| {key[1]} | {since} | {operands} | {count(results)[0]} | {'; '.join(reasons)} |")
    return lines


def document(tessera, results, groups):
    """Returns the text of the page for the results of a run of all tests."""
    rows = supported(tessera)
    tests = {}
    for test, result in results:
        tests.setdefault((test.domain, test.operator), []).append((test, result))
    plain = [(test, result) for test, result in results if test.is_plain]
    lines = [HEAD.format(version=onnx.__version__)]
    lines.append(f"Of {len(results)} tests, {len(results) - count(results)[1]} pass; of the {len(plain)} whose inputs and outputs are all tensors of f16, f32, f64, "
                 f"bool or integers of 8 to 64 bits, {len(plain) - count(plain)[1]}.")
    for domain in sorted({domain for domain, _ in rows}):
        keys = [key for key in rows if key[0] == domain]
        lines += ["", f"## {domain}: {len(keys)} operators", "", *table(keys, rows, tests, groups)]
    missing = sorted((standard() | set(tests)) - set(rows))
    lines += ["", f"## Not there: {len(missing)} operators", "", "An operator that is not there but is a function in the standard is refused too, unless the file has the function.", "",
              "| operator | domain | tests |", "|---|---|---:|"]
    lines += [f"| {name} | {domain} | {count(tests.get((domain, name), []))[0]} |" for domain, name in missing]
    return "\n".join(lines) + "\n"
