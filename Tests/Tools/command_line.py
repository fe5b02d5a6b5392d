"""Flags, JSON, figures and crashes of both programs, as tests for run.py."""
import json
import re
import signal
import subprocess

import numpy as np

# Rows of a table are taken where the indices say: of a table of 1000 rows, 7 are read.
GATHER = """
func.func @main(%t: tensor<1000x64xf32>, %i: tensor<?xi64>) -> tensor<?x64xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %i, %c0 : tensor<?xi64>
  %e = tensor.empty(%n) : tensor<?x64xf32>
  %g = linalg.generic {indexing_maps = [affine_map<(r, c) -> (r)>, affine_map<(r, c) -> (r, c)>], iterator_types = ["parallel", "parallel"]}
    ins(%i : tensor<?xi64>) outs(%e : tensor<?x64xf32>) {
  ^bb0(%a: i64, %b: f32):
    %c = linalg.index 1 : index
    %r = arith.index_cast %a : i64 to index
    %x = tensor.extract %t[%r, %c] : tensor<1000x64xf32>
    %s = math.sqrt %x : f32
    linalg.yield %s : f32
  } -> tensor<?x64xf32>
  return %g : tensor<?x64xf32>
}
"""
PRODUCT = """
func.func @main(%x: tensor<?x?xf32>, %w: tensor<?x?xf32>, %a: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %p = linalg.matmul ins(%x, %w : tensor<?x?xf32>, tensor<?x?xf32>) outs(%a : tensor<?x?xf32>) -> tensor<?x?xf32>
  return %p : tensor<?x?xf32>
}
func.func @second(%x: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %p = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %p : tensor<4xf32>
}
"""


def work(run, folder, check):
    """What dispatches compute and move where sizes are known at the call only."""
    model = folder / "gather.mlir"
    model.write_text(GATHER)
    inputs = ["--input=random:1", "--input=7xi64=0,1,2,3,4,5,999"]
    (site,) = json.loads(run("bench", model, *inputs, "--json", "--calls=3", "--per-dispatch")[0])["dispatches"]
    check("a gather reads rows, not its table", site["bytes"] == 7 * 8 + 2 * 7 * 64 * 4, site)
    check("unknown operations are no 0", site["flops"] is None, site)
    model = folder / "product.mlir"
    model.write_text(PRODUCT)
    run("compile", model, "-o", folder / "product.tsm")
    sizes = "--dims=input0.0=8,input0.1=16,input1.0=16,input1.1=32,input2.0=8,input2.1=32"
    (site,) = json.loads(run("bench", folder / "product.tsm", "--function=main", sizes, "--json", "--calls=3", "--per-dispatch")[0])["dispatches"]
    check("flops of the measured sizes", site["flops"] == 2 * 8 * 16 * 32, site)
    check("bytes of the measured sizes", site["bytes"] == 4 * (8 * 16 + 16 * 32 + 2 * 8 * 32), site)
    run("compile", model, "-o", folder / "product.tsm", "--dim=input0.0=8", "--dim=input1.1=32")
    dump = json.loads(run("dump", folder / "product.tsm", "--json")[0])
    main = next(f for f in dump["functions"] if f["name"] == "main")
    check("MLIR's dimensions are fixed by name", [i["shape"] for i in main["inputs"]] == [[8, "input0.1"], ["input1.0", 32], ["input2.0", "input2.1"]], main)
    check("a dump has no 0 flops", all(d["flops"] is None or d["flops"] > 0 for d in dump["dispatches"]), dump["dispatches"])
    x, w = np.random.rand(8, 5).astype(np.float32), np.random.rand(5, 32).astype(np.float32)
    for name, array in (("x", x), ("w", w), ("a", np.zeros((8, 32), np.float32)), ("p", x @ w)):
        np.save(folder / f"{name}.npy", array)
    given = [f"--input=@{folder}/{name}.npy" for name in "xwa"]
    out, _ = run("run", folder / "product.tsm", "--function=main", *given, f"--expected-output=@{folder}/p.npy")
    check("fixed sizes compute the same", out == "outputs match\n", out)
    run("run", folder / "product.tsm", "--function=main", "--input=9x5xf32=1", *given[1:], code=1)


def unnamed(run, folder, check):
    """Each dynamic dimension of an ONNX model has a name."""
    import onnx
    from onnx import TensorProto, helper
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "z"], ["y"])], "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, "x.2", None]), helper.make_tensor_value_info("z", TensorProto.FLOAT, [1, 1, -1])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), folder / "unnamed.onnx")
    _, err = run("compile", folder / "unnamed.onnx", "--dim=n=3", code=2)
    check("the names are told", "its symbolic dimensions are 'x.0', 'x.2', 'x.2'', 'z.2'" in err, err)
    run("compile", folder / "unnamed.onnx", "-o", folder / "unnamed.tsm", "--dim=x.0=3,z.2=1")
    dump = json.loads(run("dump", folder / "unnamed.tsm", "--json")[0])["functions"][0]
    check("and fixed by them", [i["shape"] for i in dump["inputs"]] == [[3, "x.2", "x.2'"], [1, 1, 1]], dump)
    out, _ = run("run", folder / "unnamed.tsm", "--input=random:1", "--input=1x1x1xf32=0", "--dims=x.2=5,x.2'=2", "--json")
    check("and used in --dims", json.loads(out)["outputs"][0]["shape"] == [3, 5, 2], out)
    # Exporters write one mark for all dimensions of which they know nothing: they are not equal.
    for mark in ("?", "None", "-1"):
        graph = helper.make_graph(
            [helper.make_node("Transpose", ["x"], ["y"])], "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [mark, mark])],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, [mark, mark])])
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), folder / "marks.onnx")
        out, _ = run("run", folder / "marks.onnx", "--input=2x3xf32=1,2,3,4,5,6", "--json")
        check(f"sizes named {mark} differ", json.loads(out)["outputs"][0]["shape"] == [3, 2], out)


def overridable(run, folder, check):
    """Initializers that are inputs too are constants, or inputs with a default where somebody asks for it or gives them."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    def model(weight, declared, version=8, type=TensorProto.FLOAT):
        infos = [helper.make_tensor_value_info("w", type, declared), helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n"]),
                 helper.make_tensor_value_info("axis", TensorProto.INT64, [1])]
        nodes = [helper.make_node("Mul", ["x", "w"], ["p"]), helper.make_node("ReduceSum", ["p", "axis"], ["y"], keepdims=0)]
        graph = helper.make_graph(nodes, "g", infos, [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
                                  [numpy_helper.from_array(np.array(weight, np.float32), "w"), numpy_helper.from_array(np.array([0]), "axis")])
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=version), folder / "defaults.onnx")
        return folder / "defaults.onnx"

    def first(out):
        return json.loads(out)["outputs"][0]["data"][0]

    path, module, x = model([1, 2, 3], ["n"]), folder / "defaults.tsm", "--input=3xf32=1,1,2"
    out, err = run("run", path, x, "--json")
    check("a constant by default", first(out) == 9 and "2 inputs have initializers, 'w' first: constant here" in err, err)
    out, err = run("run", path, x, "--input=3xf32=1,0,0", "--json")
    check("given by place", first(out) == 1 and "constant here" not in err, out + err)
    check("given by name", first(run("run", path, "--input=w=3xf32=0,0,1", "--input=x=3xf32=1,1,2", "--json")[0]) == 2)
    check("bench takes it", "6 calls" in run("bench", path, x, "--input=3xf32=1,0,0", "--calls=6")[0])
    run("compile", path, "-o", module, "--overridable=w")
    dump, _ = run("dump", module)
    check("a dump shows the default", "input 0  x  nxf32\n    input 1  w  nxf32 = default\n" in dump, dump)
    check("and JSON", json.loads(run("dump", module, "--json")[0])["functions"][0]["inputs"][1]["default"] is True)
    check("left out", first(run("run", module, x, "--json")[0]) == 9)
    check("left out of a bench", "was not given" not in run("bench", module, x, "--calls=3")[1])
    check("given", first(run("run", module, "--input=2xf32=1,1", "--input=2xf32=3,4", "--json")[0]) == 7)
    _, err = run("run", module, "--input=2xf32=1,1", code=1)
    check("a default has its own size", "input 1 ('w'): dimension 0 ('n') is 3" in err, err)
    run("compile", path, "-o", module, "--overridable=all", "--dim=n=3")
    check("all of them", first(run("run", module, x, "--input=3xf32=1,0,0", "--input=1xi64=0", "--json")[0]) == 1)
    _, err = run("compile", path, "-o", module, "--overridable=v", code=2)
    check("no other", "no input 'v' with an initializer" in err and "it has 'w', 'axis'" in err, err)
    check("a size that it has not", "declared as float[4], but its initializer is float[3]" in run("compile", path, "--dim=n=4", code=1)[1])
    check("check sees it", "constant here" in run("check", path)[0] and "constant here" not in run("check", path, "--overridable=all")[0])
    check("IR 3 lists all weights", "constant here" not in run("compile", model([1, 2, 3], [3], version=3), "-o", module)[1])
    for declared, type in ([4], TensorProto.FLOAT), ([3, 1], TensorProto.FLOAT), ([3], TensorProto.INT64):
        _, err = run("compile", model([1, 2, 3], declared, type=type), code=1)
        check("another type or shape than declared", "but its initializer is float[3]" in err, err)
    (folder / "defaults.mlir").write_text(PRODUCT)
    check("MLIR has none", "'--overridable' is for initializers" in run("compile", folder / "defaults.mlir", "--overridable=all", code=2)[1])


def figures(run, folder, check):
    """The JSON of every command, and google-benchmark's flags and fields."""
    module = folder / "figures.tsm"
    run("compile", folder / "product.mlir", "-o", module)
    out, _ = run("bench", module, "--benchmark_filter=.", "--benchmark_min_time=4x", "--benchmark_repetitions=3", "--benchmark_format=json",
                 f"--benchmark_out={folder}/out.json", "--benchmark_context=a=b", "--benchmark_min_warmup_time=0")
    report = json.loads(out)
    check("the file has the same", json.loads((folder / "out.json").read_text()) == report)
    check("context", report["context"]["json_schema_version"] == 1 and report["context"]["a"] == "b" and report["context"]["num_cpus"] >= 1, report["context"])
    rows = report["benchmarks"]
    check("rows", [r["name"] for r in rows] == [n + s for n in ("main", "second") for s in ["", "", "", "_mean", "_median", "_stddev", "_cv"]], rows)
    check("iterations", all(r["iterations"] == 4 and r["real_time"] > 0 and r["p99"] >= r["p50"] >= r["min"] for r in rows if r["run_type"] == "iteration"), rows)
    means = [r["real_time"] for r in rows[:3]]
    check("the mean of the repetitions", abs(rows[3]["real_time"] - sum(means) / 3) <= 1e-6 * sum(means), rows[:4])
    # The C library compiles these by recursion, or writes them out.
    for pattern in ("(" * 60_000, "((m{200}){200}){200}", "m{1001}", "m{0,9999}", "m{4000,}", "m" * 5000):
        _, err = run("bench", module, f"--filter={pattern}", "--calls=1", code=2)
        check("a monstrous filter", "needs a regular expression of at most" in err, err[:300])
    check("a filter with groups", "main" in run("bench", module, "--filter=^(m|(n{1,3}))[a-z]{2,}(n)$", "--calls=1")[0])
    text, _ = run("bench", module, "--function=second", "-niter", "50", "-hint", "latency", "-nthreads", "1")
    check("text", all(word in text for word in ("50 calls", "median", "p90", "p99", "calls a second")), text)
    # The memory of who started it, and of the compiler that it started, is none of its own.
    ballast = np.ones(300 << 20, np.uint8)
    report = json.loads(run("bench", folder / "product.mlir", "--function=second", "--calls=3", "--json", "--no-cache")[0])
    check("peak memory is that of the process itself", report["peak_rss_bytes"] < len(ballast) // 3, report["peak_rss_bytes"])
    check("warm-up calls and others", report["warmup_calls"] > 0 and "other_processors_busy" in report, list(report))
    out, _ = run("run", module, "--function=second", "--input=4xf32=0,1,inf,nan", "--json", "--expected_output=4xf32=1,2.7182817,inf,nan")
    report = json.loads(out)
    check("run", report["matches"] and report["outputs"] == [{"name": "output0", "type": "f32", "shape": [4], "data": [1, 2.7182817, None, None]}], out)
    out, _ = run("run", module, "--function=second", "--input=4xf32=0", "--json", "--expected_output=4xf32=2", "--equality_mode=exact", code=4)
    check("run that differs", json.loads(out)["matches"] is False, out)
    for words in (["--list_devices"], ["--dump_devices", "--json"]):
        check("devices", "cpu" in run("run", *words)[0] and "cpu" in run("bench", *words)[0])
    out, _ = run("compile", folder / "product.mlir", "-o", module, "--json")
    check("compile", json.loads(out)["output"] == str(module) and json.loads(out)["statistics"]["dispatches"] == 2, out)
    listed = json.loads(run("opt", "--list", "--json")[0])["phases"]
    check("opt", len(listed) == 7 and all(phase["steps"] for phase in listed), listed)
    check("check", json.loads(run("check", folder / "unnamed.onnx", "--json")[0])["supported"])
    check("operators", len(json.loads(run("check", "--operators", "--json")[0])["operators"]) > 100)


def helps(run, folder, check):
    """Help is short, and complete where asked for; both programs have a version."""
    for command in ("run", "bench", "verify", "dump", "devices", "compile", "check", "opt"):
        short, all_of_it = run(command, "--help")[0], run(command, "--help_all")[0]
        check(f"help of {command}", 3 < len(short.splitlines()) < 60 and "--flagfile" in all_of_it and "--flagfile" not in short, short)
        check(f"version of {command}", re.match(r"tessera(-compile)? \d+\.\d+\.\d+, module format \d+\n$", run(command, "--version")[0]))
    check("help of all", "--benchmark-min-time" in run("--help-all")[0])
    compiler = run.tessera.resolve().parent / "tessera-compile"
    for flag in ("--version", "--help", "--help-all"):
        check(f"tessera-compile {flag}", subprocess.run([compiler, flag], capture_output=True, text=True).stdout.startswith(("tessera-compile ", "the compiler")))


def phases(run, folder, check):
    """IR goes out after any phase, and in again, with our names of phases and IREE's."""
    model, ir = folder / "product.mlir", folder / "ir.mlir"
    for out_flag, in_flag in (("--stop-after=input", "--start-after=input"), ("--compile-to=flow", "--compile-from=flow"),
                              ("--stop_after=specialization", "--start_after=specialization"), ("--compile-to=preprocessing", "--compile-from=input"),
                              ("--stop-after=set-encodings", "--start-after=set-encodings"), ("--stop-after=elementwise", "--start-after=elementwise")):
        printed, _ = run("compile", model, out_flag)
        run("compile", model, out_flag, "-o", ir)
        check(f"{out_flag} prints", "func.func @main" in printed and ir.read_text() == printed, printed[:300])
        run("compile", ir, in_flag, "-o", folder / "ir.tsm")
        out, _ = run("run", folder / "ir.tsm", "--function=second", "--input=4xf32=0", "--expected-output=4xf32=1")
    printed, _ = run("compile", model, "-o", folder / "ir.tsm", "--mlir-print-ir-after-all", f"--dump-compilation-phases-to={folder}/phases")
    steps = sum(len(phase["steps"]) for phase in json.loads(run("opt", "--list", "--json")[0])["phases"])
    changed, same = printed.count("// IR after "), printed.count("// no change in ")
    check("the IR after all steps that changed it", changed + same == steps and changed >= 5 and same >= 5, printed[:300])
    check("the IR after all phases", len(list((folder / "phases").iterdir())) == 7, printed[:300])
    printed, _ = run("compile", model, "-o", folder / "ir.tsm", "--dump-after=generalize", "--dump-after=codegen", "--dump-after=schedule", "--dump-locations")
    check("locations, kernels and the host program", all(text in printed for text in ("loc(", "// kernel dispatch_0", "dispatch site=")), printed[:300])
    run("compile", model, "--stop-after=dispatch-creation", "--dump-locations", "-o", ir)
    run("compile", ir, "--start-after=dispatch-creation", "-o", folder / "ir.tsm")
    printed, _ = run("opt", "--phase=elementwise", "--phase=canonicalize", model)
    check("steps by opt", "func.func @main" in printed and "linalg.matmul" in printed, printed[:300])
    _, err = run("opt", "--phase=elementwise", "--phase=input", model, code=2)
    check("a step and its phase", "is a part of '--phase=input'" in err, err)
    _, err = run("compile", model, "--dump-locations", "-o", folder / "ir.tsm", code=2)
    check("locations of nothing", "flag '--dump-locations' has no effect" in err, err)
    _, err = run("compile", model, "-o", folder / "ir.tsm", "--verbose")
    check("the time of each step", re.search(r"^  fold-transpositions: \d+ ms$", err, re.M), err)


def crashes(run, folder, check):
    """A crash is a compiler bug, with a reproducer that the printed command compiles."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    # Folding the constant takes a while: a long chain, each of its own size.
    nodes, weights, last = [], [], "x"
    for i in range(40):
        weights.append(numpy_helper.from_array(np.ones((64 + i, 65 + i), np.float32), f"w{i}"))
        nodes.append(helper.make_node("MatMul", [last, f"w{i}"], [f"y{i}"]))
        last = f"y{i}"
    graph = helper.make_graph(nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 64])],
                              [helper.make_tensor_value_info(last, TensorProto.FLOAT, ["n", 104])], weights)
    path = folder / "chain.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    for number in (signal.SIGSEGV, signal.SIGABRT):
        temps = folder / f"temps{int(number)}"
        # A pipe in the place of standard error tells when a phase is over.
        process = subprocess.Popen([run.tessera, "compile", path, "-o", folder / "chain.tsm", "--no-cache", "-v"], stderr=subprocess.PIPE, text=True,
                                   env={**run.environment, "TESSERA_SAVE_TEMPS": str(temps)})
        err = ""
        while "global-optimization: " not in err:
            line = process.stderr.readline()
            if not line:
                break
            err += line
        process.send_signal(number)
        err += process.communicate(timeout=120)[1]
        check("a crash is an error", process.returncode == 1, f"{process.returncode}: {err}")
        found = re.search(rf"tessera: compiler bug: INTERNAL; the compiler crashed with signal {int(number)} in the phase '([a-z-]+)'", err)
        check("that names signal and phase", found, err)
        command = re.search(r"note: command: tessera (.*)", err)
        check("and the command", command and str(temps) in command[1], err)
        if command:
            run(*command[1].split())
    check("nothing is left of the output", not (folder / "chain.tsm").exists())
    # MLIR's parser crashes where a list is expected and something else stands.
    text = folder / "malformed.mlir"
    text.write_text("func.func @main(%a: tensor<2xi8>, %o: tensor<i8>) -> tensor<i8> {\n"
                    "  %r = linalg.reduce { arith.addi } ins(%a : tensor<2xi8>) outs(%o : tensor<i8>) dimensions = 1\n  return %r : tensor<i8>\n}\n")
    _, err = run("compile", text, "-o", folder / "chain.tsm", code=1)
    check("text on which the parser crashes is no compiler bug", "is not a valid MLIR module: MLIR's own reader crashes on it" in err, err)


def corrupt(run, folder, check):
    """A damaged module is corrupt wherever it is used; what is refused early is refused at once."""
    whole = (folder / "product.tsm").read_bytes()
    (folder / "damaged.tsm").write_bytes(whole[:400] + bytes([whole[400] ^ 8]) + whole[401:])
    for command in ("run", "bench", "dump"):
        _, err = run(command, folder / "damaged.tsm", code=5)
        check(f"{command} says DATA_LOSS", "error: DATA_LOSS; " in err, err)
        _, err = run(command, folder / "absent.tsm", "--error-format=json", code=1)
        check(f"{command} says NOT_FOUND", json.loads(err)["status"] == "NOT_FOUND", err)


def tests(run, folder, check, model):
    """All of them."""
    work(run, folder, check)
    unnamed(run, folder, check)
    overridable(run, folder, check)
    figures(run, folder, check)
    helps(run, folder, check)
    phases(run, folder, check)
    crashes(run, folder, check)
    corrupt(run, folder, check)
