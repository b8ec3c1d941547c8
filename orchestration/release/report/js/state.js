// What is looked at. The address keeps it, so that a view can be sent; what is not in the address is the default.
const ANY = "all";
const CONVERSIONS = {
  lead: { count: "leads", cost: "cpl" },
  mql: { count: "mqls", cost: "cost_per_mql" },
  sql: { count: "sqls", cost: "cost_per_sql" },
  opportunity: { count: "opportunities", cost: "cost_per_opportunity" },
  customer: { count: "customers", cost: "cac" },
};
const SCOPE = ["category", "source_type", "source"];
const STEP_TO = { mql: "lead_to_mql", sql: "mql_to_sql", opportunity: "sql_to_opportunity", customer: "opportunity_to_customer" };
const FILTERS = ["period", "category", "type", "source", "model", "conversion"];
const state = { lang: "en", theme: "auto" };
let defaults = {};

function readDefaults() {
  const windows = page.data.periods.where((row) => row.get("period_kind") === "window" && row.get("is_over"));
  const [last] = windows.slice(-1);
  defaults = {
    period: last ? periodId(last) : "all",
    category: ANY,
    type: ANY,
    source: ANY,
    model: page.vars.default_attribution_model,
    conversion: "customer",
    lang: (navigator.language || "en").startsWith("fr") ? "fr" : "en",
    theme: "auto",
  };
}

const periodId = (row) => (row.get("period_kind") === "all" ? "all" : `${row.get("period_kind")}.${row.get("quarter")}`);

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  const allowed = choices();
  for (const [name, preset] of Object.entries(defaults)) {
    const value = given.get(name);
    state[name] = value !== null && allowed[name].includes(value) ? value : preset;
  }
  // An address may name what its wider choices exclude: the page shows what its filters say.
  if (!page.data.sources.rows.some((row) => isKept(row, ["category", "source_type"]))) state.type = ANY;
  if (!page.data.sources.rows.some((row) => isKept(row))) state.source = ANY;
}

function choices() {
  const distinct = (column) => [ANY, ...new Set(page.data.sources.rows.map((row) => row.get(column)))];
  return {
    period: page.data.periods.rows.map(periodId),
    category: distinct("category"),
    type: distinct("source_type"),
    source: distinct("source"),
    model: models(),
    conversion: Object.keys(CONVERSIONS),
    lang: Object.keys(LOCALES),
    theme: ["auto", "light", "dark"],
  };
}

function address() {
  const kept = Object.keys(defaults).filter((name) => state[name] !== defaults[name]);
  return kept.length ? `#${new URLSearchParams(kept.map((name) => [name, state[name]]))}` : "#";
}

function change(values) {
  Object.assign(state, values);
  history.replaceState(null, "", address());
  readAddress();
  draw();
}

// Attribution models of the release, the project's own in their usual order, then custom ones.
function models() {
  const usual = ["first_touch", "last_touch", "linear", "position_based", "w_shaped", "full_path", "time_decay", "markov", "shapley", "uplift"];
  const found = new Set(page.data.performance.rows.map((row) => row.get("attribution_model")));
  const known = usual.filter((name) => found.has(name));
  return found.size ? [...known, ...[...found].filter((name) => !usual.includes(name)).sort()] : [page.vars.default_attribution_model];
}

const source = (name) => page.data.sources.find(name);

// The key of all sources that the filters keep; of one source, with its own category and type.
function scope() {
  const row = state.source === ANY ? null : source(state.source);
  return row ? scopeOf(row) : [state.category, state.type, ANY];
}

const scopeOf = (row) => [row.get("category"), row.get("source_type"), row.get("source")];

function isKept(row, columns = SCOPE) {
  const chosen = { category: state.category, source_type: state.type, source: state.source };
  return columns.every((column) => chosen[column] === ANY || row.get(column) === chosen[column]);
}

const keptSources = () => page.data.sources.where((row) => isKept(row));
const isKeptSource = (name) => source(name) !== null && isKept(source(name));

// The period's row, and its key in the datasets.
const period = () => page.data.periods.rows.find((row) => periodId(row) === state.period) ?? null;
const periodKey = () => (period() ? [period().get("period_kind"), period().get("quarter")] : [ANY, null]);

// Decisions are made by quarter: that of the period, or the last whole one.
function decisionQuarter() {
  const row = period();
  if (row && row.get("period_kind") !== "all") return row.get("quarter");
  const whole = page.data.periods.where((other) => other.get("period_kind") === "quarter" && other.get("is_over"));
  return whole.length ? whole[whole.length - 1].get("quarter") : row?.get("quarter") ?? null;
}

const performance = (scopeKey, model = state.model) => page.data.performance.find(...periodKey(), ...scopeKey, model);
const verdict = (name, model = state.model) => page.data.verdicts.find(decisionQuarter(), name, model);
