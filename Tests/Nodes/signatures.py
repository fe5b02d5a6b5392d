#!/usr/bin/env python3
"""Writes Sources/ImportONNX/Operators/OperatorSignatures.swift: what the schemas of onnx and ONNX Runtime say of the inputs' types.

  signatures.py [--write]      compares the file with the schemas, or writes it anew

A word an input: a class of types, wide enough for all versions of the operator, and after a colon a number where several inputs must have one type.
What follows the last word is like it, if that ends in "...".
"""
import argparse
import sys
from pathlib import Path

import onnx
from document import supported
from onnxruntime.capi import onnxruntime_pybind11_state as runtime

ROOT = Path(__file__).resolve().parents[2]
RESULT = ROOT / "Sources/ImportONNX/Operators/OperatorSignatures.swift"

SMALL = {f"float8{form}" for form in ("e4m3fn", "e4m3fnuz", "e5m2", "e5m2fnuz", "e8m0")}
FLOATS = {"bfloat16", "float16", "float", "double"}
BYTES = {"int8", "uint8"}
INTEGERS = BYTES | {"int16", "int32", "int64", "uint16", "uint32", "uint64"}
CLASSES = [("b", {"bool"}), ("byte", BYTES), ("i32", {"int32"}), ("i", INTEGERS), ("f", FLOATS), ("n", FLOATS | INTEGERS)]


def class_of(types):
    """Returns the narrowest class that has all of `types`; small floats are another check's business."""
    types = {kind.removeprefix("tensor(").removesuffix(")") for kind in types} - SMALL
    return next((name for name, members in CLASSES if types and types <= members), "a")


def inputs_of(schema):
    """Returns an input's type variable (or None), its types and whether it stands for many; for schemas of both packages."""
    constraints = {c.type_param_str: c.allowed_type_strs for c in schema.type_constraints}
    for given in schema.inputs:
        name = given.type_str if hasattr(given, "type_str") else given.typeStr
        homogeneous = given.is_homogeneous if hasattr(given, "is_homogeneous") else given.isHomogeneous
        yield name if name in constraints else None, set(constraints.get(name, [name])), "Variadic" in str(given.option), homogeneous


def signature(schemas):
    """Returns the words for an operator of which these are the versions, the newest first."""
    types = {}
    for schema in schemas:
        for i, (_, allowed, _, _) in enumerate(inputs_of(schema)):
            types.setdefault(i, set()).update(allowed)
    newest = list(inputs_of(schemas[0]))
    shared = [variable for variable, *_ in newest]
    words, numbers = [], {}
    for i, (variable, _, many, homogeneous) in enumerate(newest):
        word = class_of(types[i])
        if variable and (shared.count(variable) > 1 or (many and homogeneous)):
            word += f":{numbers.setdefault(variable, len(numbers) + 1)}"
        words.append(word + ("..." if many else ""))
    return " ".join(words)


def lines(compiler):
    """Returns the rows of the file: operators whose signature says something."""
    versions = {}
    for schema in [*onnx.defs.get_all_schemas_with_history(), *runtime.get_all_operator_schema()]:
        versions.setdefault((schema.domain or "ai.onnx", schema.name), []).append(schema)
    for key in sorted(supported(compiler)):
        schemas = versions.get(key, [])
        own = [schema for schema in schemas if isinstance(schema, onnx.defs.OpSchema)] or schemas
        if not schemas or any("seq(" in kind or "optional(" in kind for s in schemas for _, kinds, *_ in inputs_of(s) for kind in kinds):
            continue
        newest = max(own, key=lambda schema: schema.since_version)
        words = signature([newest, *schemas])
        if set(words.replace("...", "").split()) - {"a"}:
            name = f'    "{"" if key[0] == "ai.onnx" else key[0]}:{key[1]}":'
            if len(name) + len(words) > 130:
                yield name
                head = words[:100].rpartition(" ")[0]
                yield f'      "{head} "'
                yield f'      + "{words[len(head) + 1:]}",'
            else:
                yield f'{name} "{words}",'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--compiler", default=ROOT / "bin/tessera", type=Path)
    options = parser.parse_args()
    head, _, rest = RESULT.read_text().partition("    // begin\n")
    tail = rest.partition("\n  ]\n")[2]
    text = f"{head}    // begin\n" + "\n".join(lines(options.compiler)) + f"\n  ]\n{tail}"
    if options.write:
        RESULT.write_text(text)
    elif text != RESULT.read_text():
        print(f"{RESULT.name} is not what the schemas say: run signatures.py --write, and read the difference")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
