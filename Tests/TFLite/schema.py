#!/usr/bin/env python3
"""The tables of the TFLite schema that the importer has: names of operators, and the fields of their options.

    build/python/bin/python Tests/TFLite/schema.py           compare them with the package `tflite`
    build/python/bin/python Tests/TFLite/schema.py --write   write them anew

The package `tflite` is generated from the schema; its sources are read for the numbers, types and defaults of fields.
"""

import argparse
import pathlib
import re
import sys

import tflite

SOURCES = pathlib.Path(__file__).resolve().parents[2] / "Sources/ImportTFLite/Format"
PACKAGE = pathlib.Path(tflite.__file__).parent
WIDTHS = {
    "Int8": "i8", "Uint8": "u8", "Int16": "i16", "Int32": "i32", "Uint32": "u32", "Int64": "i64", "Uint64": "u64", "Float32": "f32",
    "Bool": "bool",
}


def members(enumeration):
    """The names of an enumeration, in order of their numbers."""
    entries = vars(getattr(tflite, enumeration)).items()
    return [name for name, number in sorted(entries, key=lambda entry: str(entry[1]).zfill(4)) if isinstance(number, int)]


def snake(name):
    """The name of a field as the schema has it."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def vector_type(source, name):
    """The type of a field that leads elsewhere: a text, or a list of numbers; `None` for others."""
    body = re.search(rf"    def {name}\(self.*?(?=\n    #|\n    def |\Z)", source, re.S)
    if body and "_tab.String" in body[0] and "Vector" not in body[0]:
        return "text"
    flags = re.search(r"number_types\.(\w+)Flags, a \+", body[0]) if body else None
    return f"[{WIDTHS[flags[1]]}]" if flags and flags[1] in WIDTHS else None


def fields(table):
    """The fields of a table of options: name, type, and default where it is not 0."""
    source = (PACKAGE / f"{table}.py").read_text()
    pattern = rf"def {table}Add(\w+)\(builder, \w+\):\s*builder\.Prepend(\w+)Slot\((\d+), .*, ([^)]*)\)\n"
    found = {}
    for name, kind, number, default in re.findall(pattern, source):
        of = WIDTHS.get(kind) or vector_type(source, name)
        if of:
            found[int(number)] = f"{number} {snake(name)} {of}" + ("" if float(default) == 0 else f" {default}")
    return [found[number] for number in sorted(found)]


def wrapped(words, separator, indent, width=140):
    """Lines of at most `width` columns."""
    lines, line = [], ""
    for word in words:
        if line and len(indent) + len(line) + len(word) + 1 > width:
            lines.append(indent + line.rstrip())
            line = ""
        line += word + separator
    return lines + ([indent + line.rstrip()] if line else [])


def operators():
    """The Swift source of the names of operators."""
    lines = ["/// The operators of the TFLite schema, by their numbers. Written by Tests/TFLite/schema.py.", "enum BuiltinOperator {",
             "  /// The names, in order of the numbers.", "  static let names: [String] = ["]
    lines += wrapped([f'"{name}",' for name in members("BuiltinOperator")], " ", "    ") + ["  ]", "}", ""]
    return "\n".join(lines)


def options():
    """The Swift source of the tables of options."""
    lines = ["/// The fields of operators' options, by the tables of the TFLite schema. Written by Tests/TFLite/schema.py.",
             "///", "/// A field is written as its number, name and type, and its default where that is not 0.", "enum OptionTables {"]
    for union, name in (("BuiltinOptions", "first"), ("BuiltinOptions2", "second")):
        lines += [f"  /// The tables of the union `{union}`, by their numbers.", f"  static let {name}: [(table: String, fields: String)] = ["]
        for table in members(union):
            found = [] if table == "NONE" else fields(table)
            texts = wrapped([field + "," for field in found], " ", "")
            text = " ".join(texts).rstrip(",")
            entry = f'    ("{table}", "{text}"),'
            if len(entry) > 140:
                middle = text[: 100].rfind(", ") + 2
                parts = [text[:middle]] + wrap_text(text[middle:])
                entry = f'    (\n      "{table}",\n      "' + '"\n        + "'.join(parts) + '"\n    ),'
            lines.append(entry)
        lines.append("  ]")
    return "\n".join(lines + ["}", ""])


def wrap_text(text):
    """Pieces of a text that fit on a line, each of which ends behind a comma."""
    pieces = []
    while len(text) > 110:
        middle = text[:110].rfind(", ") + 2
        pieces.append(text[:middle])
        text = text[middle:]
    return pieces + [text]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--write", action="store_true", help="write the tables anew")
    write = parser.parse_args().write
    stale = []
    for name, text in (("BuiltinOperator.swift", operators()), ("OptionTables.swift", options())):
        path = SOURCES / name
        if write:
            path.write_text(text)
        elif path.read_text() != text:
            stale.append(name)
    if stale:
        sys.exit(f"{', '.join(stale)}: not what the package says; run Tests/TFLite/schema.py --write")


if __name__ == "__main__":
    main()
