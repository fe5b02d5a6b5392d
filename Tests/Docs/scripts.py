"""Checks of the shell scripts: no reader that leaves a pipe early, and help and announcements of ./dev that install nothing."""
import os
import pty
import re
import shutil
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
        yield from as_user(Path(temporary))


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


def as_user(folder):
    """Yields what ./dev does wrong for a user who is not root, in the folder that `bare` made: on a terminal it asks before sudo, elsewhere not."""
    started = folder / "started"
    started.write_text("")
    shutil.rmtree(folder / "build", ignore_errors=True)
    for path, mode in ((folder, 0o777), (started, 0o666)):
        path.chmod(mode)
    user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    command = [*user, "bash", folder / "dev", "demo"]
    environment = {"PATH": f"{folder}/standins:/usr/bin:/bin", "HOME": str(folder), "STARTED": str(started)}
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, env=environment)
    if "[Y/n]" in result.stdout or "started: sudo" not in started.read_text() or "sudo did not let us" not in result.stdout:
        yield f"without a terminal a user is asked, or sudo is not tried: {result.stdout}"
    started.write_text("")
    controller, terminal = pty.openpty()
    process = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment, start_new_session=True)
    os.close(terminal)
    os.write(controller, b"n\n")
    shown = b""
    try:
        while part := os.read(controller, 4096):
            shown += part
    except OSError:  # the other end is closed
        pass
    code = process.wait(timeout=60)
    os.close(controller)
    if code != 1 or b"[Y/n]" not in shown or b"the packages are not installed" not in shown or "sudo" in started.read_text():
        yield f"on a terminal a user is not asked before sudo: exit code {code}, {shown.decode(errors='replace')}"
