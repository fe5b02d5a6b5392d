extension ReportPage {
  /// The roofline and the memory, as SVG.
  static let charts = #"""

    const chart = { width: 640, height: 300, left: 62, right: 14, top: 24, bottom: 40 };
    const inner = { width: chart.width - chart.left - chart.right, height: chart.height - chart.top - chart.bottom };
    const drawing = () => make("svg", { viewBox: `0 0 ${chart.width} ${chart.height}`, role: "img" });
    const label = (x, y, anchor, text) => make("text", { x, y, "text-anchor": anchor }, text);

    // Dispatches by operations a byte and a second, under what the machine can do.
    function roofline() {
      const place = byId("roofline");
      const points = data.rows.map((row, number) => ({ row, number })).filter(({ row }) => row.flops > 0 && row.bytes > 0 && row.ns > 0)
        .map(({ row, number }) => ({ row, number, x: row.flops / row.bytes, y: row.flops / row.ns }));
      if (!points.length) return place.replaceChildren("No dispatch whose operations and bytes are known.");
      const bandwidths = data.roof ? data.roof.gbytes.map(p => ({ footprint: p.footprint, rate: Math.max(p.read, p.copy) })) : [];
      const xs = points.map(p => p.x), ys = points.map(p => p.y).concat(data.roof ? [data.roof.gflops] : []);
      const range = values => [10 ** Math.floor(Math.log10(Math.min(...values) / 1.5)), 10 ** Math.ceil(Math.log10(Math.max(...values) * 1.5))];
      const [x0, x1] = range(xs.concat(data.roof ? [data.roof.gflops / bandwidths[bandwidths.length - 1].rate] : [])), [y0, y1] = range(ys);
      const toX = x => chart.left + Math.log(x / x0) / Math.log(x1 / x0) * inner.width;
      const toY = y => chart.top + inner.height - Math.log(y / y0) / Math.log(y1 / y0) * inner.height;
      const svg = drawing();
      const power = value => value >= 1 ? value.toLocaleString("en") : String(+value.toPrecision(1));
      for (let x = x0; x <= x1 * 1.01; x *= 10) {
        const line = make("line", { class: "grid", x1: toX(x), x2: toX(x), y1: chart.top, y2: chart.top + inner.height });
        svg.append(line, label(toX(x), chart.height - 22, "middle", power(x)));
      }
      for (let y = y0; y <= y1 * 1.01; y *= 10) {
        const line = make("line", { class: "grid", x1: chart.left, x2: chart.width - chart.right, y1: toY(y), y2: toY(y) });
        svg.append(line, label(chart.left - 7, toY(y) + 4, "end", power(y)));
      }
      svg.append(label(chart.left + inner.width / 2, chart.height - 4, "middle", "operations a byte"), label(chart.left - 7, chart.top - 12, "end", "GFLOP/s"));
      // A line of a bandwidth, as far as it is in the picture and below the peak.
      function line(rate, style, name) {
        const peak = data.roof.gflops, from = Math.max(x0, y0 / rate), to = Math.min(x1, peak / rate);
        if (to <= from) return;
        svg.append(make("path", { class: style, d: `M${toX(from)} ${toY(from * rate)} L${toX(to)} ${toY(to * rate)}` }));
        const at = Math.exp(Math.log(from) * 0.6 + Math.log(to) * 0.4);
        const slope = -Math.atan2(toY(at * rate) - toY(2 * at * rate), toX(2 * at) - toX(at)) * 180 / Math.PI;
        svg.append(make("text", { x: toX(at), y: toY(at * rate) - 5, transform: `rotate(${slope} ${toX(at)} ${toY(at * rate) - 5})` }, name));
      }
      if (data.roof) {
        const memory = bandwidths[bandwidths.length - 1], fast = bandwidths[0], peak = data.roof.gflops;
        line(fast.rate, "minor", `${bytes(fast.footprint)}: ${digits(fast.rate)} GB/s`);
        line(memory.rate, "roof", `memory: ${digits(memory.rate)} GB/s`);
        const corner = Math.max(peak / memory.rate, x0);
        if (corner < x1) svg.append(make("path", { class: "roof", d: `M${toX(corner)} ${toY(peak)} L${toX(x1)} ${toY(peak)}` }));
        if (peak / fast.rate < corner) svg.append(make("path", { class: "minor", d: `M${toX(Math.max(peak / fast.rate, x0))} ${toY(peak)} L${toX(corner)} ${toY(peak)}` }));
        svg.append(label(chart.width - chart.right - 4, toY(peak) - 6, "end", `${digits(peak)} GFLOP/s, ${data.roof.threads} thread${data.roof.threads === 1 ? "" : "s"}`));
      }
      const most = Math.max(...points.map(p => p.row.ns));
      const circles = points.map(p => {
        const circle = make("circle", { cx: toX(p.x), cy: toY(p.y), r: 3.5 + 9 * Math.sqrt(p.row.ns / most) });
        circle.style.fill = `var(${rowColour(p.number)})`;
        circle.addEventListener("pointermove", event => showTip(event, p.row.name, [
          `${digits(p.y)} GFLOP/s, ${digits(p.x)} operations a byte`, `${time(p.row.ns)} a call`,
          p.row.roof_share ? `${percent(p.row.roof_share)} of the roof` : "", operatorText(p.row)]));
        circle.addEventListener("pointerleave", hideTip);
        circle.addEventListener("click", () => select(p.number));
        svg.append(circle);
        return { circle, number: p.number };
      });
      function update() {
        for (const { circle, number } of circles) {
          circle.style.opacity = state.matches[number] ? 0.85 : 0.12;
          circle.classList.toggle("selected", number === state.selected);
        }
      }
      views.push(update);
      update();
      place.replaceChildren(svg);
      if (!data.roof) place.append(make("p", { class: "quiet" }, "The machine's roof is shown with --roof."));
    }

    // The bytes of values between dispatches, in the order in which a call runs them.
    function memory() {
      const place = byId("memory");
      if (!data.memory || !data.memory.length) return place.replaceChildren(data.memory ? "No dispatches." : "The memory of this device cannot be looked at.");
      const values = data.memory.map(entry => entry[1]), most = Math.max(...values, 1), count = values.length;
      const toX = i => chart.left + i / count * inner.width, toY = v => chart.top + inner.height - v / (most * 1.05) * inner.height;
      const svg = drawing();
      const unit = 1024 ** Math.floor(Math.log(most) / Math.log(1024)), distance = step(most / unit, 5) * unit;
      for (let v = 0; v <= most * 1.05; v += distance) {
        svg.append(make("line", { class: "grid", x1: chart.left, x2: chart.width - chart.right, y1: toY(v), y2: toY(v) }), label(chart.left - 7, toY(v) + 4, "end", bytes(v)));
      }
      let path = `M${toX(0)} ${toY(0)}`;
      values.forEach((v, i) => { path += `L${toX(i).toFixed(1)} ${toY(v).toFixed(1)}L${toX(i + 1).toFixed(1)} ${toY(v).toFixed(1)}`; });
      svg.append(make("path", { class: "area", d: path + `L${toX(count)} ${toY(0)}Z` }));
      const mark = make("line", { class: "minor", y1: chart.top, y2: chart.top + inner.height, visibility: "hidden" });
      svg.append(mark, label(chart.left + inner.width / 2, chart.height - 4, "middle", "dispatches of a call, in order"));
      const distanceX = Math.max(1, step(count, 6));
      for (let i = 0; i <= count; i += distanceX) svg.append(label(toX(i), chart.height - 22, "middle", String(i)));
      const at = event => {
        const box = svg.getBoundingClientRect(), x = (event.clientX - box.left) / box.width * chart.width;
        return Math.floor((x - chart.left) / inner.width * count);
      };
      svg.addEventListener("pointermove", event => {
        const i = at(event), entry = data.memory[i];
        if (!entry) return;
        mark.setAttribute("x1", toX(i + 0.5));
        mark.setAttribute("x2", toX(i + 0.5));
        mark.setAttribute("visibility", "visible");
        const row = data.rows[entry[0]];
        showTip(event, `${i + 1} of ${count}: ${bytes(entry[1])}`, row ? [row.name, operatorText(row)] : []);
      });
      svg.addEventListener("pointerleave", () => { hideTip(); mark.setAttribute("visibility", "hidden"); });
      svg.addEventListener("click", event => { const entry = data.memory[at(event)]; if (entry && entry[0] >= 0) select(entry[0]); });
      place.replaceChildren(svg, make("p", { class: "quiet" }, `At most ${bytes(most)}: what dispatches write, until the last one that reads it. Inputs and constants do not count.`));
    }

    roofline();
    memory();
    """#
}
