"""The results as Markdown."""
import statistics

from quiet import QUIET
from standing import OURS, standing

MEGABYTE = 1e6
COMPILE_LIMIT = 10  # seconds for any model
STARTUP_LIMIT_MS = 50


def time_text(milliseconds):
    """Returns a time with three digits."""
    if milliseconds is None:
        return ""
    return f"{milliseconds:.{max(0, 2 - len(str(int(milliseconds))) + 1)}f}" if milliseconds >= 1 else f"{milliseconds:.3g}"


def bounded(value, limit, text):
    """Returns the text, marked where the value is over the limit."""
    return text if limit is None or value <= limit else f"**{text}** (limit {limit:.4g})"


def head(result):
    """Returns what was measured where, and the roof."""
    versions = ", ".join(f"{name} {version}" for name, version in result["versions"].items())
    lines = [f"{result['machine']}; {result['when']}; {result['rounds']} rounds of {result['turn_ms']} ms; {versions}; `{result['command']}`", ""]
    for threads, roof in result["roof"].items():
        far, near = roof["gbytes"][-1], roof["gbytes"][0]
        lines.append(
            f"Roof on {threads} thread{'' if threads == '1' else 's'}: {roof['gflops']:.0f} GFLOP/s f32, {max(far['read'], far['copy']):.0f} GB/s at "
            f"{far['footprint'] >> 20} MiB, {max(near['read'], near['copy']):.0f} GB/s at {near['footprint'] >> 10} KiB.  ")
    return lines


def times(result, threads):
    """Returns the table of times on some threads: milliseconds, the best peer in bold, and shares of the roof."""
    names = [n for n in [OURS, *result["peers"]]]
    columns = ["workload", *names, "best peer", "ours / best", "of the roof: ours", "best peer", "others"]
    lines = [f"### {threads} thread{'' if threads == '1' else 's'}, milliseconds a call (medians)", "",
             "| " + " | ".join(columns) + " |", "|---|" + "---:|" * len(names) + "---|---:|---:|---:|---:|"]
    notes, ratios = [], []
    for row in result["rows"]:
        if threads not in row["threads"]:
            continue
        s = standing(row, threads, result["roof"])
        cells = [f"**{time_text(s.ms[n])}**" if n == s.best else time_text(s.ms.get(n)) if n in s.ms else "-" for n in names]
        share = [f"{s.share[n]:.0%}" if n in s.share else "" for n in (OURS, s.best)]
        lines.append(f"| {row['workload']} | " + " | ".join(cells) + f" | {s.best or ''} | {'' if s.ratio is None else format(s.ratio, '.2f')} "
                     f"| {share[0]}{' ' + s.bound if share[0] else ''} | {share[1]} "
                     f"| {format(s.others, '.0%') if s.others >= QUIET else ''} |")
        notes += [f"- {row['workload']}: {note}" for note in s.notes]
        ratios += [s.ratio] if s.ratio else []
    if ratios:
        first = sum(r < 1 for r in ratios)
        lines.append(f"\n*others*: the most of a processor that others used in a turn, where it is over {QUIET:.0%}: such a row is noise. Faster than every peer in {first} of {len(ratios)} rows; geometric mean of ours / best: {statistics.geometric_mean(ratios):.2f}.")
    return lines + ([""] + notes if notes else [])


def scaling(result):
    """Returns how much faster the most threads are than one."""
    most = max(result["roof"], key=int)
    if most == "1" or "1" not in result["roof"]:
        return []
    lines = [f"### Speed on {most} threads over 1", "", "| workload | ours | best peer |", "|---|---:|---:|"]
    for row in result["rows"]:
        if not {"1", most} <= set(row["threads"]):
            continue
        one, many = (standing(row, t, result["roof"]) for t in ("1", most))
        if OURS in one.ms and OURS in many.ms:
            both = [f"{one.ms[n] / many.ms[n]:.2f}" if n in one.ms and n in many.ms else "" for n in (OURS, many.best)]
            lines.append(f"| {row['workload']} | {both[0]} | {both[1]} |")
    return lines


def costs(result):
    """Returns the table of what models cost besides the time of a call."""
    lines = ["### Compile time and memory", "", "| model | compile s | again s | module MB | weights MB | arena MB | peak memory MB | bound MB |",
             "|---|---:|---:|---:|---:|---:|---:|---:|"]
    for row in result["rows"]:
        if "peak_bytes" not in row:
            continue
        megabytes = {key: "?" if row[key] is None else f"{row[key] / MEGABYTE:.1f}" for key in row if key.endswith("_bytes")}
        bound = row["bound_bytes"] and row["bound_bytes"] / MEGABYTE
        lines.append(
            f"| {row['workload']} | {bounded(row['compile_seconds'], COMPILE_LIMIT, format(row['compile_seconds'], '.1f'))} "
            f"| {row['recompile_seconds']:.1f} | {megabytes['module_bytes']} | {megabytes['weight_bytes']} | {megabytes['arena_bytes']} "
            f"| {bounded(row['peak_bytes'] / MEGABYTE, bound, megabytes['peak_bytes'])} | {megabytes['bound_bytes']} |")
    return lines if len(lines) > 4 else []


def markdown(result):
    """Returns all tables."""
    parts = [head(result), *(times(result, threads) for threads in result["roof"]), scaling(result), costs(result)]
    if "startup_ms" in result:
        text = bounded(result["startup_ms"], STARTUP_LIMIT_MS, format(result["startup_ms"], ".1f"))
        parts.append([f"Start of the runtime program to the end of a run of the digit model: {text} ms (median of 20)"])
    parts.append([f"{row['workload']} failed: {row['failed']}" for row in result["rows"] if "failed" in row])
    return "\n\n".join("\n".join(lines) for lines in parts if lines)
