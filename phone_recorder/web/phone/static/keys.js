// The phone's keys, pressed with a pointer or on the keyboard.
import { part, parts } from "./page.js";

const KEYS = {
  ...Object.fromEntries([..."1234567890*#"].map((digit) => [digit, digit])),
  ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right",
  Enter: "ok", Escape: "back", Backspace: "back",
  F1: "soft1", F2: "soft2", F3: "soft3", F4: "soft4",
  a: "dss1", s: "dss2", d: "dss3", f: "dss4",
  r: "record", h: "hook", m: "menu", p: "speaker", o: "hold", l: "redial",
};
const REPEATED = new Set(["up", "down", "left", "right", "back"]);
// What has keys of its own: of those that are pressed there the phone gets none, or not these.
const ELSEWHERE = "input, select, textarea, audio, [role=slider]";
const OWN = [["button, a, summary", /^(?:Enter| )$/], ["[data-scrolls]", /^Arrow/]];

// `press` takes a key's name, `type` letters; both answer when the phone has. `isTyping`: a field of the phone is open.
export function listenToKeys(press, type, isTyping) {
  const drawn = new Map(parts("key").map((button) => [button.dataset.key, button]));
  const help = part("help");
  // One after the other: what a key means is known once the phone has answered to the one before.
  let last = Promise.resolve();
  const then = (act) => { last = last.then(act, act); };

  for (const [key, button] of drawn) button.addEventListener("click", () => then(() => press(key)));
  // What was clicked with a pointer keeps no focus: Enter then is the phone's OK, and does not click it again.
  document.addEventListener("click", (event) => {
    if (event.detail && event.target.closest("button, summary") && !document.querySelector("dialog[open]")) {
      document.activeElement.blur();
    }
  });
  part("help-open").addEventListener("click", () => help.showModal());

  document.addEventListener("keydown", (event) => {
    if (!isForPhone(event)) return;
    const letter = event.key.length === 1;
    const key = KEYS[event.key] ?? KEYS[event.key.toLowerCase()];
    if (!key && !(letter && isTyping()) && event.key !== "?") return;
    event.preventDefault();
    if (!event.repeat) drawn.get(key)?.classList.add("pressed");
    then(() => {
      if (letter && isTyping()) return type(event.key);
      if (event.key === "?") return help.showModal();
      return !event.repeat || REPEATED.has(key) ? press(key) : undefined;
    });
  });
  document.addEventListener("keyup", () => {
    for (const button of drawn.values()) button.classList.remove("pressed");
  });
  document.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (text && isTyping() && !event.target.closest?.(ELSEWHERE)) then(() => type(text.slice(0, 200)));
  });
}

function isForPhone(event) {
  const typed = event.getModifierState("AltGraph");
  if (event.isComposing || event.metaKey || (!typed && (event.ctrlKey || event.altKey))) return false;
  if (event.target.closest(ELSEWHERE) || document.querySelector("dialog[open]")) return false;
  return !OWN.some(([where, keys]) => keys.test(event.key) && event.target.closest(where));
}
