extension HTMLPage {
  /// The data, elements, units and the tip, for the programs of all pages.
  static let elements = #"""

    const data = JSON.parse(document.getElementById("data").textContent);
    const byId = id => document.getElementById(id);

    // Makes an element; strings among the children are shown as text, whatever they say.
    function make(tag, attributes = {}, ...children) {
      const svg = ["svg", "g", "path", "line", "circle", "text", "title"].includes(tag);
      const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
      for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
      node.append(...children.filter(child => child !== null));
      return node;
    }

    // Numbers as people read them: three digits and a unit.
    function digits(number) {
      const size = Math.abs(number);
      return number.toFixed(size >= 99.95 || size === 0 ? 0 : size >= 9.995 ? 1 : 2);
    }
    function scaled(number, base, units) {
      let unit = 0;
      while (unit < units.length - 1 && Math.abs(number) >= base * 0.9995) { number /= base; unit++; }
      return (unit === 0 ? String(Math.round(number)) : digits(number)) + " " + units[unit];
    }
    const time = ns => scaled(ns, 1000, ["ns", "µs", "ms", "s"]);
    const bytes = count => scaled(count, 1024, ["B", "KiB", "MiB", "GiB", "TiB"]);
    const percent = share => (100 * share).toFixed(1) + "%";

    const tip = byId("tip");
    function showTip(event, title, lines) {
      tip.replaceChildren(make("b", {}, title), ...lines.filter(line => line).map(line => make("div", {}, line)));
      tip.hidden = false;
      tip.style.left = Math.max(4, Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8)) + "px";
      tip.style.top = Math.max(4, Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 8)) + "px";
    }
    function hideTip() { tip.hidden = true; }

    // A few operators by name, and how many more there are.
    function operatorText(row, most = 6) {
      const names = row.operators || [];
      return names.slice(0, most).join(", ") + (names.length > most ? ` and ${names.length - most} more` : "");
    }
    """#
}
