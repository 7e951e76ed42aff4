export {};
// Columns: one at a time on a phone, quick add at their head, dense cards; the search of the phone.
const { board } = window.stagecraft;
const SHOWN = "stagecraft.lane";
const DENSE = "dense";

// The phone's switcher ----------------------------------------------------------------------------------------------
const switches = () => [...document.querySelectorAll("[data-show-lane]")];
let shown = null;

function show(stageId) {
  if (!board.lane(stageId)) return;
  shown = stageId;
  sessionStorage.setItem(`${SHOWN}.${board.words.pipeline}`, stageId);
  redraw();
}

function redraw() {
  for (const column of board.lanes()) column.classList.toggle("is-shown", column.dataset.stageId === shown);
  for (const link of switches()) {
    const column = board.lane(link.dataset.showLane);
    if (link.dataset.showLane === shown) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
    const count = column?.querySelector("[data-stage-count]")?.dataset.stageCount;
    if (count !== undefined) link.querySelector("[data-lane-count]").textContent = count;
  }
}

function firstShown() {
  const kept = sessionStorage.getItem(`${SHOWN}.${board.words.pipeline}`);
  if (kept && board.lane(kept)) return kept;
  const open = board.lanes().filter((column) => !board.isLead(column));
  const filled = open.find((column) => board.cardsIn(column).length);
  return (filled ?? open[0] ?? board.lanes()[0])?.dataset.stageId;
}

function swipe() {
  let from = null;
  board.element.addEventListener("touchstart", ({ touches }) => {
    from = touches.length === 1 ? { x: touches[0].clientX, y: touches[0].clientY } : null;
  }, { passive: true });
  board.element.addEventListener("touchend", ({ changedTouches }) => {
    if (!from || board.carried() !== null || innerWidth > 640) return;
    const [x, y] = [changedTouches[0].clientX - from.x, changedTouches[0].clientY - from.y];
    from = null;
    if (Math.abs(x) < 60 || Math.abs(y) > Math.abs(x) / 2) return;
    const columns = board.lanes();
    const next = columns[columns.findIndex((column) => column.dataset.stageId === shown) + (x < 0 ? 1 : -1)];
    if (next) show(next.dataset.stageId);
  }, { passive: true });
}

// Quick add ---------------------------------------------------------------------------------------------------------
function closeQuickAdd(form) {
  const column = board.laneOf(form);
  form.parentElement.replaceChildren();
  fitQuickAdd();
  column.querySelector("[data-quick-add]").focus({ preventScroll: true });
}

function onlyOneQuickAdd(event) {
  const button = event.target.closest("[data-quick-add]");
  if (!button) return;
  for (const form of board.element.querySelectorAll("[data-quick-add-form]")) form.parentElement.replaceChildren();
}

// The form hangs below its column's head: the cards make room for it.
function fitQuickAdd() {
  for (const column of board.lanes()) {
    const form = column.querySelector("[data-quick-add-form]");
    if (form) column.style.setProperty("--adding", `${form.offsetHeight + 7}px`);
    else column.style.removeProperty("--adding");
  }
}

// The phone's search ------------------------------------------------------------------------------------------------
function toggleSearch(button) {
  const form = document.getElementById("board-search");
  const isShown = form.classList.toggle("is-shown");
  button.setAttribute("aria-expanded", String(isShown));
  if (isShown) form.querySelector("[name=q]").focus();
}

// Folded columns: in a cookie, so that the next page comes folded and nothing shifts ----------------------------------
const FOLDED = "folded";
function keep(name, value) {
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
}

function fold(stageId) {
  const column = board.lane(stageId);
  const isFolded = column.classList.toggle("is-collapsed");
  column.querySelector("[data-fold]").setAttribute("aria-expanded", String(!isFolded));
  const known = document.cookie.split("; ").find((each) => each.startsWith(`${FOLDED}=`))?.slice(FOLDED.length + 1);
  const folded = new Set(known ? known.split(".") : []);
  if (isFolded) folded.add(stageId);
  else folded.delete(stageId);
  keep(FOLDED, [...folded].slice(-100).join("."));
}

// Dense cards -------------------------------------------------------------------------------------------------------
function setDense(isDense) {
  board.element.classList.toggle("is-compact", isDense);
  document.querySelector("[data-density]").setAttribute("aria-pressed", String(isDense));
  keep(DENSE, isDense ? "on" : "");
}

if (board) {
  shown = firstShown();
  redraw();
  swipe();
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-show-lane]");
    if (link) {
      event.preventDefault();
      show(link.dataset.showLane);
    }
    const folds = event.target.closest("[data-fold]");
    if (folds) fold(folds.dataset.fold);
    const cancel = event.target.closest("[data-cancel-quick-add]");
    if (cancel) closeQuickAdd(cancel.closest("form"));
    onlyOneQuickAdd(event);
    const search = event.target.closest("[data-search-toggle]");
    if (search) toggleSearch(search);
  });
  document.addEventListener("keydown", (event) => {
    const form = event.key === "Escape" && event.target.closest("[data-quick-add-form]");
    if (!form) return;
    event.preventDefault();
    closeQuickAdd(form);
  });
  document.addEventListener("htmx:after:swap", redraw);
  document.addEventListener("htmx:after:swap", fitQuickAdd);
  document.querySelector("[data-density]").addEventListener("click", () => setDense(!board.element.classList.contains("is-compact")));
}
