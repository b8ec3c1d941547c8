// Source by source: economics, funnel, models, concentration, retention, trend, matrix.
const basisOfPeriod = (withModel = true) => [periodName(...periodKey()), withModel && text(`model.${state.model}`)].filter(Boolean).join(" · ");

const sourceCell = (row) => h("span", { class: "who" }, name(sourceLabel(row.get("source"))), h("small", null, text(`category.${row.get("category")}`)));
const totalCell = (row) => (row.isTotal ? h("span", { class: "who" }, name(scopeName()), h("small", null, text("together"))) : sourceCell(row));

// Rows of kept sources, and the row of them together.
function rowsAndTotal(find) {
  const rows = keptSources().map((row) => find(scopeOf(row))).filter(Boolean);
  const found = state.source === ANY && rows.length > 1 ? find(scope()) : null;
  const total = found && Object.assign(Object.create(found), { isTotal: true, class: "total" });
  return { rows, total };
}

function economics() {
  const { count, cost } = CONVERSIONS[state.conversion];
  const { rows, total } = rowsAndTotal((key) => performance(key));
  if (!rows.length) return section("sources", missing(page.data.performance.rows.length ? "period" : "data"), basisOfPeriod());
  rows.sort(comparing((row) => row.get("ltv_cac_low"), true));
  const plain = (metric) => ({ ...metricHead(metric), number: true, cell: (row) => (isUnpriced(row, metric) ? unpriced() : figure(row, metric)), sort: (row) => row.get(metric) });
  const judged = (row) => (row.isTotal ? null : verdict(row.get("source"))?.get("recommendation") ?? null);
  const counts = [...new Set(["leads", count, "customers"])];
  const columns = [
    { head: text("source"), cell: totalCell, sort: (row) => sourceLabel(row.get("source")) },
    { head: text("recommendation"), cell: (row) => judged(row) && pill(judged(row)), sort: judged },
    plain("investment"), ...counts.map(plain),
    { ...metricHead(cost), number: true, cell: (row) => costEstimate(row, cost), sort: (row) => row.get(cost) },
    { ...metricHead("ltv_cac_ratio"), number: true, cell: (row) => estimate(row, "ltv_cac_ratio"), sort: (row) => row.get("ltv_cac_low") },
    { head: ratioHead(), cell: ratioBar },
    plain("payback_months"),
  ];
  return section("sources", [table(columns, rows, { caption: text("sources.title"), total, class: "wide" }), !anyCosts() && missing("costs")], basisOfPeriod());
}

// The leads of the period: the customers so far, and those expected in the end.
function maturity() {
  const { rows, total } = rowsAndTotal((key) => page.data.cohorts.find(...periodKey(), ...key, state.model));
  if (!rows.length) return section("maturity", missing(page.data.cohorts.rows.length ? "period" : "data"), basisOfPeriod());
  rows.sort(comparing((row) => row.get("expected_customers"), true));
  const plain = (metric) => ({ ...metricHead(metric), number: true, cell: (row) => (isUnpriced(row, metric) ? unpriced() : figure(row, metric)), sort: (row) => row.get(metric) });
  const columns = [
    { head: text("source"), cell: totalCell, sort: (row) => sourceLabel(row.get("source")) },
    plain("investment"), plain("cohort_customers"),
    { ...metricHead("maturity_share"), number: true, cell: (row) => h("span", { class: "estimate" }, figure(row, "maturity_share"), row.get("maturity_share") !== null && shareBar(row, "maturity_share")), sort: (row) => row.get("maturity_share") },
    { ...metricHead("expected_customers"), number: true, cell: (row) => estimate(row, "expected_customers"), sort: (row) => row.get("expected_customers") },
    { ...metricHead("expected_cohort_cac"), number: true, cell: (row) => [estimate(row, "expected_cohort_cac"), !isUnpriced(row, "expected_cohort_cac") && young(row)], sort: (row) => row.get("expected_cohort_cac") },
    { ...metricHead("roi"), number: true, cell: (row) => estimate(row, "roi"), sort: (row) => row.get("roi") },
    plain("first_deal_roi"),
  ];
  return section("maturity", [table(columns, rows, { caption: text("maturity.title"), total, class: "wide" }), cohortMonths()], basisOfPeriod());
}

const young = (row) => !row.get("is_mature") && h("span", { class: "mini" }, text("young"));

// Month by month of the leads, for the whole scope.
function cohortMonths() {
  const key = scope();
  const rows = page.data.cohort_months.where((row) => row.get("attribution_model") === state.model && key.every((part, place) => row.get(SCOPE[place]) === part))
    .sort((a, b) => a.get("period_start").localeCompare(b.get("period_start")));
  const month = (row) => day(row.get("period_start"), { month: "long", year: "numeric" });
  const values = rows.map((row) => ({
    when: monthName(row.get("period_start")), customers: row.get("cohort_customers"), young: !row.get("is_mature"),
    expected: row.get("expected_customers"), low: row.get("expected_customers_low"), high: row.get("expected_customers_high"),
    tip: tipOf(month(row), `${label("cohort_customers")}: ${format("count", row.get("cohort_customers"))}`, `${label("maturity_share")}: ${format("share", row.get("maturity_share"))}`, `${label("expected_customers")}: ${format("count", row.get("expected_customers"))}`, intervalWords(row, "expected_customers") && text("tip.interval", intervalWords(row, "expected_customers"))),
  }));
  if (!values.some((row) => row.expected)) return null;
  const plain = (metric) => ({ ...metricHead(metric), number: true, cell: (row) => figure(row, metric) });
  const columns = [{ head: text("month"), cell: month }, plain("cohort_customers"), plain("maturity_share"), { ...metricHead("expected_customers"), number: true, cell: (row) => [estimate(row, "expected_customers"), young(row)] }];
  return [
    h("h3", null, text("maturity.months")), h("p", { class: "basis" }, `${scopeName()} · ${text(`model.${state.model}`)}`),
    legend(["bar", label("cohort_customers")], ["interval", text("maturity.expected")]),
    chart((width) => cohortSpec(values, width), text("maturity.chart")),
    behind(table(columns, rows, { caption: text("maturity.months") })),
  ];
}

function ratioHead() {
  const mark = (value) => h("span", { class: "at", style: `left:${scaled(value)}px` }, format("figure", value));
  return h("span", { class: "scale" }, h("span", { class: "unseen" }, text("interval_bar")), mark(page.vars.ltv_cac_break_even), mark(page.vars.ltv_cac_healthy));
}

const STEPS = ["lead_to_mql", "mql_to_sql", "sql_to_opportunity", "opportunity_to_customer", "lead_to_customer"];

function funnel() {
  const step = (key, which) => page.data.funnel.find(...periodKey(), ...key, which);
  const { rows, total } = rowsAndTotal((key) => step(key, STEPS[0]));
  if (!rows.length) return section("funnel", missing("leads"), basisOfPeriod(false));
  rows.sort(comparing((row) => row.get("entered"), true));
  const at = (row, which) => step(scopeOf(row), which);
  const columns = [
    { head: text("source"), cell: totalCell, sort: (row) => sourceLabel(row.get("source")) },
    { ...metricHead("leads"), number: true, cell: (row) => figure(row, "entered"), sort: (row) => row.get("entered") },
    ...STEPS.map((which) => ({
      head: h("span", { class: STEP_TO[state.conversion] === which ? "chosen" : null }, text(`step.${which}`)), number: true,
      cell: (row) => stepCell(at(row, which)), sort: (row) => at(row, which)?.get("rate") ?? null,
    })),
  ];
  return section("funnel", [table(columns, rows, { caption: text("funnel.title"), total, class: "wide" }), !anyDeals() && missing("deals")], basisOfPeriod(false));
}

function stepCell(row) {
  if (!row || row.get("rate") === null) return h("span", { class: "nothing" }, NOTHING);
  return h("span", { class: "estimate" },
    h("span", { class: "num" }, figure(row, "rate"), h("small", null, " ", figure(row, "reached"), "/", figure(row, "entered"))),
    shareBar(row, "rate"), range(row, "rate"));
}

function modelComparison() {
  const { count } = CONVERSIONS[state.conversion];
  const names = models();
  const rows = keptSources().map((row) => ({ row, by: new Map(names.map((model) => [model, performance(scopeOf(row), model)])) }))
    .filter(({ by }) => [...by.values()].some((found) => found && found.get(count) > 0));
  const basis = `${label(count)} · ${periodName(...periodKey())}`;
  if (!rows.length) return section("models", missing("conversions"), basis);
  const chosen = ({ by }) => by.get(state.model)?.get(count) ?? 0;
  rows.sort((a, b) => chosen(b) - chosen(a));
  const drawnRows = rows.slice(0, 25);
  const values = drawnRows.flatMap(({ row, by }) => names.filter((model) => by.get(model)).map((model) => ({
    source: sourceLabel(row.get("source")), value: by.get(model).get(count), chosen: model === state.model,
    tip: tipOf(sourceLabel(row.get("source")), `${text(`model.${model}`)}: ${format("count", by.get(model).get(count))}`),
  })));
  const order = drawnRows.map(({ row }) => sourceLabel(row.get("source")));
  const columns = [
    { head: text("source"), cell: ({ row }) => sourceCell(row) },
    ...names.map((model) => ({
      head: h("span", { class: model === state.model ? "chosen" : null }, text(`model.${model}`)), number: true,
      cell: ({ row, by }) => h("span", { class: "estimate" }, figure(by.get(model), count), modelVerdict(row, model)),
      sort: ({ by }) => by.get(model)?.get(count) ?? null,
    })),
  ];
  return section("models", [
    legend(["chosen", text(`model.${state.model}`)], ["", text("models.others")]),
    chart((width) => modelSpec(values, order, width, label(count)), text("models.chart", { metric: label(count) })),
    behind(table(columns, rows, { caption: text("models.title"), class: "wide" })),
  ], basis);
}

function modelVerdict(row, model) {
  const kind = verdict(row.get("source"), model)?.get("recommendation");
  return kind ? h("span", { class: `mini ${kind}` }, text(`recommendation.${kind}`)) : null;
}

const MEASURE_OF = { lead: "leads", mql: "leads", sql: "leads", opportunity: "pipeline", customer: "pipeline" };

function concentration() {
  const measure = MEASURE_OF[state.conversion];
  const dimension = state.source === ANY && state.type === ANY ? "source" : "source_type";
  const rows = (which, by) => page.data.dependence.where((row) => row.get("measure") === which && row.get("dimension") === by && row.get("share") !== null)
    .sort((a, b) => b.get("share") - a.get("share"));
  const shown = rows(measure, "source");
  const basis = text("concentration.basis", { measure: text(`measure.${measure}`) });
  if (!shown.length) return section("concentration", missing(anyDeals() ? "pipeline" : "deals"), basis);
  const [first] = shown;
  const values = shown.slice(0, 12).map((row) => ({ name: sourceLabel(row.get("value")), share: row.get("share"), tip: tipOf(sourceLabel(row.get("value")), format("share", row.get("share"))) }));
  const columns = (by) => [
    { head: text(by === "source" ? "source" : by === "category" ? "category" : "type"), cell: (row) => name(dimensionLabel(by, row.get("value"))) },
    { head: [text(`measure.${measure}`), measure !== "leads" && currency()], number: true, cell: (row) => figure(row, "amount", { format: measure === "leads" ? "count" : "money" }), sort: (row) => row.get("amount") },
    { ...metricHead("share"), number: true, cell: (row) => h("span", { class: "estimate" }, figure(row, "share"), shareBar(row, "share")), sort: (row) => row.get("share") },
  ];
  return section("concentration", [
    h("p", { class: "headline" }, filled("concentration.first", { source: () => name(sourceLabel(first.get("value"))), share: () => figure(first, "share"), index: () => figure(first, "herfindahl"), measure: () => text(`measure.${measure}`) }), help("herfindahl")),
    legend(limitMark(page.vars.pipeline_share_threshold, "limit bad")),
    chart((width) => sharesSpec(values, page.vars.pipeline_share_threshold, width), text("concentration.chart", { measure: text(`measure.${measure}`) })),
    behind(["source", "source_type", "category"].map((by) => table(columns(by), rows(measure, by), { caption: text(`concentration.by_${by}`), showCaption: true }))),
  ], basis);
}

function dimensionLabel(dimension, value) {
  if (dimension === "source") return sourceLabel(value);
  return text(`${dimension === "category" ? "category" : "type"}.${value}`);
}

function retention() {
  const key = scope();
  const curve = page.data.retention.where((row) => row.get("cohort") === ANY && key.every((part, place) => row.get(SCOPE[place]) === part));
  const basis = `${scopeName()} · ${text("retention.basis")}`;
  if (!curve.length) return section("retention", missing("customers"), basis);
  curve.sort((a, b) => a.get("month_number") - b.get("month_number"));
  const values = curve.map((row) => ({
    month: row.get("month_number"), retention: row.get("retention"), low: row.get("retention_low"), high: row.get("retention_high"),
    tip: tipOf(text("month_n", { n: row.get("month_number") }), `${label("retention")}: ${format("share", row.get("retention"))}`, text("tip.interval", intervalWords(row, "retention"))),
  }));
  return section("retention", [
    chart((width) => retentionSpec(values, width, text("retention.months")), text("retention.chart")),
    cohorts(key), valuesBySource(),
  ], basis);
}


// One row per cohort; a column for every month, then every third one.
function cohorts(key) {
  const found = page.data.retention.where((row) => key.every((part, place) => row.get(SCOPE[place]) === part));
  const names = [...new Set(found.map((row) => row.get("cohort")))].filter((cohort) => cohort !== ANY).sort();
  const months = [...new Set(found.map((row) => row.get("month_number")))].sort((a, b) => a - b).filter((month) => month <= 3 || month % 3 === 0);
  const at = (cohort, month) => page.data.retention.find(cohort, ...key, month);
  const columns = [
    { head: text("retention.cohort"), cell: (cohort) => (cohort === ANY ? text("retention.all_cohorts") : quarterName(cohort)) },
    { ...metricHead("customers"), number: true, cell: (cohort) => figure(at(cohort, 0), "customers") },
    ...months.map((month) => ({ head: text("month_short", { n: month }), number: true, cell: (cohort) => heatCell(at(cohort, month), cohort === ANY ? null : at(cohort, 0)) })),
  ];
  return [h("h3", null, text("retention.cohorts")), h("p", { class: "basis" }, text("retention.part")), table(columns, [...names, ANY], { caption: text("retention.cohorts"), class: "heat" })];
}

// A cell is pale where some of the cohort are not that old yet.
function heatCell(row, whole) {
  if (!row) return null;
  const shown = figure(row, "retention");
  if (whole && row.get("customers") < whole.get("customers")) return h("span", { class: "heat part" }, shown);
  return h("span", { class: "heat", style: `--heat:${100 * row.get("retention")}%` }, shown);
}

function valuesBySource() {
  const rows = page.data.values.where((row) => row.get("attribution_model") === state.model && isKeptSource(row.get("source")) && row.get("customers") > 0);
  rows.sort((a, b) => b.get("customers") - a.get("customers"));
  if (!rows.length) return null;
  const plain = (metric) => ({ ...metricHead(metric), number: true, cell: (row) => figure(row, metric), sort: (row) => row.get(metric) });
  const columns = [
    { head: text("source"), cell: (row) => sourceCell(source(row.get("source"))), },
    plain("customers"), plain("average_contract_value"),
    { ...metricHead("projected_ltv"), number: true, cell: (row) => estimate(row, "projected_ltv"), sort: (row) => row.get("projected_ltv") },
    { head: [text("retention.ways"), currency()], number: true, cell: waysOfPaying },
    plain("churn_rate"),
    ...["nrr", "grr"].map((metric) => ({ ...metricHead(metric), number: true, cell: (row) => yearOrAnnualised(row, metric), sort: (row) => row.get(metric) ?? row.get(`${metric}_annualised`) })),
  ];
  return [h("h3", null, text("retention.values")), h("p", { class: "basis" }, `${text("period.all")} · ${text(`model.${state.model}`)}`), table(columns, rows, { caption: text("retention.values"), class: "wide" })];
}

// The parts of LTV that are any.
function waysOfPaying(row) {
  const part = (metric) => row.get(metric) > 0 && h("span", { class: "range" }, text(`way.${metric}`), " ", figure(row, metric));
  return h("span", { class: "estimate" }, part("ltv_subscriptions"), part("ltv_purchases"));
}

// A source without customers of a year ago has the figure from month to month, marked.
function yearOrAnnualised(row, metric) {
  const annualised = `${metric}_annualised`;
  if (row.get(metric) !== null || row.get(annualised) === null) return figure(row, metric);
  return h("span", { class: "estimate" }, figure(row, annualised), h("span", { class: "mini" }, text("annualised")));
}

const isInPeriod = (month) => period() !== null && month >= period().get("period_start") && month <= period().get("period_end");

// Every month of a stretch, also one in which nothing happened.
function monthsFrom(first, last) {
  const months = [];
  for (let month = new Date(`${first}T00:00:00Z`); month <= new Date(`${last}T00:00:00Z`); month.setUTCMonth(month.getUTCMonth() + 1)) {
    months.push(month.toISOString().slice(0, 10));
  }
  return months;
}

function trend() {
  const { count, cost } = CONVERSIONS[state.conversion];
  const key = scope();
  const of = (rows) => rows.filter((row) => row.get("attribution_model") === state.model && key.every((part, place) => row.get(SCOPE[place]) === part));
  const months = of(page.data.months.rows).sort((a, b) => a.get("period_start").localeCompare(b.get("period_start")));
  const quarters = of(page.data.performance.where((row) => row.get("period_kind") === "quarter")).sort((a, b) => a.get("quarter").localeCompare(b.get("quarter")));
  const basis = `${scopeName()} · ${text(`model.${state.model}`)}`;
  if (!months.length) return section("trend", missing("data"), basis);
  const isYoungCost = (row) => cost === "cac" && isYoung(row, "cac_maturity_share");
  const monthly = months.map((row) => ({
    when: monthName(row.get("period_start")), inside: isInPeriod(row.get("period_start")), investment: row.get("investment"), result: row.get(count),
    tip: tipOf(day(row.get("period_start"), { month: "long", year: "numeric" }), `${label("investment")}: ${format("money", row.get("investment"))}`, `${label(count)}: ${format("count", row.get(count))}`),
  }));
  const isSpent = monthly.some((row) => row.investment);
  const isWon = monthly.some((row) => row.result);
  const lacking = [!anyCosts() && missing("costs"), !isWon && missing("conversions")];
  if (!isSpent && !isWon) return section("trend", lacking, basis);
  const quarterly = quarters.filter((row) => row.get(cost) !== null && !isUnpriced(row, cost)).map((row) => ({
    when: quarterName(row.get("quarter")), cost: row.get(cost), low: row.get(`${cost}_low`), high: row.get(`${cost}_high`), young: isYoungCost(row),
    tip: tipOf(quarterName(row.get("quarter")), `${label(cost)}: ${format("money", row.get(cost))}`, intervalWords(row, cost) && text("tip.interval", intervalWords(row, cost)), isYoungCost(row) && text("not_final", { share: format("share", row.get("cac_maturity_share")) })),
  }));
  const all = monthsFrom(months[0].get("period_start"), months[months.length - 1].get("period_start")).map(monthName);
  const words = { investment: `${label("investment")}, ${page.vars.reporting_currency}`, result: label(count), cost: text("trend.cost", { metric: label(cost), currency: page.vars.reporting_currency }) };
  const marks = [
    ...(monthly.every((row) => row.inside) ? [] : [["bar", periodName(...periodKey())], ["bar other", text("trend.others")]]),
    quarterly.length > 0 && ["interval", text("trend.interval")],
    quarterly.some((row) => row.young) && ["young", text("trend.young")],
  ];
  const plain = (metric) => ({ ...metricHead(metric), number: true, cell: (row) => figure(row, metric) });
  return section("trend", [
    legend(...marks),
    chart((width) => trendSpec(monthly, quarterly, all, width - 70, words), text("trend.chart", { metric: label(count) })),
    behind([
      table([{ head: text("month"), cell: (row) => day(row.get("period_start"), { month: "long", year: "numeric" }) }, plain("investment"), ...Object.values(CONVERSIONS).map((each) => plain(each.count))], months, { caption: text("trend.by_month"), showCaption: true }),
      table([{ head: text("quarter_head"), cell: (row) => quarterName(row.get("quarter")) }, plain("investment"), plain(count), { ...metricHead(cost), number: true, cell: (row) => costEstimate(row, cost) }], quarters, { caption: text("trend.by_quarter"), showCaption: true }),
    ]),
    lacking,
  ], basis);
}

const TRAITS = { volume: ["lead_share"], quality: ["lead_to_customer_rate"], speed: ["median_days_to_customer"], cost: ["cost_per_lead"] };

function matrix() {
  const types = new Set(keptSources().map((row) => row.get("source_type")));
  const rows = page.data.matrix.where((row) => types.has(row.get("source_type")));
  if (!rows.length) return section("matrix", missing("leads"), text("matrix.basis"));
  const columns = [
    { head: text("type"), cell: (row) => text(`type.${row.get("source_type")}`) },
    { ...metricHead("leads"), number: true, cell: (row) => figure(row, "leads") },
    ...Object.entries(TRAITS).map(([trait, [metric]]) => ({ head: [text(`trait.${trait}`), formatOf(metric) === "money" && currency()], cell: (row) => traitCell(row, trait, metric) })),
  ];
  return section("matrix", table(columns, rows, { caption: text("matrix.title"), class: "wide" }), text("matrix.basis"));
}

function traitCell(row, trait, metric) {
  const measured = row.get(trait === "cost" ? "cost_level" : trait);
  const expected = row.get(`textbook_${trait}`);
  const level = (value) => (value === null ? NOTHING : text(`level.${trait}.${value}`));
  return h("span", { class: "trait" },
    h("span", { class: `level ${measured !== null && expected !== null && measured !== expected ? "differs" : ""}` }, level(measured), measured !== null && h("small", null, " ", figure(row, metric))),
    h("small", null, text("matrix.textbook", { level: level(expected) })));
}
