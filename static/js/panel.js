export {};
// The deal over the board: opened by its link, left by Esc or Back, while the board stays as it is.
const { board, send, isTyping } = window.stagecraft;
const panel = document.getElementById("panel");
let home = location.pathname + location.search;
const title = document.title;
let opened = null; // the deal shown
let opener = null;
let drawn = 0; // when the deal was last swapped in

const shownDeal = () => document.getElementById("deal")?.dataset.deal;

async function open(url, dealId, { push = true } = {}) {
  const [path, anchor] = url.split("#");
  if (push) history[opened ? "replaceState" : "pushState"]({}, "", path);
  opened = dealId;
  if (!panel.firstElementChild) panel.append(document.getElementById("panel-loading").content.cloneNode(true));
  panel.hidden = false;
  // The reader may have closed it, or gone on, before the answer came.
  const { ok } = await send("GET", path, { target: panel, swap: "innerHTML", keepWhen: () => opened !== dealId });
  if (opened !== dealId) return;
  if (!ok) return close();
  document.title = panel.querySelector("h1")?.innerText.trim() ?? title;
  markCard();
  (anchor && panel.querySelector(`#${CSS.escape(anchor)} :is(input, textarea):not([type=hidden])`) || panel).focus({ preventScroll: !anchor });
}

function markCard() {
  for (const card of board?.element.querySelectorAll("[data-deal-id].is-open") ?? []) card.classList.remove("is-open");
  const card = opened && board?.cardOf(opened);
  const place = panel?.querySelector("[data-place-in-view]");
  if (!card) return;
  card.classList.add("is-open");
  const cards = board.cardsIn(board.laneOf(card));
  if (place) place.textContent = `· ${board.words.sayPlace.replace("{of}", cards.length).replace("{at}", cards.indexOf(card) + 1)}`;
}

function hide() {
  if (!opened) return;
  const card = board.cardOf(opened);
  opened = null;
  panel.hidden = true;
  panel.replaceChildren();
  document.title = title;
  markCard();
  (card?.querySelector(".name a") ?? opener)?.focus?.({ preventScroll: true });
}

function close() {
  if (!opened) return;
  // Back, not forward: the reader came from the board.
  if (isHome()) hide();
  else history.back();
}

// The first Esc leaves the field, the second the panel.
function leave(field) {
  field.blur();
  if (panel.contains(field)) panel.focus({ preventScroll: true });
}

function step(by) {
  const cards = [...board.element.querySelectorAll("[data-deal-id]")];
  const next = cards[cards.findIndex((card) => card.dataset.dealId === opened) + by];
  if (!next) return;
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
  open(next.querySelector(".name a").href, next.dataset.dealId);
}

function again({ detail }) {
  const deal = document.getElementById("deal");
  if (deal?.dataset.deal !== detail.deal || detail.drawn || !deal.dataset.url) return;
  // An action of its own has just drawn it; and what somebody is typing stays.
  if (performance.now() - drawn < 100 || deal.querySelector("[data-edit-form]") || isTyping(document.activeElement)) return;
  send("GET", deal.dataset.url, { target: "#deal", swap: "outerMorph" });
}

function gone({ detail }) {
  if (panel && opened === detail.deal) close();
  else if (!panel) location.assign(document.querySelector("[data-to-board]").href);
}

// The board by Back, the deal by Forward, without loading the page anew. -----------------------------------------------
// By the URL alone: htmx writes a state of its own over any other.
function restore() {
  if (isHome()) hide();
  else if (isDeal()) open(location.pathname, dealIdOf(location.href), { push: false });
}
const isHome = () => location.pathname + location.search === home;
const isDeal = () => location.pathname.startsWith(board.words.dealUrl.split("00000000")[0]);
const dealIdOf = (url) => new URL(url, location.href).pathname.split("/").at(-2);

// What had the focus when the deal was drawn anew gets it back. --------------------------------------------------------
let place = null;
let part = null; // the section it was in, should it be gone itself
let seen = null;
function remember() {
  const deal = document.getElementById("deal");
  const had = document.activeElement;
  if (!deal?.contains(had)) return (place = null);
  const field = had.closest("[id^=field-]");
  part = had.closest("section[id], .tags")?.id;
  const action = ["hx-post", "hx-get"].find((name) => had.hasAttribute(name));
  place = field ? `#${field.id} button` : action ? `[${action}="${had.getAttribute(action)}"]` : had.closest("form")?.id ? `#${had.closest("form").id} :is(input:not([type=hidden]), textarea)` : "h1 button";
}
function recall({ detail }) {
  const deal = document.getElementById("deal");
  if (deal && (deal !== seen || detail?.ctx?.target === deal)) [seen, drawn] = [deal, performance.now()];
  if (!deal || document.activeElement !== document.body) return;
  const FIELD = ":is(input:not([type=hidden]), select, textarea)";
  const field = [`[aria-invalid=true]`, "[autofocus]", FIELD].map((which) => deal.querySelector(`[data-edit-form] ${which}`)).find(Boolean);
  if (field) {
    field.focus();
    field.closest("[data-edit-form]").scrollIntoView({ block: "nearest" });
    if (field.matches("[id^=field-] *")) field.select?.();
  }
  if (field || !place) return;
  const near = part && deal.querySelector(`#${part} :is(button, input:not([type=hidden]), textarea)`);
  (deal.querySelector(place) ?? near ?? deal.querySelector("h1 button"))?.focus({ preventScroll: true });
  place = null;
}

document.addEventListener("htmx:before:swap", remember);
document.addEventListener("htmx:after:swap", recall);
document.addEventListener("keydown", (event) => {
  const cancel = event.key === "Escape" && event.target.closest("[data-edit-form]")?.querySelector("[data-cancel-edit]");
  if (!cancel) return;
  event.preventDefault();
  cancel.click();
});
document.addEventListener("deal-gone", gone);
document.addEventListener("deal-changed", again);
if (panel) document.addEventListener("move-done", again);

if (board && panel) {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest("a[data-open-deal]");
    if (link) {
      event.preventDefault();
      opener = link;
      open(link.getAttribute("href"), link.closest("[data-deal-id]")?.dataset.dealId ?? dealIdOf(link.href));
    }
    if (event.target.closest("[data-panel-close]")) close();
    if (event.target.closest("[data-panel-next]")) step(1);
    if (event.target.closest("[data-panel-previous]")) step(-1);
  });
  document.addEventListener("keydown", (event) => {
    if (!opened || event.defaultPrevented || document.querySelector("dialog[open], [popover].menu-list:popover-open")) return;
    if (event.key === "Escape") {
      if (event.isComposing) return;
      event.preventDefault();
      return isTyping(event.target) ? leave(event.target) : close();
    }
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem("stagecraft.keys") === "off") return;
    if (event.key.toLowerCase() === "j") step(1);
    if (event.key.toLowerCase() === "k") step(-1);
  });
  addEventListener("popstate", restore);
  // htmx would load the page anew.
  document.addEventListener("htmx:before:history:restore", (event) => {
    if (isHome() || isDeal()) event.preventDefault();
  });
  // The board's address follows its filters (filters.js).
  document.addEventListener("filters-applied", () => (home = location.pathname + location.search));
  document.addEventListener("htmx:after:swap", markCard);
}
