// Settings: copy a secret, keep the place of the hand when a row is drawn anew, close a dialog that is done.
const { showNotice } = window.stagecraft;

async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    // Without TLS there is no clipboard; the old command works everywhere that a field is selected.
    if (navigator.clipboard) await navigator.clipboard.writeText(field.value);
    else if (!document.execCommand("copy")) throw new Error("refused");
    showNotice(button.dataset.sayCopied);
  } catch {
    showNotice(button.dataset.sayFailed, { kind: "error" });
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});
document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("[data-select-all]")) event.target.select();
});

// A row comes back whole after one of its fields was changed: the same field has the focus again.
let focused = "";
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  focused = ctx.sourceElement?.matches?.("[data-keep-focus]") ? ctx.sourceElement.id : "";
});
document.addEventListener("htmx:after:settle", () => {
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  focused = "";
  document.querySelector("[data-focus]:not(:focus-within)")?.focus();
});

document.addEventListener("dialog-done", () => document.querySelector("#overlay dialog[open]")?.close());
// A secret does not wait in a page that is only hidden: gone with the page, and not there when one comes back.
addEventListener("pageshow", (event) => {
  if (event.persisted && document.querySelector(".secret-value")) location.reload();
});
export {};
