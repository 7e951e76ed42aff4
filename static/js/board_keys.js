export {};
// The board by keyboard. Single letters can be switched off in the list of keys, and never act while somebody types.
const { board, isTyping, moves } = window.stagecraft;
const help = document.getElementById("keys");
const KEPT = "stagecraft.keys";

const focused = () => document.activeElement?.closest?.("[data-deal-id]");
const focus = (card) => {
  const link = card?.querySelector(".name a");
  link?.focus({ preventScroll: true });
  card?.scrollIntoView({ block: "nearest", inline: "nearest" });
};
const isOff = () => localStorage.getItem(KEPT) === "off";

const first = () => focus(board.lanes().filter(isSeen).flatMap(board.cardsIn)[0]);
const isSeen = (column) => column.offsetParent !== null || getComputedStyle(column).display !== "none";

/** The card beside: same height where the neighbouring column has one. */
function aside(card, step) {
  const columns = board.lanes().filter(isSeen);
  const top = card.getBoundingClientRect().top;
  for (let at = columns.indexOf(board.laneOf(card)) + step; columns[at]; at += step) {
    const cards = board.cardsIn(columns[at]);
    if (!cards.length) continue;
    const distance = (each) => Math.abs(each.getBoundingClientRect().top - top);
    return cards.reduce((best, each) => (distance(each) < distance(best) ? each : best));
  }
  return null;
}

function walk(card, key) {
  const cards = board.cardsIn(board.laneOf(card));
  const at = cards.indexOf(card);
  if (key === "ArrowUp") return cards[at - 1];
  if (key === "ArrowDown") return cards[at + 1];
  return aside(card, key === "ArrowRight" ? 1 : -1);
}

const isOneOfMany = (card) => window.stagecraft.selection?.has(card.dataset.dealId) && window.stagecraft.selection.size() > 1;

const onCard = {
  m: (card) => window.stagecraft.openMoveMenu?.(card),
  w: (card) => (isOneOfMany(card) ? window.stagecraft.selection.ask("win") : !board.isLead(board.laneOf(card)) && moves?.sendWin(card)),
  l: (card) => (isOneOfMany(card) ? window.stagecraft.selection.ask("lose") : moves?.askLoss(card)),
  t: (card) => card.querySelector(".task a, .task button")?.focus(),
};
const anywhere = {
  n: () => document.querySelector("[data-new-deal]")?.click(),
  d: () => document.querySelector("[data-density]")?.click(),
  "/": () => document.getElementById("board-q")?.focus(),
  "?": () => help?.showModal(),
};

function act(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]") || event.target.closest("[popover]:popover-open")) return;
  const card = focused();
  if (event.key.startsWith("Arrow")) {
    if (document.activeElement === document.body && event.key === "ArrowDown") first();
    else if (!card || !document.activeElement.matches(".name a")) return;
    else focus(walk(card, event.key));
    event.preventDefault();
    return;
  }
  if (isOff()) return;
  const key = event.key.toLowerCase();
  const inPanel = event.target.closest("#panel");
  if (card && board.canEdit && onCard[key]) onCard[key](card);
  else if (anywhere[key] && !(inPanel && key === "n")) anywhere[key]();
  else return;
  event.preventDefault();
}

// A card that is drawn anew keeps the focus. --------------------------------------------------------------------------
let had = null;
document.addEventListener("htmx:before:swap", () => {
  had = focused()?.dataset.dealId ?? null;
});
document.addEventListener("htmx:after:swap", () => {
  if (had && document.activeElement === document.body) board.cardOf(had)?.querySelector(".name a").focus({ preventScroll: true });
});

if (board) {
  document.addEventListener("keydown", act);
  document.querySelector("[data-keys-help]")?.addEventListener("click", () => help.showModal());
  const box = help?.querySelector("[data-keys-on]");
  if (box) {
    box.checked = !isOff();
    box.addEventListener("change", () => localStorage.setItem(KEPT, box.checked ? "on" : "off"));
  }
}
