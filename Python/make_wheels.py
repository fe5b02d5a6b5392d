#!/usr/bin/env python3
"""Makes the wheels of Python, with nothing but Python itself.

  make_wheels.py --library FOLDER --programs FOLDER --output FOLDER [--without-compiler]

  --library FOLDER     what `./dev library` makes
  --programs FOLDER    with tessera and tessera-compile
  --output FOLDER      where the wheels go

tessera-VERSION-py3-none-PLATFORM.whl is the package, libtessera.so and the program tessera; tessera_compiler-VERSION-py3-none-PLATFORM.whl is
tessera-compile with LLVM, MLIR and the linker. PLATFORM says which version of glibc the files in it ask for.
"""
import argparse
import base64
import hashlib
import os
import platform
import re
import shutil
import stat
import subprocess
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
VERSION = re.search(r'tesseraVersion = "(.*)"', (ROOT / "Sources/ModuleFormat/Version.swift").read_text())[1]
# What every system has: the loader and the C library.
SYSTEM = re.compile(r"(ld-linux.*|lib(c|m|pthread|dl|rt|util|resolv))\.so(\.\d+)?$")


def output_of(*command):
    """Returns what a command prints."""
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


def glibc(path):
    """The version of glibc that a program or library asks for."""
    found = re.findall(r"GLIBC_(\d+)\.(\d+)", output_of("objdump", "-T", path))
    return max((int(major), int(minor)) for major, minor in found) if found else (2, 17)


def libraries(program):
    """The libraries that a program needs, and those that they need, but the system's; by the names that they are loaded by."""
    found = {}
    for name, path in re.findall(r"^\s*(\S+) => (\S+) \(", output_of("ldd", program), re.M):
        if not SYSTEM.match(name):
            found[name] = Path(path)
    return found


class Wheel:
    """A wheel that is written: a zip file with a list of its files and their checksums."""

    def __init__(self, folder, name, summary, requirements, entry_points="", extras=()):
        self.name, self.summary, self.requirements, self.entry_points, self.extras = name, summary, requirements, entry_points, extras
        self.folder, self.files, self.needed = folder, [], (2, 17)

    def add(self, name, path):
        """Adds a file; that it is a program or a library is seen."""
        with open(path, "rb") as file:
            if file.read(4) == b"\x7fELF":
                self.needed = max(self.needed, glibc(path))
        self.files.append((name, path))

    def write(self):
        """Writes it; returns the path."""
        tag = f"py3-none-manylinux_{self.needed[0]}_{self.needed[1]}_{platform.machine()}"
        path = self.folder / f"{self.name.replace('-', '_')}-{VERSION}-{tag}.whl"
        info = f"{self.name.replace('-', '_')}-{VERSION}.dist-info"
        lines = ["Metadata-Version: 2.1", f"Name: {self.name}", f"Version: {VERSION}", f"Summary: {self.summary}", "Requires-Python: >=3.9"]
        lines += [f"Requires-Dist: {requirement}" for requirement in self.requirements]
        for extra, requirement in self.extras:
            lines += [f"Provides-Extra: {extra}", f'Requires-Dist: {requirement}; extra == "{extra}"']
        texts = {
            f"{info}/METADATA": "\n".join(lines) + "\n",
            f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: make_wheels.py\nRoot-Is-Purelib: false\nTag: {tag}\n",
        }
        if self.entry_points:
            texts[f"{info}/entry_points.txt"] = self.entry_points
        record = []
        partial = path.with_suffix(".new")
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for name, source in sorted(self.files):
                self.store(archive, record, name, Path(source).read_bytes(), os.stat(source).st_mode)
            for name, text in texts.items():
                self.store(archive, record, name, text.encode(), 0o644)
            record.append(f"{info}/RECORD,,")
            self.store(archive, [], f"{info}/RECORD", ("\n".join(record) + "\n").encode(), 0o644)
        partial.rename(path)
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
        return path

    @staticmethod
    def store(archive, record, name, data, mode):
        """Writes a file, the same bytes each time."""
        entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
        entry.external_attr = (stat.S_IFREG | (0o755 if mode & 0o111 else 0o644)) << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, data)
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record.append(f"{name},sha256={digest},{len(data)}")


def package(arguments):
    """The package."""
    scripts = "[console_scripts]\ntessera = tessera._programs:tessera\ntessera-compile = tessera._programs:tessera_compile\n\n"
    backends = "[torch_dynamo_backends]\ntessera = tessera._torch_backend:backend\n"
    wheel = Wheel(
        arguments.output, "tessera", "Runs compiled machine-learning models", ["numpy"], scripts + backends,
        [("compiler", f"tessera-compiler=={VERSION}")])
    for path in sorted((HERE / "tessera").glob("*")):
        if path.suffix in (".py", ".typed"):
            wheel.add(f"tessera/{path.name}", path)
    wheel.add("tessera/lib/libtessera.so.1", (arguments.library / "lib/libtessera.so").resolve())
    wheel.add("tessera/bin/tessera", arguments.programs / "tessera")
    for name, path in libraries(arguments.programs / "tessera").items():
        assert re.match(r"lib(stdc\+\+|gcc_s)\.", name), f"tessera needs {name}"
    return wheel.write()


def compiler(arguments):
    """The compiler, with all that it needs."""
    wheel = Wheel(arguments.output, "tessera-compiler", "The compiler of the package tessera, with LLVM and MLIR", [])
    linker = Path("/usr/lib/llvm-22/bin/ld.lld")
    program = arguments.programs / "tessera-compile"
    needed = {**libraries(program), **libraries(linker)}
    text = arguments.output / "tessera_compiler.py"
    text.write_text('"""The compiler of the package tessera: `tessera.compile` and the program tessera-compile start what is in bin."""\n')
    wheel.add("tessera_compiler/__init__.py", text)
    for target, path in [("bin/tessera-compile", program), ("bin/ld.lld", linker)] + [(f"lib/{name}", path) for name, path in needed.items()]:
        stripped = arguments.output / "stripped" / target
        stripped.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["strip", "--strip-unneeded", path.resolve(), "-o", stripped], check=True)
        wheel.add(f"tessera_compiler/{target}", stripped)
    path = wheel.write()
    text.unlink()
    shutil.rmtree(arguments.output / "stripped")
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("library", "programs", "output"):
        parser.add_argument(f"--{name}", required=True, type=lambda path: Path(path).resolve())
    parser.add_argument("--without-compiler", action="store_true")
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    package(arguments)
    if not arguments.without_compiler:
        compiler(arguments)


if __name__ == "__main__":
    main()
