export {};
// Points of the comparison: carried to another place, or moved by arrow keys. The place is drawn at once and saved a
// moment later, so that a few presses are one change.
const WAIT = 350;
const says = () => root().dataset;
const said = document.getElementById("comparison-said");
const root = () => document.getElementById("comparison");
const STEPS = { ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
let carry = null;
let waiting = null; // the point that is drawn in its new place and not saved yet
let timer = null;
let isSending = false;

const cellAt = (matters, standing) => root().querySelector(`.cell[data-matters="${matters}"][data-standing="${standing}"]`);

function place(point, matters, standing, later = WAIT) {
  if (waiting && waiting !== point.id) flush();
  const cell = cellAt(matters, standing);
  point.dataset.matters = matters;
  point.dataset.standing = standing;
  point.querySelector(".sign").textContent = standing > 0 ? "◆" : standing < 0 ? "○" : "◇";
  cell.append(point);
  point.focus();
  said.textContent = wordsOf(matters, standing, point);
  waiting = point.id;
  clearTimeout(timer);
  timer = setTimeout(flush, later);
}

/** The place in the words of the table's choices. */
function wordsOf(matters, standing, point) {
  const word = (name, value) => root().querySelector(`select[name="${name}"] option[value="${value}"]`)?.textContent ?? value;
  return `${word("matters", matters)} · ${word(`standing-${point.dataset.rival}`, standing)}`;
}

async function flush() {
  clearTimeout(timer);
  const point = waiting && document.getElementById(waiting);
  if (!point || isSending) return;
  waiting = null;
  isSending = true;
  const { url, rival, version, matters, standing } = point.dataset;
  const values = { matters, version, [`standing-${rival}`]: standing };
  let isDone = false;
  point.addEventListener("htmx:after:request", ({ detail }) => (isDone = detail.ctx.response?.status === 200), { once: true });
  try {
    await htmx.ajax("POST", `${url}?with=${says().with}`, { source: point, target: "#comparison", swap: "outerMorph", values });
  } catch {
    isDone = false;
  }
  isSending = false;
  const now = document.getElementById(point.id);
  if (now && (document.activeElement === document.body || document.activeElement === null)) now.focus();
  if (waiting) flush();
  else if (!isDone) refresh();
}

async function refresh() {
  if (carry || waiting || isSending || isTyping()) return (isOutdated = true);
  isOutdated = false;
  await htmx.ajax("GET", `${says().url}drawn/?with=${says().with}`, { source: "#comparison", target: "#comparison", swap: "outerMorph" });
}

let isOutdated = false;
const isTyping = () => document.activeElement?.matches?.("#comparison :is(input, select)");
document.addEventListener("live:changes", ({ detail }) => {
  if (detail.everything || detail.deals.has(says().deal)) refresh();
});
document.addEventListener("focusout", () => setTimeout(() => isOutdated && refresh()));

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") return drop();
  const point = event.target.closest?.("button.pt");
  const step = STEPS[event.key];
  if (!point || !step || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const isPlaced = point.closest(".cell");
  const from = { matters: point.dataset.matters || "2", standing: point.dataset.standing || "0" };
  const [up, right] = isPlaced ? step : [0, 0]; // the first press puts it on the plan
  place(point, clamp(Number(from.matters) + up, 0, 4), clamp(Number(from.standing) + right, -2, 2));
});

document.addEventListener("pointerdown", (event) => {
  const point = event.target.closest?.("button.pt");
  if (!point || event.button !== 0) return;
  carry = { point, x: event.clientX, y: event.clientY, moves: false, cell: null };
  point.setPointerCapture(event.pointerId);
});
document.addEventListener("pointermove", (event) => {
  if (!carry) return;
  const [right, down] = [event.clientX - carry.x, event.clientY - carry.y];
  if (!carry.moves && Math.hypot(right, down) < 5) return;
  carry.moves = true;
  carry.point.classList.add("is-carried");
  carry.point.style.translate = `${right}px ${down}px`;
  carry.point.style.pointerEvents = "none";
  const under = document.elementsFromPoint(event.clientX, event.clientY).find((each) => each.matches(".cell"));
  carry.cell?.classList.remove("is-over");
  carry.cell = under ?? null;
  under?.classList.add("is-over");
});
document.addEventListener("pointerup", () => {
  const { point, cell, moves } = carry ?? {};
  drop();
  if (moves && cell) place(point, Number(cell.dataset.matters), Number(cell.dataset.standing), 0);
});
document.addEventListener("pointercancel", drop);

function drop() {
  if (!carry) return;
  carry.point.classList.remove("is-carried");
  carry.point.style.translate = "";
  carry.point.style.pointerEvents = "";
  carry.cell?.classList.remove("is-over");
  carry = null;
}

// What was added leaves its field empty for the next one.
document.addEventListener("comparison-added", ({ detail }) => {
  // By the form's reset, or an emptied field would count as one that was left out.
  document.querySelector(`[data-clears="${detail.value}"]`)?.form.reset();
  if (detail.value === "criterion") document.getElementById("criterion-text")?.focus();
});
window.addEventListener("beforeunload", (event) => (waiting || isSending) && event.preventDefault());
