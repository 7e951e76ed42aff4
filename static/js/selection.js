export {};
// Several deals at once, on the board and in the list: chosen by box, by Shift and click, by X.
//
// What is chosen is what stands on the page: a deal that leaves it is not chosen any more.
const { send, isTyping } = window.stagecraft;
const bar = document.getElementById("bulk-bar");
// The list is drawn anew with every filter.
const place = () => document.querySelector("[data-board], [data-selection]");
const chosen = new Set();
let last = null; // the deal chosen last: where a range begins
let isAll = false; // everything that the list's filter finds, loaded or not

const rows = () => [...(place()?.querySelectorAll("[data-deal-id]") ?? [])];
const rowOf = (dealId) => place()?.querySelector(`[data-deal-id="${CSS.escape(dealId)}"]`);
const matching = () => Number(place()?.dataset.matching ?? 0);
const boxOf = (row) => row.querySelector("[data-select]");

function choose(dealId, isOn) {
  isAll = false;
  if (isOn) chosen.add(dealId);
  else chosen.delete(dealId);
  last = dealId;
  paint();
}

/** From the deal chosen last up to this one, in the order of the page; on a board within one column. */
function chooseUpTo(row) {
  const list = row.closest("[data-cards]") ?? place();
  const all = [...list.querySelectorAll("[data-deal-id]")];
  const from = all.findIndex((each) => each.dataset.dealId === last);
  const to = all.indexOf(row);
  const [start, end] = from < 0 ? [to, to] : [Math.min(from, to), Math.max(from, to)];
  for (const each of all.slice(start, end + 1)) chosen.add(each.dataset.dealId);
  last = row.dataset.dealId;
  paint();
}

function clear() {
  isAll = false;
  chosen.clear();
  paint();
}

function paint() {
  const all = rows();
  const here = new Set(all.map((row) => row.dataset.dealId));
  for (const dealId of [...chosen]) if (!here.has(dealId)) chosen.delete(dealId);
  for (const row of all) {
    const isOn = chosen.has(row.dataset.dealId);
    row.classList.toggle("is-selected", isOn);
    const box = boxOf(row);
    if (box && box.checked !== isOn) box.checked = isOn;
  }
  if (isAll) for (const dealId of here) chosen.add(dealId);
  const whole = place()?.querySelector("[data-select-all]");
  if (whole) {
    whole.checked = chosen.size > 0 && chosen.size === all.length;
    whole.indeterminate = chosen.size > 0 && chosen.size < all.length;
  }
  showBar();
}

function showBar() {
  const count = isAll ? matching() : chosen.size;
  const all = bar.querySelector("[data-bulk-all]");
  all.hidden = isAll || !chosen.size || chosen.size < rows().length || matching() <= chosen.size;
  all.textContent = bar.dataset.sayAll.replace("{n}", matching());
  if (bar.hidden !== (count === 0)) {
    bar.hidden = count === 0;
    document.body.classList.toggle("is-choosing", count > 0);
  }
  const text = (count === 1 ? bar.dataset.sayOne : bar.dataset.sayMany).replace("{n}", count);
  const label = bar.querySelector("[data-bulk-count]");
  if (label.textContent === text) return;
  label.textContent = text;
  const says = document.getElementById("board-says");
  if (count && says) says.textContent = text;
}

/** "id:version,…" of these deals, of all chosen by default. */
function pairs(ids = [...chosen]) {
  if (isAll && ids.length === chosen.size) return "all";
  return ids.map((id) => `${id}:${rowOf(id)?.dataset.version ?? ""}`).join(",");
}

const someText = (n, of) => bar.dataset.saySome.replace("{n}", n).replace("{of}", of);
const urlOf = (kind) => bar.dataset.url.replace("/move/", `/${kind}/`);

/** Open the dialog of one act. */
function ask(kind, ids) {
  return send("POST", urlOf(kind), { values: { deals: pairs(ids), query: place().dataset.query ?? "" }, target: "#overlay", swap: "innerHTML" });
}

if (bar) {
  // The box of a card lies above its link; in the list it is a cell.
  document.addEventListener("change", ({ target }) => {
    if (target.matches?.("[data-select]") && place()?.contains(target)) choose(target.closest("[data-deal-id]").dataset.dealId, target.checked);
    if (target.matches?.("[data-select-all]")) {
      for (const row of rows()) if (target.checked) chosen.add(row.dataset.dealId);
      if (!target.checked) chosen.clear();
      isAll = false;
      paint();
    }
  });
  document.addEventListener(
    "click",
    (event) => {
      const row = event.target.closest?.("[data-deal-id]");
      if (!row || !place()?.contains(row) || event.button || event.altKey) return;
      if (event.target.matches("[data-select]") && event.shiftKey) {
        event.preventDefault();
        // The box itself is set by paint(), once the browser has put it back.
        return setTimeout(() => chooseUpTo(row));
      }
      const isOnCard = row.matches(".deal-card") && !event.target.closest("button, input, .card-tools");
      // With Ctrl or ⌘ a link opens in another tab, here as everywhere.
      if (!isOnCard || !event.shiftKey) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      chooseUpTo(row);
    },
    true,
  );
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || isTyping(event.target) || document.querySelector("dialog[open], [popover].menu-list:popover-open")) return;
    if (event.key === "Escape" && chosen.size && !document.querySelector("#panel:not([hidden])")) {
      event.preventDefault();
      return clear();
    }
    const row = event.target.closest?.("[data-deal-id]");
    if (event.key.toLowerCase() !== "x" || event.ctrlKey || event.metaKey || event.altKey || !row || localStorage.getItem("stagecraft.keys") === "off") return;
    event.preventDefault();
    if (event.shiftKey) chooseUpTo(row);
    else choose(row.dataset.dealId, !chosen.has(row.dataset.dealId));
  });
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-bulk]");
    if (button) ask(button.dataset.bulk);
    if (event.target.closest("[data-bulk-clear]")) clear();
    if (event.target.closest("[data-bulk-all]")) {
      isAll = true;
      paint();
    }
  });
  document.addEventListener("bulk-done", ({ detail }) => {
    isAll = false;
    for (const dealId of detail.deals) chosen.delete(dealId);
    paint();
  });
  for (const name of ["htmx:after:swap", "htmx:after:settle"]) document.addEventListener(name, () => chosen.size && paint());
  document.addEventListener("input", ({ target }) => {
    target.closest?.("[data-bulk-form]")?.querySelector("#bulk-plan").dispatchEvent(new CustomEvent("bulk-look"));
  });
  window.stagecraft.selection = { has: (dealId) => chosen.has(dealId), size: () => chosen.size, ids: () => rows().map((row) => row.dataset.dealId).filter((id) => chosen.has(id)), toggle: (dealId) => choose(dealId, !chosen.has(dealId)), clear, pairs, ask, urlOf, someText };
}
