// The page: header, filters, contents, sections; drawn again whenever the view changes.
const SECTIONS = [
  ["todo", todo], ["wrong", alarms], ["headline", headline], ["sources", economics], ["maturity", maturity], ["funnel", funnel],
  ["models", modelComparison], ["concentration", concentration], ["retention", retention], ["trend", trend],
  ["portfolio", portfolio], ["matrix", matrix], ["tracking", tracking], ["moves", moves], ["terms", terms],
];

function top() {
  const toggle = (name_, values) => h("div", { class: "switch", role: "group", "aria-label": text(`switch.${name_}`) }, values.map((value) =>
    h("button", { type: "button", "aria-pressed": String(state[name_] === value), lang: name_ === "lang" ? value : null, onclick: () => change({ [name_]: value }) }, text(`switch.${name_}.${value}`))));
  byId("top").replaceChildren(h("div", { class: "inner" },
    h("div", null,
      h("p", { class: "product" }, text("product")),
      h("h1", null, text("title")),
      h("p", { class: "asof" }, text("as_of", { date: day(page.as_of), currency: page.vars.reporting_currency }))),
    h("div", { class: "tools" }, toggle("lang", Object.keys(LOCALES)), toggle("theme", ["auto", "light", "dark"]),
      h("button", { type: "button", class: "plain", onclick: () => window.print() }, text("print")))));
}

function filters() {
  const options = {
    period: page.data.periods.rows.map((row) => row).reverse(), category: null,
  };
  const allowed = choices();
  const inCategory = (row) => state.category === ANY || row.get("category") === state.category;
  const inType = (row) => inCategory(row) && (state.type === ANY || row.get("source_type") === state.type);
  const values = {
    period: options.period.map(periodId),
    category: allowed.category,
    type: [ANY, ...new Set(page.data.sources.where(inCategory).map((row) => row.get("source_type")))],
    source: [ANY, ...page.data.sources.where(inType).map((row) => row.get("source"))],
    model: allowed.model,
    conversion: allowed.conversion,
  };
  const words = {
    period: (value) => periodLabel(value), category: (value) => text(value === ANY ? "all_categories" : `category.${value}`),
    type: (value) => text(value === ANY ? "all_types" : `type.${value}`), source: (value) => (value === ANY ? text("all_sources") : sourceLabel(value)),
    model: (value) => text(`model.${value}`), conversion: (value) => text(`conversion.${value}`),
  };
  const field = (name_) => h("label", null, h("span", null, text(`filter.${name_}`)),
    h("select", { name: name_, onchange: (event) => change({ ...wider(name_), [name_]: event.target.value }) },
      values[name_].map((value) => h("option", { value, selected: value === state[name_] }, words[name_](value)))));
  const changed = FILTERS.some((name_) => state[name_] !== defaults[name_]);
  byId("filters").replaceChildren(h("div", { class: "inner" }, FILTERS.map(field),
    h("div", { class: "actions" },
      h("button", { type: "button", class: "plain", disabled: !changed, onclick: () => change(Object.fromEntries(FILTERS.map((name_) => [name_, defaults[name_]]))) }, text("reset")),
      h("button", { type: "button", class: "plain", onclick: (event) => copyAddress(event.target) }, text("copy")))));
  byId("filters").setAttribute("aria-label", text("filters"));
}

// A wider choice drops a narrower one that it may exclude.
function wider(name_) {
  return { category: { type: ANY, source: ANY }, type: { source: ANY } }[name_] ?? {};
}

function periodLabel(id) {
  if (id === "all") return text("period.all");
  const [kind, quarter] = id.split(".");
  const over = page.data.periods.find(kind, quarter).get("is_over");
  return periodName(kind, quarter) + (over ? "" : ` (${text("to_date")})`);
}

async function copyAddress(button) {
  try {
    await navigator.clipboard.writeText(location.href);
    button.textContent = text("copied");
  } catch {
    button.textContent = text("copy_failed");
  }
}

function contents() {
  byId("contents").replaceChildren(h("ol", null, SECTIONS.map(([id]) => h("li", null, h("a", { href: "#", "data-to": id, onclick: jump(id) }, text(`${id}.short`))))));
  byId("contents").setAttribute("aria-label", text("contents"));
}

// The section that is read, marked in the contents.
const seen = new IntersectionObserver((entries) => {
  for (const entry of entries.filter((each) => each.isIntersecting)) {
    byId("contents").querySelectorAll("a").forEach((link) => link.toggleAttribute("aria-current", link.dataset.to === entry.target.id));
  }
}, { rootMargin: "-20% 0px -70% 0px" });

// Every figure's meaning in one table.
function terms() {
  const columns = [
    { head: text("terms.term"), cell: (metric) => label(metric) },
    { head: text("terms.definition"), cell: (metric) => text(`metric.${metric}.is`) },
    { head: text("terms.grain"), cell: (metric) => text(`grain.${grainOf(metric)}`) },
    { head: text("terms.interval"), cell: (metric) => text(`interval.${intervalKind(metric)}`) },
  ];
  const named = Object.keys(METRICS);
  return section("terms", h("details", null, h("summary", null, text("terms.show", { n: named.length })), table(columns, named, { caption: text("terms.title"), class: "prose" })));
}

const GRAINS = {
  funnel: ["entered", "reached", "rate"],
  retention: ["active_customers", "retention"],
  value: ["churn_rate", "nrr", "grr", "nrr_annualised", "grr_annualised", "ltv_subscriptions", "ltv_purchases", "average_contract_value"],
  window: ["share", "herfindahl", "unclear_leads", "unclear_share"],
  quarter: ["sources", "investment_share", "lead_share", "target_share", "lead_growth_rate", "months_live"],
  year: ["lead_to_customer_rate", "median_days_to_customer", "cost_per_lead"],
  ever: ["sessions", "touches", "cost_rows"],
  move: ["amount", "customers_lost", "customers_won"],
};

function grainOf(metric) {
  const found = Object.entries(GRAINS).find(([, metrics]) => metrics.includes(metric));
  return found ? found[0] : "performance";
}

function foot() {
  byId("foot").replaceChildren(h("div", { class: "inner" }, h("p", null, text("foot")), h("p", null, text("foot.interval"))));
}

function draw() {
  document.documentElement.lang = state.lang;
  document.documentElement.dataset.theme = state.theme;
  document.title = `${text("title")} – ${text("product")}`;
  drawn = [];
  hideTip();
  const focused = document.activeElement?.closest?.("select")?.name;
  const open = new Set([...document.querySelectorAll("main section")].filter((part) => part.querySelector(":scope > details.behind")?.open).map((part) => part.id));
  top();
  filters();
  contents();
  byId("main").replaceChildren(...SECTIONS.map(([, build]) => build()));
  seen.disconnect();
  document.querySelectorAll("main section").forEach((part) => seen.observe(part));
  for (const id of open) byId(id).querySelector(":scope > details.behind")?.setAttribute("open", "");
  foot();
  document.querySelectorAll("[data-text]").forEach((element) => (element.textContent = text(element.dataset.text)));
  if (focused) byId("filters").elements[focused]?.focus();
  document.documentElement.dataset.drawn = state.lang;
  requestAnimationFrame(() => setTimeout(drawAll));
}

async function drawAll() {
  await drawCharts();
  document.documentElement.dataset.charts = "drawn";
}

async function start() {
  await readPage();
  readDefaults();
  readAddress();
  watchTips();
  draw();
  window.addEventListener("hashchange", () => (readAddress(), draw()));
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth === width) return;
    width = window.innerWidth;
    clearTimeout(redraw);
    redraw = setTimeout(draw, 200);
  });
}

let redraw = null;
start();
