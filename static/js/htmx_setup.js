// What every htmx request of this site shares. htmx itself is configured in base.html (meta htmx-config).
const region = document.getElementById("notices");
const words = region.dataset;
const { showNotice } = window.stagecraft;

function sayError(text, options = {}) {
  showNotice(text, { kind: "error", ...options });
}

// A session that has ended answers with the login page: never swap that into a board.
function wentToLogin(response) {
  return response.redirected && words.loginUrl && new URL(response.url).pathname === words.loginUrl;
}

document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  if (wentToLogin(ctx.response.raw)) {
    event.preventDefault();
    sayExpired();
  }
});

function sayExpired() {
  const here = encodeURIComponent(location.pathname + location.search);
  sayError(words.expired, { actionUrl: `${words.loginUrl}?next=${here}`, actionLabel: words.logIn });
}

// The page's token is older than the login: in another tab somebody has logged out and in again.
function sayOutdated() {
  sayError(words.outdated, { actionUrl: location.pathname + location.search, actionLabel: words.reload });
}

// Who asked tells the reader (board.js, send), or nobody needs to know (the counts of the rail).
const hasOwnWords = (ctx) => "ownWords" in (ctx.sourceElement?.dataset ?? {});

// The server's own notice says more than ours; a swapped 4xx shows its reason where it belongs.
document.addEventListener("htmx:response:error", (event) => {
  const { ctx } = event.detail;
  const status = ctx.response.status;
  if (ctx.hx?.trigger?.includes("notice")) return;
  if (status === 401) sayExpired();
  else if (status === 403 && ctx.response.headers.get("X-Refusal") === "csrf") sayOutdated();
  else if (status === 403) sayError(words.forbidden);
  else if (status === 404) sayError(words.missing);
  else if (status === 429) sayError(words.busy);
  else if (status === 503 && ctx.response.headers.get("X-Refusal") === "maintenance") sayError(words.closed);
  else if (status >= 500 && !hasOwnWords(ctx)) sayError(words.failed);
});

// No answer at all: htmx:error also carries errors of swaps and triggers, which are ours, not the line's.
document.addEventListener("htmx:error", (event) => {
  const { ctx } = event.detail;
  if (!ctx || ctx.response || hasOwnWords(ctx)) return;
  sayError(ctx.request.method === "GET" ? words.unreachable : words.offline);
});

// hx-confirm in our own dialog. "Title|Button" names the button after what it does; the title may speak of a name with a bar.
const confirmDialog = document.getElementById("confirm");
document.addEventListener("htmx:confirm", (event) => {
  const { ctx, issueRequest, dropRequest } = event.detail;
  event.preventDefault();
  const [, question, label] = ctx.confirm.match(/^(.*?)(?:\|([^|]*))?$/s);
  const yes = confirmDialog.querySelector('[value="yes"]');
  yes.dataset.usual ??= yes.textContent;
  yes.textContent = label ?? yes.dataset.usual;
  confirmDialog.querySelector("#confirm-text").textContent = question;
  confirmDialog.returnValue = "no";
  confirmDialog.addEventListener("close", () => (confirmDialog.returnValue === "yes" ? issueRequest() : dropRequest()), {
    once: true,
  });
  confirmDialog.showModal();
});

window.stagecraft = { ...window.stagecraft, wentToLogin, csrfToken: () => JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"] };
