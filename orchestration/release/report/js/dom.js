// Elements are made here and nowhere else. Children are set as text, so no name or value of the data is ever HTML.
const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "line", "rect", "circle", "path", "g"]);

function h(tag, attributes, ...children) {
  const element = SVG_TAGS.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const byId = (id) => document.getElementById(id);

// What is shown on hover and on focus: a function that gives the lines, by element.
const tips = new WeakMap();

function withTip(element, lines) {
  tips.set(element, lines);
  element.setAttribute("data-tip", "");
  return element;
}

function showTip(lines, x, y) {
  const tip = byId("tip");
  tip.replaceChildren(...lines.filter(Boolean).map((line, place) => h(place ? "p" : "strong", null, line)));
  tip.hidden = false;
  const left = Math.min(Math.max(8, x - tip.offsetWidth / 2), window.innerWidth - tip.offsetWidth - 8);
  const above = y - tip.offsetHeight - 12;
  tip.style.left = `${left}px`;
  tip.style.top = `${above > 8 ? above : y + 22}px`;
}

function hideTip() {
  byId("tip").hidden = true;
}

function watchTips() {
  const show = (event) => {
    const element = event.target.closest?.("[data-tip]");
    if (!element || !tips.has(element)) return hideTip();
    const box = element.getBoundingClientRect();
    showTip(tips.get(element)(), box.left + box.width / 2, box.top);
  };
  document.addEventListener("mouseover", show);
  document.addEventListener("focusin", show);
  document.addEventListener("click", show);
  document.addEventListener("scroll", hideTip, { passive: true });
  document.addEventListener("keydown", (event) => event.key === "Escape" && hideTip());
}
