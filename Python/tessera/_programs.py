"""The programs `tessera` and `tessera-compile`, as pip puts them on the PATH."""
import os
import shutil
import sys
from pathlib import Path
from typing import Dict, List, Optional, Tuple

from ._errors import Error


def compiler_folder() -> Optional[Path]:
    """Returns the folder of the package tessera-compiler; None where that is not installed."""
    try:
        import tessera_compiler
    except ImportError:
        return None
    return Path(tessera_compiler.__file__).parent


def compiler() -> Tuple[List[str], Dict[str, str]]:
    """Returns how the compiler is started, and in what environment: TESSERA_COMPILE, that of tessera-compiler, or one on the PATH."""
    environment = dict(os.environ)
    if os.environ.get("TESSERA_COMPILE"):
        return [os.environ["TESSERA_COMPILE"]], environment
    folder = compiler_folder()
    if folder is not None:
        # Libraries and linker stand beside it.
        for variable, place in (("LD_LIBRARY_PATH", "lib"), ("PATH", "bin")):
            environment[variable] = os.pathsep.join(filter(None, [str(folder / place), environment.get(variable)]))
        return [str(folder / "bin" / "tessera-compile")], environment
    for place in os.environ.get("PATH", os.defpath).split(os.pathsep):
        found = shutil.which("tessera-compile", path=place)
        if found is not None and not _is_script(found):  # those are of Python environments, and come here again
            return [found], environment
    raise Error("NOT_FOUND", "noCompiler", "there is no compiler: run `pip install tessera[compiler]`, or set TESSERA_COMPILE to tessera-compile")


def _is_script(path: str) -> bool:
    with open(path, "rb") as file:
        return file.read(2) == b"#!"


def _execute(command: List[str], environment: Dict[str, str]) -> None:
    try:
        os.execve(command[0], command, environment)
    except OSError as error:
        sys.exit(f"tessera: error: UNAVAILABLE; cannot start '{command[0]}': {error.strerror}")


def _compile(arguments: List[str]) -> None:
    try:
        command, environment = compiler()
    except Error as error:
        sys.exit(f"tessera: error: {error}")
    _execute([*command, *arguments], environment)


def tessera_compile() -> None:
    """Becomes tessera-compile."""
    _compile(sys.argv[1:])


def tessera() -> None:
    """Becomes tessera, or tessera-compile for its commands."""
    program = str(Path(__file__).parent / "bin" / "tessera")
    if sys.argv[1:2] and sys.argv[1] in ("compile", "check", "opt"):
        _compile(sys.argv[1:])
    environment = dict(os.environ)
    try:
        command, environment = compiler()
        environment["TESSERA_COMPILE"] = command[0]
    except Error:
        pass  # modules run without it
    _execute([program, *sys.argv[1:]], environment)
