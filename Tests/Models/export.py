#!/usr/bin/env python3
"""Exports the test models to ONNX, with inputs and the results that ONNX Runtime gives for them.

  export.py [FOLDER] [--size small|full] [--only NAME,...] [--operators FILE]

Every model of `architectures.py` is exported through the older exporter (opset 17) and the current one, with static shapes
and with dimensions that vary. A folder FOLDER/SIZE/MODEL-EXPORTER-SHAPES holds

  model.onnx          the model (with model.onnx.data beside it, where the exporter keeps weights outside)
  meta.json           names, types and shapes of inputs and outputs, operators, and the cases
  case0/in0.npy ...   inputs in the model's order
  case0/ref0.npy ...  outputs of ONNX Runtime for them, in the model's order
  case0/meta.json     names, shapes and types of this case's inputs, as `tessera bench --inputs` readers expect

What exists is kept; remove the folder to export anew. Small models are exported several at a time: the exporters use one processor each.
"""
import argparse
import json
import logging
import multiprocessing
import os
import sys
import time
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent))
from architectures import ARCHITECTURES  # noqa: E402

EXPORTERS = {  # the older exporter, and the current one: with its own choice of opset (20), and with others that people ask for
    "opset17": dict(dynamo=False, opset_version=17),
    "dynamo": dict(dynamo=True),
    "dynamo18": dict(dynamo=True, opset_version=18),
    "dynamo23": dict(dynamo=True, opset_version=23),  # has operators for attention and group normalization
}
SHAPES = ("static", "dynamic")
# The rarer opsets are exported for models that they write differently, in one form each, to keep the tests short.
RARE = {"dynamo18": "static", "dynamo23": "dynamic"}
WRITTEN_DIFFERENTLY = ("bert", "gpt2", "gpt2-decode", "vit", "unet-resize")


def what_to_export(names, exporters, shapes):
    """Returns what to export: model, exporter and shapes."""
    return [
        (name, exporter, form) for name in names for exporter in exporters for form in shapes
        if exporter not in RARE or (form == RARE[exporter] and name in WRITTEN_DIFFERENTLY)]


def attention_of(exporter, shapes):
    """Returns how attention is written: both forms that transformers has come up with each exporter."""
    if exporter in RARE:
        return "sdpa"
    return "eager" if (exporter == "opset17") == (shapes == "static") else "sdpa"


def export_onnx(model, path, exporter, shapes):
    """Writes a model as ONNX."""
    options = dict(EXPORTERS[exporter], verbose=False)
    dynamo = options["dynamo"]
    # the current exporter takes a size of 1 for a constant
    inputs = model.inputs(**(model.others[0] if dynamo and shapes == "dynamic" else model.sizes))
    if shapes == "dynamic" and not dynamo:
        options["dynamic_axes"] = model.dynamic
    elif shapes == "dynamic":
        dims = {size: torch.export.Dim.DYNAMIC for axes in model.dynamic.values() for size in axes.values()}
        given = tuple({axis: dims[size] for axis, size in model.dynamic.get(name, {}).items()} for name in inputs)
        fixed = sum(p.kind == p.POSITIONAL_OR_KEYWORD for p in signature_of(model.module))
        variadic = len(given) > fixed and any(p.kind == p.VAR_POSITIONAL for p in signature_of(model.module))
        options["dynamic_shapes"] = (*given[:fixed], given[fixed:]) if variadic else given
    with torch.no_grad():
        torch.onnx.export(model.module, tuple(inputs.values()), str(path), input_names=list(inputs), output_names=model.outputs, **options)


def signature_of(module):
    """Returns the parameters of a module's `forward`."""
    import inspect

    return list(inspect.signature(module.forward).parameters.values())


def describe(model_path):
    """Returns what a model's file says of itself: opsets, operators with their attributes, inputs and outputs."""
    proto = onnx.load(str(model_path), load_external_data=False)
    operators, forms = Counter(), {}

    def visit(nodes):
        for node in nodes:
            name = node.op_type if node.domain in ("", "ai.onnx") else f"{node.domain}::{node.op_type}"
            operators[name] += 1
            form = {}
            for attribute in node.attribute:
                if attribute.type == onnx.AttributeProto.GRAPH:
                    visit(attribute.g.node)
                elif attribute.type == onnx.AttributeProto.TENSOR:
                    form[attribute.name] = f"tensor<{'x'.join(map(str, attribute.t.dims)) or 'scalar'} {onnx.TensorProto.DataType.Name(attribute.t.data_type).lower()}>"
                else:
                    value = onnx.helper.get_attribute_value(attribute)
                    form[attribute.name] = value.decode() if isinstance(value, bytes) else value if not isinstance(value, list) else list(value)
            missing = [i for i, n in enumerate(node.input) if not n]
            forms.setdefault(name, Counter())[json.dumps(dict(form, **{"#inputs": len(node.input)}, **({"absent": missing} if missing else {})))] += 1

    visit(proto.graph.node)
    for function in proto.functions:
        visit(function.node)

    def values(list_):
        return [
            dict(name=v.name, dtype=onnx.TensorProto.DataType.Name(v.type.tensor_type.elem_type).lower(),
                 shape=[d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim]) for v in list_]

    initializers = {i.name for i in proto.graph.initializer}
    return dict(
        ir_version=proto.ir_version, opsets={o.domain or "ai.onnx": o.version for o in proto.opset_import},
        functions=[f.name for f in proto.functions], operators=dict(sorted(operators.items())),
        weight_bytes=sum(tensor_bytes(i) for i in proto.graph.initializer), read_bytes=read_bytes(proto.graph),
        inputs=[v for v in values(proto.graph.input) if v["name"] not in initializers], outputs=values(proto.graph.output)), forms


def tensor_bytes(tensor):
    """Returns the bytes of a tensor's elements."""
    return int(np.prod(tensor.dims, dtype=np.int64)) * onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type).itemsize


def read_bytes(graph):
    """Returns the bytes of the weights that a call reads as a whole: all but tables of which it looks up rows."""
    tables = {node.input[0] for node in graph.node if node.op_type == "Gather"}
    read = {name for node in graph.node for place, name in enumerate(node.input) if (node.op_type, place) != ("Gather", 0)}
    return sum(tensor_bytes(i) for i in graph.initializer if i.name in read or i.name not in tables)


def write_cases(model, folder, meta, shapes):
    """Writes inputs and ONNX Runtime's outputs for each size, and returns the sizes."""
    cases = [model.sizes] + (model.others if shapes == "dynamic" else [])
    made = [{name: tensor.numpy() for name, tensor in model.inputs(**sizes).items()} for sizes in cases]
    results = write_references(folder, meta, cases, [[arrays[i["name"]] for i in meta["inputs"]] for arrays in made])
    for sizes, arrays, mine in zip(cases, made, results):
        with torch.no_grad():
            expected = model.module(*(torch.from_numpy(array) for array in arrays.values()))
        for actual, theirs in zip(mine, expected if isinstance(expected, tuple) else (expected,)):
            # the exporters can lose what a model means; such a file is no reference
            if not np.allclose(actual, theirs.numpy(), rtol=1e-3, atol=1e-3):
                raise RuntimeError(f"ONNX Runtime is {np.abs(actual - theirs.numpy()).max():.1e} off torch for {sizes}")
    return cases


def write_references(folder, meta, cases, feeds):
    """Runs a model with ONNX Runtime, writes inputs and outputs of each case, and returns the outputs."""
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    names, all_results = [i["name"] for i in meta["inputs"]], []
    for index, (sizes, arrays) in enumerate(zip(cases, feeds)):
        results = session.run(None, dict(zip(names, arrays)))
        case = folder / f"case{index}"
        case.mkdir(exist_ok=True)
        for number, array in enumerate(arrays):
            np.save(case / f"in{number}.npy", array)
        for number, array in enumerate(results):
            np.save(case / f"ref{number}.npy", array)
        inputs = [dict(name=n, shape=list(a.shape), dtype=str(a.dtype)) for n, a in zip(names, arrays)]
        (case / "meta.json").write_text(json.dumps(dict(inputs=inputs, outputs=[o["name"] for o in meta["outputs"]], sizes=sizes), indent=1))
        all_results.append(results)
    return all_results


def export(root, size, name, exporter, shapes):
    """Exports one form of one model; returns its description and the forms of its operators."""
    folder = root / size / f"{name}-{exporter}-{shapes}"
    if (folder / "meta.json").exists():
        return describe(folder / "model.onnx")
    folder.mkdir(parents=True, exist_ok=True)
    model = ARCHITECTURES[name](size == "small", attention_of(exporter, shapes))
    export_onnx(model, folder / "model.onnx", exporter, shapes)
    meta, forms = describe(folder / "model.onnx")
    cases = write_cases(model, folder, meta, shapes)
    meta["flops"] = flops_of(model)
    meta = dict(name=folder.name, model=name, exporter=exporter, shapes=shapes, size=size, **meta, cases=cases,
                torch=torch.__version__, onnxruntime=onnxruntime.__version__)
    (folder / "meta.json").write_text(json.dumps(meta, indent=1))
    return meta, forms


def attempt(root, size, name, exporter, shapes):
    """Exports one form of one model; returns its description or `None`, and a line about it. One that fails must not stop the others."""
    full_name, begun = f"{name}-{exporter}-{shapes}", time.monotonic()
    try:
        return export(root, size, name, exporter, shapes), f"{full_name:32} {time.monotonic() - begun:5.1f} s"
    except Exception as error:
        return None, f"{full_name:32} failed: {type(error).__name__}: {str(error)[:600]}"


def quiet(threads):
    """Prepares a process for exporting: on some threads, without the exporters' remarks."""
    warnings.filterwarnings("ignore")
    for logger in ("torch.onnx", "torch.onnx._internal", "onnxscript", "onnx_ir", "transformers", "torch.export"):
        logging.getLogger(logger).setLevel(logging.ERROR)
    torch.set_num_threads(threads)


def flops_of(model):
    """Returns the products and sums in the contractions of the first case."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model.module(*model.inputs(**model.sizes).values())
    return counter.get_total_flops()


def export_digits(root):
    """Adds the classifier of Examples/Digits, which is not exported here but tested like the others."""
    examples, folder = Path(__file__).resolve().parents[2] / "Examples/Digits", root / "small" / "digits"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes((examples / "digits.onnx").read_bytes())
    meta, forms = describe(folder / "model.onnx")
    samples = np.load(examples / "samples.npy")
    sizes = [dict(batch=1), dict(batch=len(samples)), dict(batch=7)]
    write_references(folder, meta, sizes, [[samples[: size["batch"]]] for size in sizes])
    meta = dict(name="digits", model="digits", exporter="dynamo", shapes="dynamic", size="small", **meta, cases=sizes)
    (folder / "meta.json").write_text(json.dumps(meta, indent=1))
    return meta, forms


def write_operators(path, found):
    """Writes which operators each model has, and each operator's forms, as Markdown."""
    lines = ["# ONNX operators of the test models", "", "Written by `Tests/Models/export.py --operators`.", "",
             "| model | opsets | IR | operators |", "|---|---|---:|---|"]
    forms, users = {}, {}
    for name, (meta, theirs) in found.items():
        opsets = ", ".join(f"{d} {v}" for d, v in meta["opsets"].items())
        lines.append(f"| {name} | {opsets} | {meta['ir_version']} | " + " ".join(f"{o}:{n}" for o, n in meta["operators"].items()) + " |")
        for operator, counts in theirs.items():
            forms.setdefault(operator, Counter()).update(counts)
            users.setdefault(operator, set()).add(meta["opsets"]["ai.onnx"])
    lines += ["", f"## Forms of the {len(forms)} operators", "", "Attributes as written in the files (`#inputs`: how many are given; `absent`: which of them are empty), and how often.", ""]
    for operator in sorted(forms):
        lines.append(f"- **{operator}** (opsets {', '.join(map(str, sorted(users[operator])))})")
        ranked = forms[operator].most_common()
        lines += [f"  - {count} x `{form}`" for form, count in ranked[:14]]
        if len(ranked) > 14:
            lines.append(f"  - and {len(ranked) - 14} more forms")
    Path(path).write_text("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default="build/models", type=Path)
    parser.add_argument("--size", default="small", choices=("small", "full"))
    parser.add_argument("--only", default="", help="models, as 'bert,gpt2'; all where left out")
    parser.add_argument("--exporters", default=",".join(EXPORTERS))
    parser.add_argument("--shapes", default=",".join(SHAPES))
    parser.add_argument("--operators", help="a Markdown file to write the operators of all models to")
    options = parser.parse_args()
    names = options.only.split(",") if options.only else list(ARCHITECTURES)
    for name in names:
        if name not in ARCHITECTURES:
            parser.error(f"no model '{name}': there are {', '.join(ARCHITECTURES)}")

    found, failed, started = {}, [], time.monotonic()
    forms = list(what_to_export(names, options.exporters.split(","), options.shapes.split(",")))
    work = [(options.folder, options.size, *form) for form in forms]
    jobs = min(len(os.sched_getaffinity(0)), len(work)) if options.size == "small" else 1  # full ones take gigabytes each
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), quiet, (2 if jobs == 1 else 1,)) as pool:
        for form, (described, line) in zip(forms, pool.map(attempt, *zip(*work))):
            print(line, flush=True)
            if described:
                found["-".join(form)] = described
            else:
                failed.append("-".join(form))
    if options.size == "small" and not options.only:
        found["digits"] = export_digits(options.folder)
    if options.operators:
        write_operators(options.operators, found)
    print(f"{len(found)} exported to {options.folder / options.size} in {time.monotonic() - started:.0f} s, {len(failed)} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
