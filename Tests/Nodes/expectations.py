"""The node tests that are known not to pass, and why."""

import fnmatch
from pathlib import Path

PATH = Path(__file__).with_name("expectations.txt")


def known_failures(path=PATH):
    """Returns pairs of a reason and the patterns of the tests that it holds for."""
    groups = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        text = line.split("#")[0].strip()
        if not text:
            continue
        if text.endswith(":"):
            groups.append((text[:-1], []))
        elif not groups:
            raise SystemExit(f"{path}:{number}: a test stands before the first reason")
        else:
            groups[-1][1].extend(text.split())
    return groups


def reason(name, groups):
    """Returns why a test is known not to pass, or `None`."""
    return next((why for why, patterns in groups if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)), None)
