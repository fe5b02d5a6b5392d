#!/usr/bin/env python3
"""Opens the page of `tessera profile` in a browser without a window: it loads without an error, and zoom, filter, tabs and selection work.

  report.py [--tessera PROGRAM] [--browser PROGRAM] [--pictures FOLDER]

With --pictures, the page is drawn in light and dark, for people to look at. The last line is 'N passed, N failed'.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from html import unescape
from pathlib import Path

import profiling
import run as tools

ROOT = Path(__file__).resolve().parents[2]
# What is done with the page, as a user would; the facts are written into the page at the end.
ACTIONS = """
const result = {};
try {
const rowCount = () => document.querySelectorAll("#rows tbody tr").length;
const press = (type, more) => canvas.dispatchEvent(new (type.startsWith("pointer") ? PointerEvent : type === "wheel" ? WheelEvent : MouseEvent)(type, { bubbles: true, cancelable: true, ...more }));
const box = canvas.getBoundingClientRect(), middle = { clientX: box.left + box.width / 2, clientY: box.top + axisHeight + 5, pointerId: 1 };
canvas.setPointerCapture = () => {};
result.title = document.title;
result.rows = rowCount();
result.text = document.body.innerText;
show(whole.from, whole.to);
const length = view.to - view.from;
press("wheel", { ...middle, deltaY: -100 });
result.zoomed = (view.to - view.from) / length;
for (let i = 0; i < 100; i++) press("wheel", { ...middle, deltaY: -1000 });
result.least = view.to - view.from;
for (let i = 0; i < 200; i++) press("wheel", { ...middle, deltaY: 1000 });
result.back = view.from === whole.from && view.to === whole.to;
document.getElementById("closer").click();
const from = view.from;
press("pointerdown", middle); press("pointermove", { ...middle, clientX: middle.clientX - 100 }); press("pointerup", middle);
result.dragged = view.from > from;
showCall(0);
const lane = lanes.find(lane => lane.row[0] >= 0), x = toX(lane.begin[0] + lane.duration[0] / 2);
const there = { pointerId: 1, clientX: box.left + x, clientY: box.top + axisHeight + lanes.indexOf(lane) * (laneHeight + laneGap) + 5 };
press("pointermove", there);
result.tip = document.getElementById("tip").hidden ? null : document.getElementById("tip").innerText;
press("pointerdown", there); press("pointerup", there);
result.selected = state.selected === lane.row[0] && document.querySelectorAll("#rows tr.selected").length === 1;
press("dblclick", there);
result.closeUp = view.to - view.from < 1.5 * lane.duration[0] + 30;
const filter = document.getElementById("filter");
filter.value = "日本語"; filter.dispatchEvent(new Event("input"));
result.filtered = rowCount();
filter.value = "there is no such thing"; filter.dispatchEvent(new Event("input"));
result.none = rowCount();
filter.value = ""; filter.dispatchEvent(new Event("input"));
result.all = rowCount();
document.querySelectorAll("#rows th")[0].click();
result.upwards = document.querySelector("#rows th").textContent.includes("▴");
result.tabs = [...document.querySelectorAll("#tabs button")].map(button => { button.click(); return [button.textContent, rowCount()]; });
result.circles = document.querySelectorAll("#roofline circle").length;
result.memory = document.querySelectorAll("#memory path").length;
result.pixels = new Set(context.getImageData(0, 0, canvas.width, canvas.height).data).size;
result.overflow = document.documentElement.scrollWidth - innerWidth;
} catch (error) { errors.push(error.stack); }
result.errors = errors;
document.body.append(Object.assign(document.createElement("pre"), { id: "facts", textContent: JSON.stringify(result) }));
"""
BEFORE = '<script>const errors = []; window.alert = text => errors.push("alert " + text); addEventListener("error", e => errors.push(e.message));' \
    'addEventListener("securitypolicyviolation", e => errors.push("loads " + e.blockedURI));</script>'


def browse(browser, *words):
    """Runs the browser without a window; returns what it prints."""
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={home}", "--virtual-time-budget=5000", *words],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=120)
    tools.check("the browser ends well", done.returncode == 0, done.returncode)
    return done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", default=ROOT / "bin/tessera", type=Path)
    parser.add_argument("--browser", default="chromium")
    parser.add_argument("--pictures", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        model, report = folder / "hostile.onnx", folder / "report.html"
        profiling.hostile(model)
        subprocess.run([options.tessera, "profile", model, "--dims=n=256", "--threads=2", "--roof", "--calls=20", "-o", report],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        text = report.read_text()
        (folder / "tried.html").write_text(
            text.replace("<style>", BEFORE + "<style>", 1).replace("</body>", f"<script>{ACTIONS}</script></body>", 1))
        for size in ("1400,1000", "700,1000"):
            page = browse(options.browser, f"--window-size={size}", "--dump-dom", f"file://{folder}/tried.html")
            begin = page.find('<pre id="facts">')
            tools.check("the page lets itself be used", begin >= 0, page[-500:])
            if begin < 0:
                continue
            facts = json.loads(unescape(page[begin + 16:page.find("</pre>", begin)]))
            tools.check("no errors", facts["errors"] == [], facts["errors"])
            if facts["errors"]:
                continue
            tools.check("names are text", all(name.split("\n")[0].split("\u2028")[0] in facts["text"] for name in profiling.HOSTILE), facts["text"])
            tools.check("a title", facts["title"] == "hostile.onnx - tessera profile", facts["title"])
            tools.check("the wheel zooms", facts["zoomed"] < 0.9 and facts["least"] == 20 and facts["back"], facts)
            tools.check("a drag moves", facts["dragged"], facts)
            tools.check("the tip", facts["tip"] and "workgroups" in facts["tip"], facts["tip"])
            tools.check("a click selects, two zoom", facts["selected"] and facts["closeUp"], facts)
            count = len(profiling.HOSTILE)
            tools.check("the filter", (facts["rows"], facts["filtered"], facts["none"], facts["all"]) == (count + 1, 1, 0, count + 1), facts)
            tools.check("a heading sorts", facts["upwards"], facts)
            tools.check("tabs", facts["tabs"] == [["Dispatches", count + 1], ["Operators", count + 1], ["Operator types", 3]], facts["tabs"])
            tools.check("charts", facts["circles"] >= 3 and facts["memory"] == 1 and facts["pixels"] > 20, facts)
            tools.check("nothing is wider than the window", facts["overflow"] <= 0, facts["overflow"])
        if options.pictures:
            options.pictures.mkdir(parents=True, exist_ok=True)
            for name, value in (("dark", 0), ("light", 1)):
                browse(options.browser, "--window-size=1400,1700", f"--blink-settings=preferredColorScheme={value}",
                       f"--screenshot={options.pictures.resolve() / (name + '.png')}", f"file://{report}")
    print(f"{tools.passed} passed, {tools.failed} failed")
    return 1 if tools.failed else 0


if __name__ == "__main__":
    sys.exit(main())
