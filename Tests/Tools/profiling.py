"""`tessera profile`: its tables, its trace and its page, as tests for run.py. The page in a browser is report.py's."""
import json
import re
from html.parser import HTMLParser

import onnx
from onnx import TensorProto, helper, numpy_helper

import numpy as np

# Names that would end a script, begin a tag, or leave an attribute, where they were not told apart from the page.
HOSTILE = ["</script><script>alert(1)</script>", "<img src=x onerror=alert(2)>", "\"'><b>&amp;", "<!--", "\\u003c\u2028\n${x}`", "日本語 λ"]


def hostile(path):
    """Writes a model whose operators have such names, each a dispatch or more of its own: no softmax of rows, with which products are attention."""
    rng = np.random.default_rng(1)
    nodes, value = [], "x"
    for number, name in enumerate(HOSTILE):
        kind, operands = ("MatMul", [value, "w"]) if number % 2 == 0 else ("Softmax", [value])
        nodes.append(helper.make_node(kind, operands, [f"v{number}"], name, **({} if kind == "MatMul" else {"axis": 0})))
        value = f"v{number}"
    graph = helper.make_graph(
        nodes, "hostile", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 64])],
        [helper.make_tensor_value_info(value, TensorProto.FLOAT, ["n", 64])],
        [numpy_helper.from_array(rng.standard_normal((64, 64)).astype(np.float32), "w")])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


class Page(HTMLParser):
    """The elements of a page, and the texts of its scripts."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.scripts = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, text):
        if self.tags and self.tags[-1] == "script":
            self.scripts[-1] += text


def page(check, path):
    """The page is one file that loads nothing, and its data has the names as they are."""
    text = path.read_text()
    read = Page(text)
    check("the page loads nothing", not re.search(r"https?://(?!www\.w3\.org/2000/svg)|@import|url\(", text) and not {"link", "img", "iframe"} & set(read.tags)
          and not any(name in ("src", "href") for name, _ in read.attributes), read.tags)
    check("the page has two scripts", len(read.scripts) == 2, len(read.scripts))
    data = json.loads(read.scripts[0])
    names = {name for row in data["rows"] for name in row.get("operators", [])}
    check("names are told as they are", set(HOSTILE) <= names, names)
    for lane in data["lanes"]:
        begins, durations = lane["events"][1::4], lane["events"][2::4]
        ends = [begin + duration for begin, duration in zip(begins, durations)]
        check(f"one thing at a time: {lane['name']}", all(end <= begin for end, begin in zip(ends, begins[1:])) and all(d >= 0 for d in durations), lane)
    return data


def trace(check, path, threads):
    """Events lie within their calls, and each call runs each dispatch."""
    events = json.loads(path.read_text())["traceEvents"]
    names = {event["tid"]: event["args"]["name"] for event in events if event["name"] == "thread_name"}
    check("lanes", list(names.values()) == ["calls", "queue", *(f"thread {number}" for number in range(threads))], names)
    spans = [event for event in events if event["ph"] == "X"]
    calls = [event for event in spans if event["cat"] == "call"]
    inside = all(calls[e["args"]["call"]]["ts"] <= e["ts"] + 0.01 and e["ts"] + e["dur"] <= calls[e["args"]["call"]]["ts"] + calls[e["args"]["call"]]["dur"] + 0.01 for e in spans)
    check("events lie within their calls", inside, spans[:20])
    sites = [{e["args"]["site"] for e in spans if e["cat"] == "dispatch" and e["args"]["call"] == number} for number in range(len(calls))]
    check("each call has each dispatch", sites[0] and all(s == sites[0] for s in sites), sites)
    return len(calls)


def attribution(run, folder, check):
    """The time of a fused dispatch is split by work: nearly all of it to the product, little to what follows on each element."""
    rng = np.random.default_rng(1)
    nodes = [helper.make_node("MatMul", ["x", "w"], ["p"], "/block/block.0/linear/MatMul"), helper.make_node("Relu", ["p"], ["y"], "/block/block.1/Relu")]
    graph = helper.make_graph(
        nodes, "fused", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 256])], [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 256])],
        [numpy_helper.from_array(rng.standard_normal((256, 256)).astype(np.float32), "w")])
    model = folder / "fused.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), model)
    bench = ["bench", model, "--dims=n=32", "--threads=1", "--calls=3", "--per-dispatch", "--json"]

    def shares(name):
        report = json.loads(run(*bench, f"--attribute-to={name}")[0])
        whole = sum(row["ns"] for row in report["dispatches"])
        check(f"{name}: the parts make the whole", abs(sum(row["ns"] for row in report[name]) - whole) < 1e-6 * whole, report[name])
        return {row["name"]: row["ns"] / whole for row in report[name]}

    for name in ("source", "onnx"):
        # A product and a sum for each of 256, and one comparison.
        found = shares(name)
        check(f"{name}: by work", abs(found["/block/block.1/Relu"] - 1 / 513) < 1e-4 and len(found) == 2, found)
    check("by type", set(shares("type")) == {"MatMul", "Relu"})
    check("by module", set(shares("module")) == {"block.0/linear", "block.1"})
    check("by kernel", list(shares("kernel").values()) == [1.0])
    run("compile", model, "-o", folder / "fused.tsm")
    bench[1] = folder / "fused.tsm"
    check("a module has even parts", list(shares("source").values()) == [0.5, 0.5])
    out, _ = run("profile", model, "--dims=n=32", "--calls=2", "--warmup-ms=0", "--attribute-to=type")
    check("a profile by type", "MatMul" in out and "host program" in out, out)
    run("compile", model, "-o", folder / "any.tsm", "--target=cpu=x86-64-v2,x86-64-v3", f"--list-work={folder / 'work'}")
    check("the work of all variants", (folder / "work").read_text().count("kernel ") == 2, (folder / "work").read_text())
    _, err = run("bench", model, "--attribute-to=type", code=2)
    check("without dispatches there is nothing to count", "--per-dispatch" in err, err)
    _, err = run("compile", model, "-o", folder / "any.tsm", "--stop-after=input", f"--list-work={folder / 'work'}", code=2)
    check("no kernels, no work", "--list-work" in err, err)


def tests(run, folder, check):
    attribution(run, folder, check)
    model = folder / "hostile.onnx"
    hostile(model)
    report, chrome = folder / "report.html", folder / "trace.json"
    for threads in (1, 2):
        out, err = run(
            "profile", model, "--dims=n=256", f"--threads={threads}", "--calls=4", "--warmup-ms=5", "-o", report, f"--trace={chrome}")
        check("the text has the figures", f"function main, {threads} thread" in out and ", 4 calls after" in out and "host program" in out, out)
        check("the trace has all calls", trace(check, chrome, threads) == 4)
        data = page(check, report)
        check("types of operators", {kind["name"] for kind in data["kinds"]} >= {"MatMul", "Softmax"} and data["has_operations"], data["kinds"])
        total = sum(row["ns"] for row in data["rows"])
        check("operators and types have the same time", all(abs(sum(e["ns"] for e in data[t]) - total) < 1e-6 * total for t in ("operators", "kinds")), data)
        (contraction,) = [row for row in data["rows"] if row.get("operators") == [HOSTILE[0]]]
        check("operations of a product", contraction["flops"] == 2 * 256 * 64 * 64, contraction)
        # Each value between two dispatches has 64 KiB; a softmax in place has one, a product two.
        check("memory of values", {step[1] for step in data["memory"]} <= {65536, 131072} and len(data["memory"]) == len(HOSTILE), data["memory"])
    run("compile", model, "-o", folder / "hostile.tsm", "--device=a=cpu", "--device=b=portable", "--place=random:1")
    data = json.loads(run("profile", folder / "hostile.tsm", "--dims=n=3", "--calls=2", "--warmup-ms=0", f"--trace={chrome}", "--json")[0])
    check("a module has types of kernels", any(kind["name"] == "contraction" for kind in data["kinds"]), data["kinds"])
    check("each row has its device", {row["device"] for row in data["rows"] if "device" in row} == {"a", "b"}, data["rows"])
    lanes = {e["args"]["name"] for e in json.loads(chrome.read_text())["traceEvents"] if e["name"] == "thread_name"}
    check("each device has its lanes", {"a: queue", "b: queue", "a: thread 0", "b: thread 0"} <= lanes, lanes)
    _, err = run("profile", model, "-o", model, code=2)
    check("the model is kept", "is an input of this command" in err, err)
    _, err = run("profile", model, "-o", folder / "no" / "report.html", code=1)
    check("no folder, no page", "report.html" in err and "no such file" in err, err)
    _, err = run("profile", model, "--calls=0", code=2)
    check("some calls", "'--calls'" in err, err)
