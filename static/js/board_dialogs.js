export {};
// Dialogs that a move opens: what is missing, why it was lost. They stand on the board and on the deal's own page.
const { board } = window.stagecraft;
const BESIDE = 6; // px between a column and the dialog that speaks of its card

/** One of a field's inputs has something: of boxes, one that is ticked. */
function hasValue(field) {
  const inputs = [...field.querySelectorAll("input, select, textarea")];
  return inputs.some((input) => (input.type === "checkbox" ? input.checked : input.value.trim()));
}

/** "Fill in and move" acts once everything that is needed is there, or a leader has given a reason. */
function check(form) {
  const go = form.querySelector("[data-go]");
  const boxes = [...form.querySelectorAll("[data-needed]")];
  const fields = [...form.querySelectorAll("[data-needed-field]")];
  const isFilled = boxes.every((box) => box.checked) && fields.every(hasValue) && !form.querySelector("[data-elsewhere]");
  const reason = form.querySelector('[name="override_reason"]');
  const isReady = isFilled || Boolean(reason?.value.trim());
  go.dataset.usual ??= go.textContent;
  go.textContent = isReady && !isFilled ? go.dataset.override : go.dataset.usual;
  go.setAttribute("aria-disabled", String(!isReady));
  return isReady;
}

function beside(dialog) {
  const card = board?.cardOf(dialog.dataset.deal);
  if (!card || innerWidth <= 640) return;
  // From the column, for the card itself may still be gliding back.
  const column = board.laneOf(card).getBoundingClientRect();
  const top = column.top + card.offsetTop;
  const at = { left: column.left, right: column.right, top, bottom: top + card.offsetHeight };
  const { offsetWidth: width, offsetHeight: height } = dialog;
  const right = at.right + BESIDE;
  const left = right + width < innerWidth - 8 ? right : at.left - BESIDE - width;
  if (left < 8 || at.bottom < 0 || at.top > innerHeight) return;
  dialog.style.margin = "0";
  dialog.style.left = `${left}px`;
  dialog.style.top = `${Math.max(12, Math.min(at.top, innerHeight - height - 12))}px`;
}

document.addEventListener("htmx:after:process", () => {
  for (const form of document.querySelectorAll("[data-refused-form]")) {
    check(form);
    const dialog = form.closest("dialog");
    if (dialog.dataset.placed) continue;
    dialog.dataset.placed = "true";
    requestAnimationFrame(() => beside(dialog));
  }
});
// It grows when the reason for an override unfolds: placed anew, or its button would lie below the window.
document.addEventListener(
  "toggle",
  (event) => {
    const dialog = event.target.closest?.("dialog[data-placed]");
    if (dialog && event.target !== dialog) beside(dialog);
  },
  true,
);
document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-refused-form]");
  if (form) check(form);
});
// In the capturing phase: htmx listens on the form itself.
document.addEventListener(
  "submit",
  (event) => {
    if (!event.target.matches("[data-refused-form]") || check(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    event.target.querySelector("[data-needed]:not(:checked), [data-needed-field] :is(input, select, textarea)")?.focus();
  },
  true,
);

const close = (selector) => document.querySelectorAll(selector).forEach((dialog) => dialog.close());
document.addEventListener("dialog-done", () => close("#overlay dialog[open]"));
document.addEventListener("move-done", () => close("#overlay dialog[data-refused][open]"));
