export {};
// Lines of the value case: written, moved and removed where they stand. A line is drawn before it is saved and is never
// swapped afterwards; answers bring what hangs on it (gaps, counts, the return), and say what became of it.
const root = document.getElementById("value-case");
const says = root.dataset;
const mayEdit = "canEdit" in says;
const menu = document.getElementById("value-menu");
const pattern = document.getElementById("value-line");
const said = document.getElementById("value-said");
const LONG = 300;
let queue = Promise.resolve();
let unsent = 0;

const lineOf = (element) => element?.closest?.("[data-line], .vc-line");
const textOf = (line) => line?.querySelector(".vc-text");
const boxOf = (line) => line.closest(".vc-box");
const inOrder = () => [...root.querySelectorAll(".vc-box")];
const byId = (id) => root.querySelector(`[data-line="${CSS.escape(id)}"]`);
const oneLine = (text) => text.replace(/\s+/g, " ").trim();
const isSaved = (line) => line.dataset.line && !line.classList.contains("is-new");

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

// One request after the other, so that each knows the version that the one before left.
function send(path, values, line) {
  unsent += 1;
  const done = queue.then(async () => {
    const courier = document.createElement("span");
    courier.hidden = true;
    courier.id = `courier-${newId()}`;
    document.body.append(courier);
    let status = 0;
    courier.addEventListener("htmx:after:request", ({ detail }) => (status = detail.ctx.response?.status ?? 0));
    try {
      const given = typeof values === "function" ? values() : values;
      if (line) delete line.dataset.answered;
      if (given) await htmx.ajax("POST", `${says.url}${path}`, { source: courier, target: courier, swap: "none", values: given });
    } catch {
      status = 0;
    } finally {
      courier.remove();
      unsent -= 1;
    }
    if (line) settle(line, status === 200 && "answered" in line.dataset);
    return status === 200;
  });
  queue = done.catch(() => {});
  return done;
}

/** Say beside the line that it is not saved; nothing that was typed is lost. */
function settle(line, isDone) {
  line.classList.toggle("is-unsaved", !isDone);
  line.querySelector(".vc-note")?.remove();
  if (isDone) return;
  const note = document.createElement("p");
  note.className = "vc-note late";
  note.textContent = says.sayUnsaved;
  textOf(line).after(note);
}

function give(line, id) {
  line.dataset.line = id;
  line.id = `line-${id}`;
  textOf(line).id = `text-${id}`;
  for (const part of ["under", "figure", "clash"]) line.querySelector(`.vc-${part}`).id = `${part}-${id}`;
  textOf(line).setAttribute("aria-describedby", `under-${id}`);
}

function freshLine(box) {
  const line = pattern.content.firstElementChild.cloneNode(true);
  textOf(line).setAttribute("aria-label", box.querySelector("h2").textContent);
  return line;
}

/** The last, empty line of a box becomes a real one as soon as something is in it, and a new one stands below. */
function grow(line) {
  if (!line.classList.contains("is-last")) return line;
  const box = boxOf(line);
  const fresh = freshLine(box);
  line.before(fresh);
  const [text, typed] = [textOf(fresh), textOf(line).value];
  text.value = typed;
  textOf(line).value = "";
  return fresh;
}

function save(line) {
  const text = textOf(line);
  if (!mayEdit || "gone" in line.dataset || line.querySelector("[data-clash]")) return;
  const typed = oneLine(text.value);
  if (line.dataset.line === "goal") {
    if (typed === text.dataset.saved) return;
    text.dataset.saved = typed;
    send("goal/", () => ({ text: typed, version: line.dataset.version }), line);
    return;
  }
  if (!typed) {
    if (!line.classList.contains("is-last")) remove(line);
    return;
  }
  if (line.classList.contains("is-last")) line = grow(line);
  if (typed === textOf(line).dataset.saved && !line.classList.contains("is-unsaved")) return;
  textOf(line).dataset.saved = typed;
  if (!line.dataset.line) give(line, newId());
  const id = line.dataset.line;
  send(`${id}/`, () => valuesOf(line, typed), line);
}

function valuesOf(line, typed) {
  if (!isSaved(line)) return { text: typed, box: boxOf(line).dataset.box, after: before(line) };
  return { text: typed, version: line.dataset.version };
}

/** The saved line above, "" on top. */
function before(line) {
  let above = line.previousElementSibling;
  while (above && !isSaved(above)) above = above.previousElementSibling;
  return above?.dataset.line ?? "";
}

document.addEventListener("line-saved", ({ detail }) => {
  const line = byId(detail.line);
  if (!line) return;
  line.classList.remove("is-new");
  line.dataset.version = detail.version;
  line.dataset.answered = "";
  if (line.dataset.line === "goal") line.classList.toggle("is-empty", !detail.text);
});
document.addEventListener("line-clash", ({ detail }) => {
  const line = byId(detail.line);
  if (!line) return;
  line.dataset.version = detail.version;
  line.dataset.answered = "";
});
document.addEventListener("value-outdated", () => refresh());

function remove(line) {
  if ("gone" in line.dataset) return;
  line.dataset.gone = ""; // what the going focus would save again
  if (line.contains(document.activeElement) || document.activeElement === document.body) focusEnd(line.previousElementSibling ?? line.nextElementSibling);
  line.remove();
  const id = line.dataset.line;
  if (id) send(`${id}/remove/`, {}).then((isDone) => isDone || refresh());
  drawn();
}

function focusEnd(line) {
  const text = textOf(line);
  if (!text) return;
  text.focus();
  text.setSelectionRange?.(text.value.length, text.value.length);
}

const drawn = () => document.dispatchEvent(new CustomEvent("value-drawn"));

/** Put the line below `above` (null: on top) of that box, here and at the server. */
function place(line, box, above) {
  if (line.classList.contains("is-last")) return;
  const list = box.querySelector(".vc-lines");
  const hadFocus = document.activeElement === textOf(line);
  if (above) above.after(line);
  else list.prepend(line);
  textOf(line).setAttribute("aria-label", box.querySelector("h2").textContent);
  if (hadFocus) focusEnd(line);
  said.textContent = says.sayMoved.replace("%s", box.querySelector("h2").textContent);
  drawn();
  if (!line.dataset.line) return;
  const id = line.dataset.line;
  send(`${id}/move/`, () => ({ box: box.dataset.box, after: before(line) })).then((isDone) => isDone || refresh());
}

function shift(line, way) {
  const boxes = inOrder();
  const at = boxes.indexOf(boxOf(line));
  if (way === "up" && line.previousElementSibling) place(line, boxes[at], line.previousElementSibling.previousElementSibling);
  const below = line.nextElementSibling;
  if (way === "down" && below && !below.classList.contains("is-last")) place(line, boxes[at], below);
  const box = boxes[at + { left: -1, right: 1 }[way]];
  if (box) place(line, box, box.querySelector(".is-last").previousElementSibling);
}

const arrows = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

root.addEventListener("keydown", (event) => {
  const text = event.target;
  if (!text.matches("textarea.vc-text") || event.isComposing || event.keyCode === 229) return;
  const line = lineOf(text);
  const isGoal = line.dataset.line === "goal";
  if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    if (line.querySelector("[data-clash]")) return settleClash(line, true);
    if (isGoal) return line.classList.contains("is-unsaved") ? again(line) : (save(line), textOf(inOrder()[0].querySelector(".vc-line")).focus());
    return enter(line);
  }
  if (isGoal) return;
  if (event.altKey && event.code === "KeyL") return event.preventDefault(), document.dispatchEvent(new CustomEvent("value-link", { detail: line }));
  if (event.altKey && arrows[event.key]) return event.preventDefault(), shift(line, arrows[event.key]);
  if (event.key === "Backspace" && !text.value && !line.classList.contains("is-last")) {
    event.preventDefault();
    return remove(line);
  }
  if (event.key === "Tab" && !event.altKey && !event.ctrlKey) return tab(event, line);
  if (event.key === "ArrowUp" && text.selectionStart === 0) step(event, line.previousElementSibling);
  if (event.key === "ArrowDown" && text.selectionEnd === text.value.length) step(event, line.nextElementSibling);
});

function enter(line) {
  if (line.classList.contains("is-unsaved")) return again(line);
  if (!oneLine(textOf(line).value)) return;
  if (line.classList.contains("is-last")) return save(line);
  const fresh = freshLine(boxOf(line));
  save(line);
  line.after(fresh);
  textOf(fresh).focus();
  drawn();
}

function again(line) {
  textOf(line).dataset.saved = "\n";
  save(line);
}

// Benefits have a figure to go on to: there Tab does what it always does.
function tab(event, line) {
  const boxes = inOrder();
  const at = boxes.indexOf(boxOf(line));
  const next = boxes[at + (event.shiftKey ? -1 : 1)];
  if (!next || (boxOf(line).dataset.box === "benefit" && !event.shiftKey)) return;
  event.preventDefault();
  textOf(next.querySelector(".vc-line")).focus();
}

function step(event, line) {
  if (!textOf(line)) return;
  event.preventDefault();
  focusEnd(line);
}

root.addEventListener("focusout", ({ target }) => {
  if (target.matches?.("textarea.vc-text") && lineOf(target)?.isConnected) save(lineOf(target));
});
root.addEventListener("input", ({ target }) => target.matches("textarea.vc-text") && drawn());

// Several lines pasted at once become several lines.
root.addEventListener("paste", (event) => {
  const line = lineOf(event.target);
  const rows = event.clipboardData.getData("text").split(/\r?\n/).map(oneLine).filter(Boolean);
  if (!event.target.matches("textarea.vc-text") || line.dataset.line === "goal" || rows.length < 2) return;
  event.preventDefault();
  event.target.setRangeText(rows.shift(), event.target.selectionStart, event.target.selectionEnd, "end");
  let above = line.classList.contains("is-last") ? grow(line) : line;
  save(above);
  for (const row of rows) {
    const fresh = freshLine(boxOf(above));
    textOf(fresh).value = row.slice(0, LONG);
    above.after(fresh);
    save(fresh);
    above = fresh;
  }
  focusEnd(above);
  drawn();
});

// Two wrote at once: the writer chooses.
function settleClash(line, isMine) {
  const text = textOf(line);
  if (!isMine) text.value = line.querySelector("[data-clash=theirs]").dataset.text;
  text.dataset.saved = isMine ? "\n" : text.value;
  line.querySelector(".theirs").remove();
  text.focus();
  if (isMine) save(line);
  drawn();
}

// The grip: a press opens the menu, a pull carries the line.
let menuLine = null;
let carry = null;

function openMenu(line, grip) {
  menuLine = line;
  const { left, bottom } = grip.getBoundingClientRect();
  menu.showPopover();
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${Math.min(bottom + 4, innerHeight - menu.offsetHeight - 8)}px`;
  menu.querySelector("button").focus();
}

menu?.addEventListener("click", ({ target }) => {
  const act = target.closest("button")?.dataset.act;
  if (!act) return;
  menu.hidePopover();
  if (!menuLine?.isConnected) return;
  if (act === "remove") return remove(menuLine);
  shift(menuLine, act);
  focusEnd(menuLine);
});
menu?.addEventListener("keydown", (event) => {
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!way) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll("button")];
  items.at((items.indexOf(document.activeElement) + way) % items.length).focus();
});

root.addEventListener("click", ({ target }) => {
  const clash = target.closest("[data-clash]");
  if (clash) return settleClash(lineOf(clash), clash.dataset.clash === "mine");
  const grip = target.closest("button.vc-grip");
  if (grip && !grip.dataset.pulled) openMenu(lineOf(grip), grip);
  if (grip) delete grip.dataset.pulled;
});
root.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest("button.vc-grip");
  if (!grip || event.button !== 0 || !lineOf(grip).dataset.line) return;
  carry = { line: lineOf(grip), grip, x: event.clientX, y: event.clientY, moves: false };
  grip.setPointerCapture(event.pointerId);
});
root.addEventListener("pointermove", (event) => {
  if (!carry) return;
  if (!carry.moves && Math.hypot(event.clientX - carry.x, event.clientY - carry.y) < 6) return;
  carry.moves = true;
  carry.grip.dataset.pulled = "";
  carry.line.classList.add("is-carried");
  aim(event);
});
root.addEventListener("pointerup", () => {
  if (carry?.moves && carry.box) place(carry.line, carry.box, carry.above);
  drop();
});
root.addEventListener("pointercancel", drop);
document.addEventListener("keydown", (event) => event.key === "Escape" && drop());

function unmark() {
  root.querySelectorAll(".is-over, .is-target").forEach((each) => each.classList.remove("is-over", "is-target"));
}

function aim({ clientX, clientY }) {
  unmark();
  const under = document.elementFromPoint(clientX, clientY);
  carry.box = under?.closest?.("#value-case .vc-box") ?? null;
  if (!carry.box) return;
  const lines = [...carry.box.querySelectorAll(".vc-line:not(.is-last)")].filter((line) => line !== carry.line);
  const above = lines.findLast((line) => line.getBoundingClientRect().top + line.offsetHeight / 2 < clientY) ?? null;
  carry.above = above;
  carry.box.classList.add("is-target");
  above?.classList.add("is-over");
}

function drop() {
  carry?.line.classList.remove("is-carried");
  if (carry) unmark();
  carry = null;
}

// What others change is drawn as soon as nobody writes here.
let isOutdated = false;
const isInHand = () =>
  unsent > 0 || carry || root.querySelector("[data-edit-form], [data-clash], .is-unsaved") || document.activeElement?.matches("#value-case textarea");

async function refresh() {
  isOutdated = true;
  if (isInHand()) return;
  isOutdated = false;
  await htmx.ajax("GET", `${says.url}case/`, { source: root, target: root, swap: "innerHTML" });
  drawn();
}
document.addEventListener("live:changes", ({ detail }) => {
  if (detail.everything || detail.deals.has(says.deal)) refresh();
});
root.addEventListener("focusout", () => setTimeout(() => isOutdated && refresh()));
window.addEventListener("beforeunload", (event) => {
  const text = document.activeElement;
  if (unsent || (text?.matches?.("#value-case textarea") && oneLine(text.value) !== (text.dataset.saved ?? ""))) event.preventDefault();
});

window.stagecraft.valueCase = { root, send, lineOf, textOf, boxOf, inOrder, byId, drawn };
