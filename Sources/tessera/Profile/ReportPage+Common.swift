extension ReportPage {
  /// Colours, and the state that the parts of the page share.
  static let common = #"""

    const style = getComputedStyle(document.documentElement);
    const colour = name => style.getPropertyValue(name).trim();

    // The kinds of what calls spend time with get the colours in the order of their time; the last colour is for all others.
    const hostRow = data.rows.findIndex(row => row.name.startsWith("host program"));
    const kindTimes = new Map();
    data.rows.forEach((row, number) => { if (number !== hostRow) kindTimes.set(row.kind, (kindTimes.get(row.kind) || 0) + row.ns); });
    const kindNames = [...kindTimes.keys()].sort((a, b) => kindTimes.get(b) - kindTimes.get(a));
    const colourNumber = kind => { const at = kindNames.indexOf(kind); return at < 0 || at > 7 ? 8 : at; };
    const rowColour = row => row === hostRow ? "--idle" : "--c" + colourNumber(data.rows[row].kind);

    // What is selected and what the filter leaves, and who draws it.
    const state = { selected: -1, filter: "", matches: data.rows.map(() => true) };
    const views = [];
    function changed() { for (const view of views) view(); }
    function select(row) {
      state.selected = row === state.selected ? -1 : row;
      changed();
    }
    function setFilter(text) {
      state.filter = text.trim().toLowerCase();
      const words = state.filter.split(/\s+/);
      state.matches = data.rows.map(row => {
        const all = [row.name, row.kind, row.device || "", ...(row.operators || [])].join("\n").toLowerCase();
        return words.every(word => all.includes(word));
      });
      changed();
    }
    """#
}
