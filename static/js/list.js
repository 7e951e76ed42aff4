export {};
// The list of deals: rows drawn anew, columns put in order, the deal's panel over it.
const { send, showNotice } = window.stagecraft;
const SOON = 400;
const list = () => document.querySelector("[data-list]");
const words = () => list().dataset;
const rowOf = (dealId) => list().querySelector(`[data-deal-id="${CSS.escape(dealId)}"]`);

// Refreshing ----------------------------------------------------------------------------------------------------------
let asked = null;
/** The whole list for this query; an answer that another question has overtaken is thrown away. */
async function load(query, then) {
  asked = query;
  await send("GET", `${words().url}?${query || "view=none"}`, { target: "#list", swap: "outerHTML", keepWhen: () => asked !== query });
  then?.();
}
const reload = () => load(words().query);

function refreshRow(dealId) {
  const row = rowOf(dealId);
  if (!row || row.querySelector("[data-cell-form]")) return;
  const url = `${words().dealUrl.replace("00000000-0000-0000-0000-000000000000", dealId)}cell/name/`;
  send("GET", `${url}?plain=1&columns=${words().columns}`, { target: row, swap: "outerHTML" });
}

let totalling = null;
function refreshTotals() {
  clearTimeout(totalling);
  totalling = setTimeout(() => {
    if (!list()?.querySelector("#list-totals")) return;
    send("GET", `${words().url}?${words().query}&totals=1`, { target: "#list-totals", swap: "outerHTML" });
  }, SOON);
}

document.addEventListener("deal-changed", ({ detail }) => refreshRow(detail.deal));
document.addEventListener("move-done", ({ detail }) => refreshRow(detail.deal));
document.addEventListener("deal-gone", ({ detail }) => rowOf(detail.deal)?.remove());
document.addEventListener("lanes-changed", ({ detail }) => {
  refreshTotals();
  // A deal that is new, or back, has no row yet.
  if (detail.fresh && !rowOf(detail.fresh)) reload();
});
document.addEventListener("list-changed", reload);
document.addEventListener("bulk-done", reload);
window.addEventListener("pageshow", (event) => event.persisted && reload());

// The panel and the dialogs speak of the list as of a board with one column. -----------------------------------------
window.stagecraft.board = {
  get element() {
    return list();
  },
  get words() {
    return words();
  },
  canEdit: true,
  cardOf: rowOf,
  laneOf: (row) => row.closest("tbody"),
  cardsIn: (body) => [...body.querySelectorAll(":scope > [data-deal-id]")],
};
window.stagecraft.list = { load, reload, refreshRow };

// A cell ---------------------------------------------------------------------------------------------------------------
let left = null; // the cell that was being edited
document.addEventListener("htmx:before:swap", () => {
  const form = document.activeElement?.closest("[data-cell-form]");
  if (form) left = form.parentElement.id;
});
document.addEventListener("htmx:after:swap", () => {
  const field = list()?.querySelector("[data-cell-form] :is(input:not([type=hidden]), select, textarea)");
  if (field && !field.closest("form").contains(document.activeElement)) {
    field.focus();
    field.select?.();
  }
  if (field || !left || document.activeElement !== document.body) return;
  document.getElementById(left)?.querySelector("[data-cell]")?.focus({ preventScroll: true });
  left = null;
});

// Columns --------------------------------------------------------------------------------------------------------------
function wireColumns() {
  const columns = document.querySelector("[data-columns-list]");
  if (!columns || !window.Sortable || window.Sortable.get(columns)) return;
  window.Sortable.create(columns, { handle: ".grip", draggable: "[data-column]", forceFallback: true, animation: 0, ghostClass: "is-in-hand" });
}
function step(column, by) {
  const other = by < 0 ? column.previousElementSibling : column.nextElementSibling;
  if (!other) return;
  const had = document.activeElement;
  if (by < 0) other.before(column);
  else other.after(column);
  had?.focus();
  const all = [...column.parentElement.children];
  const say = { column: column.dataset.name, at: all.indexOf(column) + 2, of: all.length + 1 };
  document.getElementById("board-says").textContent = column.parentElement.dataset.sayMoved.replace(/\{(\w+)\}/g, (_whole, name) => say[name]);
}
document.addEventListener("htmx:after:process", wireColumns);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (button) step(button.closest("[data-column]"), Number(button.dataset.step));
});
document.addEventListener("keydown", (event) => {
  const column = event.altKey && event.target.closest?.("[data-column]");
  if (!column || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
  event.preventDefault();
  step(column, event.key === "ArrowUp" ? -1 : 1);
});

// Export: a workbook takes a moment before the browser shows that something comes.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-export]")) return;
  showNotice(event.target.dataset.say);
  event.target.closest("details").open = false;
});
