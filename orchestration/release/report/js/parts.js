// Pieces that sections are made of.
const METRICS = {
  investment: "money", leads: "count", mqls: "count", sqls: "count", opportunities: "count", customers: "count",
  pipeline: "money", revenue: "money", cpl: "money", cost_per_mql: "money", cost_per_sql: "money",
  cost_per_opportunity: "money", cac: "money", projected_ltv: "money", ltv_cac_ratio: "ratio", payback_months: "months",
  entered: "count", reached: "count", rate: "share", active_customers: "count", retention: "share", churn_rate: "share",
  nrr: "share", grr: "share", average_contract_value: "money", amount: "money", share: "share", herfindahl: "index",
  sources: "count", investment_share: "share", lead_share: "share", target_share: "share", lead_growth_rate: "change",
  months_live: "count", lead_to_customer_rate: "share", median_days_to_customer: "days", cost_per_lead: "money",
  unclear_leads: "count", unclear_share: "share", sessions: "count", touches: "count", cost_rows: "count",
  customers_lost: "count", customers_won: "count",
  cohort_customers: "count", maturity_share: "share", expected_customers: "count", expected_cohort_cac: "money",
  roi: "change", first_deal_roi: "change", cac_if_unclear_shared: "money", cac_maturity_share: "share",
  ltv_subscriptions: "money", ltv_purchases: "money", nrr_annualised: "share", grr_annualised: "share",
};

// What a column shows: `cac_low` and `cac_change` are of `cac`.
const metricOf = (column) => column.replace(/_(low|high|change)$/, "").replace(/^ltv_cac$/, "ltv_cac_ratio");

const formatOf = (column) => (column.endsWith("_change") ? "change" : METRICS[metricOf(column)]);

const stem = (column) => column.replace(/_ratio$/, "");
const label = (column) => text(`metric.${column}`);

function sourceLabel(name) {
  const row = source(name);
  const own = row && (state.lang === "fr" ? row.get("source_label_fr") : row.get("source_label"));
  return own || name;
}

// A name from the data: its direction is its own.
const name = (words) => h("bdi", null, words ?? NOTHING);

// One figure of a mart. Row and column are on the element, so that it can be compared with the mart.
function figure(row, column, options = {}) {
  if (row === null) return h("span", { class: "num nothing" }, NOTHING);
  const kind = options.format ?? formatOf(column);
  const shown = format(kind, row.get(column));
  const element = h(
    "span",
    {
      class: `num ${options.class ?? ""}`, "data-set": row.set.name, "data-key": row.key.join("|"), "data-column": column,
      "data-kind": kind,
    },
    shown,
  );
  return withTip(element, () => figureTip(row, column, shown));
}

function figureTip(row, column, shown) {
  const base = metricOf(column);
  const interval = intervalWords(row, base);
  return [
    `${label(base)}: ${shown}`,
    interval && text("tip.interval", interval),
    text(`metric.${base}.is`),
    grainWords(row),
  ];
}

function intervalWords(row, column) {
  const ends = [`${stem(column)}_low`, `${stem(column)}_high`];
  if (!ends.every((end) => row.has(end))) return null;
  const [low, high] = ends.map((end) => row.get(end));
  if (low === null && high === null) return null;
  const kind = formatOf(column);
  return { low: format(kind, low), high: high === null ? "∞" : format(kind, high) };
}

// The grain of a row: what its key says.
function grainWords(row) {
  const words = row.set.key.map((column) => keyWord(column, row.get(column), row)).filter(Boolean);
  return words.length ? text("tip.grain", { grain: words.join(" · ") }) : null;
}

function keyWord(column, value, row) {
  if (value === null || (value === ANY && column !== "source" && column !== "cohort")) return null;
  if (column === "period_kind") return null;
  if (column === "quarter" && row.has("period_kind")) return periodName(row.get("period_kind"), value);
  if (column === "quarter" || column === "cohort") return value === ANY ? text("retention.all_cohorts") : quarterName(value);
  if (column === "period_start") return monthName(value);
  if (column === "attribution_model") return text(`model.${value}`);
  if (column === "category") return text(`category.${value}`);
  if (column === "source_type") return text(`type.${value}`);
  if (column === "source") return value === ANY ? text("all_sources") : sourceLabel(value);
  if (column.endsWith("_source")) return sourceLabel(value);
  if (column === "step") return text(`step.${value}`);
  if (column === "month_number") return text("month_n", { n: value });
  return String(value);
}

function periodName(kind, quarter) {
  if (kind === "all") return text("period.all");
  return kind === "window" ? text("period.window", { quarter: quarterName(quarter) }) : quarterName(quarter);
}

const COST_METRICS = ["cpl", "cost_per_mql", "cost_per_sql", "cost_per_opportunity", "cac", "payback_months", "expected_cohort_cac"];

// A source without a cost on record is not free: its cost is not known.
const isUnpriced = (row, column) => row !== null && COST_METRICS.includes(column) && row.get("investment") === 0;

const unpriced = () => h("span", { class: "nothing" }, text("no_cost"));

// A figure with its interval below it.
function estimate(row, column, options = {}) {
  if (isUnpriced(row, column)) return unpriced();
  return h("span", { class: "estimate" }, figure(row, column, options), range(row, column));
}

function range(row, column) {
  if (row === null) return null;
  const [low, high] = [`${stem(column)}_low`, `${stem(column)}_high`];
  if (row.get(low) === null && row.get(high) === null) return null;
  const end = (side) => (row.get(side) === null ? "∞" : figure(row, side));
  return h("span", { class: "range" }, end(low), " – ", end(high));
}

// As long as customers are still to come, what one costs is not final: said in words, with the share that has come.
const isYoung = (row, share) => row !== null && row.get(share) !== null && row.get(share) < page.vars.cohort_min_maturity;
const notFinal = (row, share) => isYoung(row, share) && h("span", { class: "mini" }, filled("not_final", { share: () => figure(row, share) }));

// What something costs, and whether that is final.
const costEstimate = (row, cost) => [estimate(row, cost), cost === "cac" && !isUnpriced(row, cost) && notFinal(row, "cac_maturity_share")];

// LTV:CAC on a log scale: the interval as a bar, the ratio as a dot, break-even and healthy as marks.
const SCALE = { from: 0.1, to: 30, width: 132, height: 26 };

function scaled(value) {
  const inside = Math.min(Math.max(value, SCALE.from), SCALE.to);
  return 4 + ((SCALE.width - 8) * Math.log(inside / SCALE.from)) / Math.log(SCALE.to / SCALE.from);
}

function verdictClass(low, high) {
  if (low !== null && low >= page.vars.ltv_cac_healthy) return "good";
  if (high !== null && high < page.vars.ltv_cac_break_even) return "bad";
  return "open";
}

function ratioBar(row) {
  const [low, high, ratio] = ["ltv_cac_low", "ltv_cac_high", "ltv_cac_ratio"].map((column) => row?.get(column) ?? null);
  const mark = (value) => h("line", { class: "mark", x1: scaled(value), x2: scaled(value), y1: 1, y2: SCALE.height - 1 });
  const parts = [h("line", { class: "axis", x1: 0, x2: SCALE.width, y1: 13, y2: 13 }), mark(page.vars.ltv_cac_break_even), mark(page.vars.ltv_cac_healthy)];
  if (low !== null && high !== null) {
    parts.push(h("rect", { class: `span ${verdictClass(low, high)}`, x: scaled(low), y: 9, height: 8, rx: 4, width: Math.max(scaled(high) - scaled(low), 3) }));
  }
  if (ratio !== null) parts.push(h("circle", { class: `dot ${verdictClass(low, high)}`, cx: scaled(ratio), cy: 13, r: 4.5 }));
  return h("svg", { class: "ratio", viewBox: `0 0 ${SCALE.width} ${SCALE.height}`, width: SCALE.width, height: SCALE.height, "aria-hidden": "true" }, parts);
}

// A share as a bar, with its interval as a line.
function shareBar(row, column) {
  const value = row.get(column) ?? 0;
  const [low, high] = [`${column}_low`, `${column}_high`].map((end) => (row.has(end) ? row.get(end) : null));
  const at = (share) => 100 * Math.min(Math.max(share, 0), 1);
  return h("span", { class: "share", "aria-hidden": "true" },
    h("span", { class: "fill", style: `width:${at(value)}%` }),
    low !== null && h("span", { class: "whisker", style: `left:${at(low)}%;width:${at(high) - at(low)}%` }));
}

const pill = (kind) => h("span", { class: `pill ${kind}` }, text(`recommendation.${kind}`));

function help(metric) {
  const button = h("button", { type: "button", class: "help", "aria-label": `${label(metric)}: ${text(`metric.${metric}.is`)}` }, "?");
  return withTip(button, () => [label(metric), text(`metric.${metric}.is`), text(`interval.${intervalKind(metric)}`)]);
}

function intervalKind(metric) {
  if (["cpl", "cost_per_mql", "cost_per_sql", "cost_per_opportunity", "cac"].includes(metric)) return "cost";
  if (["rate", "retention", "lead_to_customer_rate"].includes(metric)) return "wilson";
  if (["projected_ltv", "ltv_cac_ratio"].includes(metric)) return "value";
  if (["expected_customers", "expected_cohort_cac"].includes(metric)) return "expected";
  if (metric === "roi") return "return";
  return "none";
}

const currency = () => h("small", null, ` ${page.vars.reporting_currency}`);

// The head of a column of one metric.
const metricHead = (metric) => ({ head: [label(metric), formatOf(metric) === "money" && currency()], help: metric });

// What the marks of a chart are: pairs of a mark's class and its words.
const legend = (...marks) => h("p", { class: "legend" }, marks.filter(Boolean).map(([mark, words]) => h("span", null, h("span", { class: `key ${mark}` }), words)));

const limitMark = (limit, mark = "limit") => [mark, `${text("wrong.threshold")} ${format("share", limit)}`];

// A section: heading, what it answers, on what it rests, and its content.
function section(id, content, basis = null) {
  return h("section", { id, "aria-labelledby": `${id}-title` },
    h("header", null,
      h("h2", { id: `${id}-title` }, text(`${id}.title`)),
      h("p", { class: "lead" }, text(`${id}.lead`)),
      basis && h("p", { class: "basis" }, basis)),
    content);
}

const missing = (what) => h("div", { class: "missing" }, h("p", null, h("strong", null, text(`missing.${what}`))), h("p", null, text(`missing.${what}.how`)));

// Columns: {head, cell(row), number, sort(row)}. A heading is a button where the column can be sorted.
function table(columns, rows, options = {}) {
  const body = h("tbody");
  const fill = (ordered) => body.replaceChildren(...ordered.map((row) => tableRow(columns, row)));
  const heads = columns.map((column, place) => h("th", { scope: "col", class: column.number ? "n" : null },
    column.sort ? h("button", { type: "button", class: "sort", title: text("sort"), onclick: () => sortBy(place) }, column.head) : column.head,
    column.help && help(column.help)));
  let turned = null;
  const sortBy = (place) => {
    const down = turned?.place === place ? !turned.down : true;
    turned = { place, down };
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads[place].setAttribute("aria-sort", down ? "descending" : "ascending");
    fill([...rows].sort(comparing(columns[place].sort, down)));
  };
  fill(rows);
  return h("div", { class: `scroll ${options.class ?? ""}`, tabindex: "0", role: "region", "aria-label": text("table_of", { title: options.caption }) },
    h("table", null,
      h("caption", { class: options.caption && !options.showCaption ? "unseen" : null }, options.caption ?? ""),
      h("thead", null, h("tr", null, heads)), body,
      options.total && h("tfoot", null, tableRow(columns, options.total))));
}

function tableRow(columns, row) {
  return h("tr", { class: row.class ?? null }, columns.map((column, place) => {
    const cell = column.cell(row);
    return place === 0 ? h("th", { scope: "row" }, cell) : h("td", { class: column.number ? "n" : null }, cell);
  }));
}

// Nothing comes last, whichever way.
function comparing(value, down) {
  return (left, right) => {
    const [a, b] = [value(left), value(right)];
    if (a === null || b === null) return (a === null) - (b === null);
    const order = typeof a === "string" ? a.localeCompare(b, state.lang) : a - b;
    return down ? -order : order;
  };
}

// The table behind a chart.
const behind = (content) => h("details", { class: "behind" }, h("summary", null, text("show_table")), content);

// The first of a list; the others can be opened.
function firstOf(items, shown) {
  const rest = items.slice(shown);
  return [
    h("ol", null, items.slice(0, shown)),
    rest.length > 0 && h("details", { class: "more" }, h("summary", null, text("n_more", { n: rest.length })), h("ol", null, rest)),
  ];
}
