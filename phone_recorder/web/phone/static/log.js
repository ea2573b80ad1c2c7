// What the recorder says of the recordings of this call.
import { duration, shown } from "/static/text.js";
import { part, put, whileSeen, words } from "./page.js";

const EVERY_MS = 1000;

export function followRecord(link) {
  const section = part("log");
  let seen = false;
  let waiting = 0;

  const refresh = async () => {
    waiting = 0;
    if (!seen) return;
    try {
      show(section, (await link.ask("record.get")).recordings);
    } catch {
      // The phone is off: what it said last stays.
    }
  };
  // The screen changes whenever the record has, and once a second while it runs.
  const later = () => { waiting = waiting || setTimeout(refresh, EVERY_MS); };
  link.on("up", refresh);
  link.on("screen", later);
  whileSeen(section, (now) => {
    seen = now;
    if (seen && link.isUp) refresh();
  });
}

function show(section, recordings) {
  part("log-none", section).hidden = recordings.length > 0;
  part("log-table", section).hidden = recordings.length === 0;
  const body = part("log-rows", section);
  const template = part("log-row", section);
  while (body.children.length > recordings.length) body.lastElementChild.remove();
  while (body.children.length < recordings.length) body.append(template.content.firstElementChild.cloneNode(true));
  recordings.forEach((recording, index) => fill(body.children[index], recording));
}

function fill(row, recording) {
  const lost = recording.streams.reduce((sum, stream) => sum + stream.lost, 0);
  const state = part("state", row);
  put(state, words[`record_${recording.state.replace(" ", "_")}`] ?? recording.state);
  state.className = `state ${recording.state.replace(" ", "-")}`;
  put(part("mode", row), `${words[`mode_${recording.mode}`] ?? recording.mode} · ${recording.codec}`);
  put(part("length", row), duration(recording.duration_s));
  put(part("lost", row), String(lost));
  part("lost", row).classList.toggle("bad", lost > 0);
  put(part("reason", row), shown(recording.reason || recording.faults.at(-1)?.error || ""));
}
