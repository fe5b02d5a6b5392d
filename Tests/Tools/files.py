"""Tries what both programs do with files: links, devices, standard input and output, signals, full disks, same bytes.

Called by run.py. NumPy, onnx and zipfile make the files, and read what we write.
"""
import io
import os
import pty
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import numpy as np

import tensor_files

MODEL = """
func.func @main(%x: tensor<?x4xf32> {tessera.name = "x", tessera.shape = ["n", "4"]}, %y: tensor<?x4xf32> {tessera.name = "y", tessera.shape = ["n", "4"]})
    -> (tensor<?x4xf32> {tessera.name = "sum"}, tensor<?x4xf32> {tessera.name = "product"}) {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x4xf32>
  %e = tensor.empty(%n) : tensor<?x4xf32>
  %s = linalg.add ins(%x, %y : tensor<?x4xf32>, tensor<?x4xf32>) outs(%e : tensor<?x4xf32>) -> tensor<?x4xf32>
  %p = linalg.mul ins(%x, %y : tensor<?x4xf32>, tensor<?x4xf32>) outs(%e : tensor<?x4xf32>) -> tensor<?x4xf32>
  return %s, %p : tensor<?x4xf32>, tensor<?x4xf32>
}
"""


class Files:
    """The programs, in a folder of their own, with a folder for temporary files that has to be empty after each call."""

    def __init__(self, tessera, check, folder):
        self.tessera, self.check, self.folder = str(Path(tessera).resolve()), check, folder
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.environment = {**os.environ, "TMPDIR": str(self.temporary), "TESSERA_CACHE_DIR": str(folder / "cache")}
        (folder / "m.mlir").write_text(MODEL)
        self.x = np.arange(12, dtype=np.float32).reshape(3, 4)
        self.y = np.full((3, 4), 2, np.float32)
        np.save(folder / "x.npy", self.x)
        np.save(folder / "y.npy", self.y)
        self("compile", "m.mlir", "-o", "m.tsm")
        self.inputs = ["--input=@x.npy", "--input=@y.npy"]

    def __call__(self, *words, code=0, said="", timeout=120, **more):
        """Runs a command; checks its exit code, what it says, and that nothing temporary is left."""
        process = subprocess.run(
            [self.tessera, *map(str, words)], capture_output=True, cwd=self.folder, env=self.environment, timeout=timeout, **more)
        title = " ".join(map(str, words))[:160]
        text = (process.stderr or b"").decode(errors="replace")
        self.check(f"exit code of {title}", process.returncode == code, f"{process.returncode}: {text}")
        self.check(f"message of {title}", said in text, text)
        self.check(f"nothing temporary is left of {title}", not self.left(), self.left())
        return process.stdout

    def left(self):
        """What temporary files and files on their way there are."""
        return [*map(str, self.temporary.iterdir()), *map(str, self.folder.glob("**/*.partial"))]

    def start(self, *words, **more):
        return subprocess.Popen([self.tessera, *map(str, words)], cwd=self.folder, env=self.environment, **more)

    def equal(self, title, actual, expected):
        self.check(title, np.array_equal(np.asarray(actual), expected) and np.asarray(actual).shape == np.shape(expected), actual)


def outputs(f):
    """Links are written through; pipes, devices and open files get the bytes; permissions stay; inputs stay."""
    module = (f.folder / "m.tsm").read_bytes()
    run = ("run", "m.tsm", *f.inputs)
    for words, name in ((("compile", "m.mlir", "-o"), "link.tsm"), ((*run, "--output=-"), None)):
        if name:
            os.symlink("made.tsm", f.folder / name)
            f(*words, name)
            f.check("a link is written through", (f.folder / name).is_symlink() and (f.folder / "made.tsm").read_bytes() == module)
    os.mkfifo(f.folder / "pipe")
    for words, expected in ((("compile", "m.mlir", "-o", "pipe"), module), ((*run, "--output=@pipe"), None)):
        reader = subprocess.Popen(["cat", f.folder / "pipe"], stdout=subprocess.PIPE)
        f(*words)
        got = reader.communicate(timeout=60)[0]
        f.check(f"a pipe gets what {words[-1]} gives", got == expected if expected else np.array_equal(np.load(io.BytesIO(got)), f.x + f.y))
    os.symlink("/dev/fd/1", f.folder / "standard")
    for target in ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "standard", "-"):
        with open(f.folder / "shown", "wb+") as shown:
            shown.write(b"before")
            shown.flush()
            process = f.start(*run, f"--output=@{target}", stdout=shown)
            f.check(f"exit code with {target}", process.wait(60) == 0)
            process = f.start("compile", "m.mlir", "-o", target, stdout=shown)
            f.check(f"exit code of compile with {target}", process.wait(60) == 0)
        content = (f.folder / "shown").read_bytes()
        f.check(f"{target} goes on where it stood", content.startswith(b"before\x93NUMPY") and content.endswith(module), content[:40])
    f.check("the link to standard output stays", (f.folder / "standard").is_symlink() and os.path.islink("/dev/stdout"))
    (f.folder / "mode.npy").touch(0o600)
    os.chmod(f.folder / "mode.npy", 0o640)
    f(*run, "--output=@mode.npy")
    f.check("permissions stay", (f.folder / "mode.npy").stat().st_mode & 0o777 == 0o640)
    for words in (("compile", "m.mlir", "-o"), ("opt", "--phase=input", "m.mlir", "-o"), ("compile", "m.mlir", "--stop-after=input", "-o")):
        f(*words, "/dev/full", code=1, said="cannot write '/dev/full': no space left on device")
    for flag in ("--output=@/dev/full", "--output=+/dev/full", "--outputs=full.npz"):
        if "full.npz" in flag:
            os.symlink("/dev/full", f.folder / "full.npz")
        f(*run, flag, code=1, said="no space left on device")
    with open("/dev/full", "wb") as full:
        for words in (run, ("compile", "m.mlir", "--dump-after=all", "-o", "x.tsm"), ("check", "--operators"), ("dump", "m.tsm"), ("opt", "--list")):
            process = f.start(*words, stdout=full, stderr=subprocess.PIPE)
            text = process.communicate(timeout=60)[1]
            f.check(f"a full standard output fails {words[0]}", process.returncode == 1 and b"standard output" in text, text)
    f.check("a module is not written after a dump failed", not (f.folder / "x.tsm").exists())
    f("compile", "m.mlir", "-o", "limited.tsm", code=1, said="file too large",
      preexec_fn=lambda: __import__("resource").setrlimit(__import__("resource").RLIMIT_FSIZE, (512, 512)))
    f.check("no file over the limit", not (f.folder / "limited.tsm").exists())


def same(f):
    """An output that is an input is refused, by any spelling, before anything is written; so are two outputs that are one file."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    def save(name, external=False):
        weights = numpy_helper.from_array(np.ones((4,), np.float32) * 3, "w")
        graph = helper.make_graph(
            [helper.make_node("Mul", ["x", "w"], ["y"])], "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [2, 4])],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, [2, 4])], [weights])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)])
        onnx.save(model, f.folder / name, save_as_external_data=external, location="weights.bin" if external else None, size_threshold=0)

    save("model.onnx")
    save("external.onnx", external=True)
    os.symlink("model.onnx", f.folder / "soft.onnx")
    os.link(f.folder / "model.onnx", f.folder / "hard.onnx")
    os.symlink(".", f.folder / "here")
    os.symlink("weights.bin", f.folder / "soft.bin")
    (f.folder / "rules.packing").write_text("* => identity\n")
    (f.folder / "dumps").mkdir()
    shutil.copy(f.folder / "m.mlir", f.folder / "dumps/1-input.mlir")
    keep = {p: p.read_bytes() for p in f.folder.glob("**/*") if p.is_file() and "cache" not in p.parts}
    for name in ("model.onnx", "./model.onnx", "soft.onnx", "hard.onnx", "here/model.onnx", f.folder / "model.onnx", "here/../model.onnx"):
        words = ("compile", "model.onnx", "-o", name)
        if name != "here/../model.onnx":
            f(*words, code=2, said="would be lost")
        f("run", "model.onnx", "--input=2x4xf32=1", f"--output=@{name}", code=2)
    for words in (("compile", "soft.onnx", "-o", "model.onnx"), ("compile", "external.onnx", "-o", "weights.bin"),
                  ("compile", "external.onnx", "-o", "soft.bin"), ("run", "external.onnx", "--input=2x4xf32=1", "--output=@soft.bin"),
                  ("compile", "external.onnx", "-o", "e.tsm", "--list-inputs=weights.bin"),
                  ("compile", "m.mlir", "--packing-spec=rules.packing", "-o", "rules.packing"),
                  ("compile", "dumps/1-input.mlir", "-o", "e.tsm", "--dump-phases-to=dumps"),
                  ("opt", "--phase=input", "m.mlir", "-o", "here/m.mlir"), ("run", "m.tsm", *f.inputs, "--output=@here/x.npy"),
                  ("run", "m.tsm", *f.inputs, "--output=+x.npy"), ("run", "m.tsm", *f.inputs, "--output=@m.tsm.npy", "--output=@here/m.tsm.npy"),
                  ("run", "m.tsm", "--input=3x4xf32=1", "--input=@y.npy", "--expected-output=@x.npy", "--output=@x.npy"),
                  ("bench", "m.tsm", *f.inputs, "--time-ms=1", "--json-output=y.npy")):
        f(*words, code=2)
    f.check("nothing was written", keep == {p: p.read_bytes() for p in f.folder.glob("**/*") if p.is_file() and "cache" not in p.parts})
    f("run", "external.onnx", "--input=2x4xf32=1", "--output=@once.bin")
    f.equal("a model with external weights", np.fromfile(f.folder / "once.bin", np.float32), np.full(8, 3, np.float32))


def streams(f):
    """`-` is standard input or output everywhere."""
    text, module = (f.folder / "m.mlir").read_bytes(), (f.folder / "m.tsm").read_bytes()
    model = (f.folder / "model.onnx").read_bytes()
    bytecode = subprocess.run(["/usr/lib/llvm-22/bin/mlir-opt", "--emit-bytecode", f.folder / "m.mlir"], capture_output=True, check=True).stdout
    f.check("text in, module out", f("compile", "-", "-o", "-", input=text)[:8] == module[:8])
    f.check("a file without a suffix", f("compile", "/dev/stdin", "-o", "-", input=text)[:8] == module[:8])
    f.check("bytecode in, module out", f("compile", "-", "-o", "-", input=bytecode)[:8] == module[:8])
    f.check("ONNX in", f("compile", "-", "-o", "-", input=model)[:8] == module[:8])
    f("compile", "-", code=2, said="say where the module goes", input=text)
    f.check("check -", b"everything is supported" in f("check", "-", input=model))
    f.check("opt -", b"linalg" in f("opt", "--phase=input", "-", input=text))
    f.check("dump -", b"functions" in f("dump", "-", input=module))
    for content in (module, text, bytecode):
        f.check("run -", b"[2 3 4 5]" in f("run", "-", *f.inputs, input=content))
    f("bench", "-", "--time-ms=1", input=module)
    array = (f.folder / "x.npy").read_bytes()
    f.check("an input from standard input", b"[2 3 4 5]" in f("run", "m.tsm", "--input=-", "--input=@y.npy", input=array))
    both = array + (f.folder / "y.npy").read_bytes()
    f.check("two arrays from standard input", b"[2 3 4 5]" in f("run", "m.tsm", "--input=-", input=both))
    f("run", "m.tsm", "--input=-", "--input=-", input=array, code=2, said="standard input is given twice")
    f("run", "-", "--input=-", "--input=@y.npy", input=module, code=2, said="standard input is given twice")
    f.equal("an array to standard output", np.load(io.BytesIO(f("run", "m.tsm", *f.inputs, "--output=@-"))), f.x + f.y)
    f.check("text to standard output", f("run", "m.tsm", *f.inputs, "--output=-").startswith(b"sum: 3x4xf32"))
    f("compile", "m.mlir", "--dump-phases-to=-", "-o", "e.tsm", code=2, said="a folder is needed")
    for words in (("compile", "m.mlir", "-o", "-"), ("run", "m.tsm", *f.inputs, "--output=@/dev/stdout")):
        controller, terminal = pty.openpty()
        process = f.start(*words, stdout=terminal, stderr=subprocess.PIPE)
        os.close(terminal)
        said = process.communicate(timeout=60)[1]
        os.close(controller)
        f.check(f"no binary file to a terminal: {words[0]}", process.returncode == 2 and b"is a terminal" in said, said)


def signals(f):
    """A signal leaves neither a temporary folder nor a part of a file, and ends the compiler that was started too."""
    # Products of 300 sizes: as many kernels, which no machine compiles before the signal comes.
    types = [f"tensor<64x{8 + i}xf32>" for i in range(300)]
    lines = "\n".join(
        f"  %w{i} = tensor.extract_slice %w[0, 0] [64, {8 + i}] [1, 1] : tensor<64x400xf32> to {t}\n"
        f"  %e{i} = tensor.empty() : {t}\n"
        f"  %p{i} = linalg.matmul ins(%x, %w{i} : tensor<64x64xf32>, {t}) outs(%e{i} : {t}) -> {t}" for i, t in enumerate(types))
    (f.folder / "slow.mlir").write_text(
        f"func.func @main(%x: tensor<64x64xf32>, %w: tensor<64x400xf32>) -> ({', '.join(types)}) {{\n{lines}\n"
        f"  return {', '.join(f'%p{i}' for i in range(300))} : {', '.join(types)}\n}}\n")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        for words in (("compile", "slow.mlir", "--no-cache", "-o", "slow.tsm"), ("run", "slow.mlir", "--no-cache")):
            # Whoever runs the tests may ignore signals, as nohup does: the program would too.
            process = f.start(*words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
                              preexec_fn=lambda: signal.signal(number, signal.SIG_DFL))
            time.sleep(random.uniform(0.2, 0.8))
            running = process.poll() is None
            process.send_signal(number)
            code = process.wait(30)
            f.check(f"{words[0]} ends by {number.name}", running and code == -number, f"running: {running}, ended with {code}")
            f.check(f"nothing is left of {words[0]} after {number.name}", not f.left() and not (f.folder / "slow.tsm").exists(), f.left())
            others = subprocess.run(["ps", "-s", str(process.pid), "-o", "pid="], capture_output=True, text=True).stdout.split()
            f.check(f"no program is left of {words[0]}", not others, others)


def repeated(f):
    """Two compiles of one model are the same bytes: with the cache and without, with other threads, from another folder."""
    from onnx import TensorProto, helper, numpy_helper

    rng = np.random.default_rng(5)
    nodes = [helper.make_node("Conv", ["image", "w"], ["c"], kernel_shape=[3, 3], pads=[1] * 4), helper.make_node("Relu", ["c"], ["r"]),
             helper.make_node("GlobalAveragePool", ["r"], ["p"]), helper.make_node("Flatten", ["p"], ["f"]),
             helper.make_node("Gemm", ["f", "g"], ["h"]), helper.make_node("Softmax", ["h"], ["y"])]
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, 16, 16])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 8])],
        [numpy_helper.from_array(rng.standard_normal(shape).astype(np.float32), name) for name, shape in (("w", (16, 3, 3, 3)), ("g", (16, 8)))])
    (f.folder / "net.onnx").write_bytes(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]).SerializeToString())
    (f.folder / "other").mkdir()
    for model in ("net.onnx", "m.mlir"):
        first = f("compile", model, "-o", "-", "--no-cache")
        for title, words, more in (
            ("again", ("--no-cache",), {}), ("a new cache", ("--cache-dir=fresh",), {}), ("a warm cache", ("--cache-dir=fresh",), {}),
            ("one processor", ("--no-cache",), {"preexec_fn": lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})}),
            ("with statistics", ("--no-cache", "--statistics", "--verbose"), {}),
        ):
            f.check(f"the same bytes of {model}: {title}", f("compile", model, "-o", "-", *words, **more) == first)
        there = subprocess.run([f.tessera, "compile", f"../{model}", "-o", "here.tsm"], cwd=f.folder / "other", env=f.environment)
        f.check(f"the same bytes of {model}: another folder", there.returncode == 0 and (f.folder / "other/here.tsm").read_bytes() == first)


def shortened(f):
    """A file that becomes shorter while it is mapped ends the program with an error."""
    rows = 1 << 19
    np.save(f.folder / "big.npy", np.ones((rows, 4), np.float32))
    big = f.folder / "big.npy"
    script = f"--input=@{big}"
    for cut in (True, False):
        process = f.start("run", "m.tsm", script, script, "--output=@o.npy", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if cut:
            for _ in range(200):
                os.truncate(big, 4096)
                if process.poll() is not None:
                    break
                time.sleep(0.002)
        text = process.communicate(timeout=60)[1]
        f.check("a file that was cut is an error" if cut else "and is one afterwards", process.returncode in (0, 1), (process.returncode, text))


def run(tessera, check, folder):
    """Runs all of it in a folder that is empty."""
    files = Files(tessera, check, folder)
    for part in (outputs, same, streams, tensor_files.forms, tensor_files.damaged, signals, repeated, shortened):
        part(files)
