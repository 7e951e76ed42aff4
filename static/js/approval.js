export {};
// The walk to the signature follows what changes elsewhere: an undone date here, others' work on the same deal.
const plan = () => document.getElementById("approval-plan");
const fetchPlan = () => htmx.ajax("GET", plan().dataset.url, { target: "#approval-plan", swap: "outerHTML", source: plan() });
const isOurs = (deals) => plan() && deals(plan().dataset.deal);

document.addEventListener("deal-changed", ({ detail }) => isOurs((id) => id === detail.deal) && fetchPlan());
document.addEventListener("live:changes", ({ detail }) => isOurs((id) => detail.everything || detail.deals.has(id)) && fetchPlan());
