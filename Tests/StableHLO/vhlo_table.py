#!/usr/bin/env python3
"""Writes the table of VHLO's operations from the definitions of the dialect.

usage: vhlo_table.py VHLO_OPS_TD     the file stablehlo/dialect/VhloOps.td of StableHLO
"""
import pathlib
import re
import sys
import textwrap

TARGET = pathlib.Path(__file__).resolve().parents[2] / "Sources/ImportStableHLO/Format/Bytecode/VHLOTable.swift"
DEFINITION = re.compile(r'def VHLO_\w+\s*:\s*VHLO_Op<\s*"([\w-]+)",\s*"[\d.]+",\s*"[\w.]+"[^{;]*(?:\{(.*?)\n\}|;)', re.S)


def wrapped(words):
    return textwrap.wrap(" ".join(words), width=132, break_long_words=False, break_on_hyphens=False)


def main():
    rows = {}
    for name, body in DEFINITION.findall(pathlib.Path(sys.argv[1]).read_text()):
        arguments = re.search(r"let arguments = \(\s*ins(.*?)\);", body, re.S)
        rows[name] = sorted(re.findall(r"VHLO_AnyAttr:\$(\w+)", arguments.group(1))) if arguments else []
    head, rest = TARGET.read_text().split('private static let text = """\n')
    tail = rest.split('    """\n\n', 1)[1]
    middle, end = tail.split('private static let plain = """\n')
    lines = [" \\\n".join(f"    {part}" for part in wrapped([name, *rows[name]])) for name in sorted(rows) if rows[name]]
    plain = [f"    {part}" for part in wrapped(name for name in sorted(rows) if not rows[name])]
    TARGET.write_text(
        head + 'private static let text = """\n' + "\n".join(lines) + '\n    """\n\n' + middle + 'private static let plain = """\n'
        + "\n".join(plain) + '\n    """\n' + end.split('    """\n', 1)[1])


if __name__ == "__main__":
    main()
