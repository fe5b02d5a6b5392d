"""The results as a picture (SVG): a line for each workload, a dot for each contestant at its share of the roof."""
from html import escape

from standing import OURS, standing

COLORS = {OURS: "#d4351c", "onnxruntime": "#1d70b8", "openvino": "#7b4fb3", "iree": "#0b7a5e", "litert": "#c98500", "torch": "#6b7280",
          "torch-compile": "#111827"}
NAMES_WIDTH, PANEL_WIDTH, GAP, LINE, TOP, BOTTOM = 230, 420, 40, 22, 100, 34
LIMIT = 1.2  # of the roof: what stays in a cache can be faster than its footprint's bandwidth says; dots beyond stand at the edge


def text(x, y, words, anchor="start", size=12, color="#111827", weight="normal"):
    """Returns a text element."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{color}" font-weight="{weight}">{escape(words)}</text>'


def line(x1, y1, x2, y2, color):
    """Returns a line element."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}"/>'


def dot(x, y, name, radius, title):
    """Returns a contestant's dot, which shows its title under the mouse."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{COLORS[name]}" fill-opacity="0.85"><title>{escape(title)}</title></circle>'


def panel(result, rows, threads, left):
    """Returns the elements of the panel of some threads."""
    height = LINE * len(rows)
    elements = [text(left, TOP - 26, f"{threads} thread{'' if threads == '1' else 's'}", weight="bold")]
    for percent in range(0, 121, 20):
        x = left + PANEL_WIDTH * percent / 100 / LIMIT
        elements += [line(x, TOP - 6, x, TOP + height, "#9ca3af" if percent == 100 else "#e5e7eb"), text(x, TOP - 10, f"{percent}%", "middle", 10, "#6b7280")]
    for number, row in enumerate(rows):
        y = TOP + LINE * (number + 0.5)
        elements.append(line(left, y, left + PANEL_WIDTH, y, "#f3f4f6"))
        share = standing(row, threads, result["roof"]).share if threads in row["threads"] else {}
        # ours last, so that it lies above the others
        for name in sorted(share, key=lambda n: n == OURS):
            x = left + PANEL_WIDTH * min(share[name], LIMIT) / LIMIT
            elements.append(dot(x, y, name, 6 if name == OURS else 4.5, f"{name}, {row['workload']}: {share[name]:.0%}"))
    return elements


def svg(result):
    """Returns the picture."""
    panels = list(result["roof"])
    rows = [row for row in result["rows"] if any(standing(row, t, result["roof"]).share for t in row["threads"])]
    width, height = NAMES_WIDTH + (PANEL_WIDTH + GAP) * len(panels), TOP + LINE * len(rows) + BOTTOM
    elements = [text(16, 24, f"Share of the roof: {result['machine']}, {result['when'][:10]}", size=14, weight="bold")]
    x = 16
    for name in (OURS, *result["peers"]):
        elements += [dot(x + 5, 42, name, 5, name), text(x + 14, 46, name)]
        x += 24 + 7.5 * len(name)
    for number, row in enumerate(rows):
        elements.append(text(NAMES_WIDTH - 12, TOP + LINE * (number + 0.5) + 4, row["workload"], "end"))
    for number, threads in enumerate(panels):
        elements += panel(result, rows, threads, NAMES_WIDTH + (PANEL_WIDTH + GAP) * number)
    elements.append(text(16, height - 12, "Roof: f32 multiply-adds, or the least bytes at the bandwidth of that footprint, measured in the same run; right is faster.", size=11, color="#6b7280"))
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="Helvetica, Arial, DejaVu Sans, sans-serif">',
        '<rect width="100%" height="100%" fill="white"/>', *elements, "</svg>", ""])
