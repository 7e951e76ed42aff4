// Appearance: the choice acts at once, is kept in a cookie for the next page, and on the account.
const YEAR = 31536000;
const root = document.documentElement;

function keep(name, value) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${name}=${value}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-theme-switch]");
  if (!form || !event.submitter) return;
  event.preventDefault();
  const theme = event.submitter.value;
  root.dataset.bsTheme = theme;
  keep("theme", theme);
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button === event.submitter));
  }
  const body = new FormData(form);
  body.set("theme", theme);
  if (form.getAttribute("action")) fetch(form.action, { method: "POST", body }).catch(() => {});
});

// The font is fetched after everything else, and drawn from the next page on: put in place in this one, it would move what stands.
// A page that knows by the cookie that it is there links it before anything is drawn (base.html).
const FACE = /url\(([^)]+)\)[^}]*?unicode-range:\s*([^;}]+)/g;

async function fetchFont(sheet) {
  const text = await (await fetch(sheet)).text();
  const used = [...new Set(document.body.textContent)].map((letter) => letter.codePointAt(0));
  const needed = [...text.matchAll(FACE)].filter(([, , ranges]) => isNeeded(ranges, used));
  await Promise.all(needed.map(([, path]) => fetch(new URL(path.replace(/["']/g, ""), sheet))));
  keep("font", "on");
}

/** Ranges as in CSS: "U+ac00-ac10, U+20". */
function isNeeded(ranges, used) {
  return ranges.split(",").some((range) => {
    const [from, to = from] = range.trim().slice(2).split("-").map((each) => parseInt(each, 16));
    return used.some((letter) => letter >= from && letter <= to);
  });
}

const { font } = document.getElementById("theme-script").dataset;
const begin = () => fetchFont(new URL(font, location.href)).catch(() => {});
if (!font) keep("font", "on");
else if (document.readyState === "complete") begin();
else addEventListener("load", begin);
