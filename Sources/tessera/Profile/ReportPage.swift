import TesseraCommandLineOptions

/// The report of `tessera profile` as a page.
enum ReportPage {
  /// Returns the page. `data` is a JSON object as `ProfileReport.page` has it.
  static func html(title: String, data: JSON) -> String {
    HTMLPage.html(title: title, program: "tessera profile", body: body, scripts: [common, timeline, charts, tables], data: data)
  }

  /// The elements that the program fills.
  private static let body = """
    <header>
      <h1 id="title"></h1>
      <p id="subtitle"></p>
    </header>
    <main>
      <section id="figures" aria-label="Figures"></section>
      <section>
        <div class="bar">
          <h2>Timeline</h2>
          <span id="range" class="quiet"></span>
          <span class="space"></span>
          <button id="previous" title="The call before">&#8249;</button>
          <select id="call" aria-label="Call"></select>
          <button id="next" title="The call after">&#8250;</button>
          <button id="closer" title="Zoom in (+)">+</button>
          <button id="wider" title="Zoom out (-)">&#8722;</button>
          <button id="whole" title="All calls (0)">All</button>
        </div>
        <canvas id="timeline" tabindex="0" aria-label="Timeline of calls, queues, threads and transfers"></canvas>
        <div id="legend" class="legend"></div>
        <p class="quiet">Scroll to zoom, drag to move, click to select a dispatch, double-click to zoom to it. Keys: + - 0 and arrows.</p>
      </section>
      <section>
        <div class="bar">
          <h2>Time</h2>
          <nav id="tabs"></nav>
          <span class="space"></span>
          <span id="matches" class="quiet"></span>
          <input id="filter" type="search" placeholder="Filter by kernel, operator, device" aria-label="Filter">
        </div>
        <div class="scroll"><table id="rows"></table></div>
        <p id="note" class="quiet"></p>
      </section>
      <div class="two">
        <section><h2>Roofline</h2><div id="roofline" class="chart"></div></section>
        <section><h2>Memory</h2><div id="memory" class="chart"></div></section>
      </div>
      <div class="two">
        <section><h2>Compilation</h2><table id="statistics" class="facts"></table></section>
        <section><h2>Machine</h2><table id="machine" class="facts"></table></section>
      </div>
    </main>
    <div id="tip" hidden></div>
    """
}
