#!/usr/bin/env python3
"""The C interface and what is built on it.

  run.py [--tessera PROGRAM] [--library FOLDER] [--wheels FOLDER] [--update]

  --tessera PROGRAM   compiles the models (bin/tessera)
  --library FOLDER    what `./dev library` makes (build/library)
  --wheels FOLDER     what `./dev wheel` makes (build/wheels)
  --update            rewrite abi.txt, the table of symbols and sizes, and bad_inputs.txt, the errors of bad_inputs.py

C/ is called with the shared and with the static library, and with the address sanitizer of Swift's own clang. The symbols of the library and the sizes
of its structures are those of abi.txt. The wheel is tried in an environment of its own, which borrows NumPy, torch and so on from the one that runs this.
The errors of bad_inputs.py are the same from C, Python and the command line. The examples recognize digits. The last line is 'N passed, N failed'.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import numpy as np

import bad_inputs as cases
import models

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
COUNTS = {True: 0, False: 0}
WARNINGS = ["-Wall", "-Wextra", "-Werror", "-pedantic"]
HEADER = ROOT / "Sources/CInterface/tessera.h"


def check(title, passed, detail=""):
    """Counts a check, and shows one that failed."""
    COUNTS[bool(passed)] += 1
    print(f"{'passed' if passed else 'FAILED'}: {title}" + ("" if passed else f"\n{detail}"), flush=True)


def run(command, **arguments):
    """Runs a command; returns its exit code and what it printed."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", **arguments)
    return done.returncode, done.stdout


def clang():
    """The C compiler beside Swift's."""
    swiftc = Path(shutil.which("swiftc")).resolve()
    return swiftc.parent / "clang"


def compile_models(tessera, folder):
    """The modules that the tests call, by their names."""
    models.save(folder)
    modules = []
    for source in [HERE / "functions.mlir", folder / "strings.onnx", folder / "lists.onnx"]:
        module = folder / f"{source.stem}.tsm"
        code, output = run([tessera, "compile", source, "-o", module])
        check(f"{source.name} compiles", code == 0, output)
        modules.append(module)
    return modules


def flags(library, *arguments):
    """What pkg-config says."""
    code, output = run(["pkg-config", *arguments, "tessera"], env={**os.environ, "PKG_CONFIG_PATH": str(library / "lib/pkgconfig")})
    return output.split() if code == 0 else [f"-I{library}/include"] + ([f"-L{library}/lib", "-ltessera"] if "--libs" in arguments else [])


def interface(library, folder, modules):
    """The C program, in several ways."""
    sources = sorted((HERE / "C").glob("*.c"))
    shared = flags(library, "--cflags", "--libs") + [f"-Wl,-rpath,{library}/lib", "-lpthread"]
    static = [f"-I{library}/include", library / "lib/libtessera.a", "-Wl,--gc-sections", "-lstdc++", "-lm", "-lpthread", "-ldl"]
    ways = {
        "shared": shared,
        "static": static,
        "sanitizers": ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", *shared],
    }
    for name, linking in ways.items():
        program = folder / name
        code, output = run([clang(), "-std=c11", "-g", *WARNINGS, *sources, *linking, "-o", program])
        check(f"C, {name}: the test builds", code == 0, output)
        code, output = run([program, *modules])
        check(f"C, {name}: {output.splitlines()[-1] if output else 'nothing'}", code == 0, output[-4000:])
    (folder / "header.cc").write_text('#include <tessera.h>\nint main() { return tessera_check_abi(TESSERA_ABI_VERSION); }\n')
    code, output = run([f"{clang()}++", "-std=c++17", *WARNINGS, folder / "header.cc", *shared, "-o", folder / "header"])
    check("the header is C++ too", code == 0 and run([folder / "header"])[0] == 0, output)


def abi(library, folder, update):
    """The table of symbols and sizes, and what the library needs."""
    so = library / "lib/libtessera.so"
    code, output = run([clang(), "-std=c11", *WARNINGS, HERE / "abi.c", f"-I{library}/include", "-o", folder / "abi"])
    sizes = run([folder / "abi"])[1] if code == 0 else output
    symbols = [line.split() for line in run(["nm", "-D", "--defined-only", so])[1].splitlines()]
    visible = sorted(parts[2] for parts in symbols if len(parts) == 3 and parts[1].isupper())
    table = sizes + "".join(f"{name}\n" for name in visible)
    golden = HERE / "abi.txt"
    if update:
        golden.write_text(table)
    check("symbols and sizes are those of abi.txt", table == golden.read_text(), table)
    declared = sorted(set(re.findall(r"^(?:tessera_code|int32_t|uint32_t|size_t|void|const char \*) ?(tessera_\w+)\(", HEADER.read_text(), re.M)))
    check("they are the functions of the header", visible == declared, set(visible) ^ set(declared))
    needed = re.findall(r"NEEDED.*\[(.*)\]", run(["readelf", "-dW", so])[1])
    check("it needs the C library only", set(needed) <= {"libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}, needed)
    check("it is stripped", " .symtab " not in run(["readelf", "-SW", so])[1])
    code, output = run(["nm", "-g", "--defined-only", library / "lib/libtessera.a"])
    names = sorted(line.split()[2] for line in output.splitlines() if len(line.split()) == 3)
    check("the static library defines the same symbols", names == declared, names[:20])
    print(f"libtessera.so: {so.stat().st_size} bytes; libtessera.a: {(library / 'lib/libtessera.a').stat().st_size} bytes")


def environment(wheels, folder):
    """A Python environment with the wheel; returns its interpreter."""
    found = sorted(wheels.glob("tessera-*.whl"))
    check("there is one wheel", len(found) == 1, found)
    code, output = run([sys.executable, "-m", "venv", folder / "python"])
    check("an environment is made", code == 0, output)
    python = folder / "python/bin/python"
    code, output = run([python, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet", *found])
    check("the wheel is installed", code == 0, output)
    code, output = run([python, "-c", "import tessera"])
    check("without NumPy it says so", code == 1 and "numpy" in output, output)
    site = Path(run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])[1].strip())
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def package(tessera, python, folder):
    """The package, and its programs."""
    variables = {**os.environ, "TESSERA_COMPILE": str(tessera.parent / "tessera-compile"), "TESSERA_SOURCES": str(ROOT)}
    code, output = run([python, HERE / "python_calls.py", folder], env=variables)
    check(f"Python: {output.splitlines()[-1] if output else 'nothing'}", code == 0, output[-4000:])
    for name, arguments in {"tessera": ["devices"], "tessera-compile": ["--version"]}.items():
        code, output = run([python.parent / name, *arguments], env=variables)
        check(f"the program {name} is there", code == 0 and output, output)
    code, output = run([python.parent / "tessera", "bench", ROOT / "Examples/Digits/digits.onnx", "--time-ms=1", "--dims=batch=1"], env=variables)
    check("it finds the compiler", code == 0, output)
    without = {name: value for name, value in variables.items() if name != "TESSERA_COMPILE"}
    code, output = run([python.parent / "tessera", "compile", "model.onnx"], env={**without, "PATH": str(python.parent)})
    check("without a compiler it says what to do", code == 1 and "pip install tessera[compiler]" in output, output)


def errors(tessera, library, python, folder, update):
    """The same errors in all languages."""
    cases.make_modules(folder, folder / "functions.tsm")
    program = folder / "bad_call"
    code, output = run([
        clang(), "-std=c11", *WARNINGS, HERE / "bad_call.c", *flags(library, "--cflags", "--libs"), f"-Wl,-rpath,{library}/lib", "-o", program])
    check("bad_call.c builds", code == 0, output)
    code, output = run([python, HERE / "python_calls.py", folder, "--bad"], env={**os.environ, "TESSERA_SOURCES": str(ROOT)})
    from_python = json.loads(output) if code == 0 else {}
    found = {name: cases.interface(program, folder, *case) for name, *case in cases.CASES}
    table = "".join(f"{name}: {error}\n" for name, error in found.items())
    golden = HERE / "bad_inputs.txt"
    if update:
        golden.write_text(table)
    check("the errors are those of bad_inputs.txt", table == golden.read_text(), table)
    for name, *case in cases.CASES:
        check(f"Python: {name}", from_python.get(name) == found[name] != "OK", f"{from_python.get(name)}\n{found[name]}")
        if name not in cases.NOT_ON_THE_COMMAND_LINE:
            error = cases.command_line(tessera, folder, *case)
            check(f"command line: {name}", error == found[name], f"{error}\n{found[name]}")


def digits(tessera, library, python, folder):
    """The examples, beside what the command line says."""
    module, program = folder / "digits.tsm", folder / "digits"
    code, output = run([tessera, "compile", ROOT / "Examples/Digits/digits.onnx", "-o", module])
    check("the model of the example compiles", code == 0, output)
    sources = [ROOT / "Examples/Languages/digits.c", *flags(library, "--cflags", "--libs"), f"-Wl,-rpath,{library}/lib"]
    code, output = run([clang(), "-std=c11", *WARNINGS, *sources, "-o", program])
    check("the example in C builds", code == 0, output)
    samples = ROOT / "Examples/Digits/samples.npy"
    run([tessera, "run", module, f"--input=@{samples}", f"--output=@{folder}/probabilities.npy"])
    rows = np.load(folder / "probabilities.npy")
    expected = "".join(f"{row.argmax()} {100 * row.max():.1f}%\n" for row in rows)
    code, output = run([program, module, samples])
    check("digits in C", (code, output) == (0, expected), output)
    code, output = run([python, ROOT / "Examples/Languages/digits.py", module, samples])
    check("digits in Python", (code, output) == (0, expected), output)
    code, output = run([tessera, "compile", ROOT / "Examples/Digits/digits.onnx", "--emit=static-library", "-o", folder / "libdigits.a"])
    check("digits as a library", code == 0, output)
    sources = [ROOT / "Examples/Languages/embedded.c", folder / "libdigits.a", f"-I{folder}", *sources[1:]]
    code, output = run([clang(), "-std=c11", *WARNINGS, *sources, "-o", folder / "embedded"])
    check("the example with the model in it builds", code == 0, output)
    code, output = run([folder / "embedded", samples])
    check("digits with the model in the program", (code, output) == (0, expected), output)


def emitted(tessera, library, folder):
    """Modules in objects and libraries, with headers of typed functions."""
    linking = [f"-Wl,-rpath,{library}/lib", *flags(library, "--cflags", "--libs")]
    sanitizer = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    for form, file in [("object+header", "{}.o"), ("static-library", "{}.a"), ("shared-library", "{}.so")]:
        out = folder / form
        out.mkdir()
        outputs = [out / file.format(name) for name in ("functions", "strings", "lists")]
        for source, output in zip([HERE / "functions.mlir", folder / "strings.onnx", folder / "lists.onnx"], outputs):
            code, text = run([tessera, "compile", source, f"--emit={form}", "-o", output])
            check(f"--emit={form}, {source.name}", code == 0, text)
        code, text = run([
            clang(), "-std=c11", "-g", *WARNINGS, *sanitizer, HERE / "emitted.c", f"-I{out}", *outputs, *linking, f"-Wl,-rpath,{out}", "-o", out / "emitted"])
        check(f"--emit={form}: a program in C builds", code == 0, text)
        code, text = run([out / "emitted"])
        check(f"--emit={form}: it runs", (code, text) == (0, "all right\n"), text)
    text = "".join(f'#include "{path.name}"\n' for path in sorted((folder / "static-library").glob("*.h")))
    (folder / "emitted.cc").write_text(text + "int main() {}\n")
    code, text = run([f"{clang()}++", "-std=c++17", *WARNINGS, "-fsyntax-only", folder / "emitted.cc", f"-I{folder}/static-library", *flags(library, "--cflags")])
    check("the headers are C++ too", code == 0, text)
    first, second = [folder / f"{place}/functions.a" for place in ("static-library", "again")]
    second.parent.mkdir()
    code, text = run([tessera, "compile", HERE / "functions.mlir", "--emit=static-library", "-o", second])
    check("the same bytes each time", code == 0 and first.read_bytes() == second.read_bytes(), text)
    code, text = run([tessera, "compile", HERE / "functions.mlir", "--emit=object+header", "--target=cpu=aarch64", "-o", folder / "arm.o"])
    header = run(["readelf", "-h", folder / "arm.o"])[1]
    check("an object for another processor", code == 0 and "AArch64" in header, text + header)
    for arguments in (["--emit=exe"], ["--emit=object+header", "--json"], ["--emit=object+header", "-o", "-"]):
        code, text = run([tessera, "compile", HERE / "functions.mlir", *arguments], cwd=folder)
        check(f"{' '.join(arguments)} is refused", code == 2 and "--emit" in text, text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", default=ROOT / "bin/tessera", type=lambda path: Path(path).resolve())
    parser.add_argument("--library", default=ROOT / "build/library", type=lambda path: Path(path).resolve())
    parser.add_argument("--wheels", default=ROOT / "build/wheels", type=lambda path: Path(path).resolve())
    parser.add_argument("--update", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        modules = compile_models(arguments.tessera, folder)
        abi(arguments.library, folder, arguments.update)
        interface(arguments.library, folder, modules)
        python = environment(arguments.wheels, folder)
        package(arguments.tessera, python, folder)
        errors(arguments.tessera, arguments.library, python, folder, arguments.update)
        digits(arguments.tessera, arguments.library, python, folder)
        emitted(arguments.tessera, arguments.library, folder)
    print(f"{COUNTS[True]} passed, {COUNTS[False]} failed")
    return 1 if COUNTS[False] else 0


if __name__ == "__main__":
    sys.exit(main())
