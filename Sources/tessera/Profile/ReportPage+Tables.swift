extension ReportPage {
  /// The figures, the tables and what is known of module and machine.
  static let tables = #"""

    const callTime = data.median_ns || 1;
    byId("title").textContent = data.title;
    byId("subtitle").textContent = [
      `function ${data.function}`, data.devices.join(", "), `${data.threads} thread${data.threads === 1 ? "" : "s"}`, data.machine.cpu_model,
      data.machine.date.replace("T", " ").slice(0, 16), `tessera ${data.version}`,
    ].filter(text => text).join(" · ");
    const sorted = [...data.calls].sort((a, b) => a - b);
    const dispatchCount = data.rows.reduce((sum, row) => sum + (row.runs || 0), 0);
    for (const [name, value] of [
      ["median call", time(data.median_ns)], ["fastest", time(sorted[0] || 0)], ["slowest", time(sorted[sorted.length - 1] || 0)],
      ["calls recorded", String(data.calls.length)], ["dispatches a call", String(+dispatchCount.toFixed(1))],
      ["threads busy", percent(data.busy_share)], ["host and waits", percent(hostRow < 0 ? 0 : data.rows[hostRow].ns / callTime)],
      ["peak memory", bytes(data.peak_rss_bytes)],
    ]) byId("figures").append(make("div", {}, make("b", {}, value), make("span", {}, name)));

    // The columns of a table: heading, value to sort by, text, and whether it is a number.
    const rate = (row, amount) => row[amount] && row.ns ? row[amount] / row.ns : null;
    const number = (title, value, text, hint = "") => ({ title, value, text, hint, isNumber: true });
    const word = (title, value, hint = "") => ({ title, value, text: value, hint, isNumber: false });
    const timeColumns = [
      number("Time", row => row.ns, row => time(row.ns), "of a call (median); where threads work at the same time, each has an equal part"),
      { ...number("Share", row => row.ns, row => percent(row.ns / callTime)), isShare: true },
    ];
    const hasDevices = data.devices.length > 1;
    const tabs = [
      {
        title: "Dispatches", rows: data.rows.map((row, number) => ({ ...row, number })),
        note: "Times of all rows together make up a call. GFLOP/s and GB/s are of operations and bytes that a dispatch must at least do and move.",
        columns: [
          ...timeColumns,
          number("Threads", row => row.number === hostRow ? null : row.thread_ns / (row.ns || 1), row => digits(row.thread_ns / (row.ns || 1)), "that work on it at the same time, on the mean"),
          number("Runs", row => row.runs, row => String(+row.runs.toFixed(1)), "in a call"),
          number("GFLOP/s", row => rate(row, "flops"), row => digits(rate(row, "flops"))),
          number("GB/s", row => rate(row, "bytes"), row => digits(rate(row, "bytes"))),
          ...(data.roof ? [number("Of roof", row => row.roof_share, row => (100 * row.roof_share).toFixed(0) + "%")] : []),
          ...(hasDevices ? [word("Device", row => row.device || "")] : []),
          { ...word("Kernel", row => row.name), isColoured: true }, word("Operators", row => operatorText(row, 12)),
        ],
      },
      {
        title: "Operators", rows: data.operators, note: data.has_operations ? "The time of a dispatch that computes several operators is split by the work that each is estimated to be." : "The time of a dispatch that computes several operators is split evenly: profile the model instead of the module to have it by estimated work.",
        columns: [...timeColumns, number("Dispatches", row => row.dispatches || null, row => String(row.dispatches)), word("Operator", row => row.name)],
      },
      {
        title: data.has_operations ? "Operator types" : "Kernel types", rows: data.kinds,
        note: data.has_operations ? "" : "Profile the model instead of the module to see types of operators.",
        columns: [...timeColumns, number("Dispatches", row => row.dispatches || null, row => String(row.dispatches)), { ...word("Type", row => row.name), isColoured: true }],
      },
    ];
    if (data.modules.some(module => module.name.includes("/") || module.name.includes("."))) {
      tabs.push({
        title: "Modules", rows: data.modules, note: "The PyTorch modules that the names of operators tell.",
        columns: [...timeColumns, number("Dispatches", row => row.dispatches || null, row => String(row.dispatches)), word("Module", row => row.name)],
      });
    }
    let tab = tabs[0];
    let order = { column: 0, isDown: true };

    // The rows that the filter leaves: dispatches by all that is known of them, others by their names.
    function shown() {
      const words = state.filter.split(/\s+/);
      return tab.rows.filter(row => row.number !== undefined ? state.matches[row.number] : words.every(word => row.name.toLowerCase().includes(word)));
    }

    function drawTable() {
      const column = tab.columns[order.column], sign = order.isDown ? -1 : 1;
      const rows = shown().sort((a, b) => {
        const [x, y] = [column.value(a), column.value(b)];
        if (x === null || x === undefined) return y === null || y === undefined ? 0 : 1;
        if (y === null || y === undefined) return -1;
        return sign * (column.isNumber ? x - y : x < y ? -1 : x > y ? 1 : 0);
      });
      const most = Math.max(...tab.rows.map(row => row.ns), 1);
      const heading = make("tr", {}, ...tab.columns.map((column, position) => {
        const mark = position === order.column ? order.isDown ? " ▾" : " ▴" : "";
        const cell = make("th", { class: column.isNumber ? "number" : "", title: column.hint }, column.title + mark);
        cell.addEventListener("click", () => {
          order = { column: position, isDown: position === order.column ? !order.isDown : column.isNumber };
          drawTable();
        });
        return cell;
      }));
      const lines = rows.map(row => {
        const line = make("tr", {}, ...tab.columns.map(column => {
          const value = column.value(row), text = value === null || value === undefined ? "" : column.text(row);
          if (column.isShare) {
            const bar = make("div", {});
            bar.style.width = `calc((100% - 16px) * ${row.ns / most})`;
            return make("td", { class: "share number" }, bar, make("span", {}, text));
          }
          const cell = make("td", { class: column.isNumber ? "number" : "text", title: column.isNumber ? "" : text });
          if (column.isColoured) {
            const dot = make("i", {}), isHost = hostRow >= 0 && row.name === data.rows[hostRow].name;
            dot.style.background = `var(${row.number !== undefined ? rowColour(row.number) : isHost ? "--idle" : "--c" + colourNumber(row.name)})`;
            cell.append(dot);
          }
          cell.append(text);
          return cell;
        }));
        if (row.number !== undefined) {
          line.classList.toggle("selected", row.number === state.selected);
          line.addEventListener("click", () => select(row.number));
        } else {
          line.addEventListener("click", () => { byId("filter").value = row.name; setFilter(row.name); });
        }
        return line;
      });
      byId("rows").replaceChildren(make("thead", {}, heading), make("tbody", {}, ...lines));
      const sum = rows.reduce((sum, row) => sum + row.ns, 0);
      byId("matches").textContent = `${rows.length} of ${tab.rows.length}, ${time(sum)}, ${percent(sum / callTime)}`;
      byId("note").textContent = tab.note;
    }

    for (const entry of tabs) {
      const button = make("button", {}, entry.title);
      button.addEventListener("click", () => {
        tab = entry;
        order = { column: 0, isDown: true };
        for (const other of byId("tabs").children) other.classList.toggle("on", other === button);
        drawTable();
      });
      button.classList.toggle("on", entry === tab);
      byId("tabs").append(button);
    }
    byId("filter").addEventListener("input", event => setFilter(event.target.value));
    let lastSelected = -1;
    views.push(() => {
      drawTable();
      if (state.selected >= 0 && state.selected !== lastSelected) document.querySelector("#rows .selected")?.scrollIntoView({ block: "nearest" });
      lastSelected = state.selected;
    });
    drawTable();

    const seen = kindNames.slice(0, 8).map((name, at) => [name, `--c${at}`]).concat(kindNames.length > 8 ? [["others", "--c8"]] : []);
    for (const [name, variable] of seen) {
      const dot = make("i", {});
      dot.style.background = `var(${variable})`;
      byId("legend").append(make("span", {}, dot, name));
    }
    if (data.shown_calls < data.calls.length) byId("legend").append(make("span", {}, `the first ${data.shown_calls} of ${data.calls.length} calls`));

    const facts = (id, entries) => byId(id).append(...entries.map(([name, value]) => make("tr", {}, make("td", {}, name), make("td", {}, String(value)))));
    const statistics = Object.entries(data.statistics).map(([name, value]) => [name, name.includes("bytes") && /^\d+$/.test(value) ? bytes(+value) : value]);
    facts("statistics", [["made by", data.producer], ["module", bytes(data.module_bytes)], ...statistics]);
    const caches = data.machine.caches.map(cache => `L${cache.level} ${cache.type.toLowerCase()} ${bytes(cache.size)}`);
    function memoryRate() {
      const point = data.roof.gbytes[data.roof.gbytes.length - 1];
      return Math.max(point.read, point.copy);
    }
    facts("machine", [
      ["processor", data.machine.cpu_model], ["processors", data.machine.num_cpus], ["clock", data.machine.mhz_per_cpu ? data.machine.mhz_per_cpu + " MHz" : "not known"],
      ["caches", caches.join(", ") || "not known"], ["load", data.machine.load_avg.map(load => load.toFixed(2)).join(", ")], ["host", data.machine.host_name],
      ["program", `${data.machine.library_version}, ${data.machine.library_build_type} build`],
      ...(data.roof ? [["roof", `${digits(data.roof.gflops)} GFLOP/s, ${digits(memoryRate())} GB/s from memory`]] : []),
    ]);
    """#
}
