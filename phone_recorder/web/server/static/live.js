import { duration, shown } from "/static/text.js";

const SILENT_DB = -60;
const TEXTS = ["remote_number", "remote_name", "local_number", "local_name", "device", "codec", "received", "lost"];

// Shows what is being recorded in `box` as it is pushed; `changed` is called when a recording has begun or ended.
export function watchLive(box, changed) {
  const rows = new Map();
  let known = null;
  const part = (name) => box.querySelector(`[data-live-${name}]`);
  const events = new EventSource(box.dataset.events);
  events.onopen = () => { part("trouble").hidden = true; };
  events.onerror = () => {
    part("trouble").hidden = false;
    // The browser has given up: the login may have ended, or the server was full.
    if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
  };
  events.addEventListener("live", (event) => {
    const { total, live } = JSON.parse(event.data);
    part("total").textContent = total;
    part("none").hidden = total > 0;
    part("table").hidden = total === 0;
    part("more").hidden = total <= live.length;
    show(rows, live, part("rows"), part("row"));
    const ids = live.map((one) => `${one.id} ${one.name}`).join("\n");
    if (known !== null && ids !== known) changed();
    known = ids;
  });
}

function show(rows, live, body, template) {
  const here = new Set(live.map((one) => one.id));
  for (const [id, row] of rows) {
    if (!here.has(id)) {
      row.remove();
      rows.delete(id);
    }
  }
  for (const one of live) {
    if (!rows.has(one.id)) {
      const row = template.content.firstElementChild.cloneNode(true);
      rows.set(one.id, row);
      body.append(row);
    }
    fill(rows.get(one.id), one);
  }
}

function fill(row, one) {
  const cell = (name) => row.querySelector(`[data-f=${name}]`);
  for (const name of TEXTS) cell(name).textContent = shown(one[name]);
  cell("timer").textContent = duration(one.duration_s);
  cell("arrow").textContent = one.direction === "out" ? "↗" : "↙";
  cell("arrow").title = cell("arrow").dataset[one.direction];
  cell("lost").classList.toggle("bad", one.lost > 0);
  const level = cell("level");
  level.value = one.level_db ?? SILENT_DB;
  level.title = one.level_db === null ? "" : `${one.level_db.toFixed(0)} dB`;
}
