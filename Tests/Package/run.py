#!/usr/bin/env python3
"""The library as other packages use it: a dependent on a tagged version, with names and settings of its own; and a server; and a text.

  run.py [--tessera PROGRAM] [--folder FOLDER] [--only dependent|server|generate|docs]

  --tessera PROGRAM   compiles the models (bin/tessera)
  --folder FOLDER     where the packages are built, kept for the next run (build/package)
  --only PART         one of the parts

The dependent has modules called Runtime, Compiler and so on, strict memory safety, member import visibility, and warnings as errors; only
the runtime half is built for it. The server's answers are those of `tessera run`, also beside others, and it
is put under load by Benchmarks/server.py, whose figures are not judged here. The example that continues a text is compared with ONNX Runtime, with a model that was trained for three
steps. The documentation of the library is made without a warning. The last line is 'N passed, N failed'.
"""
import argparse
import concurrent.futures
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from server import Server

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
COUNTS = {True: 0, False: 0}
# A function of one tensor, of known and of unknown sizes.
DOUBLE = """
func.func @main(%x: tensor<2x3xf32> {tessera.name = "x"}) -> tensor<2x3xf32> {
  %e = tensor.empty() : tensor<2x3xf32>
  %s = linalg.add ins(%x, %x : tensor<2x3xf32>, tensor<2x3xf32>) outs(%e : tensor<2x3xf32>) -> tensor<2x3xf32>
  return %s : tensor<2x3xf32>
}
"""
# Modules of the compiler half, of which a dependent builds none.
COMPILER_HALF = {"Tessera" + name for name in re.findall(r'compilerModule\(\s*"(\w+)"', (ROOT / "Package.swift").read_text())}


def check(title, passed, detail=""):
    """Counts a check, and shows one that failed."""
    COUNTS[bool(passed)] += 1
    print(f"{'passed' if passed else 'FAILED'}: {title}" + ("" if passed else f"\n{detail}"), flush=True)


def run(command, **arguments):
    """Runs a command; returns its exit code and what it printed."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **arguments)
    return done.returncode, done.stdout


def tagged_copy(folder):
    """A git repository `tessera` with the files of this one as they are now, tagged 0.0.1."""
    target = folder / "tessera"
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "Package.swift", "Sources", "Tests/FuzzDriver", "Tests/FuzzPortable", "Tests/*Tests"],
        cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, names.stdout.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    git = ["git", "-c", "user.name=test", "-c", "user.email=test@localhost", "-C", str(target)]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "0.0.1"], ["tag", "0.0.1"]):
        subprocess.run(git + command, check=True)
    return target


def dependent(tessera, folder):
    """A package that depends on a version of this one."""
    with tempfile.TemporaryDirectory() as name:
        repository = tagged_copy(Path(name))
        package = Path(name) / "dependent"
        shutil.copytree(HERE / "Dependent", package)
        manifest = (package / "Package.swift").read_text()
        (package / "Package.swift").write_text(manifest.replace("TESSERA", f"file://{repository}"))
        for module in ["Runtime", "Compiler", "Diagnostics", "Files", "Kernels", "Graphs"]:
            (package / "Sources" / module).mkdir()
            (package / "Sources" / module / "Name.swift").write_text("/// The name of a module that Tessera has, too.\npublic let name = 1\n")
        begin = time.monotonic()
        code, output = run(["swift", "build", "--package-path", package, "--scratch-path", package / ".build"])
        print(f"built in {time.monotonic() - begin:.0f} s")
        check("a package that depends on a version builds, with warnings as errors", code == 0, output[-4000:])
        if code != 0:
            return
        built = {path.parent.name.removesuffix(".build") for path in (package / ".build/debug").glob("*.build/*.o")}
        check("only the runtime half is built for it", "TesseraRuntime" in built and not built & COMPILER_HALF, sorted(built))
        model, module = Path(name) / "double.mlir", Path(name) / "double.tsm"
        model.write_text(DOUBLE)
        code, output = run([tessera, "compile", model, "-o", module])
        check("its module compiles", code == 0, output)
        code, output = run([package / ".build/debug/dependent", module])
        expected = (HERE / "Dependent/expected.txt").read_text()
        check("it calls in every way", (code, output) == (0, expected), f"exit code {code}\n{output}\nexpected\n{expected}")


def server(tessera, folder):
    """The server of the examples, on the model of the examples."""
    code, output = run(["swift", "build", "--package-path", ROOT / "Examples/Server", "--scratch-path", folder / "server"])
    check("the server builds", code == 0, output[-4000:])
    if code != 0:
        return
    module, program = folder / "digits.tsm", folder / "server/debug/server"
    code, output = run([tessera, "compile", ROOT / "Examples/Digits/digits.onnx", "-o", module, "--dim", "batch=1"])
    check("its model compiles", code == 0, output)
    images = np.load(ROOT / "Examples/Digits/samples.npy").astype(np.float32).reshape(-1, 1, 1, 8, 8)
    expected = []
    for image in images:
        np.save(folder / "image.npy", image)
        run([tessera, "run", module, f"--input=@{folder}/image.npy", f"--output=@{folder}/answer.npy"])
        expected.append(np.load(folder / "answer.npy"))
    with Server(program, module) as running:
        check("it is healthy", running.get("health") == b"ok\n")
        answers = [np.frombuffer(running.post("infer", image.tobytes()), np.float32) for image in images]
        check("its answers are those of `tessera run`", all(np.array_equal(a, e.ravel()) for a, e in zip(answers, expected)))
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            many = list(pool.map(lambda i: running.post("infer", images[i % len(images)].tobytes()), range(400)))
        same = all(np.array_equal(np.frombuffer(a, np.float32), expected[i % len(images)].ravel()) for i, a in enumerate(many))
        check("so are those of 16 clients at the same time", same)
        for body in (b"", b"12345678", bytes(1 << 20)):
            check(f"a body of {len(body)} bytes is refused", running.status("infer", body) in (400, 413), running.status("infer", body))
        check("it is healthy afterwards", running.get("health") == b"ok\n")
    code, output = run([
        sys.executable, ROOT / "Benchmarks/server.py", "--rounds", 1, "--seconds", 1, "--tessera", tessera, "--server", program])
    print(output, end="")
    check("all requests are answered under load", code == 0 and "of that alone" in output, output)
    code, output = run([program, folder / "none.tsm", "1"])
    check("without a module it says so", code != 0 and "none.tsm" in output, output)


def generate(tessera, folder):
    """The example that continues a text: with the likeliest bytes, as ONNX Runtime would; at random, the same for the same seed."""
    code, output = run(["swift", "build", "--package-path", ROOT / "Examples/Generate", "--scratch-path", folder / "generate"])
    check("the example builds", code == 0, output[-4000:])
    if code != 0:
        return
    program, model = folder / "generate/debug/generate", folder / "generate.onnx"
    code, output = run([sys.executable, ROOT / "Examples/Generate/train.py", "--steps", 3, model])
    check("a little training exports a model", code == 0 and "bits a byte of" in output, output)
    for name, flags in (("f32", []), ("int4", ["--quantize-weights=int4"])):
        code, output = run([tessera, "compile", model, "-o", folder / f"{name}.tsm", *flags])
        check(f"it compiles as {name}", code == 0, output)

    def text(*arguments, module="f32"):
        """What the program prints without the newline behind it; standard error is the rate, and ends with 0."""
        done = subprocess.run([program, folder / f"{module}.tsm", *map(str, arguments)], capture_output=True)
        right = done.returncode == 0 and done.stderr.endswith(b"tokens a second\n")
        return done.stdout.removesuffix(b"\n") if right else done.stderr

    prompt = b"Tessera compiles"
    for context in (128, 24):
        expected = prompt + likeliest(model, prompt, 60, context)
        printed = text(prompt.decode(), "--tokens", 60, "--temperature", 0, "--context", context, "--threads", 2)
        check(f"the likeliest bytes are ONNX Runtime's, with {context} in the cache", printed == expected, f"{printed}\n{expected}")
    one = text("A", "--tokens", 80, "--seed", 7)
    check("a seed makes the same text again", len(one) == 81 and text("A", "--tokens", 80, "--seed", 7) == one, one)
    check("another makes another", text("A", "--tokens", 80, "--seed", 8) != one, one)
    check("of one token the likeliest is drawn", text("A", "--tokens", 20, "--top-k", 1) == text("A", "--tokens", 20, "--temperature", 0))
    check("it is of no probability too", text("A", "--tokens", 20, "--top-p", 0) == text("A", "--tokens", 20, "--temperature", 0))
    start = next(i for i in range(1, 79) if one[i:i + 2].isascii() and b"\0" not in one[i:i + 2])
    stop = one[start:start + 2]
    end = one.index(stop, 1) + 2
    check("a text that is told ends it", text("A", "--tokens", 80, "--seed", 7, "--stop", stop.decode()) == one[:end], one)
    check("4 bits make a text", len(text("A", "--tokens", 80, module="int4")) == 81)
    for words, expected in (([], 2), (["x.tsm", "a", "b"], 2), (["x.tsm", "--tokens", "-1"], 2), (["x.tsm", "--top-p", "nan"], 2),
                            (["x.tsm", "--seed"], 2), (["x.tsm", "--colour", "red"], 2), (["x.tsm", ""], 2), (["none.tsm"], 1)):
        code, output = run([program, *words], cwd=folder)
        check(f"'{' '.join(words)}' ends with {expected}", code == expected and output.startswith("generate: error: "), output)


def likeliest(model, prompt, count, context):
    """The bytes that follow a prompt by ONNX Runtime, with at most `context` in the cache."""
    import onnxruntime

    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    shape = [size if isinstance(size, int) else 0 for size in session.get_inputs()[1].shape]
    text, new, cache = list(prompt), list(prompt)[-context:], np.zeros(shape, np.float32)
    while True:
        logits, cache = session.run(None, {"tokens": np.array([new]), "cache": cache})
        text.append(int(logits.argmax()))
        if len(text) == len(prompt) + count:
            return bytes(text[len(prompt):])
        new = text[-1:]
        if cache.shape[3] >= context:
            new, cache = text[-(context // 2):], np.zeros(shape, np.float32)


def docs(_, folder):
    """The documentation of the library, from its text and the public declarations of the modules that it exports."""
    graphs = folder / "symbols"
    shutil.rmtree(graphs, ignore_errors=True)
    graphs.mkdir(parents=True)
    source = (ROOT / "Sources/Library/Tessera.swift").read_text()
    exported = re.findall(r"@_exported public import (\w+)", source)
    target = json.loads(run(["swiftc", "-print-target-info"])[1])["target"]["unversionedTriple"]
    code, output = run([
        "swift-symbolgraph-extract", "-module-name", "Tessera", "-target", target, "-I", ROOT / ".build/release/Modules", "-I", ROOT / "Sources/CVulkan",
        "-output-dir", graphs,
        "-minimum-access-level", "public", f"-experimental-allowed-reexported-modules={','.join(exported)}"])
    check("the public declarations are found", code == 0, output)
    code, output = run([
        "docc", "convert", ROOT / "Sources/Library/Tessera.docc", "--additional-symbol-graph-dir", graphs, "--fallback-display-name", "Tessera",
        "--fallback-bundle-identifier", "tessera", "--output-dir", folder / "documentation", "--warnings-as-errors"])
    check("the documentation is made without a warning", code == 0, output)
    pages = {path.stem for path in (folder / "documentation/data/documentation/tessera").glob("*.json")}
    missing = {"module", "session", "tensor", "cpudevice", "runtimeerror", "concepts", "sessions", "whatcanfail"} - pages
    check("it has pages of the types and the articles", not missing, f"missing {missing} of {sorted(pages)[:20]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", default=ROOT / "bin/tessera", type=lambda path: Path(path).resolve())
    parser.add_argument("--folder", default=ROOT / "build/package", type=lambda path: Path(path).resolve())
    parts = {"dependent": dependent, "server": server, "generate": generate, "docs": docs}
    parser.add_argument("--only", choices=parts)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name, part in parts.items():
        if arguments.only in (None, name):
            part(arguments.tessera, arguments.folder)
    print(f"{COUNTS[True]} passed, {COUNTS[False]} failed")
    return 1 if COUNTS[False] else 0


if __name__ == "__main__":
    sys.exit(main())
