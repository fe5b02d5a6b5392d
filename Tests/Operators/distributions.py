#!/usr/bin/env python3
"""Checks the distributions of the operators that make random numbers, which have no reference results.

usage: distributions.py [--tessera bin/tessera]

Each operator makes 40,000 numbers or more. Moments, quantiles and the correlation of neighbours may differ from those of the distribution by 4 to 5
standard errors. The same seed must give the same numbers in another compilation, another seed others. The last line is 'N passed, N failed'.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper

ROOT = pathlib.Path(__file__).parents[2]


def run(tessera, op, attributes, inputs=()):
    """Returns the numbers that a model of one node makes."""
    infos = [helper.make_tensor_value_info(f"x{i}", helper.np_dtype_to_tensor_dtype(x.dtype), x.shape) for i, x in enumerate(inputs)]
    node = helper.make_node(op, [info.name for info in infos], ["y"], name="node", **attributes)
    graph = helper.make_graph([node], "graph", infos, [helper.make_empty_tensor_value_info("y")])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=8), folder / "model.onnx")
        for i, x in enumerate(inputs):
            np.save(folder / f"in{i}.npy", x)
        subprocess.run([tessera, "compile", folder / "model.onnx", "-o", folder / "model.tsm"], check=True, capture_output=True)
        files = [f"--input=@{folder / f'in{i}.npy'}" for i in range(len(inputs))]
        subprocess.run([tessera, "run", folder / "model.tsm", f"--output=@{folder / 'out.npy'}"] + files, check=True, capture_output=True)
        return np.load(folder / "out.npy")


def near(found, expected, error):
    """Returns what is wrong with a statistic that has the standard error `error`, or an empty string."""
    return "" if abs(found - expected) <= 5 * error else f"{found:.5f}, expected {expected:.5f} within {5 * error:.5f}"


def fits(x, mean, deviation, quantile):
    """Returns what is wrong with `x` as independent numbers of a distribution with the inverse `quantile`, or an empty string."""
    flat, n = x.astype(np.float64).ravel(), x.size
    normal = (flat - mean) / deviation
    problems = {"mean": near(normal.mean(), 0, n**-0.5), "variance": near(normal.var(), 1, (2 / n) ** 0.5)}
    for step in (1, 2, x.shape[-1]):
        problems[f"correlation at {step}"] = near((normal[step:] * normal[:-step]).mean(), 0, n**-0.5)
    for part in (0.01, 0.1, 0.5, 0.9, 0.99):
        problems[f"part below {part}"] = near((flat < quantile(part)).mean(), part, (part * (1 - part) / n) ** 0.5)
    return "; ".join(f"{name}: {problem}" for name, problem in problems.items() if problem)


def checks(tessera):
    """Yields a name and what is wrong, or an empty string."""
    from statistics import NormalDist

    uniform, normal = {"shape": [200, 250], "low": -1.0, "high": 3.0}, {"shape": [200, 250], "mean": 2.0, "scale": 0.5}
    for name, attributes, dtype in (("f32", {}, "f4"), ("f64", {"dtype": TensorProto.DOUBLE}, "f8"), ("seeded", {"seed": 7.0}, "f4")):
        x = run(tessera, "RandomUniform", uniform | attributes)
        yield f"RandomUniform-{name}", "" if x.dtype == dtype and x.min() >= -1 and x.max() < 3 else "wrong type or bounds"
        yield f"RandomUniform-{name}-fits", fits(x, 1, 4 / 12**0.5, lambda part: -1 + 4 * part)
        x = run(tessera, "RandomNormal", normal | attributes)
        yield f"RandomNormal-{name}", fits(x, 2, 0.5, NormalDist(2, 0.5).inv_cdf)
    x = run(tessera, "RandomNormalLike", {}, [np.zeros((200, 250), np.float32)])
    yield "RandomNormalLike", fits(x, 0, 1, NormalDist().inv_cdf)
    one, same, other = (run(tessera, "RandomNormal", normal | {"seed": seed}) for seed in (1.0, 1.0, 2.0))
    yield "seeds", "" if (one == same).all() and (one != other).mean() > 0.99 else "the same seed gives other numbers, or another the same"
    for part in (0.0, 0.1, 0.5, 1.0):
        x = run(tessera, "Bernoulli", {"dtype": TensorProto.INT64}, [np.full((200, 200), part, np.float32)])
        yield f"Bernoulli-{part}", near(x.mean(), part, (part * (1 - part) / x.size) ** 0.5) or ("" if x.dtype == np.int64 and set(np.unique(x)) <= {0, 1} else "not 0 or 1")
    weights = np.array([[1, 2, 3, 4], [5, 0, 0, 5]], np.float32)
    with np.errstate(divide="ignore"):
        x = run(tessera, "Multinomial", {"sample_size": 20000}, [np.log(weights)])
    for row, parts in zip(x, weights / 10):
        for label, part in enumerate(parts):
            yield f"Multinomial-{label}-{part:.1f}", near((row == label).mean(), part, (part * (1 - part) / row.size) ** 0.5)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", default=str(ROOT / "bin" / "tessera"))
    results = list(checks(parser.parse_args().tessera))
    failed = [(name, problem) for name, problem in results if problem]
    for name, problem in failed:
        print(f"FAIL {name}: {problem}")
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
