// How figures and dates are written. Nothing is computed: the same figure, rounded for the eye.
const LOCALES = { en: "en-GB", fr: "fr-FR" };
const NOTHING = "–";
const formatters = new Map();

function number(value, options) {
  const name = state.lang + JSON.stringify(options);
  if (!formatters.has(name)) formatters.set(name, new Intl.NumberFormat(LOCALES[state.lang], options));
  return formatters.get(name).format(value);
}

const digits = (least, most = least) => ({ minimumFractionDigits: least, maximumFractionDigits: most });

const FORMATS = {
  money: (value) => number(value, Math.abs(value) >= 100 || value === 0 ? digits(0) : digits(2)),
  count: (value) => number(value, digits(0, 1)),
  about: (value) => number(value, Math.abs(value) >= 9.5 ? digits(0) : digits(0, 1)),
  ratio: (value) => number(value, value !== 0 && Math.abs(value) < 0.095 ? digits(2) : digits(1)),
  share: (value) => number(value, { style: "percent", ...(Math.abs(value) >= 0.0995 || value === 0 ? digits(0) : digits(1)) }),
  change: (value) =>
    number(value, { style: "percent", signDisplay: "exceptZero", ...(Math.abs(value) >= 0.0995 ? digits(0) : digits(1)) }),
  months: (value) => number(value, digits(0)),
  days: (value) => text("days", { n: number(value, digits(0, 1)) }),
  index: (value) => number(value, digits(2)),
  figure: (value) => number(value, digits(0, Math.abs(value) >= 10 ? 0 : Math.abs(value) >= 1 ? 1 : 2)),
};

const format = (kind, value) => (value === null || value === undefined ? NOTHING : FORMATS[kind](value));

// Dates are days of the company's calendar: the reader's time zone plays no part.
function day(iso, options = { day: "numeric", month: "long", year: "numeric" }) {
  return new Intl.DateTimeFormat(LOCALES[state.lang], { timeZone: "UTC", ...options }).format(new Date(`${iso}T00:00:00Z`));
}

const monthName = (iso) => day(iso, { month: "short", year: "2-digit" });

function quarterName(iso) {
  return text("quarter", { n: Math.floor((Number(iso.slice(5, 7)) + 2) / 3), year: iso.slice(0, 4) });
}

// A text of the page; names in braces are filled, also with any var of the release that is shown.
function text(name, values = {}) {
  const found = page.texts[state.lang][name];
  if (found === undefined) return name.split(".").pop().replaceAll("_", " ");
  return found.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? shownVar(key) ?? whole);
}

const hasText = (name) => page.texts[state.lang][name] !== undefined;

function shownVar(name) {
  const value = page.vars[name];
  if (value === undefined) return undefined;
  if (typeof value !== "number") return String(value);
  return /share|tolerance|maturity/.test(name) ? format("share", value) : number(value, digits(0, 2));
}
