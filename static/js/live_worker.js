// The stream of changes: one for a whole browser, whatever the number of tabs and workspaces.
//
// As a SharedWorker it serves all tabs. Where there is none (Chrome on Android), the page runs this file itself (live.js),
// for itself alone, and calls `hear` instead of sending.
// A tab says {join: {workspace, ticketUrl, eventsUrl, cursor}} or {leave: true}; it hears {live: true|false} and
// {changes: {...}} (config/live_hub.py) of its own workspace.
const SILENCE = 40_000; // the server gives a sign every 15 s
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;

const tabs = new Map(); // port → what it joined
const rooms = new Map(); // workspace → {ticketUrl, eventsUrl, cursor}
let stream = null; // the AbortController of the stream under way
let isLive = false;
let pause = FIRST_PAUSE;
let sleeping = null;

function tell(message, workspace) {
  for (const [port, joined] of tabs) if (!workspace || joined.workspace === workspace) port.postMessage(message);
}

function setLive(value) {
  if (isLive === value) return;
  isLive = value;
  tell({ live: value });
}

function join(port, asked) {
  tabs.set(port, asked);
  // Others had it live before this tab came, and that it is still so is no news to them.
  if (isLive) port.postMessage({ live: true });
  const room = rooms.get(asked.workspace);
  if (!room) {
    rooms.set(asked.workspace, { ...asked });
    begin();
    return;
  }
  // A page older than the stream (restored, or slow) has missed what the others were told already.
  const [mine, theirs] = [asked.cursor, room.cursor].map((cursor) => Number(cursor.split(".")[0]));
  if (mine < theirs) {
    room.cursor = asked.cursor;
    begin();
  } else if (!stream && !sleeping) {
    begin();
  }
}

function leave(port) {
  const joined = tabs.get(port);
  tabs.delete(port);
  if (!joined || [...tabs.values()].some((other) => other.workspace === joined.workspace)) return;
  rooms.delete(joined.workspace);
  if (!rooms.size) {
    stream?.abort();
    stream = null;
    clearTimeout(sleeping);
    sleeping = null;
    isLive = false;
  }
}

/** Open the stream anew, for all workspaces that are open by now. */
function begin() {
  clearTimeout(sleeping);
  sleeping = null;
  stream?.abort();
  stream = new AbortController();
  run(stream);
}

async function run(mine) {
  let isOver = false; // nobody here may listen: no use in asking again
  try {
    const query = await tickets(mine.signal);
    if (mine !== stream) return;
    isOver = query === null;
    if (query) await listen(mine, query);
  } catch {
    // The line, or the server: tried again below.
  }
  if (mine !== stream) return;
  stream = null;
  setLive(false);
  if (isOver || !rooms.size) return;
  sleeping = setTimeout(begin, pause * (0.5 + Math.random() / 2));
  pause = Math.min(pause * 2, LONGEST_PAUSE);
}

/** Fresh tickets for every workspace, with where each goes on. null: the session has ended, or nobody is a member. */
async function tickets(signal) {
  const query = new URLSearchParams();
  for (const [workspace, room] of [...rooms]) {
    const answer = await fetch(room.ticketUrl, { signal, redirect: "manual", headers: { Accept: "application/json" } });
    if (answer.ok) {
      query.append("ticket", (await answer.json()).ticket);
      query.append("since", room.cursor);
      room.eventsUrl ??= "/events";
    } else if (answer.status >= 500 || answer.status === 429) {
      throw new Error("not now");
    } else {
      rooms.delete(workspace);
      tell({ over: true }, workspace);
    }
  }
  return rooms.size ? query : null;
}

async function listen(mine, query) {
  const [{ eventsUrl }] = rooms.values();
  const answer = await fetch(`${eventsUrl}?${query}`, { signal: mine.signal, headers: { Accept: "text/event-stream" }, cache: "no-store" });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let watchdog = null;
  try {
    for (;;) {
      watchdog = setTimeout(() => mine.abort(), SILENCE);
      const { value, done } = await reader.read();
      clearTimeout(watchdog);
      if (done || mine !== stream) return;
      const events = (rest + value).split("\n\n");
      rest = events.pop();
      events.forEach(take);
    }
  } finally {
    clearTimeout(watchdog);
  }
}

function take(text) {
  const data = text.split("\n").filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
  if (!data) return;
  const changes = JSON.parse(data);
  const room = rooms.get(changes.workspace);
  if (room) room.cursor = changes.cursor;
  pause = FIRST_PAUSE;
  setLive(true);
  if (changes.deals) tell({ changes }, changes.workspace);
}

function hear(port, data) {
  if (data.join) {
    join(port, data.join);
    // The browser tells nobody when a tab has crashed; its lock is free then.
    if (data.join.lock) self.navigator?.locks?.request(data.join.lock, () => leave(port));
  }
  if (data.leave) leave(port);
  if (data.online && sleeping) begin();
}

if ("SharedWorkerGlobalScope" in self) self.onconnect = ({ ports: [port] }) => (port.onmessage = ({ data }) => hear(port, data));
else self.stagecraftLive = hear;
