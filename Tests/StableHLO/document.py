#!/usr/bin/env python3
"""Writes docs/stablehlo.md: the operations of StableHLO and CHLO, and which of them can be compiled, as the compiler says.

usage: document.py [--tool bin/tessera] [--check]     --check compares, and changes nothing
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs/stablehlo.md"

STABLEHLO = """
abs add after_all all_gather all_reduce all_to_all and async_done async_start atan2 batch_norm_grad batch_norm_inference batch_norm_training
bitcast_convert broadcast broadcast_in_dim case cbrt ceil cholesky clamp collective_broadcast collective_permute collective_reduce compare complex
composite concatenate constant convert convolution cosine count_leading_zeros create_token cross-replica-sum divide dot dot_general
dynamic_broadcast_in_dim dynamic_conv dynamic_gather dynamic_iota dynamic_pad dynamic_reshape dynamic_slice dynamic_update_slice einsum exponential
exponential_minus_one fft floor gather get_dimension_size get_tuple_element if imag infeed iota is_finite log log_plus_one logistic map maximum
minimum multiply negate not optimization_barrier or outfeed pad partition_id popcnt power real real_dynamic_slice recv reduce reduce_precision
reduce_scatter reduce_window remainder replica_id reshape reverse rng rng_bit_generator round_nearest_afz round_nearest_even rsqrt scatter select
select_and_scatter send set_dimension_size shift_left shift_right_arithmetic shift_right_logical sign sine slice sort sqrt subtract tan tanh
torch_index_select transpose triangular_solve tuple unary_einsum uniform_dequantize uniform_quantize while xor
""".split()

CHLO = """
acos acosh asin asinh atan atanh bessel_i1e broadcast_acos broadcast_add broadcast_and broadcast_atan2 broadcast_compare broadcast_complex
broadcast_divide broadcast_maximum broadcast_minimum broadcast_multiply broadcast_next_after broadcast_or broadcast_polygamma broadcast_power
broadcast_remainder broadcast_select broadcast_shift_left broadcast_shift_right_arithmetic broadcast_shift_right_logical broadcast_subtract
broadcast_xor broadcast_zeta conj constant constant_like cosh digamma erf erf_inv erfc is_inf is_neg_inf is_pos_inf lgamma mulhi next_after polygamma
ragged_dot scan sinh square tan top_k zeta
""".split()
CHLO.remove("broadcast_acos")

NOTES = {
    "all_gather": "of one device", "all_reduce": "of one device", "all_to_all": "of one device", "collective_broadcast": "of one device",
    "collective_permute": "of one device", "collective_reduce": "of one device", "reduce_scatter": "of one device", "cross-replica-sum": "of one device",
    "custom_call": "by the name of the target, below", "scatter": "several tensors if their results do not depend on each other",
}

TEXT = """# StableHLO

Written by `Tests/StableHLO/document.py`: what the compiler says of each operation.

`tessera compile` takes programs of StableHLO and CHLO in the forms that their makers write, told apart by their bytes:

| form | from |
|---|---|
| text, pretty or generic, with or without locations | `jax.jit(f).lower(x).as_text()`, `Exported.mlir_module()`, torchax, tools of MLIR |
| portable artifacts: VHLO bytecode of versions 0.9.0 to {version} | `Exported.mlir_module_serialized`, `stablehlo-translate --serialize` |
| exports of JAX | `jax.export.export(jax.jit(f))(x).serialize()` |

Bytecode of StableHLO itself (`module.operation.write_bytecode`) is refused: only the build that wrote it can read it.

The function `main` is compiled, or, where there is none, every public one; functions that they call become part of them. Arguments have the names of their locations, else
`arg0`, and results those of `jax.result_info`. Operations keep the names of their locations, as `jit(f)/dot_general`. Attributes of shardings are ignored for one
device; a program for several is refused. `--constant-input=NAME=@FILE` makes an argument a constant of the module, and `--constant-input=@weights.safetensors`
all arguments that the file has a tensor of. Donated arguments are not written to: results are new tensors. Sizes that only the run knows are those of
the arguments, and of what is computed from them; what a program asserts of them, and what must agree, is checked in each call.

All operations of a program that cannot be compiled come in one message; `tessera check` gives it too.

{tables}
## Custom calls

{calls}

Matrices are factored by steps of one column; eigenvalues and singular values are found by Jacobi's method, whose rounds rotate disjoint pairs of columns at
once (`syevd`, `heevd`, `gesdd`): as exact as LAPACK's, for matrices of up to some hundreds of columns.

## How it is tested

`Tests/StableHLO/run.py FOLDER` compiles and runs the programs of a folder and compares what they compute with what they say it is. On StableHLO's own test
data (`stablehlo/testdata`, at commit 3c9301c) {score}. In CI it runs `Tests/StableHLO/samples`, which `make_samples.py` wrote with JAX.
"""

CALLS = ["Sharding", "SPMDFullToShardShape", "SPMDShardToFullShape", "annotate_device_placement", "shape_assertion", "stablehlo.dynamic_reduce_window"]
CALLS += [f"lapack_{t}{n}_ffi" for n in ("potrf", "getrf", "trsm") for t in "sdcz"] + [f"lapack_{t}{n}_ffi" for n in ("geqrf", "orgqr", "syevd", "gesdd") for t in "sd"]
CALLS += [f"lapack_{t}heevd_ffi" for t in "cz"]


def table(title, names, unsupported, dialect):
    lines = [f"## {title}: {sum(f'{dialect}.{n}' not in unsupported for n in names)} of {len(names)} operations", "", "| operation | |", "|---|---|"]
    for name in names:
        state = "not supported" if f"{dialect}.{name}" in unsupported else NOTES.get(name, "works")
        lines.append(f"| {name} | {state} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", default=str(ROOT / "bin/tessera"))
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()

    names = [f"stablehlo.{n}" for n in STABLEHLO if n != "custom_call"] + [f"chlo.{n}" for n in CHLO]
    lines = [f'  "{name}"() : () -> ()' for name in names]
    lines += [f'  stablehlo.custom_call @{name}() : () -> ()' for name in CALLS]
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/all.mlir"
        pathlib.Path(path).write_text("func.func @main() {\n  stablehlo.custom_call @none() : () -> ()\n" + "\n".join(lines) + "\n  return\n}\n")
        said = subprocess.run([options.tool, "compile", path, "-o", f"{folder}/all.tsm"], capture_output=True, text=True)
    unsupported = set(re.findall(r"note: (.*): \d+$", said.stderr, re.M))
    if "custom_call @none" not in unsupported:
        sys.exit(said.stderr)
    version = re.search(r'version = "([\d.]+)"', (ROOT / "Sources/ImportStableHLO/Format/Bytecode/VHLOTable.swift").read_text()).group(1)
    calls = ", ".join(f"`{name}`" for name in CALLS if f"custom_call @{name}" not in unsupported)
    score = (ROOT / "Tests/StableHLO/score.txt").read_text().strip()
    tables = table("stablehlo", STABLEHLO, unsupported, "stablehlo") + "\n" + table("chlo", CHLO, unsupported, "chlo")
    text = TEXT.format(version=version, tables=tables, calls=calls + ".", score=score)
    if options.check:
        same = DOCUMENT.read_text() == text
        print("1 passed, 0 failed" if same else "docs/stablehlo.md is not what document.py writes\n0 passed, 1 failed")
        sys.exit(not same)
    DOCUMENT.write_text(text)


if __name__ == "__main__":
    main()
