"""The Python package, called in every way: python_calls.py FOLDER, in an environment where the wheel is installed. FOLDER has the modules.

With --bad it prints the errors of bad_inputs.py as JSON. The last line is 'N passed, N failed'.
"""
import asyncio
import gc
import json
import os
import pickle
import sys
import threading
import time
from pathlib import Path

import numpy as np
import tessera

FOLDER = Path(sys.argv[1])
COUNTS = {True: 0, False: 0}


def check(title, passed, detail=""):
    COUNTS[bool(passed)] += 1
    if not passed:
        print(f"FAILED: {title} {detail}", flush=True)


def fails(title, code, id, body):
    """The body raises an error of that code and id."""
    try:
        result = body()
    except tessera.Error as error:
        check(title, (error.code, error.id) == (code, id) and error.message and str(error).startswith(code), f"{error.code} {error.id} {error}")
    else:
        check(title, False, f"no error, but {result}")


def descriptions(functions):
    check("versions", tessera.__version__.count(".") == 2)
    check("devices", tessera.devices()[0].name == "cpu" and tessera.devices()[0].model)
    check("names of functions", list(functions.functions) == ["relu", "sum", "same", "constant", "halves", "spin"])
    function = functions["sum"]
    check("a signature", function.signature == "sum(%x: nxf32, %y: nxf32) -> (%z: nxf32)" and function.signature in repr(function))
    check("symbols", function.inputs[1].shape == ("n",) and function.inputs[1].dtype == np.float32 and function.outputs[0].name == "z")


def calls(functions):
    x, y = np.arange(60, dtype=np.float32), np.full(60, 0.5, np.float32)
    sum = functions["sum"]
    for title, a, b in [("plain", x, y), ("aligned", tessera.aligned(x), tessera.aligned(y)), ("strided", np.repeat(x, 2)[::2], y[::-1])]:
        z = sum(a, b)
        check(f"a sum, {title}", np.array_equal(z, x + 0.5) and z.dtype == np.float32)
    z[0] = 7
    check("outputs may be written to", z[0] == 7)
    check("by name", np.array_equal(sum(y=y, x=x), x + 0.5) and np.array_equal(sum(x, y=y), x + 0.5))
    check("Python's numbers", functions["relu"]([-3])[0] == 0 and functions["relu"]((2.5,))[0] == 2.5)
    check("no elements", sum(x[:0], y[:0]).shape == (0,))
    check("a constant", functions["constant"]()[1] == 2.5)
    numbers = np.array([[1, -2], [3, -4]], np.int32)
    same = functions["same"](numbers)
    check("an input given back is no shared memory", np.array_equal(same, numbers) and not np.shares_memory(same, numbers))
    half = np.arange(6, dtype=np.float16).reshape(2, 3)
    try:
        import ml_dtypes
    except ImportError:
        fails("no bfloat16", "FAILED_PRECONDITION", "noNumPyType", lambda: functions["halves"](half, [1, 2]))
    else:
        two = functions["halves"](half, np.array([1, 2], ml_dtypes.bfloat16))
        check("halves", np.array_equal(two[0], half * 2) and two[1].dtype == ml_dtypes.bfloat16 and two[1].astype(float).tolist() == [2, 4])
    raw = sum.raw(x, y)[0]
    check("raw", raw.shape == (60,) and np.shares_memory(np.from_dlpack(raw), raw.numpy()) and "60xf32" in repr(raw))
    check("a raw tensor is an input", np.array_equal(sum(raw, y), x + 1))
    kept = np.asarray(sum.raw(x, y)[0])
    gc.collect()
    check("an array keeps its tensor", np.array_equal(kept, x + 0.5))
    try:
        raw.__dlpack__(copy=True)
        check("a copy by DLPack is refused", False)
    except BufferError:
        check("a copy by DLPack is refused", True)
    capsule = raw.__dlpack__()
    del capsule, raw
    gc.collect()


def mistakes(functions):
    x = np.zeros(4, np.float32)
    sum = functions["sum"]
    invalid = "INVALID_ARGUMENT"
    fails("an unknown function", "NOT_FOUND", "unknownFunction", lambda: functions["none"])
    fails("no function named", invalid, "noFunctionName", lambda: functions(x))
    fails("an unknown name", invalid, "unknownInput", lambda: sum(x=x, z=x))
    fails("a name twice", invalid, "unknownInput", lambda: sum(x, x=x))
    fails("a name that is missing", invalid, "wrongInput", lambda: sum(y=x))
    fails("another type", invalid, "wrongInput", lambda: sum(x.astype(np.float64), x))
    fails("a type that there is not", invalid, "unknownType", lambda: sum(x.astype("datetime64[s]"), x))
    fails("objects", invalid, "notStrings", lambda: sum(np.array([1, None, 2, 3], object), x))
    fails("text", invalid, "wrongInput", lambda: sum("text", x))
    fails("None", invalid, "wrongInput", lambda: functions["relu"]([None, None]))
    fails("strings", invalid, "wrongInput", lambda: sum(np.array(["a"] * 4), x))
    fails("a list of tensors", invalid, "wrongInput", lambda: sum([x, x], x))
    fails("no such device", "NOT_FOUND", "noDevice", lambda: tessera.load(FOLDER / "functions.tsm", device="gpu9000"))
    fails("another device", "FAILED_PRECONDITION", "wrongDevices", lambda: tessera.load(FOLDER / "functions.tsm", device="portable"))
    fails("bytes that are no module", "FAILED_PRECONDITION", "notAModule", lambda: tessera.load(b"nothing"))
    with tessera.load((FOLDER / "functions.tsm").read_bytes(), threads=1) as module:
        check("a module of bytes", module["relu"]([3])[0] == 3)
    fails("a closed module", invalid, "closedHandle", lambda: module["relu"]([3]))
    module.close()
    error = tessera.Error("NOT_FOUND", "unknownFunction", "text")
    copy = pickle.loads(pickle.dumps(error))
    check("errors are pickled", (copy.code, copy.id, copy.message) == ("NOT_FOUND", "unknownFunction", "text"))


def values():
    strings = tessera.load(FOLDER / "strings.tsm")
    z = strings(np.array(["grü", "a\0b"], object), ["n", "c"])
    check("strings", z.tolist() == ["grün", "a\0bc"] and strings(np.array(["a"]), np.array([b"b"])).tolist() == ["ab"], z)
    lists = tessera.load(FOLDER / "lists.tsm")
    y, t = lists([np.float32([1]), np.float32([2, 3])])
    check("lists", y.tolist() == [1, 2, 3] and len(t) == 2 and t[1].tolist() == [1, 2, 3] and lists.functions["main"].inputs[0].containers == ("sequence",))
    fails("a tensor for a list", "INVALID_ARGUMENT", "wrongInput", lambda: lists(np.float32([1])))


def threads(functions):
    wrong = []

    def many(number):
        x = np.full(8, number, np.float32)
        for _ in range(200):
            if not np.array_equal(functions["sum"](x, x), 2 * x):
                wrong.append(number)

    every = [threading.Thread(target=many, args=(number,)) for number in range(8)]
    for thread in every:
        thread.start()
    for thread in every:
        thread.join()
    check("threads", not wrong, wrong)

    ended = []
    forever = np.int64(1 << 62)
    endless = threading.Thread(target=lambda: ended.append(error_of(lambda: functions["spin"](forever, np.zeros(4, np.float32)))))
    endless.start()
    # This thread runs only because a call lets others run.
    while endless.is_alive():
        time.sleep(0.01)
        functions.interrupt()
    check("a call is interrupted", ended == ["interrupted"], ended)

    async def tasks():
        x = np.ones(4, np.float32)
        both = await asyncio.gather(functions["spin"].call_async(3, x), functions["spin"].call_async(np.int64(1), x))
        check("tasks", both[0].tolist() == [4] * 4 and both[1].tolist() == [2] * 4, both)
        task = asyncio.ensure_future(functions["spin"].call_async(forever, x))
        await asyncio.sleep(0.05)
        task.cancel()
        try:
            await task
            check("a task is cancelled", False)
        except asyncio.CancelledError:
            check("a task is cancelled", True)
        try:
            await functions["sum"].call_async(x, np.ones(5, np.float32))
            check("a wrong task", False)
        except tessera.Error as error:
            check("a wrong task", error.id == "wrongInput")

    asyncio.run(tasks())


def error_of(body):
    try:
        body()
    except tessera.Error as error:
        return error.id


def torch_tensors(functions):
    try:
        import torch
    except ImportError:
        print("skipped: there is no torch")
        return
    x = torch.arange(60, dtype=torch.float32)
    z = functions["sum"](x, torch.ones(120)[::2])
    check("torch", isinstance(z, torch.Tensor) and torch.equal(z, x + 1))
    z += 1
    check("outputs in torch may be written to", z[0] == 2 and functions["constant"]()[1] == 2.5)
    halves = functions["halves"](torch.ones(2, 3, dtype=torch.float16), torch.ones(2, dtype=torch.bfloat16))
    check("bfloat16 in torch", halves[1].dtype == torch.bfloat16 and halves[1].tolist() == [2, 2])
    check("gradients are left behind", functions["relu"](torch.ones(1, requires_grad=True))[0] == 1)


def compiler():
    text = (Path(os.environ["TESSERA_SOURCES"]) / "Tests/Languages/functions.mlir").read_text()
    check("text of MLIR", tessera.compile(text, options=["--strict-math"])["relu"]([-1])[0] == 0)
    digits = Path(os.environ["TESSERA_SOURCES"]) / "Examples/Digits/digits.onnx"
    samples = np.load(digits.parent / "samples.npy")
    by_path = tessera.compile(digits, options={"dim": "batch=12", "strict_math": True}, output=FOLDER / "kept.tsm")
    by_bytes = tessera.compile(digits.read_bytes())
    check("a path and bytes", np.allclose(by_path(samples), by_bytes(samples), atol=1e-5) and by_path._main().inputs[0].shape[0] == 12)
    check("an output that is kept", np.array_equal(tessera.load(FOLDER / "kept.tsm")(samples), by_path(samples)))
    fails("no model", "NOT_FOUND", "file", lambda: tessera.compile("none.onnx"))
    fails("a flag that there is not", "INVALID_ARGUMENT", "usage", lambda: tessera.compile(digits, options=["--fast"]))
    fails("a target that there is not", "INVALID_ARGUMENT", "usage", lambda: tessera.compile(digits, target="abacus"))
    fails("what is no model", "INVALID_ARGUMENT", "unknownModel", lambda: tessera.compile(12))
    try:
        import torch
    except ImportError:
        return

    model = torch.nn.Sequential(torch.nn.Linear(16, 8), torch.nn.GELU(), torch.nn.Linear(8, 3)).eval()
    x = torch.randn(5, 16)
    with torch.no_grad():
        expected = model(x)
        check("from_torch", torch.allclose(tessera.from_torch(model, x)(x), expected, atol=1e-5))
        compiled = torch.compile(model, backend="tessera")
        check("a backend of torch.compile", torch.allclose(compiled(x), expected, atol=1e-5))
        check("other sizes", torch.allclose(compiled(x[:2]), expected[:2], atol=1e-5))
        model[0].weight.mul_(2)
        check("weights that changed", torch.allclose(compiled(x), model(x), atol=1e-5))
    try:
        compiled(x)
        check("gradients are refused", False)
    except Exception as error:
        check("gradients are refused", "gradients" in str(error), error)


def jax_functions():
    try:
        import jax
    except ImportError:
        print("skipped: there is no jax")
        return
    x = np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4)
    function = lambda a, b: (jax.numpy.tanh(a @ b.T), a.sum())  # noqa: E731
    y, s = tessera.from_jax(function, x, jax.ShapeDtypeStruct((3, 4), "float32"))(x, x)
    check("from_jax", np.allclose(y, np.tanh(x @ x.T), atol=1e-5) and np.allclose(s, x.sum(), atol=1e-5))


def bad_inputs():
    sys.path.insert(0, str(Path(os.environ["TESSERA_SOURCES"]) / "Tests/Languages"))
    from bad_inputs import CASES

    os.chdir(FOLDER)
    names = {"f32": "float32", "f64": "float64", "i32": "int32", "u32": "uint32"}
    found = {}
    for name, module, function, inputs in CASES:
        arrays = [np.zeros([int(size) for size in shape.split("x") if size], names[kind]) for kind, shape in (text.split(":") for text in inputs)]
        try:
            tessera.load(module)[function](*arrays)
            found[name] = "OK"
        except tessera.Error as error:
            found[name] = f"{error.code} {error.id} {error.message.splitlines()[0]}"
    print(json.dumps(found))


if "--bad" in sys.argv:
    bad_inputs()
    sys.exit()
functions = tessera.load(FOLDER / "functions.tsm")
for part in (descriptions, calls, mistakes, threads, torch_tensors):
    part(functions)
values()
if os.environ.get("TESSERA_SOURCES"):
    compiler()
    jax_functions()
print(f"{COUNTS[True]} passed, {COUNTS[False]} failed")
sys.exit(COUNTS[False] != 0)
