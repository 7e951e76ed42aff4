export {};
// Files for a deal: by the button, dropped anywhere on it, or pasted; several at once, each with its progress.
const { csrfToken } = window.stagecraft;
const section = () => document.getElementById("files");

async function take(files) {
  const home = section();
  const { files: url } = home.dataset;
  const results = [];
  for (const file of files) results.push(await send(url, file, rowFor(home, file)));
  // What failed stays and says why; the list is fetched once.
  if (results.some(Boolean) && section()?.dataset.files === url) refresh(url);
}

function rowFor(home, file) {
  const row = document.createElement("li");
  const name = document.createElement("span");
  name.className = "file-name";
  name.textContent = file.name;
  const progress = document.createElement("progress");
  progress.max = 1;
  progress.value = 0;
  progress.setAttribute("aria-label", file.name);
  row.append(name, progress);
  home.querySelector("[data-uploads]").append(row);
  return row;
}

function send(url, file, row) {
  const words = section().dataset;
  if (file.size > Number(words.maxMb) * 1024 * 1024) return refuse(row, words.tooLarge);
  if (!file.size) return refuse(row, words.empty);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => (row.querySelector("progress").value = loaded / total);
    request.onload = () => {
      if (request.response?.ok) row.remove();
      else refuse(row, request.response?.detail ?? words.failed);
      resolve(Boolean(request.response?.ok));
    };
    request.onerror = request.onabort = () => resolve(refuse(row, words.failed));
    request.send(file);
  });
}

function refuse(row, why) {
  const text = document.createElement("span");
  text.className = "late";
  text.textContent = why;
  row.querySelector("progress")?.replaceWith(text);
  return false;
}

async function refresh(url) {
  const kept = [...section().querySelectorAll("[data-uploads] > li")];
  await htmx.ajax("GET", url, { source: document.body, target: "#files", swap: "outerHTML" });
  section()?.querySelector("[data-uploads]").append(...kept);
  // The story tells of them too, unless somebody is writing in it.
  const story = document.querySelector("#story:not(:has([data-edit-form]))");
  if (story) htmx.ajax("GET", url.replace(/files\/$/, "log/"), { source: document.body, target: "#story", swap: "outerHTML" });
}

const mayAdd = () => section()?.querySelector("[data-file-input]");

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-file-input]")) return;
  take([...event.target.files]);
  event.target.value = "";
});

// The card that is carried over the board is no file.
const carriesFiles = (event) => event.dataTransfer?.types.includes("Files") && event.target.closest?.("[data-deal]") && mayAdd();
document.addEventListener("dragover", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  section().classList.add("is-over");
});
document.addEventListener("dragleave", (event) => !event.relatedTarget?.closest?.("[data-deal]") && section()?.classList.remove("is-over"));
document.addEventListener("drop", (event) => {
  section()?.classList.remove("is-over");
  if (!carriesFiles(event)) return;
  event.preventDefault();
  take([...event.dataTransfer.files]);
});
document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  if (!files.length || !mayAdd() || event.clipboardData.types.includes("text/plain")) return;
  event.preventDefault();
  take(files);
});
