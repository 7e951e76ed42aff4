export {};
// "Move to…": everything that dragging does, by keyboard, touch or a click. One menu for all cards.
const { board, moves, icon } = window.stagecraft;
const menu = document.getElementById("move-menu");
let card = null;
let opener = null;

const entries = () => [...menu.querySelectorAll('[role="menuitem"]:not([hidden])')];

function open(forCard, button) {
  card = forCard;
  opener = button;
  fill();
  menu.showPopover();
  put();
  entries()[0]?.focus();
}

function fill() {
  const here = board.laneOf(card);
  const { selection } = window.stagecraft;
  const isOneOf = selection.has(card.dataset.dealId);
  menu.querySelector("[data-menu-title]").textContent = isMany() ? document.querySelector("[data-bulk-count]").textContent : card.querySelector(".name").textContent.trim();
  menu.querySelector("[data-menu-choose]").hidden = isOneOf;
  menu.querySelector("[data-menu-unchoose]").hidden = !isOneOf;
  menu.querySelector("[data-menu-lanes]").replaceChildren(...board.lanes().map((column) => entryFor(column, here)));
  const won = menu.querySelector('[data-menu-outcome="won"]');
  won.hidden = board.isLead(here);
  won.querySelector(".due")?.remove();
  const unmetToWin = board.unmetFor(card, { dataset: { outcome: "won" } });
  if (unmetToWin) won.append(whyNot(unmetToWin));
  const cards = board.cardsIn(here);
  const at = cards.indexOf(card);
  for (const button of menu.querySelectorAll("[data-menu-within]")) {
    const isUp = ["up", "top"].includes(button.dataset.menuWithin);
    button.hidden = isUp ? at <= 0 : at >= cards.length - 1;
  }
  menu.querySelector("[data-menu-order]").hidden = cards.length < 2 || isMany();
}

/** Whether what is chosen in the menu is meant for all chosen cards. */
const isMany = () => window.stagecraft.selection.has(card.dataset.dealId) && window.stagecraft.selection.size() > 1;

function entryFor(column, here) {
  const button = document.createElement("button");
  button.type = "button";
  button.role = "menuitem";
  button.tabIndex = -1;
  button.dataset.menuStage = column.dataset.stageId;
  const unmet = column === here || isMany() ? 0 : board.unmetFor(card, column);
  const name = document.createElement("span");
  name.className = "grow";
  name.textContent = column.dataset.name;
  button.append(icon(column === here && !isMany() ? "check" : unmet ? "lock" : "move", false), name);
  if (column === here && !isMany()) {
    button.setAttribute("aria-current", "true");
    button.setAttribute("aria-disabled", "true");
  } else if (unmet) {
    button.append(whyNot(unmet));
  }
  return button;
}

function whyNot(unmet) {
  const why = document.createElement("span");
  why.className = "tiny due push";
  why.textContent = board.missingText(unmet);
  return why;
}

// Beside the button, inside the window; on a phone it is a sheet at the bottom (board.css).
function put() {
  const at = (opener ?? card).getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = at.bottom + 4 + height < innerHeight;
  menu.style.left = `${Math.max(8, Math.min(at.right - width, innerWidth - width - 8))}px`;
  menu.style.top = `${Math.max(8, below ? at.bottom + 4 : Math.min(at.top - height - 4, innerHeight - height - 8))}px`;
}

function choose(button) {
  const chosen = card;
  if (button.getAttribute("aria-disabled") === "true") return;
  menu.hidePopover();
  const { menuStage, menuOutcome, menuWithin } = button.dataset;
  const { selection } = window.stagecraft;
  if (button.matches("[data-menu-choose], [data-menu-unchoose]")) selection.toggle(chosen.dataset.dealId);
  else if (isMany() && menuStage) moves.sendMany(selection.ids().map(board.cardOf), board.lane(menuStage));
  else if (isMany() && menuOutcome) selection.ask(menuOutcome === "won" ? "win" : "lose");
  else if (menuStage) moves.moveToLane(chosen, board.lane(menuStage));
  else if (menuWithin) moves.moveWithin(chosen, menuWithin);
  else if (menuOutcome === "won") moves.sendWin(chosen);
  else moves.askLoss(chosen);
}

function walk(event) {
  const found = entries();
  const at = found.indexOf(document.activeElement);
  const last = found.length - 1;
  const to = { ArrowDown: at === last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1, Home: 0, End: last }[event.key];
  if (event.key === "Tab") menu.hidePopover();
  if (to === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  found[to].focus();
}

if (board?.canEdit && menu) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move-menu]");
    if (button) open(button.closest("[data-deal-id]"), button);
  });
  menu.addEventListener("click", (event) => {
    const button = event.target.closest('[role="menuitem"]');
    if (button) choose(button);
  });
  menu.addEventListener("keydown", walk);
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    const isLost = document.activeElement === document.body || menu.contains(document.activeElement);
    if (isLost) board.cardOf(card.dataset.dealId)?.querySelector(".name a").focus({ preventScroll: true });
  });
  window.stagecraft.openMoveMenu = (forCard) => open(forCard, forCard.querySelector("[data-move-menu]"));
}
