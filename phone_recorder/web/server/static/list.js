import { watchLive } from "./live.js";

const main = document.querySelector("main");

function chosen() {
  return main.querySelectorAll("[data-list] input[name=name]:checked");
}

function showChosen() {
  const actions = main.querySelector("[data-actions]");
  const count = chosen().length;
  const word = actions.querySelector("[data-chosen]");
  word.textContent = count ? `${count} ${word.dataset.word}` : "";
  for (const button of actions.querySelectorAll("button")) button.disabled = !count;
  const boxes = main.querySelectorAll("[data-list] input[name=name]").length;
  const all = main.querySelector("[data-all]");
  if (all) {
    all.checked = count > 0 && count === boxes;
    all.indeterminate = count > 0 && count < boxes;
  }
}

main.addEventListener("change", (event) => {
  if (event.target.matches("[data-all]")) {
    for (const box of main.querySelectorAll("[data-list] input[name=name]")) box.checked = event.target.checked;
  }
  showChosen();
});

// A recording has begun or ended: the list is fetched anew, unless somebody is choosing from it.
let waiting = 0;
async function refresh() {
  if (chosen().length || main.querySelector("[data-list]").contains(document.activeElement)) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of ["[data-list]", ".storage"]) {
    const [old, fresh] = [document.querySelector(part), page.querySelector(part)];
    if (old && fresh) old.replaceWith(document.adoptNode(fresh));
  }
  showChosen();
}

watchLive(main.querySelector("[data-events]"), () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => refresh().catch(() => location.reload()), 300);
});
showChosen();
