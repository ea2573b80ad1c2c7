"use strict";
const rows = [...document.querySelectorAll("[data-rows] tr")];
const texts = rows.map(row => row.textContent.toLowerCase());
const filter = document.querySelector("#filter");

function show() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = texts.map(text => words.every(word => text.includes(word)));
  rows.forEach((row, i) => { row.hidden = !fits[i]; });
  const count = fits.filter(Boolean).length;
  document.querySelector("[data-count]").textContent = count === rows.length ? count : `${count} of ${rows.length}`;
}

filter.addEventListener("input", show);
document.querySelector("[data-filter-field]").hidden = false;

for (const figure of document.querySelectorAll("figure")) {
  const audio = figure.querySelector("audio");
  const cursor = figure.querySelector(".cursor");
  audio?.addEventListener("timeupdate", () => {
    cursor.removeAttribute("hidden");
    cursor.setAttribute("transform", `translate(${860 * audio.currentTime / figure.dataset.length})`);
  });
}
