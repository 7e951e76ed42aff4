export {};
// The stakeholder map: people dragged and moved by keys over the plot, a place proposed from what was seen. Everything is
// drawn by the server; here a point only follows the hand until its answer comes.
const DRAGS = 4; // px before a press becomes a drag
const RESTS = 600; // ms without a key before the new place is sent
const STEP = 5;
const LEAP = 20;

const map = () => document.getElementById("map");
const plot = () => document.getElementById("map-plot");
const clamp = (number) => Math.min(100, Math.max(0, Math.round(number)));

function placeAt(event) {
  const frame = plot().getBoundingClientRect();
  const { left, width, top, height } = plot().dataset;
  const across = ((event.clientX - frame.left) / frame.width) * 100;
  const down = ((event.clientY - frame.top) / frame.height) * 100;
  return { influence: clamp(((across - left) / width) * 100), rank: clamp(100 - ((down - top) / height) * 100) };
}

function draw(point, { rank, influence }) {
  const { left, width, top, height } = plot().dataset;
  point.setAttribute("x", `${Number(left) + (width * influence) / 100}%`);
  point.setAttribute("y", `${Number(top) + (height * (100 - rank)) / 100}%`);
}

function say({ rank, influence }) {
  const line = document.getElementById("map-said");
  line.textContent = line.dataset.say.replace("{rank}", rank).replace("{influence}", influence);
}

const placeOf = (point) => ({ rank: Number(point.dataset.rank), influence: Number(point.dataset.influence) });

/** Sends one after the other: each builds on the version that the answer before it left. */
let line = Promise.resolve();
function send(id, values, { focus = true } = {}) {
  line = line.then(async () => {
    const there = [...map().querySelectorAll("[data-person]")].find((each) => each.dataset.person === id && each.dataset.url);
    if (!there) return;
    const { url, version } = there.dataset;
    await htmx.ajax("POST", url, { target: "#map", swap: "outerMorph", source: there, values: { version, ...values } });
    const point = document.getElementById(`person-${id}`) ?? document.getElementById(`unplaced-${id}`);
    // No answer: the point goes back to where it still is.
    if (point?.matches(".map-person") && !point.matches(".is-carried")) restore(point);
    if (focus) point?.focus({ preventScroll: true });
  });
  return line.catch(() => {});
}

function restore(point) {
  if (point.dataset.x) {
    point.setAttribute("x", point.dataset.x);
    point.setAttribute("y", point.dataset.y);
    delete point.dataset.x;
    delete point.dataset.y;
  }
}

function remember(point) {
  point.dataset.x ??= point.getAttribute("x");
  point.dataset.y ??= point.getAttribute("y");
}

// By hand -------------------------------------------------------------------------------------------------------------
let held = null; // {point, id, pointer, x, y, isMoving, isNew, to}
let wasDragged = false; // the click that ends a drag is none

function press(event) {
  const point = event.target.closest?.(".map-person[data-url], .map-unplaced");
  if (!point || event.button !== 0 || held) return;
  const isNew = point.matches(".map-unplaced");
  held = { point, id: point.dataset.person, pointer: event.pointerId, x: event.clientX, y: event.clientY, isNew };
  if (!isNew) point.setPointerCapture(event.pointerId);
}

function drag(event) {
  if (!held || event.pointerId !== held.pointer) return;
  if (!held.isMoving && Math.hypot(event.clientX - held.x, event.clientY - held.y) < DRAGS) return;
  if (!held.isMoving) {
    held.isMoving = true;
    plot().classList.add("is-open");
    held.point.classList.add("is-carried");
    if (!held.isNew) remember(held.point);
  }
  held.to = placeAt(event);
  const shown = held.isNew ? plot().querySelector(".map-ghost") : held.point;
  shown.setAttribute("visibility", "visible");
  draw(shown, held.to);
}

function isOver(event) {
  const frame = plot().getBoundingClientRect();
  return event.clientX >= frame.left && event.clientX <= frame.right && event.clientY >= frame.top && event.clientY <= frame.bottom;
}

function release(event) {
  if (!held || event.pointerId !== held.pointer) return;
  const { point, id, isMoving, isNew, to } = held;
  letGo();
  wasDragged = isMoving;
  setTimeout(() => (wasDragged = false));
  if (!isMoving) return open(point, event);
  if (isNew && !isOver(event)) return;
  send(id, to);
}

function letGo() {
  const { point } = held;
  held = null;
  point.classList.remove("is-carried");
  plot().classList.remove("is-open");
  plot().querySelector(".map-ghost")?.setAttribute("visibility", "hidden");
}

/** The system took the pointer away, or Esc: nothing is sent. */
function cancel() {
  if (!held) return;
  const { point } = held;
  letGo();
  restore(point);
}

function open(point, event) {
  if (point.matches(".map-person")) {
    point.focus({ preventScroll: true });
    htmx.ajax("GET", point.dataset.open, { target: "#overlay", source: point });
  } else if (event.type !== "pointerup") {
    send(point.dataset.person, { rank: point.dataset.rank, influence: point.dataset.influence });
  }
}

document.addEventListener("pointerdown", press);
document.addEventListener("pointermove", drag);
document.addEventListener("pointerup", release);
document.addEventListener("pointercancel", cancel);
// A press on a name that waits, by mouse, touch, Enter or Space.
document.addEventListener("click", (event) => {
  const waiting = event.target.closest?.(".map-unplaced");
  if (waiting && !wasDragged) open(waiting, event);
});

// By keys -------------------------------------------------------------------------------------------------------------
const ARROWS = { ArrowUp: ["rank", 1], ArrowDown: ["rank", -1], ArrowRight: ["influence", 1], ArrowLeft: ["influence", -1] };
const moved = new Map(); // person → {to, timer}

function steer(event) {
  if (event.key === "Escape" && held) return cancel();
  const point = event.target.closest?.(".map-person[data-url]");
  if (!point || event.ctrlKey || event.metaKey || event.altKey) return;
  const id = point.dataset.person;
  if (event.key in ARROWS) {
    const [name, sign] = ARROWS[event.key];
    const to = moved.get(id)?.to ?? placeOf(point);
    to[name] = clamp(to[name] + sign * (event.shiftKey ? LEAP : STEP));
    remember(point);
    draw(point, to);
    say(to);
    wait(id, to);
  } else if (event.key === "Enter" || event.key === " ") {
    settle(id).then(() => open(document.getElementById(`person-${id}`) ?? point, event));
  } else if (event.key === "Delete" || event.key === "Backspace") {
    forget(id);
    send(id, { rank: "", influence: "" });
  } else if (event.key === "Escape" && moved.has(id)) {
    forget(id);
    restore(point);
    say(placeOf(point));
  } else {
    return;
  }
  event.preventDefault();
}

function wait(id, to) {
  clearTimeout(moved.get(id)?.timer);
  moved.set(id, { to, timer: setTimeout(() => settle(id), RESTS) });
}

function forget(id) {
  clearTimeout(moved.get(id)?.timer);
  moved.delete(id);
}

/** What the keys did is sent now, if it was not yet. */
async function settle(id, options) {
  const { to } = moved.get(id) ?? {};
  if (!to) return;
  forget(id);
  await send(id, to, options);
}

document.addEventListener("keydown", steer);
document.addEventListener("focusout", ({ target }) => {
  const point = target.closest?.(".map-person");
  if (point && moved.has(point.dataset.person)) settle(point.dataset.person, { focus: false });
});

// What was seen speaks for an influence -------------------------------------------------------------------------------
function propose(signs) {
  const weights = JSON.parse(signs.dataset.weights);
  const ticked = [...signs.querySelectorAll("input:checked")];
  const sum = ticked.reduce((total, box) => total + weights[box.value], Number(signs.dataset.base));
  const words = signs.querySelector(".map-proposal");
  const button = words.querySelector("[data-take]");
  button.hidden = !ticked.length;
  button.dataset.take = Math.min(100, sum);
  words.querySelector("span").textContent = ticked.length ? words.dataset.say.replace("{influence}", button.dataset.take) : words.dataset.none;
}

document.addEventListener("change", ({ target }) => {
  const signs = target.closest?.(".map-signs");
  if (signs) propose(signs);
});
document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-take]");
  if (!button) return;
  const field = button.closest("form").querySelector('input[name$="-influence"]');
  field.value = button.dataset.take;
  field.focus();
});
document.addEventListener("htmx:after:process", () => document.querySelectorAll(".map-signs").forEach(propose));
document.addEventListener("dialog-done", () => document.querySelector("#overlay dialog[open]")?.close());

// What others do ------------------------------------------------------------------------------------------------------
const isBusy = () => held || moved.size || document.querySelector("dialog[open]");
document.addEventListener("live:changes", ({ detail }) => {
  const here = map();
  if (!here || isBusy() || !(detail.everything || detail.deals.has(here.dataset.deal))) return;
  htmx.ajax("GET", here.dataset.url, { target: "#map", swap: "outerMorph", source: here });
});
