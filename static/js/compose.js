export {};
// What somebody is writing in a deal (its note, what was said, the name of its next task) is kept in this tab until it is sent.
const FIELDS = "[data-deal] [data-draft]";

// By person as well: the next one at this browser does not read it. A note and what was said in a call are one draft, so
// that who has typed and then chosen "call" goes on with it.
function keyOf(field) {
  const { member, deal } = field.closest("[data-deal][data-member]").dataset;
  return `stagecraft.draft.${member}.${deal}.${field.dataset.draft}`;
}

function keep(field) {
  if (field.value) sessionStorage.setItem(keyOf(field), field.value);
  else sessionStorage.removeItem(keyOf(field));
}

function restore() {
  for (const field of document.querySelectorAll(FIELDS)) {
    if (field.closest("[id^=entry-]")) continue; // what is edited there is another text
    if (field.value) keep(field);
    else field.value = sessionStorage.getItem(keyOf(field)) ?? "";
  }
}

// A refusal brings the text back with it, and what was typed since is another draft.
function sent({ detail: { ctx } }) {
  if (!ctx.sourceElement.matches?.("form:has([data-draft])") || ctx.response.status >= 400) return;
  for (const field of ctx.sourceElement.querySelectorAll("[data-draft]")) {
    if (sessionStorage.getItem(keyOf(field)) === ctx.request.body.get(field.name)) sessionStorage.removeItem(keyOf(field));
  }
}

document.addEventListener("input", (event) => event.target.matches(FIELDS) && keep(event.target));
document.addEventListener("htmx:after:request", sent);
document.addEventListener("htmx:after:swap", restore);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || !event.target.matches("#log textarea")) return;
  event.preventDefault();
  const { form } = event.target;
  if (!form.querySelector("[type=submit]").disabled) form.requestSubmit();
});
restore();
