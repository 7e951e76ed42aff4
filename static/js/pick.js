export {};
// A field with offers under it (people, tags): arrows walk from the field through the offers and back.
function walk(event) {
  const pick = event.target.closest?.("[data-pick]");
  if (!pick || !["ArrowDown", "ArrowUp"].includes(event.key) || event.isComposing) return;
  const stops = [pick.querySelector("input"), ...pick.querySelectorAll(".pick-option")];
  const here = stops.indexOf(event.target);
  const next = stops[here + (event.key === "ArrowDown" ? 1 : -1)];
  if (here < 0 || !next) return;
  event.preventDefault();
  next.focus();
}
document.addEventListener("keydown", walk);
// Enter in the search takes the first offer: there is no form to send.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches?.("div[data-pick] input")) return;
  event.preventDefault();
  event.target.closest("[data-pick]").querySelector(".pick-option")?.click();
});
