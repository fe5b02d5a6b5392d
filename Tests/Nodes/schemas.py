#!/usr/bin/env python3
"""Writes Sources/ImportONNX/Checks/SchemaTable*.swift: what the schemas of onnx and ONNX Runtime say of the inputs, outputs and attributes of nodes.

  schemas.py [--write]      compares the files with the schemas, or writes them anew

A line an operator; its versions, the oldest first, are parted by "; ". A version is its operator set, the least and the greatest number of inputs, the
greatest of outputs (* is any), and its attributes: a name, a colon, a letter for the type, and "!" if it must be given.
"""
import argparse
import sys
from pathlib import Path

import onnx
from document import supported
from onnxruntime.capi import onnxruntime_pybind11_state as runtime

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "Sources/ImportONNX/Checks"
LETTERS = {"FLOAT": "f", "INT": "i", "STRING": "s", "TENSOR": "t", "GRAPH": "g", "FLOATS": "F", "INTS": "I", "STRINGS": "S", "TENSORS": "T",
           "GRAPHS": "G", "SPARSE_TENSOR": "p", "TYPE_PROTO": "y"}
WIDTH = 132


def count(number):
    return "*" if number > 1 << 20 else str(number)


def version(schema):
    """Returns the text of one version."""
    attributes = []
    for name, attribute in sorted(schema.attributes.items()):
        kind = str(attribute.type).split(".")[-1]
        attributes.append(f"{name}:{LETTERS[kind]}{'!' if attribute.required else ''}")
    return " ".join([f"{schema.min_input} {count(schema.max_input)} {count(schema.max_output)}", *attributes])


def lines(compiler):
    """Yields the rows: an operator and its versions."""
    versions = {}
    for schema in [*runtime.get_all_operator_schema(), *onnx.defs.get_all_schemas_with_history()]:  # onnx has the last word
        versions.setdefault((schema.domain or "ai.onnx", schema.name), {})[schema.since_version] = schema
    for key in sorted(supported(compiler)):
        texts = []
        for since, schema in sorted(versions.get(key, {}).items()):
            text = version(schema)
            if not texts or texts[-1][1] != text:
                texts.append((since, text))
        if texts:
            yield f"{'' if key[0] == 'ai.onnx' else key[0]}:{key[1]}", "; ".join(f"{since} {text}" for since, text in texts)


def literal(key, text):
    """Returns the lines of a row of the table, none too long."""
    words, parts = text.split(" "), [""]
    for word in words:
        if len(parts[-1]) + len(word) > WIDTH - 20:
            parts.append("")
        parts[-1] += word + " "
    parts[-1] = parts[-1].rstrip()
    if len(key) + len(text) < WIDTH - 4:
        return [f'    "{key}": "{text}",']
    return [f'    "{key}":'] + [f'      {"+ " if i else ""}"{part}"{"," if i == len(parts) - 1 else ""}' for i, part in enumerate(parts)]


def files(compiler):
    """Returns the contents of the files by name."""
    rows = list(lines(compiler))
    groups = {"AToF": [], "GToQ": [], "RToZ": [], "OtherDomains": []}
    for key, text in rows:
        first = key.rpartition(":")[2][0]
        name = "OtherDomains" if not key.startswith(":") else "AToF" if first < "G" else "GToQ" if first < "R" else "RToZ"
        groups[name] += literal(key, text)
    result = {}
    for name, group in groups.items():
        member = name[0].lower() + name[1:]
        result[f"SchemaTable+{name}.swift"] = (
            "extension NodeSchema {\n  /// Written by Tests/Nodes/schemas.py.\n"
            f"  static let {member}: [String: String] = [\n" + "\n".join(group) + "\n  ]\n}\n")
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--compiler", default=ROOT / "bin/tessera", type=Path)
    options = parser.parse_args()
    stale = []
    for name, text in files(options.compiler).items():
        path = FOLDER / name
        if options.write:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            stale.append(name)
    if stale:
        print(f"{', '.join(stale)}: not what the schemas say; run schemas.py --write")
    sys.exit(1 if stale else 0)


if __name__ == "__main__":
    main()
