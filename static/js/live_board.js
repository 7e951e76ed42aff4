export {};
// The board keeps up with what others do: cards go where they now lie, and say for a moment who has been at them.
//
// One request for everything that was heard. Nothing moves while a card is in the hand or on its way to the server.
const { board, liveTab } = window.stagecraft;
const MOST = 60; // from here on whole columns are fetched instead of cards
const SHOWN = 6000;
const AGAIN = 2000;
const home = location.pathname;

const deals = new Set();
const stages = new Set();
let isNew = false; // the stages themselves have changed
let timer = null;
let running = false;

function note({ detail }) {
  for (const [id, change] of detail.deals) {
    if (board.cardOf(id) || change.stages.some((stage) => board.lane(stage))) deals.add(id);
    const isWhole = deals.size > MOST || board.isSorted();
    for (const stage of [...change.stages, ...laneIdsOf(id)]) if (isWhole && board.lane(stage)) stages.add(stage);
  }
  for (const id of detail.stages) if (board.lane(id)) stages.add(id);
  if (detail.everything) for (const lane of board.lanes()) stages.add(lane.dataset.stageId);
  isNew ||= detail.designs.has(board.words.pipeline);
  soon(Math.random() * detail.spread);
}

const isAny = () => deals.size > 0 || stages.size > 0 || isNew;

function soon(wait) {
  if (!isAny() || timer || running) return;
  timer = setTimeout(() => {
    timer = null;
    fetchNews();
  }, wait);
}

async function fetchNews() {
  if (running || !isAny() || board.isBusy()) return; // board:rest comes
  running = true;
  let done = false;
  try {
    done = isNew ? await fetchBoard() : await fetchCards();
  } catch {
    // Tried again: what is to be fetched is still noted.
  }
  running = false;
  if (isAny() && !board.isBusy()) soon(done ? 0 : AGAIN);
}

async function ask(url) {
  const answer = await fetch(url, { headers: { "HX-Request": "true", "X-Live-Tab": liveTab } });
  if (!answer.ok || answer.redirected) throw new Error(`${answer.status}`);
  return answer.text();
}

async function fetchCards() {
  // No rank to be put by: whole columns come.
  if (board.isSorted()) {
    const whole = [...stages];
    deals.clear();
    stages.clear();
    await board.refreshLanes(whole);
    return true;
  }
  const wanted = [...deals];
  const columns = [...stages];
  const query = new URLSearchParams(board.words.query);
  if (deals.size > MOST) for (const id of wanted) for (const lane of laneIdsOf(id)) columns.push(lane);
  if (wanted.length <= MOST) query.set("deals", wanted.join(","));
  query.set("lanes", [...new Set(columns)].map((id) => `${id}:${Math.max(25, board.cardsIn(board.lane(id)).length)}`).join(","));
  const text = await ask(`${board.words.liveUrl}?${query}`);
  // A card was taken up meanwhile: this answer is from before the drop.
  if (board.isBusy()) return false;
  for (const id of wanted) deals.delete(id);
  for (const id of columns) stages.delete(id);
  const news = new DOMParser().parseFromString(text, "text/html");
  await show(news, text, columns);
  return true;
}

const laneIdsOf = (dealId) => {
  const card = board.cardOf(dealId);
  return card ? [board.laneOf(card).dataset.stageId] : [];
};

/** Cards to their places, then what they say. */
async function show(news, text, columns) {
  const focused = document.activeElement;
  const kept = new Set();
  for (const entry of news.querySelectorAll("[data-live-card]")) {
    const { liveCard: id, stage, rank } = entry.dataset;
    kept.add(id);
    put(id, stage, rank);
  }
  for (const gone of news.querySelectorAll("[data-live-gone]")) board.cardOf(gone.dataset.liveGone)?.remove();
  for (const id of columns) {
    for (const card of board.lane(id) ? board.cardsIn(board.lane(id)) : []) if (!kept.has(card.dataset.dealId)) card.remove();
  }
  await swap(text);
  for (const entry of news.querySelectorAll("[data-by]")) light(entry.dataset.liveCard, entry.dataset.by);
  if (focused?.isConnected && document.activeElement === document.body) focused.focus({ preventScroll: true });
  if (news.querySelectorAll("[data-by]").length === 1) {
    const { liveCard, by } = news.querySelector("[data-by]").dataset;
    const name = board.cardOf(liveCard)?.querySelector(".name").textContent.trim();
    if (name) board.say(`${name}: ${by}`);
  }
}

/** In the order of the ranks; below the last card that is loaded it has its turn with "Show more". */
function put(id, stageId, rank) {
  const column = board.lane(stageId);
  let card = board.cardOf(id);
  if (!column) return card?.remove();
  const others = board.cardsIn(column).filter((other) => other !== card);
  const below = others.find((other) => other.dataset.rank > rank);
  if (!below && column.querySelector("[data-more]") && others.length) return card?.remove();
  const list = board.listOf(column);
  const before = below ?? column.querySelector("[data-more]") ?? board.endOf(list);
  if (!card) {
    card = document.createElement("article");
    card.id = `deal-${id}`;
    card.className = "deal-card";
    card.dataset.dealId = id;
    list.insertBefore(card, before);
  } else if (board.laneOf(card) !== column || nextCard(card) !== below) {
    board.glide(card, () => list.insertBefore(card, before));
  }
  card.dataset.rank = rank;
}

function nextCard(card) {
  let next = card.nextElementSibling;
  while (next && !next.matches("[data-deal-id]")) next = next.nextElementSibling;
  return next ?? undefined;
}

async function swap(text) {
  const courier = document.createElement("span");
  courier.hidden = true;
  document.body.append(courier);
  await htmx.swap({ text, sourceElement: courier, target: courier, swap: "none" });
  courier.remove();
}

// Who has been at it ------------------------------------------------------------------------------------------------
const lit = new Map(); // deal → {by, until}

function light(id, by) {
  lit.set(id, { by, until: performance.now() + SHOWN });
  relight();
  setTimeout(relight, SHOWN + 20);
}

// A card that is drawn anew meanwhile has lost its line.
function relight() {
  for (const [id, { by, until }] of lit) {
    const card = board.cardOf(id);
    const line = card?.querySelector(":scope > .by");
    if (!card || performance.now() >= until) {
      lit.delete(id);
      card?.classList.remove("is-fresh");
      line?.remove();
    } else {
      card.classList.add("is-fresh");
      if (!line) card.append(lineOf(by));
    }
  }
}

function lineOf(by) {
  const line = document.createElement("p");
  line.className = "by";
  const text = document.createElement("span");
  text.className = "clip";
  text.textContent = by;
  line.append(window.stagecraft.icon("move"), text);
  return line;
}

// Other stages: the board's columns from the page itself ----------------------------------------------------------------
async function fetchBoard() {
  const news = new DOMParser().parseFromString(await ask(`${home}?${board.words.query}`), "text/html");
  if (board.isBusy()) return false;
  isNew = false;
  deals.clear();
  stages.clear();
  const parts = [["[data-board]", "innerMorph"], ["nav.stages", "innerHTML"], ["#board-sums", "innerHTML"]];
  const text = parts
    .map(([selector, how]) => [selector, how, news.querySelector(selector)])
    .filter(([, , part]) => part)
    .map(([selector, how, part]) => `<hx-partial hx-target="${selector}" hx-swap="${how}">${part.innerHTML}</hx-partial>`);
  if (!news.querySelector("[data-board]")) return location.reload();
  await swap(text.join(""));
  return true;
}

if (board && liveTab && board.words.liveUrl) {
  document.addEventListener("live:changes", note);
  board.element.addEventListener("board:rest", () => soon(0));
  document.addEventListener("htmx:after:swap", relight);
  document.addEventListener("move-done", ({ detail }) => {
    const card = board.cardOf(detail.deal);
    if (card && detail.rank) card.dataset.rank = detail.rank;
  });
}
