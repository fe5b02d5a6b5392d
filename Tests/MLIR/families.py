"""All programs, in a fixed order, with names of their own."""
import complex_ops
import control_flow
import conversions
import elementwise
import linalg_named
import linalg_other
import small_types
import tensor_ops
import tosa_ops
import tosa_windows


def programs():
    """All programs."""
    families = [
        elementwise, conversions, linalg_named, linalg_other, tensor_ops, control_flow, complex_ops, tosa_ops, tosa_windows, small_types]
    everything = [p for family in families for p in family.programs()]
    counts = {}
    for p in everything:
        base = "".join(c if c.isalnum() else "_" for c in f"{p.op}_{p.form}").lower()
        counts[base] = counts.get(base, 0) + 1
        p.name = base if counts[base] == 1 else f"{base}_{counts[base]}"
    return everything
