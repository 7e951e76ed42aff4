// Appearance: the choice acts at once, is kept in a cookie for the next page, and on the account.
const YEAR = 31536000;
const root = document.documentElement;

function keep(theme) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${theme}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-theme-switch]");
  if (!form || !event.submitter) return;
  event.preventDefault();
  const theme = event.submitter.value;
  root.dataset.bsTheme = theme;
  keep(theme);
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button === event.submitter));
  }
  const body = new FormData(form);
  body.set("theme", theme);
  if (form.getAttribute("action")) fetch(form.action, { method: "POST", body }).catch(() => {});
});

// The font's slices come after everything else, and only from the next view on (font-display: optional).
function linkFont() {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = document.getElementById("theme-script").dataset.font;
  document.head.append(link);
}
if (document.readyState === "complete") linkFont();
else addEventListener("load", linkFont);
