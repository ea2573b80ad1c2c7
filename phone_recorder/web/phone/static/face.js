// Draws what the phone says that it shows.
import { part, parts, put, words } from "./page.js";

const DOT = "•";
const TALKING = new Set(["calling", "connected", "held"]);

const lcd = part("lcd");
const shown = Object.fromEntries(parts("s", lcd).map((element) => [element.dataset.s, element]));
const rows = parts("line", lcd);
const softLabels = parts("soft-label", lcd);
const softKeys = parts("soft");
const dssKeys = parts("dss");
const message = part("message");
const handset = part("handset");

export function drawScreen(screen) {
  lcd.lang = screen.language;
  const menu = screen.lines.length > 0 || screen.edit !== null;
  lcd.classList.toggle("menu", menu);
  lcd.classList.toggle("idle", !menu && !screen.call && !screen.call_state);
  put(shown.title, screen.title);
  put(shown.call, screen.call);
  put(shown.call_state, screen.call_state);
  put(shown.prompt, screen.prompt);
  drawClock(screen.clock);
  drawSigns(screen.signs);
  drawRecord(screen);
  drawLines(screen);
  drawEdit(screen);
  screen.soft.forEach(drawSoft);
  dssKeys.forEach((key, index) => drawDss(key, screen.dss[index]));
  lamp(message, screen.lamp);
  message.setAttribute("aria-label", `${words.message_lamp}: ${words[`lamp_${screen.lamp}`]}`);
}

// The handset is off its hook while there is a call.
export function drawCall(call) {
  const lifted = TALKING.has(call.state);
  handset.classList.toggle("lifted", lifted);
  handset.setAttribute("aria-pressed", lifted);
}

export function showOff(off) {
  part("off").hidden = !off;
  lcd.classList.toggle("dark", off);
  if (off) for (const lit of [message, ...parts("lamp")]) lamp(lit, "off");
}

// The time stands last, and large while nothing else is shown.
function drawClock(clock) {
  const [, date, time] = /^(.*) (\S+)$/.exec(clock) ?? ["", "", clock];
  put(shown.clock, clock);
  put(shown.date, date);
  put(shown.time, time);
}

function drawSigns(signs) {
  for (const sign of parts("sign", lcd)) sign.toggleAttribute("hidden", !signs.includes(sign.dataset.sign));
}

function drawRecord(screen) {
  const runs = screen.icon !== "idle" || screen.timer !== "";
  shown.record.hidden = !runs && !screen.left;
  shown.record.dataset.icon = screen.icon;
  put(shown.icon, screen.icon === "idle" ? "" : words[`icon_${screen.icon}`]);
  put(shown.timer, runs ? screen.timer : "");
  put(shown.left, screen.left ? words.left[screen.language].replace("{}", screen.left) : "");
}

function drawLines(screen) {
  shown.lines.hidden = screen.lines.length === 0;
  rows.forEach((row, index) => {
    const line = screen.lines[index];
    row.hidden = !line;
    if (!line) return;
    row.setAttribute("aria-selected", index === screen.selected);
    const [mark, text, value] = row.children;
    put(mark, line.mark);
    put(text, line.text);
    put(value, line.value);
  });
  const chosen = screen.lines[screen.selected];
  put(shown.chosen, chosen ? `${chosen.text} ${chosen.value}`.trim() : "");
  const scrolls = screen.total > screen.lines.length;
  shown.bar.hidden = !scrolls;
  if (scrolls) {
    shown.thumb.style.top = `${(100 * screen.first) / screen.total}%`;
    shown.thumb.style.height = `${(100 * screen.lines.length) / screen.total}%`;
  }
}

function drawEdit(screen) {
  shown.edit.hidden = screen.edit === null;
  const text = screen.edit ?? "";
  put(shown.text, screen.hidden ? DOT.repeat([...text].length) : text);
}

function drawSoft(label, index) {
  put(softLabels[index], label);
  softLabels[index].classList.toggle("blank", !label);
  softKeys[index].setAttribute("aria-label", label || `${words.soft_key} ${index + 1}`);
}

function drawDss(key, dss) {
  const label = dss?.label ?? "";
  const state = dss?.lamp ?? "off";
  put(part("label", key), label);
  lamp(part("lamp", key), state);
  const name = label || `DSS ${Number(key.dataset.dss) + 1}`;
  key.setAttribute("aria-label", `${name}, ${words[`lamp_${state}`]}`);
}

function lamp(element, state) {
  element.classList.toggle("on", state === "on");
  element.classList.toggle("blinking", state === "blinking");
}
