export {};
// The stage review: rows of the journey are carried to another place, and what one does next is in view.
const list = () => document.querySelector("[data-journey]");

// Carrying a row --------------------------------------------------------------------------------------------------------

let carried = null;

function pickUp(event) {
  const grip = event.target.closest?.("[data-grip]");
  if (!grip || event.button > 0 || carried) return;
  event.preventDefault();
  const row = grip.closest("[data-step]");
  carried = { row, grip, before: row.nextElementSibling, pointer: event.pointerId };
  grip.setPointerCapture(event.pointerId);
  row.classList.add("is-carried");
}

function carry(event) {
  if (carried?.pointer !== event.pointerId) return;
  const { row } = carried;
  const over = [...list().children].find((other) => {
    if (other === row) return false;
    const { top, height } = other.getBoundingClientRect();
    return event.clientY > top && event.clientY < top + height;
  });
  if (!over) return;
  const { top, height } = over.getBoundingClientRect();
  const isUpper = event.clientY < top + height / 2;
  const isAfter = Boolean(row.compareDocumentPosition(over) & Node.DOCUMENT_POSITION_FOLLOWING);
  // Only once past the other's middle: otherwise rows of different heights would change places to and fro.
  if (isAfter !== isUpper) list().insertBefore(row, isUpper ? over : over.nextElementSibling);
}

function drop(event, { isTakenBack = false } = {}) {
  if (!carried) return;
  const { row, grip, before } = carried;
  carried = null;
  row.classList.remove("is-carried");
  if (isTakenBack) list().insertBefore(row, before);
  if (row.nextElementSibling === before) return;
  const place = [...list().children].indexOf(row);
  htmx.ajax("POST", grip.dataset.moveUrl, { source: row, swap: "none", values: { to: place } });
}

document.addEventListener("pointerdown", pickUp);
document.addEventListener("pointermove", carry);
document.addEventListener("pointerup", drop);
document.addEventListener("pointercancel", (event) => drop(event, { isTakenBack: true }));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && carried) drop(event, { isTakenBack: true });
});

// What one does next ----------------------------------------------------------------------------------------------------

// A step was added: the next one is written right away.
document.addEventListener("step-added", () => {
  const form = document.getElementById("add-step");
  if (!form) return;
  form.reset();
  for (const field of form.querySelectorAll("textarea")) field.value = "";
  form.querySelector("[name=buyer_does]").focus();
});

// These grow with their text, but hold one line: Enter sends.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches?.("[data-one-line]")) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

// A field is saved as it is left, and it may be left for another page: what was sent must arrive all the same.
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (ctx.request.method !== "GET") ctx.request.keepalive = true;
});

// "Rename" shows once there is something to save.
function watchName() {
  const field = document.getElementById("stage-name");
  if (!field) return;
  const isSame = field.value.trim() === field.dataset.kept;
  field.form.querySelector("[data-rename]").classList.toggle("is-idle", isSame);
}

document.addEventListener("input", (event) => event.target.id === "stage-name" && watchName());
document.addEventListener("htmx:after:swap", watchName);
watchName();

// On a narrow screen the walk scrolls sideways: bring where we are into view.
function showPlace() {
  const here = document.querySelector(".walk [aria-current]");
  const strip = here?.closest("ol");
  if (strip && strip.scrollWidth > strip.clientWidth) strip.scrollLeft = here.offsetLeft - strip.offsetLeft - 12;
}

showPlace();
