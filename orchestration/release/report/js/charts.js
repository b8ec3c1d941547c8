// Charts are drawn by Vega-Lite once the figures are on the page; each has a table of its figures behind it.
let library = null;
let drawn = [];
let generation = 0;

// Run from the page itself: the script is text in it.
async function loadLibrary() {
  const code = await inflate("library");
  const script = document.createElement("script");
  script.textContent = `(() => {"use strict";\n${code}\n})();`;
  document.head.append(script);
  script.remove();
  byId("library").remove();
}

// A colour of the theme, whichever that is when it is seen.
const colour = (name) => `var(--${name})`;

function chart(spec, words) {
  const box = h("div", { class: "chart", role: "img", "aria-label": words });
  drawn.push({ box, spec });
  return box;
}

async function drawCharts() {
  const mine = (generation += 1);
  library ??= loadLibrary();
  await library;
  for (const { box, spec } of drawn) {
    if (mine !== generation) return;
    if (!box.isConnected) continue;
    const style = getComputedStyle(box);
    const width = Math.floor(box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight));
    const plot = h("div", { "aria-hidden": "true" });
    box.replaceChildren(plot);
    await vegaEmbed(plot, spec(width), { mode: "vega-lite", renderer: "svg", actions: false, defaultStyle: false, tooltip: chartTip, config: { ...chartConfig(), background: null } });
  }
}

function chartTip(handler, event, item, value) {
  if (!value) return hideTip();
  showTip(String(value).split("\n"), event.clientX, event.clientY);
}

function chartConfig() {
  const font = getComputedStyle(document.body).fontFamily;
  const words = { labelColor: colour("muted"), titleColor: colour("muted"), labelFont: font, titleFont: font, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 500 };
  return {
    aria: false, font, padding: 0, view: { stroke: null },
    axis: { ...words, domain: false, ticks: false, gridColor: colour("line"), labelPadding: 8, titlePadding: 10 },
    axisX: { grid: false, labelAngle: 0, labelFlush: false },
    header: words, legend: { ...words, orient: "top", title: null, symbolType: "circle" },
    bar: { color: colour("accent"), cornerRadiusEnd: 2 }, line: { color: colour("accent"), strokeWidth: 2 },
    rule: { color: colour("muted") }, point: { color: colour("accent"), filled: true, size: 60 },
    concat: { spacing: 26 },
  };
}

// Numbers on axes, in the page's language.
const axisNumbers = () => ({ labelExpr: state.lang === "fr" ? "replace(replace(datum.label, /,/g, '\u202f'), '.', ',')" : "datum.label" });
const axisShares = () => ({ format: ".0%", tickCount: 5, labelExpr: state.lang === "fr" ? "replace(datum.label, '%', '\u202f%')" : "datum.label" });

const tipOf = (...lines) => lines.filter(Boolean).join("\n");

// Investment and results month by month; the cost of a result by quarter, with its interval. Only what there is.
function trendSpec(months, quarters, all, width, words) {
  const x = { field: "when", type: "ordinal", sort: null, title: null, axis: { labelOverlap: "parity", labelSeparation: 8 } };
  const monthly = { ...x, scale: { domain: all } };
  const panel = (values, height, title, layer) => ({ width, height, data: { values }, title: { text: title, anchor: "start", frame: "group", fontSize: 13, fontWeight: 600, color: colour("ink"), offset: 10 }, ...layer });
  const y = (field, more = {}) => ({ field, type: "quantitative", title: null, axis: { tickCount: 4, ...axisNumbers() }, ...more });
  const tip = { tooltip: { field: "tip" } };
  const shade = (inside, outside) => ({ condition: { test: "datum.inside", value: colour(inside) }, value: colour(outside) });
  return {
    autosize: { type: "pad" },
    vconcat: [
      ...(!months.some((row) => row.investment) ? [] : [panel(months, 130, words.investment, { mark: "bar", encoding: { x: monthly, y: y("investment"), color: shade("quiet-ink", "quiet"), ...tip } })]),
      ...(!months.some((row) => row.result) ? [] : [panel(months, 130, words.result, { mark: "bar", encoding: { x: monthly, y: y("result"), color: shade("accent", "accent-mid"), ...tip } })]),
      ...(quarters.length === 0 ? [] : [panel(quarters, 130, words.cost, {
        encoding: { x, ...tip },
        layer: [
          { mark: { type: "rule", strokeWidth: 3, opacity: 0.35, color: colour("accent") }, encoding: { y: y("low"), y2: { field: "high" } } },
          { mark: { type: "point", opacity: 1 }, encoding: { y: y("cost"), color: { condition: { test: "datum.young", value: colour("accent-mid") }, value: colour("accent") } } },
        ],
      })]),
    ],
  };
}

// Customers so far by month of the leads, and where more are to come those expected, with their interval.
function cohortSpec(values, width) {
  const x = { field: "when", type: "ordinal", sort: null, title: null, axis: { labelOverlap: "parity", labelSeparation: 8 } };
  const y = (field) => ({ field, type: "quantitative", title: null, axis: { tickCount: 4, ...axisNumbers() } });
  const young = { transform: [{ filter: "datum.young && datum.expected !== null" }] };
  return {
    width, height: 160, autosize: { type: "fit-x", contains: "padding" }, data: { values }, encoding: { x, tooltip: { field: "tip" } },
    layer: [
      { mark: "bar", encoding: { y: y("customers") } },
      { ...young, mark: { type: "rule", strokeWidth: 3, opacity: 0.35, color: colour("accent") }, encoding: { y: y("low"), y2: { field: "high" } } },
      { ...young, mark: { type: "point", opacity: 1 }, encoding: { y: y("expected") } },
    ],
  };
}

// One line per source: every model a dot, from the lowest to the highest.
function modelSpec(values, order, width, title) {
  const y = { field: "source", type: "nominal", sort: order, title: null, axis: { labelLimit: Math.min(180, width / 3), grid: false } };
  const x = { field: "value", type: "quantitative", title, axis: { grid: true, tickCount: 6, ...axisNumbers() } };
  return {
    width: width - Math.min(190, width / 3 + 10), height: { step: 26 }, autosize: { type: "pad" }, data: { values },
    layer: [
      { mark: { type: "rule", strokeWidth: 2, opacity: 0.5 }, encoding: { y, x: { aggregate: "min", field: "value", type: "quantitative", title }, x2: { aggregate: "max", field: "value" } } },
      { transform: [{ filter: "!datum.chosen" }], mark: { type: "point", size: 46, opacity: 0.75, color: colour("quiet-ink") }, encoding: { y, x, tooltip: { field: "tip" } } },
      { transform: [{ filter: "datum.chosen" }], mark: { type: "point", size: 110, color: colour("accent"), opacity: 1 }, encoding: { y, x, tooltip: { field: "tip" } } },
    ],
  };
}

// Shares as bars, with a limit as a line.
function sharesSpec(values, limit, width) {
  const y = { field: "name", type: "nominal", sort: null, title: null, axis: { labelLimit: Math.min(180, width / 3) } };
  return {
    width: width - Math.min(190, width / 3 + 10), height: { step: 26 }, autosize: { type: "pad" },
    layer: [
      { data: { values }, mark: { type: "bar", height: 14 }, encoding: { y, x: { field: "share", type: "quantitative", title: null, scale: { domain: [0, Math.max(limit * 1.2, ...values.map((row) => row.share))], nice: true }, axis: { ...axisShares(), grid: true } }, color: { condition: { test: `datum.share > ${limit}`, value: colour("bad") }, value: colour("accent") }, tooltip: { field: "tip" } } },
      { data: { values: [{ limit }] }, mark: { type: "rule", strokeDash: [4, 4], color: colour("bad"), strokeWidth: 1.5 }, encoding: { x: { field: "limit", type: "quantitative" } } },
    ],
  };
}

// Shares by month, with a limit as a line.
function monthlySharesSpec(values, limit, width) {
  return {
    width, height: 150, autosize: { type: "fit-x", contains: "padding" },
    layer: [
      { data: { values }, mark: { type: "bar" }, encoding: { x: { field: "when", type: "ordinal", sort: null, title: null, axis: { labelOverlap: "parity", labelSeparation: 8 } }, y: { field: "share", type: "quantitative", title: null, axis: axisShares() }, color: { condition: { test: `datum.share > ${limit}`, value: colour("bad-mid") }, value: colour("quiet") }, tooltip: { field: "tip" } } },
      { data: { values: [{ limit }] }, mark: { type: "rule", strokeDash: [4, 4], color: colour("ink"), strokeWidth: 1.5 }, encoding: { y: { field: "limit", type: "quantitative" } } },
    ],
  };
}

// Retention month by month, with its interval as a band.
function retentionSpec(values, width, title) {
  const x = { field: "month", type: "quantitative", title, axis: { tickMinStep: 1, tickCount: 12 } };
  const scale = { domain: [0, 1] };
  return {
    width, height: 200, autosize: { type: "fit-x", contains: "padding" }, data: { values },
    layer: [
      { mark: { type: "area", opacity: 0.18, color: colour("accent") }, encoding: { x, y: { field: "low", type: "quantitative", scale, title: null, axis: axisShares() }, y2: { field: "high" } } },
      { mark: { type: "line", interpolate: "step-after" }, encoding: { x, y: { field: "retention", type: "quantitative", scale } } },
      { mark: { type: "point", size: 40, opacity: 0 }, encoding: { x, y: { field: "retention", type: "quantitative", scale }, tooltip: { field: "tip" } } },
    ],
  };
}
