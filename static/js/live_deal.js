export {};
// The deal that is open keeps up with what others do to it; never over what somebody is writing in it.
const { send, isTyping } = window.stagecraft;
const WAIT = 150; // what the worker makes of a change follows it closely

const shown = () => document.getElementById("deal");
let timer = null;

/** Somebody is at it: a field is open, has text in it, or has the focus; a dialog lies over it. */
function isInHand(deal) {
  if (document.querySelector("dialog[open]") || deal.querySelector("[data-edit-form]")) return true;
  if (deal.contains(document.activeElement) && isTyping(document.activeElement)) return true;
  return [...deal.querySelectorAll("#note-form textarea, #add-task input[type=text]")].some((field) => field.value.trim());
}

function hear({ detail }) {
  const deal = shown();
  if (!deal || !(detail.everything || detail.deals.has(deal.dataset.deal) || detail.designs.size)) return;
  clearTimeout(timer);
  timer = setTimeout(refresh, WAIT + Math.random() * detail.spread);
}

function refresh() {
  const deal = shown();
  if (!deal) return;
  if (isInHand(deal)) return offer(deal);
  draw(deal);
}

async function draw(deal, isAsked = false) {
  const id = deal.dataset.deal;
  const stillThere = () => shown()?.dataset.deal === id;
  const url = document.getElementById("live").dataset.dealUrl.replace("00000000-0000-0000-0000-000000000000", id);
  // Somebody began to write while the answer was on its way.
  let isLate = false;
  await send("GET", url, {
    target: "#deal",
    swap: "outerMorph",
    ownWords: true,
    keepWhen: () => !stillThere() || (isLate = !isAsked && isInHand(shown())),
  });
  if (isLate && stillThere()) offer(shown());
}

/** A quiet line instead: the reader decides when. What is written is kept either way (compose.js). */
function offer(deal) {
  if (deal.querySelector(".live-deal")) return;
  const line = document.getElementById("live-deal").content.firstElementChild.cloneNode(true);
  line.querySelector("button").addEventListener("click", () => {
    line.remove();
    draw(shown(), true);
  });
  deal.prepend(line);
}

document.addEventListener("live:changes", hear);
