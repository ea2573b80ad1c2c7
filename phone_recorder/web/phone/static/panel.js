// The engineer's panel: test calls, and the emulated USB stick.
import { duration, shown } from "/static/text.js";
import { part, parts, put, size, words } from "./page.js";

const BUSY = new Set(["ringing", "calling", "connected", "held"]);
const VOICES = { "call.far": "far", "call.near": "near" };

export function followCall(link, ask) {
  const form = part("call-form");
  const field = (name) => form.elements[name];
  const button = (name) => part(`call-${name}`, form);
  let call = { state: "idle" };

  const show = (now) => {
    call = now;
    const busy = BUSY.has(call.state);
    put(part("call-state"), describe(call));
    button("start").disabled = button("ring").disabled = busy;
    button("answer").disabled = !(call.state === "ringing" && call.direction === "in");
    button("hold").disabled = !(call.state === "connected" || call.state === "held");
    put(button("hold"), call.state === "held" ? words.resume : words.hold);
    button("end").disabled = !busy;
  };
  const start = (direction) => {
    const asked = Object.fromEntries(["number", "name", "far", "near"].map((name) => [name, field(name).value.trim()]));
    ask("call.start", { ...asked, direction });
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!BUSY.has(call.state)) start("out");
  });
  button("ring").addEventListener("click", () => start("in"));
  button("answer").addEventListener("click", () => ask("call.answer"));
  button("hold").addEventListener("click", () => ask("call.hold", { held: call.state !== "held" }));
  button("end").addEventListener("click", () => ask("call.end"));

  link.on("call", show);
  link.on("settings", ({ settings }) => {
    for (const { key, value } of settings) if (VOICES[key]) field(VOICES[key]).placeholder = value;
  });
  show(call);
}

function describe(call) {
  if (call.state === "idle") return words.state_idle;
  const who = shown(`${call.number} ${call.name}`.trim());
  const arrow = call.direction === "in" ? "←" : "→";
  const facts = [words[`state_${call.state}`], `${arrow} ${who}`, call.codec, call.sip ? "SIP" : ""];
  if (call.seconds) facts.push(duration(call.seconds));
  if (call.state === "ended") facts.push(call.reason);
  return facts.filter(Boolean).join(" · ");
}

export function followStick(link, ask) {
  const form = part("stick-form");
  const field = (name) => form.elements[name];
  const number = (name) => (field(name).value === "" ? null : Number(field(name).value));
  const actions = {
    insert: () => ask("stick.insert", {
      capacity: number("capacity"), file_system: field("file_system").value, locked: field("locked").checked,
    }),
    pull: () => ask("stick.pull"),
    fill: () => ask("stick.fill", { left: number("fill") }),
  };
  for (const [name, act] of Object.entries(actions)) part(`stick-${name}`, form).addEventListener("click", act);
  field("slow").addEventListener("change", () => ask("stick.slow", { delay_ms: number("slow") }));
  field("locked").addEventListener("change", (event) => ask("stick.lock", { locked: event.target.checked }));
  field("bad").addEventListener("change", (event) => ask("stick.spoil", { bad: event.target.checked }));
  form.addEventListener("submit", (event) => event.preventDefault());

  link.on("stick", (stick) => {
    part("stick-real").hidden = stick.emulated;
    part("stick-fields", form).disabled = !stick.emulated;
    put(part("stick-state"), stick.emulated ? describeStick(stick) : "");
    for (const one of parts("needs-stick", form)) one.disabled = !stick.inserted;
    for (const one of parts("needs-none", form)) one.disabled = stick.inserted;
    field("locked").checked = stick.locked;
    field("bad").checked = stick.bad;
    choose(field("slow"), stick.delay_ms, `${stick.delay_ms} ms`);
    showRoom(stick);
  });
  link.on("drives", ({ drives, problem }) => {
    const used = drives.find((drive) => drive.used) ?? drives[0];
    put(part("drive-state"), shown(problem || used?.problem || ""));
  });
}

function describeStick(stick) {
  if (!stick.inserted) return words.stick_out;
  const format = stick.file_system || words.unformatted;
  const room = stick.free === null ? "" : words.free.replace("{}", size(stick.free));
  return [words.stick_in, stick.capacity === null ? "" : size(stick.capacity), format, room].filter(Boolean).join(" · ");
}

function showRoom(stick) {
  const meter = part("stick-room");
  const known = stick.inserted && stick.capacity && stick.free !== null;
  meter.hidden = !known;
  if (!known) return;
  meter.max = stick.capacity;
  meter.low = stick.capacity / 10;
  meter.value = stick.free;
}

// What a program has set need not be one of the choices.
function choose(select, value, label) {
  if (![...select.options].some((option) => option.value === String(value))) select.add(new Option(label, value));
  select.value = value;
}
