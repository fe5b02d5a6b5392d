"""What the machine can do at most, and the least time that a workload can take by it."""
import json
import math

from quiet import processors, run


def measure(tessera, threads):
    """Returns `gflops`, and `gbytes` by footprint, on some threads."""
    return json.loads(run([tessera, "bench", "--roof", "--json", "--threads", threads], processors(threads)).text)


def higher(one, other):
    """Returns the higher of two roofs of the same number of threads, point by point: a roof is a maximum."""
    points = [
        dict(footprint=a["footprint"], **{k: max(a[k], b[k]) for k in ("read", "copy")}) for a, b in zip(one["gbytes"], other["gbytes"])]
    return dict(threads=one["threads"], gflops=max(one["gflops"], other["gflops"]), gbytes=points)


def bandwidth(roof, footprint):
    """Returns bytes a nanosecond for work on so many bytes: between the measured footprints along the logarithm."""
    points = [(p["footprint"], max(p["read"], p["copy"])) for p in roof["gbytes"]]
    above = next((p for p in points if p[0] >= footprint), points[-1])
    below = next((p for p in reversed(points) if p[0] < footprint), points[0])
    if above[0] <= below[0] or footprint >= above[0]:
        return above[1]
    position = math.log(footprint / below[0]) / math.log(above[0] / below[0])
    return below[1] + position * (above[1] - below[1])


def least_ms(roof, flops, moved):
    """Returns the least milliseconds for so many operations on so many bytes, and what bounds them; `None` where the work is unknown."""
    if flops is None or moved <= 64:  # a call of next to nothing has no roof but the cost of a call
        return None
    compute, memory = flops / roof["gflops"] / 1e6, moved / bandwidth(roof, moved) / 1e6
    return (compute, "compute") if compute >= memory else (memory, "memory")
