export {};
// What a drop or a choice in the menu sends, and what becomes of the card: it stays where it was put, or glides back.
const { board, send, showNotice } = window.stagecraft;

const origins = new Map(); // deal → where its card was before the first of the moves under way
const places = new Map(); // deal → where its latest move was to put it: {stage, after}
const queues = new Map(); // deal → its requests under way and waiting

/** Where a card stands, to be put back to. */
function placeOf(card) {
  const list = card.parentElement;
  const column = board.laneOf(card);
  let next = card.nextElementSibling;
  while (next && !next.matches("[data-deal-id]")) next = next.nextElementSibling;
  return { stage: column.dataset.stageId, list, next };
}

function putBack(card, origin) {
  const list = board.lane(origin.stage) ? board.listOf(board.lane(origin.stage)) : origin.list;
  const next = origin.next?.parentElement === list ? origin.next : board.endOf(list);
  board.glide(card, () => list.insertBefore(card, next));
}

function cardAbove(card) {
  let above = card.previousElementSibling;
  while (above && !above.matches("[data-deal-id]")) above = above.previousElementSibling;
  return above?.dataset.dealId ?? "";
}

/** Put the card into the column: below `after`, on top ("") or at the bottom (undefined). */
function place(card, column, after) {
  const list = board.listOf(column);
  if (after === undefined) return list.insertBefore(card, board.endOf(list));
  const above = after ? board.cardOf(after) : null;
  return above?.parentElement === list ? above.after(card) : list.prepend(card);
}

/** Requests for one deal go one after the other, each with the version that the one before left. */
function inTurn(dealId, work) {
  const before = queues.get(dealId) ?? { last: Promise.resolve(), waiting: 0 };
  const last = before.last.then(work).catch(() => {});
  queues.set(dealId, { last, waiting: before.waiting + 1 });
  board.busy.add(dealId);
  last.then(() => {
    const queue = queues.get(dealId);
    queue.waiting -= 1;
    if (queue.waiting) return;
    queues.delete(dealId);
    origins.delete(dealId);
    board.busy.delete(dealId);
    board.cardOf(dealId)?.classList.remove("is-saving");
    board.refresh();
  });
  return last;
}

/** The card stands where it was put; tell the server. `origin`: where it was; `toBottom`: let the server find the end. */
function sendMove(card, origin, { toBottom = false } = {}) {
  const dealId = card.dataset.dealId;
  const stage = board.laneOf(card).dataset.stageId;
  const after = toBottom ? undefined : cardAbove(card);
  if (!origins.has(dealId)) origins.set(dealId, origin);
  places.set(dealId, { stage, after });
  card.classList.add("is-saving");
  return inTurn(dealId, async () => {
    const now = board.cardOf(dealId);
    if (!now) return;
    const values = { stage, version: now.dataset.version, surface: "board", from_stage: origin.stage, query: board.words.query };
    if (after !== undefined) values.after = after;
    const { ok, status, expired } = await send("POST", now.dataset.moveUrl, { values, ownWords: true });
    if (ok) return origin.stage === stage && rememberPlace(dealId, origin);
    refused(dealId);
    if (expired) keepForLogin({ dealId, stage, after });
    if (isLost(status)) sayLost(now, status, () => sendAgain(dealId, stage, after));
  });
}

/** A card placed anew in its column leaves no notice; Ctrl Z puts it back below the one that it lay under. */
function rememberPlace(dealId, { stage, next }) {
  window.stagecraft.rememberUndo(() => {
    const card = board.cardOf(dealId);
    const column = board.lane(stage);
    if (!card || !column || board.laneOf(card) !== column) return;
    const from = placeOf(card);
    const before = next && board.cardOf(next.dataset.dealId);
    board.glide(card, () => board.listOf(column).insertBefore(card, before?.parentElement === card.parentElement ? before : board.endOf(board.listOf(column))), 160);
    keepInView(card);
    sendMove(card, from).then(() => window.stagecraft.forgetUndo?.());
  });
}

/**
 * Several cards into a column, where they stand already: in one request, of which some may be refused.
 * `after`: the deal below which they lie, "" on top, undefined at the bottom.
 */
async function sendMany(cards, column, after) {
  const { selection } = window.stagecraft;
  const ids = cards.map((card) => card.dataset.dealId);
  const stages = new Set([column.dataset.stageId, ...cards.map((card) => card.dataset.from ?? board.laneOf(card).dataset.stageId)]);
  const values = { deals: selection.pairs(ids), "bulk-stage": column.dataset.stageId, go: "on", surface: "drop", query: board.words.query };
  if (after !== undefined) values.after = after;
  for (const card of cards) {
    card.classList.add("is-saving");
    board.busy.add(card.dataset.dealId);
  }
  const { ok, status } = await send("POST", selection.urlOf("move"), { values, ownWords: true });
  for (const id of ids) {
    board.busy.delete(id);
    board.cardOf(id)?.classList.remove("is-saving");
  }
  if (isLost(status)) {
    const text = status ? board.words.sayFailed : board.words.sayOffline;
    showNotice(text.replace("{deal}", ids.length), { kind: "error" });
  }
  if (ok) board.refresh();
  else board.refreshLanes(stages);
}

// A drop after the session had ended is offered again once the reader has logged in: kept by this tab, for a while. -------
const PENDING = "stagecraft.move";
const PATIENCE = 10 * 60 * 1000; // ms

function keepForLogin(move) {
  sessionStorage.setItem(PENDING, JSON.stringify({ ...move, at: Date.now() }));
}

function offerKept() {
  const kept = JSON.parse(sessionStorage.getItem(PENDING) ?? "null");
  sessionStorage.removeItem(PENDING);
  const card = kept && board.cardOf(kept.dealId);
  const column = kept && board.lane(kept.stage);
  if (!card || !column || Date.now() - kept.at > PATIENCE) return;
  const strong = nameOf(card);
  const text = board.words.sayWaiting.replace("{deal}", strong).replace("{stage}", column.dataset.name);
  showNotice(text, { strong, kind: "error", actionLabel: board.words.sayAgain, onAction: () => sendAgain(kept.dealId, kept.stage, kept.after) });
}

const isLost = (status) => status === 0 || status >= 500;

function sayLost(card, status, again) {
  const strong = nameOf(card);
  const text = (status ? board.words.sayFailed : board.words.sayOffline).replace("{deal}", strong);
  showNotice(text, { strong, kind: "error", actionLabel: board.words.sayAgain, onAction: again });
}

function sendAgain(dealId, stage, after) {
  const [card, column] = [board.cardOf(dealId), board.lane(stage)];
  if (!card || !column) return;
  const origin = placeOf(card);
  board.glide(card, () => place(card, column, after), 160);
  sendMove(card, origin, { toBottom: after === undefined });
}

const nameOf = (card) => card.querySelector(".name").textContent.trim();

function refused(dealId) {
  const card = board.cardOf(dealId);
  const origin = origins.get(dealId);
  if (card && origin && board.carried() !== dealId) putBack(card, origin);
  card?.classList.remove("is-saving");
}

function sendWin(card) {
  const dealId = card.dataset.dealId;
  card.classList.add("is-saving");
  return inTurn(dealId, async () => {
    const values = { version: card.dataset.version, surface: "board", query: board.words.query };
    const { status } = await send("POST", card.dataset.winUrl, { values, ownWords: true });
    if (isLost(status)) sayLost(card, status, () => sendWin(board.cardOf(dealId) ?? card));
  });
}

function askLoss(card) {
  return send("GET", `${card.dataset.loseUrl}?surface=board&version=${card.dataset.version}`, { target: "#overlay", swap: "innerHTML" });
}

/** As a choice of the menu or the keyboard: into another column, at its bottom. */
function moveToLane(card, column) {
  const origin = placeOf(card);
  if (board.unmetFor(card, column) === 0) board.glide(card, () => place(card, column), 160);
  else return sendRefused(card, column, origin);
  keepInView(card);
  return sendMove(card, origin, { toBottom: true });
}

// The gate will hold: ask without moving the card, so that it does not travel there and back.
function sendRefused(card, column, origin) {
  const dealId = card.dataset.dealId;
  places.set(dealId, { stage: column.dataset.stageId, after: undefined });
  card.classList.add("is-saving");
  const values = { stage: column.dataset.stageId, version: card.dataset.version, surface: "board", from_stage: origin.stage, query: board.words.query };
  return inTurn(dealId, () => send("POST", card.dataset.moveUrl, { values }));
}

/** Up, down, top, bottom inside its own column. */
function moveWithin(card, where) {
  const column = board.laneOf(card);
  const cards = board.cardsIn(column);
  const at = cards.indexOf(card);
  const last = cards.length - 1;
  const to = { up: at - 1, down: at + 1, top: 0, bottom: last }[where];
  if (to < 0 || to > last || to === at) return;
  const origin = placeOf(card);
  board.glide(card, () => (to < at ? cards[to].before(card) : cards[to].after(card)), 160);
  keepInView(card);
  sendMove(card, origin);
  board.say(
    board.words.sayPlaced
      .replace("{deal}", nameOf(card))
      .replace("{at}", to + 1)
      .replace("{of}", cards.length),
  );
}

function keepInView(card) {
  const link = card.querySelector(".name a");
  link.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", inline: "nearest", behavior: window.stagecraft.isCalm() ? "auto" : "smooth" });
}

// Answers -----------------------------------------------------------------------------------------------------------
if (board) {
  // A card in the hand is not redrawn under it; what the server says of it is asked for again after the drop.
  document.addEventListener("htmx:before:swap", ({ detail }) => {
    const card = board.carried() && board.cardOf(board.carried());
    if (!card) return;
    const kept = detail.tasks.filter((task) => !(task.target instanceof Element) || !task.target.contains(card));
    if (kept.length === detail.tasks.length) return;
    detail.tasks.splice(0, detail.tasks.length, ...kept);
    board.refreshCard(board.carried());
  });
  document.addEventListener("move-refused", ({ detail }) => refused(detail.deal));
  document.addEventListener("move-done", ({ detail }) => {
    const card = board.cardOf(detail.deal);
    // A later drop of the same card decides where it stands.
    if (!card || !detail.stage || board.carried() === detail.deal || queues.get(detail.deal)?.waiting > 1) return;
    const wanted = places.get(detail.deal);
    places.delete(detail.deal);
    const column = board.lane(detail.stage);
    if (!column) card.remove();
    else if (board.laneOf(card) !== column) {
      board.glide(card, () => place(card, column, wanted?.stage === detail.stage ? wanted.after : undefined));
    }
  });
  offerKept();
  document.addEventListener("lanes-changed", ({ detail }) => board.refreshLanes(detail.stages, detail.fresh));
  document.addEventListener("deal-changed", ({ detail }) => board.refreshCard(detail.deal));
  window.stagecraft.moves = { placeOf, putBack, place, sendMove, sendMany, sendWin, askLoss, moveToLane, moveWithin };
}
