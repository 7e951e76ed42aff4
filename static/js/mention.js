export {};
// A colleague called by name: after an @ a list opens, to choose from by arrows and Enter, or by touch.
const LONGEST = 30;
let list = null;
let field = null;
let call = null; // where in the text the @ stands, and what follows it
let asked = 0;
let nobody = null; // a beginning under which nobody was found: nothing longer need be asked

function callAt(area) {
  const before = area.value.slice(0, area.selectionStart);
  const at = before.lastIndexOf("@");
  const typed = before.slice(at + 1);
  if (at < 0 || typed.length > LONGEST || /[\n@{]|^\s/.test(typed) || /[A-Za-z0-9._%+-]$/.test(before.slice(0, at))) return null;
  return { at, typed };
}

async function look(area) {
  const found = callAt(area);
  if (!found || (nobody?.at === found.at && found.typed.startsWith(nobody.typed))) return close();
  const mine = ++asked;
  let html = "";
  try {
    const response = await fetch(`${area.dataset.mentions}?q=${encodeURIComponent(found.typed.trim())}`, { headers: { "HX-Request": "true" } });
    html = response.ok && !response.redirected ? (await response.text()).trim() : "";
  } catch {
    return close(); // without a connection a name can still be typed out
  }
  if (mine !== asked || document.activeElement !== area) return;
  nobody = html ? null : found;
  if (!html) return close();
  open(area, found, html);
}

function open(area, found, html) {
  [field, call] = [area, found];
  if (!list) {
    list = document.createElement("ul");
    list.className = "mention-list menu-list";
    list.id = "mention-list";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", area.dataset.mentionsLabel ?? "@");
  }
  list.innerHTML = html; // from our own server, escaped there
  area.closest(".compose").after(list);
  area.setAttribute("aria-controls", list.id);
  choose(list.firstElementChild);
}

function close() {
  asked++;
  list?.remove();
  field?.removeAttribute("aria-activedescendant");
  field?.removeAttribute("aria-controls");
  field = call = null;
}

function choose(option) {
  for (const each of list.children) each.setAttribute("aria-selected", each === option);
  field.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function take(option) {
  const { at, typed } = call;
  const area = field;
  const mentioned = area.form.querySelector("input[name$=mentioned]");
  area.setRangeText(`@${option.dataset.name} `, at, at + 1 + typed.length, "end");
  mentioned.value = [...new Set([...mentioned.value.split(",").filter(Boolean), option.dataset.id])].join(",");
  nobody = { at, typed: option.dataset.name };
  close();
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

const current = () => list.querySelector("[aria-selected=true]");
const KEYS = {
  ArrowDown: () => choose(current().nextElementSibling ?? list.firstElementChild),
  ArrowUp: () => choose(current().previousElementSibling ?? list.lastElementChild),
  Enter: () => take(current()),
  Tab: () => take(current()),
  Escape: close,
};

document.addEventListener("input", (event) => event.target.matches("textarea[data-mentions]") && look(event.target));
// Before anybody else: Esc closes the list, not the panel.
document.addEventListener(
  "keydown",
  (event) => {
    const act = field && event.target === field && !event.isComposing && !event.ctrlKey && !event.metaKey && KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  },
  true,
);
// The press, not the click: the field keeps the focus, and the telephone its keyboard.
document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest?.("#mention-list [role=option]");
  if (!option) return;
  event.preventDefault();
  take(option);
});
document.addEventListener("focusout", (event) => event.target === field && close());
document.addEventListener("htmx:before:swap", () => field && close());
