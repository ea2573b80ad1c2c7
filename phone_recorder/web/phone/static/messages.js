// Control and SIP messages as they pass, the newest last; told only while the section is open.
import { part, put, words } from "./page.js";

const MOST = 300;
const NEAR_END_PX = 30;

export function followMessages(link, watch) {
  const section = part("messages");
  const list = part("message-list", section);
  const template = part("message-row", section);
  const filter = part("message-filter", section);
  const pause = part("message-pause", section);
  let paused = false;
  let missed = 0;

  const add = (message) => {
    if (paused) {
      missed += 1;
      put(pause, `${words.go_on} (${missed})`);
      return;
    }
    const follows = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END_PX;
    list.append(row(template, message));
    while (list.children.length > MOST) list.firstElementChild.remove();
    part("message-none", section).hidden = true;
    if (follows) list.scrollTop = list.scrollHeight;
  };
  link.on("message", add);
  filter.addEventListener("change", () => { list.dataset.only = filter.value; });
  pause.addEventListener("click", () => {
    paused = !paused;
    missed = 0;
    put(pause, paused ? words.go_on : words.pause);
  });
  part("message-clear", section).addEventListener("click", () => {
    list.replaceChildren();
    part("message-none", section).hidden = false;
  });
  // Those that pass while nobody looks are kept too, as long as the section is open.
  const look = () => watch(section.open);
  section.addEventListener("toggle", look);
  look();
}

function row(template, message) {
  const item = template.content.firstElementChild.cloneNode(true);
  item.dataset.protocol = message.protocol;
  const arrow = part("arrow", item);
  put(arrow, message.sent ? "→" : "←");
  arrow.title = message.sent ? words.sent : words.received;
  arrow.classList.add(message.sent ? "out" : "in");
  put(part("at", item), time(message.at));
  put(part("peer", item), message.peer);
  put(part("first", item), message.text.trim().split(/\r?\n/, 1)[0]);
  put(part("body", item), message.text.replaceAll("\r\n", "\n"));
  return item;
}

// The time of 2026-11-28T06:41:07.123456+08:00
function time(at) {
  return /\d\d:\d\d:\d\d(?:\.\d{1,3})?/.exec(at)?.[0] ?? at;
}
