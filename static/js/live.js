export {};
// What changes elsewhere reaches this page: heard from the stream (live_worker.js), passed on as an event.
//
// `live:changes` on document, with detail {deals: Map, stages: Set, designs: Set, everything, spread}: what others have
// changed, gathered while the tab was hidden. What this tab has asked for itself is left out.
const place = document.getElementById("live");
const tab = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2, 10)}`;
const LOST = 10_000; // the reader is told of a lost connection only then

let say = null; // to the worker
let isAlone = false; // there is no SharedWorker: the stream is this page's own
let waiting = null; // what has been heard and not passed on
let telling = null;

/** What of the message this tab does not know already. */
function foreign(changes) {
  const deals = Object.entries(changes.deals).filter(([, { origins }]) => origins.some((origin) => origin !== tab));
  return { ...changes, deals };
}

function hear(changes) {
  place.dataset.heard = Number(place.dataset.heard ?? 0) + 1;
  const news = foreign(changes);
  const everything = news.missed || news.names;
  if (!everything && !news.deals.length && !news.stages.length && !news.designs.length) return;
  waiting ??= { deals: new Map(), stages: new Set(), designs: new Set(), everything: false, spread: 0 };
  for (const [id, change] of news.deals) {
    const known = waiting.deals.get(id);
    waiting.deals.set(id, known ? { ...change, stages: [...new Set([...known.stages, ...change.stages])] } : change);
  }
  for (const id of news.stages) waiting.stages.add(id);
  for (const id of news.designs) waiting.designs.add(id);
  waiting.everything ||= everything;
  waiting.spread = Math.max(waiting.spread, news.spread);
  passOn();
}

// A hidden tab waits until it is seen: then everything at once.
function passOn() {
  if (!waiting || document.hidden) return;
  const detail = waiting;
  waiting = null;
  document.dispatchEvent(new CustomEvent("live:changes", { detail }));
}

// The connection ----------------------------------------------------------------------------------------------------
function setLive(isLive) {
  clearTimeout(telling);
  telling = null;
  place.dataset.state = isLive ? "live" : "lost";
  if (isLive) showState(false);
  else telling = setTimeout(() => showState(true), LOST);
}

function showState(isLost) {
  const line = place.querySelector("[data-live-lost]");
  line.hidden = !isLost;
}

const absolute = (url) => new URL(url, location.href).href;

function join(lock) {
  const { workspace, ticketUrl, eventsUrl, cursor } = place.dataset;
  say({ join: { workspace, ticketUrl: absolute(ticketUrl), eventsUrl: absolute(eventsUrl), cursor, lock } });
}

/**
 * The lock is held as long as this page lives: by it the worker knows that a tab has crashed. First held, then told of.
 * A page alone needs none, and could not be kept in the browser's memory with one.
 */
function joinWithLock() {
  const lock = `stagecraft-live-${tab}-${performance.now()}`;
  if (navigator.locks && !isAlone) navigator.locks.request(lock, () => (join(lock), new Promise(() => {}))).catch(() => {});
  else join();
}

function leave() {
  clearTimeout(telling);
  telling = null;
  say?.({ leave: true });
}

function told(data) {
  if ("live" in data) setLive(data.live);
  if (data.changes) {
    place.dataset.cursor = data.changes.cursor;
    hear(data.changes);
  }
  if (data.over) setLive(false);
}

/** The worker's port. null where the browser has none, or refuses it to this site. */
function sharedPort() {
  try {
    return "SharedWorker" in window ? new SharedWorker(place.dataset.worker, "stagecraft-live").port : null;
  } catch {
    return null;
  }
}

async function connect() {
  const port = sharedPort();
  if (port) {
    port.onmessage = ({ data }) => told(data);
    say = (message) => port.postMessage(message);
  } else {
    isAlone = true;
    await import(place.dataset.worker);
    const ear = { postMessage: told };
    // Called, not sent: what a page that goes still sends is not heard any more.
    say = (message) => self.stagecraftLive(ear, message);
  }
  joinAgain();
}

function joinAgain() {
  if (isAlone && document.hidden) return; // when it is seen
  telling ??= setTimeout(() => showState(true), LOST);
  joinWithLock();
}

/** A browser has six connections to a site, for all tabs: a page alone gives its own back while nobody looks at it. */
function rest() {
  if (!isAlone || !say) return;
  if (document.hidden) leave();
  else joinAgain();
}

if (place) {
  document.addEventListener("htmx:config:request", ({ detail }) => (detail.ctx.request.headers["X-Live-Tab"] = tab));
  document.addEventListener("visibilitychange", passOn);
  document.addEventListener("visibilitychange", rest);
  addEventListener("pagehide", leave);
  // Back from the browser's memory: everything since is told anew.
  addEventListener("pageshow", ({ persisted }) => persisted && say && joinAgain());
  addEventListener("online", () => say?.({ online: true }));
  connect();
}

// The rail's counts, at most every few seconds; pages that show many deals say that they have become old. -------------
const COUNTS = 3000;
let counting = null;
document.addEventListener("live:changes", ({ detail }) => {
  counting ??= setTimeout(() => {
    counting = null;
    document.dispatchEvent(new CustomEvent("live-counts"));
  }, COUNTS + Math.random() * detail.spread);
  const line = document.querySelector("[data-live-page]") && place.querySelector("[data-live-old]");
  if (line) line.hidden = false;
});
document.addEventListener("click", (event) => event.target.closest("[data-live-reload]") && location.reload());

window.stagecraft = { ...window.stagecraft, liveTab: tab };
