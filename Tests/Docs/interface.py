"""Compares docs/CommandLine.md with the sources: every exit code and environment variable that they know stands there, and no other."""
import re

PAGE = "docs/CommandLine.md"
# Variables that tests set or read for their own ends, and that change nothing that a user sees.
OTHER_PEOPLES = {"PATH", "LANG", "TERM", "CI", "SWIFT_BACKTRACE", "TESSERA_SOURCES"}
# How sources read a variable: C's getenv, Foundation, Python, the compiler's look-up by a closure.
READS = re.compile(r"""(?:getenv\(|environment\[|os\.environ(?:\.get)?[\[(]|\bvalue\()["']([A-Z][A-Z_]+)["']""")


def rows(page, heading):
    """The first cells of the tables below headings that begin with a text."""
    sections = re.split(r"^## ", page, flags=re.M)[1:]
    lines = [line for section in sections if section.startswith(heading) for line in section.splitlines()]
    return [match[1] for line in lines if (match := re.match(r"^\| `?(\w+)`? \|", line)) and match[1] not in ("code", "variable")]


def variables(root):
    """The environment variables that programs, tests and scripts read."""
    found = set()
    for folder, endings in (("Sources", ("swift",)), ("Tests", ("swift", "py")), ("Benchmarks", ("py",))):
        for ending in endings:
            for path in (root / folder).rglob(f"*.{ending}"):
                text = path.read_text()
                found |= set(READS.findall(text)) | set(re.findall(r"\bTESSERA_[A-Z_]+\b", text))
    for script in ("dev", ".ci/run", *(f"Scripts/{path.name}" for path in (root / "Scripts").iterdir() if path.suffix not in (".txt", ".py"))):
        found |= set(re.findall(r"\bTESSERA_[A-Z_]+\b", (root / script).read_text()))
    macros = {name for header in (root / "Sources").rglob("*.h") for name in re.findall(r"^#define (TESSERA_\w+)", header.read_text(), re.M)}
    return found - macros - OTHER_PEOPLES


def exit_codes(root):
    """The exit codes of both programs: the cases of `ExitCode`, and what diagnostics of the compiler end with."""
    cases = re.findall(r"^  case \w+ = (\d+)", (root / "Sources/tessera/ExitCode.swift").read_text(), re.M)
    diagnostic = (root / "Sources/Diagnostics/Diagnostic.swift").read_text()
    body = diagnostic[diagnostic.index("var exitCode: Int32"):]
    body = body[:body.index("\n  }\n")]
    return set(cases) | set(re.findall(r": (\d+)$", body, re.M))


def problems(root):
    """Yields what the page lacks, and what it has too much."""
    page = (root / PAGE).read_text()
    for title, written, known in (("exit code", rows(page, "Exit codes"), exit_codes(root)),
                                  ("variable", rows(page, "Environment variables"), variables(root))):
        for name in sorted(known - set(written)):
            yield f"{PAGE} lacks the {title} {name}"
        for name in sorted(set(written) - known):
            yield f"{PAGE} has the {title} {name}, which no source knows"
        if len(written) != len(set(written)) or not written:
            yield f"{PAGE} has a {title} twice, or none"
