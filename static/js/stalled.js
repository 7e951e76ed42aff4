export {};
// An opened talk is brought into view, with the row that it belongs to.
const isCalm = matchMedia("(prefers-reduced-motion: reduce)");

function show(row, focus) {
  const isTall = row.offsetHeight > innerHeight - 120;
  row.scrollIntoView({ block: isTall ? "start" : "nearest", inline: "nearest", behavior: isCalm.matches ? "auto" : "smooth" });
  if (focus) row.querySelector("[aria-invalid=true], [aria-expanded]")?.focus({ preventScroll: true });
}

let shown = document.querySelector(".st tr.talk");
if (shown) show(shown.parentElement, false);

document.addEventListener("htmx:after:swap", () => {
  const talks = [...document.querySelectorAll(".st tr.talk")];
  const opened = talks.find((talk) => talk !== shown && !talk.dataset.seen);
  for (const talk of talks) talk.dataset.seen = "true";
  if (!opened) return;
  shown = opened;
  show(opened.parentElement, document.activeElement === document.body);
});
