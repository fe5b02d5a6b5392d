"""What turns say: medians, the best peer, and ratios. The table, the picture and the messages all read these."""
import statistics
from dataclasses import dataclass

from roof import least_ms

TOLERANCE = 1e-4  # largest error as a part of the largest magnitude; peers that compute in f32 have about 1e-6, in bf16 2e-3
OURS = "tessera"


@dataclass
class Standing:
    """How a workload went on some threads."""

    ms: dict  # contestant -> median of its turns, of those that computed the right thing
    best: str | None  # the fastest peer
    ratio: float | None  # median over the rounds of our time over the best peer's
    share: dict  # contestant -> share of the roof
    bound: str  # what bounds the roof: "compute", "memory", or "" where it is not known
    others: float  # of a processor: the most that others used in any turn
    notes: list  # who did not play, and why, for people


def standing(row, threads, roofs):
    """Returns how a row of the results went on some threads."""
    players = row["threads"][threads]
    right = {n: p for n, p in players.items() if "failed" not in p and p["error"] <= TOLERANCE}
    ms = {name: statistics.median(player["turns_ns"]) / 1e6 for name, player in right.items()}
    peers = [name for name in ms if name != OURS]
    best = min(peers, key=ms.get, default=None)
    ratio = None
    if best and OURS in right:
        ratio = statistics.median(a / b for a, b in zip(right[OURS]["turns_ns"], right[best]["turns_ns"]))
    least = least_ms(roofs[threads], row["flops"], row["bytes"])
    notes = [f"{name}: {p['failed']}" for name, p in players.items() if "failed" in p]
    notes += [f"{name} is wrong by {p['error']:.0e}" for name, p in players.items() if "failed" not in p and p["error"] > TOLERANCE]
    others = max((max(p["others"]) for p in right.values()), default=0.0)
    share = {name: least[0] / time for name, time in ms.items()} if least else {}
    return Standing(ms, best, ratio, share, least[1] if least else "", others, notes)
