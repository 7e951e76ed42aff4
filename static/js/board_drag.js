export {};
// Dragging with the pointer. SortableJS carries the card; where it may go, is shown and sent from here.
const { board, moves, icon } = window.stagecraft;
const zones = document.querySelector(".outcomes.zones");
const RAISE = 150; // ms after the press: whoever aims at a zone must be able to see it
const LONG_PRESS = 260;

let origin = null;
let mark = null; // the outline left behind
let point = null; // the pointer's last place
let raising = null;
let justDropped = false;
let isCancelled = false;
let group = []; // the cards in the hand, in their order: the one that was taken, or all that are chosen

function wire() {
  for (const list of board.element.querySelectorAll("[data-cards]")) {
    if (!Sortable.get(list)) Sortable.create(list, options);
  }
}

const options = {
  group: "deals",
  draggable: "[data-deal-id]",
  filter: "button, input, .card-tools",
  preventOnFilter: false,
  forceFallback: true, // by pointer, not by the browser's own drag: it can be drawn, and works by touch
  fallbackOnBody: true,
  fallbackTolerance: 4,
  delay: LONG_PRESS,
  delayOnTouchOnly: true,
  touchStartThreshold: 8,
  // The landing line is thin: a card's upper half means above it, its lower half below.
  invertSwap: true,
  emptyInsertThreshold: 0,
  animation: 0,
  ghostClass: "is-in-hand",
  dragClass: "is-carried",
  scroll: true,
  forceAutoScrollFallback: true,
  bubbleScroll: true,
  scrollSensitivity: 70,
  scrollSpeed: 14,
  onChoose: ({ item }) => raiseSoon(item),
  onUnchoose: lower,
  onStart: ({ item }) => start(item),
  onEnd: ({ item }) => end(item),
};

// Won and lost ------------------------------------------------------------------------------------------------------
function raiseSoon(card) {
  clearTimeout(raising);
  raising = setTimeout(() => {
    zones.classList.toggle("is-lead", board.isLead(board.laneOf(card)));
    zones.classList.add("is-up");
  }, RAISE);
}

function lower() {
  clearTimeout(raising);
  zones.classList.remove("is-up");
  for (const zone of zones.children) zone.classList.remove("is-over");
}

// One drag ----------------------------------------------------------------------------------------------------------
function start(card) {
  origin = moves.placeOf(card);
  mark = document.createElement("div");
  mark.className = "origin-mark";
  mark.style.height = `${card.offsetHeight}px`;
  card.before(mark);
  card.classList.add("slot"); // from here on it is the line at the landing place; what is carried is a copy
  const copy = document.querySelector("body > .is-carried");
  for (const name of ["id", "data-deal-id", "data-polls"]) copy?.removeAttribute(name);
  group = groupOf(card);
  if (group.length > 1) copy?.setAttribute("data-count", group.length);
  for (const other of group) if (other !== card) other.classList.add("is-in-hand-too");
  board.hold(card.dataset.dealId);
  document.body.classList.add("is-dragging");
  showGates();
  showHome(card);
}

function groupOf(card) {
  const { selection } = window.stagecraft;
  if (!selection?.has(card.dataset.dealId) || selection.size() < 2) return [card];
  return board.lanes().flatMap(board.cardsIn).filter((each) => selection.has(each.dataset.dealId));
}

/** What keeps the cards in the hand from a column, or from being won; null where all may go. */
function whyNot(target) {
  const asked = group.filter((card) => board.laneOf(card) !== target);
  const held = asked.map((card) => board.unmetFor(card, target)).filter(Boolean);
  if (!held.length) return null;
  const text = group.length === 1 ? board.missingText(held[0]) : window.stagecraft.selection.someText(held.length, group.length);
  return { text, isAll: held.length === asked.length };
}

function showGates() {
  for (const column of board.lanes()) {
    const found = whyNot(column);
    if (!found) continue;
    if (found.isAll) column.classList.add("refuses");
    column.querySelector(".lane-head").append(whyElement("p", found.text));
  }
  const won = document.querySelector('[data-outcome="won"]');
  const found = whyNot(won);
  if (found) won.append(whyElement("span", found.text));
}

function whyElement(tag, text) {
  const why = document.createElement(tag);
  why.className = "why";
  why.append(icon("lock"), text);
  return why;
}

// Beside its own outline the line would say nothing: the card is at home.
function showHome(card) {
  const isHome = mark.nextElementSibling === card || mark.previousElementSibling === card;
  card.classList.toggle("is-home", isHome);
}

function columnAt(x, y) {
  for (const element of document.elementsFromPoint(x, y)) {
    const found = element.closest?.("[data-outcome], [data-stage-id], #panel, .rail");
    if (found) return found.matches("#panel, .rail") ? null : found;
  }
  return null;
}

function follow(event) {
  const at = event.changedTouches?.[0] ?? event;
  if (at.clientX !== undefined) point = { x: at.clientX, y: at.clientY };
  if (board.carried() === null || !mark) return;
  const over = columnAt(point.x, point.y);
  for (const column of board.lanes()) column.classList.toggle("accepts", column === over && !column.classList.contains("refuses"));
  for (const zone of zones.children) zone.classList.toggle("is-over", zone === over);
  const card = board.cardOf(board.carried());
  const outline = mark.getBoundingClientRect();
  const inside = point.x > outline.left && point.x < outline.right && point.y > outline.top && point.y < outline.bottom;
  // Over won and lost no column is to show a landing line.
  if (inside || over?.matches("[data-outcome]")) mark.after(card);
  showHome(card);
}

// Sortable looks where the pointer is every 50 ms; a quick hand drops sooner.
function catchUp() {
  if (board.carried() !== null) Sortable.active?._emulateDragOver?.();
}

// Esc, or a touch that the system takes away: the card goes home, nothing is sent.
function cancelByKey(event) {
  if (event.key !== "Escape" || board.carried() === null || !mark) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  document.dispatchEvent(new Event(Sortable.active.options.supportPointer ? "pointercancel" : "touchcancel"));
}

function end(card) {
  const over = isCancelled ? null : point && columnAt(point.x, point.y);
  isCancelled = false;
  const isHome = card.classList.contains("is-home");
  card.classList.remove("is-home", "slot");
  for (const column of board.lanes()) {
    column.classList.remove("refuses", "accepts");
  }
  for (const why of document.querySelectorAll(".lane-head .why, .outcome .why")) why.remove();
  document.body.classList.remove("is-dragging");
  lower();
  justDropped = true;
  setTimeout(() => (justDropped = false), 0);
  const home = { ...origin, next: mark.nextElementSibling === card ? card.nextElementSibling : mark.nextElementSibling };
  while (home.next && !home.next.matches("[data-deal-id]")) home.next = home.next.nextElementSibling;
  mark.remove();
  mark = null;
  for (const other of group) other.classList.remove("is-in-hand-too");
  const dealId = board.carried();
  drop(card, over, home, isHome);
  // Not before the drop is sent, or it would be redrawn in between.
  if (board.carried() === dealId) board.letGo();
}

function drop(card, over, home, isHome) {
  if (over?.matches("[data-outcome]")) {
    board.glide(card, () => home.list.insertBefore(card, home.next ?? board.endOf(home.list)));
    const { selection } = window.stagecraft;
    if (group.length > 1) selection.ask(over.dataset.outcome === "won" ? "win" : "lose", idsOf(group));
    else if (over.dataset.outcome === "won") moves.sendWin(card);
    else moves.askLoss(card);
    return;
  }
  if (board.isSorted()) return dropSorted(card, over, home, isHome);
  // On a head, or below the last card: Sortable knows its lists alone.
  if (over && over !== board.laneOf(card)) {
    const onHead = point.y < board.listOf(over).getBoundingClientRect().top;
    moves.place(card, over, onHead ? "" : undefined);
    isHome = false;
  }
  if (isHome || !over) {
    if (!over) board.glide(card, () => home.list.insertBefore(card, home.next ?? board.endOf(home.list)));
    return;
  }
  // Into an empty column Sortable puts it last of all.
  const end = board.endOf(card.parentElement);
  if (end && end.compareDocumentPosition(card) & Node.DOCUMENT_POSITION_FOLLOWING) end.before(card);
  if (group.length > 1) dropAll(card, home);
  else moves.sendMove(card, home);
}

/** Sorted by something else, a card has no place of its own: another column takes it, and shows it where it belongs. */
function dropSorted(card, over, home, isHome) {
  const column = over?.matches("[data-stage-id]") ? over : board.laneOf(card);
  const list = board.listOf(board.lane(home.stage) ?? column);
  if (!over || column.dataset.stageId === home.stage) {
    board.glide(card, () => list.insertBefore(card, home.next ?? board.endOf(list)));
    if (over && !isHome) window.stagecraft.showNotice(board.words.saySorted);
    return;
  }
  const cards = group.length > 1 ? group : [card];
  for (const each of cards) {
    each.dataset.from = each === card ? home.stage : board.laneOf(each).dataset.stageId;
    moves.place(each, column);
  }
  if (cards.length > 1) moves.sendMany(cards, column);
  else moves.sendMove(card, home, { toBottom: true }).then(() => board.refreshLanes([column.dataset.stageId], card.dataset.dealId));
}

const idsOf = (cards) => cards.map((card) => card.dataset.dealId);

/** The others come to the card that was carried, in their order. */
function dropAll(card, home) {
  const column = board.laneOf(card);
  let above = card.previousElementSibling;
  while (above && (!above.matches("[data-deal-id]") || group.includes(above))) above = above.previousElementSibling;
  for (const each of group) each.dataset.from = each === card ? home.stage : board.laneOf(each).dataset.stageId;
  if (above) above.after(...group);
  else board.listOf(column).prepend(...group);
  moves.sendMany(group, column, above?.dataset.dealId ?? "");
}

if (board?.canEdit) {
  wire();
  document.addEventListener("htmx:after:settle", wire);
  document.addEventListener("pointermove", follow, { passive: true });
  document.addEventListener("touchmove", follow, { passive: true });
  for (const name of ["pointerup", "touchend", "mouseup"]) {
    document.addEventListener(name, (event) => (follow(event), catchUp(), board.carried() && mark && follow(event)), true);
  }
  document.addEventListener("keydown", cancelByKey, true);
  for (const name of ["pointercancel", "touchcancel"]) {
    document.addEventListener(name, () => (isCancelled = board.carried() !== null && mark !== null), true);
  }
  // The release after a drag is not a click on the card.
  document.addEventListener("click", (event) => justDropped && (event.preventDefault(), event.stopImmediatePropagation()), true);
}
