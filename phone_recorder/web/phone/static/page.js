// What the modules of this page share: its words, its parts, and a place to say what could not be done.
export const desk = document.querySelector("[data-desk]");
export const words = JSON.parse(desk.dataset.words);

const SAID_MS = 8000;
const UNITS = ["B", "KB", "MB", "GB", "TB", "PB"];

export const part = (name, within = document) => within.querySelector(`[data-${name}]`);
export const parts = (name, within = document) => [...within.querySelectorAll(`[data-${name}]`)];

// A text is set only if it differs: screen readers read what is set.
export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

let saying = 0;
export function say(sentence, good = false) {
  const place = part("said");
  place.classList.toggle("good", good);
  place.textContent = sentence;
  place.hidden = !sentence;
  clearTimeout(saying);
  saying = setTimeout(() => { place.hidden = true; }, SAID_MS);
}

// 512 B, 1.2 MB
export function size(bytes) {
  let [count, unit] = [bytes, 0];
  while (count >= 1000 && unit < UNITS.length - 1) [count, unit] = [count / 1000, unit + 1];
  return `${unit && count < 100 ? count.toFixed(1).replace(/\.0$/, "") : count.toFixed(0)} ${UNITS[unit]}`;
}

// A section of the panel that can be folded: `changed` is called with whether somebody can see it.
export function whileSeen(section, changed) {
  const look = () => changed(section.open && document.visibilityState === "visible");
  section.addEventListener("toggle", look);
  document.addEventListener("visibilitychange", look);
  look();
}
