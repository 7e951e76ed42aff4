// The designer: stages put in order by drag or by arrow keys, and what a change would do, told while it is typed.
const SOON = 350; // ms after the last key

const designer = () => document.getElementById("designer");
const list = () => document.querySelector("[data-order-url]");
const rowsOf = (rows) => [...rows.querySelectorAll("[data-stage]")];

// Order -----------------------------------------------------------------------------------------------------------
function wire() {
  const rows = list();
  if (!rows || !window.Sortable || window.Sortable.get(rows)) return;
  window.Sortable.create(rows, {
    handle: ".grip",
    draggable: "[data-stage]",
    forceFallback: true,
    fallbackTolerance: 4,
    delay: 120,
    delayOnTouchOnly: true,
    animation: 0,
    ghostClass: "is-in-hand",
    dragClass: "is-carried",
    onEnd: ({ oldIndex, newIndex }) => oldIndex !== newIndex && send(),
  });
}

function send() {
  const rows = list();
  const order = rowsOf(rows).map((row) => row.dataset.stage).join(",");
  return window.htmx.ajax("POST", rows.dataset.orderUrl, {
    source: designer(),
    target: "#designer",
    swap: "outerMorph",
    values: { order, chosen: rows.dataset.chosen },
  });
}

let sending = null;
document.addEventListener("keydown", (event) => {
  const grip = event.target.closest?.(".grip");
  if (!grip || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
  event.preventDefault();
  const row = grip.closest("[data-stage]");
  const other = event.key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (event.key === "ArrowUp") other.before(row);
  else other.after(row);
  grip.focus();
  const all = rowsOf(row.parentElement);
  const words = { stage: row.dataset.name, at: all.indexOf(row) + 1, of: all.length };
  document.getElementById("designer-says").textContent = row.parentElement.dataset.sayMoved.replace(
    /\{(\w+)\}/g,
    (_whole, name) => words[name],
  );
  // One request for a row of presses: each would otherwise answer with an order that is already an old one.
  clearTimeout(sending);
  sending = setTimeout(async () => {
    const id = row.id;
    await send();
    document.getElementById(id)?.querySelector(".grip")?.focus();
  }, SOON);
});

// What saving would do ----------------------------------------------------------------------------------------------
let telling = null;
document.addEventListener("input", (event) => {
  const form = event.target.closest?.("[data-stage-form]");
  if (!form || event.target.name === "name") return;
  clearTimeout(telling);
  telling = setTimeout(() => form.querySelector("#effects")?.dispatchEvent(new Event("stage-edited")), SOON);
});

// A better name goes into the field, to be read and saved.
document.addEventListener("click", (event) => {
  const name = event.target.closest?.("[data-take-name]");
  if (!name) return;
  const field = name.closest("form").elements.name;
  field.value = name.dataset.takeName;
  field.focus();
});

// Buttons that stand at an end say so instead of going grey and losing the focus.
document.addEventListener(
  "click",
  (event) => {
    if (event.target.closest?.('button[aria-disabled="true"]')) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  },
  true,
);

document.addEventListener("dialog-done", () => document.querySelectorAll("#overlay dialog[open]").forEach((dialog) => dialog.close()));
document.addEventListener("htmx:after:process", wire);
document.addEventListener("DOMContentLoaded", wire);
wire();
export {};
