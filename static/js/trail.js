export {};
// The view that one comes from to a deal: its order leads to the previous and the next one, and back to it.
const KEY = "stagecraft.trail";
const DEAL = /^\/w\/[^/]+\/deals\/[0-9a-f-]{36}\/$/;
const bar = document.querySelector("[data-trail]");

const pathOf = (link) => new URL(link.href, location.href).pathname;

function remember(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || !DEAL.test(pathOf(link)) || bar) return;
  const paths = [...document.querySelectorAll("#main a[href]")].map(pathOf).filter((path) => DEAL.test(path));
  // From the panel one came to the deal's page: what was remembered when it opened still holds.
  if (DEAL.test(location.pathname)) return;
  if (!paths.includes(pathOf(link))) paths.length = 0;
  // Ids alone, no names: whoever uses this browser next learns nothing.
  localStorage.setItem(KEY, JSON.stringify({ paths: [...new Set(paths)], from: location.pathname + location.search, label: title(), to: pathOf(link) }));
}

/** The view's name, without what only a screen reader says in it. */
function title() {
  const head = document.querySelector("#main h1")?.cloneNode(true);
  for (const hidden of head?.querySelectorAll(".sr, svg") ?? []) hidden.remove();
  return head?.textContent.trim() ?? "";
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY));
  } catch {
    return null;
  }
}

function show() {
  const trail = read();
  const here = trail?.paths?.indexOf(location.pathname) ?? -1;
  if (here < 0 && trail?.to !== location.pathname) return;
  const back = document.querySelector("[data-to-board]");
  back.href = trail.from;
  if (!/\/board\//.test(trail.from) && trail.label) back.lastChild.textContent = trail.label;
  if (here < 0) return; // from a notice, a search: back to it, and no order to walk
  bar.classList.add("is-known");
  bar.querySelector("[data-trail-place]").textContent = `${here + 1} / ${trail.paths.length}`;
  const steps = { previous: trail.paths[here - 1], next: trail.paths[here + 1] };
  for (const [way, path] of Object.entries(steps)) {
    const button = bar.querySelector(`[data-trail-${way}]`);
    button.disabled = !path;
    // In place of this one: Back leads to the view, not through every deal.
    button.addEventListener("click", () => location.replace(path));
  }
  document.addEventListener("keydown", (event) => {
    const way = { j: "next", k: "previous" }[event.key.toLowerCase()];
    if (!way || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || window.stagecraft.isTyping(event.target)) return;
    if (localStorage.getItem("stagecraft.keys") === "off" || document.querySelector("dialog[open]")) return;
    bar.querySelector(`[data-trail-${way}]`).click();
  });
}

document.addEventListener("click", remember, true);
document.addEventListener("auxclick", remember, true);
if (bar) show();
