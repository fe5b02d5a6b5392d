#!/usr/bin/env python3
"""Runs every command and every Python program in the documents of docs/, each document in a folder of its own with sample files.

  run.py [--tessera PROGRAM] [DOCUMENT ...]

A command is a line of a block, or code in a sentence, that begins with one of our programs. It must end with 0, or with what `[exit N]`
under it says; in a `console` block it must print what stands below it, where any number is as good as another, `...` is any lines, and
benchmarks may print what they like. Python blocks run in one interpreter per document. Source that a page of docs/HowTo quotes must stand
in the sources, and every flag that a document names must be known to a program. README.md has a test of its own (ReadmeTests).

What measures or takes long is run with less to do (SHORTER); what CI itself consists of, or what would write into the tree, is not
run again (NOT_RUN), only looked up. The last line is 'N passed, N failed'.
"""
import argparse
import contextlib
import io
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

import interface
import scripts
from documents import items
from samples import make_samples

ROOT = Path(__file__).resolve().parents[2]

LIMIT = 300  # seconds for one command; the longest takes 20 on two quiet processors

# Patterns, and what is run instead.
SHORTER = [
    (r"\btessera bench\b", "tessera bench --time-ms=10"),
    (r"\btessera compare before\.tsm\b", "tessera compare --time-ms=1 before.tsm"),
    (r"\btessera compare model\.onnx\b", "tessera compare --time-ms=1 model.onnx"),
    (r"\bperf record -- (.*?) && perf report.*", r"\1"),  # perf asks for rights that a container does not give
    (r"\./dev fuzz\b", "build/python/bin/python Tests/Fuzz/run.py --driver $FUZZ_DRIVER --failures failures"),
    (r"\./dev differential tosa\b", "build/python/bin/python Tests/Differential/tosa.py --count 5"),
    (r"\./dev differential\b", "build/python/bin/python Tests/Differential/run.py --driver $FUZZ_DRIVER --failures failures"),
    (r"\./dev hostile tools\b", "build/python/bin/python Tests/Hostile/tools.py --every 400"),
    (r"\./dev hostile modules\b", "build/python/bin/python Tests/Hostile/modules.py"),
    (r"\./dev hostile\b", "build/python/bin/python Tests/Hostile/run.py --every 400 --mutations 1"),
    (r"--count \d+", "--count 5"),
    (r"\./dev nodes (?!-)", "build/python/bin/python Tests/Nodes/run.py "),
    (r"\./dev bench\b", "build/python/bin/python Tests/Docs/bench_arguments.py"),
    (r"Tests/Kernels/run\.py --packing-spec=\S+", r"\g<0> --only matmul"),
    (r"^(Tests/\S+\.py)", r"build/python/bin/python \1"),
    (r"Benchmarks/forests\.py\b", "Benchmarks/forests.py --small --turns 1 --threads 1 --rows 100 chains"),  # the whole takes a quarter of an hour
    (r"Benchmarks/decoder\.py\b.*", "Benchmarks/decoder.py --small --turns 1 --threads 1"),
    (r"Benchmarks/calls\.py --turns 5", "Benchmarks/calls.py --turns 1 --count 100"),
    (r"Benchmarks/growth\.py --sizes \S+", "Benchmarks/growth.py --sizes 20,40 outputs"),
    (r"Benchmarks/trained\.py\b", "Benchmarks/trained.py --list"),  # the whole fetches 100 MB and takes minutes
    (r"^git diff", f"git -C '{ROOT}' diff"),
    (r"(signatures|schemas)\.py --write", r"\1.py && echo 'as the schemas say'"),  # compares, and writes nothing
]
# Commands, and why they are not run.
NOT_RUN = {
    "./dev test": "what CI runs, this test with it",
    "./dev demo": "what CI runs on a bare machine",
    "./dev build": "a part of `./dev test`",
    "./dev library": "a part of `./dev test`",
    "./dev wheel": "a part of `./dev test`, but for the compiler's",
    "./dev setup models": "a part of `./dev test`",
    "./dev check": "a part of `./dev test`, and a lint",
    "./dev goldens": "rewrites the goldens; `./dev test` compares them",
    "./dev nodes --write docs/operators.md": "rewrites the page after minutes; `./dev test` runs a sample, and compares the page's names",
    "./dev setup jax": "600 MB for the next one",
    "Tests/StableHLO/run.py FOLDER": "needs StableHLO's own test data; `./dev test` runs samples",
    "Tests/MLIR/run.py --write docs/mlir.md": "rewrites the page after minutes; `./dev test` runs a sample, and compares the page",
}


class Tester:
    def __init__(self, tessera):
        self.tessera = tessera
        self.passed = self.failed = 0
        self.not_run = set()
        self.flags = known_flags(tessera)
        self.sources = None

    def check(self, place, problem):
        """Counts one item; `problem` says what is wrong with it, or is empty."""
        if problem:
            self.failed += 1
            print(f"FAILED: {place}: {problem}", flush=True)
        else:
            self.passed += 1

    def document(self, path):
        text = path.read_text()
        found = items(text)
        name = path.relative_to(ROOT)
        begun = time.monotonic()
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            if any(item.kind in ("command", "python") for item in found):
                make_samples(folder, self.tessera, text)
            namespace = {"__name__": "__main__"}
            for item in found:
                problem = {
                    "command": lambda: self.run(item, folder), "python": lambda: run_python(item.text, folder, namespace),
                    "mention": lambda: self.look_up(item.text), "quoted": lambda: self.quoted(item, name)}[item.kind]()
                self.check(f"{name}:{item.line}: {item.text.splitlines()[0]}", problem)
        # decisions tell of flags as they were, and of how flags are spelled
        for flag in sorted(set(re.findall(r"`(--[a-z][a-z-]*)", text)) - self.flags) if "Decisions" not in name.parts else ():
            self.check(f"{name}: {flag}", "no program has this flag")
        if found:
            print(f"{name}: {len(found)} items in {time.monotonic() - begun:.1f} s", flush=True)

    def run(self, item, folder):
        """Returns what is wrong with a command, or nothing."""
        command = re.sub(r"\s+# .*$", "", item.text).strip()
        if re.search(r"(^|\s)\.\.\.($|\s)|=\.\.\.", command):
            return "a command that is not written out cannot be tried"
        if command in NOT_RUN:
            self.not_run.add(command)
            return self.look_up(command)
        for pattern, shorter in SHORTER:
            command = re.sub(pattern, shorter, command)
        environment = {
            "PATH": f"{folder}/bin:{os.environ['PATH']}", "HOME": str(folder), "LANG": "C.UTF-8",
            "TESSERA_CACHE_DIR": os.environ.get("TESSERA_CACHE_DIR", str(ROOT / "build/cache")),
            "FUZZ_DRIVER": str(driver_beside(self.tessera))}
        process = subprocess.Popen(["bash", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True)
        try:
            printed, _ = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # what the shell started too
            process.communicate()
            return f"takes more than {LIMIT} s"
        if process.returncode != item.code:
            return f"ends with {process.returncode} instead of {item.code}: {printed.strip()[-600:]}"
        if not printed.strip() and not writes_files(command):
            return "prints nothing, and writes no file"
        return unlike(item.output, printed) if item.output and "bench" not in command else ""

    def look_up(self, text):
        """Returns what is wrong with the mention of a program, or nothing."""
        words = text.split()
        if words[0] in ("tessera", "bin/tessera"):
            if len(words) == 1:
                return ""
            result = subprocess.run([self.tessera, words[1], "--help"], capture_output=True, text=True)
            return "" if result.returncode == 0 else f"there is no such command: {result.stderr}"
        if words[0] == "./dev":
            usage = subprocess.run([ROOT / "dev"], capture_output=True, text=True).stdout
            return "" if len(words) == 1 or re.search(rf"^  {words[1]} ", usage, re.M) else "./dev has no such command"
        return "" if words[0] == "perf" or (ROOT / words[0]).exists() else "there is no such file"

    def quoted(self, item, name):
        """Returns what is wrong with quoted source: all its lines stand in the sources. Other pages than HowTo may show what they like."""
        if name.parts[1] != "HowTo" or not re.search(r"\b(func|let|struct|var|import|yield|init)\b|^///", item.text):
            return ""
        if self.sources is None:
            files = [path for folder in ("Sources", "Tests") for ending in ("swift", "py") for path in (ROOT / folder).rglob(f"*.{ending}")]
            self.sources = {" ".join(line.split()) for path in files for line in path.read_text().splitlines()}
        wanted = [" ".join(line.split()) for line in item.lines]
        missing = [line for line in wanted if line and "..." not in line and line not in self.sources]
        return f"no source has the line '{missing[0]}'" if missing else ""


def run_python(program, folder, namespace):
    """Runs a block of Python in a document's interpreter; returns what is wrong, or nothing."""
    before, path, printed = os.getcwd(), os.environ["PATH"], io.StringIO()
    os.chdir(folder)
    os.environ["PATH"] = f"{folder}/bin:{path}"
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            exec(compile(program, "block", "exec"), namespace)
        return ""
    except BaseException:  # SystemExit too
        return f"{traceback.format_exc()[-800:]}\n{printed.getvalue()[-400:]}"
    finally:
        os.chdir(before)
        os.environ["PATH"] = path


def writes_files(command):
    """Whether a command writes files that it names, or the module beside its model."""
    return bool(re.search(r" -o |--dump-|--record-|--output|--try-configurations|^(bin/)?tessera compile [^-]|^git ", command)) \
        and not re.search("--stop-after|--dump-after", command)


def masked(text):
    """Lines in which any number and any run of spaces or dashes is as good as another."""
    return [" ".join(re.sub(r"\d+(\.\d+)?( ?(ns|us|ms|s|B|KiB|MiB|%))?", "N", line).split()) for line in text.splitlines() if line.strip()]


def unlike(expected, printed):
    """Returns what of the expected lines was not printed, or nothing."""
    rest = masked(printed)
    for part in "\n".join(expected).split("\n...\n" if "..." not in expected[-1:] else "..."):
        lines = [line for line in masked(part) if line != "..."]
        start = next((i for i in range(len(rest) - len(lines) + 1) if rest[i:i + len(lines)] == lines), None)
        if start is None:
            return "does not print\n  " + "\n  ".join(lines) + "\nbut\n  " + "\n  ".join(masked(printed)[:30])
        rest = rest[start + len(lines):]
    return ""


def known_flags(tessera):
    """The flags that our programs say they take."""
    texts = [subprocess.run([tessera, command, "--help-all"], capture_output=True, text=True).stdout
             for command in ("compile", "check", "opt", "run", "bench", "profile", "compare", "verify", "dump", "devices")]
    texts += [path.read_text() for folder in ("Tests", "Benchmarks") for path in (ROOT / folder).rglob("*.py")]
    texts += [(ROOT / "dev").read_text(), (ROOT / "Scripts/fresh").read_text()]
    return set(re.findall(r"--[a-z][a-z-]*", "\n".join(texts)))


def driver_beside(tessera):
    """The fuzzer's driver of the build that made a program: `bin` holds a copy of the release build, or links to another."""
    linked = Path(os.path.realpath(tessera)).parent / "tessera-fuzz-driver"
    return linked if linked.exists() else ROOT / ".build/release/tessera-fuzz-driver"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", default=ROOT / "bin/tessera", type=Path)
    parser.add_argument("documents", nargs="*", type=Path)
    options = parser.parse_args()
    tester = Tester(options.tessera)
    for path in options.documents or [ROOT / "CHANGELOG.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        tester.document(path.resolve())
    if not options.documents:
        for title, problems in (("interface", interface.problems(ROOT)), ("scripts", scripts.problems(ROOT))):
            found = list(problems)
            tester.check(title, "\n  ".join(found))
        stale = set(NOT_RUN) - tester.not_run - {"./dev demo"}  # which the README has
        tester.check("run.py, NOT_RUN", f"no document has {', '.join(sorted(stale))}" if stale else "")
    print(f"{tester.passed} passed, {tester.failed} failed")
    return 1 if tester.failed else 0


if __name__ == "__main__":
    sys.exit(main())
