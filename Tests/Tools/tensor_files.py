"""Tries the forms of tensors in files: NumPy's, safetensors and ONNX's test data, sound and damaged.

Called by files.py. NumPy, onnx and zipfile make the files, and read what we write.
"""
import json
import random
import struct
import subprocess
import zipfile
from pathlib import Path

import numpy as np


def forms(f):
    """NumPy reads what we write, and we read what NumPy, zipfile and onnx write."""
    import onnx
    from onnx import numpy_helper

    run = ("run", "m.tsm")
    total, product = f.x + f.y, f.x * f.y
    f(*run, *f.inputs, "--output=@s.npz", "--output=product=@p.safetensors")
    f.equal("an .npz file", np.load(f.folder / "s.npz")["sum"], total)
    f(*run, *f.inputs, "--outputs=both.npz")
    both = np.load(f.folder / "both.npz")
    f.equal("sum of both", both["sum"], total)
    f.equal("product of both", both["product"], product)
    f.check("a sound archive", zipfile.ZipFile(f.folder / "both.npz").testzip() is None)
    f(*run, *f.inputs, "--outputs=both.safetensors")
    raw = (f.folder / "both.safetensors").read_bytes()
    length = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8 : 8 + length])
    begin, end = header["product"]["data_offsets"]
    f.equal("a .safetensors file", np.frombuffer(raw[8 + length :][begin:end], np.float32).reshape(header["product"]["shape"]), product)
    f(*run, *f.inputs, "--expected-output=@both.safetensors")
    f(*run, *f.inputs, "--expected-output=@both.npz")
    f(*run, *f.inputs, "--output=@many.npy", "--output=+many.npy")
    with open(f.folder / "many.npy", "rb") as many:
        f.equal("appended arrays", [np.load(many), np.load(many)], [total, product])
    for name, said in (("o.txt", "is of a kind"), ("o.csv", "is of a kind"), ("o.NPY", "is of a kind"), ("o.pt", "is of a kind")):
        f(*run, *f.inputs, f"--output=@{name}", code=2, said=said)
        f.check(f"{name} is not made", not (f.folder / name).exists())
    f(*run, *f.inputs, "--output=+o.npz", code=2, said="appended")

    def zipped(name, **more):
        with zipfile.ZipFile(f.folder / name, "w", **more) as archive:
            for array, value in (("y", f.y), ("x", f.x)):
                with archive.open(f"{array}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, value)

    np.savez(f.folder / "in.npz", y=f.y, x=f.x)
    np.savez_compressed(f.folder / "compressed.npz", y=f.y, x=f.x)
    zipped("zip64.npz")
    zipped("deflate9.npz", compression=zipfile.ZIP_DEFLATED, compresslevel=9)
    with zipfile.ZipFile(f.folder / "stored.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=0) as archive:
        for name in "xy":
            archive.write(f.folder / f"{name}.npy", f"{name}.npy")
        archive.comment = b"with a comment"
    header = json.dumps({"__metadata__": {"format": "np"}, "y": {"dtype": "F32", "shape": [3, 4], "data_offsets": [0, 48]},
                         "x": {"dtype": "F32", "shape": [3, 4], "data_offsets": [48, 96]}}).encode()
    (f.folder / "in.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + f.y.tobytes() + f.x.tobytes())
    for name in ("in.npz", "compressed.npz", "zip64.npz", "deflate9.npz", "stored.npz", "in.safetensors"):
        for flag in (f"--input=@{name}", f"--inputs={name}"):
            f(*run, flag, "--expected-output=@both.npz", "--atol=0", "--rtol=0")
    f.check("an archive from standard input", f(*run, "--inputs=-", input=(f.folder / "compressed.npz").read_bytes()).startswith(b"sum: 3x4xf32"))
    tests = f.folder / "test_data_set_0"
    tests.mkdir()
    for name, value in (("input_0", f.x), ("input_1", f.y), ("output_0", total), ("output_1", product)):
        (tests / f"{name}.pb").write_bytes(numpy_helper.from_array(value, {"input_1": "y"}.get(name, "")).SerializeToString())
    expected = ("--expected-output=@test_data_set_0", "--atol=0", "--rtol=0")
    for words in (("--input=@test_data_set_0",), ("--input=@test_data_set_0/",), ("--inputs=test_data_set_0",),
                  ("--input=@test_data_set_0/input_0.pb", "--input=@test_data_set_0/input_1.pb"),
                  ("--input=x=@test_data_set_0/input_0.pb", "--input=y=@y.npy")):
        f(*run, *words, *expected)
    listed = onnx.helper.make_tensor("", onnx.TensorProto.FLOAT, [3, 4], f.x.ravel().tolist())
    (tests / "input_0.pb").write_bytes(listed.SerializeToString())
    f(*run, "--input=@test_data_set_0", *expected)
    f(*run, "--input=@test_data_set_0/input_0.pb", "--input=3x4xf32=3", "--expected-output=@test_data_set_0", code=4)
    (f.folder / "empty").mkdir()
    f(*run, "--input=@empty", code=2, said="neither in0.npy nor input_0.pb")
    np.savez(f.folder / "other.npz", z=f.x)
    f(*run, "--input=@other.npz", code=2, said="has no input 'z'")


def damaged(f):
    """Damaged files are errors, whatever is wrong with them: never a signal, and never an answer to something else."""
    random.seed(7)
    names = ("compressed.npz", "in.safetensors", "zip64.npz", "test_data_set_0/input_1.pb", "x.npy")
    for name in names:
        whole = (f.folder / name).read_bytes()
        codes = set()
        for number in range(14):
            broken = bytearray(whole)
            if number < 4:
                del broken[random.randrange(len(broken)) :]
            else:
                for _ in range(random.choice((1, 3, 20))):
                    broken[random.randrange(len(broken))] = random.choice((0, 1, 0x7F, 0x80, 0xFF, random.randrange(256)))
            path = f.folder / f"damaged{Path(name).suffix}"
            path.write_bytes(broken)
            process = f.start("run", "m.tsm", f"--input=@{path}", *(("--input=@y.npy",) if "npy" in name else ()),
                              *(("--input=x=@x.npy",) if ".pb" in name else ()), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            codes.add(process.wait(60))
        f.check(f"damaged {name}", codes <= {0, 1, 2}, codes)
    header = b'{"x":{"dtype":"F32","shape":[3,4],"data_offsets":[0,48]}}'
    for title, content in (
        ("a header beyond the file", struct.pack("<Q", 1 << 40) + header), ("a header of 2^64", b"\xff" * 8 + header),
        ("a tensor beyond the file", struct.pack("<Q", len(header)) + header + b"0" * 40),
        ("offsets that are no shape", struct.pack("<Q", len(header)) + header.replace(b"48]", b"44]") + b"0" * 48),
        ("bytes behind the tensor", struct.pack("<Q", len(header)) + header + b"0" * 52),
        ("a deep header", struct.pack("<Q", 200000) + b'{"x":' + b"[" * 199995), ("an impossible shape", struct.pack("<Q", 80) + (
            b'{"x":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}').ljust(80)),
    ):
        (f.folder / "bad.safetensors").write_bytes(content)
        f("run", "m.tsm", "--input=@bad.safetensors", code=1, said="is no valid .safetensors file")
    bomb = bytearray((f.folder / "compressed.npz").read_bytes())
    place = bomb.rindex(b"PK\x01\x02")
    bomb[place + 24 : place + 28] = struct.pack("<I", 0xFFFFFFF0)
    (f.folder / "bomb.npz").write_bytes(bomb)
    f("run", "m.tsm", "--input=@bomb.npz", code=1, said="is no valid .npz file")
