// What is wrong: failed checks with their offenders and the remedy; the audit of tracking.
function alarms() {
  if (!page.checks.some((check) => check.figure !== null)) return section("wrong", missing("data"));
  const failed = page.checks.filter((check) => !check.passed).sort((a, b) => a.severity.localeCompare(b.severity));
  const passed = page.checks.filter((check) => check.passed);
  const measured = passed.filter((check) => check.figure !== null).length;
  return section("wrong", [
    failed.length ? h("div", { class: "alarms" }, failed.map(alarm)) : h("p", { class: "headline good" }, text("wrong.nothing", { n: measured })),
    h("details", { class: "rest" }, h("summary", null, text("wrong.passed", { n: measured }), measured < passed.length && ` · ${text("wrong.unmeasured", { n: passed.length - measured })}`),
      table([
        { head: text("wrong.check"), cell: (check) => text(`check.${check.name}`) },
        { head: text("wrong.figure"), number: true, cell: (check) => (check.figure === null ? text("no_data") : checkFigure(check, "figure")) },
        { head: text("wrong.threshold"), number: true, cell: (check) => checkFigure(check, "threshold") },
      ], passed, { caption: text("wrong.passed", { n: measured }) })),
  ]);
}

const CHECKED_SHARES = new Set(["lead_source_coverage", "pipeline_concentration", "rejected_share", "sla_compliance", "portfolio_balance"]);

function checkFigure(check, which) {
  const shown = format(check[which] !== null && CHECKED_SHARES.has(check.name) ? "share" : "figure", check[which]);
  return h("span", { class: "num", "data-check": check.name, "data-column": which, "data-value": check[which] ?? "" }, shown);
}

function alarm(check) {
  return h("article", { class: `alarm ${check.severity.toLowerCase()}` },
    h("h3", null, text(`check.${check.name}`)),
    h("p", { class: "gist" }, filled(`check.${check.name}.is`, { figure: () => checkFigure(check, "figure"), threshold: () => checkFigure(check, "threshold") })),
    h("p", null, h("strong", null, text("wrong.remedy"), " "), text(`check.${check.name}.remedy`)),
    check.offenders && check.offenders.rows.length > 0 && h("details", null, h("summary", null, text("wrong.offenders", { n: check.offenders.total })), offenderTable(check)));
}

function offenderTable(check) {
  const { columns, rows, total } = check.offenders;
  const heads = columns.map((column, place) => ({
    head: [text(`column.${column}`), METRICS[column] === "money" && !columns.includes("currency") && currency()], number: rows.some((row) => typeof row[place] === "number"),
    cell: (row) => offenderCell(column, row[place]),
  }));
  return [table(heads, rows, { caption: text(`check.${check.name}`) }), total > rows.length && h("p", { class: "sub" }, text("n_more", { n: total - rows.length }))];
}

function offenderCell(column, value) {
  if (value === null) return NOTHING;
  if (typeof value === "number") return h("span", { class: "num" }, format(/_share$/.test(column) ? "share" : /ratio|ltv_cac/.test(column) ? "ratio" : "figure", value));
  if (column === "source" && source(value)) return name(sourceLabel(value));
  if (column === "quarter" && /^\d{4}-\d\d-\d\d$/.test(value)) return quarterName(value);
  if (/^\d{4}-\d\d$/.test(value)) return day(`${value}-01`, { month: "long", year: "numeric" });
  const known = [`value.${value}`, `type.${value}`].find(hasText);
  return name(known ? text(known) : value);
}

function tracking() {
  const rows = page.data.coverage.rows;
  const basis = text("tracking.basis");
  const all = page.data.coverage.find("all", "window");
  const ever = page.data.coverage.find("all", "all_time");
  if (!ever) return section("tracking", missing("leads"), basis);
  const by = (dimension) => rows.filter((row) => row.get("dimension") === dimension).sort((a, b) => b.get("unclear_leads") - a.get("unclear_leads"));
  const months = by("month").sort((a, b) => a.get("value").localeCompare(b.get("value")));
  const limit = page.vars.unclear_share_threshold;
  const values = months.map((row) => ({ when: monthName(`${row.get("value")}-01`), share: row.get("unclear_share"), tip: tipOf(monthName(`${row.get("value")}-01`), `${label("unclear_share")}: ${format("share", row.get("unclear_share"))}`) }));
  const columns = (dimension, words = (value) => value) => [
    { head: text(`tracking.${dimension}`), cell: (row) => name(words(row.get("value"))) },
    { ...metricHead("leads"), number: true, cell: (row) => figure(row, "leads"), sort: (row) => row.get("leads") },
    { head: text("tracking.unclear"), number: true, cell: (row) => figure(row, "unclear_leads"), sort: (row) => row.get("unclear_leads") },
    { ...metricHead("unclear_share"), number: true, cell: (row) => h("span", { class: "estimate" }, figure(row, "unclear_share"), shareBar(row, "unclear_share")), sort: (row) => row.get("unclear_share") },
  ];
  const entry = (value) => (hasText(`value.${value}`) ? text(`value.${value}`) : value);
  return section("tracking", [
    h("p", { class: "headline" }, all
      ? filled("tracking.shares", { share: () => figure(all, "unclear_share"), ever: () => figure(ever, "unclear_share"), n: () => figure(all, "unclear_leads"), of: () => figure(all, "leads"), limit: () => format("share", limit) })
      : filled("tracking.no_window", { ever: () => figure(ever, "unclear_share") })),
    legend(limitMark(limit)),
    chart((width) => monthlySharesSpec(values, limit, width), text("tracking.chart")),
    behind(table(columns("month", (value) => day(`${value}-01`, { month: "long", year: "numeric" })), months, { caption: text("tracking.month") })),
    h("div", { class: "pair" },
      by("entry_method").length > 0 && table(columns("entry_method", entry), by("entry_method"), { caption: text("tracking.by_entry_method"), showCaption: true }),
      by("owner").length > 0 && table(columns("owner", entry), by("owner").slice(0, 12), { caption: text("tracking.by_owner"), showCaption: true })),
    sharedCosts(), spellings(), unmapped(),
  ], basis);
}

// Customers of unclear sources belong to some known source: what it costs at most, and at least.
function sharedCosts() {
  const rows = keptSources().map((row) => performance(scopeOf(row))).filter((row) => row && row.get("cac_if_unclear_shared") > 0 && row.get("cac_if_unclear_shared") < row.get("cac"));
  if (!rows.length) return null;
  rows.sort(comparing((row) => row.get("cac"), false));
  const columns = [
    { head: text("source"), cell: sourceCell },
    ...["cac_if_unclear_shared", "cac"].map((metric) => ({ ...metricHead(metric), number: true, cell: (row) => figure(row, metric), sort: (row) => row.get(metric) })),
  ];
  return h("details", { class: "rest" }, h("summary", null, text("tracking.costs")), h("p", { class: "gist" }, text("tracking.costs.how")), h("p", { class: "basis" }, basisOfPeriod()), table(columns, rows, { caption: text("tracking.costs") }));
}

function unmapped() {
  const rows = page.data.unmapped.rows;
  if (!rows.length) return null;
  const written = (row) => page.data.unmapped.key.map((column) => row.get(column) && `${column} = ${row.get(column)}`).filter(Boolean).join(", ");
  const columns = [
    { head: text("tracking.written"), cell: (row) => name(written(row)) },
    ...["touches", "leads", "opportunities", "cost_rows"].map((column) => ({ head: label(column), number: true, cell: (row) => figure(row, column) })),
    { head: text("tracking.suggested"), cell: (row) => (row.get("suggested_source") ? name(sourceLabel(row.get("suggested_source"))) : NOTHING) },
  ];
  return h("details", { class: "rest" }, h("summary", null, text("tracking.unmapped", { n: rows.length })), h("p", { class: "gist" }, text("tracking.unmapped.how")), table(columns, rows, { caption: text("tracking.unmapped", { n: rows.length }) }));
}

function spellings() {
  const rows = page.data.spellings.rows;
  if (!rows.length) return null;
  const columns = [
    { head: text("tracking.finding"), cell: (row) => text(`finding.${row.get("finding")}`) },
    { head: text("tracking.field"), cell: (row) => row.get("field") ?? NOTHING },
    { head: text("tracking.written"), cell: (row) => name(row.get("written")) },
    { head: text("tracking.preferred"), cell: (row) => name(row.get("preferred")) },
    { head: label("sessions"), number: true, cell: (row) => figure(row, "sessions") },
  ];
  return h("details", { class: "rest" }, h("summary", null, text("tracking.spellings", { n: rows.length })), h("p", { class: "gist" }, text("tracking.spellings.how")), table(columns, rows, { caption: text("tracking.spellings", { n: rows.length }) }));
}
