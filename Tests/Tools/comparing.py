"""`tessera compare` on reports with seeded noise and planted changes, and on modules in turns, as tests for run.py. No real time is compared."""
import json
import sys

import numpy as np

from profiling import Page

TRIALS = 20
PRODUCT = """
func.func @main(%x: tensor<?x64xf32>, %w: tensor<64x64xf32>, %a: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %p = linalg.matmul ins(%x, %w : tensor<?x64xf32>, tensor<64x64xf32>) outs(%a : tensor<?x64xf32>) -> tensor<?x64xf32>
  return %p : tensor<?x64xf32>
}
"""


def report(path, rng, *, scale=1.0, turns=10, calls=200, spread=0.01, dispatches=(1.0, 1.0, 1.0)):
    """Writes a report of bench with times as a machine gives them: turns that are a `spread` apart, noise of calls that lasts, outliers upwards."""
    reports = []
    for turn in range(turns):
        level = 1e6 * scale * (1 + spread * rng.standard_normal())
        drift = np.convolve(rng.standard_normal(calls + 19), np.ones(20) / 20, "valid")
        times = level * (1 + 0.03 * drift + 0.01 * np.abs(rng.standard_normal(calls)) + (rng.random(calls) < 0.05) * rng.exponential(0.5, calls))
        rows = [{"site": number, "kernel": f"kernel_{number}", "device": "cpu", "ns": 1e5 * factor * (1 + 0.01 * rng.standard_normal()), "runs": 1,
                 "flops": None, "bytes": None, "roof_share": None, "operators": [f"<node {number}>"]} for number, factor in enumerate(dispatches)]
        reports.append({"function": "main", "threads": 1, "ns": [int(time) for time in times], "dispatches": rows})
    one = reports[0] if turns == 1 else {"reports": reports}
    path.write_text(json.dumps({"version": "0", **one, "context": {"cpu_model": "a processor", "host_name": "here"}}))
    return path


def synthetic(run, folder, check):
    """Equal programs are equal in 20 of 20 cases, and a change of 3% is found in 19 of 20 at least. How far apart two runs are, one turn cannot tell."""
    rng = np.random.default_rng(16)
    for name, form in (("12 turns", {"turns": 12}), ("24 turns", {"turns": 24, "calls": 50}), ("1 turn", {"turns": 1, "calls": 4000, "spread": 0.0})):
        equal, changed, right = [], [], 0
        for _ in range(TRIALS):
            a, b = report(folder / "a.json", rng, **form), folder / "b.json"
            (same,) = json.loads(run("compare", a, report(b, rng, **form), "--json")[0])["functions"]
            (other,) = json.loads(run("compare", a, report(b, rng, scale=1.03, **form), "--json")[0])["functions"]
            equal.append(same["verdict"])
            changed.append(other["verdict"])
            right += other["low"] <= 1.03 <= other["high"]
        check(f"{name}: equal ones are equal", equal.count("same") == TRIALS, equal)
        check(f"{name}: 3% are found", changed.count("slower") >= TRIALS - 1, changed)
        check(f"{name}: the interval has the ratio", right >= TRIALS - 1, right)


def reports(run, folder, check):
    """What is said of two reports, and of files that are none."""
    rng = np.random.default_rng(1)
    a = report(folder / "a.json", rng, turns=24, dispatches=(1.0, 2.0, 1.0))
    b = report(folder / "b.json", rng, turns=24, scale=0.9, dispatches=(1.0, 1.0, 1.0, 1.0))
    page = folder / "comparison.html"
    out, _ = run("compare", a, b, f"--html={page}")
    check("faster is said", "b is 9" in out.split("\n\n")[1] or "b is 10" in out.split("\n\n")[1], out)
    lines = {line.split("kernel_")[1][0]: line for line in out.splitlines() if "kernel_" in line}
    check("the dispatch that changed is told, others are not", "faster" in lines["1"] and all("no difference" in lines[k] for k in "02"), out)
    check("what one side lacks is counted", "only a has 0 more dispatches, only b 1" in out, out)
    read = Page(page.read_text())
    check("the page has its data", len(read.scripts) == 2 and json.loads(read.scripts[0])["functions"][0]["dispatches"][0]["operators"] == ["<node 1>"], read.scripts[:1])
    few = report(folder / "few.json", rng, turns=1, calls=5)
    check("few samples say nothing", "too few samples to tell" in run("compare", a, few)[0])
    check("a report is itself", "no difference beyond noise" in run("compare", a, a)[0])
    text = a.read_text()
    a.write_text(text.replace("a processor", "another"))
    check("another machine is told", "processor 'another' and 'a processor'" in run("compare", a, b)[1])
    for name, damaged in (("none", "{}"), ("half", text[:1000]), ("words", '{"function": "main", "ns": ["fast"]}'), ("empty", '{"function": "main", "ns": []}'),
                          ("deep", '{"ns": ' + "[" * 10000), ("huge", '{"function": "main", "ns": [1e999]}'), ("negative", '{"function": "main", "ns": [-1]}')):
        (folder / "damaged.json").write_text(damaged)
        _, err = run("compare", folder / "damaged.json", b, code=1)
        check(f"a damaged report: {name}", "is no output of 'tessera bench --json'" in err, err)
    check("no report, no comparison", "no such file" in run("compare", folder / "missing.json", b, code=1)[1])
    _, err = run("compare", a, b, "--turns=9", code=2)
    check("reports have no turns", "'--turns' is for modules" in err, err)


def modules(run, folder, check):
    """Modules are measured in turns, with the same inputs."""
    model = folder / "compared.mlir"
    model.write_text(PRODUCT)
    run("compile", model, "-o", folder / "compared.tsm")
    sizes = ["--dims=input0.0=8,input2.0=8", "--threads=1", "--time-ms=1"]
    data = json.loads(run("compare", folder / "compared.tsm", model, *sizes, "--turns=11", "--per-dispatch", "--json")[0])
    (function,) = data["functions"]
    check("turns of both", data["in_turns"] and (function["a_turns"], function["b_turns"]) == (11, 11) and function["verdict"] != "unknown", function)
    check("their dispatches", len(function["dispatches"]) == 1 and function["only_a"] == function["only_b"] == 0, function)
    data = json.loads(run("compare", model, model, *sizes, "--turns=3", "--json")[0])
    check("three turns say nothing", data["functions"][0]["verdict"] == "unknown", data)
    other = folder / "other.mlir"
    other.write_text(PRODUCT.replace("64", "32"))
    _, err = run("compare", model, other, *sizes, code=1)
    check("inputs must fit both", "64" in err and "32" in err, err)
    peer = ["--with=onnxruntime", f"--python={sys.executable}"]
    out = json.loads(run("compare", folder / "hostile.onnx", *peer, "--dims=n=8", "--threads=1", "--time-ms=1", "--turns=11", "--json")[0])
    check("a peer is measured", out["in_turns"] and "in ONNX Runtime 1." in out["b"] and out["functions"][0]["verdict"] != "unknown", out)
    _, err = run("compare", folder / "compared.tsm", *peer, code=2)
    check("a peer needs a model", "give the model that it was made of" in err, err)
    _, err = run("compare", model, *peer, "--dims=input0.0=8,input2.0=8", code=1)
    check("a peer says what it does not take", "does not take the model" in err, err)
    _, err = run("compare", model, model, *peer, code=2)
    check("a peer stands for b", "stands for b" in err, err)
    _, err = run("compare", model, code=2)
    check("two sides", "missing argument <b>" in err, err)
    a = report(folder / "a.json", np.random.default_rng(1))
    _, err = run("compare", model, a, code=2)
    check("a report and a model", "is a report and" in err, err)


def tests(run, folder, check):
    synthetic(run, folder, check)
    reports(run, folder, check)
    modules(run, folder, check)
