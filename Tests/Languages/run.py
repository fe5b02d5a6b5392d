#!/usr/bin/env python3
"""The C interface and what is built on it.

  run.py [--tessera PROGRAM] [--library FOLDER] [--update]

  --tessera PROGRAM   compiles the models (bin/tessera)
  --library FOLDER    what `./dev library` makes (build/library)
  --update            rewrite abi.txt, the table of symbols and sizes

C/ is called with the shared and with the static library, and with the address sanitizer of Swift's own clang. The symbols of the library and the sizes
of its structures are those of abi.txt. The example recognizes digits. The last line is 'N passed, N failed'.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

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
    return output.split() if code == 0 else [f"-I{library}/include", f"-L{library}/lib", "-ltessera"]


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


def digits(tessera, library, folder):
    """The example, beside what the command line says."""
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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", default=ROOT / "bin/tessera", type=lambda path: Path(path).resolve())
    parser.add_argument("--library", default=ROOT / "build/library", type=lambda path: Path(path).resolve())
    parser.add_argument("--update", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        modules = compile_models(arguments.tessera, folder)
        abi(arguments.library, folder, arguments.update)
        interface(arguments.library, folder, modules)
        digits(arguments.tessera, arguments.library, folder)
    print(f"{COUNTS[True]} passed, {COUNTS[False]} failed")
    return 1 if COUNTS[False] else 0


if __name__ == "__main__":
    sys.exit(main())
