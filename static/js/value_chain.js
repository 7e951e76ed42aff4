export {};
// How the lines of a value case hang together: drawn as wires, lit for the line in hand, linked by pulling or by a menu.
const { root, send, lineOf, textOf, boxOf, inOrder, byId, drawn } = window.stagecraft.valueCase;
const says = root.dataset;
const menu = document.getElementById("value-links");
const SVG = "http://www.w3.org/2000/svg";
const isWide = matchMedia("(min-width: 1000px)");
let pull = null;
let menuLine = null;

const linked = (line) => (line.querySelector(".vc-under")?.dataset.linked ?? "").split(" ").filter(Boolean);
const back = (line) => (line.querySelector(".vc-under")?.dataset.back ?? "").split(" ").filter(Boolean);
const saved = () => [...root.querySelectorAll(".vc-boxes .vc-line[data-line]")];

/** Everything that leads to the line or follows from it: not the siblings that share an end with it. */
function chainOf(line) {
  const chain = new Set([line]);
  const order = inOrder();
  const walk = (from, way) => {
    for (const id of linked(from)) {
      const next = byId(id);
      if (!next || Math.sign(order.indexOf(boxOf(next)) - order.indexOf(boxOf(from))) !== way || chain.has(next)) continue;
      chain.add(next);
      walk(next, way);
    }
  };
  walk(line, -1);
  walk(line, 1);
  return chain;
}

function path(name, d) {
  const wire = document.createElementNS(SVG, "path");
  wire.setAttribute("class", name);
  wire.setAttribute("d", d);
  return wire;
}

function ends(line) {
  const frame = boxOf(line).getBoundingClientRect();
  const text = textOf(line).getBoundingClientRect();
  const origin = root.querySelector(".vc-boxes").getBoundingClientRect();
  return { left: frame.left - origin.left, right: frame.right - origin.left, y: text.top + Math.min(text.height / 2, 17) - origin.top };
}

const curve = (x, y, toX, toY) => `M${x} ${y}C${x + (toX - x) / 2} ${y} ${x + (toX - x) / 2} ${toY} ${toX} ${toY}`;

function draw() {
  const boxes = root.querySelector(".vc-boxes");
  const wires = boxes?.querySelector(".vc-wires");
  if (!wires) return;
  const lit = lightUp(boxes);
  if (!isWide.matches) return wires.replaceChildren();
  const found = [];
  for (const line of saved()) {
    const to = ends(line);
    for (const id of back(line)) {
      const first = byId(id);
      if (!first) continue;
      const from = ends(first);
      found.push(path(lit?.has(line) && lit.has(first) ? "lit" : "", curve(from.right, from.y, to.left, to.y)));
    }
    if (line.querySelector("[data-loose]")) found.push(path("loose", `M${to.left - 26} ${to.y}H${to.left}`));
  }
  if (pull?.moves) {
    const from = ends(pull.line);
    const origin = boxes.getBoundingClientRect();
    const [x, y] = [pull.x - origin.left, pull.y - origin.top];
    found.push(path("pulled", curve(x < from.left ? from.left : from.right, from.y, x, y)));
  }
  wires.replaceChildren(...found);
}

function lightUp(boxes) {
  const line = boxes.contains(document.activeElement) ? lineOf(document.activeElement) : null;
  const chain = line?.dataset.line && linked(line).length ? chainOf(line) : null;
  boxes.classList.toggle("has-chain", Boolean(chain));
  for (const each of saved()) each.classList.toggle("in-chain", Boolean(chain?.has(each)));
  return chain;
}

let waits = false;
function later() {
  if (waits) return;
  waits = true;
  requestAnimationFrame(() => {
    waits = false;
    draw();
  });
}

/** The lines to which this one can be linked: those of the boxes on both sides. */
function neighbours(line) {
  const order = inOrder();
  const at = order.indexOf(boxOf(line));
  return [at - 1, at + 1].flatMap((place) => (order[place] ? [[order[place], [...order[place].querySelectorAll(".vc-line[data-line]:not(.is-new)")]]] : []));
}

function openMenu(line) {
  if (!line.dataset.line) return;
  menuLine = line;
  const port = line.querySelector(".vc-port");
  const now = linked(line);
  menu.setAttribute("aria-label", says.sayLink.replace("%s", textOf(line).value));
  menu.replaceChildren();
  for (const [box, lines] of neighbours(line)) {
    if (!lines.length) continue;
    const head = document.createElement("p");
    head.className = "menu-head";
    head.setAttribute("role", "presentation");
    head.textContent = box.querySelector("h2").textContent;
    menu.append(head);
    for (const other of lines) menu.append(item(other, now.includes(other.dataset.line)));
  }
  if (!menu.childElementCount) {
    window.stagecraft.showNotice(says.sayNobody);
    return;
  }
  menu.showPopover();
  const { right, bottom } = port.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(right - menu.offsetWidth, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${Math.min(bottom + 4, innerHeight - menu.offsetHeight - 8)}px`;
  menu.querySelector("button").focus();
}

function item(other, isLinked) {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("role", "menuitemcheckbox");
  button.setAttribute("aria-checked", String(isLinked));
  button.dataset.other = other.dataset.line;
  const text = document.createElement("span");
  text.textContent = textOf(other).value;
  button.append(text);
  return button;
}

async function link(line, other, isLinked) {
  await send(`${line.dataset.line}/links/${other}/`, isLinked ? {} : { part: 1 });
  later();
}

menu?.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button || !menuLine) return;
  const isLinked = button.getAttribute("aria-checked") !== "true";
  button.setAttribute("aria-checked", String(isLinked));
  link(menuLine, button.dataset.other, isLinked);
});
menu?.addEventListener("keydown", (event) => {
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!way) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll("button")];
  items.at((items.indexOf(document.activeElement) + way) % items.length).focus();
});
menu?.addEventListener("toggle", ({ newState }) => newState === "closed" && menuLine?.isConnected && textOf(menuLine).focus());
document.addEventListener("value-link", ({ detail }) => openMenu(detail));

// The link sign: a press opens the menu, a pull draws a wire to another line.
root.addEventListener("click", ({ target }) => {
  const port = target.closest("button.vc-port");
  if (port && !port.dataset.pulled) openMenu(lineOf(port));
  if (port) delete port.dataset.pulled;
});
root.addEventListener("pointerdown", (event) => {
  const port = event.target.closest("button.vc-port");
  if (!port || event.button !== 0 || !lineOf(port).dataset.line || !isWide.matches) return;
  pull = { line: lineOf(port), port, startX: event.clientX, startY: event.clientY, moves: false };
  port.setPointerCapture(event.pointerId);
});
root.addEventListener("pointermove", (event) => {
  if (!pull) return;
  if (!pull.moves && Math.hypot(event.clientX - pull.startX, event.clientY - pull.startY) < 6) return;
  pull.moves = true;
  pull.port.dataset.pulled = "";
  [pull.x, pull.y] = [event.clientX, event.clientY];
  root.querySelectorAll(".is-linkable").forEach((each) => each.classList.remove("is-linkable"));
  pull.target = targetUnder(event);
  pull.target?.classList.add("is-linkable");
  later();
});

function targetUnder({ clientX, clientY }) {
  const line = document.elementFromPoint(clientX, clientY)?.closest?.("#value-case .vc-line[data-line]");
  return line && neighbours(pull.line).some(([, lines]) => lines.includes(line)) ? line : null;
}

function letGo() {
  root.querySelectorAll(".is-linkable").forEach((each) => each.classList.remove("is-linkable"));
  pull = null;
  later();
}
root.addEventListener("pointerup", () => {
  if (pull?.moves && pull.target) link(pull.line, pull.target.dataset.line, true);
  if (pull) letGo();
});
root.addEventListener("pointercancel", letGo);

for (const name of ["focusin", "focusout"]) root.addEventListener(name, later);
for (const name of ["value-drawn", "htmx:after:swap", "line-saved"]) document.addEventListener(name, later);
root.addEventListener("toggle", later, true);
new ResizeObserver(later).observe(root);
isWide.addEventListener("change", later);
document.fonts?.ready.then(later);
drawn();
