#!/usr/bin/env python3
"""Gives both programs hostile values of every option, and hostile files of tensors.

usage: tools.py [--tessera bin/tessera] [--every N] [--seed N] [--jobs N]

The options are those of `--help-all` of each command, so that a new one is tried too. A call may succeed or be refused; a signal, an internal error, a
compiler bug, no end within 20 seconds of a processor's time, more than 2 GB, or a file that is left behind half written is a failure. --every takes every Nth call.
The last line is 'N passed, N failed'.
"""

import argparse
import io
import os
import pathlib
import random
import re
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import warnings
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor


SECONDS = 20
BYTES = 2 << 30
ROOT = pathlib.Path(__file__).resolve().parents[2]
MODEL = """func.func @main(%a: tensor<?x4xf32> {tessera.name = "a"}, %b: tensor<4xi64> {tessera.name = "b"}) -> (tensor<?x4xf32>, tensor<4xi64>) {
  %r = arith.addf %a, %a : tensor<?x4xf32>
  %s = arith.addi %b, %b : tensor<4xi64>
  return %r, %s : tensor<?x4xf32>, tensor<4xi64>
}
"""

BIG = str(2**63 - 1)
VALUES = ["", " ", "0", "-0", "1", "-1", "00001", "+1", "1.5", "1e400", "nan", "inf", "-inf", "0x10", BIG, str(2**63), str(-2**63), "9" * 400, "é漢\u202e", b"\xff\xfe", "a" * 100_000, "=",
          ",", "=,=,", "a=1", "a=-1", "a=" + BIG, "a=1,a=1", "size=0", "[", "[" * 20_000, "[" * 20_000 + "]" * 20_000, "(" * 20_000, "@", "@/", "@.", "@/dev/null", "@nothing", "-", "..", "/dev/null",
          "%s%n%d", "a\nb", "a\tb", "cpu", "cpu=", "cpu=host", "cpu=" + "x" * 5000, "all", "text", "json", "1x4xf32=1", "4xi64=1", "99999999999x99999999999xf32=0", "0x0xf32=", "-1xf32=0", "4xf32=", "xf32",
          "1" + "x1" * 5000 + "xf32=0", "4xf99=1", "4xf32=nan,inf,-inf,-nan", "4xf32=" + "9" * 400, "4xi64=" + "9" * 400, "4xi8=128 -129 1 1", "3xi4=8", "4xcomplex<f32>=1", "random:", "random:-1", "random:" + "9" * 30,
          "lane=-1 width=0", "lane=0 width=64 unroll=0:" + BIG, "unroll=", "tile=0:0", "name=@", "a=[@nothing; 1xf32=1]", "[1xf32=1; [1xf32=1]]", "*", "(a+)+$", "x{99999}", "\\", "^(", "input", "codegen", "end"]
# How long a measurement takes is what these options say.
LONG = re.compile(r"--(calls|niter|turns|time-ms|warmup-ms|repetitions|benchmark-(min-time|min-warmup-time|repetitions))$")


def limits():
    # What others do on the machine does not count.
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_DATA, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def execute(command, folder):
    """Returns what is wrong with how a command ended, or an empty string."""
    environment = {**os.environ, "SWIFT_BACKTRACE": "enable=no"}
    try:
        result = subprocess.run(command, capture_output=True, timeout=10 * SECONDS, cwd=folder, stdin=subprocess.DEVNULL, preexec_fn=limits, env=environment)
    except subprocess.TimeoutExpired:
        return f"no end within {10 * SECONDS} s"
    if result.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return f"no end within {SECONDS} s of a processor"
    text = (result.stdout[-2000:] + result.stderr).decode(errors="replace").strip()
    if not 0 <= result.returncode <= 5:
        return f"ended with {result.returncode}: {text[:300]}"
    if "compiler bug" in text or "INTERNAL" in text or "Fatal error" in text:
        return text[:300]
    if result.returncode and not text:
        return f"ended with {result.returncode}, and said nothing"
    return ""


# ---------------------------------------------------------------- options
def options_of(tessera, command):
    """The options of a command that take a value, and those that take none."""
    text = subprocess.run([tessera, command, "--help-all"], capture_output=True, text=True, check=True).stdout
    found = re.findall(r"^  (?:-\w, )?(--[\w-]+)(=\S+)?  ", text, re.M)
    return [name for name, value in found if value], [name for name, value in found if not value]


def option_calls(tessera):
    """Yields command lines: each option of each command with each value, and each option twice."""
    fixed = {
        "run": ["model.tsm", "--input=1x4xf32=1", "--input=4xi64=1"], "bench": ["model.tsm", "--calls=1", "--warmup-ms=0", "--input=1x4xf32=1", "--input=4xi64=1"],
        "verify": ["model.mlir"], "profile": ["model.tsm", "--calls=1", "--warmup-ms=0", "--input=1x4xf32=1", "--input=4xi64=1"],
        "compare": ["model.tsm", "model.tsm", "--turns=1", "--time-ms=1", "--input=1x4xf32=1", "--input=4xi64=1"],
        "dump": ["model.tsm"], "devices": [], "compile": ["model.mlir", "-o", "out.tsm"], "check": ["model.onnx"], "opt": ["model.mlir"]}
    for command, rest in fixed.items():
        valued, plain = options_of(tessera, command)
        for name in valued:
            kept = rest if not LONG.search(name) else rest[:1]
            for value in VALUES:
                if LONG.search(name) and re.match(r"[\d+]{5}", str(value)):
                    continue
                word = f"{name}=".encode() + (value if isinstance(value, bytes) else value.encode())
                yield [command, *kept, word]
            yield [command, *rest, name]
            yield [command, *rest, f"{name}=1", f"{name}=2"]
        for name in plain:
            yield [command, *rest, name, name]
            yield [command, *rest, f"{name}=x"]
        for value in VALUES:
            yield [command, value if value != "" else b""]


# ---------------------------------------------------------------- files of tensors
def npy(header, data=b"", version=1):
    text = header if isinstance(header, bytes) else header.encode()
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(text) & (0xFFFF if version == 1 else 0xFFFFFFFF)) + text + data


def npz(members, method=zipfile.ZIP_DEFLATED):
    warnings.simplefilter("ignore")  # names that come twice
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


def safetensors(header, data=b"", length=None):
    text = header if isinstance(header, bytes) else header.encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def varint(number):
    number &= 2**64 - 1
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def pb(*fields):
    """Fields of a message: (number, integer) or (number, bytes)."""
    return b"".join(varint(n << 3) + varint(v) if isinstance(v, int) else varint(n << 3 | 2) + varint(len(v)) + v for n, v in fields)


def files():
    """Yields names and bytes of hostile files of tensors."""
    descr = "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n"
    shapes = ["(1, 4)", "(4,)", "()", "(0,)", "(-1,)", "(-1, -4)", f"({2**63 - 1},)", f"({2**64},)", f"({2**32}, {2**32})", f"({2**31}, {2**31}, 4)", "(0, " + str(2**62) + ")", "(1," * 5000, "(" + "1, " * 5000 + ")", "4", "(4", "None", "(1.5,)", "(True,)",
              "(4,,)"]
    for shape in shapes:
        for order in ("False", "True"):
            yield f"shape {shape[:20]} {order}.npy", npy(descr % ("<f4", order, shape), bytes(16))
    for kind in ("<f4", ">f4", "<f99", "|O", "<U" + BIG, "<U4", "<M8[ns]", "|V8", "<i0", "", "f4", "[('a', '<f4')]", "|S4"):
        yield f"kind {kind[:12].replace('/', '')}.npy", npy(descr % (kind, "False", "(4,)"), bytes(16))
    for version in (0, 1, 2, 3, 9, 255):
        yield f"version {version}.npy", npy(descr % ("<f4", "False", "(4,)"), bytes(16), version)
    good = npy(descr % ("<f4", "False", "(1, 4)"), bytes(16))
    for n in range(len(good)):
        yield f"cut {n}.npy", good[:n]
    for text in ("", "{", "{}", "{" * 50_000, "[" * 60_000, "{'descr':" * 5000, "{'shape': (4,)}", "x" * 65535, "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), 'shape': (5,)}"):
        yield f"header {text[:8]}.npy", npy(text, bytes(16), 2)
    for i in range(0, len(good) - 16, 3):
        yield f"flip {i}.npy", good[:i] + bytes([good[i] ^ 0x55]) + good[i + 1:]

    bomb = npy(descr % ("<f4", "False", f"({2**28},)"), bytes(64))
    yield "bomb.npz", npz([("a.npy", npy(descr % ("<f4", "False", "(262144000,)"), bytes(1 << 20) * 1000))])
    yield "short.npz", npz([("a.npy", bomb)])
    plain = npz([("a.npy", good), ("b.npy", npy(descr % ("<i8", "False", "(4,)"), bytes(32)))])
    yield "names.npz", npz([("a.npy", good)] * 2 + [("../../a.npy", good), ("/a.npy", good), ("a" * 60_000, good)])
    yield "many.npz", npz([(f"a{i}.npy", good) for i in range(20_000)], zipfile.ZIP_STORED)
    yield "nested.npz", npz([("a.npy", plain)])
    yield "ratio.npz", plain.replace(zlib.crc32(good).to_bytes(4, "little"), bytes(4))
    generator = random.Random(1)
    for n in range(0, len(plain), 7):
        yield f"cut {n}.npz", plain[:n]
    for n in range(200):
        data = bytearray(plain)
        for _ in range(generator.choice([1, 2, 4])):
            at = generator.randrange(len(data))
            data[at:at + 4] = generator.choice([b"\xff\xff\xff\xff", bytes(4), b"\x00\x00\x00\x80", bytes([generator.randrange(256)])])
        yield f"flip {n}.npz", bytes(data)
    # a place in the directory that overflows: 64-bit forms
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    for size, place in ((2**64 - 1, 2**64 - 1), (0, 2**63), (2**62, 0)):
        record = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, 2**63, 2**63, size, place)
        yield f"zip64 {size}.npz", plain[:60] + record + struct.pack("<IIQI", 0x07064B50, 0, 60, 1) + end

    entry = '{"a":{"dtype":"%s","shape":%s,"data_offsets":%s}}'
    for kind, shape, place in [("F32", "[1,4]", "[0,16]"), ("F32", "[1,4]", "[16,0]"), ("F32", "[1,4]", "[-16,0]"), ("F32", "[1,4]", f"[0,{2**64}]"), ("F32", "[1,4]", f"[{2**63 - 1},{2**63 - 1}]"), ("F32", f"[{2**62},4]", "[0,16]"),
                               ("F32", "[-1,-4]", "[0,16]"), ("F32", f"[{2**32},{2**32},0]", "[0,0]"), ("X", "[4]", "[0,16]"), ("F32", "[1.5]", "[0,16]"), ("F32", "null", "[0,16]"), ("F32", "[1,4]", "[0]"), ("F32", "[1,4]", "[0,1e99]"),
                               ("F32", "[" + "1," * 5000 + "4]", "[0,16]"), ("F4", "[3]", "[0,1]"), ("\\ud800", "[4]", "[0,16]"), ("F32", "[" * 50_000, "[0,16]")]:
        yield f"entry {kind} {shape[:12]} {place[:12]}.safetensors".replace("\\", ""), safetensors(entry % (kind, shape, place), bytes(16))
    for text in ("", "{", "{}", "[]", "null", "{" * 50_000, '{"a":' * 50_000, '{"a":{}}', '{"__metadata__":{"a":1}}', '{"a":"' + "x" * 100_000, '{"a":{"dtype":"F32","shape":[1,4],"data_offsets":[0,16]},"a":{"dtype":"F32","shape":[1,4],"data_offsets":[0,16]}}',
                 '{"\\u0000":{"dtype":"F32","shape":[1,4],"data_offsets":[0,16]}}', b'{"\xff":{"dtype":"F32","shape":[1,4],"data_offsets":[0,16]}}', "{" + ",".join(f'"a{i}":{{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}' for i in range(20_000)) + "}"):
        yield f"header {str(text)[:8].replace('/', '')} {len(text)}.safetensors", safetensors(text, bytes(16))
    for length in (0, 1, 2**31, 2**63 - 1, 2**63, 2**64 - 1):
        yield f"length {length}.safetensors", safetensors(entry % ("F32", "[1,4]", "[0,16]"), bytes(16), length)

    for dims in ([1, 4], [-1], [0], [2**63 - 1], [2**32, 2**32], [1] * 10_000):
        yield f"dims {dims[:2]} {len(dims)}.pb", pb(*[(1, d) for d in dims], (2, 1), (8, b"a"), (9, bytes(16)))
    for kind in (0, 1, 7, 8, 16, 22, 99, 2**31, 2**63):
        yield f"kind {kind}.pb", pb((1, 4), (2, kind), (8, b"a"), (9, bytes(16)))
    yield "external.pb", pb((1, 4), (2, 1), (14, 1), (13, pb((1, b"location"), (2, b"../../../../etc/passwd"))))
    yield "strings.pb", pb((1, 2**40), (2, 8), (6, b"x"), (8, b"a"))
    yield "packed.pb", pb((1, 4), (2, 7), (7, b"\xff" * 11), (8, b"a"))
    whole = pb((1, 1), (1, 4), (2, 1), (8, b"a"), (9, bytes(16)))
    for n in range(len(whole)):
        yield f"cut {n}.pb", whole[:n]
    deep = b""
    for _ in range(3000):
        deep = pb((4, deep))
    yield "deep.pb", deep


def file_calls(folder):
    """Writes the files, and yields command lines that read them."""
    for number, (name, data) in enumerate(files()):
        path = folder / f"{number} {name}"
        path.write_bytes(data)
        yield ["run", "model.tsm", f"--input=@{path}", "--input=4xi64=1"]
        if path.suffix in (".npz", ".safetensors", ".npy"):
            yield ["run", "model.tsm", f"--inputs={path}"]


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--tessera", default="bin/tessera")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    tessera = str(pathlib.Path(options.tessera).resolve())
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(options.jobs) as pool:
        folder, inputs = pathlib.Path(temporary) / "work", pathlib.Path(temporary) / "inputs"
        folder.mkdir()
        inputs.mkdir()
        (folder / "model.mlir").write_text(MODEL)
        (folder / "model.onnx").write_bytes((ROOT / "Examples/Digits/digits.onnx").read_bytes())
        subprocess.run([tessera, "compile", "model.mlir"], cwd=folder, check=True)
        calls = [*option_calls(tessera), *file_calls(inputs)]
        random.Random(options.seed).shuffle(calls)
        calls = calls[::options.every]
        failed = 0
        for call, wrong in zip(calls, pool.map(lambda call: execute([tessera, *call], folder), calls)):
            failed += bool(wrong)
            if wrong:
                print("FAIL", " ".join(str(w)[:200] for w in call), "/", wrong.replace("\n", " / "), flush=True)
        # What is written is whole, under the name that it was asked for.
        for path in folder.rglob("*"):
            if re.search(r"\.(tmp|part|new)\b|~$|\.tessera-", path.name):
                failed += 1
                print("FAIL", path, "was left behind")
    print(f"{len(calls)} calls")
    print(f"{max(len(calls) - failed, 0)} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
