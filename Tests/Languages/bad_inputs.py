"""What does not fit, in every language: the same code, id and text from C, Python and the command line.

A case is a module, a function and types of inputs, all zeros. Modules are those of functions.mlir and damaged ones.
"""
import json
import subprocess

# name, module, function, inputs
CASES = [
    ("no file", "none.tsm", "relu", ["f32:1"]),
    ("a folder", ".", "relu", ["f32:1"]),
    ("an empty file", "empty.tsm", "relu", ["f32:1"]),
    ("no module", "text.tsm", "relu", ["f32:1"]),
    ("a module cut off", "short.tsm", "relu", ["f32:1"]),
    ("a damaged module", "damaged.tsm", "relu", ["f32:1"]),
    ("another version", "version.tsm", "relu", ["f32:1"]),
    ("an unknown function", "functions.tsm", "nothing", ["f32:1"]),
    ("no inputs", "functions.tsm", "sum", []),
    ("too few inputs", "functions.tsm", "sum", ["f32:4"]),
    ("too many inputs", "functions.tsm", "relu", ["f32:1", "f32:1"]),
    ("another type", "functions.tsm", "relu", ["f64:1"]),
    ("a signed type", "functions.tsm", "same", ["u32:2x2"]),
    ("another rank", "functions.tsm", "relu", ["f32:1x1"]),
    ("a scalar", "functions.tsm", "sum", ["f32:", "f32:1"]),
    ("another extent", "functions.tsm", "same", ["i32:2x3"]),
    ("no elements", "functions.tsm", "relu", ["f32:0"]),
    ("sizes that differ", "functions.tsm", "sum", ["f32:4", "f32:5"]),
]

# Of these the command line speaks in words of its flags.
NOT_ON_THE_COMMAND_LINE = {"an unknown function", "no inputs", "too few inputs", "too many inputs"}


def make_modules(folder, functions):
    """Writes the modules that are none."""
    data = functions.read_bytes()
    (folder / "empty.tsm").write_bytes(b"")
    (folder / "text.tsm").write_text("no module at all, though long enough to be one by its length")
    (folder / "short.tsm").write_bytes(data[: len(data) // 2])
    damaged = bytearray(data)
    damaged[len(data) // 2] ^= 1
    (folder / "damaged.tsm").write_bytes(damaged)
    version = bytearray(data)
    version[8] += 1
    (folder / "version.tsm").write_bytes(version)


def command_line(tessera, folder, module, function, inputs):
    """The error of `tessera run`."""
    flags = [f"--input={kind[1]}{'x' if kind[1] else ''}{kind[0]}=0" for kind in (text.split(":") for text in inputs)]
    done = subprocess.run(
        [tessera, "run", module, f"--function={function}", "--error-format=json", *flags], cwd=folder, capture_output=True, text=True)
    for line in done.stderr.splitlines():
        message = json.loads(line)
        if message["severity"] == "error":
            return f"{message['status']} {message.get('id', '-')} {message['message'].splitlines()[0]}"
    return "OK"


def interface(program, folder, module, function, inputs):
    """The error in C."""
    return subprocess.run([program, module, function, *inputs], cwd=folder, capture_output=True, text=True).stdout.strip()
