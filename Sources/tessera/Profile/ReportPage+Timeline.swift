extension ReportPage {
  /// The timeline: a canvas with a lane for calls, for each queue and thread, and for transfers.
  static let timeline = #"""

    const canvas = byId("timeline");
    const context = canvas.getContext("2d");
    const laneHeight = 26, laneGap = 4, axisHeight = 22, nameWidth = 116;
    const lanes = data.lanes.map(lane => {
      const count = lane.events.length / 4, at = offset => Float64Array.from({ length: count }, (_, i) => lane.events[4 * i + offset]);
      return { name: lane.name, kind: lane.kind, count, row: at(0), begin: at(1), duration: at(2), amount: at(3) };
    });
    const ends = lanes.filter(lane => lane.count).map(lane => lane.begin[lane.count - 1] + lane.duration[lane.count - 1]);
    const whole = { from: 0, to: Math.max(1, ...ends) };
    const view = { ...whole };
    let width = 0, height = 0;

    const toX = t => nameWidth + (t - view.from) / (view.to - view.from) * (width - nameWidth);
    const toTime = x => view.from + (x - nameWidth) / (width - nameWidth) * (view.to - view.from);

    // Shows a range of time, within the whole and at least 20 ns long.
    function show(from, to) {
      const length = Math.min(Math.max(to - from, 20), whole.to - whole.from);
      view.from = Math.min(Math.max(from, whole.from), whole.to - length);
      view.to = view.from + length;
      drawSoon();
    }
    function zoom(factor, x = (width + nameWidth) / 2) {
      const t = toTime(Math.max(x, nameWidth));
      show(t - (t - view.from) * factor, t + (view.to - t) * factor);
    }

    // The first event of a lane that ends behind a time.
    function firstBehind(lane, t) {
      let low = 0, high = lane.count;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (lane.begin[middle] + lane.duration[middle] < t) low = middle + 1; else high = middle;
      }
      return low;
    }

    // A round distance between marks of the axis.
    function step(length, count) {
      const rough = length / count, power = 10 ** Math.floor(Math.log10(rough));
      return [1, 2, 5, 10].map(f => f * power).find(s => s >= rough);
    }

    // A moment with as many digits as tell the marks of the axis apart.
    function moment(t, distance) {
      const [unit, name] = view.to < 1e3 ? [1, "ns"] : view.to < 1e6 ? [1e3, "µs"] : view.to < 1e9 ? [1e6, "ms"] : [1e9, "s"];
      return (t / unit).toFixed(Math.max(0, -Math.floor(Math.log10(distance / unit) + 1e-9))) + " " + name;
    }

    function draw() {
      const ratio = devicePixelRatio || 1;
      width = canvas.clientWidth;
      height = axisHeight + lanes.length * (laneHeight + laneGap);
      canvas.style.height = height + "px";
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.font = "12px system-ui, sans-serif";
      context.textBaseline = "middle";
      const text = colour("--text"), quiet = colour("--quiet"), line = colour("--line"), soft = colour("--soft");
      const colours = data.rows.map((_, row) => colour(rowColour(row)));
      const distance = step(view.to - view.from, Math.max(2, (width - nameWidth) / 110));
      for (let t = Math.ceil(view.from / distance) * distance; t <= view.to; t += distance) {
        const x = toX(t);
        context.fillStyle = line;
        context.fillRect(x, axisHeight - 4, 1, height);
        context.fillStyle = quiet;
        if (x < width - 40) context.fillText(moment(t, distance), x + 4, 9);
      }
      lanes.forEach((lane, number) => {
        const top = axisHeight + number * (laneHeight + laneGap);
        context.fillStyle = soft;
        context.globalAlpha = 0.5;
        context.fillRect(nameWidth, top, width - nameWidth, laneHeight);
        context.globalAlpha = 1;
        context.save();
        context.beginPath();
        context.rect(nameWidth, top, width - nameWidth, laneHeight);
        context.clip();
        let drawn = -1;
        for (let i = firstBehind(lane, view.from); i < lane.count && lane.begin[i] < view.to; i++) {
          const x = toX(lane.begin[i]), right = toX(lane.begin[i] + lane.duration[i]), wide = Math.max(right - x, 0.7), row = lane.row[i];
          // What is on a pixel that has something already is not seen.
          if (right < drawn + 0.5) continue;
          drawn = Math.max(right, x + 0.7);
          const isShown = row < 0 || (state.matches[row] && (state.selected < 0 || state.selected === row));
          context.globalAlpha = isShown ? 1 : 0.16;
          context.fillStyle = row < 0 ? colour("--idle") : colours[row];
          context.fillRect(x, top, wide > 3 ? wide - 0.5 : wide, laneHeight);
          if (wide < 46) continue;
          const start = Math.max(x, nameWidth) + 5, room = Math.min(right, width) - start - 4;
          const name = row < 0 ? lane.kind === "call" ? `call ${i + 1}: ${time(lane.duration[i])}` : time(lane.duration[i]) : data.rows[row].name;
          context.fillStyle = row < 0 ? text : "#fff";
          if (room > 30) context.fillText(fitted(name, room), start, top + laneHeight / 2 + 0.5);
        }
        context.restore();
        context.globalAlpha = 1;
        context.fillStyle = quiet;
        context.fillText(fitted(lane.name, nameWidth - 10), 0, top + laneHeight / 2 + 0.5);
      });
      byId("range").textContent = `${time(view.to - view.from)} of ${time(whole.to - whole.from)}`;
    }

    // The beginning of a text that has room; letters are about equally wide.
    function fitted(text, room) {
      const wide = context.measureText(text).width;
      return wide <= room ? text : text.slice(0, Math.max(1, Math.floor(text.length * room / wide) - 1)) + "…";
    }

    let isPending = false;
    function drawSoon() {
      if (isPending) return;
      isPending = true;
      requestAnimationFrame(() => { isPending = false; draw(); });
    }

    // The event under the pointer.
    function find(event) {
      const box = canvas.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top - axisHeight;
      const lane = lanes[Math.floor(y / (laneHeight + laneGap))];
      if (!lane || x < nameWidth || y < 0) return null;
      const slack = (view.to - view.from) / width, t = toTime(x), i = firstBehind(lane, t - slack);
      return i < lane.count && lane.begin[i] <= t + slack ? { lane, i } : null;
    }

    function hover(event) {
      const found = find(event);
      if (!found) return hideTip();
      const { lane, i } = found, row = data.rows[lane.row[i]];
      const lines = [`${time(lane.duration[i])}, from ${time(lane.begin[i])}`];
      if (lane.kind === "submission") lines.push(`${lane.amount[i]} commands`);
      if (!row) return showTip(event, lane.kind === "call" ? `call ${i + 1}` : "submission", lines);
      if (row.operators) lines.push(`${lane.amount[i]} workgroups`, operatorText(row)); else lines.push(bytes(lane.amount[i]));
      showTip(event, row.name, lines);
    }

    let drag = null;
    canvas.addEventListener("wheel", event => {
      event.preventDefault();
      const x = event.clientX - canvas.getBoundingClientRect().left;
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey) {
        const shift = (event.deltaX || event.deltaY) / (width - nameWidth) * (view.to - view.from);
        show(view.from + shift, view.to + shift);
      } else {
        zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.006), x);
      }
    }, { passive: false });
    canvas.addEventListener("pointerdown", event => {
      drag = { x: event.clientX, from: view.from, to: view.to, moved: false };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", event => {
      if (!drag) return hover(event);
      const shift = (drag.x - event.clientX) / (width - nameWidth) * (drag.to - drag.from);
      if (Math.abs(drag.x - event.clientX) > 3) drag.moved = true;
      if (drag.moved) { hideTip(); show(drag.from + shift, drag.to + shift); }
    });
    canvas.addEventListener("pointerup", event => {
      const found = drag && !drag.moved && find(event);
      drag = null;
      if (found && found.lane.row[found.i] >= 0) select(found.lane.row[found.i]);
    });
    canvas.addEventListener("pointercancel", () => { drag = null; });
    canvas.addEventListener("pointerleave", hideTip);
    canvas.addEventListener("dblclick", event => {
      const found = find(event);
      if (!found) return;
      const { lane, i } = found, margin = Math.max(lane.duration[i] * 0.1, 10);
      show(lane.begin[i] - margin, lane.begin[i] + lane.duration[i] + margin);
    });
    canvas.addEventListener("keydown", event => {
      const shift = (view.to - view.from) / 5;
      const action = {
        "+": () => zoom(0.7), "=": () => zoom(0.7), "-": () => zoom(1 / 0.7), "0": () => show(whole.from, whole.to),
        ArrowLeft: () => show(view.from - shift, view.to - shift), ArrowRight: () => show(view.from + shift, view.to + shift),
      }[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    });

    // The choice of a call, which fills the width.
    const calls = lanes[0], choice = byId("call");
    const median = data.calls.length ? data.calls.map((t, i) => [t, i]).sort((a, b) => a[0] - b[0])[data.calls.length >> 1][1] : 0;
    for (let i = 0; i < calls.count; i++) choice.append(make("option", { value: i }, `Call ${i + 1}${i === median ? " (median)" : ""}: ${time(calls.duration[i])}`));
    function showCall(number) {
      const i = Math.min(Math.max(number, 0), calls.count - 1);
      if (i < 0) return;
      choice.value = i;
      const margin = calls.duration[i] * 0.01;
      show(calls.begin[i] - margin, calls.begin[i] + calls.duration[i] + margin);
    }
    choice.addEventListener("change", () => showCall(+choice.value));
    byId("previous").addEventListener("click", () => showCall(+choice.value - 1));
    byId("next").addEventListener("click", () => showCall(+choice.value + 1));
    byId("closer").addEventListener("click", () => zoom(0.5));
    byId("wider").addEventListener("click", () => zoom(2));
    byId("whole").addEventListener("click", () => show(whole.from, whole.to));
    new ResizeObserver(drawSoon).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawSoon);
    views.push(drawSoon);
    draw();
    showCall(Math.min(median, calls.count - 1));
    """#
}
