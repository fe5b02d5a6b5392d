#!/usr/bin/env python3
"""The table of TFLite operators in docs/tflite.md, from the tables of the importer.

    build/python/bin/python Tests/TFLite/table.py           compare; the last line is 'N passed, N failed'
    build/python/bin/python Tests/TFLite/table.py --write   write it anew
"""

import argparse
import pathlib
import re
import sys

from schema import members

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/tflite.md"
BEGIN, END = "<!-- begin: Tests/TFLite/table.py -->\n", "<!-- end -->\n"

QUANTIZED = {
    "real": "as real numbers, rounded to the nearest step", "moved": "moved as they are", "movedIfAlike": "as they are where all scales are one, else as real numbers",
    "own": "by a rule of its own",
}
# Why an operator is not there.
REASONS = [
    (r"HASHTABLE.*|LSH_PROJECTION|SKIP_GRAM", "works on strings or hash tables"), (r"STABLEHLO_.*", "StableHLO inside of TFLite"),
    (r"CUSTOM|DELEGATE|PLACEHOLDER.*", "names no operator"), (r"RANDOM.*|MULTINOMIAL", "draws random numbers"),
    (r"CONCAT_EMBEDDINGS|EMBEDDING_LOOKUP_SPARSE", "was never written by a converter of today"),
]


def rows():
    """The operators of the importer: name, newest version, treatment of quantized operands, whether it is custom."""
    found = {}
    for path in sorted((ROOT / "Sources/ImportTFLite/Operators").glob("OperatorTable+*.swift")):
        for row in re.split(r"\.init\(", path.read_text())[1:]:
            name = re.match(r'\s*"(\w+)"', row)
            if name:
                version, quantized = re.search(r"upTo: (\d+)", row), re.search(r"quantized: \.(\w+)", row)
                found[name[1]] = (version[1] if version else "1", quantized[1] if quantized else "real", "custom: true" in row)
    return found


def table():
    """The lines of the table."""
    found = rows()
    lines = ["| operator | versions | quantized operands |", "|---|---|---|"]
    builtin = members("BuiltinOperator")
    for name in builtin:
        if name in found:
            version, quantized, _ = found[name]
            lines.append(f"| {name} | {'1' if version == '1' else '1-' + version} | {QUANTIZED[quantized]} |")
    for name, (_, quantized, is_custom) in sorted(found.items()):
        if is_custom:
            lines.append(f"| {name} (custom) | | {QUANTIZED[quantized]} |")
    missing = [name for name in builtin if name not in found]
    lines += ["", f"{len(found)} operators are supported; of the {len(builtin)} of the schema these are not:", "", "| operator | why |", "|---|---|"]
    for pattern, reason in [*REASONS, (".*", "not yet")]:
        names = [name for name in missing if re.fullmatch(pattern, name)]
        missing = [name for name in missing if name not in names]
        if names:
            lines.append(f"| {', '.join(names)} | {reason} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--write", action="store_true", help="write the table anew")
    write = parser.parse_args().write
    page = PAGE.read_text()
    start, end = page.index(BEGIN) + len(BEGIN), page.index(END)
    if write:
        PAGE.write_text(page[:start] + table() + page[end:])
        return
    is_current = page[start:end] == table()
    if not is_current:
        print("docs/tflite.md is not what the importer says; run Tests/TFLite/table.py --write")
    print("1 passed, 0 failed" if is_current else "0 passed, 1 failed")
    sys.exit(0 if is_current else 1)


if __name__ == "__main__":
    main()
