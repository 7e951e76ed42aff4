// The finder: Ctrl K or ⌘ K on every page. The field keeps the focus; arrows choose among what is found.
const dialog = document.getElementById("find");
const PAUSE = 90; // ms after the last key
const REMEMBERED = 8;
const RECORDS = { deals: "deal", companies: "company", people: "person" };
const UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

if (dialog) {
  const { workspace } = dialog.dataset;
  const field = dialog.querySelector("#find-q");
  const recent = dialog.querySelector("#find-recent");
  const results = dialog.querySelector("#find-results");
  const says = dialog.querySelector("#find-says");
  const KEPT = `stagecraft.find.${workspace}`;
  const record = new RegExp(`^/w/${workspace}/(${Object.keys(RECORDS).join("|")})/(${UUID})/$`);
  const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

  // What was opened lately: ids alone, by workspace. -------------------------------------------------------------------
  const kept = () => {
    try {
      const found = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
      return Array.isArray(found) ? found.filter((each) => typeof each === "string") : [];
    } catch {
      return [];
    }
  };
  function keep(entry) {
    try {
      localStorage.setItem(KEPT, JSON.stringify([entry, ...kept().filter((each) => each !== entry)].slice(0, REMEMBERED)));
    } catch {
      // No room, or not allowed: then nothing is remembered.
    }
  }
  /** Where the reader is now: a page of its own, or a deal in the panel over the board. */
  function keepHere() {
    const [, kind, id] = location.pathname.match(record) ?? [];
    if (kind) keep(`${RECORDS[kind]}:${id}`);
  }

  // Asking ----------------------------------------------------------------------------------------------------------
  let pause = null;
  let asked = null;
  function ask() {
    clearTimeout(pause);
    const wanted = field.value.trim();
    if (wanted === asked) return;
    asked = wanted;
    recent.value = wanted ? "" : kept().join(",");
    field.dispatchEvent(new CustomEvent("find-ask"));
  }
  // In the middle of a Hangul syllable too: the server knows that 겨 may become 결.
  field.addEventListener("input", () => {
    awaited = null;
    clearTimeout(pause);
    pause = setTimeout(ask, PAUSE);
  });
  // htmx tells the element that asked, or the page, what was swapped; never the place it went to.
  document.addEventListener("htmx:after:swap", ({ detail }) => {
    if (detail.ctx?.sourceElement === field) fresh();
    else keepHere();
  });
  document.addEventListener("htmx:error", ({ detail }) => forget(detail.ctx));
  document.addEventListener("htmx:response:error", ({ detail }) => forget(detail.ctx));
  /** Not answered: the same words may be asked again. */
  function forget(ctx) {
    if (ctx?.sourceElement === field) asked = null;
  }

  // Choosing --------------------------------------------------------------------------------------------------------
  const entries = () => [...results.querySelectorAll("[role=option]")];
  const chosen = () => results.querySelector("[aria-selected=true]");
  function choose(entry) {
    chosen()?.setAttribute("aria-selected", "false");
    entry?.setAttribute("aria-selected", "true");
    if (entry) field.setAttribute("aria-activedescendant", entry.id);
    else field.removeAttribute("aria-activedescendant");
    entry?.scrollIntoView({ block: "nearest" });
    // The heading above the first of a group comes into view with it.
    if (entry && entry === entries()[0]) results.scrollTop = 0;
  }
  let awaited = null;
  function fresh() {
    const found = entries();
    field.setAttribute("aria-expanded", String(found.length > 0));
    choose(found[0]);
    results.scrollTop = 0;
    const text = results.querySelector("[data-say]")?.dataset.say ?? "";
    if (says.textContent !== text) says.textContent = text;
    const then = awaited;
    awaited = null;
    if (then && found[0] && asked === field.value.trim()) open(found[0], then.inNewTab);
  }
  function walk(step) {
    const found = entries();
    if (!found.length) return;
    const at = found.indexOf(chosen());
    choose(found[(at + step + found.length) % found.length]);
  }
  function open(entry, inNewTab) {
    if (entry.dataset.kept) keep(entry.dataset.kept);
    if (inNewTab) return window.open(entry.href, "_blank", "noopener");
    dialog.close();
    go(entry.href);
  }
  function go(href) {
    const to = new URL(href);
    const isHere = to.pathname + to.search === location.pathname + location.search;
    if (to.hash === "#new-deal" && addDeal()) return;
    location.assign(href);
    if (isHere && to.hash) location.reload();
  }

  const STEPS = { ArrowDown: 1, ArrowUp: -1 };
  field.addEventListener("keydown", (event) => {
    // These keys end a syllable that is being composed; they act once it is there.
    if (event.isComposing || event.keyCode === 229) return;
    if (STEPS[event.key]) walk(STEPS[event.key]);
    else if (event.key === "PageDown") choose(entries().at(-1));
    else if (event.key === "PageUp") choose(entries()[0]);
    else if (event.key === "Enter") enter(event.ctrlKey || event.metaKey);
    else return;
    event.preventDefault();
  });
  /** What stands there may still be the answer to fewer letters: then the answer to all of them is awaited. */
  function enter(inNewTab) {
    if (asked === field.value.trim() && !isWaiting()) {
      const entry = chosen();
      if (entry) open(entry, inNewTab);
      return;
    }
    awaited = { inNewTab };
    ask();
  }
  let waiting = 0;
  const isWaiting = () => waiting > 0;
  field.addEventListener("htmx:before:request", () => (waiting += 1));
  field.addEventListener("htmx:finally:request", () => (waiting = Math.max(0, waiting - 1)));

  results.addEventListener("pointermove", (event) => {
    const entry = event.target.closest("[role=option]");
    if (entry && entry !== chosen() && event.pointerType === "mouse") choose(entry);
  });
  results.addEventListener("click", (event) => {
    const entry = event.target.closest("[role=option]");
    if (!entry || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(entry, false);
  });

  // Opening ---------------------------------------------------------------------------------------------------------
  function show() {
    if (dialog.open) return field.select();
    if (document.querySelector("dialog[open]")) return;
    keepHere();
    dialog.showModal();
    field.focus();
    field.select();
    if (!field.value.trim()) asked = null; // something may have been opened since
    ask();
  }
  document.addEventListener("keydown", (event) => {
    const isKey = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.code === "KeyK";
    if (!isKey || event.isComposing) return;
    event.preventDefault();
    if (!event.repeat) show();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-find]")) return;
    document.querySelector("[popover]:popover-open")?.hidePopover();
    show();
  });
  if (isMac) for (const key of document.querySelectorAll("[data-ctrl]")) key.textContent = "⌘";
  keepHere();

  /** The board's own dialog, where this is a board. */
  function addDeal() {
    const button = document.querySelector("[data-new-deal]");
    button?.click();
    return Boolean(button);
  }
  if (location.hash === "#new-deal") {
    history.replaceState(history.state, "", location.pathname + location.search);
    addEventListener("load", addDeal, { once: true });
  }
}
export {};
