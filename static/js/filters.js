export {};
// Filters of board and list without loading the page: the address follows, scroll and focus stay.
const { board, list, send } = window.stagecraft;
const PAUSE = 300; // ms after the last key
const home = location.pathname;
const bar = () => document.querySelector("[data-filter-bar]");
const search = document.querySelector("[data-search]");
let query = location.search.slice(1);

const addressOf = (text) => home + (text ? `?${text}` : "");

/** Show what `wanted` asks for. Without anything asked a default view would come: say that none is wanted. */
async function apply(wanted) {
  query = wanted || ("hasDefault" in bar().dataset ? "view=none" : "");
  // Over the page lies a deal with an address of its own.
  if (location.pathname !== home) return location.assign(addressOf(query));
  history.replaceState(history.state, "", addressOf(query));
  document.dispatchEvent(new CustomEvent("filters-applied", { detail: { query } }));
  switchers();
  if (list) return list.load(query, keepFocus());
  board.words.query = query;
  keepPlace();
  document.dispatchEvent(new CustomEvent("lanes-changed", { detail: { stages: board.lanes().map((each) => each.dataset.stageId) } }));
  const asked = query;
  const back = keepFocus();
  await send("GET", `${board.words.filtersUrl}?${query}`, { target: "#filter-bar", swap: "outerHTML", keepWhen: () => asked !== query });
  back();
}

// The browser would keep a card in view that others above it have left: the reader's place is the board's, not a card's.
function keepPlace() {
  const { scrollTop, scrollLeft } = board.element;
  board.element.addEventListener("lanes:fresh", () => board.element.scrollTo(scrollLeft, scrollTop), { once: true });
}

// What had the focus in the bar has it again, by its name.
function keepFocus() {
  const had = document.activeElement?.closest("[data-filter-bar] :is([data-filter], .menu)");
  const name = had?.dataset.filter ?? had?.querySelector(":scope > summary")?.dataset.filter;
  return () => {
    if (!name || document.activeElement !== document.body) return;
    const place = bar()?.querySelector(`[data-filter="${CSS.escape(name)}"]`) ?? bar()?.querySelector("summary");
    place?.focus({ preventScroll: true });
  };
}

// Board and list lead to each other with what is chosen now.
function switchers() {
  for (const link of document.querySelectorAll("[data-switch]")) {
    const found = new URLSearchParams(query);
    for (const name of ["view", "sort", "columns"]) found.delete(name);
    if (link.dataset.switchPipeline) found.set("pipeline", link.dataset.switchPipeline);
    link.href = `${link.dataset.switch}?${found.size ? found : "view=none"}`;
  }
}

// Typing ------------------------------------------------------------------------------------------------------------
let typing = null;
function find() {
  clearTimeout(typing);
  const found = new URLSearchParams(query);
  const text = search.querySelector("[name=q]").value.trim();
  if ((found.get("q") ?? "") === text) return;
  if (text) found.set("q", text);
  else found.delete("q");
  apply(found.toString());
}

search?.addEventListener("input", (event) => {
  clearTimeout(typing);
  // Not in the middle of a Hangul syllable.
  if (!event.isComposing) typing = setTimeout(find, PAUSE);
});
search?.addEventListener("compositionend", () => {
  clearTimeout(typing);
  typing = setTimeout(find, PAUSE);
});
search?.addEventListener("submit", (event) => {
  event.preventDefault();
  find();
});

// Choosing ----------------------------------------------------------------------------------------------------------
document.addEventListener("click", (event) => {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("a[data-filter], [data-filter-bar] > .state a");
  if (!link || event.defaultPrevented) return;
  event.preventDefault();
  link.closest("dialog")?.close();
  choose(new URL(link.href).search.slice(1));
});
document.addEventListener("filters-chosen", ({ detail }) => choose(detail.query));

/** What is chosen by hand says too what stands in the search. */
function choose(wanted) {
  clearTimeout(typing);
  if (search) search.querySelector("[name=q]").value = new URLSearchParams(wanted).get("q") ?? "";
  return apply(wanted);
}
if (list) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-search-toggle]");
    if (!button) return;
    const isShown = search.classList.toggle("is-shown");
    button.setAttribute("aria-expanded", String(isShown));
    if (isShown) search.querySelector("[name=q]").focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || window.stagecraft.isTyping(event.target) || localStorage.getItem("stagecraft.keys") === "off") return;
    event.preventDefault();
    search.querySelector("[name=q]").focus();
  });
}
