// One notice at a time, bottom centre. A message stays 8 s, longer while hovered or focused; an error until it is closed.
//
// From the server:  HX-Trigger: {"notice": {"text": "…", "strong": "…", "undo_url": "/…", "kind": "error"}}
// From a script:    window.stagecraft.showNotice("…", { undoUrl: "/…", actionLabel: "…", onAction: () => … })
const STAY = 8000;
const region = document.getElementById("notices");
const words = region.dataset;
let timer = null;
let waiting = [];

// What Ctrl Z takes back, the latest last: an address to post to, or a function. Addresses outlive the page.
const KEPT = "stagecraft.undos";
const MOST = 20;
const LONG = 10 * 60 * 1000; // ms after which nobody expects it any more
let undos = kept();

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "[]").filter(({ at }) => Date.now() - at < LONG);
  } catch {
    return [];
  }
}

function keep() {
  sessionStorage.setItem(KEPT, JSON.stringify(undos.filter(({ url }) => url)));
}

function rememberUndo(undo) {
  undos = [...undos.slice(1 - MOST), { at: Date.now(), ...(typeof undo === "string" ? { url: undo } : { act: undo }) }];
  keep();
}

function undoLast() {
  const last = undos.at(-1);
  if (!last) return false;
  undos = undos.slice(0, -1);
  keep();
  closeNotice();
  if (last.url) htmx.ajax("POST", last.url, { source: document.body, swap: "none" });
  else last.act();
  return true;
}

function undoThis(url) {
  undos = undos.filter((each) => each.url !== url);
  keep();
  closeNotice();
  htmx.ajax("POST", url, { source: document.body, swap: "none" });
}

function showNotice(text, options = {}) {
  const { strong = "", undoUrl = null, kind = "info", actionUrl = null, actionLabel = "", onAction = null } = options;
  const notice = document.createElement("div");
  notice.className = kind === "error" ? "notice is-error" : "notice";
  notice.append(icon(kind === "error" ? "warn" : "check"), sentence(text, strong));
  const actions = document.createElement("span");
  actions.className = "push";
  if (undoUrl) {
    rememberUndo(undoUrl);
    actions.append(undoButton(undoUrl), keyHint());
  }
  if (onAction) actions.append(actionButton(actionLabel, onAction));
  if (actionUrl) actions.append(actionLink(actionUrl, actionLabel));
  if (kind === "error" || !undoUrl) actions.append(closeButton());
  notice.append(actions);
  present(notice, kind === "error");
  return notice;
}

function closeNotice() {
  clearTimeout(timer);
  const notice = region.querySelector(".notice");
  if (notice) {
    notice.classList.add("is-leaving");
    setTimeout(() => {
      notice.remove();
      if (waiting.length) showNotice(...waiting.shift());
      else if (!region.querySelector(".notice") && region.matches(":popover-open")) region.hidePopover();
    }, 160);
  }
}

function present(notice, stays) {
  clearTimeout(timer);
  // Above an open dialog only the top layer is seen, and the newest of it.
  if (region.matches(":popover-open")) region.hidePopover();
  region.showPopover();
  region.replaceChildren(notice);
  if (stays) return;
  const start = () => {
    clearTimeout(timer);
    timer = setTimeout(closeNotice, STAY);
  };
  const hold = () => clearTimeout(timer);
  notice.addEventListener("pointerenter", hold);
  notice.addEventListener("focusin", hold);
  notice.addEventListener("pointerleave", () => notice.contains(document.activeElement) || start());
  notice.addEventListener("focusout", start);
  start();
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${words.icons}#i-${name}`);
  svg.append(use);
  return svg;
}

function sentence(text, strong) {
  const span = document.createElement("span");
  span.className = "text";
  const at = strong ? text.indexOf(strong) : -1;
  if (at < 0) {
    span.textContent = text;
  } else {
    const bold = document.createElement("b");
    bold.textContent = strong;
    span.append(text.slice(0, at), bold, text.slice(at + strong.length));
  }
  return span;
}

function undoButton(url) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "undo";
  button.dataset.undo = url;
  button.textContent = words.undo;
  button.addEventListener("click", () => undoThis(url));
  return button;
}

function keyHint() {
  const key = document.createElement("kbd");
  key.textContent = /Mac|iP(hone|ad)/.test(navigator.userAgent) ? "⌘ Z" : "Ctrl Z";
  key.setAttribute("aria-hidden", "true");
  return key;
}

function actionButton(label, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "undo";
  button.textContent = label;
  button.addEventListener("click", () => {
    closeNotice();
    act();
  });
  return button;
}

function actionLink(url, label) {
  const link = document.createElement("a");
  link.className = "undo";
  link.href = url;
  link.textContent = label;
  return link;
}

function closeButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "close";
  button.setAttribute("aria-label", words.close);
  button.append(icon("x"));
  button.addEventListener("click", closeNotice);
  return button;
}

function isTyping(target) {
  return Boolean(target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]"));
}

document.addEventListener("notice", ({ detail }) => {
  showNotice(detail.text ?? detail.value, {
    strong: detail.strong,
    undoUrl: detail.undo_url,
    kind: detail.kind,
    actionUrl: detail.action_url,
    actionLabel: detail.action_label,
  });
});
document.addEventListener("keydown", (event) => {
  const isUndoKey = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
  if (!isUndoKey || isTyping(event.target) || document.querySelector("dialog[open]") || event.repeat) return;
  if (undoLast()) event.preventDefault();
});

// Django's messages came with the page: show them one after the other.
waiting = [...region.querySelectorAll(".notice")].map((notice) => [
  notice.textContent.trim(),
  {
    kind: notice.classList.contains("is-error") ? "error" : "info",
    undoUrl: notice.dataset.extra?.startsWith("/") ? notice.dataset.extra : null,
  },
]);
region.popover = "manual";
region.replaceChildren();
if (waiting.length) showNotice(...waiting.shift());

window.stagecraft = { ...window.stagecraft, showNotice, closeNotice, isTyping, rememberUndo };
