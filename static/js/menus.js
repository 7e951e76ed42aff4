// <details class="menu"> closes like a menu: by Esc, by a click outside, by a choice. Dialogs swapped in open themselves.
const open = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of open()) {
    const chose = event.target.closest("a, button, label") && event.target.closest(".menu-list");
    if (!menu.contains(event.target) || (chose && !event.target.closest("[data-keep-open]"))) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.preventDefault();
  }
});
// Arrows walk the entries of an open menu.
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const list = event.target.closest(".menu, .menu-list")?.querySelector("a, button") && event.target.closest(".menu[open], .menu-list");
  if (!list || event.target.closest("input, textarea, select")) return;
  const entries = [...list.querySelectorAll(":is(.menu-list, .menu-list *):is(a, button):not(:disabled)")];
  if (!entries.length) return;
  event.preventDefault();
  const step = event.key === "ArrowDown" ? 1 : -1;
  const at = entries.indexOf(document.activeElement);
  entries[(at + step + entries.length) % entries.length].focus();
});

// <dialog data-open> in a swapped fragment is shown as a modal; it leaves the page when closed.
document.addEventListener("htmx:after:process", (event) => {
  const root = event.target instanceof Element ? event.target : document.body;
  const dialogs = [...root.querySelectorAll("dialog[data-open]:not([open])")];
  if (root.matches("dialog[data-open]:not([open])")) dialogs.push(root);
  for (const dialog of dialogs) {
    dialog.showModal();
    dialog.addEventListener("close", () => dialog.remove(), { once: true });
  }
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close-dialog]")) event.target.closest("dialog")?.close();
  if (event.target.matches?.("dialog.dialog")) event.target.close();
});
