extension HTMLPage {
  /// The style: colours as variables, light and dark.
  static let style = """
    :root {
      --page: #f6f7f9; --card: #ffffff; --text: #1c2128; --quiet: #667080; --line: #dfe3e8; --soft: #eef1f4; --accent: #2563eb; --idle: #c3cad3;
      --c0: #2f6fde; --c1: #d9822b; --c2: #2a9d6f; --c3: #b3479b; --c4: #6d5bd0; --c5: #c2493d; --c6: #1f95a8; --c7: #8a7a1f; --c8: #5f6f86;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #12151a; --card: #1a1f26; --text: #e4e8ee; --quiet: #93a0b0; --line: #2c333d; --soft: #232a33; --accent: #7aa7ff; --idle: #465160;
        --c0: #5b93f5; --c1: #e79a4c; --c2: #45b98a; --c3: #d06fba; --c4: #9284ee; --c5: #e0705f; --c6: #45b6c8; --c7: #b9a63f; --c8: #8d9db4;
      }
    }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--page); color: var(--text); font: 14px/1.45 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
    header, main { max-width: 1500px; margin: 0 auto; padding: 0 24px; }
    header { padding-top: 24px; }
    h1 { font-size: 22px; margin: 0; overflow-wrap: anywhere; }
    h2 { font-size: 15px; margin: 0; }
    #subtitle { margin: 2px 0 16px; color: var(--quiet); }
    section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px; margin-bottom: 16px; min-width: 0; }
    .two { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 16px; align-items: start; }
    @media (max-width: 900px) { .two { grid-template-columns: minmax(0, 1fr); gap: 0; } }
    #figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(135px, 1fr)); gap: 8px 20px; }
    #figures b { display: block; font-size: 20px; font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
    #figures span, .quiet { color: var(--quiet); font-size: 12.5px; }
    p.quiet { margin: 8px 0 0; }
    .bar { display: flex; align-items: center; gap: 8px; margin-bottom: 10px; flex-wrap: wrap; }
    .space { flex: 1; }
    button, select, input {
      font: inherit; font-size: 13px; color: inherit; background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: 3px 9px;
      height: 29px;
    }
    button { cursor: pointer; }
    button:hover, select:hover { border-color: var(--quiet); }
    button.on { background: var(--accent); border-color: var(--accent); color: var(--card); }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
    #filter { width: 260px; }
    #tabs { display: flex; gap: 4px; }
    canvas { display: block; width: 100%; border-radius: 4px; cursor: grab; touch-action: none; }
    canvas:active { cursor: grabbing; }
    .legend { display: flex; flex-wrap: wrap; gap: 2px 16px; margin-top: 8px; font-size: 12.5px; color: var(--quiet); }
    .legend i, td i { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 6px; }
    .scroll { max-height: 520px; overflow: auto; border: 1px solid var(--line); border-radius: 6px; }
    table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 13px; }
    th, td { text-align: left; padding: 4px 12px; border-bottom: 1px solid var(--line); white-space: nowrap; }
    .scroll tr:last-child td { border-bottom: 0; }
    .scroll th { position: sticky; top: 0; background: var(--soft); cursor: pointer; user-select: none; font-weight: 600; z-index: 1; }
    th.number, td.number { text-align: right; }
    td.text { max-width: 460px; overflow: hidden; text-overflow: ellipsis; }
    .scroll tbody tr { cursor: pointer; }
    .plain th, .plain tbody tr { cursor: default; }
    .scroll tbody tr:hover { background: var(--soft); }
    .scroll tbody tr.selected { background: color-mix(in srgb, var(--accent) 16%, var(--card)); }
    td.share { position: relative; min-width: 110px; }
    td.share div { position: absolute; left: 8px; top: 4px; bottom: 4px; background: color-mix(in srgb, var(--accent) 22%, transparent); border-radius: 2px; }
    td.share span { position: relative; }
    .facts { margin-top: 8px; }
    .facts td { white-space: normal; vertical-align: top; padding: 4px 0; overflow-wrap: anywhere; }
    .facts td:first-child { color: var(--quiet); padding-right: 20px; white-space: nowrap; width: 1%; }
    .facts tr:last-child td { border-bottom: 0; }
    .chart { margin-top: 10px; color: var(--quiet); }
    svg { display: block; width: 100%; height: auto; font-size: 11.5px; overflow: visible; }
    svg text { fill: var(--quiet); font-variant-numeric: tabular-nums; }
    svg .grid { stroke: var(--line); }
    svg .roof { stroke: var(--text); fill: none; stroke-width: 1.5; }
    svg .minor { stroke: var(--quiet); fill: none; stroke-dasharray: 4 4; }
    svg circle { stroke: var(--card); cursor: pointer; }
    svg .area { fill: color-mix(in srgb, var(--accent) 25%, transparent); stroke: var(--accent); }
    svg .selected { stroke: var(--text); stroke-width: 2; }
    #tip {
      position: fixed; z-index: 9; pointer-events: none; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 7px 10px;
      box-shadow: 0 4px 18px #0003; max-width: 460px; font-size: 12.5px; overflow-wrap: anywhere;
    }
    #tip b { display: block; }
    """
}
