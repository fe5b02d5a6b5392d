#!/usr/bin/env python3
"""Gives damaged modules to `tessera run`, `dump` and `bench`.

usage: modules.py [--tessera bin/tessera] [--count N] [--seed N] [--jobs N] [--keep DIR]

Half of the N damaged modules have wrong checksums: each must end with exit code 5. In the others the checksums fit what was changed, so that the reader gets to see it: they may run, or be refused,
and nothing else. The description is changed as it is unpacked. Where a module has kernels, only its sections are
mixed up so: native code is as trusted as any program, and so is what says how it is called. A signal, a trap, no end within 20 seconds
or more than 2 GB is a failure; a changed program may run for ever, and is then interrupted. --keep writes the module of each failure. The last line is 'N passed, N failed'.
"""

import argparse
import os
import pathlib
import random
import resource
import signal
import struct
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

from onnx import TensorProto, helper

ROOT = pathlib.Path(__file__).resolve().parents[2]
SECONDS, BYTES = 20, 2 << 30
DESCRIPTION, IMAGE, CONSTANTS = range(1, 4)
MASK = 2**64 - 1
PRIMES = [0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5]

LOOP = """func.func @main(%n: tensor<i64> {tessera.name = "n"}, %x: tensor<?xi64> {tessera.name = "x"}) -> (tensor<i64>, tensor<3xi64>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i64
  %limit = tensor.extract %n[] : tensor<i64>
  %end = arith.index_cast %limit : i64 to index
  %size = tensor.dim %x, %c0 : tensor<?xi64>
  %sum = scf.for %i = %c0 to %end step %c1 iter_args(%s = %zero) -> i64 {
    %at = arith.remui %i, %size : index
    %e = tensor.extract %x[%at] : tensor<?xi64>
    %t = arith.addi %s, %e : i64
    scf.yield %t : i64
  }
  %r = tensor.from_elements %sum : tensor<i64>
  %l = tensor.from_elements %sum, %limit, %zero : tensor<3xi64>
  return %r, %l : tensor<i64>, tensor<3xi64>
}
"""
KERNELS = """func.func @main(%a: tensor<?x8xf32> {tessera.name = "a"}, %b: tensor<8x4xf32> {tessera.name = "b"}) -> tensor<?x4xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %w = arith.constant dense<0.5> : tensor<8x4xf32>
  %n = tensor.dim %a, %c0 : tensor<?x8xf32>
  %s = arith.addf %b, %w : tensor<8x4xf32>
  %e = tensor.empty(%n) : tensor<?x4xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x4xf32>) -> tensor<?x4xf32>
  %r = linalg.matmul ins(%a, %s : tensor<?x8xf32>, tensor<8x4xf32>) outs(%f : tensor<?x4xf32>) -> tensor<?x4xf32>
  return %r : tensor<?x4xf32>
}
"""


def texts():
    """A model of strings and sequences, whose work is the host program's."""
    nodes = [
        helper.make_node("StringNormalizer", ["a"], ["u"], case_change_action="UPPER"), helper.make_node("StringConcat", ["a", "u"], ["c"]),
        helper.make_node("StringSplit", ["c"], ["parts", "counts"], delimiter="b"), helper.make_node("SequenceConstruct", ["a", "c"], ["s"]),
        helper.make_node("SequenceInsert", ["s", "u"], ["t"]), helper.make_node("SequenceErase", ["t", "i"], ["e"]),
        helper.make_node("SequenceAt", ["e", "i"], ["y"]), helper.make_node("SequenceLength", ["e"], ["z"])]
    info = helper.make_tensor_value_info
    graph = helper.make_graph(nodes, "texts", [info("a", TensorProto.STRING, ["n"]), info("i", TensorProto.INT64, [])],
                              [info("y", TensorProto.STRING, None), info("z", TensorProto.INT64, None), info("counts", TensorProto.INT64, None)])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9).SerializeToString()


# Name, model, inputs, and whether the module has kernels. What is called variants becomes three programs.
MODELS = [
    ("loop.mlir", LOOP.encode(), ["i64=5", "4xi64=1,2,3,4"], False),
    ("variants.mlir", LOOP.encode(), ["i64=5", "4xi64=1,2,3,4"], False),
    ("kernels.mlir", KERNELS.encode(), ["3x8xf32=1", "8x4xf32=2"], True),
    ("texts.onnx", texts(), ["@texts.npy", "i64=1"], False),
    ("digits.onnx", (ROOT / "Examples/Digits/digits.onnx").read_bytes(), ["2x1x8x8xf32=1"], True),
]


# ---------------------------------------------------------------- the file
def rotate(x, n):
    return (x << n | x >> 64 - n) & MASK


def lane_round(lane, word):
    return rotate((lane + word * PRIMES[1]) & MASK, 31) * PRIMES[0] & MASK


def checksum(data):
    """The checksum of docs/ModuleFormat.md."""
    lanes = [(PRIMES[0] + PRIMES[1]) & MASK, PRIMES[1], 0, -PRIMES[0] & MASK]
    whole = len(data) // 32 * 32
    for words in struct.iter_unpack("<4Q", data[:whole]):
        lanes = [lane_round(lane, word) for lane, word in zip(lanes, words)]
    value = sum(rotate(lane, n) for lane, n in zip(lanes, (1, 7, 12, 18))) & MASK
    for lane in lanes:
        value = ((value ^ lane_round(0, lane)) * PRIMES[0] + PRIMES[3]) & MASK
    value = (value + len(data)) & MASK
    for byte in data[whole:]:
        value = rotate(value ^ (byte * PRIMES[4] & MASK), 11) * PRIMES[0] & MASK
    value = (value ^ value >> 33) * PRIMES[1] & MASK
    value = (value ^ value >> 29) * PRIMES[2] & MASK
    return value ^ value >> 32


def sections(data):
    """The sections of a module: (kind, index, bytes, checksum)."""
    count = struct.unpack_from("<I", data, 12)[0]
    rows = [struct.unpack_from("<IIQQQ", data, 32 + 32 * i) for i in range(count)]
    return [(kind, index, data[offset:offset + length], value) for kind, index, offset, length, value in rows]


def module(parts, version):
    """The file of sections, with a header that fits."""
    position = 32 + 32 * len(parts)
    table, body = b"", b""
    for kind, index, data, value in parts:
        gap = -position % 64
        table += struct.pack("<IIQQQ", kind, index, position + gap, len(data), value)
        body += bytes(gap) + data
        position += gap + len(data)
    head = b"\x89TSM\r\n\x1a\n" + version + struct.pack("<IQ", len(parts), position)
    return head + struct.pack("<Q", checksum(head + bytes(8) + table)) + table + body


def dictionary():
    """The dictionary of descriptions, as docs/ModuleFormat.md has it: names, each with its length."""
    source = (ROOT / "Sources/ModuleFormat/SectionPacking.swift").read_text()
    text = source.split('"""')[1].replace("\\\n", "").replace("\n", "").replace("    ", "")
    return b"".join(bytes([len(word)]) + word.encode() for word in text.split("|"))


def number(data, position):
    """A number of seven bits a byte, and where it ends."""
    value = shift = 0
    while True:
        byte = data[position]
        value |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return value, position


def packed(data):
    """A section of bytes that are not compressed."""
    count, head = len(data), b""
    while count >= 0x80:
        head += bytes([count & 0x7F | 0x80])
        count >>= 7
    return head + bytes([count]) + data


def unpacked(section, before):
    """The bytes of a section, an LZ4 block behind `before` unless they are as many."""
    count, at = number(section, 0)
    if len(section) - at == count:
        return section[at:]
    output = bytearray(before)

    def length(half):
        nonlocal at
        while half >= 15:
            more = section[at]
            at, half = at + 1, half + more
            if more < 255:
                break
        return half

    while at < len(section):
        token = section[at]
        at += 1
        literals = length(token >> 4)
        output += section[at:at + literals]
        at += literals
        if at >= len(section):
            break
        distance = section[at] | section[at + 1] << 8
        at += 2
        for _ in range(length(token & 15) + 4):
            output.append(output[-distance])
    assert len(output) - len(before) == count, "the section is unpacked as this program does"
    return bytes(output[len(before):])


# ---------------------------------------------------------------- damage
def damaged(data, generator):
    """Bytes with one to three changes: flips, extreme numbers, what is cut, doubled or swapped."""
    data = bytearray(data)
    for _ in range(generator.choice([1, 1, 1, 2, 3])):
        at = generator.randrange(len(data) + 1)
        kind = generator.randrange(7)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << generator.randrange(8)
        elif kind == 1 and at < len(data):
            data[at] = generator.choice([0, 1, 0x7F, 0x80, 0xFF, generator.randrange(256)])
        elif kind == 2:
            # The greatest and the least numbers, and one that does not end.
            data[at:at + 1] = generator.choice([b"\xff" * 9 + b"\x01", b"\xfe" + b"\xff" * 8 + b"\x01", b"\xff" * 12, b"\x80\x80\x80\x80\x10"])
        elif kind == 3:
            del data[at:at + generator.choice([1, 2, 8, 64])]
        elif kind == 4:
            data[at:at] = data[at:at + generator.choice([1, 4, 32])]
        elif kind == 5:
            data[at:at] = bytes(generator.randrange(256) for _ in range(generator.choice([1, 3, 9])))
        else:
            other, size = generator.randrange(len(data) + 1), generator.choice([1, 2, 4])
            data[at:at + size], data[other:other + size] = data[other:other + size], data[at:at + size]
    return bytes(data)


def fitting(data, has_kernels, generator):
    """A damaged module whose checksums fit, and the kind of the section that was changed."""
    parts = sections(data)
    programs = [i for i, part in enumerate(parts) if part[0] == DESCRIPTION]
    if not has_kernels:
        # Each follows the one before: what is changed is what the next one was packed behind.
        before = dictionary()
        for i in programs:
            kind, index, old, _ = parts[i]
            plain = unpacked(old, before)
            before = (dictionary() + plain)[-65535:]
            parts[i] = (kind, index, packed(plain), checksum(packed(plain)))
    number = generator.choice(programs)
    kind, index, new, _ = parts[number]
    if not has_kernels:
        new = packed(damaged(unpacked(new, b""), generator))
    if has_kernels or generator.randrange(12) == 0:
        kind, index = generator.choice([kind, generator.randrange(5)]), generator.choice([index, generator.randrange(3), 2**32 - 1])
    parts[number] = (kind, index, new, checksum(new))
    if generator.randrange(12) == 0:
        parts.insert(generator.randrange(len(parts)), generator.choice(parts))
    elif generator.randrange(12) == 0:
        del parts[generator.randrange(len(parts))]
    return module(parts, data[8:12]), parts[min(number, len(parts) - 1)][0]


# ---------------------------------------------------------------- running
def limits():
    resource.setrlimit(resource.RLIMIT_DATA, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def execute(command, folder, wants_refusal):
    """Returns what is wrong with how a command ended, or an empty string."""
    environment = {**os.environ, "SWIFT_BACKTRACE": "enable=no"}
    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limits, env=environment)
    try:
        out, err = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return "no end, interrupted or not"
        return f"no end within {SECONDS} s" if wants_refusal or "dump" in command else ""
    text = (out[-500:] + err).decode(errors="replace").strip()
    if wants_refusal and process.returncode != 5:
        return f"ended with {process.returncode} instead of 5: {text[:300]}"
    if not 0 <= process.returncode <= 5 or "Fatal error" in text:
        return f"ended with {process.returncode}: {text[:300]}"
    if process.returncode and not text:
        return f"ended with {process.returncode}, and said nothing"
    return ""


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--tessera", default="bin/tessera")
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=pathlib.Path)
    options = parser.parse_args()
    tessera = str(pathlib.Path(options.tessera).resolve())
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(options.jobs) as pool:
        folder = pathlib.Path(temporary)
        text = b"".join(f"{word:<6}".encode("utf-32-le") for word in ("abc", "", "b a"))
        header = b"{'descr': '<U6', 'fortran_order': False, 'shape': (3,), }\n"
        (folder / "texts.npy").write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + text)
        found = []
        for name, model, inputs, has_kernels in MODELS:
            (folder / name).write_bytes(model)
            flags = ["--target=cpu=x86-64-v2,x86-64-v3,aarch64"] if name.startswith("variants") else []
            subprocess.run([tessera, "compile", name, "-o", f"{name}.tsm", *flags], cwd=folder, check=True)
            subprocess.run([tessera, "run", f"{name}.tsm", *[f"--input={i}" for i in inputs]], cwd=folder, check=True, stdout=subprocess.DEVNULL)
            data = (folder / f"{name}.tsm").read_bytes()
            assert module([(k, i, d, checksum(d)) for k, i, d, _ in sections(data)], data[8:12]) == data, "the module is made as this program makes one"
            found.append((name, data, inputs, has_kernels))

        def attempt(number):
            generator = random.Random(f"{options.seed} {number}")
            name, data, inputs, has_kernels = generator.choice(found)
            wants_refusal = number % 2 == 0
            bytes_, kind = (damaged(data, generator), 0) if wants_refusal else fitting(data, has_kernels, generator)
            if bytes_ == data:
                return ""
            path = folder / f"{number}.tsm"
            path.write_bytes(bytes_)
            given = [f"--input={i}" for i in inputs]
            wrong = ""
            for command in (["run", path.name, *given], ["dump", path.name, "--disassemble"], ["bench", path.name, "--calls=1", "--warmup-ms=0", *given]):
                if problem := execute([tessera, *command], folder, wants_refusal):
                    wrong = f"{command[0]} {name} {number}, section {kind}: {problem}"
                    break
            if wrong and options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / path.name).write_bytes(bytes_)
            path.unlink()
            return wrong

        failed = 0
        for wrong in pool.map(attempt, range(options.count)):
            failed += bool(wrong)
            if wrong:
                print("FAIL", wrong.replace("\n", " / "), flush=True)
    print(f"{options.count - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
