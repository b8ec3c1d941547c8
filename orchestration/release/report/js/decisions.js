// What to do: recommendations, headline figures, portfolio, budget moves.
const ACTIONS = ["double", "fix", "stop"];

function keptVerdicts() {
  const quarter = decisionQuarter();
  return page.data.verdicts.where((row) => row.get("quarter") === quarter && row.get("attribution_model") === state.model && isKeptSource(row.get("source")));
}

const nullLast = (value, otherwise) => (value === null ? otherwise : value);

function todo() {
  const verdicts = keptVerdicts();
  const basis = decisionQuarter() && text("todo.basis", { quarter: quarterName(decisionQuarter()), model: text(`model.${state.model}`) });
  if (!verdicts.length) return section("todo", missing(nothingToJudge()), basis);
  const of = (kind) => verdicts.filter((row) => row.get("recommendation") === kind);
  const strength = {
    double: (row) => -nullLast(row.get("ltv_cac_low"), -1),
    fix: (row) => nullLast(row.get("ltv_cac_low"), -1),
    stop: (row) => nullLast(row.get("ltv_cac_high"), 99),
  };
  const cards = ACTIONS.map((kind) => {
    const rows = of(kind).sort((a, b) => strength[kind](a) - strength[kind](b));
    return h("div", { class: `card ${kind}` },
      h("h3", null, text(`recommendation.${kind}`), h("span", { class: "tally" }, format("count", rows.length))),
      h("p", { class: "gist" }, text(`todo.${kind}`)),
      rows.length ? firstOf(rows.map(todoItem), 4) : h("p", { class: "none" }, text("todo.none")));
  });
  const rest = ["keep", "insufficient_data"].filter((kind) => of(kind).length).map((kind) =>
    h("details", { class: "rest" },
      h("summary", null, pill(kind), " ", text(`todo.${kind}`, { n: of(kind).length })),
      h("ul", null, of(kind).map(todoItem))));
  return section("todo", [firstMove(), h("div", { class: "cards three" }, cards), rest], basis);
}

function todoItem(row) {
  const reason = row.get(state.lang === "fr" ? "recommendation_reason_fr" : "recommendation_reason");
  return h("li", null,
    h("div", { class: "item" }, h("strong", null, name(sourceLabel(row.get("source")))), row.get("ltv_cac_low") !== null && ratioBar(row)),
    h("p", { "data-set": "verdicts", "data-key": row.key.join("|"), "data-column": state.lang === "fr" ? "recommendation_reason_fr" : "recommendation_reason", "data-kind": "text" }, reason));
}

// The largest move of money, in one sentence.
function firstMove() {
  const [row] = keptMoves().sort((a, b) => b.get("amount") - a.get("amount"));
  if (!row) return null;
  const slots = {
    amount: () => [figure(row, "amount"), ` ${page.vars.reporting_currency}`], from: () => name(sourceLabel(row.get("from_source"))),
    to: () => name(sourceLabel(row.get("to_source"))), low: () => figure(row, "customers_won_low", { format: "about" }), high: () => figure(row, "customers_won", { format: "about" }),
    lost: () => figure(row, "customers_lost", { format: "about" }),
  };
  return h("p", { class: "headline" }, filled("todo.move", slots), " ", h("a", { href: "#", onclick: jump("moves") }, text("todo.all_moves")));
}

// A text whose placeholders are elements.
function filled(name_, slots) {
  return text(name_).split(/(\{\w+\})/).map((part) => (slots[part.slice(1, -1)] && part.startsWith("{") ? slots[part.slice(1, -1)]() : part));
}

const jump = (id) => (event) => {
  event.preventDefault();
  byId(id).scrollIntoView();
  byId(id).querySelector("h2").focus?.();
};

function nothingToJudge() {
  if (!page.data.performance.rows.length) return "data";
  return keptSources().length ? "verdicts" : "sources";
}

function headline() {
  const { count, cost } = CONVERSIONS[state.conversion];
  const row = performance(scope());
  if (!row) return section("headline", missing(page.data.performance.rows.length ? "period" : "data"));
  const metrics = ["investment", count, cost, "pipeline", "revenue", "ltv_cac_ratio"];
  const before = row.get("quarter_before") && page.data.performance.find(row.get("period_kind"), row.get("quarter_before"), ...scope(), state.model);
  const basis = text("headline.basis", { period: periodName(...periodKey()), scope: scopeName(), model: text(`model.${state.model}`) });
  return section("headline", [
    h("div", { class: "tiles" }, metrics.map((metric) => tile(row, metric, before))),
    !anyCosts() && missing("costs"), !anyDeals() && missing("deals"),
  ], basis);
}

function tile(row, metric, before) {
  const changed = row.get(`${stem(metric)}_change`);
  return h("div", { class: "tile" },
    h("h3", null, label(metric), formatOf(metric) === "money" && currency(), help(metric)),
    h("p", { class: "big" }, isUnpriced(row, metric) ? unpriced() : figure(row, metric)),
    row.has(`${stem(metric)}_low`) && !isUnpriced(row, metric) && h("p", { class: "sub" }, range(row, metric) && [text("interval_of"), " ", range(row, metric)]),
    metric === "cac" && !isUnpriced(row, metric) && notFinal(row, "cac_maturity_share"),
    h("p", { class: "sub" }, !before ? text("headline.no_before") : changed !== null && !isUnpriced(row, metric) &&
      [figure(row, `${stem(metric)}_change`, { format: "change" }), " ", text("headline.before", { period: periodName(row.get("period_kind"), row.get("quarter_before")) }), " (", figure(before, metric), ")"]));
}

function scopeName() {
  if (state.source !== ANY) return sourceLabel(state.source);
  const parts = [state.category !== ANY && text(`category.${state.category}`), state.type !== ANY && text(`type.${state.type}`)].filter(Boolean);
  return parts.length ? parts.join(" · ") : text("all_sources");
}

// Over all time and every source: whether anything was ever recorded.
const everything = () => page.data.performance.rows.find((row) => row.get("period_kind") === "all" && row.get("category") === ANY && row.get("source_type") === ANY && row.get("source") === ANY && row.get("attribution_model") === state.model);
const anyCosts = () => (everything()?.get("investment") ?? 0) > 0;
const anyDeals = () => (everything()?.get("opportunities") ?? 0) + (everything()?.get("customers") ?? 0) > 0;

function portfolio() {
  const quarter = decisionQuarter();
  const classes = page.data.balance.where((row) => row.get("quarter") === quarter);
  const basis = quarter && text("quarter_basis", { quarter: quarterName(quarter) });
  if (!classes.length) return section("portfolio", missing("portfolio"), basis);
  const order = ["core", "growing", "experimental"];
  classes.sort((a, b) => order.indexOf(a.get("portfolio_class")) - order.indexOf(b.get("portfolio_class")));
  const sources_ = page.data.portfolio.where((row) => row.get("quarter") === quarter && row.get("portfolio_class") !== null && isKeptSource(row.get("source")));
  sources_.sort((a, b) => order.indexOf(a.get("portfolio_class")) - order.indexOf(b.get("portfolio_class")) || b.get("investment") - a.get("investment"));
  const bars = h("div", { class: "classes" }, classes.map((row) => h("div", { class: "class" },
    h("h3", null, text(`class.${row.get("portfolio_class")}`), h("span", { class: "tally" }, text("n_sources", { n: format("count", row.get("sources")) }))),
    h("p", { class: "gist" }, text(`class.${row.get("portfolio_class")}.is`)),
    h("div", { class: "target" }, shareBar(row, "investment_share"), row.get("target_share") !== null && h("span", { class: "goal", style: `left:${100 * row.get("target_share")}%` })),
    h("p", { class: "sub" }, figure(row, "investment_share"), " ", text("portfolio.of_investment"), " · ", text("portfolio.target"), " ", figure(row, "target_share"), " · ", figure(row, "lead_share"), " ", text("portfolio.of_leads")))));
  const columns = [
    { head: text("source"), cell: (row) => [name(sourceLabel(row.get("source"))), row.get("is_new_source") && h("span", { class: "tag" }, text("new"))] },
    { head: text("portfolio.class"), cell: (row) => text(`class.${row.get("portfolio_class")}`) },
    { ...metricHead("investment"), number: true, cell: (row) => figure(row, "investment"), sort: (row) => row.get("investment") },
    { ...metricHead("investment_share"), number: true, cell: (row) => figure(row, "investment_share"), sort: (row) => row.get("investment_share") },
    { ...metricHead("leads"), number: true, cell: (row) => figure(row, "leads"), sort: (row) => row.get("leads") },
    { head: text("portfolio.growth"), number: true, cell: (row) => figure(row, "lead_growth_rate"), sort: (row) => row.get("lead_growth_rate") },
    { head: text("portfolio.months_live"), number: true, cell: (row) => figure(row, "months_live"), sort: (row) => row.get("months_live") },
  ];
  return section("portfolio", [bars, behind(table(columns, sources_, { caption: text("portfolio.title") })), !anyCosts() && missing("costs")], basis);
}

const keptMoves = () => page.data.moves.where((row) =>
  row.get("quarter") === decisionQuarter() && row.get("attribution_model") === state.model &&
  (isKeptSource(row.get("from_source")) || isKeptSource(row.get("to_source"))));

function moves() {
  const basis = decisionQuarter() && text("moves.basis", { quarter: quarterName(decisionQuarter()), model: text(`model.${state.model}`) });
  const rows = keptMoves().sort((a, b) => b.get("amount") - a.get("amount"));
  if (!rows.length) return section("moves", missing(anyCosts() ? "moves" : "costs"), basis);
  const columns = [
    { head: text("moves.from"), cell: (row) => name(sourceLabel(row.get("from_source"))) },
    { head: text("moves.to"), cell: (row) => [h("span", { class: "arrow", "aria-hidden": "true" }, "→\u00a0"), name(sourceLabel(row.get("to_source")))] },
    { ...metricHead("amount"), number: true, cell: (row) => figure(row, "amount"), sort: (row) => row.get("amount") },
    { ...metricHead("customers_lost"), number: true, cell: (row) => h("span", { class: "estimate" }, figure(row, "customers_lost"), h("span", { class: "range" }, text("at_most"), " ", figure(row, "customers_lost_high"))), sort: (row) => row.get("customers_lost") },
    { ...metricHead("customers_won"), number: true, cell: (row) => h("span", { class: "estimate" }, figure(row, "customers_won"), h("span", { class: "range" }, text("at_least"), " ", figure(row, "customers_won_low"))), sort: (row) => row.get("customers_won") },
  ];
  return section("moves", table(columns, rows, { caption: text("moves.title") }), basis);
}
