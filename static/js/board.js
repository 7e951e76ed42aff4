export {};
// What every part of the board shares: its cards and columns, one way to ask the server, one queue for refreshing.
//
// Nothing is redrawn while a card is in the hand or on its way to the server: what arrives then waits its turn.
const board = document.querySelector("[data-board]");
const says = document.getElementById("board-says");
const words = board?.dataset ?? {};
const isCalm = matchMedia("(prefers-reduced-motion: reduce)");

const lanes = () => [...board.querySelectorAll("[data-stage-id]")];
const lane = (stageId) => board.querySelector(`[data-stage-id="${CSS.escape(stageId)}"]`);
const laneOf = (card) => card.closest("[data-stage-id]");
const cardOf = (dealId) => board.querySelector(`[data-deal-id="${CSS.escape(dealId)}"]`);
const listOf = (column) => column.querySelector("[data-cards]");
const cardsIn = (column) => [...listOf(column).querySelectorAll(":scope > [data-deal-id]")];
/** Cards stand before it: the button for more of them, or the one that adds one. */
const endOf = (list) => list.querySelector(":scope > .more");
const isLead = (column) => column.dataset.stageKind === "lead";
/** Sorted by something else than their own order, cards have no place of their own. */
const isSorted = () => (new URLSearchParams(words.query).get("sort") || "own") !== "own";

/** How many criteria keep the card from this column, or from being won; 0 where it may go. The card says it: "1:3 2:6 won:9". */
function unmetFor(card, target) {
  const gates = Object.fromEntries((card.dataset.missing ?? "").split(" ").map((gate) => gate.split(":")));
  return Number(gates[target.dataset.outcome ?? target.dataset.position] ?? 0);
}

function missingText(count) {
  return (count === 1 ? words.sayMissingOne : words.sayMissingMany).replace("{n}", count);
}

function icon(name, small = true) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", small ? "i s" : "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.getElementById("notices").dataset.icons}#i-${name}`);
  svg.append(use);
  return svg;
}

/** Say it to a screen reader; nothing is shown. */
function say(text) {
  if (says) says.textContent = text;
}

/** Run `change`, then let the card glide from where it was to where it is. */
function glide(card, change, duration = 220) {
  const from = card.getBoundingClientRect();
  change();
  const to = card.getBoundingClientRect();
  const [x, y] = [from.left - to.left, from.top - to.top];
  if (isCalm.matches || (!x && !y) || !to.width || !from.width) return;
  card.classList.add("is-returning");
  card
    .animate([{ translate: `${x}px ${y}px` }, { translate: "0 0" }], {
      duration,
      easing: "cubic-bezier(.2, .7, .2, 1)",
    })
    .finished.catch(() => {})
    .finally(() => card.classList.remove("is-returning"));
}

/**
 * One request, from an element of its own, so that no swap takes its source away and none waits for another.
 * Resolves to {ok, status, expired}; status is 0 when the server could not be reached, `expired`: it asked for a login.
 * `ownWords`: the caller itself tells the reader of a lost connection or a failure of the server.
 */
async function send(method, url, { values, target, swap = "none", keepWhen, ownWords = false } = {}) {
  const courier = document.createElement("span");
  courier.hidden = true;
  courier.id = `courier-${crypto.randomUUID?.() ?? Math.random().toString(36).slice(2)}`;
  if (ownWords) courier.dataset.ownWords = "";
  document.body.append(courier);
  let status = 0;
  let expired = false;
  courier.addEventListener("htmx:before:response", ({ detail }) => {
    expired = window.stagecraft.wentToLogin(detail.ctx.response.raw);
  });
  courier.addEventListener("htmx:after:request", ({ detail }) => {
    status = detail.ctx.response.status;
  });
  courier.addEventListener("htmx:before:swap", (event) => {
    if (keepWhen?.()) event.preventDefault();
  });
  try {
    await htmx.ajax(method, url, { source: courier, target: target ?? courier, swap, values });
  } finally {
    courier.remove();
  }
  return expired ? { ok: false, status: 401, expired } : { ok: status > 0 && status < 400, status, expired };
}

// Refreshing --------------------------------------------------------------------------------------------------------
const SUMS = 500;
const busy = new Set(); // deals on their way to the server
let carried = null; // the deal in the hand
const staleLanes = new Set();
const staleCards = new Map(); // deal → polls left
let freshDeal = null;
let running = false;

const isBusy = () => carried !== null || busy.size > 0;

function hold(dealId) {
  carried = dealId;
}
function letGo() {
  carried = null;
  refresh();
}

/** Columns to fetch anew as soon as nothing is in the hand or under way; `fresh` is lit then. */
function refreshLanes(stageIds, fresh) {
  for (const id of stageIds) if (lane(id)) staleLanes.add(id);
  freshDeal = fresh ?? freshDeal;
  return refresh();
}

/** A card to fetch anew; `wait` asks again some times until the stage's tasks are there. */
function refreshCard(dealId, wait = 0) {
  if (cardOf(dealId)) staleCards.set(dealId, wait);
  return refresh();
}

async function refresh() {
  if (!board || isBusy()) return;
  board.dispatchEvent(new Event("board:rest"));
  if (running) return;
  running = true;
  try {
    while (!isBusy() && (staleLanes.size || staleCards.size)) {
      if (staleLanes.size) await fetchLanes();
      else await fetchCard();
    }
  } finally {
    running = false;
  }
}

// The line of totals above the board, once a row of changes has come to rest.
let totalling = null;
function refreshSums() {
  clearTimeout(totalling);
  totalling = setTimeout(() => send("GET", `${words.sumsUrl}?${words.query}`, { target: "#board-sums", swap: "outerHTML" }), SUMS);
}

async function fetchLanes() {
  const stages = [...staleLanes];
  const fresh = freshDeal;
  staleLanes.clear();
  for (const [dealId, wait] of staleCards) {
    const card = cardOf(dealId);
    if (!wait && card && stages.includes(laneOf(card).dataset.stageId)) staleCards.delete(dealId);
  }
  freshDeal = null;
  const query = new URLSearchParams(words.query);
  query.set("stages", stages.join(","));
  query.set("shown", stages.filter(lane).map((id) => `${id}:${cardsIn(lane(id)).length}`).join(","));
  if (fresh) query.set("fresh", fresh);
  // An answer from before a drop would put the card back: throw it away and ask again afterwards.
  let late = false;
  const { ok } = await send("GET", `${words.lanesUrl}?${query}`, { keepWhen: () => (late = isBusy()) });
  if (late) {
    for (const id of stages) staleLanes.add(id);
    freshDeal = fresh;
  } else if (ok) {
    board.dispatchEvent(new CustomEvent("lanes:fresh", { detail: { stages, fresh } }));
  }
}

async function fetchCard() {
  const [dealId, wait] = staleCards.entries().next().value;
  staleCards.delete(dealId);
  const card = cardOf(dealId);
  if (!card) return;
  let late = false;
  await send("GET", `${card.dataset.cardUrl}?wait=${wait}`, {
    target: card,
    swap: "outerMorph",
    keepWhen: () => (late = isBusy()),
  });
  if (late) staleCards.set(dealId, wait);
}

// Cards that wait for their stage's tasks say how often to ask again. ------------------------------------------------
const PAUSE = 400;
const asked = new WeakMap();

function askAgain() {
  for (const card of board.querySelectorAll("[data-polls]")) {
    const left = Number(card.dataset.polls);
    if (asked.get(card) === left) continue;
    asked.set(card, left);
    setTimeout(() => card.isConnected && card.dataset.polls === String(left) && refreshCard(card.dataset.dealId, left), PAUSE);
  }
}

if (board) {
  for (const name of ["move-done", "lanes-changed", "deal-changed"]) document.addEventListener(name, refreshSums);
  new MutationObserver(askAgain).observe(board, { childList: true, subtree: true, attributeFilter: ["data-polls"] });
  askAgain();
}

window.stagecraft = {
  ...window.stagecraft,
  isCalm: () => isCalm.matches,
  icon,
  send,
  board: board && {
    element: board,
    words,
    canEdit: "canEdit" in words,
    lanes,
    lane,
    laneOf,
    cardOf,
    listOf,
    cardsIn,
    endOf,
    isLead,
    isSorted,
    unmetFor,
    missingText,
    say,
    glide,
    busy,
    hold,
    letGo,
    carried: () => carried,
    isBusy,
    refresh,
    refreshLanes,
    refreshCard,
  },
};
