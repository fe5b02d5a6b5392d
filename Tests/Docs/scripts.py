"""Checks of the shell scripts: no reader that leaves a pipe early, and help and announcements of ./dev that install nothing."""
import os
import re
import subprocess
import tempfile
from pathlib import Path

# Behind a pipe these end before the writer does, whose SIGPIPE is then a failure under `pipefail`.
EARLY = re.compile(r"\|\s*(?:\w+=\S+\s+)*(?:head\b|[ef]?grep\s+(?:-\w*q|-\w*m\b|.*\s-[qm]\b)|sed\s+[^|]*[\d;{'\"]q\b|awk\s+[^|]*\bexit\b|read\b)")
# Stand-ins for what installs: each tells that it was started. The policy of a package is long, as on a machine with many sources.
STANDINS = {
    "apt-get": 'echo "started: apt-get $*" >>"$STARTED"\n[ "$1" != install ] || { echo "Need to get 1 MB of archives."; [ "$2" = --assume-no ] && exit 1; exit 7; }',
    "apt-cache": 'echo "  Candidate: 1:22"\nfor i in $(seq 20000); do echo "     1:22.$i 500"; done',
    "sudo": 'echo "started: sudo $*" >>"$STARTED"\nexit 1',
    "swift": 'echo "started: swift $*" >>"$STARTED"\nexit 7',
    "python3": 'echo "started: python3 $*" >>"$STARTED"\nexit 7',
}


def scripts(root):
    """The shell scripts of the project."""
    return [root / "dev", root / ".ci/run", *(path for path in (root / "Scripts").iterdir() if path.read_bytes().startswith((b"#!/usr/bin/env bash", b"# What")))]


def problems(root):
    """Yields what is wrong."""
    for path in scripts(root):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if EARLY.search(line) and not line.lstrip().startswith("#"):
                yield f"{path.relative_to(root)}:{number}: a reader that may leave its pipe early: {line.strip()}"
        if subprocess.run(["bash", "-n", path]).returncode:
            yield f"{path.relative_to(root)} is no valid script"
    with tempfile.TemporaryDirectory() as temporary:
        yield from bare(root, Path(temporary))


def bare(root, folder):
    """Yields what ./dev does wrong where nothing is installed: a copy of its files, and programs that only tell that they were started."""
    for name in ("dev", "Scripts", "Benchmarks", "Tests"):
        if (root / name).is_dir():
            (folder / name).symlink_to(root / name)
        else:  # ./dev goes to where it stands
            (folder / name).write_text((root / name).read_text().replace("llvm=/usr/lib/llvm-22", "llvm=/nowhere"))
            (folder / name).chmod(0o755)
    standins, started = folder / "standins", folder / "started"
    standins.mkdir()
    for name, body in STANDINS.items():
        (standins / name).write_text(f"#!/bin/bash\n{body}\n")
        (standins / name).chmod(0o755)

    def dev(*words, stdin=subprocess.DEVNULL):
        started.write_text("")
        result = subprocess.run(["bash", folder / "dev", *words], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60,
                                env={"PATH": f"{standins}:/usr/bin:/bin", "HOME": str(folder), "STARTED": str(started)})
        return result.returncode, result.stdout, started.read_text()

    for words in (["--help"], ["fuzz", "--help"], ["bench", "--help"], ["nodes", "-h"], ["test", "--help"], ["demo", "--help"], ["setup", "--help"]):
        code, out, begun = dev(*words)
        if code or len(out.splitlines()) < 5 or begun:
            yield f"./dev {' '.join(words)}: exit code {code}, started: {begun!r}, {out[:300]}"
    for words, told in ((["demo"], ["libmlir-22-dev"]), (["test"], ["libmlir-22-dev", "build/python", "torch", "numpy"])):
        code, out, begun = dev(*words)
        first = out.splitlines()[0] if out else ""
        if not re.match(r"^To be installed, [\d.]+ [GM]B on disk:$", first) or any(word not in out for word in told):
            yield f"./dev {' '.join(words)} does not say first what it will install: {out[:500]}"
        # the stand-in of apt-get fails to install, and all that went before, the long policies too, did not
        if code == 0 or (os.geteuid() == 0 and "apt-get install -y" not in begun):
            yield f"./dev {' '.join(words)} did not come as far as the installation: exit code {code}, {begun!r}, {out[-500:]}"
