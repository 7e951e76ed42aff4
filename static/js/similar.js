export {};
// "Already here: …": a name takes the place of what was typed in the field above.
document.addEventListener("click", (event) => {
  const name = event.target.closest?.("[data-use-name]");
  const place = name?.closest("[data-already]");
  const above = place?.previousElementSibling;
  const field = above?.matches("input") ? above : above?.querySelector("input:not([type=hidden])");
  if (!field) return;
  field.value = name.dataset.useName;
  field.focus();
  place.replaceChildren();
});
