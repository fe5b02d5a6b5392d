import TesseraCommandLineOptions

/// A comparison as an HTML page: each ratio with its interval, drawn on one axis.
enum ComparisonPage {
  /// Returns the page.
  static func html(_ comparison: Comparison) -> String {
    HTMLPage.html(
      title: "comparison", program: "tessera compare", body: body, scripts: [script], data: .object(comparison.members))
  }

  private static let body = """
    <header>
      <h1>Comparison</h1>
      <p id="subtitle"></p>
    </header>
    <main id="functions"></main>
    <div id="tip" hidden></div>
    """

  private static let script = #"""

    byId("subtitle").append(
      make("span", {}, `a: ${data.a}`), make("br"), make("span", {}, `b: ${data.b}`), make("br"),
      `${data.in_turns ? "measured in turns" : "measured apart"} · tessera ${data.version}`);
    for (const warning of data.warnings) byId("subtitle").append(make("br"), `Warning: ${warning}`);
    const tone = verdict => ({ faster: "var(--c2)", slower: "var(--c5)", same: "var(--quiet)", unknown: "var(--idle)" })[verdict];

    // A ratio with its interval, on an axis from 1 / most to most, both ways alike.
    function interval(row, most) {
      const width = 320, height = 20, toX = ratio => width / 2 * (1 + Math.max(-1, Math.min(1, Math.log(ratio) / Math.log(most))));
      const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img" });
      svg.style.width = `${width}px`;
      svg.append(make("line", { class: "grid", x1: width / 2, x2: width / 2, y1: 0, y2: height }));
      if (row.low !== null) {
        const line = make("line", { x1: toX(row.low), x2: Math.max(toX(row.high), toX(row.low) + 1), y1: height / 2, y2: height / 2, "stroke-width": 2 });
        line.style.stroke = tone(row.verdict);
        svg.append(line);
      }
      const circle = make("circle", { cx: toX(row.ratio), cy: height / 2, r: 4.5 });
      circle.style.fill = tone(row.verdict);
      svg.append(circle);
      return svg;
    }

    for (const entry of data.functions) {
      const rows = [entry, ...entry.dispatches];
      const most = Math.max(1.05, ...rows.map(row => Math.max(row.ratio, 1 / row.ratio, row.high || 1, 1 / (row.low || 1)))) ** 1.05;
      const headings = ["a", "b", "Ratio", "Interval", `${digits(1 / most)} … 1 … ${digits(most)}`, "", "Kernel", "Operators"];
      const lines = rows.map((row, number) => {
        const words = make("td", {}, row.words);
        words.style.color = tone(row.verdict);
        const line = make("tr", {}, make("td", { class: "number" }, time(row.a_ns)), make("td", { class: "number" }, time(row.b_ns)),
          make("td", { class: "number" }, row.ratio.toFixed(3)), make("td", {}, row.low === null ? "-" : `${row.low.toFixed(3)} to ${row.high.toFixed(3)}`),
          make("td", {}, interval(row, most)), words, make("td", { class: "text" }, number ? row.name : "the whole call"),
          make("td", { class: "text", title: row.operators.join(", ") }, operatorText(row)));
        if (!number) line.style.fontWeight = "600";
        return line;
      });
      const isNumber = [true, true, true, false, false, false, false, false];
      byId("functions").append(make("section", {},
        make("div", { class: "bar" }, make("h2", {}, entry.name), make("span", { class: "quiet" }, `${entry.a_turns} and ${entry.b_turns} turns`)),
        make("div", { class: "scroll plain" }, make("table", {}, make("thead", {}, make("tr", {}, ...headings.map((text, at) => make("th", { class: isNumber[at] ? "number" : "" }, text)))),
          make("tbody", {}, ...lines))),
        make("p", { class: "quiet" }, `Ratios are the time of b over the time of a. ${entry.only_a + entry.only_b ? `Only a has ${entry.only_a} more dispatches, only b ${entry.only_b}.` : ""}`)));
    }
    """#
}
