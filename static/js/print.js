// A button that prints the page: what print.css leaves of it.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
